// SPDX-License-Identifier: Apache-2.0
// The three headers by which operators follow a request from one application to the next. Pure.
#pragma once

#include <alliance_schema/event_generated.h>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <string>

namespace alliance::koppeltaal {

// X-Request-ID, X-Correlation-ID and X-Trace-ID of an object of headers, however they are written. What is no plain
// word of up to 128 characters is left out.
fb::TraceT trace_of(const boost::json::value* headers);

// Of a request that `cause` leads to: an id of its own, the cause's as its correlation, the same trace. `what` tells
// requests of one cause apart; the same ones give the same ids.
fb::TraceT following(const fb::TraceT& cause, const std::string& what);

bool empty(const fb::TraceT& trace);
boost::json::object headers_of(const fb::TraceT& trace);

}  // namespace alliance::koppeltaal

// SPDX-License-Identifier: Apache-2.0
// The server's own words for how an activity repeats, as days and times. Pure.
#pragma once

#include <alliance_schema/programme_generated.h>

#include <boost/json/object.hpp>
#include <memory>
#include <string>

namespace alliance::mindlamp {

// Null for a schedule that never fires; `why` says so where its word is not known.
std::unique_ptr<fb::RepeatT> repeat(const boost::json::object& schedule, std::string& why);

}  // namespace alliance::mindlamp

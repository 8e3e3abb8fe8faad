// SPDX-License-Identifier: Apache-2.0
// Requests and responses as values: what answers them touches no socket.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "common/result.h"

namespace alliance::sidecar {

struct Request {
  std::string method, target;                  // as they came: "GET", "/cases?x=1"
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;
  std::string from = {};  // the other side's address, for limits alone
};

struct Subscription;  // what an event stream goes on with (feed.h)

struct Response {
  int status = 200;
  std::string type = "application/json", body;
  std::vector<std::pair<std::string, std::string>> headers;
  std::shared_ptr<Subscription> stream;  // the body goes on as server-sent events
  std::string operation;                 // for figures; empty: there was none
};

struct Fault {
  std::string at, detail;  // a place in the request, and what is wrong there
};

// RFC 9457. `detail` holds nothing about a person.
Response problem(int status, const std::string& detail, const std::vector<Fault>& faults = {});
Response problem(const Failure& failure);
Response json_response(int status, std::string body);
Response later(int status, const std::string& detail, int seconds);  // with Retry-After

std::string quoted(const std::string& text);  // as a JSON string

}  // namespace alliance::sidecar

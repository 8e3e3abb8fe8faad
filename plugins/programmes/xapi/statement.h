// SPDX-License-Identifier: Apache-2.0
// One xAPI 1.0.3 statement to one event. Pure.
#pragma once

#include <alliance_schema/event_generated.h>

#include <memory>
#include <string>
#include <string_view>
#include <variant>

namespace alliance::xapi {

struct Unusable {
  std::string reason;  // one sentence without anything that belongs to a person
};
struct Voiding {
  std::string id;     // of the voiding statement
  std::string voids;  // of the one that is voided
  std::int64_t time;
};
struct Usable {
  std::string id;
  std::unique_ptr<fb::EventT> event;
};
// The id, where a statement has one that could be read, is in lower case.
struct Unmappable {
  std::string id, reason;
};
using Statement = std::variant<Unusable, Unmappable, Voiding, Usable>;

// `case_field`: where it says whose it is.
Statement read(std::string_view json, const std::string& case_field);

// Ids are in lower case.
inline std::string event_id(const std::string& statement) { return "xapi:" + statement; }

}  // namespace alliance::xapi

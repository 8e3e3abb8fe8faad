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

// Limits of one statement.
inline constexpr std::size_t most_bytes = 1u << 20;
inline constexpr std::size_t most_depth = 32;

Statement read(std::string_view json);

}  // namespace alliance::xapi

// SPDX-License-Identifier: Apache-2.0
// The line of a JSON text on which a value stands, for errors that a person can act on.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace alliance::shared {

struct Step {  // a member's name, or an index where the name is empty
  std::string name;
  std::size_t index = 0;
};
using Place = std::vector<Step>;

std::string to_text(const Place& place);  // "rules[2].first_of[0].anchor"

// Of a well-formed text; where the place is not in it, the line of what surrounds it. From 1.
std::size_t line_of(std::string_view json, const Place& place);

}  // namespace alliance::shared

// SPDX-License-Identifier: Apache-2.0
// An export cut into records, each with the line on which it begins. Pure.
//
// JSON lines, an array of statements, one statement, or a StatementResult; the last three on one line or
// on many. A record that cannot be read never hides the ones beside it: what is cut off or broken is
// handed over as it is, and its neighbours are found all the same.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace alliance::xapi {

struct Record {
  std::uint32_t line = 0;  // from 1
  std::string_view text;
};

std::vector<Record> records(std::string_view payload);

}  // namespace alliance::xapi

// SPDX-License-Identifier: Apache-2.0
// An export cut into records, each with the line on which it begins. Pure.
//
// JSON lines, an array of records, one record, or an object that holds the array under a known name; the last
// three on one line or on many. A record that cannot be read never hides the ones beside it: what is cut off or broken
// is handed over as it is, and its neighbours are found all the same.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace alliance::shared {

struct Record {
  std::uint32_t line = 0;  // from 1
  std::string_view text;   // empty: the list that it would stand in is cut off here
  std::string_view head;   // what stands before the array that it is an element of
};

// `holder`: the name of that array, such as "statements"; empty where there is no such object.
std::vector<Record> records(std::string_view payload, std::string_view holder);

// A text that stands beside that array, with its quotation marks; empty where there is none.
std::string_view text_beside(std::string_view payload, std::string_view name);

}  // namespace alliance::shared

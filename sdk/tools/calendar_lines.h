// SPDX-License-Identifier: Apache-2.0
// The lines of an iCalendar file (RFC 5545) before anybody reads a value: unfolded, with their numbers, and without
// what is not to be read at all. Titles, descriptions, places and the names of those invited are dropped here.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "common/result.h"

namespace alliance::tools::calendar {

struct Line {
  std::uint64_t number = 0;  // of the file, from 1
  std::string name;          // in capitals: "DTSTART"
  std::string text;          // all of it: "DTSTART;TZID=Europe/London:20260302T100000"
  std::string_view value() const;
  // "Europe/London"; empty where there is none.
  std::string parameter(std::string_view wanted) const;
};

struct Component {
  std::uint64_t number = 0;  // of its BEGIN
  std::vector<Line> lines;
  const Line* find(std::string_view name) const;
};

struct Lines {
  std::vector<Component> events;
  std::vector<std::string> zones;  // each VTIMEZONE as it stands
  std::uint64_t other = 0;         // tasks, journals and the like: not read
};

// ALLIANCE_E_BAD_INPUT names the line. Nothing of a line's text is in the message.
Result<Lines> lines_of(std::string_view file);

// Text as RFC 5545 escapes it: \, \; \\ and \n.
std::string unescaped(std::string_view text);
// The parts between commas that are not escaped, unescaped.
std::vector<std::string> texts_of(std::string_view value);

}  // namespace alliance::tools::calendar

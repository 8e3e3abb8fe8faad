// SPDX-License-Identifier: Apache-2.0
// Appointments as an iCalendar file (RFC 5545) that a calendar program reads. Instants are written in UTC: every
// program shows them on its own clock. What they are stands in X-ALLIANCE- properties and in categories, so that the
// file comes in again as what it was.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "appointment.h"

namespace alliance::tools::calendar {

struct Item {
  std::string uid;
  std::string title;  // names no person
  std::int64_t from = 0, until = 0;
  bool to_do = false;           // something to be done between the two (VTODO), not an appointment
  appointments::Labels labels;  // as far as they are said
};

// `now` stamps every entry and counts its revisions: of two files the later holds.
std::string written(const std::vector<Item>& entries, std::int64_t now);

// The same for the same parts, and says nothing of them.
std::string uid_of(std::initializer_list<std::string> parts);

}  // namespace alliance::tools::calendar

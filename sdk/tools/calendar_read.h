// SPDX-License-Identifier: Apache-2.0
// An iCalendar file (RFC 5545) to appointments: series are counted out, moved and cancelled ones replaced.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "appointment.h"

namespace alliance::tools::calendar {

struct Reading {
  std::string zone;                  // of times and days without one; empty: they are refused
  std::int64_t from = 0, until = 0;  // only what overlaps this; 0: no limit there
  // What the operator knows of an appointment besides, by its UID.
  std::function<appointments::Labels(const std::string& uid)> labels;
  bool everything = false;  // also what has no kind
};

struct Read {
  std::vector<appointments::Appointment> found;  // in the order of their beginning
  std::vector<appointments::Fault> faults;
  std::uint64_t unlabelled = 0;  // appointments without a kind: none of ours
  std::uint64_t other = 0;       // tasks, journals and the like
};

// ALLIANCE_E_BAD_INPUT: the file as a whole cannot be read.
Result<Read> read(std::string_view file, const Reading& how);

}  // namespace alliance::tools::calendar

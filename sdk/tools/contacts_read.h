// SPDX-License-Identifier: Apache-2.0
// Contacts, bookings and leave from a CSV list, and what the operator's own list says of a calendar's appointments.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "appointment.h"

namespace alliance::tools::contacts {

struct Reading {
  std::string zone;          // of times without one; empty: they are refused
  std::int64_t changed = 0;  // when the list was made, where it has no column for that; 0: not said
  char delimiter = ',';
};

struct Read {
  std::vector<appointments::Appointment> found;
  std::vector<appointments::Fault> faults;
};

// ALLIANCE_E_BAD_INPUT: the list as a whole cannot be read.
Result<Read> read(const std::string& path, const Reading& how);

// Columns `uid` and any of kind, case, practitioner, session, mode, outcome, component. By UID.
Result<std::map<std::string, appointments::Labels>> labels(const std::string& path);

}  // namespace alliance::tools::contacts

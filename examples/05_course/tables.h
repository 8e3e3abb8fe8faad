// SPDX-License-Identifier: Apache-2.0
// Reviews, read from their JSON, as tables for a terminal.
#pragma once

#include <ostream>

#include "platform.h"

namespace course {

std::string date_of(std::int64_t instant);  // "2026-03-29"
std::string time_of(std::int64_t instant);  // "2026-03-29 01:15 UTC"
// The begin of "2026-03-29", in UTC; 0: that is no day.
std::int64_t begin_of_day(const std::string& date);

void print_clients(Platform& platform, std::ostream& out);
void print_services(Platform& platform, std::ostream& out);

}  // namespace course

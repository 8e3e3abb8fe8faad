// SPDX-License-Identifier: Apache-2.0
// Bookings as the list (CSV) that `alliance import contacts` reads, for what reads no calendar.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "calendar_write.h"

namespace alliance::tools::contacts {

// Instants are written in UTC. `now` is when each row was changed: of two lists the later holds.
std::string written(const std::vector<calendar::Item>& entries, std::int64_t now);

}  // namespace alliance::tools::contacts

// SPDX-License-Identifier: Apache-2.0
// Which occasions of one rule were answered. Pure.
//
// A sheet answers at most one occasion, an occasion takes any sheet within its window, both ends included.
// The sheets are shared out so that as many occasions as possible are answered, earlier ones first, whatever
// the order in which the sheets arrived; one more sheet never takes an answer away from an occasion. A sheet
// that names a session answers that session's occasion where it can.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace alliance::timing {

struct Window {
  std::int64_t opens = 0, expires = 0;
  std::uint16_t session = 0;  // 0: hangs on no session
};
struct Answered {
  std::int64_t time = 0;
  std::uint16_t session = 0;  // 0: the sheet names none
};

// `windows` in the order in which they are to be answered; one result for each.
std::vector<bool> answered(const std::vector<Window>& windows, std::vector<Answered> sheets);

}  // namespace alliance::timing

// SPDX-License-Identifier: Apache-2.0
// Which occasions of one rule were answered. Pure.
//
// A sheet answers at most one occasion, an occasion takes any sheet within its window, both ends included.
// The sheets are shared out so that as many occasions as possible are answered, earlier ones first, whatever
// the order in which the sheets arrived; one more sheet never takes an answer away from an occasion. A sheet
// that names a session answers that session's occasion where it can.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace alliance::timing {

struct Window {
  std::int64_t opens = 0, expires = 0;
  std::uint16_t session = 0;  // 0: hangs on no session
};
struct Answered {
  std::int64_t time = 0;
  std::uint16_t session = 0;  // 0: the sheet names none
  std::string event;
};

// `windows` in the order in which they are to be answered; for each the sheet that answers it, null: none does.
// Sorts the sheets; the pointers lead into them.
std::vector<const Answered*> answered(const std::vector<Window>& windows, std::vector<Answered>& sheets);

}  // namespace alliance::timing

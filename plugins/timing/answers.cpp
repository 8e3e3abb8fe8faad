// SPDX-License-Identifier: Apache-2.0
#include "answers.h"

#include <algorithm>
#include <cstddef>
#include <tuple>

namespace alliance::timing {
namespace {

constexpr std::size_t nobody = static_cast<std::size_t>(-1);

// Augmenting paths: an occasion that finds its sheets taken asks their holders to take another. An occasion
// that has one keeps having one.
class Sharing {
 public:
  Sharing(const std::vector<Window>& windows, const std::vector<Answered>& sheets)
      : windows_(windows), sheets_(sheets), holder_(sheets.size(), nobody), asked_(sheets.size(), nobody) {}

  std::size_t holder(std::size_t sheet) const { return holder_[sheet]; }

  bool give(std::size_t window, bool same_session) {
    ++round_;
    return give_in_round(window, same_session);
  }

 private:
  // Depth is at most the number of windows, which the caller bounds.
  bool give_in_round(std::size_t window, bool same_session) {
    const Window& asks = windows_[window];
    const auto first = std::lower_bound(sheets_.begin(), sheets_.end(), asks.opens,
                                        [](const Answered& sheet, std::int64_t time) { return sheet.time < time; });
    for (auto sheet = static_cast<std::size_t>(first - sheets_.begin());
         sheet < sheets_.size() && sheets_[sheet].time <= asks.expires; ++sheet) {
      const std::uint16_t names = sheets_[sheet].session;
      if (same_session && names != 0 && asks.session != 0 && names != asks.session) continue;
      if (asked_[sheet] == round_) continue;
      asked_[sheet] = round_;
      if (holder_[sheet] == nobody || give_in_round(holder_[sheet], same_session)) {
        holder_[sheet] = window;
        return true;
      }
    }
    return false;
  }

  const std::vector<Window>& windows_;
  const std::vector<Answered>& sheets_;
  std::vector<std::size_t> holder_, asked_;
  std::size_t round_ = 0;
};

}  // namespace

std::vector<const Answered*> answered(const std::vector<Window>& windows, std::vector<Answered>& sheets) {
  std::sort(sheets.begin(), sheets.end(), [](const Answered& a, const Answered& b) {
    return std::tie(a.time, a.session, a.event) < std::tie(b.time, b.session, b.event);
  });
  Sharing sharing(windows, sheets);
  std::vector<bool> found(windows.size(), false);
  for (const bool same_session : {true, false}) {
    for (std::size_t window = 0; window < windows.size(); ++window) {
      if (!found[window]) found[window] = sharing.give(window, same_session);
    }
  }
  std::vector<const Answered*> by_window(windows.size(), nullptr);
  for (std::size_t sheet = 0; sheet < sheets.size(); ++sheet) {
    if (sharing.holder(sheet) != nobody) by_window[sharing.holder(sheet)] = &sheets[sheet];
  }
  return by_window;
}

}  // namespace alliance::timing

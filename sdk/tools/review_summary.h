// SPDX-License-Identifier: Apache-2.0
// A case in one row, for the overview of the page and for the terminal.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "review_series.h"
#include "review_words.h"

namespace alliance::tools::review {

struct Summary {
  std::string id, service, practitioner, delivery;
  std::string stop;  // why nothing more may be shown; empty when it may
  std::size_t sessions_held = 0, sessions_planned = 0;
  std::optional<Series> alliance{}, symptoms{};  // the client's about the practitioner; the first symptom scale
  double minutes_used = 0, minutes_planned = 0;
  std::size_t drops = 0, repaired = 0, unrepaired = 0, silent = 0;
  std::size_t flags = 0, flags_open = 0;
  std::size_t accepted = 0, declined = 0, undecided = 0;
  bool closed = false;
};

Summary summary(const fb::ReviewT& review, const Pages& pages, const Words& words = in_english);

// "6.5 to 8", "-" when there is nothing.
std::string first_to_last(const std::optional<Series>& series);

}  // namespace alliance::tools::review

// SPDX-License-Identifier: Apache-2.0
// Curves of a case, found by role. Curves of different instruments are never joined.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "review_model.h"

namespace alliance::tools::review {

struct SeriesPoint {
  double x = 0;  // session number, or weeks since the case was opened
  double y = 0;
  std::int64_t time = 0;
  std::string event;
};

struct Series {
  std::string instrument, scale, role;
  fb::Rater rater = fb::Rater::unset;
  fb::Target target = fb::Target::none;
  std::optional<double> min{}, max{};  // of the scale, where the definition is loaded
  bool lower_is_better = false;
  std::vector<SeriesPoint> points;
};

enum class Axis { session, week };

// Every curve whose scale plays the role `wanted`, or one that begins with it where it ends in a dot. On the session
// axis answers that belong to no session are left out.
std::vector<Series> series(const fb::CaseT& course, const std::vector<fb::InstrumentT>& instruments,
                           std::string_view wanted, fb::Target target, Axis axis);

double week_of(const fb::CaseT& course, std::int64_t instant);

}  // namespace alliance::tools::review

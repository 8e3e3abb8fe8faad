// SPDX-License-Identifier: Apache-2.0
#include "measure/responses.h"

namespace alliance::measure {
namespace {

// Runs of places that go on from the one before: `begins` and `goes_on` are asked of each place in turn.
template <class Begins, class GoesOn>
std::vector<Run> runs(std::size_t places, int length, Begins begins, GoesOn goes_on) {
  std::vector<Run> found;
  std::size_t first = 0;
  int run = 0;
  for (std::size_t i = 0; i < places; ++i) {
    if (run > 0 && goes_on(i)) {
      ++run;
    } else {
      run = begins(i) ? 1 : 0;
      first = i;
    }
    if (run > 0 && run == length) found.push_back({first, i});
  }
  return found;
}

std::vector<Run> placed(std::vector<Run> found, const Answered& points) {
  for (Run& run : found) run = {points.places[run.first], points.places[run.last]};
  return found;
}

}  // namespace

std::vector<Run> non_response(Series series, int length) {
  const auto unanswered = [&](std::size_t i) { return !std::isfinite(series[i]); };
  return runs(series.size(), length, unanswered, unanswered);
}

std::vector<Run> ceiling(Series series, double maximum, int length) {
  const Answered points = answered(series);
  const auto high = [&](std::size_t i) { return points.scores[i] >= maximum; };
  return placed(runs(points.scores.size(), length, high, high), points);
}

std::vector<Run> flat(Series series, int length) {
  if (length < 2) return {};
  const Answered points = answered(series);
  const auto any = [](std::size_t) { return true; };
  const auto same = [&](std::size_t i) { return points.scores[i] == points.scores[i - 1]; };
  return placed(runs(points.scores.size(), length, any, same), points);
}

}  // namespace alliance::measure

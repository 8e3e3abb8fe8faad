// SPDX-License-Identifier: Apache-2.0
#include "measure/reliable_change.h"

#include <algorithm>
#include <limits>

namespace alliance::measure {

double standard_error(double sd, double reliability) {
  if (!(sd > 0) || !(reliability >= 0) || !(reliability < 1)) return std::numeric_limits<double>::quiet_NaN();
  return sd * std::sqrt(1 - reliability);
}

double standard_error_of_difference(double sd, double reliability) {
  return std::sqrt(2.0) * standard_error(sd, reliability);
}

double reliable_change_index(double first, double last, double sd, double reliability) {
  return (last - first) / standard_error_of_difference(sd, reliability);
}

double reliable_change_threshold(double sd, double reliability, double z) {
  return z * standard_error_of_difference(sd, reliability);
}

bool reliably_changed(double first, double last, double threshold, Comparator comparator) {
  if (!(threshold > 0)) return false;
  const double change = std::abs(last - first);
  if (!std::isfinite(change)) return false;
  return comparator == Comparator::at_least ? !below(change, threshold) : below(threshold, change);
}

Cutoffs clinical_cutoffs(const Norm& clinical, const Norm& functional) {
  const double towards = functional.mean >= clinical.mean ? 1 : -1;
  return {clinical.mean + 2 * towards * clinical.sd, functional.mean - 2 * towards * functional.sd,
          (clinical.sd * functional.mean + functional.sd * clinical.mean) / (clinical.sd + functional.sd)};
}

std::optional<Outcome> outcome(double first, double last, const OutcomeRule& rule) {
  if (!std::isfinite(first) || !std::isfinite(last)) return std::nullopt;
  if (!reliably_changed(first, last, rule.threshold, rule.comparator)) return Outcome::unchanged;
  const double sign = rule.higher_is_better ? 1 : -1;
  const auto functional = [&](double score) { return sign * (score - rule.cutoff) > 0; };
  const auto clinical = [&](double score) { return sign * (score - rule.cutoff) < 0; };
  if (sign * (last - first) > 0) return clinical(first) && functional(last) ? Outcome::recovered : Outcome::improved;
  return functional(first) && clinical(last) ? Outcome::harmed : Outcome::deteriorated;
}

std::vector<Change> reliable_changes(Series series, const ChangeRule& rule) {
  std::vector<Change> found;
  const Answered points = answered(series);
  if (points.scores.empty()) return found;
  double reference = points.scores.front();
  int earlier = 0;  // the direction of the score before
  for (std::size_t t = 1; t < points.scores.size(); ++t) {
    if (rule.reference == Reference::previous) reference = points.scores[t - 1];
    if (rule.reference == Reference::highest) reference = std::max(reference, points.scores[t - 1]);
    const double now = points.scores[t];
    int direction = 0;
    if (reliably_changed(reference, now, rule.threshold, rule.comparator)) direction = now > reference ? 1 : -1;
    // A step from one score to the next is a change of its own each time.
    const bool begins = direction != 0 && (direction != earlier || rule.reference == Reference::previous);
    earlier = direction;
    if (begins) found.push_back({points.places[t], reference, now, now - reference});
  }
  return found;
}

}  // namespace alliance::measure

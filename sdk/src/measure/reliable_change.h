// SPDX-License-Identifier: Apache-2.0
// Reliable and clinically significant change: Jacobson and Truax 1991 (doi 10.1037/0022-006X.59.1.12). Scores
// are as the scale gives them: either direction may be the better one. See series.h.
#pragma once

#include <optional>

#include "measure/series.h"

namespace alliance::measure {

// sd * sqrt(1 - reliability). Not a number unless sd > 0 and 0 <= reliability < 1; so are the three below.
double standard_error(double sd, double reliability);
// sqrt(2) * standard_error: of the difference of two measurements.
double standard_error_of_difference(double sd, double reliability);
// RC = (last - first) / standard_error_of_difference.
double reliable_change_index(double first, double last, double sd, double reliability);

// The two-sided 95 % point of the normal distribution as Jacobson and Truax write it.
inline constexpr double jacobson_truax_z = 1.96;
// The smallest reliable change in the scale's units: z * standard_error_of_difference.
double reliable_change_threshold(double sd, double reliability, double z = jacobson_truax_z);

// The threshold is in the scale's units, in either direction; not above 0, or not a number: nothing has
// changed reliably. A first or last that is no number has not changed either.
bool reliably_changed(double first, double last, double threshold, Comparator comparator);

// Where a score has moved from the clinical towards the functional population: a is 2 SD from the clinical
// mean, b is 2 SD from the functional one, c lies between both, weighted by their SDs, and supposes that the
// two overlap. All three need norms with a source. Where both SDs are 0, c is not a number.
struct Norm {
  double mean = 0, sd = 0;
};
struct Cutoffs {
  double a = 0, b = 0, c = 0;
};
Cutoffs clinical_cutoffs(const Norm& clinical, const Norm& functional);

// recovered: reliably better, from the clinical side of the cut-off to the functional side. improved: reliably
// better without that. deteriorated: reliably worse. harmed: reliably worse, from the functional side to the
// clinical one (as the R package clinicalsignificance has it). On the cut-off itself is neither side.
enum class Outcome { recovered, improved, unchanged, deteriorated, harmed };
struct OutcomeRule {
  double threshold = 0;  // of reliable change, in the scale's units
  Comparator comparator = Comparator::more_than;
  double cutoff = 0;
  bool higher_is_better = true;
};
// Nothing where first or last is no finite number.
std::optional<Outcome> outcome(double first, double last, const OutcomeRule& rule);

// What a score is held against: the first one answered, the one before it, or the highest so far.
enum class Reference { first, previous, highest };
struct Change {
  std::size_t at = 0;
  double before = 0, now = 0, change = 0;
};
// Where a reliable change begins: the score differs reliably from its reference, and the score before it did
// not differ so in the same direction. The first score changes from nothing.
struct ChangeRule {
  double threshold = 0;
  Comparator comparator = Comparator::more_than;
  Reference reference = Reference::first;
};
std::vector<Change> reliable_changes(Series series, const ChangeRule& rule);

}  // namespace alliance::measure

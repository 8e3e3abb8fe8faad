// SPDX-License-Identifier: Apache-2.0
// How a sheet was filled in. What is found is a reason to look at the sheet or to ask; it never changes a score and
// is no proof of carelessness: a person in a hurry may mean every answer.
#pragma once

#include <alliance/measure.h>
#include <alliance_schema/event_generated.h>
#include <alliance_schema/instrument_generated.h>
#include <alliance_schema/report_generated.h>

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace alliance::measure {

// Which way each item turns each scale, scales x items: 1 a higher answer gives a higher score, -1 a lower one, 0 no
// other. Found by asking the key itself, from a sheet of lowest answers with one item raised to its highest, so that
// a formula is read as well as a list of reversed items. Empty where the key does not score.
struct ItemDirections {
  std::size_t items = 0;
  std::vector<std::int8_t> signs;

  // Whether some scale has an item of each kind among `chosen`: the same answer to all then says opposite things.
  bool opposed(std::span<const std::size_t> chosen) const;
};
ItemDirections item_directions(const fb::InstrumentT& definition, const alliance_measure_factory& table,
                               alliance_measure* measure);

// Answers in the order of the items, and their states (ALLIANCE_ANSWERED ...).
struct FilledIn {
  std::span<const double> values;
  std::span<const std::uint8_t> states;
  std::optional<double> seconds_per_item;  // where times are given
};

// The length of the longest run of one answer, items without an answer passed over: the long-string index of Johnson
// 2005 (doi 10.1016/j.jrp.2004.09.009).
std::size_t long_string(const FilledIn& sheet);

// When something is said. The numbers of the first two are ours; what each is held against stands in the warning.
//
// straight-line: the longest run covers this share of the answers, there are so many answers at least, and the run
//   holds items of opposite direction. Without such items the same answer throughout is no surprise: everybody who
//   is well answers "not at all" to all of a symptom list.
// fast: fewer seconds per item than this. 2 s per item: Huang et al. 2012 (doi 10.1007/s10869-011-9231-8), held up
//   over items of several lengths by Bowling et al. 2021 (doi 10.1177/10944281211056520). Somebody who answers the
//   same few items every week may well be faster.
struct ResponseRules {
  double straight_line_share = 1;
  std::size_t straight_line_answers = 6;
  double fast_seconds = 2;
};

// Nothing for a sheet without answers.
std::vector<fb::WarningT> response_warnings(const FilledIn& sheet, const ItemDirections& directions,
                                            const ResponseRules& rules = {});

// The time of each answer that has one, else the whole sheet's over its answers; nothing where neither is known.
std::optional<double> seconds_per_item(const fb::AnswersGivenT& given);

}  // namespace alliance::measure

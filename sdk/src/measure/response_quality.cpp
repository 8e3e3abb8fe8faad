// SPDX-License-Identifier: Apache-2.0
#include "measure/response_quality.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <string>

namespace alliance::measure {
namespace {

struct AnswerSpan {
  double low = 0, high = 0;
};

AnswerSpan span_of(const fb::InstrumentT& definition, const std::string& response) {
  for (const auto& one : definition.responses) {
    if (one->id != response) continue;
    if (one->options.empty()) return {one->min.value_or(0), one->max.value_or(0)};
    AnswerSpan span{HUGE_VAL, -HUGE_VAL};
    for (const auto& option : one->options) {
      const double value = option->value.value_or(0);
      span = {std::min(span.low, value), std::max(span.high, value)};
    }
    return span;
  }
  return {};
}

std::vector<std::size_t> answered_items(const FilledIn& sheet) {
  std::vector<std::size_t> items;
  for (std::size_t i = 0; i < sheet.values.size(); ++i) {
    if (sheet.states[i] == ALLIANCE_ANSWERED) items.push_back(i);
  }
  return items;
}

// Each longest run of one answer, as a part of `items`.
template <class Take>
void each_run(const FilledIn& sheet, std::span<const std::size_t> items, Take take) {
  for (std::size_t from = 0, to = 0; from < items.size(); from = to) {
    while (to < items.size() && sheet.values[items[to]] == sheet.values[items[from]]) ++to;
    take(items.subspan(from, to - from));
  }
}

std::string shortly(double value) {
  char digits[32];
  const auto rounded = std::round(value * 10) / 10;
  return {digits, std::to_chars(digits, digits + sizeof digits, rounded).ptr};
}

fb::WarningT warning(const char* code, std::string sentence, double value, double threshold, fb::Certainty certainty,
                     const char* source) {
  fb::WarningT made;
  made.code = code;
  made.sentence = std::move(sentence);
  made.value = value;
  made.threshold = threshold;
  made.provenance = std::make_unique<fb::ProvenanceT>();
  made.provenance->certainty = certainty;
  made.provenance->source = source;
  return made;
}

}  // namespace

bool ItemDirections::opposed(std::span<const std::size_t> chosen) const {
  for (std::size_t first = 0; items > 0 && first < signs.size(); first += items) {
    const auto turns = [&](int sign) {
      return std::any_of(chosen.begin(), chosen.end(), [&](std::size_t i) { return signs[first + i] == sign; });
    };
    if (turns(1) && turns(-1)) return true;
  }
  return false;
}

ItemDirections item_directions(const fb::InstrumentT& definition, const alliance_measure_factory& table,
                               alliance_measure* measure) {
  const std::size_t items = definition.items.size(), scales = definition.scales.size();
  std::vector<double> low, high;
  for (const auto& item : definition.items) {
    const auto span = span_of(definition, item->response);
    low.push_back(span.low);
    high.push_back(span.high);
  }
  // Row 0 is the lowest sheet, row i + 1 has item i raised.
  std::vector<double> answers, values((items + 1) * scales);
  for (std::size_t row = 0; row <= items; ++row) {
    answers.insert(answers.end(), low.begin(), low.end());
    if (row > 0) answers[row * items + row - 1] = high[row - 1];
  }
  std::vector<std::uint8_t> states(values.size(), ALLIANCE_BAD_SHEET);
  const alliance_sheets sheets{sizeof sheets, 0, items + 1, items, answers.data(), nullptr};
  const alliance_scores out{sizeof out, 0, items + 1, scales, values.data(), states.data(), nullptr, nullptr};
  alliance_error error = ALLIANCE_ERROR_INIT;
  if (items == 0 || scales == 0 || table.score_batch(measure, &sheets, nullptr, &out, &error) != ALLIANCE_OK) return {};
  ItemDirections found{items, std::vector<std::int8_t>(scales * items)};
  for (std::size_t scale = 0; scale < scales; ++scale) {
    for (std::size_t i = 0; i < items; ++i) {
      const std::size_t raised = (i + 1) * scales + scale;
      if (states[scale] != ALLIANCE_SCORED || states[raised] != ALLIANCE_SCORED) continue;
      const double change = values[raised] - values[scale];
      found.signs[scale * items + i] = static_cast<std::int8_t>((change > 0) - (change < 0));
    }
  }
  return found;
}

std::size_t long_string(const FilledIn& sheet) {
  std::size_t longest = 0;
  const auto items = answered_items(sheet);
  each_run(sheet, items, [&](auto run) { longest = std::max(longest, run.size()); });
  return longest;
}

std::vector<fb::WarningT> response_warnings(const FilledIn& sheet, const ItemDirections& directions,
                                            const ResponseRules& rules) {
  std::vector<fb::WarningT> found;
  const auto items = answered_items(sheet);
  if (items.empty()) return found;
  const double needed = std::ceil(rules.straight_line_share * static_cast<double>(items.size()));
  std::size_t longest = 0;
  if (items.size() >= rules.straight_line_answers) {
    each_run(sheet, items, [&](auto run) {
      if (static_cast<double>(run.size()) >= needed && run.size() > longest && directions.opposed(run)) {
        longest = run.size();
      }
    });
  }
  if (longest > 0) {
    found.push_back(
        warning("straight-line",
                std::to_string(longest) + " answers in a row are the same, to items that point in opposite directions",
                static_cast<double>(longest), needed, fb::Certainty::own,
                "the long-string index of Johnson 2005, doi 10.1016/j.jrp.2004.09.009; from where on it is said is our "
                "choice"));
  }
  if (sheet.seconds_per_item && *sheet.seconds_per_item < rules.fast_seconds) {
    found.push_back(warning("fast", shortly(*sheet.seconds_per_item) + " s per item: hardly time to read the questions",
                            *sheet.seconds_per_item, rules.fast_seconds, fb::Certainty::verified,
                            "2 s per item: Huang et al. 2012, doi 10.1007/s10869-011-9231-8; held up by Bowling et "
                            "al. 2021, doi 10.1177/10944281211056520"));
  }
  return found;
}

std::optional<double> seconds_per_item(const fb::AnswersGivenT& given) {
  double milliseconds = 0;
  std::size_t timed = 0, answers = 0;
  for (const auto& answer : given.answers) {
    if (answer->state != fb::AnswerState::answered) continue;
    ++answers;
    if (!answer->milliseconds) continue;
    ++timed;
    milliseconds += *answer->milliseconds;
  }
  if (timed > 0) return milliseconds / 1e3 / static_cast<double>(timed);
  if (given.begun == 0 || given.finished == 0 || answers == 0) return std::nullopt;
  return static_cast<double>(given.finished - given.begun) / 1e6 / static_cast<double>(answers);
}

}  // namespace alliance::measure

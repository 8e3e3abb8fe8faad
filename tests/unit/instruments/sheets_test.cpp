// SPDX-License-Identifier: Apache-2.0
// What is scored many numbers at a time has the bytes of what is scored one by one.
#include "../../../plugins/instruments/sheets.h"

#include <alliance/plugin.hpp>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <random>

#include "../../../plugins/instruments/key.h"
#include "instrument.h"

namespace fb = alliance::fb;
using alliance::Score;
using alliance::instruments::Key;
using alliance::instruments::Rule;
using instruments_test::Plugin;

namespace {

constexpr std::uint64_t many_rows = 400;

struct DrawnSheets {
  std::vector<double> values;
  std::vector<std::uint8_t> states;
};

// Of ten sheets five are full, four miss some answers, and one has something that is not allowed.
DrawnSheets drawn_sheets(const fb::InstrumentT& definition, std::mt19937& random) {
  DrawnSheets sheets;
  const double wrong[] = {-1, 0.5, 1e300, std::nan(""), HUGE_VAL, 77, -0.0};
  for (std::uint64_t row = 0; row < many_rows; ++row) {
    const auto kind = row % 10;
    for (const auto& item : definition.items) {
      double value = 0;
      for (const auto& response : definition.responses) {
        if (response->id != item->response) continue;
        if (response->options.empty()) {
          const double power = std::pow(10.0, response->decimals);
          const auto units = static_cast<unsigned>((*response->max - *response->min) * power) + 1;
          value = (*response->min * power + static_cast<double>(random() % units)) / power;
        } else {
          value = *response->options[random() % response->options.size()]->value;
        }
      }
      if (kind == 9 && random() % 8 == 0) value = wrong[random() % std::size(wrong)];
      sheets.values.push_back(value);
      const bool odd = (kind >= 5 && kind < 9 && random() % 6 == 0) || (kind == 9 && random() % 20 == 0);
      sheets.states.push_back(odd ? static_cast<std::uint8_t>(random() % (kind == 9 ? 8 : 4) + (kind == 9 ? 0 : 2))
                                  : static_cast<std::uint8_t>(ALLIANCE_ANSWERED));
    }
  }
  return sheets;
}

struct ScoredRows {
  std::vector<double> values;
  std::vector<std::uint8_t> states;
  std::vector<std::uint32_t> answered;
  std::vector<std::int32_t> bands;
  explicit ScoredRows(std::size_t size) : values(size, -99), states(size, 99), answered(size, 99), bands(size, -99) {}
  alliance_scores c(std::size_t scales) {
    return {sizeof(alliance_scores), 0, many_rows, scales, values.data(), states.data(), answered.data(), bands.data()};
  }
  void expect_same(const ScoredRows& other, const std::string& where) const {
    EXPECT_EQ(std::memcmp(values.data(), other.values.data(), values.size() * sizeof(double)), 0) << where;
    EXPECT_EQ(states, other.states) << where;
    EXPECT_EQ(answered, other.answered) << where;
    EXPECT_EQ(bands, other.bands) << where;
  }
};

// As the plugin does: what is none of the usual is scored by itself, or is a bad sheet.
ScoredRows scored_rows(const Key& key, const alliance_sheets& sheets, Rule rule, bool one_by_one,
                       std::uint64_t& by_rows) {
  ScoredRows out(many_rows * key.scales());
  const auto to = out.c(key.scales());
  for (std::uint64_t at = 0; at < many_rows; ++at) {
    if (!one_by_one) {
      const auto until = key.score_rows(sheets, at, rule, to);
      by_rows += until - at;
      at = until;
      if (at == many_rows) break;
    }
    const alliance::Sheet sheet = alliance::glue::row_of(sheets, at);
    std::vector<Score> row(key.scales(), Score{0, ALLIANCE_BAD_SHEET, 0, ALLIANCE_NO_BAND});
    if (!key.first_bad(sheet)) key.score(sheet, rule, row);
    alliance::glue::store_row(to, at, row);
  }
  return out;
}

TEST(InstrumentSheets, ManyAtATimeScoreTheSameBytesAsOneByOneForEveryInstrumentAndRule) {
  Plugin plugin;
  std::mt19937 random(20);
  std::uint64_t by_rows = 0;
  for (const auto& name : plugin.offered()) {
    const auto definition = plugin.definition(plugin.create(name.substr(0, name.find(' '))));
    if (!definition.denied.empty()) continue;
    const DrawnSheets answers = drawn_sheets(definition, random);
    const alliance_sheets sheets{sizeof sheets,        0, many_rows, definition.items.size(), answers.values.data(),
                                 answers.states.data()};
    const Key wide(definition, true), least(definition, false);
    for (const Rule rule : {Rule{fb::MissingRule::none, 0}, Rule{fb::MissingRule::prorate, 1},
                            Rule{fb::MissingRule::prorate, 3}, Rule{fb::MissingRule::centre, 2}}) {
      const auto expected = scored_rows(wide, sheets, rule, true, by_rows);
      expected.expect_same(scored_rows(wide, sheets, rule, false, by_rows), name + ", wide");
      expected.expect_same(scored_rows(least, sheets, rule, false, by_rows), name + ", least");
    }
  }
  EXPECT_GT(by_rows, many_rows * 50) << "most of these sheets are usual ones";
}

// Some reversed, some with decimals, scales that are no multiple of four, and numbers of any size.
fb::InstrumentT drawn_instrument(std::mt19937& random, std::size_t items, unsigned decimals, double most) {
  fb::InstrumentT definition;
  const auto response = [&](const char* id, double low, double high, unsigned after_the_point) {
    definition.responses.push_back(std::make_unique<fb::ResponseT>());
    definition.responses.back()->id = id;
    definition.responses.back()->min = low;
    definition.responses.back()->max = high;
    definition.responses.back()->decimals = static_cast<std::uint8_t>(after_the_point);
  };
  response("whole", -3, most, 0);
  response("fine", 0, 10, decimals);
  for (std::size_t item = 0; item < items; ++item) {
    definition.items.push_back(std::make_unique<fb::ItemT>());
    definition.items.back()->id = std::to_string(item);
    definition.items.back()->response = random() % 3 == 0 ? "fine" : "whole";
  }
  for (std::size_t scale = 0; scale < 1 + random() % 7; ++scale) {
    definition.scales.push_back(std::make_unique<fb::ScaleT>());
    fb::ScaleT& made = *definition.scales.back();
    made.id = std::to_string(scale);
    made.method = random() % 2 == 0 ? fb::Method::sum : fb::Method::mean;
    for (const auto& item : definition.items) {
      if (random() % 2 == 0 && item != definition.items.front()) continue;
      made.items.push_back(item->id);
      if (scale % 2 == 1 && random() % 3 == 0) made.reversed.push_back(item->id);
    }
  }
  return definition;
}

TEST(InstrumentSheets, AndForInstrumentsOfAnyShape) {
  std::mt19937 random(21);
  std::uint64_t by_rows = 0, instruments = 0;
  for (const std::size_t items : {1, 3, 4, 7, 8, 9, 12, 15, 16, 17, 20, 31, 33, 48, 50, 63, 64, 65, 80}) {
    for (const unsigned decimals : {0u, 1u, 2u, 4u}) {
      for (const double most : {4.0, 100.0, 40000.0}) {
        const auto definition = drawn_instrument(random, items, decimals, most);
        const DrawnSheets answers = drawn_sheets(definition, random);
        const alliance_sheets sheets{sizeof sheets, 0, many_rows, items, answers.values.data(), answers.states.data()};
        const Key wide(definition, true), least(definition, false);
        for (const Rule rule : {Rule{fb::MissingRule::none, 0}, Rule{fb::MissingRule::prorate, 2}}) {
          const auto where = std::to_string(items) + " items, " + std::to_string(decimals) + " decimals, up to " +
                             std::to_string(most);
          const auto expected = scored_rows(wide, sheets, rule, true, by_rows);
          expected.expect_same(scored_rows(wide, sheets, rule, false, by_rows), where + ", wide");
          expected.expect_same(scored_rows(least, sheets, rule, false, by_rows), where + ", least");
        }
        ++instruments;
      }
    }
  }
  EXPECT_GT(by_rows, many_rows * 2 * instruments) << "most of these sheets are usual ones";
}

TEST(InstrumentSheets, TheSettingKeepsToTheLeastInstructions) {
  Plugin plugin(R"({"wide_instructions": false})");
  const auto scored = plugin.score(plugin.create("wai-sr-c"), std::vector<double>(12, 3.0));
  EXPECT_EQ(scored.values, (std::vector<double>{36, 12, 12, 12}));
}

TEST(InstrumentSheets, TheSettingThatIsNoTruthValueIsRefusedByName) {
  Plugin plugin(R"({"wide_instructions": "no"})", instruments_test::Loads::no);
  EXPECT_NE(plugin.failure.find("wide_instructions is neither true nor false"), std::string::npos) << plugin.failure;
}

}  // namespace

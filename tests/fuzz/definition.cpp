// SPDX-License-Identifier: Apache-2.0
// A definition from outside: refused with the place of each fault, or scored, and then no sheet breaks what it states.
// The same bytes are read as a formula, which is far more often one than a definition is.
#include <cmath>
#include <map>
#include <vector>

#include "check.h"
#include "key.h"
#include "place.h"
#include "require.h"
#include "schema/json.h"

namespace {

using namespace alliance;
using fuzz::require;

// Sheets of which every answer is allowed: lowest, highest, and a mixture.
std::vector<std::vector<double>> sheets_of(const fb::InstrumentT& definition) {
  std::map<std::string, instruments::Range> ranges;
  for (const auto& response : definition.responses) ranges.emplace(response->id, instruments::range_of(*response));
  std::vector<std::vector<double>> sheets(3);
  for (std::size_t i = 0; i < definition.items.size(); ++i) {
    const auto& range = ranges.at(definition.items[i]->response);
    const auto value = [&](std::int64_t units) {
      return static_cast<double>(units) / static_cast<double>(range.power);
    };
    sheets[0].push_back(value(range.low));
    sheets[1].push_back(value(range.high));
    sheets[2].push_back(value(i % 2 == 0 ? range.high : range.low));
  }
  return sheets;
}

void scored_within(const fb::InstrumentT& definition) {
  const instruments::Key key(definition);
  std::vector<Score> scores(definition.scales.size());
  for (const auto& sheet : sheets_of(definition)) {
    require(!key.first_bad(Sheet(sheet, {})), "an allowed answer is allowed");
    key.score(Sheet(sheet, {}), key.rule(), scores);
    for (std::size_t i = 0; i < scores.size(); ++i) {
      const auto& scale = *definition.scales[i];
      require(scores[i].state == ALLIANCE_SCORED, "a full sheet is scored");
      require(std::isfinite(scores[i].value), "a score is a finite number");
      if (!key.reach(i).exact) continue;
      require(scores[i].value >= *scale.min && scores[i].value <= *scale.max, "a score lies within its scale");
    }
  }
}

void formula(const std::string& text) {
  instruments::Range points, line;
  points.high = 3;
  line.power = 100;
  line.low = -500;
  line.high = 1000;
  std::string fault;
  const auto parsed = instruments::parse_formula(text, {{"1", {0, &points}}, {"2", {1, &line}}}, fault);
  require(parsed.has_value() == fault.empty(), "a formula, or what is wrong with it");
  if (!parsed) return;
  for (const std::int64_t a : {0, 1, 3}) {
    for (const std::int64_t b : {-500, 0, 7, 1000}) {
      const double value = parsed->value([&](std::size_t item, std::int64_t) { return item == 0 ? a : b; });
      require(std::isfinite(value), "a formula's value is a finite number");
      require(value >= nearest(parsed->low()) && value <= nearest(parsed->high()), "it lies within what was foretold");
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  formula(text);
  const auto bytes = schema::json_to_bytes("Instrument", text);
  if (!bytes) return 0;
  fb::InstrumentT definition;
  fb::GetInstrument(bytes->data())->UnPackTo(&definition);
  const auto faults = instruments::check(definition);
  for (const auto& fault : faults) {
    require(!shared::place(text, fault.substr(0, fault.find(": "))).empty(), "a fault has its place");
  }
  if (faults.empty()) scored_within(definition);
  return 0;
}

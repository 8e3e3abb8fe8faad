// SPDX-License-Identifier: Apache-2.0
// S1, S2: the WAI-SR from its JSON definition beside the same written by hand. P1: what a call through a table costs.
#include <alliance/plugin.h>
#include <dlfcn.h>

#include <alliance/host.hpp>
#include <cstring>

#include "hand_written.h"
#include "pairs.h"

namespace {

using bench::wai_items;
using bench::wai_scales;

struct Sheets {
  std::uint64_t rows;
  std::vector<double> values;
  std::vector<std::uint8_t> states;

  // One answer in 200 is missing.
  explicit Sheets(std::uint64_t n) : rows(n), values(n * wai_items), states(n * wai_items, ALLIANCE_ANSWERED) {
    std::mt19937 random(7);
    for (auto& value : values) value = 1 + random() % 5;
    for (auto& state : states) {
      if (random() % 200 == 0) state = ALLIANCE_SKIPPED;
    }
  }
  alliance_sheets c(std::uint64_t from, std::uint64_t number) const {
    return {sizeof(alliance_sheets),         0, number, wai_items, values.data() + from * wai_items,
            states.data() + from * wai_items};
  }
};

struct Scores {
  std::vector<double> values;
  std::vector<std::uint8_t> states;
  std::vector<std::uint32_t> answered;
  std::vector<std::int32_t> bands;
  explicit Scores(std::uint64_t rows)
      : values(rows * wai_scales), states(rows * wai_scales), answered(rows * wai_scales), bands(rows * wai_scales) {}
  alliance_scores c(std::uint64_t rows) {
    return {sizeof(alliance_scores), 0, rows, wai_scales, values.data(), states.data(), answered.data(), bands.data()};
  }
  bool operator==(const Scores&) const = default;
};

alliance::Host host_with(const std::string& settings) {
  alliance::HostOptions options;
  options.config = R"({"plugins":[{"plugin":"org.alliance-sdk.instruments","settings":")" + settings + R"("}]})";
  alliance::Host host(options);
  host.load_plugin(std::string(ALLIANCE_PLUGIN_DIR) + "/instruments.alliance.json");
  return host;
}
alliance_measure_ref wai(const alliance::Host& host) {
  alliance_measure_ref ref = ALLIANCE_MEASURE_REF_INIT;
  bench::need(alliance_host_find_measure(host.raw(), "wai-sr-c", nullptr, &ref, nullptr) == ALLIANCE_OK, "the WAI-SR");
  return ref;
}

// One sheet after the other, inlined.
auto by_hand(const Sheets& sheets) {
  return [&sheets, theirs = Scores(1), at = std::uint64_t{0}](std::uint64_t times) mutable {
    for (; times > 0; --times) {
      if (bench::wai_score(&sheets.values[at * wai_items], &sheets.states[at * wai_items], theirs.values.data(),
                           theirs.states.data(), theirs.answered.data(), theirs.bands.data()) >= 0) {
        std::abort();
      }
      bench::keep(theirs.values[0]);
      at = (at + 1) % sheets.rows;
    }
  };
}

void one_sheet(const bench::How& how, const alliance_measure_ref& ref, const Sheets& sheets) {
  Scores ours(1);
  const auto out = ours.c(1);
  alliance_error error = ALLIANCE_ERROR_INIT;
  std::uint64_t at = 0;
  bench::compare(
      "S1", how,
      [&](std::uint64_t times) {
        for (; times > 0; --times) {
          const auto sheet = sheets.c(at, 1);
          if (ref.table->score(ref.measure, &sheet, nullptr, &out, &error) != ALLIANCE_OK) std::abort();
          bench::keep(ours.values[0]);
          at = (at + 1) % sheets.rows;
        }
      },
      by_hand(sheets));
}

void batch(const std::string& row, const bench::How& how, const alliance_measure_ref& ref, const Sheets& sheets) {
  Scores ours(sheets.rows), theirs(sheets.rows);
  const auto in = sheets.c(0, sheets.rows);
  const auto out = ours.c(sheets.rows);
  const auto all_by_hand = [&] {
    bench::wai_batch(sheets.values.data(), sheets.states.data(), sheets.rows, theirs.values.data(),
                     theirs.states.data(), theirs.answered.data(), theirs.bands.data());
    bench::keep(theirs.values[0]);
  };
  alliance_error error = ALLIANCE_ERROR_INIT;
  const auto by_plugin = [&] {
    if (ref.table->score_batch(ref.measure, &in, nullptr, &out, &error) != ALLIANCE_OK) std::abort();
    bench::keep(ours.values[0]);
  };
  all_by_hand();
  by_plugin();
  bench::need(ours == theirs, "both give the same scores");
  bench::compare(
      row, how,
      [&](std::uint64_t times) {
        while (times-- > 0) by_plugin();
      },
      [&](std::uint64_t times) {
        while (times-- > 0) all_by_hand();
      });
}

void through_the_table(const bench::How& how, const Sheets& sheets) {
  void* library = dlopen(BENCH_HAND_PLUGIN, RTLD_NOW | RTLD_LOCAL);
  bench::need(library != nullptr, "the hand-written plugin");
  const auto entry = reinterpret_cast<alliance_plugin_entry_function>(dlsym(library, ALLIANCE_PLUGIN_ENTRY_SYMBOL))();
  const auto* table = static_cast<const alliance_measure_factory*>(entry->get_factory(ALLIANCE_MEASURE_FACTORY));
  alliance_measure_ref ref = ALLIANCE_MEASURE_REF_INIT;
  ref.table = table;
  table->create(table, nullptr, "", nullptr, &ref.measure, nullptr);
  Scores ours(1);
  const auto out = ours.c(1);
  std::uint64_t at = 0;
  // As often as the compiler cares to: it is inlined, and a loop around it is one of the caller's.
  bench::compare(
      "P1", how,
      [&](std::uint64_t times) {
        for (; times > 0; --times) {
          const auto sheet = sheets.c(at, 1);
          if (table->score(ref.measure, &sheet, nullptr, &out, nullptr) != ALLIANCE_OK) std::abort();
          bench::keep(ours.values[0]);
          at = (at + 1) % sheets.rows;
        }
      },
      by_hand(sheets));
}

}  // namespace

int main(int argc, char** argv) {
  const bench::Asked asked(argc, argv);
  const Sheets few(1'000);
  if (asked.has("P1")) through_the_table(asked.how, few);
  const bool batches = asked.has("S2");
  const Sheets many(batches && !asked.quick ? 1'000'000 : 1);
  const auto both = [&](const std::string& how, const alliance::Host& host) {
    batch("S2 " + how + " 1,000", asked.how, wai(host), few);
    if (!asked.quick) batch("S2 " + how + " 1,000,000", asked.how, wai(host), many);
  };
  {
    const auto host = host_with("{}");
    if (asked.has("S1")) one_sheet(asked.how, wai(host), few);
    if (batches) both("vectorised", host);
  }
  // One after the other: a plugin is in one host at a time.
  if (batches) both("plain", host_with(R"({\"wide_instructions\":false})"));
  return 0;
}

// SPDX-License-Identifier: Apache-2.0
// S3: QuestionnaireResponses with the WAI-SR, one a line of the file: each parsed, held against the form and scored.
// bench_fhir FILE ROUNDS prints the processor time of one, in nanoseconds, and the sum of all totals.
#include <simdjson.h>

#include <alliance_schema/instrument_generated.h>

#include <alliance/host.hpp>
#include <fstream>
#include <iostream>

#include "fhir/form.h"
#include "fhir/response.h"
#include "pairs.h"

int main(int argc, char** argv) {
  if (argc != 3) bench::give_up("usage: bench_fhir FILE ROUNDS");
  alliance::Host host;
  host.load_plugin(std::string(ALLIANCE_PLUGIN_DIR) + "/instruments.alliance.json");
  alliance_measure_ref ref = ALLIANCE_MEASURE_REF_INIT;
  bench::need(alliance_host_find_measure(host.raw(), "wai-sr-c", nullptr, &ref, nullptr) == ALLIANCE_OK, "the WAI-SR");
  alliance::glue::Collector bytes;
  bench::need(ref.table->definition(ref.measure, bytes.sink(), nullptr) == ALLIANCE_OK, "its definition");
  alliance::fb::InstrumentT definition;
  alliance::fb::GetInstrument(bytes.view().data())->UnPackTo(&definition);
  const auto form = alliance::fhir::form_of(definition);
  bench::need(form.has_value(), "its form");

  std::vector<simdjson::padded_string> lines;
  std::ifstream file(argv[1]);
  for (std::string line; std::getline(file, line);) lines.emplace_back(line);
  simdjson::dom::parser parser;
  double values[4];
  std::uint8_t states[4];
  std::uint32_t answered[4];
  std::int32_t bands[4];
  const alliance_scores out = {sizeof out, 0, 1, 4, values, states, answered, bands};
  double total = 0;
  const int rounds = std::atoi(argv[2]);
  const auto all = [&] {
    for (const auto& line : lines) {
      const simdjson::dom::element response = parser.parse(line);
      const auto checked = alliance::fhir::check(response, *form);
      if (!checked.valid()) bench::give_up(checked.findings.front().sentence);
      const alliance_sheets sheet = {sizeof sheet, 0, 1, 12, checked.values.data(), checked.states.data()};
      if (ref.table->score(ref.measure, &sheet, nullptr, &out, nullptr) != ALLIANCE_OK) std::abort();
      total += values[0];
    }
  };
  all();
  total = 0;
  const double begin = bench::nanoseconds(bench::Clock::thread);
  for (int round = 0; round < rounds; ++round) all();
  const double took = bench::nanoseconds(bench::Clock::thread) - begin;
  std::printf("{\"ns\": %.1f, \"total\": %.0f}\n", took / rounds / static_cast<double>(lines.size()), total / rounds);
  return 0;
}

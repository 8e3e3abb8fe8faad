// SPDX-License-Identifier: Apache-2.0
// `alliance instruments`: what is loaded, and what one must know of it.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <cstdio>
#include <memory>

#include "commands.h"
#include "score_columns.h"
#include "score_host.h"

namespace alliance::tools {
namespace {

using Row = std::array<std::string, 7>;

bool unverified(const std::unique_ptr<fb::ProvenanceT>& provenance) {
  return provenance && provenance->certainty == fb::Certainty::unverified;
}

std::string joined(const std::vector<std::string>& parts, const char* none) {
  std::string all;
  for (const std::string& part : parts) all += (all.empty() ? "" : ", ") + part;
  return all.empty() ? none : all;
}

std::string marks(const fb::InstrumentT& instrument) {
  std::vector<std::string> found;
  if (unverified(instrument.keys_provenance)) found.push_back("key unverified");
  const bool thresholds = std::any_of(instrument.scales.begin(), instrument.scales.end(), [](const auto& scale) {
    return unverified(scale->bands_provenance) ||
           (scale->reliable_change && unverified(scale->reliable_change->provenance)) ||
           std::any_of(scale->cutoffs.begin(), scale->cutoffs.end(),
                       [](const auto& cutoff) { return unverified(cutoff->provenance); });
  });
  if (thresholds) found.push_back("thresholds unverified");
  if (instrument.not_validated) found.push_back("not validated");
  return joined(found, "");
}

// Texts that may not ship come from whoever holds the licence.
std::string texts(const fb::InstrumentT& instrument) {
  return joined(instrument.languages, instrument.licence->text_may_ship ? "absent" : "absent (licensee's)");
}

void print(const std::vector<std::unique_ptr<fb::InstrumentT>>& instruments) {
  std::vector<Row> rows = {{"ID", "VERSION", "ITEMS", "PERSPECTIVE", "TEXTS", "MARKS", "LICENCE"}};
  for (const auto& instrument : instruments) {
    rows.push_back({instrument->id, instrument->version, std::to_string(instrument->items.size()),
                    fb::EnumNameRater(instrument->perspective), texts(*instrument), marks(*instrument),
                    instrument->licence->holder + ": " + instrument->licence->terms});
  }
  std::array<std::size_t, 7> widths{};
  for (const Row& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  for (const Row& row : rows) {
    std::string line;
    for (std::size_t i = 0; i + 1 < row.size(); ++i) line += row[i] + std::string(widths[i] - row[i].size() + 2, ' ');
    line += row.back();
    std::printf("%s\n", line.c_str());
  }
}

int run_instruments(const score::Place& place, bool json) {
  const auto say = [](const Failure& failure) {
    std::fprintf(stderr, "alliance instruments: %s\n", failure.message.c_str());
    return exit_failed;
  };
  const auto host = score::open(place);
  if (!host) return say(host.error());
  if (json) {
    const auto line = score::instruments_json(host->get());
    if (!line) return say(line.error());
    std::printf("%s\n", line->c_str());
  } else {
    const auto instruments = score::instruments(host->get());
    if (!instruments) return say(instruments.error());
    print(*instruments);
  }
  if (std::fflush(stdout) != 0) return say(Failure{ALLIANCE_E_IO, "standard output cannot be written", {}});
  return exit_done;
}

}  // namespace

void add_instruments(CLI::App& app, Run& run) {
  struct Chosen {
    score::Place place;
    bool json = false;
  };
  auto chosen = std::make_shared<Chosen>();
  auto* command = app.add_subcommand("instruments", "Lists the instruments that are loaded.");
  command->add_flag("--json", chosen->json, "their definitions, as one line of JSON (an InstrumentList)");
  command->add_option("--plugins", chosen->place.plugins, "folder of the plugins (or ALLIANCE_PLUGINS)");
  command->add_option("--config", chosen->place.config_file, "the host's configuration (JSON)");
  command->callback([chosen, &run] { run = [chosen] { return run_instruments(chosen->place, chosen->json); }; });
}

}  // namespace alliance::tools

// SPDX-License-Identifier: Apache-2.0
// `alliance instruments`: what is loaded, and what one must know of it.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <cstdio>
#include <memory>

#include "commands.h"
#include "instruments_show.h"
#include "schema/json.h"
#include "score_columns.h"
#include "score_host.h"

namespace alliance::tools {
namespace {

using Instruments = std::vector<std::unique_ptr<fb::InstrumentT>>;
using InstrumentsRow = std::array<std::string, 8>;

void print(const Instruments& instruments) {
  std::vector<InstrumentsRow> rows = {{"ID", "VERSION", "ITEMS", "PERSPECTIVE", "TARGET", "TEXTS", "MARKS", "LICENCE"}};
  for (const auto& instrument : instruments) {
    rows.push_back({instrument->id, instrument->version, std::to_string(instrument->items.size()),
                    fb::EnumNameRater(instrument->perspective), fb::EnumNameTarget(instrument->target),
                    definition::texts(*instrument), definition::joined(definition::marks(*instrument), ""),
                    instrument->licence->holder + ": " + instrument->licence->terms});
  }
  std::array<std::size_t, 8> widths{};
  for (const InstrumentsRow& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  for (const InstrumentsRow& row : rows) {
    std::string line;
    for (std::size_t i = 0; i + 1 < row.size(); ++i) line += row[i] + std::string(widths[i] - row[i].size() + 2, ' ');
    line += row.back();
    std::printf("%s\n", line.c_str());
  }
}

int fault(const std::string& sentence, int status) {
  std::fprintf(stderr, "alliance instruments: %s\n", sentence.c_str());
  return status;
}

struct Wish {
  score::Place place;
  bool json = false;
  std::string id;  // show this one; empty: list them all
};

int show(const Wish& wish, const Instruments& instruments) {
  for (const auto& instrument : instruments) {
    if (instrument->id != wish.id) continue;
    if (!wish.json) {
      std::printf("%s", definition::shown(*instrument).c_str());
      return exit_done;
    }
    flatbuffers::FlatBufferBuilder builder(1024);
    builder.Finish(fb::Instrument::Pack(builder, instrument.get()), fb::InstrumentIdentifier());
    const auto line = schema::bytes_to_json("Instrument", {builder.GetBufferPointer(), builder.GetSize()});
    if (!line) return fault(line.error().message, exit_failed);
    std::printf("%s\n", line->c_str());
    return exit_done;
  }
  std::vector<std::string> ids;
  for (const auto& instrument : instruments) ids.push_back(instrument->id);
  return fault("there is no instrument " + wish.id + "; there are " + definition::joined(ids, "none"), exit_bad_input);
}

int run_instruments(const Wish& wish) {
  const auto host = score::open(wish.place);
  if (!host) return fault(host.error().message, exit_for(host.error().status));
  int done = exit_done;
  if (wish.json && wish.id.empty()) {
    const auto line = score::instruments_json(host->get());
    if (!line) return fault(line.error().message, exit_failed);
    std::printf("%s\n", line->c_str());
  } else {
    const auto instruments = score::instruments(host->get());
    if (!instruments) return fault(instruments.error().message, exit_failed);
    if (wish.id.empty()) {
      print(*instruments);
    } else {
      done = show(wish, *instruments);
    }
  }
  if (std::fflush(stdout) != 0) return fault("standard output cannot be written", exit_failed);
  return done;
}

void add_place(CLI::App& command, Wish& wish) {
  command.add_option("--plugins", wish.place.plugins, "folder of the plugins (or ALLIANCE_PLUGINS)");
  command.add_option("--config", wish.place.config_file, "the host's configuration (JSON)");
}

}  // namespace

void add_instruments(CLI::App& app, Run& run) {
  auto wish = std::make_shared<Wish>();
  const auto chosen = [wish, &run] { run = [wish] { return run_instruments(*wish); }; };
  auto* command = app.add_subcommand("instruments", "Lists the instruments that are loaded.");
  command->require_subcommand(0, 1);
  command->add_flag("--json", wish->json, "their definitions, as one line of JSON (an InstrumentList)");
  add_place(*command, *wish);
  command->callback(chosen);
  auto* one = command->add_subcommand("show", "Shows all that one definition says, each number with its source.");
  one->add_option("id", wish->id, "the instrument, as in phq-9")->required();
  one->add_flag("--json", wish->json, "the definition, as one line of JSON (an Instrument)");
  add_place(*one, *wish);
}

}  // namespace alliance::tools

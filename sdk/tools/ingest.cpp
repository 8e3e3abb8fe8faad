// SPDX-License-Identifier: Apache-2.0
// `alliance ingest`: what a programme exported, as the events that it would make, and recorded where that is asked.
#include <CLI/CLI.hpp>
#include <filesystem>
#include <iostream>
#include <memory>

#include "commands.h"
#include "ingest_host.h"
#include "ingest_write.h"

namespace alliance::tools {
namespace {

struct IngestOptions {
  ingest::Request request;
  std::string file;
  bool json = false, record = false, begin = false;
};

int ingest_failed(const Failure& failure) {
  std::cerr << "alliance ingest: " << failure.message << "\n";
  const bool input = failure.status == ALLIANCE_E_LIMIT;
  return input ? exit_bad_input : exit_for(failure.status);
}

int usage_of_ingest(const std::string& sentence) {
  std::cerr << "alliance ingest: " << sentence << "\n";
  return exit_usage;
}

int run_ingest(const IngestOptions& chosen) {
  const auto& request = chosen.request;
  if (request.programme.empty() && request.mapping.empty()) {
    return usage_of_ingest("name the adapter with --programme ID, or a mapping of files with --mapping FILE");
  }
  if (chosen.record && (request.store.empty() || request.tenant.empty())) {
    return usage_of_ingest("--record needs --store FILE and --tenant ID: where the events go, and whose they are");
  }
  if (!request.store.empty() && request.tenant.empty()) return usage_of_ingest("--store needs --tenant ID");
  std::error_code problem;
  if (!request.store.empty() && !(chosen.record && chosen.begin) &&
      !std::filesystem::is_regular_file(request.store, problem)) {
    return ingest_failed({ALLIANCE_E_NOT_FOUND,
                          "there is no store " + request.store + "; name the file that the platform records to" +
                              (chosen.record ? ", or give --new to begin one" : ""),
                          {}});
  }
  const auto payload = ingest::payload(chosen.file);
  if (!payload) return ingest_failed(payload.error());
  auto open = ingest::open(request);
  if (!open) return ingest_failed(open.error());
  auto taken = ingest::take(*open, *payload);
  if (!taken) return ingest_failed(taken.error());
  std::optional<ingest::Tally> tally;
  if (chosen.record) {
    auto recorded = ingest::record(*open, *taken, request.future);
    if (!recorded) return ingest_failed(recorded.error());
    tally = std::move(*recorded);
  }
  std::cout << (chosen.json ? ingest::as_json(*taken, tally) : ingest::as_table(*taken, tally));
  if (!chosen.json) std::cerr << ingest::left_out(*taken, tally);
  if (payload->find_first_not_of(" \t\r\n") == std::string::npos) {
    std::cerr << "alliance ingest: " << chosen.file << " is empty: there was nothing to export, or the export failed\n";
  }
  std::cout.flush();
  if (!std::cout) return ingest_failed({ALLIANCE_E_IO, "standard output cannot be written", {}});
  const bool all = taken->unmapped.empty() && (!tally || tally->refused.empty());
  return all ? exit_done : exit_bad_input;
}

}  // namespace

void add_ingest(CLI::App& app, Run& run) {
  auto chosen = std::make_shared<IngestOptions>();
  auto& request = chosen->request;
  auto* command = app.add_subcommand("ingest", "What a programme exported, as events; --record keeps them.");
  command->add_option("file", chosen->file, "what the programme exported; - is standard input")->required();
  command->add_option("--programme", request.programme, "which adapter reads it: xapi, ...");
  command->add_option("--case-field", request.case_field,
                      "where a record says whose it is, as the adapter's page has it (default: the adapter's own)");
  command->add_option("--mapping", request.mapping, "a mapping from CSV or JSON lines to events (docs/files.md)");
  command->add_flag("--json", chosen->json, "one line of JSON: an EventBatch, with what was recorded");
  command->add_flag("--record", chosen->record, "record the events; those that are there already change nothing");
  command->add_flag("--new", chosen->begin, "begin the store, if there is none: without it a missing one is refused");
  command->add_flag("--future", request.future, "record events, too, that lie more than a day ahead of the clock");
  command->add_option("--store", request.store, "the platform's store");
  command->add_option("--tenant", request.tenant, "whose data these are");
  command->add_option("--config", request.config_file,
                      "the host's configuration (JSON); to record, the platform's own");
  command->add_option("--plugins", request.plugins, "folder of the plugins (or ALLIANCE_PLUGINS)");
  command->footer(
      "Without --record nothing is kept. What cannot be mapped is named on standard error with its line and left out;\n"
      "the others are used, and the exit status is 3. Ids come from the records: ingesting twice changes nothing.");
  command->callback([chosen, &run] { run = [chosen] { return run_ingest(*chosen); }; });
}

}  // namespace alliance::tools

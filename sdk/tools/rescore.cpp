// SPDX-License-Identifier: Apache-2.0
// `alliance rescore`: what a new version of an instrument's key would change, in a file or in a store. It records
// nothing: an answer sheet keeps the score of the version that it was given under.
#include <CLI/CLI.hpp>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <map>
#include <memory>
#include <optional>

#include "commands.h"
#include "export_read.h"
#include "export_write.h"
#include "host_call.h"
#include "progress.h"
#include "rescore_compare.h"
#include "score_task.h"

namespace alliance::tools {
namespace {

struct RescoreOptions {
  std::string instrument, from, to, key;
  bool json = false, changed = false;
  score::Wishes wishes;
  study::Request request;  // of a store
};

int rescore_say(int exit, const std::string& sentence) {
  std::fprintf(stderr, "alliance rescore: %s\n", sentence.c_str());
  return exit;
}

int rescore_say(const Failure& failure) {
  if (failure.status == ALLIANCE_E_INVALID) return rescore_say(exit_usage, failure.message);
  return rescore_say(exit_for(failure.status), failure.message);
}

bool rescore_put(const std::string& text) { return std::fwrite(text.data(), 1, text.size(), stdout) == text.size(); }

int finish(const rescore::Comparison& comparison, bool json, bool written, std::size_t left_out) {
  if (json) written = rescore_put(comparison.summary()) && written;
  if (std::fflush(stdout) != 0 || !written) {
    return rescore_say(exit_failed, std::string("standard output cannot be written: ") + std::strerror(errno));
  }
  if (!json) std::fputs(comparison.summary().c_str(), stderr);
  return left_out == 0 ? exit_done : rescore_say(exit_bad_input, std::to_string(left_out) + " rows were left out");
}

// One version's view of the file.
struct Side {
  const score::Measure& measure;
  std::map<std::uint64_t, rescore::Scored> rows = {};
  std::map<std::string, bool> faults = {};  // each said once, though both versions find it
  std::optional<score::Sheets> sheets = std::nullopt;
};

int rescore_file(const RescoreOptions& chosen, const score::Measure& from, const score::Measure& to) {
  const auto plan = score::understand(chosen.wishes);
  if (!plan) return rescore_say(plan.error());
  Side before{from}, after{to};
  const auto begin = [&](Side& side, const std::vector<std::string>& header) -> Result<void> {
    auto task = score::task_of(*plan, side.measure, header);
    if (!task) return tl::unexpected(task.error());
    const std::size_t scales = side.measure.definition.scales.size();
    side.sheets.emplace(std::move(*task),
                        score::Sheets::Out{[&side, scales](const score::Scores& scores) {
                                             side.rows.emplace(scores.row, rescore::Scored(scores, scales));
                                           },
                                           [&](const std::string& fault) {
                                             if (!before.faults.contains(fault) && !after.faults.contains(fault)) {
                                               rescore_say(exit_bad_input, fault);
                                             }
                                             side.faults[fault] = true;
                                           }});
    return {};
  };
  Progress progress("alliance rescore", "rows");
  auto done = score::read(
      *plan,
      [&](const std::vector<std::string>& header) {
        auto first = begin(before, header);
        return first ? begin(after, header) : first;
      },
      [&](const csv::Record& record) {
        progress.step();
        auto first = before.sheets->add(record);
        return first ? after.sheets->add(record) : first;
      });
  if (done) done = before.sheets->finish();
  if (done) done = after.sheets->finish();
  if (!done) return rescore_say(done.error());

  rescore::Comparison comparison(from.definition, to.definition, {"row"}, chosen.json, chosen.changed);
  bool written = rescore_put(comparison.header());
  for (const auto& [row, scored] : before.rows) {
    const auto other = after.rows.find(row);
    if (other != after.rows.end())
      written = rescore_put(comparison.add({std::to_string(row)}, scored, other->second)) && written;
  }
  return finish(comparison, chosen.json, written, std::max(before.sheets->left_out(), after.sheets->left_out()));
}

// A recorded sheet by one version; a failure names why that version cannot read it.
Result<rescore::Scored> by_version(const score::Measure& measure, const fb::AnswersGivenT& given,
                                   const std::optional<alliance_missing>& missing) {
  const auto& definition = measure.definition;
  const std::size_t items = definition.items.size(), scales = definition.scales.size();
  std::vector<double> values(items);
  std::vector<std::uint8_t> states(items, ALLIANCE_SKIPPED);
  for (const auto& answer : given.answers) {
    std::size_t at = 0;
    while (at < items && definition.items[at]->id != answer->item) ++at;
    if (at == items) return fail(ALLIANCE_E_BAD_INPUT, "there is no item " + answer->item);
    const auto value = study::value_of(*answer, &definition, definition.items[at].get());
    if (answer->state == fb::AnswerState::answered && !value) {
      return fail(ALLIANCE_E_BAD_INPUT, "item " + answer->item + " has no option with this code");
    }
    values[at] = value.value_or(0);
    states[at] = static_cast<std::uint8_t>(answer->state);
  }
  rescore::Scored scored;
  scored.values.resize(scales);
  scored.states.resize(scales);
  scored.bands.assign(scales, ALLIANCE_NO_BAND);
  const alliance_sheets sheet{sizeof sheet, 0, 1, items, values.data(), states.data()};
  const alliance_scores out{sizeof out,         0, 1, scales, scored.values.data(), scored.states.data(), nullptr,
                            scored.bands.data()};
  alliance_error error = ALLIANCE_ERROR_INIT;
  const auto status =
      measure.ref.table->score(measure.ref.measure, &sheet, missing ? &*missing : nullptr, &out, &error);
  if (status != ALLIANCE_OK) return fail(status, sentence(error, status));
  return scored;
}

int rescore_store(const RescoreOptions& chosen, const study::Read& read, const score::Measure& from,
                  const score::Measure& to) {
  const auto missing = score::missing_of(chosen.wishes.missing);
  if (!missing) return rescore_say(missing.error());
  rescore::Comparison comparison(from.definition, to.definition, {"case", "sheet"}, chosen.json, chosen.changed);
  bool written = rescore_put(comparison.header());
  std::size_t left_out = 0;
  for (const auto& one : read.study.extract.cases) {
    for (const auto& sheet : one->sheets) {
      if (sheet->given->instrument != chosen.instrument || study::version_of(*sheet) != from.definition.version)
        continue;
      const auto before = by_version(from, *sheet->given, *missing), after = by_version(to, *sheet->given, *missing);
      if (!before || !after) {
        ++left_out;
        rescore_say(exit_bad_input,
                    "case " + one->id + ", sheet " + sheet->sheet + ": " +
                        (before ? "version " + to.definition.version + ": " + after.error().message
                                : "version " + from.definition.version + ": " + before.error().message) +
                        "; it is left out");
        continue;
      }
      written = rescore_put(comparison.add({one->id, sheet->sheet}, *before, *after)) && written;
    }
  }
  return finish(comparison, chosen.json, written, left_out);
}

int run_rescore(RescoreOptions& chosen) {
  const bool store = !chosen.request.store.empty();
  if (store == !chosen.wishes.input.empty())
    return rescore_say(exit_usage, "name either --input FILE or --store STORE");
  std::optional<study::Read> read;
  if (store) {
    if (chosen.request.tenant.empty()) return rescore_say(exit_usage, "--store needs --tenant: whose data these are");
    // Without a key the pseudonyms are of this run alone.
    const auto key = chosen.key.empty() ? study::random_key() : study::key_of(chosen.key, "");
    if (!key) return rescore_say(key.error());
    chosen.request.key = key->bytes;
    auto got = study::read(chosen.request);
    if (!got) return rescore_say(got.error());
    read = std::move(*got);
  }
  const auto host = score::open({chosen.request.plugins, chosen.request.config_file});
  if (!host) return rescore_say(host.error());
  const auto from = score::find_measure(host->get(), chosen.instrument, chosen.from);
  if (!from) return rescore_say(from.error());
  const auto to = score::find_measure(host->get(), chosen.instrument, chosen.to);
  if (!to) return rescore_say(to.error());
  return store ? rescore_store(chosen, *read, *from, *to) : rescore_file(chosen, *from, *to);
}

}  // namespace

void add_rescore(CLI::App& app, Run& run) {
  auto chosen = std::make_shared<RescoreOptions>();
  auto& request = chosen->request;
  request.viewer = "rescore";
  auto* command = app.add_subcommand("rescore", "What another version of an instrument's key would change.");
  command->add_option("instrument", chosen->instrument, "its id, as `alliance instruments` lists it")->required();
  command->add_option("--from", chosen->from, "the version that scored")->required();
  command->add_option("--to", chosen->to, "the version to compare it with")->required();
  score::add_wishes(*command, chosen->wishes, false);
  command->add_option("--store", request.store, "instead of --input: the sheets that a platform recorded under --from");
  command->add_option("--tenant", request.tenant, "with --store: whose data these are");
  command->add_option("--viewer", request.viewer, "with --store: who reads, for the access log");
  command->add_option("--key", chosen->key, "with --store: file with the key of the pseudonyms, as of an export");
  command->add_flag("--changed", chosen->changed, "only what differs");
  command->add_flag("--json", chosen->json, "one JSON object per sheet and scale, and a summary as the last");
  command->add_option("--plugins", request.plugins, "folder of the plugins (or ALLIANCE_PLUGINS)");
  command->add_option("--config", request.config_file, "the host's configuration (JSON)");
  command->footer("Nothing is recorded. The summary goes to standard error, with --json into the last line.");
  command->callback([chosen, &run] { run = [chosen] { return run_rescore(*chosen); }; });
}

}  // namespace alliance::tools

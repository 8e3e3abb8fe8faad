// SPDX-License-Identifier: Apache-2.0
// `alliance score`: answers in a CSV file, or in FHIR (fhir_score.h), scores to standard output.
#include <CLI/CLI.hpp>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <map>
#include <memory>
#include <optional>

#include "commands.h"
#include "fhir_score.h"
#include "progress.h"
#include "score_task.h"
#include "score_write.h"

namespace alliance::tools {
namespace {

struct ScoreOptions {
  std::string instrument, version, format = "csv";
  bool json = false, details = false, bundle = false;
  score::Wishes wishes;
  score::Place place;
};

int score_say(int exit, const std::string& sentence) {
  std::fprintf(stderr, "alliance score: %s\n", sentence.c_str());
  return exit;
}

int exit_of(const Failure& failure) {
  if (failure.status == ALLIANCE_E_INVALID) return exit_usage;
  return exit_for(failure.status);
}

// From records to written rows.
class Scoring {
 public:
  Scoring(const score::Plan& plan, const score::Measure& measure, score::Form form)
      : plan_(plan), measure_(measure), form_(form), writer_(measure.definition, plan.missing, form) {}

  Result<void> header(std::vector<std::string> names) {
    auto task = score::task_of(plan_, measure_, std::move(names));
    if (!task) return tl::unexpected(task.error());
    sheets_.emplace(std::move(*task),
                    score::Sheets::Out{[this](const score::Scores& scores) { row(scores); },
                                       [](const std::string& fault) { score_say(exit_bad_input, fault); }});
    return {};
  }
  Result<void> record(const csv::Record& record) {
    progress_.step();
    auto done = sheets_->add(record);
    if (done && write_failed_) return written();
    return done;
  }
  Result<void> finish() { return sheets_->finish(); }

  // The rows so far, a note of what they rest on, and what could not be read.
  int end() {
    begin();
    flush();
    if (auto done = written(); !done) return score_say(exit_failed, done.error().message);
    note();
    if (sheets_->left_out() == 0) return exit_done;
    return score_say(exit_bad_input, (plan_.input == "-" ? "standard input" : plan_.input) + ": " +
                                         std::to_string(sheets_->left_out()) +
                                         (sheets_->left_out() == 1 ? " row was left out" : " rows were left out"));
  }
  void flush() {
    if (std::fwrite(text_.data(), 1, text_.size(), stdout) != text_.size()) write_failed_ = true;
    text_.clear();
  }

 private:
  Result<void> written() {
    if (!write_failed_ && std::fflush(stdout) == 0) return {};
    return fail(ALLIANCE_E_IO, std::string("standard output cannot be written: ") + std::strerror(errno));
  }
  void begin() {
    if (!begun_) text_ += writer_.header();
    begun_ = true;
  }
  void row(const score::Scores& scores) {
    begin();
    writer_.row(scores, text_);
    for (const auto& warning : *scores.warnings) ++warnings_[warning.code];
    for (const auto& word : writer_.unverified(scores)) unverified_[word] = true;
    if (text_.size() > (1u << 16)) flush();
  }
  // The plain columns say neither.
  void note() const {
    std::string list;
    for (const auto& [word, used] : unverified_) list += (list.empty() ? "" : ", ") + word;
    if (!list.empty()) {
      score_say(exit_done, "note: what these scores rest on is partly unverified (" + list + "): the definition of " +
                               measure_.definition.id + " names the source");
    }
    if (form_ != score::Form::csv || warnings_.empty()) return;
    for (const auto& [code, count] : warnings_) {
      list += (list.empty() ? "" : ", ") + code + ": " + std::to_string(count);
    }
    score_say(exit_done, "note: some sheets give reason to look at how they were filled in (" + list +
                             "); --details or --json says which");
  }

  const score::Plan& plan_;
  const score::Measure& measure_;
  const score::Form form_;
  const score::Writer writer_;
  std::optional<score::Sheets> sheets_;
  Progress progress_{"alliance score", "rows"};
  std::string text_;
  std::map<std::string, std::size_t> warnings_;
  std::map<std::string, bool> unverified_;
  bool begun_ = false, write_failed_ = false;
};

int run_score(const ScoreOptions& chosen) {
  const auto plan = score::understand(chosen.wishes);
  if (!plan) return score_say(exit_of(plan.error()), plan.error().message);
  if (chosen.format == "fhir") {
    const auto missing =
        plan->missing.value_or(alliance_missing{sizeof(alliance_missing), ALLIANCE_MISSING_NONE, 0, 0});
    return run_fhir_score({chosen.instrument, plan->input, missing, plan->columns, chosen.bundle, chosen.place});
  }
  const auto host = score::open(chosen.place);
  if (!host) return score_say(exit_for(host.error().status), host.error().message);
  const auto measure = score::find_measure(host->get(), chosen.instrument, chosen.version);
  if (!measure) return score_say(exit_of(measure.error()), measure.error().message);

  Scoring work(*plan, *measure,
               chosen.json ? score::Form::json : (chosen.details ? score::Form::details : score::Form::csv));
  auto done = score::read(
      *plan, [&](std::vector<std::string> names) { return work.header(std::move(names)); },
      [&](const csv::Record& record) { return work.record(record); });
  if (done) done = work.finish();
  if (done) return work.end();
  work.flush();
  std::fflush(stdout);
  return score_say(exit_of(done.error()), done.error().message);
}

}  // namespace

void add_score(CLI::App& app, Run& run) {
  auto chosen = std::make_shared<ScoreOptions>();
  auto* command = app.add_subcommand("score", "Scores the answers in a CSV file and writes CSV.");
  command->add_option("instrument", chosen->instrument, "its id, as `alliance instruments` lists it")->required();
  score::add_wishes(*command, chosen->wishes);
  command->add_option("--version", chosen->version, "score by this version of the instrument (default: the newest)");
  command
      ->add_option("--format", chosen->format,
                   "csv (default), or fhir: QuestionnaireResponses (one, a Bundle, or one a line) in, an Observation "
                   "per scale out")
      ->check(CLI::IsMember({"csv", "fhir"}));
  command->add_flag("--bundle", chosen->bundle, "with --format fhir: one Bundle in place of a line per Observation");
  auto* details = command->add_flag("--details", chosen->details,
                                    "more columns: items, rule, what is unverified, warnings, version and hash");
  command->add_flag("--json", chosen->json, "one JSON object per row instead of CSV, with everything a score carries")
      ->excludes(details);
  command->add_option("--plugins", chosen->place.plugins, "folder of the plugins (or ALLIANCE_PLUGINS)");
  command->add_option("--config", chosen->place.config_file, "the host's configuration (JSON)");
  command->footer(
      "An empty cell is a missing answer; a cell may hold an option's number or its code. A row with a value that is\n"
      "none of the item's options is named on standard error and left out; the others are written, and the exit\n"
      "status is 3.");
  command->callback([chosen, &run] { run = [chosen] { return run_score(*chosen); }; });
}

}  // namespace alliance::tools

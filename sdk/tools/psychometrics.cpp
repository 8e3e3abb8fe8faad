// SPDX-License-Identifier: Apache-2.0
// `alliance psychometrics`: how the items of a scale behave in a sample.
#include <CLI/CLI.hpp>
#include <cerrno>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <memory>

#include "commands.h"
#include "csv_table.h"
#include "progress.h"
#include "psychometrics_write.h"
#include "score_columns.h"

namespace alliance::tools {
namespace {

struct PsychometricsOptions {
  std::string input, columns, delimiter = ",", missing = "complete";
  double level = 0.95;
  bool icc = false, json = false;
};

int psychometrics_say(int exit, const std::string& sentence) {
  std::fprintf(stderr, "alliance psychometrics: %s\n", sentence.c_str());
  return exit;
}

// Rows into a sample; a row with a missing answer is left out and counted, a wrong one is named.
class Rows {
 public:
  Rows(std::vector<std::size_t> columns, std::vector<std::string> header)
      : columns_(std::move(columns)), header_(std::move(header)) {}

  void add(std::uint64_t row, const csv::Record& record) {
    if (const auto why = csv::unreadable(record, header_.size())) return leave_out(row, *why);
    const std::size_t before = values_.size();
    bool complete = true, good = true;
    for (const std::size_t column : columns_) {
      const auto cell = record.cell(column);
      const auto number = csv::number_of(cell);
      if (number && std::fabs(*number) < 1e100) {
        values_.push_back(*number);
      } else if (score::trimmed(cell).empty()) {
        complete = false;
      } else {
        leave_out(
            row, "column " + score::shown(header_[column]) + ", value \"" + score::shown(cell) + "\": it is no number");
        good = false;
      }
    }
    if (!complete || !good) values_.resize(before);
    if (good && !complete) ++incomplete_;
  }

  const std::vector<double>& values() const { return values_; }
  std::uint64_t incomplete() const { return incomplete_; }
  std::uint64_t wrong() const { return wrong_; }

 private:
  void leave_out(std::uint64_t row, const std::string& why) {
    psychometrics_say(exit_bad_input, "row " + std::to_string(row) + ": " + why + "; the row is left out");
    wrong_ += row != last_;
    last_ = row;
  }

  const std::vector<std::size_t> columns_;
  const std::vector<std::string> header_;
  std::vector<double> values_;
  std::uint64_t incomplete_ = 0, wrong_ = 0, last_ = 0;
};

int run_psychometrics(const PsychometricsOptions& chosen) {
  const auto delimiter = csv::delimiter_of(chosen.delimiter);
  if (!delimiter) return psychometrics_say(exit_usage, csv::delimiter_wrong);
  if (chosen.missing != "complete")
    return psychometrics_say(exit_usage, "--missing is complete: rows with every answer are used");
  if (!(chosen.level > 0 && chosen.level < 1))
    return psychometrics_say(exit_usage, "--level is above 0 and below 1, such as 0.95");
  std::string fault;
  const std::vector<std::string> names = csv::split(chosen.columns, ',', fault);
  if (!fault.empty()) return psychometrics_say(exit_usage, "--columns is a list such as A,B,\"C, D\": " + fault);

  std::optional<Rows> rows;
  Progress read("alliance psychometrics", "rows read");
  const auto done = csv::read_table(chosen.input, *delimiter,
                                    {[&](std::vector<std::string> header) -> Result<void> {
                                       const auto places = csv::places_of(header, names);
                                       if (!places) return tl::unexpected(places.error());
                                       rows.emplace(*places, std::move(header));
                                       return {};
                                     },
                                     [&](std::uint64_t row, const csv::Record& record) {
                                       read.step();
                                       rows->add(row, record);
                                     }});
  if (!done) return psychometrics_say(csv::exit_of(done.error()), done.error().message);
  psychometrics::Figures figures =
      psychometrics::figures({rows->values(), names.size()}, names, chosen.level, chosen.icc);
  figures.incomplete = rows->incomplete();
  figures.wrong = rows->wrong();
  const std::string text = chosen.json ? psychometrics::json(figures) : psychometrics::table(figures);
  std::fwrite(text.data(), 1, text.size(), stdout);
  if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0) {
    return psychometrics_say(exit_failed, std::string("standard output cannot be written: ") + std::strerror(errno));
  }
  if (rows->wrong() == 0) return exit_done;
  return psychometrics_say(
      exit_bad_input,
      std::to_string(rows->wrong()) + (rows->wrong() == 1 ? " row was" : " rows were") + " wrong and left out");
}

}  // namespace

void add_psychometrics(CLI::App& app, Run& run) {
  auto chosen = std::make_shared<PsychometricsOptions>();
  auto* command = app.add_subcommand(
      "psychometrics", "Says how the items of a scale hang together in a sample: alpha, omega, item-total, ICC.");
  command
      ->add_option("--input", chosen->input, "CSV in UTF-8 with a header line, a row per person; - is standard input")
      ->required();
  command->add_option("--columns", chosen->columns, "the items' columns, reversed items reversed already: A,B,...")
      ->required();
  command->add_flag("--icc", chosen->icc, "all six intraclass correlations: rows are targets, columns raters");
  command->add_option("--level", chosen->level, "of the intervals (default 0.95)");
  command->add_option("--missing", chosen->missing, "complete (default): a row with an empty cell is left out");
  command->add_option("--delimiter", chosen->delimiter, csv::delimiter_help);
  command->add_flag("--json", chosen->json, "one JSON object instead of tables");
  command->footer(
      "A figure that the sample cannot give is shown as -, or is absent from the JSON; why is said beside it.");
  command->callback([chosen, &run] { run = [chosen] { return run_psychometrics(*chosen); }; });
}

}  // namespace alliance::tools

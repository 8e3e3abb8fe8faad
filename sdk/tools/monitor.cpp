// SPDX-License-Identifier: Apache-2.0
// `alliance monitor`: scores over time in a CSV file, a signal a line to standard output.
#include <CLI/CLI.hpp>
#include <cerrno>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <memory>

#include "commands.h"
#include "csv_table.h"
#include "monitor_detectors.h"
#include "monitor_series.h"
#include "progress.h"
#include "score_columns.h"
#include "written.h"

namespace alliance::tools {
namespace {

using monitor::Detector;
using monitor::Signal;
using written::csv_cell;
using written::json_string;
using written::number;

struct MonitorOptions {
  std::string input, id = "id", time = "time", value = "value", delimiter = ",", higher_is = "better";
  std::vector<std::string> detectors;
  bool json = false, list = false;
};

struct Asked {
  std::string text;  // as it was typed
  const Detector* detector;
  monitor::Settings settings;
};

int monitor_say(int exit, const std::string& sentence) {
  std::fprintf(stderr, "alliance monitor: %s\n", sentence.c_str());
  return exit;
}

int finish_output(int exit) {
  if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return exit;
  return monitor_say(exit_failed, std::string("standard output cannot be written: ") + std::strerror(errno));
}

Result<Asked> monitor_asked(const std::string& text) {
  const std::size_t colon = std::min(text.find(':'), text.size());
  const std::string name = text.substr(0, colon);
  std::string names;
  for (const Detector& one : monitor::detectors()) {
    names += (names.empty() ? "" : ", ") + std::string(one.name);
    if (name != one.name) continue;
    const auto settings =
        monitor::Settings::parse(std::string_view(text).substr(std::min(colon + 1, text.size())), one.parameters);
    if (!settings) return fail(ALLIANCE_E_INVALID, "--detector " + name + ": " + settings.error().message);
    if (const auto wrong = one.wrong(*settings)) return fail(ALLIANCE_E_INVALID, "--detector " + name + ": " + *wrong);
    return Asked{text, &one, *settings};
  }
  return fail(ALLIANCE_E_INVALID, "there is no detector " + score::shown(name) + "; there are " + names);
}

void list_detectors(bool json) {
  for (const Detector& one : monitor::detectors()) {
    if (!json) {
      std::printf("%s\n  finds    %s\n  formula  %s\n  source   %s; not validated\n", one.name, one.finds, one.formula,
                  one.source);
      for (const auto& parameter : one.parameters) {
        const std::string standard = parameter.needed      ? "must be given"
                                     : *parameter.standard ? parameter.standard
                                                           : "none";
        std::printf("  %-12s %s  (%s; default: %s)\n", parameter.name, parameter.what, parameter.values,
                    standard.c_str());
      }
      std::printf("\n");
      continue;
    }
    std::string line = "{\"detector\":" + json_string(one.name) + ",\"finds\":" + json_string(one.finds) +
                       ",\"formula\":" + json_string(one.formula) + ",\"source\":" + json_string(one.source) +
                       ",\"validated\":false,\"parameters\":[";
    for (const auto& parameter : one.parameters) {
      line += std::string(&parameter == one.parameters.data() ? "" : ",") + "{\"name\":" + json_string(parameter.name) +
              ",\"values\":" + json_string(parameter.values) + ",\"what\":" + json_string(parameter.what) +
              ",\"needed\":" + (parameter.needed ? "true" : "false");
      if (*parameter.standard) line += ",\"default\":" + json_string(parameter.standard);
      line += '}';
    }
    std::printf("%s]}\n", line.c_str());
  }
}

// Numbers of absurd settings may overflow, and what is no number is not written.
void drop_what_overflowed(Signal& signal) {
  for (auto* one : {&signal.value, &signal.before, &signal.change, &signal.threshold}) {
    if (*one && !std::isfinite(**one)) one->reset();
  }
  std::erase_if(signal.numbers, [](const monitor::Number& one) { return !std::isfinite(one.value); });
}

std::string csv_line(const std::string& id, const std::string& time, const std::string& detector,
                     const Signal& signal) {
  std::string line = csv_cell(id) + "," + csv_cell(time) + "," + csv_cell(detector);
  for (const auto& one : {signal.value, signal.before, signal.change, signal.threshold}) {
    line += ',';
    if (one) written::put(line, *one);
  }
  std::string numbers;
  for (const auto& [name, value] : signal.numbers) {
    numbers += (numbers.empty() ? "" : ";") + std::string(name) + "=" + number(value);
  }
  return line + "," + csv_cell(numbers) + "," + csv_cell(signal.why) + "\n";
}

std::string json_line(const std::string& id, const std::string& time, const std::string& detector,
                      const Signal& signal) {
  std::string line =
      "{\"id\":" + json_string(id) + ",\"time\":" + json_string(time) + ",\"detector\":" + json_string(detector);
  const auto add = [&](const char* name, const std::optional<double>& value) {
    if (value) line += std::string(",\"") + name + "\":" + number(*value);
  };
  add("value", signal.value);
  add("before", signal.before);
  add("change", signal.change);
  add("threshold", signal.threshold);
  line += ",\"numbers\":{";
  for (std::size_t i = 0; i < signal.numbers.size(); ++i) {
    line += std::string(i == 0 ? "\"" : ",\"") + signal.numbers[i].name + "\":" + number(signal.numbers[i].value);
  }
  return line + "},\"why\":" + json_string(signal.why) + "}\n";
}

void write_signals(const monitor::Person& person, const std::vector<Asked>& all, const MonitorOptions& chosen) {
  monitor::Course course;
  course.higher_is_better = chosen.higher_is == "better";
  for (const auto& row : person.rows) {
    course.times.push_back(row.time);
    course.scores.push_back(row.score);
  }
  struct Found {
    const Asked* by;
    Signal signal;
  };
  std::vector<Found> found;
  for (const Asked& one : all) {
    for (Signal& signal : one.detector->run(course, one.settings)) found.push_back({&one, std::move(signal)});
  }
  std::stable_sort(found.begin(), found.end(),
                   [](const Found& a, const Found& b) { return a.signal.at < b.signal.at; });
  for (Found& one : found) {
    drop_what_overflowed(one.signal);
    const std::string& time = person.rows[one.signal.at].written;
    const std::string line = chosen.json ? json_line(person.id, time, one.by->text, one.signal)
                                         : csv_line(person.id, time, one.by->text, one.signal);
    std::fwrite(line.data(), 1, line.size(), stdout);
  }
}

int run_monitor(const MonitorOptions& chosen) {
  if (chosen.list) {
    list_detectors(chosen.json);
    return finish_output(exit_done);
  }
  if (chosen.input.empty()) return monitor_say(exit_usage, "--input is needed: a CSV file, or - for standard input");
  if (chosen.detectors.empty()) return monitor_say(exit_usage, "name a --detector; --list shows what there is");
  const auto delimiter = csv::delimiter_of(chosen.delimiter);
  if (!delimiter) return monitor_say(exit_usage, csv::delimiter_wrong);
  if (chosen.higher_is != "better" && chosen.higher_is != "worse") {
    return monitor_say(exit_usage, "--higher-is is better or worse");
  }
  if (chosen.id == chosen.time || chosen.id == chosen.value || chosen.time == chosen.value) {
    return monitor_say(exit_usage, "--id, --time and --value name three different columns");
  }
  std::vector<Asked> all;
  for (const std::string& text : chosen.detectors) {
    auto one = monitor_asked(text);
    if (!one) return monitor_say(exit_usage, one.error().message);
    all.push_back(std::move(*one));
  }

  std::uint64_t left_out = 0, last = 0;
  const auto complain = [&](std::uint64_t row, const std::string& why) {
    monitor_say(exit_bad_input, "row " + std::to_string(row) + ": " + why + "; the row is left out");
    left_out += row != last;
    last = row;
  };
  std::optional<monitor::SeriesRows> series;
  Progress read("alliance monitor", "rows read");
  const auto done = csv::read_table(
      chosen.input, *delimiter,
      {[&](std::vector<std::string> header) -> Result<void> {
         const auto places = csv::places_of(header, {chosen.id, chosen.time, chosen.value});
         if (!places) return tl::unexpected(places.error());
         series.emplace(monitor::SeriesRows::Columns{(*places)[0], (*places)[1], (*places)[2], std::move(header)},
                        complain);
         return {};
       },
       [&](std::uint64_t row, const csv::Record& record) {
         read.step();
         series->add(row, record);
       }});
  if (!done) return monitor_say(csv::exit_of(done.error()), done.error().message);
  series->finish();
  if (!chosen.json) std::printf("id,time,detector,value,before,change,threshold,numbers,why\n");
  Progress watched("alliance monitor", "people watched");
  for (const auto& person : series->people()) {
    watched.step();
    write_signals(person, all, chosen);
  }
  if (left_out > 0) {
    monitor_say(exit_bad_input,
                std::to_string(left_out) + (left_out == 1 ? " row was left out" : " rows were left out"));
  }
  return finish_output(left_out > 0 ? exit_bad_input : exit_done);
}

}  // namespace

void add_monitor(CLI::App& app, Run& run) {
  auto chosen = std::make_shared<MonitorOptions>();
  auto* command = app.add_subcommand("monitor", "Says what scores over time give reason to ask about.");
  command->add_option("--input", chosen->input,
                      "CSV in UTF-8 with a header line, a row per occasion; - is standard input");
  command->add_option("--id", chosen->id, "the column that says whose score it is (default id)");
  command->add_option("--time", chosen->time, "the column of the session's number or the date (default time)");
  command->add_option("--value", chosen->value, "the column of the score; empty: not answered (default value)");
  command->add_option("--detector", chosen->detectors, "NAME or NAME:k=v,...; may be given several times")
      ->allow_extra_args(false);
  command->add_option("--higher-is", chosen->higher_is, "better (default) or worse: what a higher score means");
  command->add_option("--delimiter", chosen->delimiter, csv::delimiter_help);
  command->add_flag("--json", chosen->json, "one JSON object per line instead of CSV");
  command->add_flag("--list", chosen->list, "every detector with its parameters, their defaults and its source");
  command->footer(
      "The order of the rows does not matter. A row that is wrong is named on standard error and left out; the\n"
      "others are used, and the exit status is 3. Signals are reasons to ask, not verdicts; none is validated.");
  command->callback([chosen, &run] { run = [chosen] { return run_monitor(*chosen); }; });
}

}  // namespace alliance::tools

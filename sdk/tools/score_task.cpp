// SPDX-License-Identifier: Apache-2.0
#include "score_task.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>

#include "score_columns.h"

namespace alliance::tools::score {
namespace {

constexpr const char* missing_wrong =
    "--missing is none, definition, or prorate:N or centre:N with N missing answers at most per scale";

}  // namespace

void add_wishes(CLI::App& command, Wishes& wishes, bool needs_input) {
  command.add_option("--input", wishes.input, "CSV in UTF-8 with a header line; - is standard input")
      ->required(needs_input);
  command.add_option("--columns", wishes.columns,
                     "names of the items' columns (or linkIds), in the order of the items: A,B,...");
  command.add_option("--delimiter", wishes.delimiter, csv::delimiter_help);
  command.add_option(
      "--labels", wishes.labels,
      "what text answers stand for: Disagree=1,Agree=2,... or a CSV file with the columns label and value");
  command.add_option("--missing", wishes.missing,
                     "none: a sheet with a missing answer is not scorable (default); prorate:N: up to N missing "
                     "answers of a scale are made up for by its others; centre:N: they count as the middle of what "
                     "may be answered; definition: the rule of the instrument's definition");
  command.add_option("--seconds", wishes.seconds, "name of the column that says how many seconds the sheet took");
}

Result<std::optional<alliance_missing>> missing_of(const std::string& text) {
  if (text == "none") return alliance_missing{sizeof(alliance_missing), ALLIANCE_MISSING_NONE, 0, 0};
  if (text == "definition") return std::nullopt;
  for (const auto& [name, rule] : {std::pair{std::string_view("prorate:"), ALLIANCE_MISSING_PRORATE},
                                   std::pair{std::string_view("centre:"), ALLIANCE_MISSING_CENTRE}}) {
    if (!text.starts_with(name)) continue;
    std::uint32_t most = 0;
    const char* const end = text.data() + text.size();
    const auto read = std::from_chars(text.data() + name.size(), end, most);
    if (read.ec == std::errc() && read.ptr == end) return alliance_missing{sizeof(alliance_missing), rule, most, 0};
  }
  return fail(ALLIANCE_E_INVALID, missing_wrong);
}

Result<Plan> understand(const Wishes& wishes) {
  Plan plan;
  plan.input = wishes.input;
  plan.seconds = wishes.seconds;
  const auto delimiter = csv::delimiter_of(wishes.delimiter);
  if (!delimiter) return fail(ALLIANCE_E_INVALID, csv::delimiter_wrong);
  plan.delimiter = *delimiter;
  const auto missing = missing_of(wishes.missing);
  if (!missing) return tl::unexpected(missing.error());
  plan.missing = *missing;
  if (!wishes.columns.empty()) {
    std::string fault;
    plan.columns = csv::split(wishes.columns, ',', fault);
    if (!fault.empty()) return fail(ALLIANCE_E_INVALID, "--columns is a list such as A,B,\"C, D\": " + fault);
  }
  if (!wishes.labels.empty()) {
    auto labels = read_labels(wishes.labels);
    if (!labels) return tl::unexpected(labels.error());
    plan.labels = std::move(*labels);
  }
  return plan;
}

Result<Task> task_of(const Plan& plan, const Measure& measure, std::vector<std::string> header) {
  std::vector<std::string> items, optional;
  for (const auto& item : measure.definition.items) (item->optional ? optional : items).push_back(item->id);
  // Items that the form is whole without may be absent, all of them together.
  const auto there = [&](const std::string& id) { return std::find(header.begin(), header.end(), id) != header.end(); };
  const bool all = plan.columns.empty() ? std::any_of(optional.begin(), optional.end(), there)
                                        : plan.columns.size() == items.size() + optional.size();
  if (all) {
    items.clear();
    for (const auto& item : measure.definition.items) items.push_back(item->id);
  }
  const auto chosen = choose_columns(header, items, plan.columns);
  if (!chosen) return tl::unexpected(chosen.error());
  std::vector<std::size_t> columns;
  for (std::size_t next = 0; const auto& item : measure.definition.items) {
    columns.push_back(item->optional && !all ? no_column : (*chosen)[next++]);
  }
  std::optional<std::size_t> seconds;
  if (!plan.seconds.empty()) {
    const auto column = choose_columns(header, {plan.seconds}, {plan.seconds});
    if (!column) return tl::unexpected(column.error());
    seconds = column->front();
  }
  return Task{measure.ref,
              plan.missing,
              measure::item_directions(measure.definition, *measure.ref.table, measure.ref.measure),
              Cells(measure.definition, plan.labels),
              std::move(columns),
              std::move(header),
              seconds};
}

Result<void> read(const Plan& plan, const std::function<Result<void>(std::vector<std::string>)>& header,
                  const std::function<Result<void>(const csv::Record&)>& record) {
  csv::Input input(plan.input);
  const auto named = [&](Failure failure) {
    failure.message = input.name() + ": " + failure.message;
    return tl::unexpected(std::move(failure));
  };
  if (!input.problem().empty()) {
    return fail(ALLIANCE_E_BAD_INPUT, input.name() + " cannot be read: " + input.problem());
  }
  bool begun = false;
  Result<void> done;
  csv::Reader reader(plan.delimiter, [&](const csv::Record& one) {
    if (begun) {
      done = record(one);
    } else {
      begun = true;
      auto names = csv::header_of(one);
      done = names ? header(std::move(*names)) : tl::unexpected(names.error());
    }
    return done.has_value();
  });
  bool more = true;
  for (std::string_view block = input.next(); more && !block.empty(); block = input.next()) more = reader.feed(block);
  if (!input.problem().empty()) return fail(ALLIANCE_E_IO, input.name() + " cannot be read: " + input.problem());
  if (more) reader.finish();
  if (!done) return named(done.error());
  if (!begun)
    return fail(ALLIANCE_E_BAD_INPUT, input.name() + " is empty: it needs a header line and a line per sheet");
  return {};
}

}  // namespace alliance::tools::score

// SPDX-License-Identifier: Apache-2.0
#include "ingest_write.h"

#include <algorithm>
#include <array>

#include "due_read.h"
#include "review_escape.h"
#include "written.h"

namespace alliance::tools::ingest {
namespace {

namespace json = boost::json;

constexpr std::size_t most_named = 200;  // sentences on standard error; the rest is counted

std::string ingested_text_of(const json::value& value) {
  if (value.is_double()) return written::number(value.get_double());
  return value.is_string() ? std::string(value.get_string()) : json::serialize(value);
}

std::string ingested_member(const json::value& of, const char* name) {
  const json::value* found = of.is_object() ? of.get_object().if_contains(name) : nullptr;
  return found == nullptr ? std::string() : ingested_text_of(*found);
}

// "component=module-2 progress=completed"; a list by its length, nothing of what is 0.
std::string what(const json::value& body) {
  std::string text;
  if (!body.is_object()) return text;
  for (const auto& [name, value] : body.get_object()) {
    if (value.is_number() && value.to_number<double>() == 0) continue;
    text += (text.empty() ? "" : " ") + std::string(name) + "=";
    text += value.is_array() ? std::to_string(value.get_array().size()) : ingested_text_of(value);
  }
  return text;
}

using IngestedCells = std::array<std::string, 5>;

IngestedCells ingested_cells(const json::value& event) {
  std::string whose = ingested_member(event, "case");
  if (whose.empty()) whose = ingested_member(event, "practitioner");
  const json::value* time = event.as_object().if_contains("time");
  return {time == nullptr ? "" : due::text_of(time->to_number<std::int64_t>()), whose,
          ingested_member(event, "body_type"), what(event.at("body")), ingested_member(event, "id")};
}

std::string count(std::size_t number, const char* one, const char* many) {
  return std::to_string(number) + " " + (number == 1 ? one : many);
}

}  // namespace

std::string as_table(const Taken& taken, const std::optional<Tally>& tally) {
  std::vector<IngestedCells> rows = {{"TIME (UTC)", "CASE", "EVENT", "WHAT", "ID"}};
  for (const json::value& event : taken.events) rows.push_back(ingested_cells(event));
  std::array<std::size_t, 5> widths{};
  for (const IngestedCells& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  std::string text;
  for (const IngestedCells& row : rows) {
    std::string line;
    for (std::size_t i = 0; i + 1 < row.size(); ++i) line += row[i] + std::string(widths[i] - row[i].size() + 2, ' ');
    text += review::terminal_text(line + row.back()) + "\n";
  }
  for (const json::value& need : taken.needs) {
    text += review::terminal_text("To fetch and ingest next: " + ingested_member(need, "url") + " (line " +
                                  ingested_member(need, "line") + "): " + ingested_member(need, "reason")) +
            "\n";
  }
  for (const json::value& one : taken.taken_back) {
    text += review::terminal_text("Taken back by its source, and not known to be recorded: " +
                                  ingested_member(one, "event")) +
            "\n";
  }
  text += count(taken.events.size(), "event", "events");
  if (!tally) return text + ". Nothing was recorded: --record keeps them.\n";
  text += ": " + std::to_string(tally->recorded) + " recorded, " + std::to_string(tally->repeated) +
          " recorded before, " + std::to_string(tally->refused.size()) + " refused; " +
          count(tally->reports, "report", "reports") + " in the outbox.\n";
  if (tally->flags > 0)
    text += count(tally->flags, "SAFETY FLAG was", "SAFETY FLAGS were") + " raised: look at them now.\n";
  return text;
}

std::string left_out(const Taken& taken, const std::optional<Tally>& tally) {
  std::string text;
  std::size_t named = 0, all = 0;
  const auto say = [&](const std::string& sentence) {
    ++all;
    if (named == most_named) return;
    ++named;
    text += "alliance ingest: " + review::terminal_text(sentence) + "\n";
  };
  for (const json::value& one : taken.unmapped) {
    const std::string line = ingested_member(one, "line");
    say((line.empty() || line == "0" ? "" : "line " + line + ": ") + ingested_member(one, "reason"));
  }
  if (tally) {
    for (const Refused& one : tally->refused) say(one.event + " was refused: " + one.reason);
  }
  if (all > named) text += "alliance ingest: and " + std::to_string(all - named) + " more; --json lists all\n";
  return text;
}

std::string as_json(const Taken& taken, const std::optional<Tally>& tally) {
  json::object out{{"events", taken.events}, {"unmapped", taken.unmapped}};
  if (!taken.needs.empty()) out["needs"] = taken.needs;
  if (!taken.taken_back.empty()) out["taken_back"] = taken.taken_back;
  if (tally) {
    json::array refused;
    for (const Refused& one : tally->refused) refused.push_back({{"event", one.event}, {"reason", one.reason}});
    out["recorded"] = json::object{{"events", tally->recorded},
                                   {"repeated", tally->repeated},
                                   {"reports", tally->reports},
                                   {"safety_flags", tally->flags},
                                   {"refused", refused}};
  }
  return json::serialize(out) + "\n";
}

}  // namespace alliance::tools::ingest

// SPDX-License-Identifier: Apache-2.0
#include "inputs.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace course {
namespace {

namespace json = boost::json;

std::string name_of(const std::string& path) { return std::filesystem::path(path).filename().string(); }

void add_export(Platform& platform, const std::string& programme, const std::string& path, Inputs& inputs,
                const Complain& complain) {
  const auto batch = platform.ingest(programme, read_file(path));
  if (const auto* unmapped = batch.if_contains("unmapped")) {
    for (const auto& entry : unmapped->as_array()) {
      const auto& one = entry.as_object();
      const auto* line = one.if_contains("line");
      complain(path + ":" + (line ? json::serialize(*line) : "?") + ": " + std::string(one.at("reason").as_string()));
    }
  }
  for (const auto& event : batch.at("events").as_array()) {
    const auto& one = event.as_object();
    const auto* time = one.if_contains("time");
    inputs.items.push_back({time && time->is_int64() ? time->as_int64() : 0, json::serialize(event),
                            name_of(path) + ", statement " + std::string(one.at("id").as_string())});
  }
}

// Null where an event is of an instrument that nobody uses here: its sheets are left out, and counted.
bool wanted(const json::object& event, const std::set<std::string>& in_use) {
  const auto* type = event.if_contains("body_type");
  if (type == nullptr || *type != "AnswersGiven") return true;
  const auto* body = event.if_contains("body");
  const auto* instrument = body && body->is_object() ? body->as_object().if_contains("instrument") : nullptr;
  return instrument == nullptr || !instrument->is_string() || in_use.contains(std::string(instrument->as_string()));
}

void add_events(Platform& platform, const std::string& path, const std::set<std::string>& in_use, Inputs& inputs,
                const Complain& complain) {
  std::istringstream lines(read_file(path));
  std::string line;
  for (std::size_t number = 1; std::getline(lines, line); ++number) {
    if (line.empty() || line == "\r") continue;
    const std::string place = path + ":" + std::to_string(number);
    boost::system::error_code problem;
    const auto parsed = json::parse(line, problem);
    if (problem || !parsed.is_object()) {
      complain(place + ": this line is not a JSON object; was the file cut short?");
      continue;
    }
    if (const auto why = platform.why_no_event(line); !why.empty()) {
      complain(place + ": " + why);
      continue;
    }
    if (!wanted(parsed.as_object(), in_use)) {
      ++inputs.left_out;
      continue;
    }
    const auto* time = parsed.as_object().if_contains("time");
    inputs.items.push_back({time && time->is_int64() ? time->as_int64() : 0, line, place});
  }
}

}  // namespace

std::string read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  if (in) text << in.rdbuf();
  if (!in || in.bad()) throw Failed(ALLIANCE_E_NOT_FOUND, path + " cannot be read; is the path right?");
  return text.str();
}

Inputs read_inputs(Platform& platform, const std::string& programme, const std::string& export_path,
                   const std::string& events_path, const std::set<std::string>& in_use, const Complain& complain) {
  Inputs out;
  add_events(platform, events_path, in_use, out, complain);
  add_export(platform, programme, export_path, out, complain);
  std::stable_sort(out.items.begin(), out.items.end(), [](const Item& a, const Item& b) { return a.time < b.time; });
  return out;
}

}  // namespace course

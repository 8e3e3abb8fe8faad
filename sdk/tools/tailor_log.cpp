// SPDX-License-Identifier: Apache-2.0
#include "tailor_log.h"

#include <alliance_schema/event_generated.h>

#include <algorithm>
#include <alliance/host.hpp>
#include <filesystem>
#include <fstream>
#include <memory>

#include "scratch.h"
#include "table_of.h"

namespace alliance::tools::tailor {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t one_day = INT64_C(86'400'000'000);

bool is_store(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  std::string head(15, '\0');
  in.read(head.data(), static_cast<std::streamsize>(head.size()));
  return in && head == "SQLite format 3";
}

struct LogLine {
  std::int64_t time;
  std::string text;
};

Result<std::vector<LogLine>> read_events(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  std::vector<LogLine> lines;
  std::string text;
  for (std::size_t number = 1; std::getline(in, text); ++number) {
    if (text.find_first_not_of(" \t\r") == std::string::npos) continue;
    const auto event = table_of<fb::Event>("Event", text);
    if (!event) {
      return fail(ALLIANCE_E_BAD_INPUT, file + ": line " + std::to_string(number) + ": " + event.error().message +
                                            "; give a store, or one event a line as JSON");
    }
    if (event->body.type == fb::EventBody::TimePassed) continue;  // made anew
    lines.push_back({event->time, text});
  }
  if (lines.empty()) return fail(ALLIANCE_E_BAD_INPUT, file + ": holds no event");
  std::stable_sort(lines.begin(), lines.end(), [](const LogLine& a, const LogLine& b) { return a.time < b.time; });
  return lines;
}

std::unique_ptr<Host> opened(const std::string& tenant, const std::string& store, const std::string& config,
                             const std::string& plugins) {
  auto host = std::make_unique<Host>(HostOptions{tenant, store, config, ALLIANCE_LOG_ERROR});
  const LoadedFolder loaded = host->load_folder(plugins);
  if (loaded.loaded == 0) {
    throw Error(ALLIANCE_E_NOT_FOUND, "no plugin could be loaded from " + plugins +
                                          (loaded.first_refusal ? ": " + loaded.first_refusal->message() : ""));
  }
  host->run();
  return host;
}

void feed(Host& host, const std::vector<LogLine>& lines, Simulated& made) {
  std::int64_t today = lines.front().time / one_day * one_day;
  for (const LogLine& line : lines) {
    for (; today + one_day <= line.time; today += one_day) host.advance(today + one_day);
    try {
      host.record(line.text);
      ++made.events;
    } catch (const Error& error) {
      if (++made.not_taken == 1) made.first_refusal = error.message();
    }
  }
}

std::string practitioner_in(const fb::CaseListT& cases, const std::string& id) {
  for (const auto& one : cases.cases) {
    if (one->id == id) return one->practitioner;
  }
  return {};
}

}  // namespace

Result<Simulated> simulate(const LogRequest& request, const std::function<void(std::size_t, std::size_t)>& progress) {
  std::error_code problem;
  if (!fs::is_regular_file(request.log, problem)) {
    return fail(ALLIANCE_E_NOT_FOUND, "there is no log " + request.log + ": name a store, or a file of events");
  }
  try {
    Simulated made;
    const Scratch scratch;
    std::unique_ptr<Host> host;
    if (is_store(request.log)) {
      host = opened(request.tenant, request.log, request.config, request.plugins);
    } else {
      const auto lines = read_events(request.log);
      if (!lines) return tl::unexpected(lines.error());
      if (!scratch.there()) return fail(ALLIANCE_E_IO, "no folder for a store of its own could be made");
      host = opened(request.tenant, scratch.store(), request.config, request.plugins);
      feed(*host, *lines, made);
    }
    const auto cases = table_of<fb::CaseList>("CaseList", host->cases({ALLIANCE_ROLE_SERVICE, "operator"}));
    if (!cases) return tl::unexpected(cases.error());
    std::size_t done = 0;
    for (const auto& one : cases->cases) {
      if (!request.only_case.empty() && one->id != request.only_case) continue;
      const std::string json = host->simulate(one->id, request.policy, {ALLIANCE_ROLE_PRACTITIONER, one->practitioner});
      auto table = table_of<fb::Simulation>("Simulation", json);
      if (!table) return tl::unexpected(table.error());
      made.cases.push_back(std::move(*table));
      made.json.push_back(json);
      progress(++done, cases->cases.size());
    }
    if (made.cases.empty()) {
      return fail(ALLIANCE_E_NOT_FOUND, request.only_case.empty() ? request.log + ": holds no case"
                                                                  : "there is no case " + request.only_case);
    }
    return made;
  } catch (const Error& error) {
    return fail(error.status(), error.message());
  }
}

Result<InForce> in_force(const InForceRequest& request) {
  std::error_code problem;
  if (!fs::is_regular_file(request.store, problem)) {
    return fail(ALLIANCE_E_NOT_FOUND,
                "there is no store " + request.store + "; name the file that the platform records to");
  }
  try {
    const auto host = opened(request.tenant, request.store, request.config, request.plugins);
    Viewer viewer{request.role, request.viewer};
    if (viewer.role == 0) {
      const auto cases = table_of<fb::CaseList>("CaseList", host->cases({ALLIANCE_ROLE_SERVICE, "operator"}));
      if (!cases) return tl::unexpected(cases.error());
      viewer = {ALLIANCE_ROLE_PRACTITIONER, practitioner_in(*cases, request.case_id)};
    }
    InForce made;
    made.json = host->in_force(request.case_id, request.at, viewer);
    auto table = table_of<fb::InForce>("InForce", made.json);
    if (!table) return tl::unexpected(table.error());
    made.table = std::move(*table);
    return made;
  } catch (const Error& error) {
    return fail(error.status(), error.message());
  }
}

std::optional<Failure> fault_of(const std::string& manifest, const std::string& config) {
  try {
    HostOptions options;
    options.config = config;
    options.log = [](std::int32_t, const std::string&) {};
    Host host(options);  // without a store it only loads
    host.load_plugin(manifest);
    return std::nullopt;
  } catch (const Error& error) {
    return Failure{error.status(), error.message(), {}};
  }
}

}  // namespace alliance::tools::tailor

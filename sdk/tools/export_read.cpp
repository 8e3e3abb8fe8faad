// SPDX-License-Identifier: Apache-2.0
#include "export_read.h"

#include <alliance_schema/review_generated.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "export_write.h"
#include "host_call.h"
#include "score_host.h"

namespace alliance::tools::study {
namespace {

Result<std::vector<Loaded>> plugins_of(alliance_host* host) {
  const auto bytes = gather([&](const alliance_sink* sink, alliance_error* error) {
    return alliance_host_plugins(host, ALLIANCE_FLATBUFFERS, sink, error);
  });
  if (!bytes) return tl::unexpected(bytes.error());
  const auto list = unpacked<fb::PluginList>(*bytes, "list of plugins");
  if (!list) return tl::unexpected(list.error());
  std::vector<Loaded> loaded;
  for (const auto& plugin : list->plugins) {
    if (plugin->state != fb::PluginState::loaded) continue;
    const auto text = text_of(plugin->manifest);
    loaded.push_back({plugin->id, plugin->version, text ? sha256(*text) : ""});
  }
  std::sort(loaded.begin(), loaded.end(), [](const auto& a, const auto& b) { return a.id < b.id; });
  return loaded;
}

// Each version by which a sheet was scored; a sheet that is not scored yet goes by the newest, or the one it names.
Result<void> define(alliance_host* host, Study& study) {
  std::set<std::pair<std::string, std::string>> wanted;
  for (const auto& one : study.extract.cases) {
    for (auto& sheet : one->sheets) wanted.emplace(sheet->given->instrument, version_of(*sheet));
  }
  for (const auto& [id, version] : wanted) {
    auto measure = score::find_measure(host, id, version);
    if (measure) {
      study.definitions.emplace(std::pair{id, version}, std::move(measure->definition));
    } else if (measure.error().status == ALLIANCE_E_NOT_FOUND) {
      study.not_loaded.push_back(version.empty() ? id : id + " " + version);
    } else {
      return tl::unexpected(measure.error());
    }
  }
  return {};
}

}  // namespace

Result<score::Host> running(const score::Place& place) {
  std::error_code bad;
  if (!std::filesystem::is_regular_file(place.store, bad)) {
    return fail(ALLIANCE_E_NOT_FOUND,
                "there is no store " + place.store + "; name the file that the platform records to");
  }
  auto host = score::open(place);
  if (!host) return host;
  alliance_error error = ALLIANCE_ERROR_INIT;
  if (const auto status = alliance_host_run(host->get(), &error); status != ALLIANCE_OK) {
    return fail(status, sentence(error, status));
  }
  return host;
}

Result<Read> read(const Request& request) {
  const auto host = running({request.plugins, request.config_file, request.store, request.tenant});
  if (!host) return tl::unexpected(host.error());
  alliance_study terms = ALLIANCE_STUDY_INIT;
  terms.shift_days = request.shift_days;
  terms.key = reinterpret_cast<const std::uint8_t*>(request.key.data());
  terms.key_length = request.key.size();
  terms.consent = request.consent.empty() ? nullptr : request.consent.c_str();
  const alliance_viewer viewer{sizeof(alliance_viewer), ALLIANCE_ROLE_RESEARCHER, request.viewer.c_str()};
  const auto bytes = gather([&](const alliance_sink* sink, alliance_error* fault) {
    return alliance_host_study(host->get(), &terms, &viewer, ALLIANCE_FLATBUFFERS, sink, fault);
  });
  if (!bytes) return tl::unexpected(bytes.error());
  auto extract = unpacked<fb::StudyExtract>(*bytes, "extract");
  if (!extract) return tl::unexpected(extract.error());
  const auto standing = gather([&](const alliance_sink* sink, alliance_error* fault) {
    return alliance_host_study_overview(host->get(), &terms, &viewer, ALLIANCE_FLATBUFFERS, sink, fault);
  });
  if (!standing) return tl::unexpected(standing.error());
  const auto overview = unpacked<fb::StudyOverview>(*standing, "overview");
  if (!overview) return tl::unexpected(overview.error());
  Read made;
  made.freeze = overview->freeze;
  made.study.extract = std::move(*extract);
  if (auto done = define(host->get(), made.study); !done) return tl::unexpected(done.error());
  auto plugins = plugins_of(host->get());
  if (!plugins) return tl::unexpected(plugins.error());
  made.plugins = std::move(*plugins);
  if (!request.config_file.empty()) {
    const auto text = text_of(request.config_file);
    if (!text) return tl::unexpected(text.error());
    made.config_sha256 = sha256(*text);
  }
  return made;
}

}  // namespace alliance::tools::study

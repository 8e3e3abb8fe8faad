// SPDX-License-Identifier: Apache-2.0
#include "score_host.h"

#include <alliance_schema/review_generated.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "host_call.h"
#include "plugin_folder.h"
#include "schema/json.h"
#include "score_columns.h"

namespace alliance::tools::score {
namespace {

namespace fs = std::filesystem;

Result<std::vector<std::uint8_t>> host_list(alliance_host* host, std::int32_t format) {
  return gather([&](const alliance_sink* sink, alliance_error* error) {
    return alliance_host_instruments(host, format, sink, error);
  });
}

Result<std::string> folder_of(const Place& place) {
  std::string folder = place.plugins, named = "--plugins";
  if (folder.empty()) {
    const char* variable = std::getenv("ALLIANCE_PLUGINS");
    folder = variable == nullptr ? "" : variable;
    named = "ALLIANCE_PLUGINS";
  }
  if (folder.empty()) {
    folder = plugins_beside();
    named = "the folder beside the command";
  }
  std::error_code bad;
  if (!fs::is_directory(folder, bad)) {
    return fail(ALLIANCE_E_NOT_FOUND, "there is no folder of plugins " + folder + " (" + named +
                                          "): name it with --plugins DIR or in ALLIANCE_PLUGINS");
  }
  return folder;
}

Result<std::string> host_text_of(const std::string& file) {
  std::error_code bad;
  std::ifstream in(file, std::ios::binary);
  std::ostringstream text;
  if (!fs::is_regular_file(file, bad) || !in || !(text << in.rdbuf())) {
    return fail(ALLIANCE_E_NOT_FOUND, "the configuration " + file + " cannot be read");
  }
  return text.str();
}

}  // namespace

Result<Host> open(const Place& place) {
  const auto folder = folder_of(place);
  if (!folder) return tl::unexpected(folder.error());
  std::string config;
  if (!place.config_file.empty()) {
    auto text = host_text_of(place.config_file);
    if (!text) return tl::unexpected(text.error());
    config = std::move(*text);
  }
  alliance_host_options options = ALLIANCE_HOST_OPTIONS_INIT;
  // Reading raises no flag, but without a contact instruments with safety items would be refused.
  if (config.empty() && !place.store.empty()) config = R"({"safety":{"contact":"none, reading only"}})";
  if (!config.empty()) options.config = config.c_str();
  if (!place.store.empty()) {
    options.store_path = place.store.c_str();
    options.tenant = place.tenant.c_str();
  }
  alliance_host* made = nullptr;
  alliance_error error = ALLIANCE_ERROR_INIT;
  if (const auto status = alliance_host_create(&options, &made, &error); status != ALLIANCE_OK) {
    return fail(status, sentence(error, status));
  }
  Host host(made);
  std::uint64_t loaded = 0, refused = 0;
  const auto status = alliance_host_load_folder(host.get(), folder->c_str(), &loaded, &refused, &error);
  if (loaded == 0) {
    return fail(status == ALLIANCE_OK ? ALLIANCE_E_NOT_FOUND : status,
                status == ALLIANCE_OK ? "there is no plugin in " + *folder + ": name another folder with --plugins DIR"
                                      : sentence(error, status));
  }
  return host;
}

Result<std::vector<std::unique_ptr<fb::InstrumentT>>> instruments(alliance_host* host) {
  const auto bytes = host_list(host, ALLIANCE_FLATBUFFERS);
  if (!bytes) return tl::unexpected(bytes.error());
  if (auto fine = schema::verify("InstrumentList", *bytes); !fine) return tl::unexpected(fine.error());
  fb::InstrumentListT made;
  flatbuffers::GetRoot<fb::InstrumentList>(bytes->data())->UnPackTo(&made);
  return std::move(made.instruments);
}

namespace {

std::string host_listed(const std::vector<std::string>& names) {
  std::string list;
  for (const auto& name : names) list += (list.empty() ? "" : ", ") + name;
  return list.empty() ? "none" : list;
}

}  // namespace

Result<Measure> find_measure(alliance_host* host, const std::string& id, const std::string& version) {
  Measure found;
  alliance_error error = ALLIANCE_ERROR_INIT;
  const auto status =
      alliance_host_find_measure(host, id.c_str(), version.empty() ? nullptr : version.c_str(), &found.ref, &error);
  if (status == ALLIANCE_E_NOT_FOUND) {
    const auto all = instruments(host);
    if (!all) return tl::unexpected(all.error());
    std::vector<std::string> ids;
    for (const auto& one : *all) {
      ids.push_back(one->id);
      if (one->id != id) continue;
      auto versions = one->other_versions;
      versions.push_back(one->version);
      return fail(ALLIANCE_E_NOT_FOUND,
                  "there is no version " + shown(version) + " of " + id + "; there are " + host_listed(versions));
    }
    return fail(ALLIANCE_E_NOT_FOUND, "there is no instrument " + shown(id) + "; there are " + host_listed(ids));
  }
  if (status != ALLIANCE_OK) return fail(status, sentence(error, status));
  const auto bytes = gather([&](const alliance_sink* sink, alliance_error* fault) {
    return found.ref.table->definition(found.ref.measure, sink, fault);
  });
  if (!bytes) return tl::unexpected(bytes.error());
  if (auto fine = schema::verify("Instrument", *bytes); !fine) return tl::unexpected(fine.error());
  fb::GetInstrument(bytes->data())->UnPackTo(&found.definition);
  return found;
}

Result<std::string> instruments_json(alliance_host* host) {
  const auto bytes = host_list(host, ALLIANCE_JSON);
  if (!bytes) return tl::unexpected(bytes.error());
  return std::string(bytes->begin(), bytes->end());
}

}  // namespace alliance::tools::score

// SPDX-License-Identifier: Apache-2.0
#include "ingest_host.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>

#include "due_read.h"
#include "plugin_folder.h"
#include "progress.h"

namespace alliance::tools::ingest {
namespace {

namespace json = boost::json;
constexpr const char* files_plugin = "org.alliance-sdk.files";

Result<std::string> contents(const std::string& file, std::size_t most) {
  std::error_code problem;
  std::ifstream in(file, std::ios::binary);
  if (!std::filesystem::is_regular_file(file, problem) || !in) {
    return fail(ALLIANCE_E_NOT_FOUND, "there is no file " + file + " that can be read");
  }
  if (std::filesystem::file_size(file, problem) > most) {
    return fail(ALLIANCE_E_LIMIT,
                file + " is larger than " + std::to_string(most >> 20) + " MiB: hand it over in parts");
  }
  return std::string(std::istreambuf_iterator<char>(in), {});
}

Result<json::object> configuration(const Request& request) {
  if (request.config_file.empty()) return json::object{};
  const auto text = contents(request.config_file, 1u << 20);
  if (!text) return tl::unexpected(text.error());
  boost::system::error_code bad;
  json::value value = json::parse(*text, bad);
  if (bad || !value.is_object()) {
    return fail(ALLIANCE_E_BAD_INPUT, "the configuration " + request.config_file + " is not a JSON object");
  }
  return std::move(value.get_object());
}

// The settings of one plugin, with one more.
Result<void> set(json::object& config, const std::string& plugin, const std::string& key, const std::string& setting) {
  json::value& all = config["plugins"];
  if (!all.is_array()) all = json::array{};
  json::object* found = nullptr;
  for (json::value& one : all.get_array()) {
    const json::value* id = one.is_object() ? one.get_object().if_contains("plugin") : nullptr;
    if (id != nullptr && *id == json::value(plugin)) found = &one.get_object();
  }
  if (found == nullptr) {
    all.get_array().push_back(json::object{{"plugin", plugin}, {"settings", "{}"}});
    found = &all.get_array().back().get_object();
  }
  boost::system::error_code bad;
  json::value& text = (*found)["settings"];
  json::value settings = text.is_string() ? json::parse(text.get_string(), bad) : json::value();
  if (bad || !settings.is_object()) {
    return fail(ALLIANCE_E_BAD_INPUT,
                "the configuration's settings of " + plugin + " are not a JSON object in a string");
  }
  settings.get_object()[key] = setting;
  text = json::serialize(settings);
  return {};
}

// `said` holds what the host says of plugins that it refuses.
Host made(const Request& request, const json::object& config, const std::string& store, Sayings& said) {
  HostOptions options;
  options.tenant = store.empty() ? "" : request.tenant;
  options.store_path = store;
  options.config = json::serialize(config);
  options.log_level = ALLIANCE_LOG_WARNING;
  options.log = [&said](std::int32_t level, const std::string& line) {
    said.add(line);
    if (level > ALLIANCE_LOG_WARNING) std::fprintf(stderr, "alliance ingest: %s\n", line.c_str());
  };
  Host host(options);
  const std::string folder = request.plugins.empty() ? plugins_by_default() : request.plugins;
  const LoadedFolder loaded = host.load_folder(folder);
  if (loaded.loaded == 0) {
    throw Error(ALLIANCE_E_NOT_FOUND, "no plugin could be loaded from " + folder +
                                          (loaded.first_refusal ? ": " + loaded.first_refusal->message() : ""));
  }
  return host;
}

struct Speaker {
  std::string plugin, reason;
  std::vector<std::string> programmes;
};

std::vector<Speaker> speakers(const Host& host) {
  std::vector<Speaker> found;
  const json::value list = json::parse(host.plugins());
  for (const json::value& one : list.at("plugins").as_array()) {
    const json::object& plugin = one.as_object();
    Speaker speaker{json::value_to<std::string>(plugin.at("id")), {}, {}};
    if (const auto* reason = plugin.if_contains("reason")) speaker.reason = json::value_to<std::string>(*reason);
    if (const auto* ids = plugin.if_contains("programmes")) {
      speaker.programmes = json::value_to<std::vector<std::string>>(*ids);
    }
    found.push_back(std::move(speaker));
  }
  return found;
}

// The plugin that speaks for the programme, and the programme where only the mapping names it.
std::pair<std::string, std::string> speaker(const Host& host, const Request& request) {
  std::string there, why;
  for (const Speaker& one : speakers(host)) {
    if (!request.mapping.empty() && one.plugin != files_plugin) continue;
    for (const std::string& id : one.programmes) {
      if (request.programme.empty() || id == request.programme) return {one.plugin, id};
      there += (there.empty() ? "" : ", ") + id;
    }
    if (!one.reason.empty()) why = ": " + one.reason;
  }
  if (!request.mapping.empty() && there.empty()) {
    throw Error(ALLIANCE_E_BAD_INPUT, "the mapping " + request.mapping + " was not taken" + why);
  }
  throw Error(ALLIANCE_E_NOT_FOUND, "no programme " + request.programme + " is loaded; there are: " + there);
}

json::array member(const json::object& batch, const char* name) {
  const json::value* found = batch.if_contains(name);
  return found != nullptr && found->is_array() ? found->get_array() : json::array{};
}

bool lies_ahead(const json::value& event) {
  const auto tomorrow = std::chrono::system_clock::now() + std::chrono::hours(24);
  const json::value* time = event.as_object().if_contains("time");
  return time != nullptr &&
         time->to_number<std::int64_t>() >
             std::chrono::duration_cast<std::chrono::microseconds>(tomorrow.time_since_epoch()).count();
}

}  // namespace

Result<std::string> payload(const std::string& file) {
  if (file != "-") return contents(file, most_bytes);
  std::string text;
  char piece[65'536];
  while (std::cin.read(piece, sizeof piece) || std::cin.gcount() > 0) {
    text.append(piece, static_cast<std::size_t>(std::cin.gcount()));
    if (text.size() > most_bytes) return fail(ALLIANCE_E_LIMIT, "standard input holds more than 64 MiB");
  }
  return text;
}

Result<Open> open(const Request& request) {
  auto config = configuration(request);
  if (!config) return tl::unexpected(config.error());
  if (!request.mapping.empty()) {
    const std::string path = std::filesystem::absolute(request.mapping).string();
    if (auto done = set(*config, files_plugin, "mapping", path); !done) return tl::unexpected(done.error());
  }
  try {
    std::string plugin, programme;
    {  // which plugin the settings are for
      Sayings unused;
      const Host looking = made(request, *config, "", unused);
      std::tie(plugin, programme) = speaker(looking, request);
    }
    if (!request.case_field.empty()) {
      if (auto done = set(*config, plugin, "case_field", request.case_field); !done)
        return tl::unexpected(done.error());
    }
    auto said = std::make_unique<Sayings>();
    Host host = made(request, *config, request.store, *said);
    const auto all = speakers(host);
    const bool there = std::any_of(all.begin(), all.end(), [&](const Speaker& one) {
      return std::find(one.programmes.begin(), one.programmes.end(), programme) != one.programmes.end();
    });
    if (!there) {  // with these settings it could not be made
      const std::string why = said->about(plugin);
      return fail(ALLIANCE_E_BAD_INPUT, why.empty() ? "the plugin " + plugin + " refuses its settings" : why);
    }
    if (!request.store.empty()) host.run();
    return Open{std::move(said), std::move(host), programme};
  } catch (const Error& error) {
    return fail(error.status(), error.message());
  }
}

Result<Taken> take(const Open& open, const std::string& payload) {
  try {
    const json::value batch = json::parse(open.host.ingest(open.programme, payload));
    const json::object& all = batch.as_object();
    return Taken{member(all, "events"), member(all, "unmapped"), member(all, "needs"), member(all, "taken_back")};
  } catch (const Error& error) {
    return fail(error.status(), error.message());
  }
}

Result<Tally> record(Open& open, const Taken& taken, bool future) {
  constexpr std::size_t at_once = 1024;
  Tally tally;
  json::array events;
  for (const json::value& event : taken.events) {
    if (future || !lies_ahead(event)) {
      events.push_back(event);
    } else {
      tally.refused.push_back({json::value_to<std::string>(event.at("id")),
                               "its time lies more than a day ahead of this machine's clock, and would end what is "
                               "asked for now; --future records it all the same"});
    }
  }
  Progress progress("alliance ingest", "events recorded");
  try {
    const std::uint64_t before = open.host.count().events;
    std::uint64_t good = 0;
    for (std::size_t at = 0; at < events.size(); at += at_once) {
      const std::size_t end = std::min(at + at_once, events.size());
      json::array part(events.begin() + static_cast<std::ptrdiff_t>(at),
                       events.begin() + static_cast<std::ptrdiff_t>(end));
      const json::object batch{{"events", part}};
      const RecordedMany many = open.host.record_many(json::serialize(batch), part.size());
      tally.reports += many.total.reports;
      tally.flags += many.total.safety_flags;
      for (std::size_t i = 0; i < part.size(); ++i) {
        progress.step();
        if (i < many.statuses.size() && many.statuses[i] == ALLIANCE_OK) {
          ++good;
          continue;
        }
        std::string reason = "not recorded";
        try {  // alone, for a sentence of its own
          open.host.record(json::serialize(part[i]));
          ++good;
          continue;
        } catch (const Error& error) {
          reason = error.message();
        }
        tally.refused.push_back({json::value_to<std::string>(part[i].at("id")), reason});
      }
    }
    tally.recorded = open.host.count().events - before;
    tally.repeated = good - std::min(good, tally.recorded);
    return tally;
  } catch (const Error& error) {
    return fail(error.status(), error.message());
  }
}

}  // namespace alliance::tools::ingest

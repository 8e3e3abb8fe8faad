// SPDX-License-Identifier: Apache-2.0
#include "host/config.h"

#include <algorithm>

#include "common/text.h"
#include "host/fold.h"
#include "host/leaving.h"
#include "schema/json.h"

namespace alliance::host {

Result<fb::HostConfigT> read_config(const char* json) {
  fb::HostConfigT config;
  if (json == nullptr || *json == '\0') return config;
  const auto bytes = schema::json_to_bytes("HostConfig", json);
  if (!bytes) return tl::unexpected(bytes.error());
  fb::GetHostConfig(bytes->data())->UnPackTo(&config);
  if (config.safety && config.safety->contact.empty()) {
    return fail(ALLIANCE_E_BAD_INPUT, "HostConfig: safety.contact is empty: name who answers for safety flags");
  }
  if (config.safety && (config.safety->respond_minutes == 0 || config.safety->escalate_minutes == 0)) {
    return fail(ALLIANCE_E_BAD_INPUT, "HostConfig: safety.respond_minutes and escalate_minutes must be above 0");
  }
  if (config.delivery && config.delivery->tries == 0) {
    return fail(ALLIANCE_E_BAD_INPUT, "HostConfig: delivery.tries must be above 0");
  }
  if (config.delivery) {
    if (auto fine = check_leaving(*config.delivery); !fine) return tl::unexpected(std::move(fine).error());
  }
  for (const auto& entry : config.plugins) {
    if (entry->runner && entry->isolation != fb::Isolation::process) {
      return fail(ALLIANCE_E_BAD_INPUT, "HostConfig: plugins: " + std::string(front_of(entry->plugin, 128)) +
                                            " has a runner and does not run in one: set its isolation to process");
    }
    if (entry->runner && (entry->runner->memory_mib == 0 || entry->runner->cpu_seconds == 0 ||
                          entry->runner->start_ms == 0 || entry->runner->send_ms == 0)) {
      return fail(ALLIANCE_E_BAD_INPUT, "HostConfig: plugins: " + std::string(front_of(entry->plugin, 128)) +
                                            ": memory_mib, cpu_seconds, start_ms and send_ms must be above 0");
    }
  }
  if (config.signed_only && config.trust.empty()) {
    return fail(ALLIANCE_E_BAD_INPUT, "HostConfig: signed_only needs trust: name the file that says whose keys count");
  }
  if (!config.zone.empty() && !is_zone(config.zone)) {
    return fail(ALLIANCE_E_BAD_INPUT, "HostConfig: zone is no IANA time zone: write one such as Europe/London");
  }
  return config;
}

std::string settings_of(const fb::HostConfigT& config, const std::string& plugin) {
  for (const auto& entry : config.plugins) {
    if (entry->plugin == plugin) return entry->settings;
  }
  return "{}";
}

namespace {

plugin::RunnerSettings runner_from(const fb::HostConfigT& config, const fb::RunnerConfigT& from) {
  plugin::RunnerSettings made;
  made.program = config.plugin_runner;
  made.python = config.python;
  made.memory_mib = from.memory_mib;
  made.cpu_seconds = from.cpu_seconds;
  made.call_ms = from.call_ms == 0 ? config.call_deadline_ms : from.call_ms;
  made.start_ms = from.start_ms;
  made.send_ms = from.send_ms;
  made.read = from.read;
  made.write = from.write;
  made.network = from.network;
  made.environment = from.environment;
  return made;
}

}  // namespace

std::optional<plugin::RunnerSettings> runner_of(const fb::HostConfigT& config, const std::string& plugin) {
  const auto found = std::find_if(config.plugins.begin(), config.plugins.end(),
                                  [&](const auto& entry) { return entry->plugin == plugin; });
  if (found == config.plugins.end() || (*found)->isolation != fb::Isolation::process) return std::nullopt;
  return runner_from(config, (*found)->runner ? *(*found)->runner : fb::RunnerConfigT());
}

plugin::RunnerSettings python_of(const fb::HostConfigT& config, const std::string& plugin) {
  auto made = runner_of(config, plugin);
  return made ? std::move(*made) : runner_from(config, fb::RunnerConfigT());
}

}  // namespace alliance::host

// SPDX-License-Identifier: Apache-2.0
#include "host/config.h"

#include <date/tz.h>

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
  if (!config.zone.empty()) {
    try {
      date::locate_zone(config.zone);
    } catch (const std::exception&) {
      return fail(ALLIANCE_E_BAD_INPUT, "HostConfig: zone is no IANA time zone: write one such as Europe/London");
    }
  }
  return config;
}

std::string settings_of(const fb::HostConfigT& config, const std::string& plugin) {
  for (const auto& entry : config.plugins) {
    if (entry->plugin == plugin) return entry->settings;
  }
  return "{}";
}

}  // namespace alliance::host

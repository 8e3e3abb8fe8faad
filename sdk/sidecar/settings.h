// SPDX-License-Identifier: Apache-2.0
// What the operator of a sidecar writes: settings.schema.json says what each means and what it is without being said.
#pragma once

#include <alliance/plugin.h>

#include <boost/json/value.hpp>

#include "values.h"

namespace alliance::sidecar {

struct TenantSettings {
  std::string tenant, store, key_file;
  std::string host;  // JSON of a HostConfig
  std::vector<std::string> reports_to;
  std::string study_key = {}, study_consent = {};  // without a key there is no study
  std::uint32_t study_shift_days = 0;
  bool study_blinded = false;
};

struct TokenSettings {
  std::string name, tenant;
  std::int32_t role = 0;  // ALLIANCE_ROLE_ ...
  std::string id;         // empty: whoever the request says
  std::string sha256;     // of the token, 32 bytes
};

struct Limits {
  std::size_t body_bytes = 1 << 20, header_bytes = 16 << 10;
  int request_seconds = 20, idle_seconds = 60;
  double requests_per_second = 100;
  std::size_t burst = 200, connections = 4096, waiting = 256, workers = 4, kept_reports = 4096;
};

struct LogSettings {
  std::int32_t level = ALLIANCE_LOG_INFO;  // this, and what is graver
  bool json = false;
};

struct Settings {
  std::string address = "127.0.0.1";
  std::uint16_t port = 0;
  std::string certificate, private_key;  // PEM files; empty: no TLS
  std::string plugins;
  std::vector<TenantSettings> tenants;
  std::vector<TokenSettings> tokens;
  boost::json::array words;
  std::vector<std::string> origins, pages, translations;
  bool behind_proxy = false;  // which ends TLS
  int advance_seconds = 60;
  std::int64_t demonstration_time = 0;  // 0: the time of the system
  Limits limits;
  LogSettings log = {};
};

// Faults name their place in the file. Files and variables that hold tokens are read.
Result<Settings> read_settings(std::string_view text);

// What of it can be wrong together: tenants that tokens name, an address beyond this machine without TLS.
Result<void> check(const Settings& settings);

const char* role_name(std::int32_t role);      // "client"
std::int32_t role_of(std::string_view name);   // 0: there is none
std::string sha256_of(std::string_view text);  // 32 bytes
std::string hex_of(std::string_view bytes);
std::string random_token();  // 256 bits, in base64url

}  // namespace alliance::sidecar

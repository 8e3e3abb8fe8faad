// SPDX-License-Identifier: Apache-2.0
#include "settings.h"

#include <alliance/host.h>
#include <arpa/inet.h>
#include <settings_schema.h>
#include <sys/stat.h>

#include <algorithm>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <charconv>
#include <cstdlib>
#include <fstream>
#include <set>
#include <sstream>

#include "shapes.h"

namespace alliance::sidecar {
namespace {

namespace json = boost::json;

tl::unexpected<Failure> settings_fault(const std::string& at, const std::string& what) {
  return fail(ALLIANCE_E_BAD_INPUT, "the settings: " + at + " " + what);
}

std::string text_at(const json::object& from, std::string_view name) {
  const auto* found = from.if_contains(name);
  return found == nullptr ? std::string() : std::string(found->get_string());
}

template <class Number>
void number_at(const json::object& from, std::string_view name, Number& to) {
  if (const auto* found = from.if_contains(name)) to = static_cast<Number>(found->to_number<double>());
}

// Of a file that holds a secret, without the end of its line.
Result<std::string> secret_in(const std::string& at, const std::string& path) {
  struct stat about{};
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  if (::stat(path.c_str(), &about) != 0 || !in || !(text << in.rdbuf())) {
    return settings_fault(at, path + " cannot be read");
  }
  if ((about.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    return settings_fault(at, path + " can be read by others than its owner: chmod 600 " + path);
  }
  std::string token = std::move(text).str();
  while (!token.empty() && (token.back() == '\n' || token.back() == '\r')) token.pop_back();
  return token;
}

Result<std::string> hash_of(const std::string& at, const json::object& from) {
  const std::string hex = text_at(from, "sha256"), file = text_at(from, "file"), variable = text_at(from, "env");
  if (!hex.empty() + !file.empty() + !variable.empty() != 1) {
    return settings_fault(at, "needs one of sha256, file and env; alliance serve --new-token makes a token");
  }
  if (!hex.empty()) {
    std::string bytes;
    for (std::size_t i = 0; i < hex.size(); i += 2) {
      unsigned value = 0;
      const auto read = std::from_chars(hex.data() + i, hex.data() + i + 2, value, 16);
      if (read.ec != std::errc() || read.ptr != hex.data() + i + 2) return settings_fault(at + "/sha256", "is no hex");
      bytes += static_cast<char>(value);
    }
    return bytes;
  }
  Result<std::string> token;
  if (!file.empty()) {
    token = secret_in(at + "/file", file);
  } else {
    const char* value = std::getenv(variable.c_str());
    token = value == nullptr ? Result<std::string>(settings_fault(at + "/env", variable + " is not in the environment"))
                             : Result<std::string>(value);
  }
  if (!token) return token;
  if (token->size() < 24)
    return settings_fault(at, "is shorter than 24 characters: alliance serve --new-token makes one");
  return sha256_of(*token);
}

bool is_address(const std::string& host) {
  unsigned char bytes[16];
  return ::inet_pton(AF_INET, host.c_str(), bytes) == 1 || ::inet_pton(AF_INET6, host.c_str(), bytes) == 1;
}

Result<void> read_address(const std::string& text, Settings& to) {
  const auto colon = text.rfind(':');
  std::string host = text.substr(0, std::min(colon, text.size()));
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  const auto* first = text.data() + std::min(colon + 1, text.size());
  const auto* last = text.data() + text.size();
  const auto read = std::from_chars(first, last, to.port);
  if (!is_address(host) || colon == std::string::npos || read.ec != std::errc() || read.ptr != last) {
    return settings_fault("/listen", "must be IP:PORT, for example 127.0.0.1:8440 or [::1]:8440");
  }
  to.address = host;
  return {};
}

void read_limits(const json::object& from, Limits& to) {
  number_at(from, "body_bytes", to.body_bytes);
  number_at(from, "header_bytes", to.header_bytes);
  number_at(from, "request_seconds", to.request_seconds);
  number_at(from, "idle_seconds", to.idle_seconds);
  number_at(from, "requests_per_second", to.requests_per_second);
  number_at(from, "burst", to.burst);
  number_at(from, "connections", to.connections);
  number_at(from, "waiting", to.waiting);
  number_at(from, "workers", to.workers);
  number_at(from, "kept_reports", to.kept_reports);
}

void read_log(const json::object& from, LogSettings& to) {
  const std::string level = text_at(from, "level");
  if (level == "debug") to.level = ALLIANCE_LOG_DEBUG;
  if (level == "warning") to.level = ALLIANCE_LOG_WARNING;
  if (level == "error") to.level = ALLIANCE_LOG_ERROR;
  to.json = text_at(from, "form") == "json";
}

Result<TenantSettings> tenant_of(const std::string& at, const json::object& from) {
  TenantSettings made{text_at(from, "tenant"), text_at(from, "store"), text_at(from, "key_file"), {}, {}};
  if (const auto* host = from.if_contains("host")) made.host = json::serialize(*host);
  if (const auto* endpoints = from.if_contains("reports_to")) {
    for (const auto& one : endpoints->get_array()) made.reports_to.emplace_back(one.get_string());
  }
  if (const auto* study = from.if_contains("study")) {
    const json::object& terms = study->get_object();
    auto key = secret_in(at + "/study/key_file", text_at(terms, "key_file"));
    if (!key) return tl::unexpected(key.error());
    if (key->size() < 16) return settings_fault(at + "/study/key_file", "holds less than 16 bytes");
    made.study_key = std::move(*key);
    made.study_consent = text_at(terms, "consent");
    number_at(terms, "shift_days", made.study_shift_days);
    if (const auto* blinded = terms.if_contains("blinded")) made.study_blinded = blinded->get_bool();
  }
  return made;
}

}  // namespace

Result<Settings> read_settings(std::string_view text) {
  const auto schema =
      json::parse(std::string_view(reinterpret_cast<const char*>(settings_schema), sizeof settings_schema));
  const auto parsed = json_of(text);
  if (!parsed) return settings_fault("/", parsed.error().message);
  const json::value& value = *parsed;
  const Shapes shapes(schema);
  if (const auto faults = shapes.check(schema, value); !faults.empty()) {
    return settings_fault(faults.front().at, faults.front().detail);
  }
  const json::object& from = value.get_object();
  Settings made;
  if (from.contains("listen")) {
    if (auto fine = read_address(text_at(from, "listen"), made); !fine) return tl::unexpected(fine.error());
  }
  if (const auto* tls = from.if_contains("tls")) {
    made.certificate = text_at(tls->get_object(), "certificate");
    made.private_key = text_at(tls->get_object(), "private_key");
  }
  made.plugins = text_at(from, "plugins");
  for (const auto& one : from.at("tenants").get_array()) {
    auto tenant = tenant_of("/tenants/" + std::to_string(made.tenants.size()), one.get_object());
    if (!tenant) return tl::unexpected(tenant.error());
    made.tenants.push_back(std::move(*tenant));
  }
  std::size_t index = 0;
  for (const auto& one : from.at("tokens").get_array()) {
    const auto& token = one.get_object();
    auto hash = hash_of("/tokens/" + std::to_string(index++), token);
    if (!hash) return tl::unexpected(hash.error());
    made.tokens.push_back({text_at(token, "name"), text_at(token, "tenant"), role_of(text_at(token, "role")),
                           text_at(token, "id"), std::move(*hash)});
  }
  if (const auto* words = from.if_contains("words")) made.words = words->get_array();
  if (const auto* origins = from.if_contains("origins")) {
    for (const auto& one : origins->get_array()) made.origins.emplace_back(one.get_string());
  }
  if (const auto* files = from.if_contains("translations")) {
    for (const auto& one : files->get_array()) made.translations.emplace_back(one.get_string());
  }
  if (const auto* pages = from.if_contains("pages")) {
    for (const auto& one : pages->get_array()) made.pages.emplace_back(one.get_string());
  }
  number_at(from, "advance_seconds", made.advance_seconds);
  if (const auto* at = from.if_contains("demonstration_time")) made.demonstration_time = at->to_number<std::int64_t>();
  if (const auto* limits = from.if_contains("limits")) read_limits(limits->get_object(), made.limits);
  if (const auto* log = from.if_contains("log")) read_log(log->get_object(), made.log);
  const auto* proxy = from.if_contains("behind_proxy");
  made.behind_proxy = proxy != nullptr && proxy->get_bool();
  if (auto fine = check(made); !fine) return tl::unexpected(fine.error());
  return made;
}

Result<void> check(const Settings& settings) {
  std::set<std::string> tenants, stores, hashes;
  for (const auto& tenant : settings.tenants) {
    if (!tenants.insert(tenant.tenant).second) return settings_fault("/tenants", "names " + tenant.tenant + " twice");
    if (!stores.insert(tenant.store).second) return settings_fault("/tenants", "has one store for two tenants");
  }
  for (const auto& token : settings.tokens) {
    const std::string place = "/tokens: " + token.name;
    if (!tenants.contains(token.tenant)) return settings_fault(place, "is for a tenant that /tenants does not name");
    if (!hashes.insert(token.sha256).second) return settings_fault(place, "is the same token as another one");
  }
  for (const auto& word : settings.words) {
    const auto* contacts = word.get_object().if_contains("contacts");
    if (contacts == nullptr) continue;
    for (const auto& contact : contacts->get_array()) {
      const auto href = text_at(contact.get_object(), "href");
      if (!href.starts_with("tel:") && !href.starts_with("sms:") && !href.starts_with("https:")) {
        return settings_fault("/words", "has a contact that is no tel:, sms: or https: address");
      }
    }
  }
  const bool loopback = settings.address.starts_with("127.") || settings.address == "::1";
  if (settings.demonstration_time != 0 && (!loopback || settings.behind_proxy)) {
    return settings_fault("/demonstration_time", "is for this machine alone: nobody's care goes by another clock");
  }
  if (settings.certificate.empty() && !settings.behind_proxy && !loopback) {
    return settings_fault("/listen",
                          "is beyond this machine, where nothing would be encrypted: give tls, or say "
                          "behind_proxy where a proxy ends it");
  }
  return {};
}

const char* role_name(std::int32_t role) {
  static constexpr const char* names[] = {"", "client", "practitioner", "supervisor", "service", "researcher"};
  return role > 0 && role < static_cast<std::int32_t>(std::size(names)) ? names[role] : "";
}

std::int32_t role_of(std::string_view name) {
  for (std::int32_t role = ALLIANCE_ROLE_CLIENT; role <= ALLIANCE_ROLE_RESEARCHER; ++role) {
    if (name == role_name(role)) return role;
  }
  return 0;
}

}  // namespace alliance::sidecar

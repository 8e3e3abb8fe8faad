// SPDX-License-Identifier: Apache-2.0
#include "address.h"

#include <alliance/error.hpp>
#include <cstdlib>
#include <memory>
#include <string_view>

namespace alliance::postgresql {
namespace {

using Options = std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)>;

bool local_name(std::string_view host) {
  return host.empty() || host.front() == '/' || host.front() == '@' || host == "localhost" || host == "::1" ||
         host.starts_with("127.");
}

}  // namespace

std::map<std::string, std::string> settings(const std::string& endpoint) {
  const std::string text = endpoint.starts_with("//") ? "postgresql:" + endpoint : endpoint;
  char* why = nullptr;
  const Options parsed(PQconninfoParse(text.c_str(), &why), &PQconninfoFree);
  const std::unique_ptr<char, decltype(&PQfreemem)> said(why, &PQfreemem);
  if (!parsed) {  // libpq's sentence may repeat the address
    throw Error(
        ALLIANCE_E_INVALID,
        "the address is none of PostgreSQL's: write postgresql://USER@HOST/DATABASE, or postgresql:service=NAME");
  }
  std::map<std::string, std::string> out;
  for (const auto* one = parsed.get(); one->keyword != nullptr; ++one) {
    if (one->val == nullptr) continue;
    const std::string_view key = one->keyword;
    if (key == "password" || key == "sslpassword") {
      throw Error(ALLIANCE_E_INVALID,
                  "a password does not belong into an address, which is shown and logged: put it "
                  "into the file that PGPASSFILE or passfile names");
    }
    out[one->keyword] = one->val;
  }
  const auto put = [&](const char* key, const char* value) { out.try_emplace(key, value); };
  put("application_name", "alliance");
  put("connect_timeout", "5");
  put("tcp_user_timeout", "15000");
  if (!out.contains("service") && std::getenv("PGSERVICE") == nullptr && std::getenv("PGSSLMODE") == nullptr) {
    const auto host = out.find("host");
    const char* from_outside = std::getenv("PGHOST");
    if (!local_name(host != out.end() ? host->second : from_outside != nullptr ? from_outside : "")) {
      put("sslmode", "verify-full");
    }
  }
  out["client_encoding"] = "UTF8";
  return out;
}

Effective effective(PGconn* connection) {
  Effective out;
  const Options all(PQconninfo(connection), &PQconninfoFree);
  for (const auto* one = all.get(); one != nullptr && one->keyword != nullptr; ++one) {
    const std::string_view key = one->keyword;
    const std::string value = one->val == nullptr ? "" : one->val;
    if (key == "host") out.host = value;
    if (key == "hostaddr") out.hostaddr = value;
    if (key == "sslmode") out.sslmode = value;
  }
  return out;
}

bool on_this_machine(const Effective& effective) {
  // Several hosts may stand in a list: all of them are to be here.
  const std::string& list = effective.hostaddr.empty() ? effective.host : effective.hostaddr;
  for (std::string_view rest = list;;) {
    const auto comma = rest.find(',');
    if (!local_name(rest.substr(0, comma))) return false;
    if (comma == std::string_view::npos) return true;
    rest.remove_prefix(comma + 1);
  }
}

void check_encryption(const Effective& effective, const std::map<std::string, std::string>& asked) {
  if (on_this_machine(effective) || effective.sslmode == "verify-full" || asked.contains("sslmode")) return;
  throw Error(ALLIANCE_E_DENIED, "the server is on another machine and sslmode is " + effective.sslmode +
                                     ": set sslmode=verify-full and sslrootcert; less than that has to stand in the "
                                     "address itself");
}

}  // namespace alliance::postgresql

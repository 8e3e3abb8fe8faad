// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <libpq-fe.h>

#include <map>
#include <string>

namespace alliance::postgresql {

// What stands after "postgresql:", as libpq's own words: "//USER@HOST/DATABASE?..." or "host=... dbname=...", or
// "service=NAME". Refuses a password: it belongs into a file that libpq reads itself.
std::map<std::string, std::string> settings(const std::string& endpoint);

// Whether what was found out about the server may be used. Beyond this machine the server's certificate and name are
// checked, unless the address itself asks for less. `effective` is the state once every source was looked at.
struct Effective {
  std::string host, hostaddr, sslmode;
};
void check_encryption(const Effective& effective, const std::map<std::string, std::string>& asked);

Effective effective(PGconn* connection);
bool on_this_machine(const Effective& effective);

}  // namespace alliance::postgresql

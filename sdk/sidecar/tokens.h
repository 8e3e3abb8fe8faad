// SPDX-License-Identifier: Apache-2.0
// Who asks: tokens of the settings, kept as hashes, and those that were issued for one person and a short time.
#pragma once

#include <optional>

#include "settings.h"

namespace alliance::sidecar {

struct Caller {
  std::string token;  // its name, for limits and the log
  std::string tenant;
  std::int32_t role = 0;
  std::string id;       // empty: the request says who
  bool issued = false;  // for one person and a short time
};

std::string base64_of(std::string_view bytes);  // as a policy names a hash

class Tokens {
 public:
  explicit Tokens(std::vector<TokenSettings> known);

  // Of an Authorization header. Takes as long whether the token is known or not.
  std::optional<Caller> find(const std::string& authorization, std::int64_t now) const;

  // For a person, until an instant. It says what it is for, under a key of this process: a restart ends it.
  std::string issue(const Caller& by, std::int32_t role, const std::string& id, std::int64_t until) const;

 private:
  std::optional<Caller> issued(std::string_view token, std::int64_t now) const;
  std::vector<TokenSettings> known_;
  std::string key_;
};

}  // namespace alliance::sidecar

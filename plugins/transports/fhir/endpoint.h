// SPDX-License-Identifier: Apache-2.0
// Transactions to a FHIR server over HTTPS, with libcurl, which stays in this file.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace alliance::fhir_transport {

struct Way {
  std::string url;    // https://..., or http:// on this machine
  std::string ca;     // file; empty: the authorities of this machine
  std::string token;  // for Authorization: Bearer
};
// Throws for another machine without TLS, and for a secret in the address.
void check(const Way& way);

// What the server made of a transaction.
struct Verdict {
  std::int32_t status = 0;  // ALLIANCE_OK: all of it is there
  bool about_data = false;  // this will not be taken as it is
  std::string sentence;
};
Verdict verdict_of(long http, const std::string& body);

class Endpoint {
 public:
  explicit Endpoint(Way way);
  Verdict post(const std::string& bundle);  // no longer than 12 s

 private:
  struct End {
    void operator()(void* curl) const;
  };
  const Way way_;
  std::unique_ptr<void, End> curl_;
};

}  // namespace alliance::fhir_transport

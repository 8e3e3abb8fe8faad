// SPDX-License-Identifier: Apache-2.0
// One webhook as its operator wrote it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace alliance::webhook {

enum class Mode : std::uint8_t { structured, binary, batched };

struct Hook {
  std::string name, url;
  Mode mode = Mode::structured;
  std::vector<std::string> secrets;          // paths, or env:NAME; the newest first, old ones until nobody needs them
  std::string ca, certificate, private_key;  // paths of PEM files
  std::string source;                        // empty: from the tenant
  std::string proxy;                         // none unless named here
  long timeout_ms = 10'000;                  // of one request
  std::uint64_t most = 100;                  // events in one request, batched
  bool insecure = false;                     // http:// beyond this machine
};

// From the plugin's settings, a JSON object {"hooks": [{...}]}. Refuses by name what it does not know.
Hook find_hook(const std::string& settings, const std::string& name);

}  // namespace alliance::webhook

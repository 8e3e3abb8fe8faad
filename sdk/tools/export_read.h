// SPDX-License-Identifier: Apache-2.0
// Asks a host for what a study may take, through host.h alone.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/result.h"
#include "export_model.h"

namespace alliance::tools::study {

struct Request {
  std::string store, tenant, viewer = "export", consent, plugins, config_file;
  std::uint32_t shift_days = 0;
  std::string key;
};

// What was in force when the store was read.
struct Loaded {
  std::string id, version, manifest_sha256;
};
struct Read {
  Study study;
  std::vector<Loaded> plugins;
  std::string config_sha256;  // empty: no configuration was named
};

Result<Read> read(const Request& request);

}  // namespace alliance::tools::study

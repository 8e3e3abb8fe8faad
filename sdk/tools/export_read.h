// SPDX-License-Identifier: Apache-2.0
// Asks a host for what a study may take, through host.h alone.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/result.h"
#include "export_model.h"
#include "score_host.h"

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
  std::string freeze;         // as the host has it
};

Result<Read> read(const Request& request);

// A host that runs on a store that is there; nothing is connected, so nothing is sent. ALLIANCE_E_NOT_FOUND: no store.
Result<score::Host> running(const score::Place& place);

// What a host answered. An answer about many cases is as large as they are: the limits of one event are not its.
template <class Table>
Result<typename Table::NativeTableType> unpacked(const std::vector<std::uint8_t>& bytes, const char* what) {
  flatbuffers::Verifier::Options limits;
  limits.max_depth = 32;
  limits.max_tables = 100'000'000;
  flatbuffers::Verifier verifier(bytes.data(), bytes.size(), limits);
  if (!verifier.VerifyBuffer<Table>(nullptr)) {
    return fail(ALLIANCE_E_INTERNAL, std::string("the host's ") + what + " cannot be read");
  }
  typename Table::NativeTableType out;
  flatbuffers::GetRoot<Table>(bytes.data())->UnPackTo(&out);
  return out;
}

}  // namespace alliance::tools::study

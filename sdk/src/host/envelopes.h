// SPDX-License-Identifier: Apache-2.0
// From what was found to what is stored and sent.
#pragma once

#include "host/derive.h"
#include "store/store.h"

namespace alliance::host {

// 32 hex digits of a hash of tenant, case, kind, occurrence, index and versions: doing the work again makes the
// same id, and a new key makes a new report.
std::string report_id(const std::string& tenant, const std::string& stream, const std::string& kind,
                      const std::string& occurrence, std::size_t index, const std::string& versions);

// An id for a proposal that people and decisions use; the same for the same key.
std::string proposal_id(const std::string& tenant, const std::string& stream, const std::string& key);

struct Enveloped {
  Bytes derived;  // a Batch of everything; what is shown to nobody has sequence 0
  std::vector<Bytes> normal, safety;
  std::uint64_t next_sequence = 1;
  std::uint64_t reports = 0, flags = 0;
};

struct From {
  std::string tenant, stream;
  std::int64_t epoch = 0;
  std::uint64_t next_sequence = 1;
};

struct Builders {  // whose memory is used again
  flatbuffers::FlatBufferBuilder all, payload, one;
};

Enveloped envelop(const From& from, const fb::CaseT& state, const std::vector<Finding>& findings, Builders& builders);

}  // namespace alliance::host

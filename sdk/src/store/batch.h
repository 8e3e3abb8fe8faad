// SPDX-License-Identifier: Apache-2.0
// Envelopes, as they are handed in one by one, to the batches that lie in the outbox and go on the wire.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "store/store.h"

namespace alliance::store {

inline constexpr std::size_t max_envelope = 8u << 20;  // leaves room for the frame around it (16 MiB)
inline constexpr std::size_t batch_target = 1u << 20;  // a commit's batch is cut once it is larger than this

// An envelope must be whole, of this tenant and of the lane it goes into: a receiver would refuse it, and
// what stands behind it would wait for ever.
Result<void> check_envelope(const Bytes& envelope, std::string_view tenant, Lane lane);

struct Batch {
  Bytes bytes;
  std::uint64_t reports = 0;
};

// Takes checked envelopes.
class BatchBuilder {
 public:
  BatchBuilder();
  ~BatchBuilder();
  void add(const Bytes& envelope);
  std::vector<Batch> finish();  // none when nothing was added; more than one only for very large commits

 private:
  void cut();
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace alliance::store

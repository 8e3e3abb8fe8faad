// SPDX-License-Identifier: Apache-2.0
// Envelopes, as they are handed in one by one, to the batches that lie in the outbox and go on the wire.
#pragma once

#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "store/store.h"
#include "store/vault.h"

namespace alliance::store {

inline constexpr std::size_t max_envelope = 8u << 20;  // leaves room for the frame around it (16 MiB)
inline constexpr std::size_t batch_target = 1u << 20;  // a commit's batch is cut once it is larger than this

// An envelope must be whole, of this tenant and stream and of the lane it goes into: a receiver would refuse it, and
// what stands behind it would wait for ever.
Result<void> check_envelope(const Bytes& envelope, std::string_view tenant, std::string_view stream, Lane lane);

struct Batch {
  Bytes bytes;  // as it lies in the outbox
  std::uint64_t reports = 0;
  Bytes plain{};  // as it is to be sent, where that is something else and was asked for
};

// Takes checked envelopes.
class BatchBuilder {
 public:
  explicit BatchBuilder(const Vault& vault);  // each report is sealed under the key of its case
  BatchBuilder(BatchBuilder&&) noexcept;
  ~BatchBuilder();
  // Anew, in the memory that is there. `plain_too`: what is sealed is wanted as it was, besides.
  void begin(bool plain_too);
  // Under that key, or the case's own. What belongs to a case that was erased meanwhile is passed over.
  Result<void> add(const Bytes& envelope, const KeyId* key = nullptr);
  std::vector<Batch> finish();  // none when nothing was added; more than one only for very large commits

 private:
  void cut();
  struct State;
  std::unique_ptr<State> state_;
};

// A batch as it lies in the outbox, as it is to be sent. What was erased is left out, and nothing may be left then; a
// report that cannot be read stays in its place without its payload, for its receiver to refuse. Bytes that are no
// batch come back as they are.
Bytes opened(const Vault& vault, const Bytes& batch);
// The same with all reports sealed, for what was plain.
Result<Bytes> sealed(const Vault& vault, const Bytes& batch);
// Without the reports of a stream; nothing when there are none, which is most often so.
std::optional<Bytes> without(const Bytes& batch, const std::string& stream);

}  // namespace alliance::store

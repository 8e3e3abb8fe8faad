// SPDX-License-Identifier: Apache-2.0
// The receiver's own file: every report once by (tenant, case, epoch, sequence), over restarts.
#pragma once

#include <functional>
#include <memory>
#include <span>

#include "inbox_line.h"
#include "messaging/receiver.h"
#include "store/file.h"

namespace alliance::fb {
struct Envelope;
}

namespace alliance::tools {

class Inbox {
 public:
  // Refuses a file of another program or of a newer version, and one that another process has open.
  static Result<std::unique_ptr<Inbox>> open(const std::string& path);

  // Reports that are new, in the order in which they came; inside the transaction, before it is committed.
  using Show = std::function<Result<void>(const InboxReport&)>;
  // When it returns they are on the disk. ALLIANCE_E_BAD_INPUT: the sender's fault, and nothing was kept.
  // `shown` is called after the last of them.
  Result<void> keep(std::span<const messaging::Chunk> chunks, const Show& show,
                    const std::function<Result<void>()>& shown);

  Result<void> each(const Show& show);  // all that is there, in the order in which it came
  std::uint64_t repeats() const { return repeats_; }

 private:
  struct Statements;
  explicit Inbox(sqlite::OwnFile file) : file_(std::move(file)) {}
  Result<void> prepare();
  Result<void> fill(std::span<const messaging::Chunk> chunks, const Show& show);
  Result<void> put(const fb::Envelope& envelope, const Show& show);

  sqlite::OwnFile file_;
  std::shared_ptr<Statements> statements_;
  messaging::HighWater marks_;
  std::uint64_t repeats_ = 0;
};

}  // namespace alliance::tools

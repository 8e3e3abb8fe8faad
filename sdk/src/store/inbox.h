// SPDX-License-Identifier: Apache-2.0
// A receiver's own file: how far each case has come, which refused reports are awaited, and, where that is wanted,
// the reports themselves, each once by (tenant, case, epoch, sequence).
#pragma once

#include <functional>
#include <memory>
#include <span>

#include "store/file.h"
#include "store/store.h"

namespace alliance::store {

struct InboxReport {
  std::string id, tenant, case_id, kind;
  std::int64_t epoch = 0;
  std::uint64_t sequence = 0;
  std::int64_t time = 0;
  std::span<const std::uint8_t> report;  // verified bytes of a Report
};

struct InboxMark {
  std::string tenant, case_id;
  std::int64_t epoch = 0;
  Lane lane = Lane::normal;
};

// One caller at a time. What is set lies between begin() and commit() or abandon().
class Inbox {
 public:
  // Refuses a file of another program or of a newer version, and one that another process has open.
  static Result<std::unique_ptr<Inbox>> open(const std::string& path);

  Result<void> begin();
  Result<std::uint64_t> mark(const InboxMark& mark);  // 0: none yet
  Result<void> set_mark(const InboxMark& mark, std::uint64_t sequence);
  Result<bool> awaits(const std::string& tenant, const std::string& report);
  Result<void> set_awaits(const std::string& tenant, const std::string& report, bool awaited);
  Result<void> put(const InboxReport& report, Lane lane);  // ALLIANCE_E_INVALID: the sender's fault
  Result<void> take_back();                                // the last that was put
  Result<void> commit();
  void abandon();

  using Show = std::function<Result<void>(const InboxReport&)>;
  Result<void> each(const Show& show);  // all reports that were put, in the order in which they came

 private:
  struct Statements;
  explicit Inbox(sqlite::OwnFile file) : file_(std::move(file)) {}
  Result<void> prepare();

  sqlite::OwnFile file_;
  std::shared_ptr<Statements> statements_;
};

}  // namespace alliance::store

// SPDX-License-Identifier: Apache-2.0
// A receiver's own file: how far each case has come, which refused reports are awaited, and, where that is wanted,
// the reports themselves, each once by (tenant, case, epoch, sequence). What came together of one case is one row.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <unordered_map>

#include "store/file.h"
#include "store/pack.h"
#include "store/store.h"
#include "store/vault.h"

namespace alliance::store {

struct InboxMark {
  std::string_view tenant, case_id;
  std::int64_t epoch = 0;
  Lane lane = Lane::normal;
};

// One caller at a time. What is set lies between begin() and commit() or abandon().
class Inbox {
 public:
  // Refuses a file of another program or of a newer version, and one that another process has open.
  // Reports are sealed, each case's under a key of its own; an inbox that was plain becomes one that is not.
  static Result<std::unique_ptr<Inbox>> open(const std::string& path, const KeySource& keys = {});

  Result<void> begin();
  Result<std::uint64_t> mark(const InboxMark& mark);  // 0: none yet
  Result<void> set_mark(const InboxMark& mark, std::uint64_t sequence);
  Result<bool> awaits(const std::string& tenant, const std::string& report);
  Result<void> set_awaits(const std::string& tenant, const std::string& report, bool awaited);
  Result<void> put(const InboxReport& report, Lane lane);  // ALLIANCE_E_INVALID: the sender's fault
  Result<void> take_back();                                // the last that was put
  // The sender erased the case: what came under this epoch or an earlier one goes, with its key, and what still comes
  // of it is dropped.
  Result<void> erase(const std::string& tenant, const std::string& case_id, std::int64_t before);
  Result<void> commit();
  void abandon();

  using Show = std::function<Result<void>(const InboxReport&)>;
  Result<void> each(const Show& show);  // all reports that were put, in the order in which they came

 private:
  struct Statements;
  struct Line {  // of a case, under one epoch, in one lane
    std::int64_t of_case = 0, epoch = 0;
    Lane lane = Lane::normal;
    std::uint64_t sequence = 0;  // how far it has come
    std::int64_t pack = 0;       // the last one; 0: none
    bool changed = false;
  };
  struct Growing {  // what was put last, and what may still come with it
    std::string tenant, case_id, stream;
    Line* line = nullptr;   // null: nothing grows
    Line* other = nullptr;  // the same case in the other lane; null: nothing came there
    Pack pack;
  };

  Inbox(sqlite::OwnFile file, std::unique_ptr<Vault> vault) : file_(std::move(file)), vault_(std::move(vault)) {}
  Result<void> prepare(bool seal);
  Result<void> recall();        // what the file says of keys and erased cases
  Result<void> destroy_keys();  // that erased cases left
  Result<void> seal_packs();    // that were plain

  Result<Line*> find(const InboxMark& mark);  // null: the file does not know the case
  Result<Line*> make(const InboxMark& mark);
  Result<bool> holds(const Line& line, std::uint64_t sequence);
  void touch(Line& line);
  Result<void> write_lines();
  Result<void> begin_pack(const InboxReport& report, Lane lane);
  Result<void> end_pack();
  Result<void> add_pack(Line& line, const Pack& pack, std::span<const std::uint8_t> bodies);
  Result<void> name_key(const std::string& tenant, const std::string& case_id);

  sqlite::OwnFile file_;
  std::unique_ptr<Vault> vault_;
  std::shared_ptr<Statements> statements_;
  std::unordered_map<std::string, Line> lines_;  // those that were asked for
  std::vector<Line*> changed_lines_;             // since begin()
  Growing growing_;
  std::int64_t arrival_ = 0;                    // of the last pack
  std::set<std::string> named_;                 // cases whose key's id is in the file, or will be at commit()
  std::map<std::string, std::int64_t> erased_;  // case, and up to which epoch
  bool changed_ = false;                        // keys or erased cases, since begin()
  bool doomed_ = false;                         // keys wait for commit() to be destroyed
  bool dropped_ = false;                        // the last that was put was none that is kept
};

}  // namespace alliance::store

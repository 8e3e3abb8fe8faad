// SPDX-License-Identifier: Apache-2.0
// From a file of any format to an inbox that is whole: its keys, and what an older format or a crash left to do.
#include "store/inbox.h"
#include "store/sealing.h"

namespace alliance::store {

using sqlite::Statement;

Result<void> Inbox::recall() {
  for (const auto& name : named_) vault_->forget(name);
  named_.clear();
  erased_.clear();
  auto keys = Statement::prepare(file_.db, "SELECT tenant, case_id, key FROM keys");
  if (!keys) return tl::unexpected(std::move(keys).error());
  for (;;) {
    const auto row = keys->step();
    if (!row) return tl::unexpected(row.error());
    if (!*row) break;
    const auto name = inbox_stream(keys->text(0), keys->text(1));
    if (auto ok = vault_->know(name, keys->blob(2), 0); !ok) return ok;
    named_.insert(name);
  }
  auto erased = Statement::prepare(file_.db, "SELECT tenant, case_id, before FROM erased");
  if (!erased) return tl::unexpected(std::move(erased).error());
  for (;;) {
    const auto row = erased->step();
    if (!row) return tl::unexpected(row.error());
    if (!*row) return {};
    erased_[inbox_stream(erased->text(0), erased->text(1))] = erased->integer(2);
  }
}

Result<void> Inbox::destroy_keys() {
  auto doomed = Statement::prepare(file_.db, "SELECT key FROM doomed");
  if (!doomed) return tl::unexpected(std::move(doomed).error());
  for (;;) {
    const auto row = doomed->step();
    if (!row) return tl::unexpected(row.error());
    if (!*row) return {};
    if (auto ok = vault_->destroy(doomed->blob(0), 0); !ok) return ok;
  }
}

Result<void> Inbox::seal_packs() {
  auto select = Statement::prepare(file_.db,
                                   "SELECT arrival, tenant, case_id, epoch, heads, bodies FROM packs "
                                   "JOIN cases ON number = of_case WHERE arrival > ?1 ORDER BY arrival LIMIT 1");
  if (!select) return tl::unexpected(select.error());
  auto update = Statement::prepare(file_.db, "UPDATE packs SET bodies = ?2 WHERE arrival = ?1");
  if (!update) return tl::unexpected(update.error());
  if (auto ok = begin(); !ok) return ok;
  const auto work = [&]() -> Result<void> {
    std::int64_t after = 0;
    for (;;) {
      const sqlite::Scope scope(*select);
      const auto row = select->bind(1, after).step();
      if (!row) return tl::unexpected(row.error());
      if (!*row) break;
      after = select->integer(0);
      const auto tenant = select->text(1), case_id = select->text(2);
      if (auto ok = name_key(tenant, case_id); !ok) return ok;
      const auto stream = inbox_stream(tenant, case_id);
      const auto bytes = vault_->seal(pack_place(stream, select->integer(3), select->blob(4)), select->blob(5));
      if (!bytes) return tl::unexpected(bytes.error());
      if (auto ok = update->bind(1, after).bind(2, std::span<const std::uint8_t>(*bytes)).finish(); !ok) return ok;
    }
    return file_.db.run(after > 0 ? "INSERT INTO meta (name, value) VALUES ('cipher', 'XAES-256-GCM'), ('scrub', '1')"
                                  : "INSERT INTO meta (name, value) VALUES ('cipher', 'XAES-256-GCM')");
  };
  auto done = work();
  if (done) done = commit();
  if (!done) abandon();
  return done ? scrub(file_.db, {}) : done;
}

}  // namespace alliance::store

// SPDX-License-Identifier: Apache-2.0
#include "store/opening.h"

#include "store/custody.h"
#include "store/sealing.h"
#include "store/tables.h"

namespace alliance::store {
namespace {

using sqlite::Database;
using sqlite::Statement;

Result<void> claim(Database& db, const std::string& tenant) {
  auto insert = Statement::prepare(db, "INSERT OR IGNORE INTO meta (name, value) VALUES ('tenant', ?1)");
  if (!insert) return tl::unexpected(insert.error());
  if (auto ok = insert->bind(1, tenant).finish(); !ok) return ok;
  const auto owner = meta_of(db, "tenant");
  if (!owner) return tl::unexpected(owner.error());
  if (*owner == tenant) return {};
  return fail(ALLIANCE_E_DENIED, "store " + db.path() + " belongs to tenant '" + *owner + "', not to '" + tenant +
                                     "': give the right tenant or another file");
}

Result<void> put_reports(Database& db, BatchBuilder& reports) {
  auto count =
      Statement::prepare(db,
                         "UPDATE totals SET (events, reports, acknowledged, epoch, position, latest) = "
                         "(SELECT events, reports + ?1, acknowledged, epoch, position + 1, latest FROM so_far)");
  if (!count) return tl::unexpected(count.error());
  auto insert = Statement::prepare(
      db,
      "INSERT INTO outbox (position, lane, reports, all_events, all_reports, acknowledged, epoch, latest, batch) "
      "SELECT position, 0, ?1, events, reports, acknowledged, epoch, latest, ?2 FROM totals");
  if (!insert) return tl::unexpected(insert.error());
  for (const auto& batch : reports.finish()) {
    if (auto ok = count->bind(1, batch.reports).finish(); !ok) return ok;
    if (auto ok = insert->bind(1, batch.reports).bind(2, batch.bytes).finish(); !ok) return ok;
  }
  return {};
}

struct Gone {
  std::string stream;
  std::int64_t time;
};

// Cases whose key was destroyed after this file was copied, and what was decided since about the others.
Result<std::vector<Gone>> compare_with_keys(Database& db, const Vault& vault) {
  std::vector<Gone> gone;
  std::vector<std::pair<std::string, std::uint8_t>> standings;
  auto select = Statement::prepare(db, "SELECT name, key, standing FROM streams WHERE key IS NOT NULL");
  if (!select) return tl::unexpected(select.error());
  for (;;) {
    const auto row = select->step();
    if (!row) return tl::unexpected(row.error());
    if (!*row) break;
    const auto slot = vault.slot(select->blob(1));
    if (slot.state == KeyRing::State::destroyed) gone.push_back({select->text(0), slot.time});
    if (slot.state == KeyRing::State::live && slot.standing != select->integer(2)) {
      standings.emplace_back(select->text(0), slot.standing);
    }
  }
  auto update = Statement::prepare(db, "UPDATE streams SET standing = ?2 WHERE name = ?1");
  if (!update) return tl::unexpected(update.error());
  for (const auto& [name, standing] : standings) {
    if (auto ok = update->bind(1, name).bind(2, std::int64_t{standing}).finish(); !ok)
      return tl::unexpected(ok.error());
  }
  return gone;
}

// Larger than any that was given, and by chance than any that was given after the copy was made: a clock that was set
// back, or a second restore of the same copy, must not give one twice.
Result<std::int64_t> next_epoch(Database& db, std::int64_t now) {
  const auto last = sqlite::number_of(db, "SELECT epoch FROM so_far");
  if (!last) return last;
  std::array<std::uint8_t, 4> chance{};
  if (auto ok = random_bytes(chance); !ok) return tl::unexpected(std::move(ok).error());
  std::int64_t more = 0;
  for (const auto byte : chance) more = more * 256 + byte;
  return std::max(*last, now) + 1 + more;
}

Result<void> catch_up(Database& db, Vault& vault, const Opening& how) {
  const auto copied = meta_of(db, "backup");
  if (!copied) return tl::unexpected(copied.error());
  const auto gone = vault.sealed() ? compare_with_keys(db, vault) : Result<std::vector<Gone>>();
  if (!gone) return tl::unexpected(gone.error());
  if (copied->empty() && gone->empty()) return {};
  const auto epoch = next_epoch(db, how.now);
  if (!epoch) return tl::unexpected(epoch.error());
  BatchBuilder reports(vault);
  if (!copied->empty()) {
    if (auto ok = renew(db, vault, *epoch, how.now, reports); !ok) return ok;
    if (auto ok = db.run("DELETE FROM meta WHERE name = 'backup'"); !ok) return ok;
  }
  for (const auto& [stream, time] : *gone) {
    const auto fresh = vault.fresh();
    if (!fresh) return tl::unexpected(fresh.error());
    Act act;
    act.time = time;
    act.stream = stream;
    act.by = "alliance";
    act.reason = "erased before this copy of the store was put back";
    act.epoch = *epoch + 1;
    if (auto head = carry_out(db, vault, act, *fresh, reports); !head) return tl::unexpected(std::move(head).error());
    if (auto ok = vault.know(stream, *fresh, act.epoch); !ok) return ok;
  }
  const auto raise = "UPDATE totals SET epoch = max(epoch, " + std::to_string(*epoch + 1) + ")";
  if (auto ok = db.run(raise.c_str()); !ok) return ok;
  return put_reports(db, reports);
}

// An erasure that was on the disk when the machine stopped, and whose key was not yet destroyed.
Result<void> finish_erasures(Database& db, Vault& vault) {
  auto select = Statement::prepare(db, "SELECT key, time FROM acts WHERE key IS NOT NULL");
  if (!select) return tl::unexpected(select.error());
  for (;;) {
    const auto row = select->step();
    if (!row) return tl::unexpected(row.error());
    if (!*row) return {};
    if (auto ok = vault.destroy(select->blob(0), select->integer(1)); !ok) return ok;
  }
}

Result<void> in_transaction(Database& db, const std::function<Result<void>()>& work) {
  if (auto ok = db.run("BEGIN IMMEDIATE"); !ok) return ok;
  auto done = work();
  if (done) done = db.run("COMMIT");
  if (!done) db.rollback();
  return done;
}

// What a copy, an erasure that was not finished, or an older format left to do. Where nothing was instructed since this
// file last looked at the keys, it looks at none of them.
Result<void> follow_keys(Database& db, Vault& vault, bool sealed, const Opening& how) {
  const auto copied = meta_of(db, "backup"), followed = meta_of(db, keys_note);
  if (!copied) return tl::unexpected(copied.error());
  if (!followed) return tl::unexpected(followed.error());
  if (sealed && copied->empty() && *followed == vault.mark()) return scrub(db, how);
  // First of all: another copy of this file has to follow what is done now.
  if (auto ok = vault.new_mark(); !ok) return ok;
  if (auto ok = know_streams(db, vault); !ok) return ok;
  if (!sealed) {
    if (auto ok = seal_file(db, vault, how); !ok) return ok;
  }
  if (auto ok = scrub(db, how); !ok) return ok;
  if (auto ok = finish_erasures(db, vault); !ok) return ok;
  if (auto ok = in_transaction(db, [&] { return catch_up(db, vault, how); }); !ok) return ok;
  if (auto ok = finish_erasures(db, vault); !ok) return ok;
  auto note = Statement::prepare(db, "INSERT OR REPLACE INTO meta (name, value) VALUES (?1, ?2)");
  if (!note) return tl::unexpected(note.error());
  return note->bind(1, keys_note).bind(2, vault.mark()).finish();
}

}  // namespace

Result<std::string> meta_of(Database& db, std::string_view name) {
  auto select = Statement::prepare(db, "SELECT value FROM meta WHERE name = ?1");
  if (!select) return tl::unexpected(select.error());
  const auto row = select->bind(1, name).step();
  if (!row) return tl::unexpected(row.error());
  return *row ? select->text(0) : std::string();
}

Result<void> know_streams(Database& db, Vault& vault) {
  auto select = Statement::prepare(db, "SELECT name, key, key_epoch FROM streams WHERE key IS NOT NULL");
  if (!select) return tl::unexpected(select.error());
  for (;;) {
    const auto row = select->step();
    if (!row) return tl::unexpected(row.error());
    if (!*row) return {};
    if (auto ok = vault.know(select->text(0), select->blob(1), select->integer(2)); !ok) return ok;
  }
}

Result<std::unique_ptr<Vault>> open_vault(Database& db, const std::string& tenant, const KeySource& keys) {
  const auto cipher = meta_of(db, "cipher");
  if (!cipher) return tl::unexpected(cipher.error());
  if (cipher->empty()) return Vault::plain();
  auto vault = Vault::open(keys, db.path(), tenant, KeyRing::Use::read);
  if (!vault) return vault;
  if (auto ok = know_streams(db, **vault); !ok) return tl::unexpected(std::move(ok).error());
  return vault;
}

Result<Opened> open_file(const std::string& path, const std::string& tenant, const Opening& how) {
  auto file = sqlite::open_own(path, file_kind);
  if (!file) return tl::unexpected(std::move(file).error());
  auto& db = file->db;
  if (auto ok = claim(db, tenant); !ok) return tl::unexpected(std::move(ok).error());
  const auto cipher = meta_of(db, "cipher");
  if (!cipher) return tl::unexpected(cipher.error());
  if (!cipher->empty() && *cipher != cipher_name) {
    return fail(ALLIANCE_E_VERSION, db.path() + " is encrypted by " + *cipher + ", which this version cannot read");
  }
  const bool sealed = !cipher->empty();
  if (sealed && how.keys.plaintext) {
    return fail(ALLIANCE_E_STATE, db.path() + " is encrypted: open it without the flag for plaintext");
  }
  if (how.keys.plaintext) {
    // What is deleted is overwritten: nothing else makes it unreadable. Whole pages are when a case is erased; a batch
    // that everybody has would otherwise be written twice.
    if (auto ok = db.run("PRAGMA secure_delete=FAST"); !ok) return tl::unexpected(std::move(ok).error());
    auto vault = Vault::plain();
    auto ok = in_transaction(db, [&] { return catch_up(db, *vault, how); });
    if (!ok) return tl::unexpected(std::move(ok).error());
    return Opened{std::move(*file), std::move(vault)};
  }
  auto vault = Vault::open(how.keys, db.path(), tenant,
                           sealed || file_exists(key_ring_path(db.path())) ? KeyRing::Use::write : KeyRing::Use::make);
  if (!vault) return tl::unexpected(std::move(vault).error());
  if (auto ok = follow_keys(db, **vault, sealed, how); !ok) return tl::unexpected(std::move(ok).error());
  return Opened{std::move(*file), std::move(*vault)};
}

}  // namespace alliance::store

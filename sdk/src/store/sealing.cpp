// SPDX-License-Identifier: Apache-2.0
#include "store/sealing.h"

#include "store/batch.h"
#include "store/custody.h"
#include "store/file.h"
#include "store/opening.h"
#include "store/places.h"

namespace alliance::store {
namespace {

using sqlite::Database;
using sqlite::Statement;

constexpr std::size_t rows_at_once = 256;  // read, then written: no table is walked while it changes

struct Table {
  const char* select;  // ?1: the row after which it goes on; ?2: how many. Column 0 is the row.
  const char* update;  // ?1: the row; ?2, ?3: what is sealed
  std::function<Result<std::vector<Bytes>>(const Statement& row)> seal;
};

Result<void> seal_table(Database& db, const Table& table, const std::function<void()>& step) {
  auto select = Statement::prepare(db, table.select);
  if (!select) return tl::unexpected(select.error());
  auto update = Statement::prepare(db, table.update);
  if (!update) return tl::unexpected(update.error());
  for (std::int64_t after = 0;;) {
    std::vector<std::pair<std::int64_t, std::vector<Bytes>>> rows;
    {
      const sqlite::Scope scope(*select);
      select->bind(1, after).bind(2, std::int64_t{rows_at_once});
      for (;;) {
        const auto row = select->step();
        if (!row) return tl::unexpected(row.error());
        if (!*row) break;
        auto bytes = table.seal(*select);
        if (!bytes) return tl::unexpected(bytes.error());
        rows.emplace_back(select->integer(0), std::move(*bytes));
      }
    }
    if (rows.empty()) return {};
    for (const auto& [row, bytes] : rows) {
      update->bind(1, row);
      for (std::size_t i = 0; i < bytes.size(); ++i) {
        update->bind(static_cast<int>(i) + 2, std::span<const std::uint8_t>(bytes[i]));
      }
      if (auto ok = update->finish(); !ok) return ok;
      step();
    }
    after = rows.back().first;
  }
}

Result<std::vector<Bytes>> both(Result<Bytes> first, Result<Bytes> second) {
  if (!first) return tl::unexpected(first.error());
  if (!second) return tl::unexpected(second.error());
  std::vector<Bytes> out;
  out.push_back(std::move(*first));
  out.push_back(std::move(*second));
  return out;
}
Result<std::vector<Bytes>> one(Result<Bytes> bytes) {
  if (!bytes) return tl::unexpected(bytes.error());
  std::vector<Bytes> out;
  out.push_back(std::move(*bytes));
  return out;
}

Result<std::vector<std::string>> all_streams(Database& db) {
  std::vector<std::string> names;
  auto select = Statement::prepare(db, "SELECT name FROM streams ORDER BY id");
  if (!select) return tl::unexpected(select.error());
  for (;;) {
    const auto row = select->step();
    if (!row) return tl::unexpected(row.error());
    if (!*row) return names;
    names.push_back(select->text(0));
  }
}

Result<void> name_keys(Database& db, Vault& vault, const std::vector<std::string>& names) {
  auto update = Statement::prepare(db, "UPDATE streams SET key = ?2 WHERE name = ?1");
  if (!update) return tl::unexpected(update.error());
  for (const auto& name : names) {
    const auto id = vault.id_of(name);
    if (auto ok = update->bind(1, name).bind(2, std::span<const std::uint8_t>(id)).finish(); !ok) return ok;
    const auto head = head_of(db, name);
    if (!head) return tl::unexpected(head.error());
    if (head->standing == 0) continue;
    if (auto ok = vault.set_standing(name, head->standing); !ok) return ok;
  }
  return {};
}

Result<void> seal_rows(Database& db, const Vault& vault, const std::function<void()>& step) {
  const auto nothing = [] {};
  auto done =
      seal_table(db,
                 {"SELECT l.id, s.name, l.epoch, l.event_id, l.time, l.event, l.derived FROM log l JOIN streams s "
                  "ON s.id = l.stream WHERE l.id > ?1 ORDER BY l.id LIMIT ?2",
                  "UPDATE log SET event = ?2, derived = ?3 WHERE id = ?1",
                  [&](const Statement& row) {
                    const auto stream = row.text(1), event = row.text(3);
                    const auto place = event_place(stream, row.integer(2), static_cast<std::uint64_t>(row.integer(0)),
                                                   event, row.integer(4));
                    return both(vault.seal(place, row.blob(5)), vault.seal(derived_place(place), row.blob(6)));
                  }},
                 step);
  if (!done) return done;
  done = seal_table(db,
                    {"SELECT v.rowid, s.name, v.epoch, v.key, v.version, v.bytes FROM plugin_values v JOIN streams s "
                     "ON s.id = v.stream WHERE v.rowid > ?1 ORDER BY v.rowid LIMIT ?2",
                     "UPDATE plugin_values SET bytes = ?2 WHERE rowid = ?1",
                     [&](const Statement& row) {
                       const auto stream = row.text(1), key = row.text(3);
                       const auto version = static_cast<std::uint32_t>(row.integer(4));
                       return one(vault.seal(value_place(stream, row.integer(2), key, version), row.blob(5)));
                     }},
                    nothing);
  if (!done) return done;
  done = seal_table(db,
                    {"SELECT position, batch FROM outbox WHERE position > ?1 ORDER BY position LIMIT ?2",
                     "UPDATE outbox SET batch = ?2 WHERE position = ?1",
                     [&](const Statement& row) { return one(sealed(vault, row.bytes(1))); }},
                    nothing);
  if (!done) return done;
  return seal_table(db,
                    {"SELECT number, case_id, epoch, sequence, report, time, envelope FROM dead_letters "
                     "WHERE number > ?1 ORDER BY number LIMIT ?2",
                     "UPDATE dead_letters SET envelope = ?2 WHERE number = ?1",
                     [&](const Statement& row) -> Result<std::vector<Bytes>> {
                       DeadLetter letter;
                       letter.case_id = row.text(1);
                       letter.epoch = row.integer(2);
                       letter.sequence = static_cast<std::uint64_t>(row.integer(3));
                       letter.report = row.text(4);
                       letter.time = row.integer(5);
                       if (letter.report.empty()) return one(row.bytes(6));
                       return one(vault.seal(letter_place(letter), row.blob(6)));
                     }},
                    nothing);
}

}  // namespace

Result<void> seal_file(Database& db, Vault& vault, const Opening& how) {
  const auto names = all_streams(db);
  if (!names) return tl::unexpected(names.error());
  const auto total = sqlite::number_of(db, "SELECT count(*) FROM log");
  if (!total) return tl::unexpected(total.error());
  if (auto ok = vault.make(*names); !ok) return ok;
  std::uint64_t done = 0;
  const auto step = [&] {
    if (++done % rows_at_once == 0 && how.progress) {
      how.progress("encrypting the store", done, static_cast<std::uint64_t>(*total));
    }
  };
  if (auto ok = db.run("BEGIN IMMEDIATE"); !ok) return ok;
  auto result = name_keys(db, vault, *names).and_then([&] { return seal_rows(db, vault, step); }).and_then([&] {
    const std::string cipher = std::string("INSERT INTO meta (name, value) VALUES ('cipher', '") + cipher_name + "')" +
                               (names->empty() ? "" : ", ('scrub', '1')") +
                               // Made from the log when the host next runs.
                               "; DELETE FROM accounts; DELETE FROM account_sums; DELETE FROM spans; "
                               "DELETE FROM meta WHERE name = 'accounts'";
    return db.run(cipher.c_str());
  });
  if (result) result = db.run("COMMIT");
  if (!result) db.rollback();
  return result;
}

Result<void> scrub(Database& db, const Opening& how) {
  const auto wanted = meta_of(db, "scrub");
  if (!wanted) return tl::unexpected(wanted.error());
  if (wanted->empty()) return {};
  if (how.progress) how.progress("overwriting what was plain", 0, 1);
  if (auto ok = db.run("VACUUM; PRAGMA wal_checkpoint(TRUNCATE)"); !ok) return ok;
  return db.run("DELETE FROM meta WHERE name = 'scrub'");
}

}  // namespace alliance::store

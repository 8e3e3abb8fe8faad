// SPDX-License-Identifier: Apache-2.0
#include "store/check.h"

#include <alliance_schema/envelope_generated.h>
#include <alliance_schema/event_generated.h>

#include "schema/verify.h"
#include "store/batch.h"
#include "store/opening.h"
#include "store/places.h"
#include "store/rows.h"
#include "store/tables.h"

namespace alliance::store {
namespace {

using sqlite::Database;
using sqlite::Statement;

class Checking {
 public:
  Checking(Database& db, const Vault& vault, fb::StoreReportT& report,
           const std::function<void(std::uint64_t, std::uint64_t)>& told)
      : db_(db), vault_(vault), report_(report), told_(told) {}

  void file() {
    each("PRAGMA integrity_check(100)", [&](const Statement& row) {
      if (row.text(0) != "ok") damage("file", 0, {}, {}, row.text(0));
    });
  }

  void streams() {
    each(
        "SELECT s.id, s.name, s.events, s.key, s.standing, s.erased, (WITH RECURSIVE own (id, before) AS "
        "(SELECT id, before FROM log WHERE id = s.last AND stream = s.id UNION ALL SELECT l.id, l.before "
        "FROM own JOIN log l ON l.id = own.before AND l.stream = s.id AND l.id < own.id) SELECT count(*) FROM own) "
        "FROM streams s ORDER BY s.id",
        [&](const Statement& row) {
          ++report_.cases;
          report_.erased += row.integer(5) != 0;
          report_.restricted += (row.integer(4) & standing_restricted) != 0;
          const auto id = static_cast<std::uint64_t>(row.integer(0));
          if (row.integer(2) != row.integer(6)) {
            damage("case", id, row.text(1), {},
                   "it had " + std::to_string(row.integer(2)) + " events, and " + std::to_string(row.integer(6)) +
                       " are found from its last one on");
          }
          if (!vault_.sealed()) return;
          const auto [state, standing, destroyed] = vault_.slot(row.blob(3));
          if (state == KeyRing::State::live && standing != row.integer(4)) {
            damage("case", id, row.text(1), {}, "what was decided about it is not what its key says");
          }
          if (state == KeyRing::State::missing) damage("key", id, row.text(1), {}, "its key is not in the key file");
          if (state == KeyRing::State::damaged) damage("key", id, row.text(1), {}, "its key is damaged");
        });
  }

  void log() {
    const auto total = sqlite::number_of(db_, "SELECT count(*) FROM log");
    each(
        "SELECT l.id, s.name, l.epoch, l.event_id, l.time, l.event, l.derived FROM log l LEFT JOIN streams s "
        "ON s.id = l.stream ORDER BY l.id",
        [&](const Statement& row) {
          if (++report_.events % 1024 == 0 && told_)
            told_(report_.events, total ? static_cast<std::uint64_t>(*total) : 0);
          const auto number = static_cast<std::uint64_t>(row.integer(0));
          const auto stream = row.text(1), event = row.text(3);
          const auto place = event_place(stream, row.integer(2), number, event, row.integer(4));
          const auto told = vault_.unseal(place, row.blob(5));
          if (!told || !schema::verified<fb::Event>(*told, "ALEV")) {
            damage("event", number, stream, event, "the event cannot be read");
          }
          const auto derived = vault_.unseal(derived_place(place), row.blob(6));
          if (!derived || !schema::verified<fb::Batch>(*derived, "ALBT")) {
            damage("event", number, stream, event, "what followed from the event cannot be read");
          }
        });
  }

  void values() {
    each(
        "SELECT v.rowid, s.name, v.epoch, v.key, v.version, v.bytes FROM plugin_values v LEFT JOIN streams s "
        "ON s.id = v.stream",
        [&](const Statement& row) {
          const auto stream = row.text(1), key = row.text(3);
          const auto place = value_place(stream, row.integer(2), key, static_cast<std::uint32_t>(row.integer(4)));
          if (!vault_.unseal(place, row.blob(5))) {
            damage("value", static_cast<std::uint64_t>(row.integer(0)), stream, {}, key + " cannot be read");
          }
        });
  }

  void outbox() {
    each("SELECT position, reports, batch FROM outbox ORDER BY position", [&](const Statement& row) {
      const auto position = static_cast<std::uint64_t>(row.integer(0));
      report_.reports += static_cast<std::uint64_t>(row.integer(1));
      const auto stored = row.bytes(2);
      if (stored.empty()) return;  // all of it was erased
      const auto batch = opened(vault_, stored);
      if (batch.empty()) return;
      const auto table = schema::verified<fb::Batch>(batch, "ALBT");
      if (!table) return damage("outbox", position, {}, {}, "a batch of reports cannot be read");
      for (const auto* one : *(*table)->envelopes()) {
        const Bytes payload(one->payload()->begin(), one->payload()->end());
        if (!schema::verified<fb::Report>(payload, "ALRP")) {
          damage("outbox", position, one->case_()->str(), {}, "report " + one->id()->str() + " cannot be read");
        }
      }
    });
  }

  void letters() {
    each(dead_letters_sql, [&](const Statement& row) {
      const auto letter = dead_letter(row, vault_);
      if (!letter.report.empty() && letter.envelope.empty()) {
        damage("dead letter", letter.number, letter.case_id, {}, "its report cannot be read");
      }
    });
  }

 private:
  template <class Row>
  void each(const char* sql, Row row) {
    auto statement = Statement::prepare(db_, sql);
    for (auto there = statement ? statement->step() : Result<bool>(tl::unexpected(statement.error()));;
         there = statement->step()) {
      if (!there) return damage("file", 0, {}, {}, there.error().message);
      if (!*there) return;
      row(*statement);
    }
  }
  void damage(const char* part, std::uint64_t row, std::string subject, std::string event, std::string sentence) {
    auto one = std::make_unique<fb::DamageT>();
    one->part = part;
    one->row = row;
    one->subject = std::move(subject);
    one->event = std::move(event);
    one->sentence = std::move(sentence);
    report_.damages.push_back(std::move(one));
  }

  Database& db_;
  const Vault& vault_;
  fb::StoreReportT& report_;
  const std::function<void(std::uint64_t, std::uint64_t)>& told_;
};

}  // namespace

Result<fb::StoreReportT> check(const std::string& path, const KeySource& keys,
                               const std::function<void(std::uint64_t done, std::uint64_t of)>& told) {
  if (auto fine = OutboxView::open(path); !fine) return tl::unexpected(std::move(fine).error());
  auto real = sqlite::real_path(path);
  if (!real) return tl::unexpected(std::move(real).error());
  auto db = Database::open(*real, SQLITE_OPEN_READWRITE);
  if (!db) return tl::unexpected(std::move(db).error());
  sqlite3_busy_timeout(db->raw(), 2000);
  // One snapshot for all of it: what is recorded meanwhile is no damage.
  if (auto ok = db->run("PRAGMA query_only=ON; BEGIN"); !ok) return tl::unexpected(std::move(ok).error());
  const auto tenant = meta_of(*db, "tenant");
  if (!tenant) return tl::unexpected(tenant.error());
  auto vault = open_vault(*db, *tenant, keys);
  if (!vault) return tl::unexpected(std::move(vault).error());
  fb::StoreReportT report;
  report.path = *real;
  report.tenant = *tenant;
  report.format = static_cast<std::uint32_t>(std::size(migrations));
  report.encrypted = (*vault)->sealed();
  Checking checking(*db, **vault, report, told);
  checking.file();
  checking.streams();
  checking.log();
  checking.values();
  checking.outbox();
  checking.letters();
  return report;
}

}  // namespace alliance::store

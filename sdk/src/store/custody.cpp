// SPDX-License-Identifier: Apache-2.0
#include "store/custody.h"

#include <alliance_schema/envelope_generated.h>
#include <alliance_schema/report_generated.h>
#include <openssl/sha.h>

#include "store/accounts.h"
#include "store/tables.h"

namespace alliance::store {
namespace {

using sqlite::Database;
using sqlite::Statement;

template <class Use>
Result<void> run(Database& db, const char* sql, Use bind) {
  auto statement = Statement::prepare(db, sql);
  if (!statement) return tl::unexpected(std::move(statement).error());
  bind(*statement);
  return statement->finish();
}

// Derived, as all ids of reports are: one epoch of a case has one report of each of these kinds and numbers.
std::string report_id(const fb::EnvelopeT& envelope) {
  const auto seed = associated(
      envelope.tenant, {"report id", envelope.case_, envelope.epoch, envelope.sequence, envelope.kind, envelope.time});
  std::array<std::uint8_t, SHA256_DIGEST_LENGTH> digest{};
  SHA256(seed.data(), seed.size(), digest.data());
  static constexpr char hex[] = "0123456789abcdef";
  std::string out;
  for (std::size_t i = 0; i < 16; ++i) out += {hex[digest[i] >> 4], hex[digest[i] & 15]};
  return out;
}

Result<std::string> tenant_of(Database& db) {
  auto select = Statement::prepare(db, "SELECT value FROM meta WHERE name = 'tenant'");
  if (!select) return tl::unexpected(std::move(select).error());
  if (const auto row = select->step(); !row) return tl::unexpected(row.error());
  return select->text(0);
}

template <class Body>
Bytes envelope_of(const std::string& tenant, const StreamHead& head, std::int64_t time, const char* kind, Body body) {
  fb::ReportT report;
  report.body.Set(std::move(body));
  flatbuffers::FlatBufferBuilder payload;
  payload.Finish(fb::Report::Pack(payload, &report), fb::ReportIdentifier());
  fb::EnvelopeT envelope;
  envelope.tenant = tenant;
  envelope.case_ = head.id;
  envelope.epoch = head.epoch;
  envelope.sequence = head.next_sequence;
  envelope.time = time;
  envelope.kind = kind;
  envelope.id = report_id(envelope);
  envelope.payload.assign(payload.GetBufferPointer(), payload.GetBufferPointer() + payload.GetSize());
  flatbuffers::FlatBufferBuilder builder;
  builder.Finish(fb::Envelope::Pack(builder, &envelope), "ALEN");
  return {builder.GetBufferPointer(), builder.GetBufferPointer() + builder.GetSize()};
}

Result<void> drop_from_outbox(Database& db, const std::string& stream) {
  auto select =
      Statement::prepare(db, "SELECT position, batch FROM outbox WHERE position > ?1 ORDER BY position LIMIT 1");
  if (!select) return tl::unexpected(std::move(select).error());
  auto update = Statement::prepare(db, "UPDATE outbox SET batch = ?2 WHERE position = ?1");
  if (!update) return tl::unexpected(std::move(update).error());
  for (std::int64_t after = 0;;) {
    Bytes batch;
    {
      const sqlite::Scope scope(*select);
      const auto row = select->bind(1, after).step();
      if (!row) return tl::unexpected(row.error());
      if (!*row) return {};
      after = select->integer(0);
      batch = select->bytes(1);
    }
    // The count of the chunk's reports stays as it was: what was put in is what is acknowledged one day.
    const auto rest = without(batch, stream);
    if (!rest) continue;
    if (auto ok = update->bind(1, after).bind(2, *rest).finish(); !ok) return ok;
  }
}

// Whole pages that were given up keep what they held, until they are used again: all of them are, once.
Result<void> overwrite_free_pages(Database& db) {
  constexpr std::int64_t most = 65'536;  // of one row
  const auto free = sqlite::number_of(db, "PRAGMA freelist_count");
  if (!free) return tl::unexpected(free.error());
  const auto size = sqlite::number_of(db, "PRAGMA page_size");
  if (!size) return tl::unexpected(size.error());
  for (auto left = *free; left > 0; left -= most) {
    const auto bytes = std::min(left, most) * *size;
    auto ok = run(db, "INSERT INTO outbox VALUES (?1, 0, 0, 0, 0, 0, 0, 0, zeroblob(?2))",
                  [&](Statement& s) { s.bind(1, -left).bind(2, bytes); });
    if (!ok) return ok;
  }
  return db.run("PRAGMA secure_delete=ON; DELETE FROM outbox WHERE position < 0; PRAGMA secure_delete=FAST");
}

// Nothing of the stream stays but its name, that it was erased, and who asked for it.
Result<void> purge(Database& db, const std::string& stream, bool sealed) {
  for (const char* sql : {ALLIANCE_STORE_OWN_ROWS "DELETE FROM log WHERE id IN (SELECT id FROM own)",
                          // Where the chain is damaged, all rows are looked at.
                          "DELETE FROM log WHERE id IN (SELECT l.id FROM streams s CROSS JOIN log l ON l.stream = s.id "
                          "WHERE s.name = ?1 AND s.events > changes())",
                          "UPDATE streams SET last = 0, service = '', practitioner = '' WHERE name = ?1",
                          "DELETE FROM plugin_values WHERE stream = (SELECT id FROM streams WHERE name = ?1)",
                          "DELETE FROM dead_letters WHERE case_id = ?1"}) {
    if (auto ok = run(db, sql, [&](Statement& s) { s.bind(1, stream); }); !ok) return ok;
  }
  if (auto ok = drop_account(db, stream); !ok) return ok;
  if (auto ok = drop_from_outbox(db, stream); !ok) return ok;
  return sealed ? Result<void>{} : overwrite_free_pages(db);
}

Result<void> keep_act(Database& db, const Act& act, const Bytes& destroyed) {
  return run(db,
             "INSERT INTO acts (time, act, stream, role, by, reason, reference, epoch, key) "
             "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
             [&](Statement& s) {
               s.bind(1, act.time)
                   .bind(2, static_cast<std::int64_t>(act.kind))
                   .bind(3, act.stream)
                   .bind(4, std::int64_t{act.role})
                   .bind(5, act.by)
                   .bind(6, act.reason)
                   .bind(7, act.reference)
                   .bind(8, act.epoch)
                   .bind_or_null(9, destroyed);
             });
}

Result<void> keep_head(Database& db, const StreamHead& head) {
  return run(
      db,
      "UPDATE streams SET epoch = ?2, next_sequence = ?3, wake = ?4, due = ?4, events = ?5, standing = ?6, erased = ?7 "
      "WHERE name = ?1",
      [&](Statement& s) {
        s.bind(1, head.id)
            .bind(2, head.epoch)
            .bind(3, head.next_sequence)
            .bind(4, head.wake)
            .bind(5, head.events)
            .bind(6, std::int64_t{head.standing})
            .bind(7, head.erased);
      });
}

}  // namespace

Result<StreamHead> head_of(Database& db, const std::string& stream) {
  auto select = Statement::prepare(
      db,
      "SELECT name, epoch, next_sequence, wake, events, standing, erased, service, practitioner FROM streams "
      "WHERE name = ?1");
  if (!select) return tl::unexpected(std::move(select).error());
  const auto row = select->bind(1, stream).step();
  if (!row) return tl::unexpected(row.error());
  if (!*row) return fail(ALLIANCE_E_NOT_FOUND, "there is no such case or practitioner in the store", stream);
  return StreamHead{select->text(0),
                    select->integer(1),
                    static_cast<std::uint64_t>(select->integer(2)),
                    select->integer(3),
                    static_cast<std::uint64_t>(select->integer(4)),
                    static_cast<std::uint8_t>(select->integer(5)),
                    select->integer(6),
                    {select->text(7), select->text(8)}};
}

std::uint8_t standing_after(ActKind kind, std::uint8_t before) {
  const unsigned now = before;
  switch (kind) {
    case ActKind::erase:
      return 0;
    case ActKind::restrict:
      return static_cast<std::uint8_t>(now | standing_restricted);
    case ActKind::lift:
      return static_cast<std::uint8_t>(now & ~unsigned{standing_restricted});
    case ActKind::hold:
      return static_cast<std::uint8_t>(now | standing_held);
    case ActKind::release:
      break;
  }
  return static_cast<std::uint8_t>(now & ~unsigned{standing_held});
}

Act act_of(const sqlite::Statement& row) {
  return {row.integer(0), static_cast<ActKind>(row.integer(1)),
          row.text(2),    static_cast<std::int32_t>(row.integer(3)),
          row.text(4),    row.text(5),
          row.text(6),    row.integer(7),
          false};
}

Result<StreamHead> carry_out(Database& db, Vault& vault, const Act& act, const KeyId& fresh, BatchBuilder& reports) {
  if (act.unseen) {
    auto made =
        run(db, "INSERT OR IGNORE INTO streams (name, epoch, next_sequence, wake, events) VALUES (?1, 0, 1, 0, 0)",
            [&](Statement& s) { s.bind(1, act.stream); });
    if (!made) return tl::unexpected(std::move(made).error());
  }
  auto found = head_of(db, act.stream);
  if (!found) return found;
  const auto tenant = tenant_of(db);
  if (!tenant) return tl::unexpected(tenant.error());
  StreamHead head = std::move(*found);
  Act kept = act;
  Bytes destroyed;
  head.standing = standing_after(act.kind, head.standing);
  switch (act.kind) {
    case ActKind::erase: {
      destroyed = vault.id_of(act.stream);
      if (auto ok = purge(db, act.stream, vault.sealed()); !ok) return tl::unexpected(std::move(ok).error());
      fb::CaseErasedT body;
      body.before = head.epoch == 0 ? act.epoch - 1 : head.epoch;  // unseen here: whatever there was
      body.at = act.time;
      body.reference = act.reference;
      head = StreamHead{head.id, act.epoch, 1, 0, 0, 0, act.time};
      const auto envelope = envelope_of(*tenant, head, act.time, "case-erased", std::move(body));
      if (auto ok = reports.add(envelope, &fresh); !ok) return tl::unexpected(std::move(ok).error());
      ++head.next_sequence;
      if (vault.sealed()) {
        auto ok = run(db, "UPDATE streams SET key = ?2, key_epoch = ?3 WHERE name = ?1",
                      [&](Statement& s) { s.bind(1, head.id).bind(2, fresh).bind(3, head.epoch); });
        if (!ok) return tl::unexpected(std::move(ok).error());
      }
      break;
    }
    case ActKind::restrict:
    case ActKind::lift: {
      if (auto ok = drop_account(db, act.stream); !ok) return tl::unexpected(std::move(ok).error());
      fb::CaseRestrictedT body;
      body.lifted = act.kind == ActKind::lift;
      if (body.lifted) head.wake = act.time;  // what time did meanwhile is looked at again
      body.at = act.time;
      body.reference = act.reference;
      const auto envelope = envelope_of(*tenant, head, act.time, "case-restricted", std::move(body));
      if (auto ok = reports.add(envelope); !ok) return tl::unexpected(std::move(ok).error());
      ++head.next_sequence;
      break;
    }
    case ActKind::hold:
    case ActKind::release:
      break;
  }
  kept.epoch = head.epoch;
  if (auto ok = keep_head(db, head); !ok) return tl::unexpected(std::move(ok).error());
  if (auto ok = keep_act(db, kept, destroyed); !ok) return tl::unexpected(std::move(ok).error());
  return head;
}

Result<void> renew(Database& db, Vault& vault, std::int64_t epoch, std::int64_t now, BatchBuilder& reports) {
  const auto tenant = tenant_of(db);
  if (!tenant) return tl::unexpected(tenant.error());
  std::vector<std::string> names;
  {
    auto select = Statement::prepare(db, "SELECT name FROM streams ORDER BY id");
    if (!select) return tl::unexpected(std::move(select).error());
    for (;;) {
      const auto row = select->step();
      if (!row) return tl::unexpected(row.error());
      if (!*row) break;
      names.push_back(select->text(0));
    }
  }
  for (const auto& name : names) {
    auto head = head_of(db, name);
    if (!head) return tl::unexpected(std::move(head).error());
    fb::CaseRestoredT body;
    body.before = head->epoch;
    body.at = now;
    head->epoch = epoch;
    head->next_sequence = 1;
    // Not of what was erased since, nor where the key is lost. The host's own log tells nobody anything.
    const bool readable = !vault.sealed() || vault.slot(vault.id_of(name)).state == KeyRing::State::live;
    if (readable && !name.starts_with("host/")) {
      const auto envelope = envelope_of(*tenant, *head, now, "case-restored", std::move(body));
      if (auto ok = reports.add(envelope); !ok) return ok;
      ++head->next_sequence;
    }
    if (auto ok = keep_head(db, *head); !ok) return ok;
  }
  return run(db, "UPDATE totals SET epoch = max(epoch, ?1)", [&](Statement& s) { s.bind(1, epoch); });
}

}  // namespace alliance::store

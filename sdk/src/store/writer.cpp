// SPDX-License-Identifier: Apache-2.0
#include "store/writer.h"

#include <algorithm>
#include <unordered_map>

#include "store/accounts.h"
#include "store/custody.h"
#include "store/places.h"

namespace alliance::store {
namespace {

using sqlite::Statement;

constexpr std::size_t most_streams = 65'536;  // whose rows are remembered: some 10 MB

constexpr const char* sql[] = {
    "BEGIN IMMEDIATE",
    "COMMIT",
    "SELECT id, epoch, last, due FROM streams WHERE name = ?1",
    ("INSERT INTO streams (name, epoch, next_sequence, wake, due, events, key, last) "
     "VALUES (?1, ?2, ?3, ?4, ?4, 1, ?5, ?6)"),
    // The number never goes back, whatever a caller says: a sequence is never given twice.
    ("UPDATE streams SET next_sequence = max(next_sequence, ?2), wake = ?3, events = events + 1, last = ?4 "
     "WHERE id = ?1"),
    ("UPDATE streams SET next_sequence = max(next_sequence, ?2), wake = ?3, due = ?3, events = events + 1, last = ?4 "
     "WHERE id = ?1"),
    "UPDATE streams SET wake = ?2, due = ?2 WHERE id = ?1",
    "UPDATE streams SET service = ?2, practitioner = ?3 WHERE id = ?1",
    // The number is given here and not by SQLite: it is bound into what is sealed.
    ("INSERT INTO log (id, stream, event_id, time, event, derived, epoch, before) "
     "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)"),
    ("INSERT INTO plugin_values (stream, key, version, bytes, epoch) VALUES (?1, ?2, ?3, ?4, ?5) "
     "ON CONFLICT (stream, key) DO UPDATE SET version = excluded.version, bytes = excluded.bytes, "
     "epoch = excluded.epoch"),
    ("INSERT INTO outbox (all_events, all_reports, acknowledged, epoch, position, latest, lane, reports, "
     "batch) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)"),
    "DELETE FROM outbox WHERE position = ?1",
    ("INSERT INTO endpoints (name, lane, position) VALUES (?1, ?2, ?3) "
     "ON CONFLICT (name, lane) DO UPDATE SET position = excluded.position"),
    "DELETE FROM endpoints WHERE name = ?1",
    "UPDATE totals SET events = ?1, reports = ?2, acknowledged = ?3, epoch = ?4, position = ?5, latest = ?6",
    "INSERT INTO access_log (time, role, viewer, scope, subject) VALUES (?1, ?2, ?3, ?4, ?5)",
    "INSERT INTO meta (name, value) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
    ("INSERT INTO dead_letters (endpoint, lane, position, report, case_id, kind, epoch, sequence, time, status, "
     "reason, tries, since, resent, envelope) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, 0, ?14)"),
    "UPDATE dead_letters SET resent = 1 WHERE number = ?1",
    "DELETE FROM dead_letters WHERE resent = 1 AND lane = ?1 AND position <= ?2",
    "DELETE FROM dead_letters WHERE endpoint = ?1",
    "UPDATE streams SET next_sequence = max(next_sequence, ?2) WHERE name = ?1",
};
enum Which {
  begin,
  commit,
  look_up_stream,
  new_stream,
  next_event,
  next_event_and_due,
  put_wake,
  put_carrier,
  put_log,
  put_value,
  put_chunk,
  drop_chunk,
  put_place,
  drop_endpoint,
  put_totals,
  put_read,
  put_note,
  put_letter,
  mark_resent,
  drop_letters,
  drop_letters_of,
  raise_sequence,
  count
};
static_assert(std::size(sql) == count);

Result<void> add(BatchBuilder& builder, const std::vector<Bytes>& envelopes) {
  for (const auto& envelope : envelopes) {
    if (auto ok = builder.add(envelope); !ok) return ok;
  }
  return {};
}

Statement& bind(Statement& statement, const Writer::Totals& all) {
  return statement.bind(1, all.events)
      .bind(2, all.reports)
      .bind(3, all.acknowledged)
      .bind(4, all.epoch)
      .bind(5, all.position)
      .bind(6, all.latest);
}

}  // namespace

struct Writer::Statements {
  std::vector<Statement> all;
  AccountWriter accounts;
  std::array<std::uint64_t, 2> dropped{};  // floors that the file already has
  std::uint64_t last_row = 0;              // of the log
  Totals so_far;
  std::unordered_map<std::string, Writer::Stream> streams;  // as they stand in the file, those that were asked for
  BatchBuilder normal, safety;
  Statement& operator[](Which which) { return all[which]; }
};

Result<Writer> Writer::create(sqlite::Database& db, Vault& vault) {
  auto accounts = AccountWriter::create(db);
  if (!accounts) return tl::unexpected(std::move(accounts).error());
  auto statements = std::make_shared<Statements>(
      Statements{{}, std::move(*accounts), {}, 0, {}, {}, BatchBuilder(vault), BatchBuilder(vault)});
  for (const char* text : sql) {
    auto statement = Statement::prepare(db, text);
    if (!statement) return tl::unexpected(std::move(statement).error());
    statements->all.push_back(std::move(*statement));
  }
  const auto last = sqlite::number_of(db, "SELECT ifnull(max(id), 0) FROM log");
  if (!last) return tl::unexpected(last.error());
  statements->last_row = static_cast<std::uint64_t>(*last);
  auto totals = Statement::prepare(db, "SELECT events, reports, acknowledged, epoch, position, latest FROM so_far");
  if (!totals) return tl::unexpected(std::move(totals).error());
  if (const auto row = totals->step(); !row) return tl::unexpected(row.error());
  const auto counted = [&](int column) { return static_cast<std::uint64_t>(totals->integer(column)); };
  statements->so_far = {counted(0), counted(1), counted(2), totals->integer(3), counted(4), totals->integer(5)};
  return Writer(db, vault, std::move(statements));
}

Result<Written> Writer::write(std::span<Request* const> requests, const Ledger::Pending& pending) {
  auto& s = *statements_;
  if (auto ok = make_keys(requests); !ok) return tl::unexpected(std::move(ok).error());
  const auto last_row = s.last_row;
  const auto so_far = s.so_far;
  auto result = s[begin].finish().and_then([&] { return fill(requests, pending); }).and_then([&](Written written) {
    return s[commit].finish().map([&] { return std::move(written); });
  });
  if (!result) {
    db_->rollback();
    s.last_row = last_row;
    s.so_far = so_far;
    s.streams.clear();
  } else {
    s.dropped = pending.floor;
  }
  return result;
}

// Before the transaction: what is sealed under a key must not be on the disk before the key is.
Result<void> Writer::make_keys(std::span<Request* const> requests) {
  std::vector<std::string> without;
  for (const auto* request : requests) {
    for (const auto& entry : request->entries) {
      if (entry.event_id.empty()) continue;
      const auto known = vault_->knows(entry.stream);
      if (!known) return tl::unexpected(known.error());
      if (!*known) without.push_back(entry.stream);
    }
  }
  return vault_->make(without);
}

Result<Written> Writer::fill(std::span<Request* const> requests, const Ledger::Pending& pending) {
  auto& s = *statements_;
  Written out;
  const auto wanted = [&](Lane lane) { return pending.takers[Ledger::index(lane)] > 0; };
  BatchBuilder &normal = s.normal, &safety = s.safety;
  normal.begin(wanted(Lane::normal));
  safety.begin(wanted(Lane::safety));
  if (auto ok = put_places(pending); !ok) return tl::unexpected(ok.error());
  for (auto* request : requests) {
    for (const auto& entry : request->entries) {
      if (auto ok = put(entry, request->epoch_if_new, out); !ok) return tl::unexpected(ok.error());
      if (auto ok = add(normal, entry.normal); !ok) return tl::unexpected(ok.error());
      if (auto ok = add(safety, entry.safety); !ok) return tl::unexpected(ok.error());
    }
    if (request->act) {
      s.streams.erase(request->act->stream);
      auto head = carry_out(*db_, *vault_, *request->act, request->fresh, normal);
      if (!head) return tl::unexpected(std::move(head).error());
      request->head = std::move(*head);
      out.epoch = std::max(out.epoch, request->head.epoch);
    }
    if (auto ok = put_dead(*request, normal, safety); !ok) return tl::unexpected(ok.error());
    if (const auto& read = request->read) {
      const auto ok = s[put_read]
                          .bind(1, read->time)
                          .bind(2, read->role)
                          .bind(3, read->viewer)
                          .bind(4, read->scope)
                          .bind(5, read->subject)
                          .finish();
      if (!ok) return tl::unexpected(ok.error());
    }
    if (const auto& note = request->note) {
      auto ok = s[put_note].bind(1, note->first).bind(2, note->second).finish();
      if (ok && note->first == accounts_note && note->second.empty()) ok = s.accounts.clear();
      if (!ok) return tl::unexpected(ok.error());
    }
    if (request->forgotten) {
      if (auto ok = s[drop_endpoint].bind(1, *request->forgotten).finish(); !ok) return tl::unexpected(ok.error());
      if (auto ok = s[drop_letters_of].bind(1, *request->forgotten).finish(); !ok) return tl::unexpected(ok.error());
    }
  }
  auto urgent = safety.finish(), others = normal.finish();
  Totals& all = s.so_far;
  all.events += out.events;
  all.acknowledged = pending.acknowledged;
  all.epoch = std::max(all.epoch, out.epoch);
  for (const auto* batches : {&urgent, &others}) {
    for (const auto& batch : *batches) all.reports += batch.reports;
  }
  if (auto ok = put_outbox(Lane::safety, urgent, wanted(Lane::safety), out); !ok) return tl::unexpected(ok.error());
  if (auto ok = put_outbox(Lane::normal, others, wanted(Lane::normal), out); !ok) return tl::unexpected(ok.error());
  if (!out.rows.empty()) return out;
  return bind(s[put_totals], all).finish().map([&] { return std::move(out); });
}

Result<Writer::Stream*> Writer::find(const std::string& name) {
  auto& s = *statements_;
  if (const auto known = s.streams.find(name); known != s.streams.end()) return &known->second;
  const sqlite::Scope scope(s[look_up_stream]);
  const auto row = s[look_up_stream].bind(1, name).step();
  if (!row) return tl::unexpected(row.error());
  if (!*row) return nullptr;
  if (s.streams.size() >= most_streams) s.streams.clear();
  const Statement& found = s[look_up_stream];
  Stream& stream = s.streams[name];
  stream = {found.integer(0), found.integer(1), static_cast<std::uint64_t>(found.integer(2)), found.integer(3)};
  return &stream;
}

Result<Writer::Stream> Writer::put_stream(const Entry& entry, std::int64_t epoch_if_new, std::uint64_t row) {
  auto& s = *statements_;
  const auto known = find(entry.stream);
  if (!known) return tl::unexpected(known.error());
  if (*known != nullptr) {
    Stream& stream = **known;
    const bool sooner = entry.wake != 0 && (stream.due == 0 || entry.wake < stream.due);
    const bool moves = (sooner || entry.time_passed) && stream.due != entry.wake;
    auto& next = s[moves ? next_event_and_due : next_event];
    auto ok = next.bind(1, stream.row).bind(2, entry.next_sequence).bind(3, entry.wake).bind(4, row).finish();
    if (!ok) return tl::unexpected(std::move(ok).error());
    const Stream before = stream;
    stream.last = row;
    if (moves) stream.due = entry.wake;
    return before;
  }
  const auto key = vault_->id_of(entry.stream);
  const auto made = s[new_stream]
                        .bind(1, entry.stream)
                        .bind(2, epoch_if_new)
                        .bind(3, entry.next_sequence)
                        .bind(4, entry.wake)
                        .bind_or_null(5, key)
                        .bind(6, row)
                        .finish();
  if (!made) return tl::unexpected(made.error());
  if (s.streams.size() >= most_streams) s.streams.clear();
  const Stream before{sqlite3_last_insert_rowid(db_->raw()), epoch_if_new, 0, 0};
  s.streams[entry.stream] = {before.row, before.epoch, row, entry.wake};
  return before;
}

Result<void> Writer::put(const Entry& entry, std::int64_t epoch_if_new, Written& out) {
  if (entry.event_id.empty()) {
    const auto known = find(entry.stream);
    if (!known) return tl::unexpected(known.error());
    if (*known == nullptr) return {};
    Stream& stream = **known;
    stream.due = entry.wake;
    if (auto ok = (*statements_)[put_wake].bind(1, stream.row).bind(2, entry.wake).finish(); !ok) return ok;
    return put_whose(entry, stream);
  }
  const auto row = ++statements_->last_row;
  const auto stream = put_stream(entry, epoch_if_new, row);
  if (!stream) return tl::unexpected(stream.error());
  out.epoch = std::max(out.epoch, stream->epoch);
  ++out.events;
  auto& latest = statements_->so_far.latest;
  if (!entry.stream.starts_with(of_the_host)) latest = std::max(latest, entry.time);
  if (auto ok = put_event(entry, *stream, row); !ok) return ok;
  return put_whose(entry, *stream);
}

Result<void> Writer::put_event(const Entry& entry, const Stream& of, std::uint64_t row) {
  auto& s = *statements_;
  const auto [stream, epoch, before, due] = of;
  const auto place = event_place(entry.stream, epoch, row, entry.event_id, entry.time);
  Bytes sealed_event, sealed_derived;
  const auto event = vault_->kept(place, entry.event, sealed_event);
  if (!event) return tl::unexpected(event.error());
  const auto derived = vault_->kept(derived_place(place), entry.derived, sealed_derived);
  if (!derived) return tl::unexpected(derived.error());
  const auto ok = s[put_log]
                      .bind(1, row)
                      .bind(2, stream)
                      .bind(3, entry.event_id)
                      .bind(4, entry.time)
                      .bind(5, *event)
                      .bind(6, *derived)
                      .bind(7, epoch)
                      .bind(8, before)
                      .finish();
  if (!ok) return ok;
  for (const auto& value : entry.values) {
    const auto bytes = vault_->seal(value_place(entry.stream, epoch, value.key, value.version), value.bytes);
    if (!bytes) return tl::unexpected(bytes.error());
    const auto put =
        s[put_value].bind(1, stream).bind(2, value.key).bind(3, value.version).bind(4, *bytes).bind(5, epoch).finish();
    if (!put) return put;
  }
  return {};
}

Result<void> Writer::put_whose(const Entry& entry, const Stream& stream) {
  if (const auto& carrier = entry.carrier) {
    auto& put = (*statements_)[put_carrier];
    if (auto ok = put.bind(1, stream.row).bind(2, carrier->service).bind(3, carrier->practitioner).finish(); !ok) {
      return ok;
    }
  }
  return put_account(entry, stream.row, stream.epoch);
}

Result<void> Writer::put_account(const Entry& entry, std::int64_t stream, std::int64_t epoch) {
  auto& accounts = statements_->accounts;
  if (entry.account) {
    Account sealed = *entry.account;
    auto bytes = vault_->seal(account_place(entry.stream, epoch), sealed.bytes);
    if (!bytes) return tl::unexpected(bytes.error());
    sealed.bytes = std::move(*bytes);
    if (auto ok = accounts.put(stream, epoch, sealed); !ok) return ok;
  }
  return entry.spans ? accounts.put(stream, *entry.spans) : Result<void>{};
}

Result<void> Writer::put_dead(const Request& request, BatchBuilder& normal, BatchBuilder& safety) {
  auto& s = *statements_;
  for (const auto& letter : request.buried) {
    if (vault_->erased(letter_place(letter))) continue;
    // What could not be read as reports is kept as it lies in the outbox.
    const auto envelope =
        letter.report.empty() ? Result<Bytes>(letter.envelope) : vault_->seal(letter_place(letter), letter.envelope);
    if (!envelope) return tl::unexpected(envelope.error());
    const auto ok = s[put_letter]
                        .bind(1, letter.endpoint)
                        .bind(2, static_cast<std::int64_t>(letter.lane))
                        .bind(3, letter.position)
                        .bind(4, letter.report)
                        .bind(5, letter.case_id)
                        .bind(6, letter.kind)
                        .bind(7, letter.epoch)
                        .bind(8, letter.sequence)
                        .bind(9, letter.time)
                        .bind(10, letter.status)
                        .bind(11, letter.reason)
                        .bind(12, letter.tries)
                        .bind(13, letter.since)
                        .bind(14, *envelope)
                        .finish();
    if (!ok) return ok;
  }
  if (!request.again) return {};
  if (auto ok = add(normal, request.again->normal); !ok) return ok;
  if (auto ok = add(safety, request.again->safety); !ok) return ok;
  for (const auto number : request.again->numbers) {
    if (auto ok = s[mark_resent].bind(1, number).finish(); !ok) return ok;
  }
  return s[raise_sequence].bind(1, request.again->stream).bind(2, request.again->next_sequence).finish();
}

Result<void> Writer::put_outbox(Lane lane, std::vector<Batch>& batches, bool wanted, Written& out) {
  auto& s = *statements_;
  for (auto& batch : batches) {
    ++s.so_far.position;
    const auto ok = bind(s[put_chunk], s.so_far)
                        .bind(7, static_cast<std::int64_t>(lane))
                        .bind(8, batch.reports)
                        .bind(9, batch.bytes)
                        .finish();
    if (!ok) return ok;
    Bytes sent;
    if (wanted) sent = vault_->sealed() ? std::move(batch.plain) : std::move(batch.bytes);
    out.rows.push_back({lane, s.so_far.position, batch.reports, std::move(sent)});
  }
  return {};
}

Result<void> Writer::put_places(const Ledger::Pending& pending) {
  auto& s = *statements_;
  for (const auto& place : pending.places) {
    const auto ok = s[put_place]
                        .bind(1, place.endpoint)
                        .bind(2, static_cast<std::int64_t>(place.lane))
                        .bind(3, place.position)
                        .finish();
    if (!ok) return ok;
  }
  for (const auto position : pending.gone) {
    if (auto ok = s[drop_chunk].bind(1, position).finish(); !ok) return ok;
  }
  for (std::size_t lane = 0; lane < 2; ++lane) {
    if (pending.floor[lane] == s.dropped[lane]) continue;
    if (auto ok = s[drop_letters].bind(1, lane).bind(2, pending.floor[lane]).finish(); !ok) return ok;
  }
  return {};
}

}  // namespace alliance::store

// SPDX-License-Identifier: Apache-2.0
#include "store/outbox_view.h"

#include <alliance_schema/envelope_generated.h>

#include <filesystem>
#include <set>

#include "schema/verify.h"
#include "store/opening.h"
#include "store/places.h"
#include "store/tables.h"

namespace alliance::store {
namespace {

std::uint64_t counted(std::int64_t value) { return static_cast<std::uint64_t>(value); }

template <class Row>
Result<void> rows(sqlite::Database& db, const char* sql, Row row) {
  auto statement = sqlite::Statement::prepare(db, sql);
  if (!statement) return tl::unexpected(std::move(statement).error());
  for (;;) {
    const auto there = statement->step();
    if (!there) return tl::unexpected(there.error());
    if (!*there) return {};
    row(*statement);
  }
}

}  // namespace

DeadLetter dead_letter(const sqlite::Statement& row, const Vault& vault) {
  DeadLetter letter;
  letter.number = counted(row.integer(0));
  letter.endpoint = row.text(1);
  letter.lane = row.integer(2) == 0 ? Lane::normal : Lane::safety;
  letter.position = counted(row.integer(3));
  letter.report = row.text(4);
  letter.case_id = row.text(5);
  letter.kind = row.text(6);
  letter.epoch = row.integer(7);
  letter.sequence = counted(row.integer(8));
  letter.time = row.integer(9);
  letter.status = static_cast<std::int32_t>(row.integer(10));
  letter.reason = row.text(11);
  letter.tries = static_cast<std::uint32_t>(row.integer(12));
  letter.since = row.integer(13);
  if (letter.report.empty() || !vault.sealed()) {
    letter.envelope = row.bytes(14);
  } else if (auto envelope = vault.unseal(letter_place(letter), row.blob(14))) {
    letter.envelope = std::move(*envelope);
  }
  return letter;
}

fb::DeadLetterT described(const DeadLetter& letter, bool with_report) {
  fb::DeadLetterT out;
  out.number = letter.number;
  out.id = letter.report;
  out.endpoint = letter.endpoint;
  out.lane = static_cast<fb::Lane>(letter.lane);
  out.case_ = letter.case_id;
  out.kind = letter.kind;
  out.epoch = letter.epoch;
  out.sequence = letter.sequence;
  out.time = letter.time;
  out.position = letter.position;
  out.status = letter.status;
  out.reason = letter.reason;
  out.tries = letter.tries;
  out.since = letter.since;
  if (!with_report || letter.report.empty()) return out;
  const auto envelope = schema::verified<fb::Envelope>(letter.envelope, nullptr, 4);
  if (!envelope) return out;
  const Bytes payload((*envelope)->payload()->begin(), (*envelope)->payload()->end());
  if (const auto report = schema::verified<fb::Report>(payload, "ALRP")) {
    out.report = std::make_unique<fb::ReportT>();
    (*report)->UnPackTo(out.report.get());
  }
  return out;
}

Result<Resend> again(const std::vector<DeadLetter>& letters, std::uint64_t next_sequence) {
  Resend out;
  std::set<std::string> reports;
  out.next_sequence = next_sequence;
  for (const auto& letter : letters) {
    const auto envelope = schema::verified<fb::Envelope>(letter.envelope, nullptr, 4);
    if (letter.report.empty() || !envelope) {
      return fail(ALLIANCE_E_BAD_INPUT, "dead letter " + std::to_string(letter.number) +
                                            " cannot be sent again: the outbox was damaged there");
    }
    out.stream = letter.case_id;
    out.numbers.push_back(letter.number);
    if (!reports.insert(letter.report).second) continue;  // refused by several endpoints: each is waiting for its id
    fb::EnvelopeT made;
    (*envelope)->UnPackTo(&made);
    if (made.first_sequence == 0) made.first_sequence = made.sequence;
    made.sequence = out.next_sequence++;
    flatbuffers::FlatBufferBuilder builder;
    builder.Finish(fb::Envelope::Pack(builder, &made), "ALEN");
    (letter.lane == Lane::safety ? out.safety : out.normal)
        .emplace_back(builder.GetBufferPointer(), builder.GetBufferPointer() + builder.GetSize());
  }
  return out;
}

Result<OutboxView> OutboxView::open(const std::string& path, KeySource keys) {
  std::error_code error;
  if (!std::filesystem::exists(path, error)) return fail(ALLIANCE_E_NOT_FOUND, path + " does not exist");
  auto db = sqlite::Database::open(path, SQLITE_OPEN_READWRITE);  // a log's index must be writable even for a reader
  if (!db) return tl::unexpected(std::move(db).error());
  sqlite3_busy_timeout(db->raw(), 2000);
  if (auto ok = db->run("PRAGMA query_only=ON"); !ok) return tl::unexpected(std::move(ok).error());
  const auto id = sqlite::number_of(*db, "PRAGMA application_id");
  if (!id) return tl::unexpected(id.error());
  const auto format = sqlite::number_of(*db, "PRAGMA user_version");
  if (!format) return tl::unexpected(format.error());
  if (*id != file_kind.application_id) return fail(ALLIANCE_E_BAD_INPUT, path + " is not " + file_kind.what);
  if (*format != std::ssize(file_kind.migrations)) {
    return fail(ALLIANCE_E_VERSION, path + " has format " + std::to_string(*format) +
                                        " and this version of the SDK reads " +
                                        std::to_string(std::ssize(file_kind.migrations)) +
                                        ": open it once with a host of this version, or use a newer SDK");
  }
  return OutboxView(std::move(*db), std::move(keys));
}

Result<fb::OutboxStatusT> OutboxView::status() {
  fb::OutboxStatusT out;
  auto ok =
      rows(db_, "SELECT events, reports, acknowledged, (SELECT value FROM meta WHERE name = 'tenant') FROM so_far",
           [&](const sqlite::Statement& row) {
             out.events = counted(row.integer(0));
             out.reports = counted(row.integer(1));
             out.acknowledged = counted(row.integer(2));
             out.tenant = row.text(3);
             out.waiting = out.reports - out.acknowledged;
           });
  if (!ok) return tl::unexpected(std::move(ok).error());
  ok = rows(db_,
            "SELECT name, lane, position, "
            "(SELECT ifnull(sum(reports), 0) FROM outbox o WHERE o.lane = e.lane AND o.position > e.position), "
            "(SELECT count(*) FROM dead_letters d WHERE d.endpoint = e.name AND d.lane = e.lane AND d.resent = 0) "
            "FROM endpoints e ORDER BY name, lane",
            [&](const sqlite::Statement& row) {
              auto one = std::make_unique<fb::EndpointStatusT>();
              one->endpoint = row.text(0);
              one->lane = row.integer(1) == 0 ? fb::Lane::normal : fb::Lane::safety;
              one->acknowledged = counted(row.integer(2));
              one->waiting = counted(row.integer(3));
              one->dead_letters = counted(row.integer(4));
              out.endpoints.push_back(std::move(one));
            });
  if (!ok) return tl::unexpected(std::move(ok).error());
  return out;
}

Result<std::vector<DeadLetter>> OutboxView::dead_letters() {
  std::vector<DeadLetter> out;
  const auto tenant = meta_of(db_, "tenant");
  if (!tenant) return tl::unexpected(tenant.error());
  const auto vault = open_vault(db_, *tenant, keys_);
  if (!vault) return tl::unexpected(vault.error());
  auto ok =
      rows(db_, dead_letters_sql, [&](const sqlite::Statement& row) { out.push_back(dead_letter(row, **vault)); });
  return ok.map([&] { return std::move(out); });
}

}  // namespace alliance::store

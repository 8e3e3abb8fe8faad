// SPDX-License-Identifier: Apache-2.0
#include "inbox_file.h"

#include <alliance_schema/envelope_generated.h>

#include "schema/json.h"
#include "store/sqlite.h"

namespace alliance::tools {
namespace {

using messaging::HighWater;
using messaging::Lane;
using sqlite::Statement;

constexpr const char* format_1 = R"(
CREATE TABLE inbox (arrival INTEGER PRIMARY KEY AUTOINCREMENT, tenant TEXT NOT NULL, case_id TEXT NOT NULL,
  epoch INTEGER NOT NULL, sequence INTEGER NOT NULL, lane INTEGER NOT NULL, id TEXT NOT NULL, time INTEGER NOT NULL,
  kind TEXT NOT NULL, report BLOB NOT NULL, UNIQUE (tenant, case_id, epoch, sequence));
CREATE TABLE marks (tenant TEXT NOT NULL, case_id TEXT NOT NULL, epoch INTEGER NOT NULL, lane INTEGER NOT NULL,
  sequence INTEGER NOT NULL, PRIMARY KEY (tenant, case_id, epoch, lane)) WITHOUT ROWID;
)";
constexpr const char* migrations[] = {format_1};
constexpr sqlite::Kind file_kind{"an Alliance inbox", 0x414c4942 /* ALIB */, migrations};

std::string text_of(const flatbuffers::String* text) { return text->str(); }

}  // namespace

struct Inbox::Statements {
  Statement begin, commit, put, mark, all;
};

Result<std::unique_ptr<Inbox>> Inbox::open(const std::string& path) {
  auto file = sqlite::open_own(path, file_kind);
  if (!file) return tl::unexpected(std::move(file).error());
  std::unique_ptr<Inbox> inbox(new Inbox(std::move(*file)));
  if (auto ok = inbox->prepare(); !ok) return tl::unexpected(std::move(ok).error());
  return inbox;
}

Result<void> Inbox::prepare() {
  std::vector<Statement> made;
  for (const char* text :
       {"BEGIN IMMEDIATE", "COMMIT",
        "INSERT INTO inbox (tenant, case_id, epoch, sequence, lane, id, time, kind, report) "
        "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        "INSERT INTO marks (tenant, case_id, epoch, lane, sequence) VALUES (?1, ?2, ?3, ?4, ?5) "
        "ON CONFLICT (tenant, case_id, epoch, lane) DO UPDATE SET sequence = excluded.sequence",
        "SELECT id, tenant, case_id, epoch, sequence, time, kind, report FROM inbox ORDER BY arrival"}) {
    auto statement = Statement::prepare(file_.db, text);
    if (!statement) return tl::unexpected(std::move(statement).error());
    made.push_back(std::move(*statement));
  }
  statements_ = std::make_shared<Statements>(
      Statements{std::move(made[0]), std::move(made[1]), std::move(made[2]), std::move(made[3]), std::move(made[4])});

  auto marks = Statement::prepare(file_.db, "SELECT tenant, case_id, epoch, lane, sequence FROM marks");
  if (!marks) return tl::unexpected(std::move(marks).error());
  for (;;) {
    const auto row = marks->step();
    if (!row) return tl::unexpected(row.error());
    if (!*row) return {};
    marks_.restore(
        {marks->text(0), marks->text(1), marks->integer(2), marks->integer(3) == 0 ? Lane::normal : Lane::safety},
        static_cast<std::uint64_t>(marks->integer(4)));
  }
}

Result<void> Inbox::keep(std::span<const messaging::Chunk> chunks, const Show& show,
                         const std::function<Result<void>()>& shown) {
  const auto before = repeats_;
  auto result = statements_->begin.finish().and_then([&] { return fill(chunks, show); }).and_then(shown).and_then([&] {
    return statements_->commit.finish();
  });
  if (result) {
    marks_.keep();
  } else {
    file_.db.rollback();
    marks_.forget();
    repeats_ = before;
  }
  return result;
}

Result<void> Inbox::fill(std::span<const messaging::Chunk> chunks, const Show& show) {
  for (const auto& chunk : chunks) {
    const auto batch = messaging::read_batch(chunk.batch);
    if (!batch) return tl::unexpected(batch.error());
    for (const auto* envelope : *(*batch)->envelopes()) {
      if (auto ok = put(*envelope, show); !ok) return ok;
    }
  }
  for (const auto& [key, sequence] : marks_.raised()) {
    const auto ok = statements_->mark.bind(1, key.tenant)
                        .bind(2, key.case_id)
                        .bind(3, key.epoch)
                        .bind(4, static_cast<std::int64_t>(key.lane))
                        .bind(5, sequence)
                        .finish();
    if (!ok) return ok;
  }
  return {};
}

Result<void> Inbox::put(const fb::Envelope& envelope, const Show& show) {
  const auto lane = static_cast<Lane>(envelope.lane());
  const HighWater::Key key{text_of(envelope.tenant()), text_of(envelope.case_()), envelope.epoch(), lane};
  if (envelope.sequence() > INT64_MAX) return fail(ALLIANCE_E_BAD_INPUT, "a report has a sequence number out of range");
  if (!marks_.raise(key, envelope.sequence())) {
    ++repeats_;
    return {};
  }
  // Copied: the payload's place in the batch is the sender's choice, and verifying wants it aligned.
  const std::vector<std::uint8_t> report(envelope.payload()->begin(), envelope.payload()->end());
  if (auto ok = schema::verify("Report", report); !ok) {
    return fail(ALLIANCE_E_BAD_INPUT, "a batch holds a report that is not well formed: " + ok.error().message);
  }
  const InboxReport shown{text_of(envelope.id()), key.tenant,      key.case_id, text_of(envelope.kind()), key.epoch,
                          envelope.sequence(),    envelope.time(), report};
  auto& statement = statements_->put;
  {
    const sqlite::Scope scope(statement);
    const auto row = statement.bind(1, key.tenant)
                         .bind(2, key.case_id)
                         .bind(3, key.epoch)
                         .bind(4, shown.sequence)
                         .bind(5, static_cast<std::int64_t>(lane))
                         .bind(6, shown.id)
                         .bind(7, shown.time)
                         .bind(8, shown.kind)
                         .bind(9, report)
                         .step();
    if (!row && sqlite3_extended_errcode(file_.db.raw()) == SQLITE_CONSTRAINT_UNIQUE) {
      return fail(ALLIANCE_E_BAD_INPUT, "two lanes bring a report under the same number " +
                                            std::to_string(shown.sequence) +
                                            ": the sender's store was copied or restored without a new epoch");
    }
    if (!row) return tl::unexpected(row.error());
  }
  return show(shown);
}

Result<void> Inbox::each(const Show& show) {
  auto& all = statements_->all;
  const sqlite::Scope scope(all);
  for (;;) {
    const auto row = all.step();
    if (!row) return tl::unexpected(row.error());
    if (!*row) return {};
    const auto report = all.bytes(7);
    const InboxReport shown{all.text(0),    all.text(1),    all.text(2),
                            all.text(6),    all.integer(3), static_cast<std::uint64_t>(all.integer(4)),
                            all.integer(5), report};
    if (auto ok = show(shown); !ok) return ok;
  }
}

}  // namespace alliance::tools

// SPDX-License-Identifier: Apache-2.0
#include "store/inbox.h"

namespace alliance::store {
namespace {

using sqlite::Statement;

constexpr const char* inbox_1 = R"(
CREATE TABLE inbox (arrival INTEGER PRIMARY KEY AUTOINCREMENT, tenant TEXT NOT NULL, case_id TEXT NOT NULL,
  epoch INTEGER NOT NULL, sequence INTEGER NOT NULL, lane INTEGER NOT NULL, id TEXT NOT NULL, time INTEGER NOT NULL,
  kind TEXT NOT NULL, report BLOB NOT NULL, UNIQUE (tenant, case_id, epoch, sequence));
CREATE TABLE marks (tenant TEXT NOT NULL, case_id TEXT NOT NULL, epoch INTEGER NOT NULL, lane INTEGER NOT NULL,
  sequence INTEGER NOT NULL, PRIMARY KEY (tenant, case_id, epoch, lane)) WITHOUT ROWID;
)";
constexpr const char* inbox_2 = R"(
CREATE TABLE awaited (tenant TEXT NOT NULL, report TEXT NOT NULL, PRIMARY KEY (tenant, report)) WITHOUT ROWID;
)";
constexpr const char* inbox_steps[] = {inbox_1, inbox_2};
constexpr sqlite::Kind inbox_kind{"an Alliance inbox", 0x414c4942 /* ALIB */, inbox_steps};

constexpr const char* inbox_sql[] = {
    "BEGIN IMMEDIATE",
    "COMMIT",
    R"(INSERT INTO inbox (tenant, case_id, epoch, sequence, lane, id, time, kind, report)
       VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9))",
    "DELETE FROM inbox WHERE arrival = last_insert_rowid()",
    "SELECT sequence FROM marks WHERE tenant = ?1 AND case_id = ?2 AND epoch = ?3 AND lane = ?4",
    R"(INSERT INTO marks (tenant, case_id, epoch, lane, sequence) VALUES (?1, ?2, ?3, ?4, ?5)
       ON CONFLICT (tenant, case_id, epoch, lane) DO UPDATE SET sequence = excluded.sequence)",
    "SELECT 1 FROM awaited WHERE tenant = ?1 AND report = ?2",
    "INSERT OR IGNORE INTO awaited (tenant, report) VALUES (?1, ?2)",
    "DELETE FROM awaited WHERE tenant = ?1 AND report = ?2",
    "SELECT id, tenant, case_id, epoch, sequence, time, kind, report FROM inbox ORDER BY arrival",
};

Statement& bound(Statement& statement, const InboxMark& mark) {
  return statement.bind(1, mark.tenant)
      .bind(2, mark.case_id)
      .bind(3, mark.epoch)
      .bind(4, static_cast<std::int64_t>(mark.lane));
}

}  // namespace

struct Inbox::Statements {
  enum class Which { begin, commit, put, take_back, mark, set_mark, awaits, await, forget, all };
  std::vector<Statement> list;
  Statement& operator[](Which which) { return list[static_cast<std::size_t>(which)]; }
};

Result<std::unique_ptr<Inbox>> Inbox::open(const std::string& path) {
  auto file = sqlite::open_own(path, inbox_kind);
  if (!file) return tl::unexpected(std::move(file).error());
  std::unique_ptr<Inbox> inbox(new Inbox(std::move(*file)));
  if (auto ok = inbox->prepare(); !ok) return tl::unexpected(std::move(ok).error());
  return inbox;
}

Result<void> Inbox::prepare() {
  statements_ = std::make_shared<Statements>();
  for (const char* text : inbox_sql) {
    auto statement = Statement::prepare(file_.db, text);
    if (!statement) return tl::unexpected(std::move(statement).error());
    statements_->list.push_back(std::move(*statement));
  }
  return {};
}

Result<void> Inbox::begin() { return (*statements_)[Statements::Which::begin].finish(); }

Result<void> Inbox::commit() { return (*statements_)[Statements::Which::commit].finish(); }

Result<void> Inbox::take_back() { return (*statements_)[Statements::Which::take_back].finish(); }

void Inbox::abandon() { file_.db.rollback(); }

Result<std::uint64_t> Inbox::mark(const InboxMark& mark) {
  auto& statement = (*statements_)[Statements::Which::mark];
  const sqlite::Scope scope(statement);
  const auto row = bound(statement, mark).step();
  if (!row) return tl::unexpected(row.error());
  return *row ? static_cast<std::uint64_t>(statement.integer(0)) : 0;
}

Result<void> Inbox::set_mark(const InboxMark& mark, std::uint64_t sequence) {
  return bound((*statements_)[Statements::Which::set_mark], mark).bind(5, sequence).finish();
}

Result<bool> Inbox::awaits(const std::string& tenant, const std::string& report) {
  auto& statement = (*statements_)[Statements::Which::awaits];
  const sqlite::Scope scope(statement);
  return statement.bind(1, tenant).bind(2, report).step();
}

Result<void> Inbox::set_awaits(const std::string& tenant, const std::string& report, bool awaited) {
  return (*statements_)[awaited ? Statements::Which::await : Statements::Which::forget]
      .bind(1, tenant)
      .bind(2, report)
      .finish();
}

Result<void> Inbox::put(const InboxReport& report, Lane lane) {
  auto& statement = (*statements_)[Statements::Which::put];
  const sqlite::Scope scope(statement);
  const auto row = statement.bind(1, report.tenant)
                       .bind(2, report.case_id)
                       .bind(3, report.epoch)
                       .bind(4, report.sequence)
                       .bind(5, static_cast<std::int64_t>(lane))
                       .bind(6, report.id)
                       .bind(7, report.time)
                       .bind(8, report.kind)
                       .bind(9, report.report)
                       .step();
  if (row) return {};
  if (sqlite3_extended_errcode(file_.db.raw()) == SQLITE_CONSTRAINT_UNIQUE) {
    return fail(ALLIANCE_E_INVALID, "two lanes bring a report under the same number " +
                                        std::to_string(report.sequence) +
                                        ": the sender's store was copied or restored without a new epoch");
  }
  return tl::unexpected(row.error());
}

Result<void> Inbox::each(const Show& show) {
  auto& all = (*statements_)[Statements::Which::all];
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

}  // namespace alliance::store

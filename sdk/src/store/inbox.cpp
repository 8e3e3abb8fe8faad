// SPDX-License-Identifier: Apache-2.0
#include "store/inbox.h"

#include <algorithm>
#include <utility>

#include "store/opening.h"
#include "store/sealing.h"

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
constexpr const char* inbox_3 = R"(
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE keys (tenant TEXT NOT NULL, case_id TEXT NOT NULL, key BLOB NOT NULL, PRIMARY KEY (tenant, case_id))
  WITHOUT ROWID;
CREATE TABLE erased (tenant TEXT NOT NULL, case_id TEXT NOT NULL, before INTEGER NOT NULL,
  PRIMARY KEY (tenant, case_id)) WITHOUT ROWID;
CREATE TABLE doomed (key BLOB PRIMARY KEY) WITHOUT ROWID;
)";
// A case stands once, under a number: each report's row, and the index that tells its number from others', are small.
constexpr const char* inbox_4 = R"(
PRAGMA secure_delete=ON;
CREATE TABLE cases (number INTEGER PRIMARY KEY, tenant TEXT NOT NULL, case_id TEXT NOT NULL, UNIQUE (tenant, case_id));
CREATE TABLE reports (arrival INTEGER PRIMARY KEY, of_case INTEGER NOT NULL, epoch INTEGER NOT NULL,
  sequence INTEGER NOT NULL, lane INTEGER NOT NULL, id TEXT NOT NULL, time INTEGER NOT NULL, kind TEXT NOT NULL,
  report BLOB NOT NULL, UNIQUE (of_case, epoch, sequence));
INSERT INTO cases (tenant, case_id) SELECT DISTINCT tenant, case_id FROM inbox;
INSERT INTO reports SELECT arrival, (SELECT number FROM cases c WHERE c.tenant = i.tenant AND c.case_id = i.case_id),
  epoch, sequence, lane, id, time, kind, report FROM inbox i ORDER BY arrival;
DROP TABLE inbox;
)";
constexpr const char* inbox_steps[] = {inbox_1, inbox_2, inbox_3, inbox_4};
constexpr sqlite::Kind inbox_kind{"an Alliance inbox", 0x414c4942 /* ALIB */, inbox_steps};

constexpr const char* inbox_sql[] = {
    "BEGIN IMMEDIATE",
    "COMMIT",
    R"(INSERT INTO reports (arrival, of_case, epoch, sequence, lane, id, time, kind, report)
       VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9))",
    "DELETE FROM reports WHERE arrival = ?1",
    "SELECT sequence FROM marks WHERE tenant = ?1 AND case_id = ?2 AND epoch = ?3 AND lane = ?4",
    R"(INSERT INTO marks (tenant, case_id, epoch, lane, sequence) VALUES (?1, ?2, ?3, ?4, ?5)
       ON CONFLICT (tenant, case_id, epoch, lane) DO UPDATE SET sequence = excluded.sequence)",
    "SELECT 1 FROM awaited WHERE tenant = ?1 AND report = ?2",
    "INSERT OR IGNORE INTO awaited (tenant, report) VALUES (?1, ?2)",
    "DELETE FROM awaited WHERE tenant = ?1 AND report = ?2",
    R"(SELECT id, tenant, case_id, epoch, sequence, time, kind, report FROM reports JOIN cases ON number = of_case
       ORDER BY arrival)",
    "INSERT OR REPLACE INTO keys (tenant, case_id, key) VALUES (?1, ?2, ?3)",
    R"(DELETE FROM reports WHERE epoch <= ?3
       AND of_case = (SELECT number FROM cases WHERE tenant = ?1 AND case_id = ?2))",
    "INSERT OR REPLACE INTO erased (tenant, case_id, before) VALUES (?1, ?2, ?3)",
    "INSERT OR IGNORE INTO doomed SELECT key FROM keys WHERE tenant = ?1 AND case_id = ?2",
    "DELETE FROM keys WHERE tenant = ?1 AND case_id = ?2",
    "SELECT number FROM cases WHERE tenant = ?1 AND case_id = ?2",
    "INSERT INTO cases (tenant, case_id) VALUES (?1, ?2)",
};

Statement& bound(Statement& statement, const InboxMark& mark) {
  return statement.bind(1, mark.tenant)
      .bind(2, mark.case_id)
      .bind(3, mark.epoch)
      .bind(4, static_cast<std::int64_t>(mark.lane));
}

// One name for a case of a tenant; no name holds the separator.
std::string name_of(std::string_view tenant, std::string_view case_id) {
  return std::string(tenant) + '\x1f' + std::string(case_id);
}

Place place_of(const std::string& name, const InboxReport& report) {
  return {"inbox", name, report.epoch, report.sequence, report.id, report.time};
}

}  // namespace

struct Inbox::Statements {
  enum class Which {
    begin,
    commit,
    put,
    take_back,
    mark,
    set_mark,
    awaits,
    await,
    forget,
    all,
    name_key,
    erase,
    set_erased,
    doom,
    drop_key,
    find_case,
    add_case
  };
  std::vector<Statement> list;
  Statement& operator[](Which which) { return list[static_cast<std::size_t>(which)]; }
};

Result<std::unique_ptr<Inbox>> Inbox::open(const std::string& path, const KeySource& keys) {
  auto file = sqlite::open_own(path, inbox_kind);
  if (!file) return tl::unexpected(std::move(file).error());
  const auto cipher = meta_of(file->db, "cipher");
  if (!cipher) return tl::unexpected(cipher.error());
  const bool sealed = !cipher->empty();
  auto vault = Vault::plain();
  if (sealed && keys.plaintext) {
    return fail(ALLIANCE_E_STATE, path + " is encrypted: open it without the flag for plaintext");
  }
  if (!keys.plaintext) {
    const auto use = sealed || file_exists(key_ring_path(file->db.path())) ? KeyRing::Use::write : KeyRing::Use::make;
    auto opened = Vault::open(keys, file->db.path(), "inbox", use);
    if (!opened) return tl::unexpected(std::move(opened).error());
    vault = std::move(*opened);
  }
  std::unique_ptr<Inbox> inbox(new Inbox(std::move(*file), std::move(vault)));
  if (auto ok = inbox->prepare(!sealed && !keys.plaintext); !ok) return tl::unexpected(std::move(ok).error());
  return inbox;
}

Result<void> Inbox::prepare(bool seal) {
  // What is deleted is overwritten: for a plain inbox nothing else makes it unreadable.
  if (auto ok = file_.db.run("PRAGMA secure_delete=ON"); !ok) return ok;
  statements_ = std::make_shared<Statements>();
  for (const char* text : inbox_sql) {
    auto statement = Statement::prepare(file_.db, text);
    if (!statement) return tl::unexpected(std::move(statement).error());
    statements_->list.push_back(std::move(*statement));
  }
  const auto last = sqlite::number_of(file_.db, "SELECT ifnull(max(arrival), 0) FROM reports");
  if (!last) return tl::unexpected(last.error());
  arrival_ = *last;
  if (auto ok = recall(); !ok) return ok;
  if (auto ok = destroy_keys(); !ok) return ok;
  return seal ? seal_reports() : Result<void>{};
}

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
    const auto name = name_of(keys->text(0), keys->text(1));
    if (auto ok = vault_->know(name, keys->blob(2), 0); !ok) return ok;
    named_.insert(name);
  }
  auto erased = Statement::prepare(file_.db, "SELECT tenant, case_id, before FROM erased");
  if (!erased) return tl::unexpected(std::move(erased).error());
  for (;;) {
    const auto row = erased->step();
    if (!row) return tl::unexpected(row.error());
    if (!*row) return {};
    erased_[name_of(erased->text(0), erased->text(1))] = erased->integer(2);
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

Result<void> Inbox::seal_reports() {
  auto select = Statement::prepare(file_.db,
                                   "SELECT arrival, id, tenant, case_id, epoch, sequence, time, report FROM reports "
                                   "JOIN cases ON number = of_case WHERE arrival > ?1 ORDER BY arrival LIMIT 1");
  if (!select) return tl::unexpected(std::move(select).error());
  auto update = Statement::prepare(file_.db, "UPDATE reports SET report = ?2 WHERE arrival = ?1");
  if (!update) return tl::unexpected(std::move(update).error());
  if (auto ok = begin(); !ok) return ok;
  const auto work = [&]() -> Result<void> {
    bool any = false;
    for (std::int64_t after = 0;;) {
      const sqlite::Scope scope(*select);
      const auto row = select->bind(1, after).step();
      if (!row) return tl::unexpected(row.error());
      if (!*row) break;
      any = true;
      after = select->integer(0);
      InboxReport report;
      report.id = select->text(1);
      report.tenant = select->text(2);
      report.case_id = select->text(3);
      report.epoch = select->integer(4);
      report.sequence = static_cast<std::uint64_t>(select->integer(5));
      report.time = select->integer(6);
      if (auto ok = name_key(report.tenant, report.case_id); !ok) return ok;
      const auto name = name_of(report.tenant, report.case_id);
      const auto bytes = vault_->seal(place_of(name, report), select->blob(7));
      if (!bytes) return tl::unexpected(bytes.error());
      if (auto ok = update->bind(1, after).bind(2, std::span<const std::uint8_t>(*bytes)).finish(); !ok) return ok;
    }
    return file_.db.run(any ? "INSERT INTO meta (name, value) VALUES ('cipher', 'XAES-256-GCM'), ('scrub', '1')"
                            : "INSERT INTO meta (name, value) VALUES ('cipher', 'XAES-256-GCM')");
  };
  auto done = work();
  if (done) done = commit();
  if (!done) abandon();
  return done ? scrub(file_.db, {}) : done;
}

Result<void> Inbox::begin() { return (*statements_)[Statements::Which::begin].finish(); }

Result<void> Inbox::commit() {
  if (auto ok = (*statements_)[Statements::Which::commit].finish(); !ok) return ok;
  changed_ = false;
  if (!std::exchange(doomed_, false)) return {};
  return destroy_keys();
}

Result<void> Inbox::take_back() {
  if (dropped_) return {};
  return (*statements_)[Statements::Which::take_back].bind(1, arrival_).finish();
}

void Inbox::abandon() {
  file_.db.rollback();
  numbers_.clear();
  doomed_ = false;
  if (std::exchange(changed_, false)) static_cast<void>(recall());  // a failure comes back when a key is missing
}

Result<void> Inbox::name_key(const std::string& tenant, const std::string& case_id) {
  if (!vault_->sealed()) return {};
  const auto name = name_of(tenant, case_id);
  if (named_.contains(name)) return {};
  if (auto ok = vault_->make({name}); !ok) return ok;
  changed_ = true;
  named_.insert(name);
  const auto id = vault_->id_of(name);
  return (*statements_)[Statements::Which::name_key]
      .bind(1, tenant)
      .bind(2, case_id)
      .bind(3, std::span<const std::uint8_t>(id))
      .finish();
}

Result<void> Inbox::erase(const std::string& tenant, const std::string& case_id, std::int64_t before) {
  using Which = Statements::Which;
  auto& s = *statements_;
  const auto name = name_of(tenant, case_id);
  changed_ = true;
  for (const auto which : {Which::erase, Which::set_erased}) {
    if (auto ok = s[which].bind(1, tenant).bind(2, case_id).bind(3, before).finish(); !ok) return ok;
  }
  auto& known = erased_[name];
  known = std::max(known, before);
  if (!vault_->sealed()) return {};
  // What came under later epochs would go with the key; the sender numbers anew from the erasure on, so there is none.
  for (const auto which : {Which::doom, Which::drop_key}) {
    if (auto ok = s[which].bind(1, tenant).bind(2, case_id).finish(); !ok) return ok;
  }
  doomed_ = true;
  named_.erase(name);
  vault_->forget(name);
  return {};
}

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

Result<std::int64_t> Inbox::number_of(const std::string& name, const InboxReport& report) {
  if (const auto known = numbers_.find(name); known != numbers_.end()) return known->second;
  {
    auto& find = (*statements_)[Statements::Which::find_case];
    const sqlite::Scope scope(find);
    const auto there = find.bind(1, report.tenant).bind(2, report.case_id).step();
    if (!there) return tl::unexpected(there.error());
    if (*there) return numbers_[name] = find.integer(0);
  }
  const auto added =
      (*statements_)[Statements::Which::add_case].bind(1, report.tenant).bind(2, report.case_id).finish();
  return added.map([&] { return numbers_[name] = sqlite3_last_insert_rowid(file_.db.raw()); });
}

Result<void> Inbox::put(const InboxReport& report, Lane lane) {
  const auto name = name_of(report.tenant, report.case_id);
  const auto erased = erased_.find(name);
  dropped_ = erased != erased_.end() && report.epoch <= erased->second;
  if (dropped_) return {};
  if (auto ok = name_key(report.tenant, report.case_id); !ok) return ok;
  const auto number = number_of(name, report);
  if (!number) return tl::unexpected(number.error());
  Bytes sealed;
  if (vault_->sealed()) {
    auto bytes = vault_->seal(place_of(name, report), report.report);
    if (!bytes) return tl::unexpected(bytes.error());
    sealed = std::move(*bytes);
  }
  auto& statement = (*statements_)[Statements::Which::put];
  const sqlite::Scope scope(statement);
  const auto row = statement.bind(1, ++arrival_)
                       .bind(2, *number)
                       .bind(3, report.epoch)
                       .bind(4, report.sequence)
                       .bind(5, static_cast<std::int64_t>(lane))
                       .bind(6, report.id)
                       .bind(7, report.time)
                       .bind(8, report.kind)
                       .bind(9, vault_->sealed() ? std::span<const std::uint8_t>(sealed) : report.report)
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
    InboxReport shown{all.text(0),    all.text(1),
                      all.text(2),    all.text(6),
                      all.integer(3), static_cast<std::uint64_t>(all.integer(4)),
                      all.integer(5), {}};
    const auto name = name_of(shown.tenant, shown.case_id);
    const auto report = vault_->unseal(place_of(name, shown), all.blob(7));
    if (report) shown.report = *report;  // else it is shown without: whoever looks is told that it cannot be read
    if (auto ok = show(shown); !ok) return ok;
  }
}

}  // namespace alliance::store

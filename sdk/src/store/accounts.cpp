// SPDX-License-Identifier: Apache-2.0
#include "store/accounts.h"

#include <algorithm>

#include "store/places.h"

namespace alliance::store {
namespace {

using sqlite::Database;
using sqlite::Statement;

constexpr std::int64_t longest_span = INT64_C(86'400'000'000);  // a day: what is longer was cut before it was kept

Bytes figure_bytes(const std::vector<std::int64_t>& figures) {
  Bytes bytes;
  bytes.reserve(figures.size() * 8);
  for (const std::int64_t figure : figures) {
    for (int shift = 0; shift < 64; shift += 8)
      bytes.push_back(static_cast<std::uint8_t>(static_cast<std::uint64_t>(figure) >> shift));
  }
  return bytes;
}

std::vector<std::int64_t> figures_in(std::span<const std::uint8_t> bytes) {
  std::vector<std::int64_t> figures(bytes.size() / 8);
  for (std::size_t i = 0; i < figures.size() * 8; ++i) {
    auto& figure = figures[i / 8];
    figure = static_cast<std::int64_t>(static_cast<std::uint64_t>(figure) |
                                       (static_cast<std::uint64_t>(bytes[i]) << (8 * (i % 8))));
  }
  return figures;
}

Result<std::vector<Statement>> prepared(const Database& db, std::span<const char* const> texts) {
  std::vector<Statement> statements;
  for (const char* text : texts) {
    auto statement = Statement::prepare(db, text);
    if (!statement) return tl::unexpected(std::move(statement).error());
    statements.push_back(std::move(*statement));
  }
  return statements;
}

enum Writes {
  old_account,
  put_account,
  change_account,
  old_sum,
  put_sum,
  change_sum,
  drop_spans,
  put_span,
  drop_all_accounts,
  drop_all_sums,
  drop_all_spans,
  find_stream,
  drop_one
};
constexpr const char* account_writes[] = {
    "SELECT service, practitioner, part, figures, open FROM accounts WHERE stream = ?1",
    R"(INSERT OR REPLACE INTO accounts (stream, service, practitioner, part, open, figures, account, epoch)
       VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8))",
    // By themselves: a row that stays where it is leaves the indexes alone.
    "UPDATE accounts SET part = ?4, figures = ?6, account = ?7, epoch = ?8 WHERE stream = ?1",
    "SELECT figures FROM account_sums WHERE service = ?1 AND practitioner = ?2 AND part = ?3",
    "INSERT INTO account_sums (service, practitioner, part, figures) VALUES (?1, ?2, ?3, ?4)",
    "UPDATE account_sums SET figures = ?4 WHERE service = ?1 AND practitioner = ?2 AND part = ?3",
    "DELETE FROM spans WHERE stream = ?1",
    "INSERT OR REPLACE INTO spans (practitioner, starts, stream, id, until, flags) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    "DELETE FROM accounts",
    "DELETE FROM account_sums",
    "DELETE FROM spans",
    "SELECT id FROM streams WHERE name = ?1",
    "DELETE FROM accounts WHERE stream = ?1",
};

enum Reads { sums_of_service, sums_of_practitioner, of_service, of_practitioner, spans_between };
constexpr const char* account_reads[] = {
    "SELECT service, practitioner, part, figures FROM account_sums WHERE service = ?1 ORDER BY practitioner, part",
    "SELECT service, practitioner, part, figures FROM account_sums WHERE practitioner = ?1 ORDER BY service, part",
    R"(SELECT a.account, s.name, a.epoch FROM accounts a JOIN streams s ON s.id = a.stream
       WHERE a.service = ?1 AND a.open >= ?2 ORDER BY a.stream)",
    R"(SELECT a.account, s.name, a.epoch FROM accounts a JOIN streams s ON s.id = a.stream
       WHERE a.practitioner = ?1 AND a.open >= ?2 ORDER BY a.stream)",
    R"(SELECT s.name, spans.id, spans.starts, spans.until, spans.flags FROM spans JOIN streams s ON s.id = spans.stream
       WHERE spans.practitioner = ?1 AND starts > ?2 AND starts < ?3 AND until > ?4 ORDER BY starts, spans.id, s.name)",
};

constexpr std::int64_t session_flag = 1, sure_flag = 2;

AccountSum sum_of(const Account& account) {
  return {account.service, account.practitioner, account.part, account.figures};
}

}  // namespace

Result<AccountWriter> AccountWriter::create(const Database& db) {
  return prepared(db, account_writes).map([](auto statements) { return AccountWriter(std::move(statements)); });
}

Result<void> AccountWriter::add(const AccountSum& sum, std::int64_t sign) {
  if (sum.figures.empty()) return {};
  std::vector<std::int64_t> total;
  bool known = false;
  {
    Statement& find = statements_[old_sum];
    const sqlite::Scope scope(find);
    const auto there = find.bind(1, sum.service).bind(2, sum.practitioner).bind(3, std::int64_t{sum.part}).step();
    if (!there) return tl::unexpected(there.error());
    known = *there;
    if (known) total = figures_in(find.blob(0));
  }
  total.resize(std::max(total.size(), sum.figures.size()));
  for (std::size_t i = 0; i < sum.figures.size(); ++i) total[i] += sign * sum.figures[i];
  const Bytes bytes = figure_bytes(total);
  return statements_[known ? change_sum : put_sum]
      .bind(1, sum.service)
      .bind(2, sum.practitioner)
      .bind(3, std::int64_t{sum.part})
      .bind(4, std::span<const std::uint8_t>(bytes))
      .finish();
}

Result<std::optional<Account>> AccountWriter::kept(std::int64_t stream) {
  Statement& find = statements_[old_account];
  const sqlite::Scope scope(find);
  const auto there = find.bind(1, stream).step();
  if (!there) return tl::unexpected(there.error());
  if (!*there) return std::nullopt;
  return Account{find.text(0),
                 find.text(1),
                 static_cast<std::uint8_t>(find.integer(2)),
                 find.integer(4) != 0,
                 figures_in(find.blob(3)),
                 {}};
}

Result<void> AccountWriter::put(std::int64_t stream, std::int64_t epoch, const Account& account) {
  const auto before = kept(stream);
  if (!before) return tl::unexpected(before.error());
  AccountSum more = sum_of(account);
  bool stays = false;
  if (const auto& old = *before) {
    const bool same = old->service == account.service && old->practitioner == account.practitioner;
    stays = same && old->open == account.open;
    if (same && old->part == account.part) {
      more.figures.resize(std::max(more.figures.size(), old->figures.size()));
      for (std::size_t i = 0; i < old->figures.size(); ++i) more.figures[i] -= old->figures[i];
    } else if (auto ok = add(sum_of(*old), -1); !ok) {
      return ok;
    }
  }
  if (auto ok = add(more, 1); !ok) return ok;
  const Bytes figures = figure_bytes(account.figures);
  return statements_[stays ? change_account : put_account]
      .bind(1, stream)
      .bind(2, account.service)
      .bind(3, account.practitioner)
      .bind(4, std::int64_t{account.part})
      .bind(5, std::int64_t{account.open})
      .bind(6, std::span<const std::uint8_t>(figures))
      .bind(7, std::span<const std::uint8_t>(account.bytes))
      .bind(8, epoch)
      .finish();
}

Result<void> AccountWriter::drop(const std::string& stream) {
  std::int64_t id = 0;
  {
    Statement& find = statements_[find_stream];
    const sqlite::Scope scope(find);
    const auto there = find.bind(1, stream).step();
    if (!there) return tl::unexpected(there.error());
    if (!*there) return {};
    id = find.integer(0);
  }
  const auto before = kept(id);
  if (!before) return tl::unexpected(before.error());
  if (*before) {
    if (auto ok = add(sum_of(**before), -1); !ok) return ok;
  }
  if (auto ok = statements_[drop_spans].bind(1, id).finish(); !ok) return ok;
  return statements_[drop_one].bind(1, id).finish();
}

Result<void> drop_account(const Database& db, const std::string& stream) {
  auto writer = AccountWriter::create(db);
  return writer ? writer->drop(stream) : tl::unexpected(writer.error());
}

Result<void> AccountWriter::put(std::int64_t stream, const SpansOf& spans) {
  if (auto ok = statements_[drop_spans].bind(1, stream).finish(); !ok) return ok;
  for (const Span& span : spans.spans) {
    const auto ok = statements_[put_span]
                        .bind(1, spans.practitioner)
                        .bind(2, span.from)
                        .bind(3, stream)
                        .bind(4, span.id)
                        .bind(5, std::min(span.until, span.from + longest_span))
                        .bind(6, (span.session ? session_flag : 0) | (span.sure ? sure_flag : 0))
                        .finish();
    if (!ok) return ok;
  }
  return {};
}

Result<void> AccountWriter::clear() {
  for (const auto drop : {drop_all_accounts, drop_all_sums, drop_all_spans}) {
    if (auto ok = statements_[drop].finish(); !ok) return ok;
  }
  return {};
}

Result<AccountReader> AccountReader::open(const std::string& path, const Vault& vault) {
  auto db = Database::open(path, SQLITE_OPEN_READWRITE);  // a log's index must be writable even for a reader
  if (!db) return tl::unexpected(db.error());
  sqlite3_busy_timeout(db->raw(), 2000);
  if (auto ok = db->run("PRAGMA query_only=ON"); !ok) return tl::unexpected(ok.error());
  auto statements = prepared(*db, account_reads);
  if (!statements) return tl::unexpected(statements.error());
  return AccountReader(std::move(*db), vault, std::move(*statements));
}

Result<std::vector<AccountSum>> AccountReader::sums(CarriedBy of, const std::string& id) {
  const std::lock_guard lock(*mutex_);
  Statement& find = statements_[of == CarriedBy::service ? sums_of_service : sums_of_practitioner];
  const sqlite::Scope scope(find);
  find.bind(1, id);
  std::vector<AccountSum> out;
  for (;;) {
    const auto there = find.step();
    if (!there) return tl::unexpected(there.error());
    if (!*there) return out;
    out.push_back({find.text(0), find.text(1), static_cast<std::uint8_t>(find.integer(2)), figures_in(find.blob(3))});
  }
}

Result<void> AccountReader::each(CarriedBy of, const std::string& id, bool open_only, const AccountVisit& visit) {
  const std::lock_guard lock(*mutex_);
  Statement& find = statements_[of == CarriedBy::service ? of_service : of_practitioner];
  const sqlite::Scope scope(find);
  find.bind(1, id).bind(2, std::int64_t{open_only});
  for (;;) {
    const auto there = find.step();
    if (!there) return tl::unexpected(there.error());
    if (!*there) return {};
    const std::string stream = find.text(1);
    const auto opened = vault_->unseal(account_place(stream, find.integer(2)), find.blob(0));
    if (!opened && opened.error().status == ALLIANCE_E_DENIED) continue;  // erased meanwhile
    if (!opened) return tl::unexpected(opened.error());
    if (auto ok = visit(*opened); !ok) return ok;
  }
}

Result<std::vector<Span>> AccountReader::spans(const std::string& practitioner, std::int64_t from, std::int64_t until) {
  const std::lock_guard lock(*mutex_);
  Statement& find = statements_[spans_between];
  const sqlite::Scope scope(find);
  find.bind(1, practitioner).bind(2, from - longest_span - 1).bind(3, until).bind(4, from);
  std::vector<Span> out;
  for (;;) {
    const auto there = find.step();
    if (!there) return tl::unexpected(there.error());
    if (!*there) return out;
    out.push_back(span_in(find));
  }
}

Span span_in(const Statement& row) {
  const std::int64_t flags = row.integer(4);
  return {
      row.text(0), row.text(1), row.integer(2), row.integer(3), (flags & session_flag) != 0, (flags & sure_flag) != 0};
}

}  // namespace alliance::store

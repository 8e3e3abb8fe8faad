// SPDX-License-Identifier: Apache-2.0
#include "store/rows.h"

#include "store/accounts.h"
#include "store/custody.h"
#include "store/opening.h"
#include "store/places.h"

namespace alliance::store {

using sqlite::Statement;

tl::unexpected<Failure> Rows::damaged(const std::string& what, const Failure& why) const {
  if (why.status != ALLIANCE_E_BAD_INPUT) return tl::unexpected(why);
  return fail(ALLIANCE_E_BAD_INPUT,
              path_ + " is damaged: " + what + " cannot be read; the rest is whole, see alliance store check");
}

// What was decided about a case is what its key says.
StreamHead Rows::head_in(const Statement& row) const {
  const auto slot = vault_->slot(row.blob(7));
  return {row.text(0),
          row.integer(1),
          static_cast<std::uint64_t>(row.integer(2)),
          row.integer(3),
          static_cast<std::uint64_t>(row.integer(4)),
          slot.state == KeyRing::State::live ? slot.standing : static_cast<std::uint8_t>(row.integer(5)),
          row.integer(6),
          {row.text(9), row.text(10)}};
}

Result<std::vector<StreamHead>> Rows::streams() {
  std::vector<StreamHead> out;
  auto ok = reader_.query(Reader::streams, unbound, [&](Statement& row) {
    out.push_back(head_in(row));
    return true;
  });
  return ok.map([&] { return std::move(out); });
}

Result<std::optional<StreamHead>> Rows::head(const std::string& stream) {
  std::optional<StreamHead> out;
  Result<void> learnt;
  auto ok = reader_.query(
      Reader::head, [&](Statement& s) { s.bind(1, stream); },
      [&](Statement& row) {
        out = head_in(row);
        if (const auto key = row.blob(7); !key.empty()) learnt = vault_->learn(stream, key, row.integer(8));
        return false;
      });
  if (ok) ok = learnt;
  return ok.map([&] { return std::move(out); });
}

Result<std::vector<StreamHead>> Rows::streams_of(CarriedBy by, const std::string& id) {
  std::vector<StreamHead> out;
  auto ok = reader_.query(
      by == CarriedBy::practitioner ? Reader::of_practitioner : Reader::of_service,
      [&](Statement& s) { s.bind(1, id); },
      [&](Statement& row) {
        out.push_back(head_in(row));
        return true;
      });
  return ok.map([&] { return std::move(out); });
}

Result<std::int64_t> Rows::latest() {
  std::int64_t out = 0;
  auto ok = reader_.query(Reader::totals, unbound, [&](Statement& row) {
    out = row.integer(4);
    return false;
  });
  return ok.map([&] { return out; });
}

Result<std::vector<std::string>> Rows::due(std::int64_t now) {
  std::vector<std::string> out;
  auto ok = reader_.query(
      Reader::due, [&](Statement& s) { s.bind(1, now); },
      [&](Statement& row) {
        out.push_back(row.text(0));
        return true;
      });
  return ok.map([&] { return std::move(out); });
}

Result<std::vector<LogRow>> Rows::log(const std::string& stream) {
  std::vector<LogRow> out;
  std::size_t events = 0;
  Result<void> readable;
  auto ok = reader_.query(
      Reader::log, [&](Statement& s) { s.bind(1, stream); },
      [&](Statement& row) {
        events = static_cast<std::size_t>(row.integer(6));
        if (row.integer(4) == 0) return false;
        LogRow one{row.text(0), row.integer(1), {}, {}};
        const auto place =
            event_place(stream, row.integer(5), static_cast<std::uint64_t>(row.integer(4)), one.event_id, one.time);
        auto event = vault_->unseal(place, row.blob(2));
        auto derived = vault_->unseal(derived_place(place), row.blob(3));
        if (!event || !derived) {
          readable =
              damaged("row " + std::to_string(row.integer(4)) + " of the log", event ? derived.error() : event.error());
          return false;
        }
        one.event = std::move(*event);
        one.derived = std::move(*derived);
        out.push_back(std::move(one));
        return true;
      });
  if (ok) ok = readable;
  if (ok && out.size() != events) {
    return damaged("what came before an event of a case", {ALLIANCE_E_BAD_INPUT, {}, {}});
  }
  return ok.map([&] { return std::move(out); });
}

Result<std::vector<PluginValue>> Rows::values(const std::string& stream) {
  std::vector<PluginValue> out;
  Result<void> readable;
  auto ok = reader_.query(
      Reader::values, [&](Statement& s) { s.bind(1, stream); },
      [&](Statement& row) {
        PluginValue one{row.text(0), static_cast<std::uint32_t>(row.integer(1)), {}};
        auto bytes = vault_->unseal(value_place(stream, row.integer(3), one.key, one.version), row.blob(2));
        if (!bytes) {
          readable = damaged("what plugin value " + one.key + " holds", bytes.error());
          return false;
        }
        one.bytes = std::move(*bytes);
        out.push_back(std::move(one));
        return true;
      });
  if (ok) ok = readable;
  return ok.map([&] { return std::move(out); });
}

Result<std::vector<Span>> Rows::spans_of(const std::string& stream) {
  std::vector<Span> out;
  auto ok = reader_.query(
      Reader::spans, [&](Statement& s) { s.bind(1, stream); },
      [&](Statement& row) {
        out.push_back(span_in(row));
        return true;
      });
  return ok.map([&] { return std::move(out); });
}

Result<std::vector<DeadLetter>> Rows::dead_letters() {
  std::vector<DeadLetter> out;
  auto ok = reader_.query(Reader::letters, unbound, [&](Statement& row) {
    out.push_back(dead_letter(row, *vault_));
    return true;
  });
  return ok.map([&] { return std::move(out); });
}

Result<std::vector<Read>> Rows::reads(const std::string& stream) {
  std::vector<Read> out;
  auto ok = reader_.query(
      Reader::reads, [&](Statement& s) { s.bind(1, stream); },
      [&](Statement& row) {
        out.push_back(
            {row.integer(0), static_cast<std::int32_t>(row.integer(1)), row.text(2), row.text(3), row.text(4)});
        return true;
      });
  return ok.map([&] { return std::move(out); });
}

Result<std::vector<Act>> Rows::acts(const std::string& stream) {
  std::vector<Act> out;
  auto ok = reader_.query(
      Reader::acts, [&](Statement& s) { s.bind(1, stream); },
      [&](Statement& row) {
        out.push_back(act_of(row));
        return true;
      });
  return ok.map([&] { return std::move(out); });
}

Result<std::string> Rows::note(std::string_view name) {
  std::string value;
  auto ok = reader_.query(
      Reader::meta, [&](Statement& s) { s.bind(1, name); },
      [&](Statement& row) {
        value = row.text(0);
        return false;
      });
  return ok.map([&] { return value; });
}

Result<StoreView> StoreView::open(const std::string& path, const KeySource& keys) {
  if (auto fine = OutboxView::open(path); !fine) return tl::unexpected(std::move(fine).error());
  auto real = sqlite::real_path(path);
  if (!real) return tl::unexpected(std::move(real).error());
  auto db = sqlite::Database::open(*real, SQLITE_OPEN_READWRITE);
  if (!db) return tl::unexpected(std::move(db).error());
  sqlite3_busy_timeout(db->raw(), 2000);
  if (auto ok = db->run("PRAGMA query_only=ON"); !ok) return tl::unexpected(std::move(ok).error());
  const auto tenant = meta_of(*db, "tenant");
  if (!tenant) return tl::unexpected(tenant.error());
  auto vault = open_vault(*db, *tenant, keys);
  if (!vault) return tl::unexpected(std::move(vault).error());
  auto reader = Reader::open(*real);
  if (!reader) return tl::unexpected(std::move(reader).error());
  std::shared_ptr<Vault> shared = std::move(*vault);
  return StoreView(*real, *tenant, shared, Rows(std::move(*reader), shared, *real));
}

Result<void> StoreView::note_read(const Read& read) {
  auto db = sqlite::Database::open(path_, SQLITE_OPEN_READWRITE);
  if (!db) return tl::unexpected(std::move(db).error());
  sqlite3_busy_timeout(db->raw(), 10'000);
  if (auto ok = db->run("PRAGMA synchronous=FULL"); !ok) return ok;
  auto insert = Statement::prepare(
      *db, "INSERT INTO access_log (time, role, viewer, scope, subject) VALUES (?1, ?2, ?3, ?4, ?5)");
  if (!insert) return tl::unexpected(std::move(insert).error());
  return insert->bind(1, read.time)
      .bind(2, std::int64_t{read.role})
      .bind(3, read.viewer)
      .bind(4, read.scope)
      .bind(5, read.subject)
      .finish();
}

}  // namespace alliance::store

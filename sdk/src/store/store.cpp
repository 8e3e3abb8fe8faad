// SPDX-License-Identifier: Apache-2.0
#include "store/store.h"

#include <algorithm>
#include <mutex>
#include <utility>

#include "store/graves.h"
#include "store/group.h"
#include "store/ledger.h"
#include "store/maintenance.h"
#include "store/outbox_view.h"
#include "store/tables.h"
#include "store/writer.h"

namespace alliance::store {
namespace {

using sqlite::Database;
using sqlite::Statement;

constexpr std::size_t outbox_bytes = 4u << 20;  // in one answer

// Every query of the reading connection runs through here, one at a time.
class Reader {
 public:
  static Result<Reader> open(const std::string& path) {
    auto db = Database::open(path, SQLITE_OPEN_READWRITE);  // a log's index must be writable even for a reader
    if (!db) return tl::unexpected(db.error());
    sqlite3_busy_timeout(db->raw(), 2000);
    if (auto ok = db->run("PRAGMA query_only=ON"); !ok) return tl::unexpected(ok.error());
    Reader reader(std::move(*db));
    for (const char* text : sql) {
      auto statement = Statement::prepare(reader.db_, text);
      if (!statement) return tl::unexpected(statement.error());
      reader.statements_.push_back(std::move(*statement));
    }
    return reader;
  }

  enum Which { streams, log, values, outbox, outbox_sizes, places, totals, meta, letters, graves };

  // `bind` sets parameters; `row` is called for each row and says whether it wants more.
  template <class Bind, class Row>
  Result<void> query(Which which, Bind bind, Row row) {
    const std::lock_guard lock(*mutex_);
    Statement& statement = statements_[which];
    const sqlite::Scope scope(statement);
    bind(statement);
    for (;;) {
      const auto there = statement.step();
      if (!there) return tl::unexpected(there.error());
      if (!*there || !row(statement)) return {};
    }
  }

 private:
  static constexpr const char* sql[] = {
      "SELECT name, epoch, next_sequence, wake, events FROM streams ORDER BY id",
      "SELECT event_id, time, event, derived FROM log WHERE stream = (SELECT id FROM streams WHERE name = ?1) "
      "ORDER BY id",
      "SELECT key, version, bytes FROM plugin_values WHERE stream = (SELECT id FROM streams WHERE name = ?1) "
      "ORDER BY key",
      "SELECT position, batch FROM outbox WHERE lane = ?1 AND position > ?2 AND position <= ?4 ORDER BY position "
      "LIMIT ?3",
      "SELECT lane, position, reports FROM outbox ORDER BY position",
      "SELECT name, lane, position FROM endpoints",
      "SELECT events, reports, acknowledged, epoch FROM totals",
      "SELECT value FROM meta WHERE name = ?1",
      dead_letters_sql,
      "SELECT number, endpoint, lane, position, report, resent FROM dead_letters ORDER BY number",
  };
  explicit Reader(Database db) : db_(std::move(db)), mutex_(std::make_unique<std::mutex>()) {}
  Database db_;
  std::vector<Statement> statements_;
  std::unique_ptr<std::mutex> mutex_;
};

constexpr auto unbound = [](Statement&) {};

class FileStore final : public Store {
 public:
  FileStore(sqlite::OwnFile file, Reader reader, std::string tenant)
      : file_(std::move(file)),
        reader_(std::move(reader)),
        tenant_(std::move(tenant)),
        group_([this](std::span<Request* const> requests) { return write(requests); }) {}

  ~FileStore() override {
    if (maintenance_) maintenance_->stop();
    maintenance_.reset();
    static_cast<void>(FileStore::flush());  // a failure here costs repeats and no report
  }

  Result<void> begin() {
    auto writer = Writer::create(file_.db);
    if (!writer) return tl::unexpected(writer.error());
    writer_.emplace(std::move(*writer));
    if (auto ok = restore(); !ok) return ok;

    auto second = Database::open(file_.db.path(), SQLITE_OPEN_READWRITE);
    if (!second) return tl::unexpected(second.error());
    if (auto ok = second->run("PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=0"); !ok) return ok;
    if (auto ok = file_.db.run("PRAGMA wal_autocheckpoint=0"); !ok) return ok;
    sqlite3_wal_hook(
        file_.db.raw(),
        [](void* pages, sqlite3*, const char*, int count) {
          *static_cast<int*>(pages) = count;
          return SQLITE_OK;
        },
        &log_pages_);
    maintenance_ = std::make_unique<Maintenance>(std::move(*second), [this] { static_cast<void>(flush()); });
    return {};
  }

  Result<std::vector<StreamHead>> streams() override {
    std::vector<StreamHead> out;
    auto ok = reader_.query(Reader::streams, unbound, [&](Statement& row) {
      out.push_back({row.text(0), row.integer(1), static_cast<std::uint64_t>(row.integer(2)), row.integer(3),
                     static_cast<std::uint64_t>(row.integer(4))});
      return true;
    });
    return ok.map([&] { return std::move(out); });
  }

  Result<std::vector<LogRow>> log(const std::string& stream) override {
    std::vector<LogRow> out;
    auto ok = reader_.query(
        Reader::log, [&](Statement& s) { s.bind(1, stream); },
        [&](Statement& row) {
          out.push_back({row.text(0), row.integer(1), row.bytes(2), row.bytes(3)});
          return true;
        });
    return ok.map([&] { return std::move(out); });
  }

  Result<std::vector<PluginValue>> values(const std::string& stream) override {
    std::vector<PluginValue> out;
    auto ok = reader_.query(
        Reader::values, [&](Statement& s) { s.bind(1, stream); },
        [&](Statement& row) {
          out.push_back({row.text(0), static_cast<std::uint32_t>(row.integer(1)), row.bytes(2)});
          return true;
        });
    return ok.map([&] { return std::move(out); });
  }

  std::int64_t new_epoch(std::int64_t now) override {
    const std::lock_guard lock(mutex_);
    epoch_ = std::max(epoch_ + 1, now);
    return epoch_;
  }

  Result<void> commit(std::vector<Entry> entries, std::int64_t epoch_if_new) override {
    if (entries.empty()) return {};
    for (const auto& entry : entries) {  // by each caller for itself: one bad caller must not fail the others
      if (entry.stream.empty()) return fail(ALLIANCE_E_INVALID, "an event without a stream cannot be kept");
      for (const auto& envelope : entry.normal) {
        if (auto ok = check_envelope(envelope, tenant_, Lane::normal); !ok) return ok;
      }
      for (const auto& envelope : entry.safety) {
        if (auto ok = check_envelope(envelope, tenant_, Lane::safety); !ok) return ok;
      }
    }
    Request request;
    request.entries = std::move(entries);
    request.epoch_if_new = epoch_if_new;
    return group_.commit(request);
  }

  Result<std::vector<Chunk>> outbox(Lane lane, std::uint64_t after, std::size_t most) override {
    std::vector<Chunk> out;
    std::size_t bytes = 0;
    const auto until = last(lane);  // a chunk is on the disk a moment before the ledger knows it
    if (most == 0 || after >= until) return out;
    auto ok = reader_.query(
        Reader::outbox,
        [&](Statement& s) {
          s.bind(1, static_cast<std::int64_t>(lane)).bind(2, after);
          s.bind(3, std::min<std::size_t>(most, 1u << 20)).bind(4, until);
        },
        [&](Statement& row) {
          out.push_back({static_cast<std::uint64_t>(row.integer(0)), row.bytes(1)});
          bytes += out.back().batch.size();
          return bytes < outbox_bytes;
        });
    return ok.map([&] { return std::move(out); });
  }

  std::uint64_t last(Lane lane) override {
    const std::lock_guard lock(mutex_);
    return ledger_.last(lane);
  }

  Result<std::uint64_t> acknowledged(const std::string& endpoint, Lane lane) override {
    std::uint64_t position = 0;
    {
      const std::lock_guard lock(mutex_);
      if (const auto place = ledger_.place(endpoint, lane)) return *place;
      position = ledger_.join(endpoint, lane);
    }
    Request request;  // on the disk before anything is deleted in its absence
    return group_.commit(request).map([&] { return position; });
  }

  Result<void> acknowledge(const std::string& endpoint, Lane lane, std::uint64_t position) override {
    {
      const std::lock_guard lock(mutex_);
      if (auto ok = ledger_.acknowledge(endpoint, lane, position); !ok) return ok;
    }
    maintenance_->acknowledged();
    return {};
  }

  Result<void> forget(const std::string& endpoint) override {
    {
      const std::lock_guard lock(mutex_);
      ledger_.leave(endpoint);
    }
    Request request;
    request.forgotten = endpoint;
    if (auto ok = group_.commit(request); !ok) return ok;
    return read_graves();
  }

  Result<void> bury(std::vector<DeadLetter> letters) override {
    Request request;
    request.buried = std::move(letters);
    if (auto ok = group_.commit(request); !ok) return ok;
    return read_graves();  // with the numbers that they were given
  }

  std::vector<std::string> buried(const std::string& endpoint, Lane lane, std::uint64_t position) override {
    const std::lock_guard lock(mutex_);
    return graves_.in(endpoint, lane, position);
  }

  Result<std::vector<DeadLetter>> dead_letters() override {
    std::vector<DeadLetter> out;
    auto ok = reader_.query(Reader::letters, unbound, [&](Statement& row) {
      out.push_back(dead_letter(row));
      return true;
    });
    return ok.map([&] { return std::move(out); });
  }

  Result<void> resend(Resend again) override {
    for (const Lane lane : {Lane::normal, Lane::safety}) {
      for (const auto& envelope : lane == Lane::normal ? again.normal : again.safety) {
        if (auto ok = check_envelope(envelope, tenant_, lane); !ok) return ok;
      }
    }
    Request request;
    request.again = std::move(again);
    if (auto ok = group_.commit(request); !ok) return ok;
    return read_graves();
  }

  std::string path() const override { return file_.db.path(); }

  Result<void> flush() override {
    {
      const std::lock_guard lock(mutex_);
      if (!ledger_.dirty()) return {};
    }
    Request request;
    return group_.commit(request);
  }

  Result<std::string> zone_data() override { return meta("zone data"); }
  Result<void> set_zone_data(const std::string& version) override {
    Request request;
    request.zone_data = version;
    return group_.commit(request);
  }

  Result<Counts> counts() override {
    const std::lock_guard lock(mutex_);
    return Counts{events_,           ledger_.reports(), ledger_.acknowledged(),
                  ledger_.waiting(), graves_.unsent(),  graves_.unsent_safety()};
  }

  Result<void> note_read(const Read& read) override {
    Request request;
    request.read = read;
    return group_.commit(request);
  }

  Result<std::string> meta(std::string_view name) {
    std::string value;
    auto ok = reader_.query(
        Reader::meta, [&](Statement& s) { s.bind(1, name); },
        [&](Statement& row) {
          value = row.text(0);
          return false;
        });
    return ok.map([&] { return value; });
  }

 private:
  // By the leader of a group; never twice at once.
  Result<void> write(std::span<Request* const> requests) {
    Ledger::Pending pending;
    {
      const std::lock_guard lock(mutex_);
      pending = ledger_.pending();
    }
    const auto written = writer_->write(requests, pending);
    if (!written) return tl::unexpected(written.error());
    {
      const std::lock_guard lock(mutex_);
      ledger_.wrote(pending);
      for (const auto& row : written->rows) ledger_.added(row.lane, row.position, row.reports);
      events_ += written->events;
      epoch_ = std::max(epoch_, written->epoch);
    }
    if (maintenance_) maintenance_->committed(log_pages_);
    return {};
  }

  Result<void> read_graves() {
    const std::lock_guard one_at_a_time(reading_graves_);  // what is read last is what stands
    Graves read;
    auto ok = reader_.query(Reader::graves, unbound, [&](Statement& row) {
      read.add(row.text(1), row.integer(2) == 0 ? Lane::normal : Lane::safety,
               static_cast<std::uint64_t>(row.integer(3)), row.text(4), row.integer(5) != 0);
      return true;
    });
    const std::lock_guard lock(mutex_);
    if (ok) graves_ = std::move(read);
    return ok;
  }

  Result<void> restore() {
    auto ok = reader_.query(Reader::outbox_sizes, unbound, [&](Statement& row) {
      ledger_.restore_row(row.integer(0) == 0 ? Lane::normal : Lane::safety, static_cast<std::uint64_t>(row.integer(1)),
                          static_cast<std::uint64_t>(row.integer(2)));
      return true;
    });
    if (!ok) return ok;
    ok = reader_.query(Reader::places, unbound, [&](Statement& row) {
      ledger_.restore_place(row.text(0), row.integer(1) == 0 ? Lane::normal : Lane::safety,
                            static_cast<std::uint64_t>(row.integer(2)));
      return true;
    });
    if (!ok) return ok;
    if (ok = read_graves(); !ok) return ok;
    return reader_.query(Reader::totals, unbound, [&](Statement& row) {
      events_ = static_cast<std::uint64_t>(row.integer(0));
      ledger_.restore_totals(static_cast<std::uint64_t>(row.integer(1)), static_cast<std::uint64_t>(row.integer(2)));
      epoch_ = row.integer(3);
      return true;
    });
  }

  sqlite::OwnFile file_;
  Reader reader_;
  const std::string tenant_;
  int log_pages_ = 0;  // of the leader, as is the writer
  std::optional<Writer> writer_;
  std::mutex reading_graves_;
  std::mutex mutex_;  // what follows; never held over the disk
  Ledger ledger_;
  Graves graves_;
  std::uint64_t events_ = 0;
  std::int64_t epoch_ = 0;
  std::unique_ptr<Maintenance> maintenance_;
  Group<Request> group_;
};

Result<void> claim(Database& db, const std::string& tenant) {
  auto insert = Statement::prepare(db, "INSERT OR IGNORE INTO meta (name, value) VALUES ('tenant', ?1)");
  if (!insert) return tl::unexpected(insert.error());
  if (auto ok = insert->bind(1, tenant).finish(); !ok) return ok;
  auto select = Statement::prepare(db, "SELECT value FROM meta WHERE name = 'tenant'");
  if (!select) return tl::unexpected(select.error());
  if (const auto row = select->step(); !row) return tl::unexpected(row.error());
  if (const auto owner = select->text(0); owner != tenant) {
    return fail(ALLIANCE_E_DENIED, "store " + db.path() + " belongs to tenant '" + owner + "', not to '" + tenant +
                                       "': give the right tenant or another file");
  }
  return {};
}

}  // namespace

Result<std::unique_ptr<Store>> Store::open(const std::string& path, const std::string& tenant) {
  if (tenant.empty()) return fail(ALLIANCE_E_INVALID, "a store needs the name of its tenant");
  auto file = sqlite::open_own(path, file_kind);
  if (!file) return tl::unexpected(std::move(file).error());
  if (auto ok = claim(file->db, tenant); !ok) return tl::unexpected(std::move(ok).error());
  auto reader = Reader::open(file->db.path());
  if (!reader) return tl::unexpected(std::move(reader).error());
  auto store = std::make_unique<FileStore>(std::move(*file), std::move(*reader), tenant);
  if (auto ok = store->begin(); !ok) return tl::unexpected(std::move(ok).error());
  return store;
}

}  // namespace alliance::store

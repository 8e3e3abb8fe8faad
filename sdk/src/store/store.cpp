// SPDX-License-Identifier: Apache-2.0
#include "store/store.h"

#include <algorithm>
#include <mutex>
#include <utility>

#include "store/accounts.h"
#include "store/custody.h"
#include "store/graves.h"
#include "store/group.h"
#include "store/ledger.h"
#include "store/maintenance.h"
#include "store/opening.h"
#include "store/recent.h"
#include "store/rows.h"
#include "store/writer.h"

namespace alliance::store {
namespace {

using sqlite::Database;
using sqlite::Statement;

constexpr std::size_t outbox_bytes = 4u << 20;  // in one answer

class FileStore final : public Store {
 public:
  FileStore(Opened opened, Reader reader, std::string tenant)
      : file_(std::move(opened.file)),
        vault_(std::move(opened.vault)),
        rows_(std::move(reader), vault_, file_.db.path()),
        tenant_(std::move(tenant)),
        group_([this](std::span<Request* const> requests) { return write(requests); }) {}

  ~FileStore() override {
    if (maintenance_) maintenance_->stop();
    maintenance_.reset();
    static_cast<void>(FileStore::flush());  // a failure here costs repeats and no report
  }

  Result<void> begin() {
    vault_->ask([this](const std::string& stream) { return rows_.head(stream).map([](const auto&) {}); });
    auto writer = Writer::create(file_.db, *vault_);
    if (!writer) return tl::unexpected(writer.error());
    writer_.emplace(std::move(*writer));
    if (auto ok = restore(); !ok) return ok;
    auto accounts = AccountReader::open(file_.db.path(), *vault_);
    if (!accounts) return tl::unexpected(accounts.error());
    accounts_.emplace(std::move(*accounts));

    auto second = Database::open(file_.db.path(), SQLITE_OPEN_READWRITE);
    if (!second) return tl::unexpected(second.error());
    sqlite3_busy_timeout(second->raw(), 500);  // shorter than what a committer waits
    if (auto ok = second->run("PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=0"); !ok) return ok;
    // Room for a commit of 1,024 events: what does not fit is written to the log as it comes, and then once more.
    if (auto ok = file_.db.run("PRAGMA wal_autocheckpoint=0; PRAGMA cache_size=-8000"); !ok) return ok;
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

  Result<std::vector<StreamHead>> streams() override { return rows_.streams(); }
  Result<std::vector<StreamHead>> streams_of(CarriedBy by, const std::string& id) override {
    return rows_.streams_of(by, id);
  }
  Result<std::int64_t> latest() override { return rows_.latest(); }
  Result<std::vector<Span>> spans_of(const std::string& stream) override { return rows_.spans_of(stream); }
  Result<std::optional<StreamHead>> head(const std::string& stream) override { return rows_.head(stream); }
  Result<std::vector<std::string>> due(std::int64_t now) override { return rows_.due(now); }
  Result<std::vector<LogRow>> log(const std::string& stream) override { return rows_.log(stream); }
  Result<std::vector<PluginValue>> values(const std::string& stream) override { return rows_.values(stream); }

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
        if (auto ok = check_envelope(envelope, tenant_, entry.stream, Lane::normal); !ok) return ok;
      }
      for (const auto& envelope : entry.safety) {
        if (auto ok = check_envelope(envelope, tenant_, entry.stream, Lane::safety); !ok) return ok;
      }
    }
    Request request;
    request.entries = std::move(entries);
    request.epoch_if_new = epoch_if_new;
    return group_.commit(request);
  }

  Result<std::vector<Chunk>> outbox(Lane lane, std::uint64_t after, std::size_t most) override {
    std::vector<Chunk> out = just_committed(lane, after, most);
    if (!out.empty()) return out;
    std::size_t bytes = 0;
    while (out.size() < most && bytes < outbox_bytes) {
      after = next(lane, after);
      if (after == 0) break;
      auto ok = rows_.reader().query(
          Reader::outbox, [&](Statement& s) { s.bind(1, after); },
          [&](Statement& row) {
            out.push_back({after, opened(*vault_, row.bytes(0))});
            bytes += out.back().batch.size();
            return false;
          });
      if (!ok) return tl::unexpected(ok.error());
    }
    return out;
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
      recent_.drop_until(lane, ledger_.floor(lane));
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

  Result<std::vector<DeadLetter>> dead_letters() override { return rows_.dead_letters(); }

  Result<void> resend(Resend again) override {
    for (const Lane lane : {Lane::normal, Lane::safety}) {
      for (const auto& envelope : lane == Lane::normal ? again.normal : again.safety) {
        if (auto ok = check_envelope(envelope, tenant_, again.stream, lane); !ok) return ok;
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

  Result<std::string> note(const std::string& name) override { return rows_.note(name); }
  Result<void> set_note(const std::string& name, const std::string& value) override {
    Request request;
    request.note = {name, value};
    return group_.commit(request);
  }

  Result<std::vector<AccountSum>> account_sums(CarriedBy of, const std::string& id) override {
    return accounts_->sums(of, id);
  }
  Result<void> accounts(CarriedBy of, const std::string& id, bool open_only, const AccountVisit& visit) override {
    return accounts_->each(of, id, open_only, visit);
  }
  Result<std::vector<Span>> spans(const std::string& practitioner, std::int64_t from, std::int64_t until) override {
    return accounts_->spans(practitioner, from, until);
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

  Result<std::vector<Read>> reads(const std::string& stream) override { return rows_.reads(stream); }
  Result<std::vector<Act>> acts(const std::string& stream) override { return rows_.acts(stream); }

  Result<Instructed> instruct(Act act) override {
    const std::lock_guard one_at_a_time(instructing_);
    const auto head = rows_.head(act.stream);
    if (!head) return tl::unexpected(head.error());
    if (!*head && !act.unseen) return fail(ALLIANCE_E_NOT_FOUND, "there is no such case or practitioner in the store");
    if (auto ok = vault_->new_mark(); !ok) return tl::unexpected(std::move(ok).error());
    const bool behind = std::exchange(behind_keys_, true);
    Request request;
    if (act.kind == ActKind::erase) {
      const auto fresh = vault_->fresh();
      if (!fresh) return tl::unexpected(fresh.error());
      request.fresh = *fresh;
      act.epoch = new_epoch(act.time);
    } else if (auto ok = vault_->set_standing(act.stream, standing_after(act.kind, (*head)->standing)); !ok) {
      return tl::unexpected(std::move(ok).error());  // before the file: what the key says holds, whatever is restored
    }
    const auto old_key = vault_->id_of(act.stream);
    request.act = std::move(act);
    if (auto ok = group_.commit(request); !ok) return tl::unexpected(std::move(ok).error());
    Instructed out{std::move(request.head), {}};
    if (request.act->kind == ActKind::erase) out.key_gone = finish_erasure(old_key, request.act->time);
    if (behind || !out.key_gone || !vault_->sealed()) return out;  // the next opening looks at all keys
    behind_keys_ = !set_note(keys_note, vault_->mark());
    return out;
  }

 private:
  std::uint64_t next(Lane lane, std::uint64_t position) {
    const std::lock_guard lock(mutex_);
    return ledger_.next(lane, position);
  }

  std::vector<Chunk> just_committed(Lane lane, std::uint64_t after, std::size_t most) {
    std::vector<Chunk> out;
    std::size_t bytes = 0;
    const std::lock_guard lock(mutex_);
    while (out.size() < most && bytes < outbox_bytes) {
      after = ledger_.next(lane, after);
      auto chunk = after == 0 ? std::nullopt : recent_.take(lane, after);
      if (!chunk) break;
      bytes += chunk->batch.size();
      out.push_back(std::move(*chunk));
    }
    return out;
  }

  // By the leader of a group; never twice at once.
  Result<void> write(std::span<Request* const> requests) {
    // What is instructed changes what lies in the outbox.
    const bool instructed =
        std::any_of(requests.begin(), requests.end(), [](const auto* one) { return one->act.has_value(); });
    Ledger::Pending pending;
    {
      const std::lock_guard lock(mutex_);
      if (instructed) recent_.clear();
      pending = ledger_.pending();
      if (instructed) pending.takers = {};
    }
    auto written = writer_->write(requests, pending);
    if (!written) return tl::unexpected(written.error());
    for (const auto* request : requests) {  // before anyone can read the report that tells of it
      if (!request->act || request->act->kind != ActKind::erase) continue;
      if (auto ok = vault_->know(request->act->stream, request->fresh, request->act->epoch); !ok) return ok;
    }
    {
      const std::lock_guard lock(mutex_);
      ledger_.wrote(pending);
      for (auto& row : written->rows) {
        ledger_.added(row.lane, row.position, row.reports);
        recent_.add(row.lane, {row.position, std::move(row.batch), row.reports},
                    pending.takers[Ledger::index(row.lane)]);
      }
      events_ += written->events;
      epoch_ = std::max(epoch_, written->epoch);
    }
    if (maintenance_) maintenance_->committed(log_pages_);
    return {};
  }

  // What is on the disk already is finished: the key goes, and the file's log with what stood in it.
  Result<void> finish_erasure(const Bytes& key, std::int64_t now) {
    auto gone = vault_->destroy(key, now);
    static_cast<void>(read_graves());  // tombstones for what is not there any more harm nobody
    if (maintenance_) maintenance_->empty_log();
    return gone;
  }

  Result<void> read_graves() {
    const std::lock_guard one_at_a_time(reading_graves_);  // what is read last is what stands
    Graves read;
    auto ok = rows_.reader().query(Reader::graves, unbound, [&](Statement& row) {
      read.add(row.text(1), row.integer(2) == 0 ? Lane::normal : Lane::safety,
               static_cast<std::uint64_t>(row.integer(3)), row.text(4), row.integer(5) != 0);
      return true;
    });
    const std::lock_guard lock(mutex_);
    if (ok) graves_ = std::move(read);
    return ok;
  }

  Result<void> restore() {
    auto ok = rows_.reader().query(Reader::outbox_sizes, unbound, [&](Statement& row) {
      ledger_.restore_row(row.integer(0) == 0 ? Lane::normal : Lane::safety, static_cast<std::uint64_t>(row.integer(1)),
                          static_cast<std::uint64_t>(row.integer(2)));
      return true;
    });
    if (!ok) return ok;
    ok = rows_.reader().query(Reader::places, unbound, [&](Statement& row) {
      ledger_.restore_place(row.text(0), row.integer(1) == 0 ? Lane::normal : Lane::safety,
                            static_cast<std::uint64_t>(row.integer(2)));
      return true;
    });
    if (!ok) return ok;
    if (ok = read_graves(); !ok) return ok;
    return rows_.reader().query(Reader::totals, unbound, [&](Statement& row) {
      events_ = static_cast<std::uint64_t>(row.integer(0));
      ledger_.restore_totals(static_cast<std::uint64_t>(row.integer(1)), static_cast<std::uint64_t>(row.integer(2)));
      epoch_ = row.integer(3);
      return true;
    });
  }

  sqlite::OwnFile file_;
  std::shared_ptr<Vault> vault_;
  Rows rows_;
  std::optional<AccountReader> accounts_;
  const std::string tenant_;
  int log_pages_ = 0;  // of the leader, as is the writer
  std::optional<Writer> writer_;
  std::mutex reading_graves_, instructing_;
  bool behind_keys_ = false;  // of whoever instructs: not all that the key file was told is in this file
  std::mutex mutex_;          // what follows; never held over the disk
  Ledger ledger_;
  Recent recent_;
  Graves graves_;
  std::uint64_t events_ = 0;
  std::int64_t epoch_ = 0;
  std::unique_ptr<Maintenance> maintenance_;
  Group<Request> group_;
};

}  // namespace

Result<std::unique_ptr<Store>> Store::open(const std::string& path, const std::string& tenant, const Opening& how) {
  if (tenant.empty()) return fail(ALLIANCE_E_INVALID, "a store needs the name of its tenant");
  auto opened = open_file(path, tenant, how);
  if (!opened) return tl::unexpected(std::move(opened).error());
  auto reader = Reader::open(opened->file.db.path());
  if (!reader) return tl::unexpected(std::move(reader).error());
  auto store = std::make_unique<FileStore>(std::move(*opened), std::move(*reader), tenant);
  if (auto ok = store->begin(); !ok) return tl::unexpected(std::move(ok).error());
  return store;
}

}  // namespace alliance::store

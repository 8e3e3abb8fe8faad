// SPDX-License-Identifier: Apache-2.0
#include "store/inbox.h"

#include <algorithm>
#include <utility>

#include "store/inbox_tables.h"
#include "store/opening.h"

namespace alliance::store {
namespace {

using sqlite::Statement;

constexpr std::size_t most_lines = 65'536;  // that are remembered from one transaction to the next
constexpr std::size_t most_packed = 1u << 20;

constexpr const char* inbox_sql[] = {
    "BEGIN IMMEDIATE",
    "COMMIT",
    "INSERT INTO packs (arrival, of_case, epoch, before, heads, bodies) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    "SELECT before, heads FROM packs WHERE arrival = ?1",
    R"(SELECT number, sequence, pack FROM cases LEFT JOIN lines ON of_case = number AND epoch = ?3 AND lane = ?4
       WHERE tenant = ?1 AND case_id = ?2)",
    R"(INSERT INTO lines (of_case, epoch, lane, sequence, pack) VALUES (?1, ?2, ?3, ?4, ?5)
       ON CONFLICT (of_case, epoch, lane) DO UPDATE SET sequence = excluded.sequence, pack = excluded.pack)",
    "INSERT INTO cases (tenant, case_id) VALUES (?1, ?2)",
    "SELECT 1 FROM awaited WHERE tenant = ?1 AND report = ?2",
    "INSERT OR IGNORE INTO awaited (tenant, report) VALUES (?1, ?2)",
    "DELETE FROM awaited WHERE tenant = ?1 AND report = ?2",
    "SELECT tenant, case_id, epoch, heads, bodies FROM packs JOIN cases ON number = of_case ORDER BY arrival",
    "INSERT OR REPLACE INTO keys (tenant, case_id, key) VALUES (?1, ?2, ?3)",
    R"(WITH RECURSIVE gone (at) AS (
         SELECT pack FROM lines JOIN cases ON number = of_case WHERE tenant = ?1 AND case_id = ?2 AND epoch <= ?3
         UNION ALL SELECT before FROM packs JOIN gone ON arrival = at)
       DELETE FROM packs WHERE arrival IN (SELECT at FROM gone))",
    R"(UPDATE lines SET pack = 0 WHERE epoch <= ?3
       AND of_case = (SELECT number FROM cases WHERE tenant = ?1 AND case_id = ?2))",
    "INSERT OR REPLACE INTO erased (tenant, case_id, before) VALUES (?1, ?2, ?3)",
    "INSERT OR IGNORE INTO doomed SELECT key FROM keys WHERE tenant = ?1 AND case_id = ?2",
    "DELETE FROM keys WHERE tenant = ?1 AND case_id = ?2",
};

Lane other_than(Lane lane) { return lane == Lane::safety ? Lane::normal : Lane::safety; }

}  // namespace

struct Inbox::Statements {
  enum class Which {
    begin,
    commit,
    add_pack,
    look_at,
    find_line,
    set_line,
    add_case,
    awaits,
    await,
    forget,
    all,
    name_key,
    erase,
    cut_lines,
    set_erased,
    doom,
    drop_key
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
  const auto last = sqlite::number_of(file_.db, "SELECT ifnull(max(arrival), 0) FROM packs");
  if (!last) return tl::unexpected(last.error());
  arrival_ = *last;
  if (auto ok = recall(); !ok) return ok;
  if (auto ok = destroy_keys(); !ok) return ok;
  return seal ? seal_packs() : Result<void>{};
}

Result<void> Inbox::begin() {
  if (lines_.size() > most_lines) lines_.clear();
  return (*statements_)[Statements::Which::begin].finish();
}

Result<void> Inbox::commit() {
  if (auto ok = end_pack(); !ok) return ok;
  if (auto ok = write_lines(); !ok) return ok;
  if (auto ok = (*statements_)[Statements::Which::commit].finish(); !ok) return ok;
  changed_ = false;
  if (!std::exchange(doomed_, false)) return {};
  return destroy_keys();
}

void Inbox::abandon() {
  file_.db.rollback();
  growing_.line = nullptr;
  growing_.pack.clear();
  changed_lines_.clear();
  lines_.clear();
  doomed_ = false;
  if (std::exchange(changed_, false)) static_cast<void>(recall());  // a failure comes back when a key is missing
}

Result<void> Inbox::name_key(const std::string& tenant, const std::string& case_id) {
  if (!vault_->sealed()) return {};
  const auto name = inbox_stream(tenant, case_id);
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
  const auto name = inbox_stream(tenant, case_id);
  changed_ = true;
  if (auto ok = end_pack().and_then([&] { return write_lines(); }); !ok) return ok;
  lines_.clear();
  for (const auto which : {Which::erase, Which::cut_lines, Which::set_erased}) {
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

Result<Inbox::Line*> Inbox::find(const InboxMark& mark) {
  auto name = inbox_stream(mark.tenant, mark.case_id) + '\x1f' + std::to_string(mark.epoch);
  name += mark.lane == Lane::safety ? 's' : 'n';
  if (const auto known = lines_.find(name); known != lines_.end()) return &known->second;
  auto& asked = (*statements_)[Statements::Which::find_line];
  const sqlite::Scope scope(asked);
  const auto row = asked.bind(1, mark.tenant)
                       .bind(2, mark.case_id)
                       .bind(3, mark.epoch)
                       .bind(4, static_cast<std::int64_t>(mark.lane))
                       .step();
  if (!row) return tl::unexpected(row.error());
  if (!*row) return nullptr;
  const Line line{asked.integer(0), mark.epoch, mark.lane, static_cast<std::uint64_t>(asked.integer(1)),
                  asked.integer(2), false};
  return &lines_.emplace(std::move(name), line).first->second;
}

Result<Inbox::Line*> Inbox::make(const InboxMark& mark) {
  auto known = find(mark);
  if (!known || *known != nullptr) return known;
  const auto added = (*statements_)[Statements::Which::add_case].bind(1, mark.tenant).bind(2, mark.case_id).finish();
  if (!added) return tl::unexpected(added.error());
  return find(mark);
}

void Inbox::touch(Line& line) {
  if (!std::exchange(line.changed, true)) changed_lines_.push_back(&line);
}

Result<void> Inbox::write_lines() {
  for (auto* line : changed_lines_) {
    const auto ok = (*statements_)[Statements::Which::set_line]
                        .bind(1, line->of_case)
                        .bind(2, line->epoch)
                        .bind(3, static_cast<std::int64_t>(line->lane))
                        .bind(4, line->sequence)
                        .bind(5, line->pack)
                        .finish();
    if (!ok) return ok;
    line->changed = false;
  }
  changed_lines_.clear();
  return {};
}

Result<std::uint64_t> Inbox::mark(const InboxMark& mark) {
  const auto line = find(mark);
  if (!line) return tl::unexpected(line.error());
  return *line == nullptr ? 0 : (*line)->sequence;
}

Result<void> Inbox::set_mark(const InboxMark& mark, std::uint64_t sequence) {
  const auto line = make(mark);
  if (!line) return tl::unexpected(line.error());
  (*line)->sequence = sequence;
  touch(**line);
  return {};
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

// Numbers of a line only grow: the pack that could hold this one is found from the last one back.
Result<bool> Inbox::holds(const Line& line, std::uint64_t sequence) {
  auto& pack = (*statements_)[Statements::Which::look_at];
  for (auto at = line.pack; at != 0;) {
    const sqlite::Scope scope(pack);
    const auto row = pack.bind(1, at).step();
    if (!row) return tl::unexpected(row.error());
    if (!*row) return false;
    auto heads = pack.blob(1);
    auto head = next_head(heads);
    at = head && head->sequence > sequence ? pack.integer(0) : 0;
    while (head && head->sequence < sequence) head = next_head(heads);
    if (head && head->sequence == sequence) return true;
  }
  return false;
}

Result<void> Inbox::put(const InboxReport& report, Lane lane) {
  auto& now = growing_;
  const bool goes_on = now.line != nullptr && now.line->epoch == report.epoch && now.line->lane == lane &&
                       now.case_id == report.case_id && now.tenant == report.tenant &&
                       now.pack.bodies.size() < most_packed;
  if (!goes_on) {
    if (auto ok = begin_pack(report, lane); !ok) return ok;
  }
  if (dropped_) return {};
  if (now.other != nullptr && report.sequence <= now.other->sequence) {
    const auto held = holds(*now.other, report.sequence);
    if (!held) return tl::unexpected(held.error());
    if (*held) {
      return fail(ALLIANCE_E_INVALID, "two lanes bring a report under the same number " +
                                          std::to_string(report.sequence) +
                                          ": the sender's store was copied or restored without a new epoch");
    }
  }
  now.pack.add(report);
  return {};
}

Result<void> Inbox::take_back() {
  if (!dropped_) growing_.pack.take_back();
  return {};
}

Result<void> Inbox::begin_pack(const InboxReport& report, Lane lane) {
  if (auto ok = end_pack(); !ok) return ok;
  auto& now = growing_;
  now.tenant = report.tenant;
  now.case_id = report.case_id;
  now.stream = inbox_stream(report.tenant, report.case_id);
  const auto erased = erased_.find(now.stream);
  dropped_ = erased != erased_.end() && report.epoch <= erased->second;
  if (dropped_) return {};
  if (auto ok = name_key(now.tenant, now.case_id); !ok) return ok;
  const auto line = make({report.tenant, report.case_id, report.epoch, lane});
  if (!line) return tl::unexpected(line.error());
  const auto other = find({report.tenant, report.case_id, report.epoch, other_than(lane)});
  if (!other) return tl::unexpected(other.error());
  now.line = *line;
  now.other = *other;
  return {};
}

Result<void> Inbox::end_pack() {
  auto& now = growing_;
  Line* const line = std::exchange(now.line, nullptr);
  if (line == nullptr || now.pack.empty()) return {};
  Bytes room;
  const auto bodies = vault_->kept(pack_place(now.stream, line->epoch, now.pack.heads), now.pack.bodies, room);
  if (!bodies) return tl::unexpected(bodies.error());
  auto done = add_pack(*line, now.pack, *bodies);
  now.pack.clear();
  return done;
}

Result<void> Inbox::add_pack(Line& line, const Pack& pack, std::span<const std::uint8_t> bodies) {
  const auto ok = (*statements_)[Statements::Which::add_pack]
                      .bind(1, ++arrival_)
                      .bind(2, line.of_case)
                      .bind(3, line.epoch)
                      .bind(4, line.pack)
                      .bind(5, pack.heads)
                      .bind(6, bodies)
                      .finish();
  if (!ok) return ok;
  line.pack = arrival_;
  line.sequence = std::max(line.sequence, pack.last());
  touch(line);
  return {};
}

Result<void> Inbox::each(const Show& show) {
  auto& all = (*statements_)[Statements::Which::all];
  const sqlite::Scope scope(all);
  for (;;) {
    const auto row = all.step();
    if (!row) return tl::unexpected(row.error());
    if (!*row) return {};
    const auto tenant = all.text(0), case_id = all.text(1);
    const auto stream = inbox_stream(tenant, case_id);
    auto heads = all.blob(3);
    // Where they do not open they are shown without: whoever looks is told that they cannot be read.
    const auto opened = vault_->unseal(pack_place(stream, all.integer(2), heads), all.blob(4));
    std::span<const std::uint8_t> bodies;
    if (opened) bodies = *opened;
    while (!heads.empty()) {
      const auto head = next_head(heads);
      const auto length = head && opened ? head->length : 0;
      if (!head || length > bodies.size()) {
        return fail(ALLIANCE_E_BAD_INPUT, file_.db.path() + " is damaged: put a backup in its place");
      }
      const Bytes aligned(bodies.begin(), bodies.begin() + static_cast<std::ptrdiff_t>(length));
      bodies = bodies.subspan(length);
      const InboxReport shown{head->id,       tenant,         case_id,    head->kind,
                              all.integer(2), head->sequence, head->time, aligned};
      if (auto ok = show(shown); !ok) return ok;
    }
  }
}

}  // namespace alliance::store

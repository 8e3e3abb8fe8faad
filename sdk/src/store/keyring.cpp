// SPDX-License-Identifier: Apache-2.0
#include "store/keyring.h"

#include <fcntl.h>
#include <openssl/sha.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

namespace alliance::store {
namespace {

// A heading of one slot's length, then slots. Both end in a check of what stands before it.
constexpr std::size_t slot_length = 128, check_length = 16, wrapped_length = Secret::length + seal_overhead;
constexpr std::array<std::uint8_t, 8> magic{'A', 'L', 'K', 'E', 'Y', 'S', '1', '\n'};
constexpr std::size_t at_id = 0, at_state = 16, at_standing = 17, at_time = 24, at_wrapped = 32;
constexpr std::uint8_t is_live = 1, is_destroyed = 2;
static_assert(at_wrapped + wrapped_length <= slot_length - check_length);

void set_check(Bytes& slot) {
  std::array<std::uint8_t, SHA256_DIGEST_LENGTH> digest{};
  SHA256(slot.data(), slot_length - check_length, digest.data());
  std::copy_n(digest.begin(), check_length, slot.end() - check_length);
}
bool whole(std::span<const std::uint8_t> slot) {
  Bytes copy(slot.begin(), slot.end());
  set_check(copy);
  return std::equal(slot.begin(), slot.end(), copy.begin());
}

void put(Bytes& slot, std::size_t at, std::int64_t number) {
  for (std::size_t i = 0; i < 8; ++i)
    slot[at + i] = static_cast<std::uint8_t>(static_cast<std::uint64_t>(number) >> (8 * i));
}
std::int64_t number(std::span<const std::uint8_t> slot, std::size_t at) {
  std::uint64_t out = 0;
  for (std::size_t i = 0; i < 8; ++i) out |= std::uint64_t{slot[at + i]} << (8 * i);
  return static_cast<std::int64_t>(out);
}

constexpr std::size_t index_length = 6;  // of an id
std::uint64_t index_of(const KeyId& id) {
  std::uint64_t out = 0;
  for (std::size_t byte = 0; byte < index_length; ++byte) out |= std::uint64_t{id[byte]} << (8 * byte);
  return out;
}

std::string system_words() { return std::strerror(errno); }

}  // namespace

Result<void> no_keys_yet(const std::string& file) {
  const std::string keys = key_ring_path(file);
  struct stat status{};
  if (::stat(keys.c_str(), &status) != 0 || static_cast<std::size_t>(status.st_size) < 2 * slot_length) return {};
  return fail(ALLIANCE_E_BAD_INPUT, file + " holds nothing, but " + keys +
                                        " holds keys of its cases: its content is gone; restore a backup, or move "
                                        "the key file away to begin anew");
}

KeyRing::KeyRing(KeyRing&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)),
      path_(std::move(other.path_)),
      master_(other.master_),
      ring_(other.ring_),
      mark_(other.mark_),
      proof_(std::move(other.proof_)),
      slots_(std::move(other.slots_)),
      all_(other.all_),
      next_(other.next_) {}

KeyRing::~KeyRing() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

Bytes KeyRing::place(std::string_view what, const KeyId& id) const {
  return associated({reinterpret_cast<const char*>(ring_.data()), ring_.size()},
                    {.what = what, .stream = {reinterpret_cast<const char*>(id.data()), id.size()}});
}

Result<KeyRing> KeyRing::open(const std::string& path, const Secret& master, Use use) {
  int descriptor = ::open(path.c_str(), (use == Use::read ? O_RDONLY : O_RDWR) | O_CLOEXEC | O_NOFOLLOW);
  if (descriptor < 0 && errno == ENOENT && use == Use::make) {
    KeyRing fresh(-1, path, master);
    if (auto ok = random_bytes(fresh.ring_); !ok) return tl::unexpected(std::move(ok).error());
    auto proof = seal(master, magic, fresh.place("ring", {}));
    if (!proof) return tl::unexpected(proof.error());
    fresh.proof_ = std::move(*proof);
    if (auto ok = write_private(path, fresh.heading()); !ok) return tl::unexpected(std::move(ok).error());
    descriptor = ::open(path.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW);
  }
  if (descriptor < 0) {
    if (errno == ENOENT) {
      return fail(ALLIANCE_E_NOT_FOUND, "the key file " + path +
                                            " is missing: put it back beside the store; without it nothing in the "
                                            "store can be read");
    }
    return fail(ALLIANCE_E_IO, "the key file " + path + " cannot be opened: " + system_words());
  }
  KeyRing out(descriptor, path, master);
  if (auto ok = out.read(); !ok) return tl::unexpected(std::move(ok).error());
  return out;
}

Result<void> KeyRing::read() {
  struct stat status{};
  if (::fstat(descriptor_, &status) != 0) return fail(ALLIANCE_E_IO, path_ + " cannot be read: " + system_words());
  if ((status.st_mode & 0077) != 0) {
    return fail(ALLIANCE_E_DENIED, "the key file " + path_ + " can be read by others: run chmod 600 " + path_);
  }
  const auto first = read(0, 1);
  if (!first) return tl::unexpected(first.error());
  const std::span<const std::uint8_t> heading(*first);
  if (heading.size() < slot_length || !std::equal(magic.begin(), magic.end(), heading.begin())) return damaged();
  std::copy_n(heading.begin() + 8, ring_.size(), ring_.begin());
  mark_ = number(heading, at_time);
  proof_ = Bytes(heading.begin() + at_wrapped, heading.begin() + at_wrapped + magic.size() + seal_overhead);
  const bool good = whole(heading), right = unseal(master_, proof_, place("ring", {})).has_value();
  if (!good && !right) return damaged();
  if (!right) {
    return fail(ALLIANCE_E_DENIED, "the master key is not the one that " + path_ +
                                       " was made under: give the right key file, ALLIANCE_STORE_KEY or "
                                       "ALLIANCE_STORE_KEY_FILE");
  }
  if (!good) mark_ = 0;  // the machine stopped while it was written: nobody has seen it
  const auto count = static_cast<std::size_t>(status.st_size) / slot_length;
  const auto last = read(count - 1, 1);
  if (!last) return tl::unexpected(last.error());
  // What was being added when the machine stopped: nothing uses it yet.
  next_ = count > 1 && (last->size() < slot_length || !whole(*last)) ? count - 1 : count;
  return {};
}

tl::unexpected<Failure> KeyRing::damaged() const {
  return fail(ALLIANCE_E_BAD_INPUT, "the key file " + path_ + " is damaged: put its copy in its place");
}

Result<Bytes> KeyRing::read(std::size_t from, std::size_t slots) const {
  Bytes out(slots * slot_length);
  std::size_t length = 0;
  while (length < out.size()) {
    const auto got =
        ::pread(descriptor_, out.data() + length, out.size() - length, static_cast<off_t>(from * slot_length + length));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return fail(ALLIANCE_E_IO, path_ + " cannot be read: " + system_words());
    if (got == 0) break;
    length += static_cast<std::size_t>(got);
  }
  out.resize(length);
  return out;
}

const KeyRing::Kept* KeyRing::keep(std::size_t index, std::span<const std::uint8_t> slot) const {
  KeyId id{};
  std::copy_n(slot.begin() + at_id, id.size(), id.begin());
  Kept kept{index, {}, {}};
  kept.slot.standing = slot[at_standing];
  kept.slot.time = number(slot, at_time);
  kept.slot.state = !whole(slot) ? State::damaged : slot[at_state] == is_live ? State::live : State::destroyed;
  if (kept.slot.state == State::live) {
    const auto wrapped = slot.subspan(at_wrapped, wrapped_length);
    kept.wrapped.assign(wrapped.begin(), wrapped.end());
  }
  return &slots_.try_emplace(id, std::move(kept)).first->second;
}

// For ids that do not tell their place.
Result<void> KeyRing::read_all() const {
  constexpr std::size_t at_once = 4096;
  for (std::size_t from = 1; from < next_; from += at_once) {
    const auto all = read(from, std::min(at_once, next_ - from));
    if (!all) return tl::unexpected(all.error());
    for (std::size_t at = 0; at + slot_length <= all->size(); at += slot_length) {
      const auto slot = std::span(*all).subspan(at, slot_length);
      if (std::any_of(slot.begin(), slot.end(), [](auto byte) { return byte != 0; }))
        keep(from + at / slot_length, slot);
    }
  }
  all_ = true;
  return {};
}

Result<const KeyRing::Kept*> KeyRing::find(const KeyId& id) const {
  const auto known = [&]() -> const Kept* {
    const auto found = slots_.find(id);
    return found == slots_.end() ? nullptr : &found->second;
  };
  if (all_ || known() != nullptr) return known();
  if (const auto index = index_of(id); index > 0 && index < next_) {
    const auto slot = read(static_cast<std::size_t>(index), 1);
    if (!slot) return tl::unexpected(slot.error());
    if (slot->size() == slot_length && std::equal(id.begin(), id.end(), slot->begin() + at_id))
      return keep(static_cast<std::size_t>(index), *slot);
  }
  return read_all().map(known);
}

KeyRing::Slot KeyRing::slot(const KeyId& id) const {
  const auto found = find(id);
  if (!found) return {State::damaged, 0, 0};
  return *found == nullptr ? Slot{} : (*found)->slot;
}

Result<Secret> KeyRing::key(const KeyId& id) const {
  const auto found = find(id);
  if (!found) return tl::unexpected(found.error());
  if (*found == nullptr) {
    return fail(ALLIANCE_E_NOT_FOUND,
                "the key file " + path_ + " does not have the key of a case: it is an older copy than the store");
  }
  const auto& kept = **found;
  if (kept.slot.state == State::destroyed) return fail(ALLIANCE_E_DENIED, "the case was erased and its key destroyed");
  if (kept.slot.state == State::damaged) {
    return fail(ALLIANCE_E_BAD_INPUT, "the key file " + path_ + " is damaged where the key of a case stood");
  }
  const auto plain = unseal(master_, kept.wrapped, place("key", id));
  if (!plain || plain->size() != Secret::length) {
    return fail(ALLIANCE_E_BAD_INPUT, "the key file " + path_ + " is damaged where the key of a case stood");
  }
  return Secret(std::span<const std::uint8_t, Secret::length>(plain->data(), Secret::length));
}

Bytes KeyRing::packed(const KeyId& id, const Kept& kept) const {
  Bytes slot(slot_length);
  std::copy(id.begin(), id.end(), slot.begin() + at_id);
  slot[at_state] = kept.slot.state == State::live ? is_live : is_destroyed;
  slot[at_standing] = kept.slot.standing;
  put(slot, at_time, kept.slot.time);
  std::copy(kept.wrapped.begin(), kept.wrapped.end(), slot.begin() + at_wrapped);
  set_check(slot);
  return slot;
}

Bytes KeyRing::heading() const {
  Bytes out(slot_length);
  std::copy(magic.begin(), magic.end(), out.begin());
  std::copy(ring_.begin(), ring_.end(), out.begin() + 8);
  put(out, at_time, mark_);
  std::copy(proof_.begin(), proof_.end(), out.begin() + at_wrapped);
  set_check(out);
  return out;
}

Result<void> KeyRing::new_mark() {
  Bytes chance(sizeof mark_);
  if (auto ok = random_bytes(chance); !ok) return ok;
  mark_ = number(chance, 0);
  return write(0, heading());
}

Result<void> KeyRing::write(std::size_t index, const Bytes& bytes) {
  std::size_t at = 0;
  while (at < bytes.size()) {
    const auto written =
        ::pwrite(descriptor_, bytes.data() + at, bytes.size() - at, static_cast<off_t>(index * slot_length + at));
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return fail(ALLIANCE_E_IO, "the key file " + path_ + " cannot be written: " + system_words());
    at += static_cast<std::size_t>(written);
  }
  if (::fdatasync(descriptor_) != 0) {
    return fail(ALLIANCE_E_IO, "the key file " + path_ + " cannot be kept: " + system_words());
  }
  return {};
}

Result<std::vector<KeyId>> KeyRing::add(std::size_t count) {
  std::vector<KeyId> ids(count);
  std::vector<Kept> made;
  Bytes all;
  for (std::size_t i = 0; i < count; ++i) {
    const auto secret = Secret::random();
    if (!secret) return tl::unexpected(secret.error());
    if (auto ok = random_bytes(ids[i]); !ok) return tl::unexpected(std::move(ok).error());
    for (std::size_t byte = 0; byte < index_length; ++byte) {
      ids[i][byte] = static_cast<std::uint8_t>(std::uint64_t{next_ + i} >> (8 * byte));
    }
    auto wrapped = seal(master_, secret->bytes(), place("key", ids[i]));
    if (!wrapped) return tl::unexpected(wrapped.error());
    made.push_back({next_ + i, {State::live, 0, 0}, std::move(*wrapped)});
    const auto slot = packed(ids[i], made.back());
    all.insert(all.end(), slot.begin(), slot.end());
  }
  if (auto ok = write(next_, all); !ok) return tl::unexpected(std::move(ok).error());
  for (std::size_t i = 0; i < count; ++i) slots_.emplace(ids[i], std::move(made[i]));
  next_ += count;
  return ids;
}

Result<void> KeyRing::destroy(const KeyId& id, std::int64_t now) {
  const auto found = find(id);
  if (!found) return tl::unexpected(found.error());
  if (*found == nullptr || (*found)->slot.state == State::destroyed) return {};
  Kept gone{(*found)->index, {State::destroyed, 0, now}, Bytes(wrapped_length)};
  if (auto ok = random_bytes(gone.wrapped); !ok) return ok;
  if (auto ok = write(gone.index, packed(id, gone)); !ok) return ok;
  gone.wrapped.clear();
  slots_.insert_or_assign(id, std::move(gone));
  return {};
}

Result<void> KeyRing::set_standing(const KeyId& id, std::uint8_t standing) {
  const auto found = find(id);
  if (!found) return tl::unexpected(found.error());
  if (*found == nullptr || (*found)->slot.state != State::live) return {};
  Kept changed = **found;
  changed.slot.standing = standing;
  if (auto ok = write(changed.index, packed(id, changed)); !ok) return ok;
  slots_.insert_or_assign(id, std::move(changed));
  return {};
}

}  // namespace alliance::store

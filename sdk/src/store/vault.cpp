// SPDX-License-Identifier: Apache-2.0
#include "store/vault.h"

#include <algorithm>
#include <set>

namespace alliance::store {
namespace {

std::optional<KeyId> key_id(std::span<const std::uint8_t> bytes) {
  KeyId id{};
  if (bytes.size() != id.size()) return std::nullopt;
  std::copy(bytes.begin(), bytes.end(), id.begin());
  return id;
}

}  // namespace

std::unique_ptr<Vault> Vault::plain() { return std::unique_ptr<Vault>(new Vault); }

Result<std::unique_ptr<Vault>> Vault::open(const KeySource& source, const std::string& file, std::string owner,
                                           KeyRing::Use use) {
  const auto master = master_key(
      source, file, use == KeyRing::Use::make && !file_exists(key_ring_path(file)) ? Make::if_missing : Make::no);
  if (!master) return tl::unexpected(master.error());
  auto ring = KeyRing::open(key_ring_path(file), *master, use);
  if (!ring) return tl::unexpected(std::move(ring).error());
  auto out = plain();
  out->owner_ = std::move(owner);
  out->ring_.emplace(std::move(*ring));
  return out;
}

Result<void> Vault::know(const std::string& stream, std::span<const std::uint8_t> id, std::int64_t from, bool newest) {
  if (!sealed()) return {};
  const auto known = key_id(id);
  if (!known) return fail(ALLIANCE_E_BAD_INPUT, "the store is damaged: a case has no key");
  const std::lock_guard lock(mutex_);
  const auto [at, fresh] = known_.try_emplace(stream, Known{*known, from});
  if (newest && !fresh) at->second = {*known, from};
  return {};
}

void Vault::forget(const std::string& stream) {
  const std::lock_guard lock(mutex_);
  known_.erase(stream);
}

Result<void> Vault::make(const std::vector<std::string>& streams) {
  if (!sealed()) return {};
  const std::lock_guard lock(mutex_);
  std::set<std::string> each(streams.begin(), streams.end());
  std::erase_if(each, [&](const std::string& stream) { return known_.contains(stream); });
  const std::vector<std::string> without(each.begin(), each.end());
  if (without.empty()) return {};
  const auto ids = ring_->add(without.size());
  if (!ids) return tl::unexpected(ids.error());
  for (std::size_t i = 0; i < without.size(); ++i) known_.emplace(without[i], Known{(*ids)[i], 0});
  return {};
}

Result<KeyId> Vault::fresh() {
  if (!sealed()) return KeyId{};
  const std::lock_guard lock(mutex_);
  return ring_->add(1).map([](const auto& ids) { return ids.front(); });
}

Result<std::optional<Vault::Known>> Vault::find(std::string_view stream) const {
  const auto known = [&]() -> std::optional<Known> {
    const std::lock_guard lock(mutex_);
    const auto found = known_.find(stream);
    return found == known_.end() ? std::nullopt : std::optional(found->second);
  };
  auto found = known();
  if (found || !ask_ || !sealed()) return found;
  return ask_(std::string(stream)).map(known);
}

Result<bool> Vault::knows(std::string_view stream) const {
  if (!sealed()) return true;
  return find(stream).map([](const auto& known) { return known.has_value(); });
}

bool Vault::erased(const Place& place) const {
  const auto known = find(place.stream);
  return known && *known && place.epoch < (*known)->from;
}

Bytes Vault::id_of(std::string_view stream) const {
  const auto known = find(stream);
  return known && *known ? Bytes((*known)->id.begin(), (*known)->id.end()) : Bytes();
}

Result<Secret> Vault::key(const KeyId& id) const {
  const std::lock_guard lock(mutex_);
  const auto found = open_.find(id);
  if (found != open_.end()) return found->second;
  auto key = ring_->key(id);
  if (key) open_.emplace(id, *key);
  return key;
}

Result<Bytes> Vault::seal_with(const KeyId& id, const Place& place, std::span<const std::uint8_t> plain) const {
  if (!sealed()) return Bytes(plain.begin(), plain.end());
  const auto secret = key(id);
  if (!secret) return tl::unexpected(secret.error());
  return store::seal(*secret, plain, associated(owner_, place));
}

Result<Bytes> Vault::seal(const Place& place, std::span<const std::uint8_t> plain) const {
  if (!sealed()) return Bytes(plain.begin(), plain.end());
  const auto known = find(place.stream);
  if (!known) return tl::unexpected(known.error());
  if (!*known) return fail(ALLIANCE_E_INTERNAL, "a case has no key yet");
  return seal_with((*known)->id, place, plain);
}

Result<std::span<const std::uint8_t>> Vault::kept(const Place& place, std::span<const std::uint8_t> plain,
                                                  Bytes& room) const {
  if (!sealed()) return plain;
  auto bytes = seal(place, plain);
  if (!bytes) return tl::unexpected(std::move(bytes).error());
  room = std::move(*bytes);
  return room;
}

Result<Bytes> Vault::unseal(const Place& place, std::span<const std::uint8_t> bytes) const {
  if (!sealed()) return Bytes(bytes.begin(), bytes.end());
  const auto known = find(place.stream);
  if (!known) return tl::unexpected(known.error());
  if (!*known || place.epoch < (*known)->from)
    return fail(ALLIANCE_E_DENIED, "the case was erased, or is not in this file");
  const auto secret = key((*known)->id);
  if (!secret) return tl::unexpected(secret.error());
  return store::unseal(*secret, bytes, associated(owner_, place));
}

KeyRing::Slot Vault::slot(std::span<const std::uint8_t> id) const {
  const auto known = key_id(id);
  if (!sealed() || !known) return {};
  const std::lock_guard lock(mutex_);
  return ring_->slot(*known);
}

Result<void> Vault::destroy(std::span<const std::uint8_t> id, std::int64_t now) {
  const auto known = key_id(id);
  if (!sealed() || !known) return {};
  const std::lock_guard lock(mutex_);
  open_.erase(*known);
  return ring_->destroy(*known, now);
}

Result<void> Vault::set_standing(const std::string& stream, std::uint8_t standing) {
  const auto known = find(stream);
  if (!known) return tl::unexpected(known.error());
  if (!*known) return {};
  const std::lock_guard lock(mutex_);
  return ring_->set_standing((*known)->id, standing);
}

Result<void> Vault::new_mark() {
  const std::lock_guard lock(mutex_);
  return sealed() ? ring_->new_mark() : Result<void>{};
}

}  // namespace alliance::store

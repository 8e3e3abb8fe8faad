// SPDX-License-Identifier: Apache-2.0
// What a file of ours keeps about people, sealed: a key per case, looked up by the case's name. A vault of a plaintext
// file passes bytes through. Any thread.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "store/keyring.h"

namespace alliance::store {

class Vault {
 public:
  // `owner`: whose file it is; bound into everything that is sealed.
  static std::unique_ptr<Vault> plain();
  static Result<std::unique_ptr<Vault>> open(const KeySource& source, const std::string& file, std::string owner,
                                             KeyRing::Use use);

  bool sealed() const { return ring_.has_value(); }

  // A case that the file has, with the id of its key as it stands there. What was sealed under an epoch before `from`
  // was erased.
  Result<void> know(const std::string& stream, std::span<const std::uint8_t> id, std::int64_t from) {
    return know(stream, id, from, true);
  }
  // The same, where nothing newer is known.
  Result<void> learn(const std::string& stream, std::span<const std::uint8_t> id, std::int64_t from) {
    return know(stream, id, from, false);
  }
  // Who is asked about a case that is not known, and then has it learnt; nothing is learnt where the file has no such
  // case. Set before there is more than one thread.
  using Ask = std::function<Result<void>(const std::string& stream)>;
  void ask(Ask of) { ask_ = std::move(of); }
  void forget(const std::string& stream);  // it gets another key when it is next asked for
  // A key for each of which nothing is known (see knows()), on the disk when it returns; one that is made for nothing
  // harms nobody.
  Result<void> make(const std::vector<std::string>& streams);
  Result<KeyId> fresh();                              // a key that no case has yet
  Result<bool> knows(std::string_view stream) const;  // asks, where it does not
  bool erased(const Place& place) const;              // since
  Bytes id_of(std::string_view stream) const;         // empty: not sealed

  Result<Bytes> seal(const Place& place, std::span<const std::uint8_t> plain) const;
  // As it is kept: sealed, in `room`, or the bytes themselves.
  Result<std::span<const std::uint8_t>> kept(const Place& place, std::span<const std::uint8_t> plain,
                                             Bytes& room) const;
  Result<Bytes> seal_with(const KeyId& id, const Place& place, std::span<const std::uint8_t> plain) const;
  // ALLIANCE_E_DENIED: erased. ALLIANCE_E_BAD_INPUT: damaged.
  Result<Bytes> unseal(const Place& place, std::span<const std::uint8_t> bytes) const;

  KeyRing::Slot slot(std::span<const std::uint8_t> id) const;
  Result<void> destroy(std::span<const std::uint8_t> id, std::int64_t now);
  Result<void> set_standing(const std::string& stream, std::uint8_t standing);
  // As of KeyRing; a plaintext file has none.
  Result<void> new_mark();
  std::string mark() const { return sealed() ? std::to_string(ring_->mark()) : std::string(); }

 private:
  Vault() = default;
  Result<void> know(const std::string& stream, std::span<const std::uint8_t> id, std::int64_t from, bool newest);
  Result<Secret> key(const KeyId& id) const;
  struct Known {
    KeyId id{};
    std::int64_t from = 0;
  };
  Result<std::optional<Known>> find(std::string_view stream) const;

  std::string owner_;
  mutable std::mutex mutex_;
  std::optional<KeyRing> ring_;
  std::map<std::string, Known, std::less<>> known_;
  Ask ask_;
  mutable std::map<KeyId, Secret> open_;  // unwrapped when they were first needed
};

}  // namespace alliance::store

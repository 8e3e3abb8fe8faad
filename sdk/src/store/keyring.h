// SPDX-License-Identifier: Apache-2.0
// The keys of the cases, each wrapped under the master key, in a file beside the store that no backup of the store
// holds. A key that is destroyed is overwritten in its place, and its place says so: whoever restores a backup learns
// that the case was erased. Only keys that are asked for are read.
#pragma once

#include <array>
#include <map>
#include <string>

#include "store/master.h"

namespace alliance::store {

// The first bytes are the number of its place in the file, the others chance; in files of earlier versions all are.
using KeyId = std::array<std::uint8_t, 16>;

inline std::string key_ring_path(const std::string& file) { return file + ".keys"; }

// A store or inbox is begun only where no key says that there was one: its content is gone then.
Result<void> no_keys_yet(const std::string& file);

class KeyRing {
 public:
  enum class State : std::uint8_t { live, destroyed, damaged, missing };
  struct Slot {
    State state = State::missing;
    std::uint8_t standing = 0;  // kept with the key, so that an older backup cannot undo it
    std::int64_t time = 0;      // when it was destroyed
  };

  enum class Use : std::uint8_t { read, write, make };
  // ALLIANCE_E_DENIED: another master key.
  static Result<KeyRing> open(const std::string& path, const Secret& master, Use use);
  KeyRing(KeyRing&& other) noexcept;
  KeyRing& operator=(KeyRing&&) = delete;
  ~KeyRing();

  Slot slot(const KeyId& id) const;
  Result<Secret> key(const KeyId& id) const;

  // Another one for each time that keys are about to be destroyed or to get another standing: who has seen the last one
  // knows of all that was done. On the disk when new_mark() returns.
  Result<void> new_mark();
  std::int64_t mark() const { return mark_; }  // 0: none yet

  // All on the disk when they return.
  Result<std::vector<KeyId>> add(std::size_t count);
  Result<void> destroy(const KeyId& id, std::int64_t now);  // again is nothing
  Result<void> set_standing(const KeyId& id, std::uint8_t standing);

 private:
  struct Kept {
    std::size_t index;
    Slot slot;
    Bytes wrapped;
  };
  KeyRing(int descriptor, std::string path, const Secret& master)
      : descriptor_(descriptor), path_(std::move(path)), master_(master) {}
  Result<void> read();
  Result<Bytes> read(std::size_t from, std::size_t slots) const;  // fewer at the end of the file
  Result<void> read_all() const;
  Result<const Kept*> find(const KeyId& id) const;  // null: it is not there
  const Kept* keep(std::size_t index, std::span<const std::uint8_t> slot) const;
  tl::unexpected<Failure> damaged() const;
  Result<void> write(std::size_t index, const Bytes& bytes);
  Bytes heading() const;
  Bytes packed(const KeyId& id, const Kept& kept) const;
  Bytes place(std::string_view what, const KeyId& id) const;

  int descriptor_;
  std::string path_;
  Secret master_;
  std::array<std::uint8_t, 16> ring_{};
  std::int64_t mark_ = 0;
  Bytes proof_;                          // that the master key is the right one
  mutable std::map<KeyId, Kept> slots_;  // those that were asked for
  mutable bool all_ = false;             // every one is in it
  std::size_t next_ = 0;                 // index of the next slot
};

}  // namespace alliance::store

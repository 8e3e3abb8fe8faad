// SPDX-License-Identifier: Apache-2.0
// Bytes under a key: XAES-256-GCM (C2SP), which is AES-256-GCM under a key of its own for each message, derived from
// a random nonce of 192 bits: nonces need no counter that a restored backup could set back.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/result.h"

namespace alliance::store {

using Bytes = std::vector<std::uint8_t>;

// 32 bytes that are wiped when they are no longer needed.
class Secret {
 public:
  static constexpr std::size_t length = 32;
  Secret() = default;
  explicit Secret(std::span<const std::uint8_t, length> bytes);
  Secret(const Secret&) = default;
  Secret& operator=(const Secret&) = default;
  ~Secret();
  static Result<Secret> random();
  const std::uint8_t* data() const { return bytes_.data(); }
  std::uint8_t* data() { return bytes_.data(); }
  std::span<const std::uint8_t, length> bytes() const { return bytes_; }

 private:
  std::array<std::uint8_t, length> bytes_{};
};

Result<void> random_bytes(std::span<std::uint8_t> into);

// Where sealed bytes belong. They open in this place alone: no row can stand in for another.
struct Place {
  std::string_view what;    // "event", "report", ...
  std::string_view stream;  // the case
  std::int64_t epoch = 0;
  std::uint64_t row = 0;
  std::string_view name{};  // the row's own id
  std::int64_t time = 0;
};
Bytes associated(std::string_view owner, const Place& place);

inline constexpr std::size_t seal_overhead = 4 + 24 + 16;  // mark, nonce, tag
bool looks_sealed(std::span<const std::uint8_t> bytes);

Result<Bytes> seal(const Secret& key, std::span<const std::uint8_t> plain, std::span<const std::uint8_t> associated);
// ALLIANCE_E_BAD_INPUT: another key, another place, or not the bytes that were sealed.
Result<Bytes> unseal(const Secret& key, std::span<const std::uint8_t> sealed, std::span<const std::uint8_t> associated);

// The cipher itself, for its published examples.
Result<Bytes> xaes256gcm(const Secret& key, std::span<const std::uint8_t, 24> nonce,
                         std::span<const std::uint8_t> plain, std::span<const std::uint8_t> associated);

}  // namespace alliance::store

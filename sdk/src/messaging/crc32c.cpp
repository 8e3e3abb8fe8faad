// SPDX-License-Identifier: Apache-2.0
#include "messaging/crc32c.h"

#include <array>
#include <cstring>

#if defined(__x86_64__) && defined(__GNUC__)
#include <immintrin.h>
#endif

namespace alliance::messaging {
namespace {

using Tables = std::array<std::array<std::uint32_t, 256>, 8>;

constexpr Tables make_tables() {
  Tables tables{};
  for (std::uint32_t i = 0; i < 256; ++i) {
    std::uint32_t value = i;
    for (int bit = 0; bit < 8; ++bit) value = (value >> 1) ^ ((value & 1) ? 0x82f63b78u : 0u);
    tables[0][i] = value;
  }
  for (std::size_t t = 1; t < 8; ++t) {
    for (std::size_t i = 0; i < 256; ++i) {
      tables[t][i] = (tables[t - 1][i] >> 8) ^ tables[0][tables[t - 1][i] & 0xff];
    }
  }
  return tables;
}
constexpr Tables tables = make_tables();

std::uint32_t by_tables(std::span<const std::uint8_t> bytes, std::uint32_t crc) {
  while (bytes.size() >= 8) {
    const std::uint32_t low =
        crc ^ (static_cast<std::uint32_t>(bytes[0]) | static_cast<std::uint32_t>(bytes[1]) << 8 |
               static_cast<std::uint32_t>(bytes[2]) << 16 | static_cast<std::uint32_t>(bytes[3]) << 24);
    crc = tables[7][low & 0xff] ^ tables[6][(low >> 8) & 0xff] ^ tables[5][(low >> 16) & 0xff] ^ tables[4][low >> 24] ^
          tables[3][bytes[4]] ^ tables[2][bytes[5]] ^ tables[1][bytes[6]] ^ tables[0][bytes[7]];
    bytes = bytes.subspan(8);
  }
  for (const auto byte : bytes) crc = (crc >> 8) ^ tables[0][(crc ^ byte) & 0xff];
  return crc;
}

#if defined(__x86_64__) && defined(__GNUC__)
// The processor has this very polynomial as an instruction.
__attribute__((target("sse4.2"))) std::uint32_t by_instruction(std::span<const std::uint8_t> bytes, std::uint32_t crc) {
  while (bytes.size() >= 8) {
    unsigned long long eight = 0;
    std::memcpy(&eight, bytes.data(), sizeof eight);
    crc = static_cast<std::uint32_t>(__builtin_ia32_crc32di(crc, eight));
    bytes = bytes.subspan(8);
  }
  for (const auto byte : bytes) crc = __builtin_ia32_crc32qi(crc, byte);
  return crc;
}
const bool has_instruction = __builtin_cpu_supports("sse4.2") != 0;

// x to that power modulo the polynomial, with its bits turned round as they are in a checksum.
constexpr std::uint32_t power(std::size_t of) {
  std::uint32_t value = 0x80000000u;
  for (; of > 0; --of) value = (value >> 1) ^ ((value & 1) ? 0x82f63b78u : 0u);
  return value;
}

// One such instruction waits for the one before it, and three of them do not wait for each other: three parts of
// `Part` bytes each side by side. The first two checksums are then carried over what stands behind them, by a
// multiplication without carries each, whose result is turned into a checksum with the last eight bytes.
template <std::size_t Part>
__attribute__((target("sse4.2,pclmul"))) std::uint32_t by_three(std::span<const std::uint8_t>& bytes,
                                                                std::uint32_t before) {
  constexpr std::uint32_t one = power(8 * Part - 33), two = power(16 * Part - 33);
  const __m128i over_one = _mm_cvtsi32_si128(static_cast<int>(one)),
                over_two = _mm_cvtsi32_si128(static_cast<int>(two));
  std::uint64_t crc = before;
  for (; bytes.size() >= 3 * Part; bytes = bytes.subspan(3 * Part)) {
    const auto eight = [&bytes](std::size_t at) {
      std::uint64_t value = 0;
      std::memcpy(&value, bytes.data() + at, sizeof value);
      return value;
    };
    std::uint64_t second = 0, third = 0;
    for (std::size_t at = 0; at < Part; at += 8) {
      crc = _mm_crc32_u64(crc, eight(at));
      second = _mm_crc32_u64(second, eight(Part + at));
      if (at + 8 < Part) third = _mm_crc32_u64(third, eight(2 * Part + at));
    }
    const __m128i carried =
        _mm_xor_si128(_mm_clmulepi64_si128(_mm_cvtsi64_si128(static_cast<long long>(crc)), over_two, 0),
                      _mm_clmulepi64_si128(_mm_cvtsi64_si128(static_cast<long long>(second)), over_one, 0));
    crc = _mm_crc32_u64(third, static_cast<std::uint64_t>(_mm_cvtsi128_si64(carried)) ^ eight(3 * Part - 8));
  }
  return static_cast<std::uint32_t>(crc);
}
std::uint32_t by_multiplication(std::span<const std::uint8_t> bytes, std::uint32_t crc) {
  crc = by_three<64>(bytes, by_three<192>(bytes, by_three<1024>(bytes, crc)));
  return by_instruction(bytes, crc);
}
const bool has_multiplication = has_instruction && __builtin_cpu_supports("pclmul") != 0;
#else
constexpr auto by_instruction = by_tables, by_multiplication = by_tables;
constexpr bool has_instruction = false, has_multiplication = false;
#endif
constexpr std::size_t least_multiplied = 192;

}  // namespace

std::uint32_t crc32c(std::span<const std::uint8_t> bytes, std::uint32_t before) {
  if (has_multiplication && bytes.size() >= least_multiplied) return ~by_multiplication(bytes, ~before);
  return ~(has_instruction ? by_instruction(bytes, ~before) : by_tables(bytes, ~before));
}

std::uint32_t crc32c_by_tables(std::span<const std::uint8_t> bytes, std::uint32_t before) {
  return ~by_tables(bytes, ~before);
}

}  // namespace alliance::messaging

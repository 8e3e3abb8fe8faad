// SPDX-License-Identifier: Apache-2.0
#include "messaging/crc32c.h"

#include <array>
#include <cstring>

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
#else
constexpr auto by_instruction = by_tables;
constexpr bool has_instruction = false;
#endif

}  // namespace

std::uint32_t crc32c(std::span<const std::uint8_t> bytes, std::uint32_t before) {
  return ~(has_instruction ? by_instruction(bytes, ~before) : by_tables(bytes, ~before));
}

std::uint32_t crc32c_by_tables(std::span<const std::uint8_t> bytes, std::uint32_t before) {
  return ~by_tables(bytes, ~before);
}

}  // namespace alliance::messaging

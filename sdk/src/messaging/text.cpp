// SPDX-License-Identifier: Apache-2.0
#include "messaging/text.h"

#include <cstdint>
#include <cstring>

namespace alliance::messaging {

namespace {

template <class Number>
Number number_at(const char* text) {
  Number number = 0;
  std::memcpy(&number, text, sizeof number);
  return number;
}

// Eight characters of ASCII, none of them a control character, looked at together.
bool eight_plain(std::uint64_t word) {
  constexpr std::uint64_t each = 0x0101010101010101u, high = 0x80 * each;
  const std::uint64_t below_space = (word | high) - 0x20 * each;  // takes the high bit of what lies below
  const std::uint64_t is_delete = ((word ^ 0x7f * each) | high) - each;
  return (word & high) == 0 && (below_space & is_delete & high) == high;
}

// Four characters or more; the last may be looked at twice.
bool all_plain(std::string_view text) {
  const char* const begin = text.data();
  const char* const end = begin + text.size();
  if (text.size() < 8) {
    return eight_plain(std::uint64_t{number_at<std::uint32_t>(begin)} << 32 | number_at<std::uint32_t>(end - 4));
  }
  for (const char* at = begin; at < end - 8; at += 8) {
    if (!eight_plain(number_at<std::uint64_t>(at))) return false;
  }
  return eight_plain(number_at<std::uint64_t>(end - 8));
}

}  // namespace

bool is_name(std::string_view text, std::size_t most) {
  if (text.size() > most) return false;
  if (text.size() >= 4 && all_plain(text)) return true;
  for (std::size_t at = 0; at < text.size();) {
    if (text.size() - at >= 8 && eight_plain(number_at<std::uint64_t>(text.data() + at))) {
      at += 8;
      continue;
    }
    const auto first = static_cast<std::uint8_t>(text[at]);
    if (first < 0x20 || first == 0x7f) return false;
    const std::size_t more = first < 0x80 ? 0 : first >> 5 == 6 ? 1 : first >> 4 == 14 ? 2 : first >> 3 == 30 ? 3 : 4;
    if (more == 4 || at + more >= text.size()) return false;
    std::uint32_t point = more == 0 ? first : first & (0x3fu >> more);
    for (std::size_t i = 1; i <= more; ++i) {
      const auto next = static_cast<std::uint8_t>(text[at + i]);
      if (next >> 6 != 2) return false;
      point = point << 6 | (next & 0x3fu);
    }
    constexpr std::uint32_t least[] = {0, 0x80, 0x800, 0x10000};  // shorter forms only
    if (point < least[more] || point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff)) return false;
    if (point >= 0x80 && point < 0xa0) return false;  // control characters too
    at += more + 1;
  }
  return true;
}

}  // namespace alliance::messaging

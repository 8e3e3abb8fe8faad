// SPDX-License-Identifier: Apache-2.0
// Text in UTF-8.
#pragma once

#include <cstddef>
#include <string_view>

namespace alliance {

// At most `most` bytes from the front of a text, cut between two characters: what is left is UTF-8 as before.
inline std::string_view front_of(std::string_view text, std::size_t most) {
  if (text.size() <= most) return text;
  while (most > 0 && (static_cast<unsigned char>(text[most]) & 0xC0) == 0x80) --most;
  return text.substr(0, most);
}

}  // namespace alliance

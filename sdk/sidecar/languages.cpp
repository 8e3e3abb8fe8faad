// SPDX-License-Identifier: Apache-2.0
#include "languages.h"

#include <algorithm>

namespace alliance::sidecar {
namespace {

bool same_tag(std::string_view left, std::string_view right) {
  return left.size() == right.size() && std::equal(left.begin(), left.end(), right.begin(), [](char a, char b) {
           return a == b || ((a ^ b) == 0x20 && (a | 0x20) >= 'a' && (a | 0x20) <= 'z');
         });
}

std::string_view language_alone(std::string_view tag) { return tag.substr(0, tag.find('-')); }

}  // namespace

std::string best_language(std::string_view wishes, const std::vector<std::string>& there) {
  while (!wishes.empty()) {
    const auto end = std::min(wishes.find(','), wishes.size());
    std::string_view wish = wishes.substr(0, end);
    wish = wish.substr(0, wish.find(';'));  // browsers put the weight behind it, and the heaviest first
    wishes.remove_prefix(std::min(end + 1, wishes.size()));
    while (wish.starts_with(' ')) wish.remove_prefix(1);
    while (wish.ends_with(' ')) wish.remove_suffix(1);
    if (wish.empty()) continue;
    for (const auto& tag : there) {
      if (same_tag(tag, wish)) return tag;
    }
    for (const auto& tag : there) {
      if (tag.size() > wish.size() && tag[wish.size()] == '-' && same_tag(tag.substr(0, wish.size()), wish)) return tag;
    }
    for (const auto& tag : there) {
      if (same_tag(language_alone(tag), language_alone(wish))) return tag;
    }
  }
  return there.empty() ? std::string() : there.front();
}

}  // namespace alliance::sidecar

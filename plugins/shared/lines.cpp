// SPDX-License-Identifier: Apache-2.0
#include "lines.h"

#include <algorithm>

namespace alliance::shared {
namespace {

// Walks over a text that a parser has already accepted.
class Walker {
 public:
  explicit Walker(std::string_view text) : text_(text) {}

  std::size_t find(const Place& place) {
    blank();
    std::size_t known = at_;
    for (const Step& step : place) {
      if (!enter(step)) return known;
      known = at_;
    }
    return known;
  }

 private:
  char here() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  void blank() {
    while (at_ < text_.size() && (here() == ' ' || here() == '\n' || here() == '\r' || here() == '\t')) ++at_;
  }
  std::string_view string() {
    const std::size_t from = ++at_;
    while (at_ < text_.size() && here() != '"') at_ += here() == '\\' ? 2 : 1;
    const std::size_t length = std::min(at_, text_.size()) - from;
    ++at_;
    return text_.substr(from, length);
  }
  void skip() {
    int depth = 0;
    do {
      const char c = here();
      if (c == '"') {
        string();
        continue;
      }
      if (c == '{' || c == '[') ++depth;
      if (c == '}' || c == ']') --depth;
      ++at_;
    } while (at_ < text_.size() && (depth > 0 || (here() != ',' && here() != '}' && here() != ']')));
  }
  // From the beginning of a value to that of one of its members.
  bool enter(const Step& step) {
    const bool by_name = !step.name.empty();
    if (here() != (by_name ? '{' : '[')) return false;
    ++at_;
    for (std::size_t i = 0;; ++i) {
      blank();
      if (at_ >= text_.size() || here() == '}' || here() == ']') return false;
      bool found = i == step.index;
      if (by_name) {
        found = string() == step.name;
        blank();
        ++at_;  // the colon
        blank();
      }
      if (found) return true;
      skip();
      blank();
      if (here() == ',') ++at_;
    }
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

std::string to_text(const Place& place) {
  std::string out;
  for (const Step& step : place) {
    if (step.name.empty()) {
      out += "[" + std::to_string(step.index) + "]";
    } else {
      out += (out.empty() ? "" : ".") + step.name;
    }
  }
  return out;
}

std::size_t line_of(std::string_view json, const Place& place) {
  const std::size_t offset = std::min(Walker(json).find(place), json.size());
  return 1 +
         static_cast<std::size_t>(std::count(json.begin(), json.begin() + static_cast<std::ptrdiff_t>(offset), '\n'));
}

}  // namespace alliance::shared

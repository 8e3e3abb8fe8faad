// SPDX-License-Identifier: Apache-2.0
#include "forms.h"

#include <algorithm>

#include "../../shared/iso8601.h"

namespace alliance::xapi {
namespace {

bool digit(char c) { return c >= '0' && c <= '9'; }
bool letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool hex(char c) { return digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

// The part before the separator; the rest stays, or is empty after the last.
std::string_view part(std::string_view& rest, char separator) {
  const std::size_t end = std::min(rest.find(separator), rest.size());
  const std::string_view found = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return found;
}

bool all(std::string_view text, bool (*is)(char)) { return std::all_of(text.begin(), text.end(), is); }

}  // namespace

bool is_uuid(std::string_view text) {
  static constexpr std::string_view shape = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
  if (text.size() != shape.size()) return false;
  for (std::size_t i = 0; i < shape.size(); ++i) {
    if (shape[i] == '-' ? text[i] != '-' : !hex(text[i])) return false;
  }
  return true;
}

bool is_iri(std::string_view text) {
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos || colon == 0 || colon + 1 == text.size() || !letter(text.front())) return false;
  const auto of_scheme = [](char c) { return letter(c) || digit(c) || c == '+' || c == '-' || c == '.'; };
  const auto bad = [](char c) {
    return static_cast<unsigned char>(c) <= 0x20 || c == 0x7F ||
           std::string_view("<>\"{}|\\^`").find(c) != std::string_view::npos;
  };
  return all(text.substr(0, colon), of_scheme) && std::none_of(text.begin(), text.end(), bad);
}

bool is_mailto(std::string_view text) {
  if (!text.starts_with("mailto:") || !is_iri(text)) return false;
  const std::string_view address = text.substr(7);
  const std::size_t at = address.find('@');
  return at != 0 && at != std::string_view::npos && at + 1 < address.size() &&
         address.find('@', at + 1) == std::string_view::npos;
}

bool is_hex(std::string_view text, std::size_t digits) { return text.size() == digits && all(text, hex); }

bool is_language(std::string_view text) {
  if (text.empty() || text.back() == '-') return false;
  const std::string_view first = part(text, '-');
  const bool lone = first == "x" || first == "i";
  if (!all(first, letter) || first.empty() || first.size() > 8 || (first.size() == 1 && (!lone || text.empty())))
    return false;
  while (!text.empty()) {
    const std::string_view next = part(text, '-');
    if (next.empty() || next.size() > 8 || !all(next, [](char c) { return letter(c) || digit(c); })) return false;
  }
  return true;
}

bool is_timestamp(std::string_view text) {
  if (text.ends_with("-00:00") || text.ends_with("-0000")) return false;
  const std::size_t time = text.find('T');
  if (time != std::string_view::npos && text.ends_with("-00") && text.size() > time + 6) return false;
  return shared::instant(text).has_value();
}

bool is_duration(std::string_view text) {
  if (!text.starts_with('P')) return false;
  text.remove_prefix(1);
  static constexpr std::string_view order = "YMWDTHMS";
  std::size_t next = 0;
  bool any = false, time = false;
  while (!text.empty()) {
    if (!time && text.front() == 'T') {
      time = true;
      next = 5;
      text.remove_prefix(1);
      if (text.empty()) return false;
      continue;
    }
    const std::size_t digits =
        static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), digit) - text.begin());
    if (digits == 0) return false;
    text.remove_prefix(digits);
    bool broken = false;
    if (!text.empty() && (text.front() == '.' || text.front() == ',')) {
      text.remove_prefix(1);
      const std::size_t more =
          static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), digit) - text.begin());
      if (more == 0) return false;
      text.remove_prefix(more);
      broken = true;
    }
    if (text.empty()) return false;
    const std::size_t found = order.find(text.front(), next);
    if (found == std::string_view::npos || order[found] == 'T' || (!time && found > 3)) return false;
    next = found + 1;
    any = true;
    text.remove_prefix(1);
    if (broken && !text.empty()) return false;  // only the last may have a fraction
  }
  return any;
}

bool is_media_type(std::string_view text) {
  const std::string_view plain = text.substr(0, text.find(';'));
  const std::size_t slash = plain.find('/');
  return slash != 0 && slash != std::string_view::npos && slash + 1 < plain.size() &&
         plain.find('/', slash + 1) == std::string_view::npos;
}

int major_of(std::string_view version) {
  for (const int major : {1, 2}) {
    const std::string_view begins = major == 1 ? "1.0" : "2.0";
    if (version == begins) return major;
    if (version.size() > 4 && version.size() < 12 && version.starts_with(begins) && version[3] == '.' &&
        all(version.substr(4), digit)) {
      return major;
    }
  }
  return 0;
}

}  // namespace alliance::xapi

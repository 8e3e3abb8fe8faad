// SPDX-License-Identifier: Apache-2.0
#include "records.h"

#include <algorithm>
#include <string>

namespace alliance::shared {
namespace {

bool blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  return text;
}

// Walks over JSON text and knows how deep it is and whether it is inside a string; nothing else.
struct Walker {
  std::string_view text;
  std::size_t at = 0;
  int depth = 0;
  bool in_string = false;

  bool done() const { return at >= text.size(); }
  void step() {
    const char c = text[at++];
    if (in_string) {
      if (c == '\\' && at < text.size()) ++at;
      if (c == '"') in_string = false;
    } else if (c == '"') {
      in_string = true;
    } else if (c == '{' || c == '[') {
      ++depth;
    } else if (c == '}' || c == ']') {
      --depth;
    }
  }
};

// Whether brackets and strings close exactly at the end.
bool closes(std::string_view text) {
  Walker walker{text};
  while (!walker.done()) {
    walker.step();
    if (walker.depth < 0) return false;
    if (walker.depth == 0 && !walker.in_string && !walker.done()) return false;
  }
  return walker.depth == 0 && !walker.in_string;
}

std::vector<Record> lines(std::string_view payload) {
  std::vector<Record> found;
  std::uint32_t number = 0;
  while (!payload.empty()) {
    const std::size_t end = payload.find('\n');
    const std::string_view line = trimmed(payload.substr(0, end));
    ++number;
    if (!line.empty()) found.push_back({number, line, {}});
    if (end == std::string_view::npos) break;
    payload.remove_prefix(end + 1);
  }
  return found;
}

// The elements of the array that begins at `text[open]`.
void elements(const Record& of, std::size_t open, std::vector<Record>& found) {
  Walker walker{of.text, open};
  std::uint32_t line = of.line + static_cast<std::uint32_t>(std::count(
                                     of.text.begin(), of.text.begin() + static_cast<std::ptrdiff_t>(open), '\n'));
  walker.step();
  std::size_t begin = walker.at;
  std::size_t counted = open;
  const auto add = [&](std::size_t end) {
    while (begin < end && blank(of.text[begin])) ++begin;
    const std::string_view text = trimmed(of.text.substr(begin, end - begin));
    if (text.empty()) return;
    line += static_cast<std::uint32_t>(std::count(of.text.begin() + static_cast<std::ptrdiff_t>(counted),
                                                  of.text.begin() + static_cast<std::ptrdiff_t>(begin), '\n'));
    counted = begin;
    found.push_back({line, text, of.text.substr(0, open)});
  };
  while (!walker.done()) {
    const std::size_t before = walker.at;
    const bool comma = !walker.in_string && walker.depth == 1 && of.text[before] == ',';
    walker.step();
    if (comma || walker.depth == 0) {
      add(before);
      begin = walker.at;
    }
    if (walker.depth != 0) continue;
    begin = walker.at;
    if (open == 0) add(of.text.size());  // what stands behind a list of its own is read like a record, or listed
    return;
  }
  // The list does not close. What it may have held beyond is not there, and that is told by a record without text,
  // unless its last record is cut off itself.
  const std::size_t listed = found.size();
  add(of.text.size());
  if (found.size() > listed && !closes(found.back().text)) return;
  const auto more = std::count(of.text.begin() + static_cast<std::ptrdiff_t>(counted), of.text.end(), '\n');
  found.push_back({line + static_cast<std::uint32_t>(more), {}, of.text.substr(0, open)});
}

// Where the array of that name begins, or npos.
std::size_t array_of(std::string_view text, std::string_view holder) {
  if (holder.empty()) return std::string_view::npos;
  const std::string key = "\"" + std::string(holder) + "\"";
  Walker walker{text};
  while (!walker.done()) {
    if (walker.depth == 1 && !walker.in_string && text.substr(walker.at, key.size()) == key) {
      std::size_t next = walker.at + key.size();
      while (next < text.size() && (blank(text[next]) || text[next] == ':')) ++next;
      if (next < text.size() && text[next] == '[') return next;
    }
    walker.step();
    if (walker.depth <= 0 && !walker.in_string) break;
  }
  return std::string_view::npos;
}

void unfold(const Record& record, std::string_view holder, std::vector<Record>& found) {
  if (record.text.front() == '[') return elements(record, 0, found);
  if (record.text.front() == '{') {
    if (const std::size_t open = array_of(record.text, holder); open != std::string_view::npos) {
      return elements(record, open, found);
    }
  }
  found.push_back(record);
}

// A document spread over lines, where each line alone is no value.
bool one_document(std::string_view payload, const std::vector<Record>& by_line) {
  if (by_line.size() < 2) return false;
  const char first = by_line.front().text.front();
  if ((first != '{' && first != '[') || closes(by_line.front().text)) return false;
  if (closes(trimmed(payload))) return true;
  // It is cut off or broken somewhere. Records one per line end in a comma only inside an array.
  const auto comma = [](const Record& line) { return line.text.back() == ','; };
  const auto whole = [](const Record& line) { return line.text.front() == '{' && closes(line.text); };
  return std::any_of(by_line.begin(), by_line.end(), comma) || std::none_of(by_line.begin(), by_line.end(), whole);
}

}  // namespace

std::string_view text_beside(std::string_view payload, std::string_view name) {
  if (payload.substr(0, 3) == "\xEF\xBB\xBF") payload.remove_prefix(3);
  payload = trimmed(payload);
  if (payload.empty() || payload.front() != '{') return {};
  const std::string key = "\"" + std::string(name) + "\"";
  Walker walker{payload};
  while (!walker.done()) {
    if (walker.depth == 1 && !walker.in_string && payload.substr(walker.at, key.size()) == key) {
      std::size_t next = walker.at + key.size();
      bool colon = false;
      for (; next < payload.size() && (blank(payload[next]) || payload[next] == ':'); ++next) {
        colon = colon || payload[next] == ':';
      }
      if (colon && next < payload.size() && payload[next] == '"') {
        Walker text{payload, next};
        do text.step();
        while (!text.done() && text.in_string);
        return text.in_string ? std::string_view() : payload.substr(next, text.at - next);
      }
    }
    walker.step();
    if (walker.depth <= 0 && !walker.in_string) break;
  }
  return {};
}

std::vector<Record> records(std::string_view payload, std::string_view holder) {
  if (payload.substr(0, 3) == "\xEF\xBB\xBF") payload.remove_prefix(3);
  const std::vector<Record> by_line = lines(payload);
  std::vector<Record> found;
  if (one_document(payload, by_line)) {
    unfold({by_line.front().line, trimmed(payload), {}}, holder, found);
    return found;
  }
  for (const Record& line : by_line) unfold(line, holder, found);
  return found;
}

}  // namespace alliance::shared

// SPDX-License-Identifier: Apache-2.0
#include "csv_reader.h"

namespace alliance::tools::csv {
namespace {

constexpr std::string_view utf8_mark = "\xEF\xBB\xBF";

}  // namespace

bool Reader::feed(std::string_view bytes) {
  if (!begun_) {
    head_ += bytes;
    if (head_.size() < utf8_mark.size()) return true;
    begun_ = true;
    bytes = head_;
    if (bytes.starts_with(utf8_mark)) bytes.remove_prefix(utf8_mark.size());
  }
  for (const char c : bytes) {
    if (!step(c)) return false;
  }
  return true;
}

bool Reader::finish() {
  if (!begun_) {
    begun_ = true;
    for (const char c : head_) {
      if (!step(c)) return false;
    }
  }
  const bool empty = at_ == At::start_of_cell && record_.ends_.empty();
  if (empty) return true;  // the last line had its end
  if (at_ == At::quoted) fault("a quote is opened and never closed");
  return end_record();
}

void Reader::fault(const char* what) {
  if (record_.fault_.empty()) record_.fault_ = what;
}

void Reader::keep(char c) {
  if (record_.text_.size() < longest_record) {
    record_.text_ += c;
  } else {
    fault("it is longer than 1 MiB; is a quote opened and never closed?");
    at_ = At::skipping;
  }
}

bool Reader::end_record() {
  record_.ends_.push_back(record_.text_.size());
  const bool more = take_(record_);
  record_.text_.clear();
  record_.ends_.clear();
  record_.fault_.clear();
  record_.quoted_ = false;
  record_.line_ = line_;
  at_ = At::start_of_cell;
  return more;
}

bool Reader::step(char c) {
  const bool second_half = after_cr_ && c == '\n';  // of a CRLF
  after_cr_ = c == '\r';
  if ((c == '\n' || c == '\r') && !second_half) ++line_;
  if (at_ == At::quoted) {
    if (c == '"') {
      at_ = At::quote_in_quoted;
    } else {
      keep(c);
    }
    return true;
  }
  if (second_half && at_ == At::start_of_cell && record_.ends_.empty()) return true;
  if (c == '\n' || c == '\r') return end_record();
  if (at_ == At::skipping) return true;
  if (c == delimiter_) {
    record_.ends_.push_back(record_.text_.size());
    at_ = At::start_of_cell;
    if (record_.ends_.size() > longest_record) {
      fault("it has more than a million cells");
      at_ = At::skipping;
    }
    return true;
  }
  switch (at_) {
    case At::start_of_cell:
      if (c == '"') {
        at_ = At::quoted;
        record_.quoted_ = true;
        return true;
      }
      at_ = At::plain;
      break;
    case At::plain:
      if (c == '"') fault("a quote stands within a cell that does not begin with one");
      break;
    case At::quote_in_quoted:
      if (c == '"') {
        at_ = At::quoted;
      } else {
        fault("something stands between a closing quote and the delimiter");
        at_ = At::plain;
      }
      break;
    default:
      break;
  }
  keep(c);
  return true;
}

std::vector<std::string> split(std::string_view text, char delimiter, std::string& fault) {
  std::vector<std::string> cells;
  std::size_t records = 0;
  Reader reader(delimiter, [&](const Record& record) {
    ++records;
    fault = record.fault();
    for (std::size_t i = 0; i < record.size(); ++i) cells.emplace_back(record.cell(i));
    return fault.empty();
  });
  if (reader.feed(text)) reader.finish();
  if (fault.empty() && records != 1) fault = records == 0 ? "it is empty" : "it has more than one line";
  if (!fault.empty()) cells.clear();
  return cells;
}

}  // namespace alliance::tools::csv

// SPDX-License-Identifier: Apache-2.0
// A strict reader of CSV as RFC 4180 has it: quotes, quotes within quotes, line breaks within quotes, CRLF,
// LF or CR, a byte-order mark, a last line with or without its end. Bytes go in as they come, records come
// out one by one: a file of any size needs the room of its longest record.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace alliance::tools::csv {

class Record {
 public:
  std::size_t size() const { return ends_.size(); }
  std::string_view cell(std::size_t index) const {
    const std::size_t from = index == 0 ? 0 : ends_[index - 1];
    return std::string_view(text_).substr(from, ends_[index] - from);
  }
  // A line with nothing on it.
  bool blank() const { return ends_.size() == 1 && text_.empty() && !quoted_; }
  std::uint64_t line() const { return line_; }  // of the file, from 1: where the record begins
  // What is wrong with it; empty when it is well-formed. Its cells then say nothing.
  const std::string& fault() const { return fault_; }

 private:
  friend class Reader;
  std::string text_;               // the cells one after the other, without their quotes
  std::vector<std::size_t> ends_;  // where each of them ends
  std::string fault_;
  std::uint64_t line_ = 1;
  bool quoted_ = false;
};

class Reader {
 public:
  static constexpr std::size_t longest_record = 1u << 20;

  // `take` is called for each record, which is reused afterwards; false ends the reading.
  using Take = std::function<bool(const Record&)>;
  Reader(char delimiter, Take take) : take_(std::move(take)), delimiter_(delimiter) {}

  // False: `take` wants no more.
  bool feed(std::string_view bytes);
  bool finish();

 private:
  enum class At { start_of_cell, plain, quoted, quote_in_quoted, skipping };
  bool step(char c);
  bool end_record();
  void fault(const char* what);
  void keep(char c);

  Take take_;
  char delimiter_;
  Record record_;
  At at_ = At::start_of_cell;
  std::string head_;  // the first bytes, until it is known whether they are a byte-order mark
  bool begun_ = false, after_cr_ = false;
  std::uint64_t line_ = 1;
};

// One record, for a list on the command line. Ill-formed: no cells and `fault` says why.
std::vector<std::string> split(std::string_view text, char delimiter, std::string& fault);

}  // namespace alliance::tools::csv

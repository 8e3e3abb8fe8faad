// SPDX-License-Identifier: Apache-2.0
#include "csv_input.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cmath>
#include <cstring>

#include "score_columns.h"

namespace alliance::tools::csv {

Input::Input(const std::string& path) : name_(path == "-" ? "standard input" : path) {
  descriptor_ = path == "-" ? STDIN_FILENO : ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  struct stat about{};
  if (descriptor_ < 0 || ::fstat(descriptor_, &about) != 0) {
    problem_ = std::strerror(errno);
  } else if (S_ISDIR(about.st_mode)) {
    problem_ = "it is a folder";
  }
}

Input::~Input() {
  if (descriptor_ > STDIN_FILENO) ::close(descriptor_);
}

std::string_view Input::next() {
  ssize_t got = 0;
  do {
    got = ::read(descriptor_, block_.data(), block_.size());
  } while (got < 0 && errno == EINTR);
  if (got < 0) problem_ = std::strerror(errno);
  return {block_.data(), got > 0 ? static_cast<std::size_t>(got) : 0};
}

std::optional<char> delimiter_of(const std::string& text) {
  if (text == "\\t" || text == "tab") return '\t';
  if (text.size() != 1 || static_cast<unsigned char>(text[0]) >= 0x80 || std::strchr("\"\r\n", text[0]) != nullptr) {
    return std::nullopt;
  }
  return text[0];
}

Result<std::vector<std::string>> header_of(const Record& record) {
  if (!record.fault().empty()) {
    return fail(ALLIANCE_E_BAD_INPUT, "the header line is not well-formed: " + record.fault());
  }
  if (record.blank()) return fail(ALLIANCE_E_BAD_INPUT, "the first line is blank: begin the file with a header line");
  std::vector<std::string> names;
  for (std::size_t i = 0; i < record.size(); ++i) names.emplace_back(score::trimmed(record.cell(i)));
  if (names[0].find('\0') != std::string::npos || names[0].starts_with("\xFF\xFE") ||
      names[0].starts_with("\xFE\xFF")) {
    return fail(ALLIANCE_E_BAD_INPUT, "the file is no UTF-8 text: save it as CSV in UTF-8");
  }
  return names;
}

std::optional<std::string> unreadable(const Record& record, std::size_t columns) {
  const std::string line = "line " + std::to_string(record.line()) + " of the file ";
  if (!record.fault().empty()) return line + "is not well-formed, " + record.fault();
  if (record.size() == columns) return std::nullopt;
  return line + "has " + std::to_string(record.size()) + (record.size() == 1 ? " cell" : " cells") +
         " and the header has " + std::to_string(columns);
}

std::optional<double> number_of(std::string_view cell) {
  const std::string_view text = score::trimmed(cell);
  double value = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
  if (read.ec != std::errc() || read.ptr != text.data() + text.size() || !std::isfinite(value)) return std::nullopt;
  return value;
}

}  // namespace alliance::tools::csv

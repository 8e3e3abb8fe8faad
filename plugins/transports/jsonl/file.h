// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace alliance::jsonl {

// A file of whole lines, to which several may append: both lanes of a host do. Failures are thrown.
class LineFile {
 public:
  explicit LineFile(const std::string& path);  // made with mode 0600 if missing
  ~LineFile();
  LineFile(const LineFile&) = delete;
  LineFile& operator=(const LineFile&) = delete;

  // All of it, and on the disk when it returns; nothing of it on failure.
  void append(std::string_view lines);

 private:
  void mend();  // cuts off a line that a crash tore; it was not acknowledged and comes again
  [[noreturn]] void fail(const char* what) const;
  std::string path_;
  int descriptor_ = -1;
};

}  // namespace alliance::jsonl

// SPDX-License-Identifier: Apache-2.0
// A process of its own for what may not come back: this command again, with memory that both see.
#pragma once

#include <sys/types.h>

#include <string>
#include <utility>
#include <vector>

#include "check/test.h"

namespace alliance::tools {

class SharedSlate {
 public:
  SharedSlate();
  ~SharedSlate();
  SharedSlate(SharedSlate&& other) noexcept
      : file_(std::exchange(other.file_, -1)), slate_(std::exchange(other.slate_, nullptr)) {}
  SharedSlate& operator=(SharedSlate&& other) noexcept {
    std::swap(file_, other.file_);
    std::swap(slate_, other.slate_);
    return *this;
  }
  int file() const { return file_; }
  const check::Slate* get() const { return slate_; }

 private:
  int file_;
  check::Slate* slate_ = nullptr;
};

// The command with these words, and "--slate N" after them. What it prints goes to `output`. It leads a group of
// processes, which ends with it. Below 0 where none could be made.
pid_t start_child(std::vector<std::string> words, const SharedSlate& slate, int output);

// The child's side of "--slate N"; null where that is none.
check::Slate* slate_of(int file);

int output_file();                                                // for what a child prints
std::string last_words(int output);                               // the last line in it
std::string how_it_ended(const check::Slate& slate, int status);  // of a child that was not heard to the end

std::string whole_file(const std::string& path);

}  // namespace alliance::tools

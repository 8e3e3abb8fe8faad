// SPDX-License-Identifier: Apache-2.0
// What a shared library says about itself, read from its file. Nothing of it is loaded.
#pragma once

#include <string>
#include <vector>

#include "common/result.h"
#include "plugin/file.h"

namespace alliance::plugin {

struct Elf {
  std::vector<std::string> exported;  // symbols that the loader can find, sorted
  std::vector<std::string> unique;    // of them, those of the kind GNU_UNIQUE, which bind libraries to one another
  std::vector<std::string> needed;    // libraries that are loaded with it
  std::string run_path;               // where it looks for them first
  bool executable_stack = false;
  bool text_relocations = false;  // its code is written to when it is loaded
};

// Of a file that check_shared_object() let pass.
Result<Elf> read_elf(const File& file);

}  // namespace alliance::plugin

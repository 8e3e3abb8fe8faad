// SPDX-License-Identifier: Apache-2.0
// Files of a plugin, by descriptor: what was checked is what is read.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "common/result.h"

namespace alliance::plugin {

class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  ~Descriptor();
  int get() const { return number_; }
  int release() { return std::exchange(number_, -1); }
  std::string path() const { return "/proc/self/fd/" + std::to_string(number_); }

 private:
  int number_ = -1;
};

struct File {
  Descriptor descriptor;
  std::uint64_t size = 0;
  std::pair<std::uint64_t, std::uint64_t> identity;  // device and inode
};

// A regular file of at most `most` bytes; what is no such file is refused without waiting for it.
Result<File> open_file(const std::string& path, std::uint64_t most);

// `path` as a manifest writes it. Refused when it leads out of `folder` (absolute and canonical), by its
// words or by a symbolic link.
Result<File> open_inside(const std::string& folder, const std::string& path, std::uint64_t most);

Result<std::string> read_all(const File& file);
Result<std::string> sha256(const File& file);  // 64 lower-case hex digits
std::string sha256_of(std::string_view bytes);

// That the loader can map it: an ELF shared object of this machine, all of it there. A library that was cut
// short would otherwise end the process inside the loader.
Result<void> check_shared_object(const File& file);

}  // namespace alliance::plugin

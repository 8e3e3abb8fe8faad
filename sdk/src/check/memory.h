// SPDX-License-Identifier: Apache-2.0
// Memory that tells when a plugin reads or writes where it may not: it ends where a page begins that nobody may touch.
#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <cstring>
#include <span>

namespace alliance::check {

class Guarded {
 public:
  // Exactly `size` bytes before the guard, filled with `fill`. The caller sees to it that what follows from the size
  // about alignment is what it needs.
  explicit Guarded(std::size_t size, unsigned char fill = 0) : size_(size) {
    const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
    writable_ = (size + page - 1) / page * page + page;
    void* at = mmap(nullptr, writable_ + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (at == MAP_FAILED) return;
    base_ = static_cast<unsigned char*>(at);
    mapped_ = writable_ + page;
    mprotect(base_ + writable_, page, PROT_NONE);
    std::memset(base_, canary, writable_ - size);
    std::memset(data(), fill, size);
  }
  Guarded(std::span<const std::uint8_t> bytes) : Guarded(bytes.size()) {  // NOLINT(google-explicit-constructor)
    if (base_ != nullptr && !bytes.empty()) std::memcpy(data(), bytes.data(), bytes.size());
  }
  ~Guarded() {
    if (base_ != nullptr) munmap(base_, mapped_);
  }
  Guarded(const Guarded&) = delete;
  Guarded& operator=(const Guarded&) = delete;

  unsigned char* data() const { return base_ + writable_ - size_; }
  template <class T>
  T* as() const {
    return reinterpret_cast<T*>(data());
  }
  std::size_t size() const { return size_; }
  // From here on whoever writes to it ends the process.
  void read_only() const { mprotect(base_, writable_, PROT_READ); }
  // That nobody wrote in front of it.
  bool front_is_whole() const {
    for (const unsigned char* at = base_; at < data(); ++at) {
      if (*at != canary) return false;
    }
    return true;
  }

 private:
  static constexpr unsigned char canary = 0xA7;
  std::size_t size_, writable_ = 0, mapped_ = 0;
  unsigned char* base_ = nullptr;
};

}  // namespace alliance::check

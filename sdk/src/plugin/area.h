// SPDX-License-Identifier: Apache-2.0
// Memory that a host and its runner both see. It is sealed, so that neither side can make it smaller under the other.
// The runner may write into it at any time: what the host takes out is copied once, and looked at afterwards.
#pragma once

#include <cstdint>
#include <span>
#include <utility>

#include "common/result.h"
#include "plugin/file.h"

namespace alliance::plugin {

class Area {
 public:
  static Result<Area> make(std::size_t size);
  // Made by somebody else. Refused unless it has that size and is sealed.
  static Result<Area> of(Descriptor memory, std::size_t size);

  Area(Area&& other) noexcept
      : memory_(std::move(other.memory_)), bytes_(std::exchange(other.bytes_, std::span<std::uint8_t>())) {}
  Area& operator=(Area&& other) noexcept {
    std::swap(memory_, other.memory_);
    std::swap(bytes_, other.bytes_);
    return *this;
  }
  ~Area();

  std::span<std::uint8_t> bytes() const { return bytes_; }
  int descriptor() const { return memory_.get(); }

 private:
  Area(Descriptor memory, std::span<std::uint8_t> bytes) : memory_(std::move(memory)), bytes_(bytes) {}

  Descriptor memory_;
  std::span<std::uint8_t> bytes_;
};

}  // namespace alliance::plugin

// SPDX-License-Identifier: Apache-2.0
// A frame: sixteen bytes of heading, then one message. Numbers are little-endian.
//
//   0  "ALFR"
//   4  uint16  version of the frame, 1
//   6  uint16  0
//   8  uint32  length of the message in bytes, 1 or more
//  12  uint32  CRC-32C of the bytes 0 to 11 and of the message
#pragma once

#include <optional>
#include <span>

#include "messaging/delivery.h"

namespace alliance::messaging {

inline constexpr std::size_t frame_heading = 16;
inline constexpr std::uint16_t frame_version = 1;
inline constexpr std::size_t max_message =
    (16u << 20) + 4096;                            // the largest batch (schema/verify.h) and what is around it
inline constexpr std::size_t max_greeting = 4096;  // before the other side has said who it is

Bytes frame(std::span<const std::uint8_t> message);

// Takes bytes in any pieces. Once it has refused something it refuses everything: there is no telling where
// the next frame would begin.
class Decoder {
 public:
  explicit Decoder(std::size_t limit) : limit_(limit) {}
  void set_limit(std::size_t limit) { limit_ = limit; }

  // Takes bytes from the front of `bytes` until a message is whole or none are left. A message that came in one piece
  // is left where it lies; one that came in several lies here, until the next such one is whole.
  Result<std::optional<std::span<const std::uint8_t>>> take(std::span<const std::uint8_t>& bytes);
  bool midway() const { return !heading_.empty(); }  // a frame has begun and is not whole

 private:
  tl::unexpected<Failure> refuse(Failure failure);
  Result<void> read_heading(std::span<const std::uint8_t> heading);
  Result<void> check(std::span<const std::uint8_t> heading, std::span<const std::uint8_t> message);

  std::size_t limit_;
  Bytes heading_;
  Bytes message_, whole_;
  std::size_t length_ = 0;
  std::optional<Failure> refused_;
};

}  // namespace alliance::messaging

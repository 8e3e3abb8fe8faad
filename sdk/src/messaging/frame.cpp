// SPDX-License-Identifier: Apache-2.0
#include "messaging/frame.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "messaging/crc32c.h"

namespace alliance::messaging {
namespace {

constexpr std::size_t most_claimed = 128 * 1024;
constexpr std::uint8_t magic[4] = {'A', 'L', 'F', 'R'};

template <class Number>
void put(std::uint8_t* at, Number value) {
  for (std::size_t i = 0; i < sizeof value; ++i) at[i] = static_cast<std::uint8_t>(value >> (8 * i));
}
template <class Number>
Number get(const std::uint8_t* at) {
  Number value = 0;
  for (std::size_t i = 0; i < sizeof value; ++i)
    value = static_cast<Number>(value | static_cast<Number>(at[i]) << (8 * i));
  return value;
}

}  // namespace

Bytes frame(std::span<const std::uint8_t> message) {
  Bytes out(frame_heading + message.size());
  std::memcpy(out.data(), magic, sizeof magic);
  put<std::uint16_t>(&out[4], frame_version);
  put<std::uint32_t>(&out[8], static_cast<std::uint32_t>(message.size()));
  std::copy(message.begin(), message.end(), out.begin() + frame_heading);
  put<std::uint32_t>(&out[12], crc32c(message, crc32c(std::span(out).first(12))));
  return out;
}

tl::unexpected<Failure> Decoder::refuse(Failure failure) {
  refused_ = failure;
  return tl::unexpected(std::move(failure));
}

Result<std::optional<std::span<const std::uint8_t>>> Decoder::take(std::span<const std::uint8_t>& bytes) {
  if (refused_) return tl::unexpected(*refused_);

  if (heading_.empty() && bytes.size() >= frame_heading) {
    const auto heading = bytes.first(frame_heading);
    if (auto ok = read_heading(heading); !ok) return tl::unexpected(ok.error());
    if (bytes.size() - frame_heading >= length_) {
      const auto message = bytes.subspan(frame_heading, length_);
      if (auto ok = check(heading, message); !ok) return tl::unexpected(ok.error());
      bytes = bytes.subspan(frame_heading + length_);
      return message;
    }
  }

  if (heading_.size() < frame_heading) {
    const auto part = bytes.first(std::min(bytes.size(), frame_heading - heading_.size()));
    heading_.insert(heading_.end(), part.begin(), part.end());
    bytes = bytes.subspan(part.size());
    if (auto ok = read_heading(heading_); !ok) return tl::unexpected(ok.error());
    if (heading_.size() < frame_heading) return std::nullopt;
  }

  // Memory grows with what has come, never far by what a heading claims.
  if (message_.empty()) message_.reserve(std::min(length_, most_claimed));
  const auto part = bytes.first(std::min(bytes.size(), length_ - message_.size()));
  message_.insert(message_.end(), part.begin(), part.end());
  bytes = bytes.subspan(part.size());
  if (message_.size() < length_) return std::nullopt;

  if (auto ok = check(heading_, message_); !ok) return tl::unexpected(ok.error());
  heading_.clear();
  whole_ = std::exchange(message_, {});
  return std::span<const std::uint8_t>(whole_);
}

// As much of it as has come: a wrong beginning is refused at once, since the rest of the sixteen bytes may never come.
Result<void> Decoder::read_heading(std::span<const std::uint8_t> heading) {
  if (!std::equal(heading.begin(), heading.begin() + std::min<std::ptrdiff_t>(4, std::ssize(heading)), magic)) {
    return refuse(
        {ALLIANCE_E_BAD_INPUT, "what came is no frame of this protocol: is the other side an Alliance host?", {}});
  }
  if (heading.size() < frame_heading) return {};
  const auto version = get<std::uint16_t>(&heading[4]);
  if (version != frame_version || get<std::uint16_t>(&heading[6]) != 0) {
    return refuse({ALLIANCE_E_VERSION,
                   "a frame of version " + std::to_string(version) + " came, and this side speaks version " +
                       std::to_string(frame_version) + ": use the same version of the SDK on both sides",
                   {}});
  }
  length_ = get<std::uint32_t>(&heading[8]);
  if (length_ == 0 || length_ > limit_) {
    return refuse(
        {ALLIANCE_E_LIMIT,
         "a frame of " + std::to_string(length_) + " bytes came: 1 to " + std::to_string(limit_) + " are allowed here",
         {}});
  }
  return {};
}

Result<void> Decoder::check(std::span<const std::uint8_t> heading, std::span<const std::uint8_t> message) {
  if (crc32c(message, crc32c(heading.first(12))) == get<std::uint32_t>(&heading[12])) return {};
  return refuse({ALLIANCE_E_BAD_INPUT, "a frame was damaged on its way: its checksum is wrong", {}});
}

}  // namespace alliance::messaging

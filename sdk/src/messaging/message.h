// SPDX-License-Identifier: Apache-2.0
// What two ends of a link say to one another, as values; to frames and back.
#pragma once

#include <span>
#include <variant>

#include "messaging/delivery.h"

namespace alliance::fb {
struct Batch;
}

namespace alliance::messaging {

inline constexpr std::uint16_t protocol = 1;

struct Hello {
  std::uint16_t protocol = messaging::protocol;
  std::string tenant;
  Lane lane = Lane::normal;
  std::string endpoint;
};
struct Welcome {
  std::uint16_t protocol = messaging::protocol;
};
struct Acknowledge {
  std::uint64_t position = 0;
};
struct Refuse {
  std::string sentence;
  std::uint64_t position = 0;  // 0: the connection as a whole
  std::string report = {};     // empty: the whole batch
  std::int32_t status = 0;
};
struct Ask {  // for the body of a report that was withheld, in a person's name
  std::uint64_t number = 0;
  std::string case_id, report;
  std::int32_t role = 0;
  std::string viewer;
};
struct Reply {
  std::uint64_t number = 0;
  std::int32_t status = 0;
  std::string sentence = {};
  Bytes payload = {};  // a Report, still to be verified
};
using Message = std::variant<Hello, Welcome, Chunk, Acknowledge, Refuse, Ask, Reply>;

Bytes framed(const Message& message);
Bytes framed(const Chunk& chunk);  // without a copy of the chunk

// What stands in one frame. A chunk's batch is not looked into: that is read_batch().
Result<Message> read_message(std::span<const std::uint8_t> message);

// A batch whose structure, texts and numbers hold. The reports inside are bytes still to be verified. The
// answer points into `batch`, which must be aligned to 8 bytes.
Result<const fb::Batch*> read_batch(std::span<const std::uint8_t> batch);

}  // namespace alliance::messaging

// SPDX-License-Identifier: Apache-2.0
// What a host and a runner say to one another: frames of at most so many bytes over a socket, each an operation and
// what belongs to it. Both sides are built from these words; neither believes the other's lengths.
#pragma once

#include <alliance/base.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <memory>
#include <new>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/result.h"
#include "plugin/file.h"

namespace alliance::plugin::wire {

inline constexpr std::uint32_t version = 4;
inline constexpr std::size_t most_frame = std::size_t{64} << 20;
inline constexpr std::size_t most_answer = std::size_t{16} << 20;  // bytes that one call may write, as in process
inline constexpr std::size_t most_word = std::size_t{64} << 10;    // of what is said between calls

enum class Op : std::uint32_t {
  // The host calls; each is answered by one reply.
  start = 1,
  end,
  count,
  describe,
  create,
  destroy,
  definition,
  score,
  score_batch,
  plan,
  account,
  propose,
  catalogue,
  ingest,
  apply,
  attach,  // a socket comes with it, on which one transport is opened, sent to and closed
  open,
  send,
  close,
  content,
  share,  // memory comes with it, for batches of sheets
  reply = 64,
  // The runner asks while a call is under way; each is answered by one answer, but a log line.
  log = 128,
  now,
  get,
  put,
  report,
  is_control,
  answer = 192,
  // A transport says these at any time; they, and log lines there, are not answered.
  acknowledged = 224,
  failed,
  refused,
  under_way,
};

// Bytes that are about to be written: they need not be zero before.
template <class T>
struct Unfilled : std::allocator<T> {
  template <class U, class... Args>
  void construct(U* at, Args&&... args) {
    if constexpr (sizeof...(Args) == 0) {
      ::new (static_cast<void*>(at)) U;
    } else {
      ::new (static_cast<void*>(at)) U(std::forward<Args>(args)...);
    }
  }
};
using Bytes = std::vector<std::uint8_t, Unfilled<std::uint8_t>>;

class Writer {
 public:
  Writer() { body_.reserve(512); }  // most calls and answers
  // To be written again. Memory of up to a batch's size is kept: the system clears what it gives out.
  Writer& clear() {
    if (body_.capacity() > most_kept) body_ = {};
    body_.clear();
    return *this;
  }
  Writer& number(std::uint64_t value) {
    const auto* first = reinterpret_cast<const std::uint8_t*>(&value);
    body_.insert(body_.end(), first, first + sizeof value);
    return *this;
  }
  Writer& bytes(const void* first, std::size_t length) {
    number(length);
    const auto* from = static_cast<const std::uint8_t*>(first);
    if (length > 0) body_.insert(body_.end(), from, from + length);
    return *this;
  }
  // As bytes(), to be written by the caller.
  std::uint8_t* room(std::size_t length) {
    number(length);
    body_.resize(body_.size() + length);
    return body_.data() + body_.size() - length;
  }
  Writer& text(std::string_view value) { return bytes(value.data(), value.size()); }
  std::span<const std::uint8_t> body() const { return body_; }

 private:
  static constexpr std::size_t most_kept = std::size_t{1} << 20;
  Bytes body_;
};

// Reads what a Writer wrote. Past the end everything is empty and good() is false.
class Reader {
 public:
  Reader() = default;
  explicit Reader(Bytes body) : body_(std::move(body)) {}
  std::uint64_t number() {
    std::uint64_t value = 0;
    const auto part = take(sizeof value);
    if (!part.empty()) std::memcpy(&value, part.data(), sizeof value);
    return value;
  }
  std::span<const std::uint8_t> bytes() { return take(number()); }
  std::string text() {
    const auto part = bytes();
    return {reinterpret_cast<const char*>(part.data()), part.size()};
  }
  // A copy of its own, aligned for what lies in it.
  template <class T = std::uint8_t>
  std::vector<T> array() {
    const auto part = bytes();
    std::vector<T> made(part.size() / sizeof(T));
    if (!made.empty()) std::memcpy(made.data(), part.data(), made.size() * sizeof(T));
    return made;
  }
  bool good() const { return good_; }

 private:
  std::span<const std::uint8_t> take(std::uint64_t length) {
    if (!good_ || length > body_.size() - at_) {
      good_ = false;
      return {};
    }
    const auto part = std::span<const std::uint8_t>(body_).subspan(at_, static_cast<std::size_t>(length));
    at_ += part.size();
    return part;
  }

  Bytes body_;
  std::size_t at_ = 0;
  bool good_ = true;
};

struct Frame {
  Op op{};
  Reader body;
  Descriptor descriptor = {};  // that came with it, where nothing else was under way
};

using Deadline = std::chrono::steady_clock::time_point;
inline constexpr Deadline no_deadline = Deadline::max();

// One write where the socket takes it. ALLIANCE_E_TIMEOUT: not in time. ALLIANCE_E_IO: the other side is gone.
// ALLIANCE_E_LIMIT: more bytes than a frame may have, by whoever sent them.
Result<void> send(int socket, Op op, const Writer& body, Deadline deadline, int descriptor = -1);

// What comes over a socket, as frames. One read takes all that is there, up to a point: what came behind a frame waits
// here for the next call, and nothing else tells of it.
class Inlet {
 public:
  enum class Descriptors { refused, taken };
  explicit Inlet(int socket, Descriptors descriptors = Descriptors::refused)
      : socket_(socket), descriptors_(descriptors) {}

  // Fails as send() does.
  Result<Frame> receive(Deadline deadline, std::size_t most = most_frame);
  bool holds_frame() const;  // a whole one

 private:
  void wait_for(Deadline deadline);
  ssize_t take(std::uint8_t* to, std::size_t most, int flags);
  ssize_t look(std::uint8_t* to, std::size_t most);
  ssize_t take_first(std::uint8_t* to, std::size_t most);

  int socket_;
  Descriptors descriptors_;
  Descriptor descriptor_;
  std::chrono::milliseconds waits_{0};
  bool soon_ = false;                  // what was waited for last came soon
  std::uint16_t other_processor_ = 0;  // on which the other side spoke last
  std::array<std::uint8_t, 4096> bytes_{};
  std::size_t from_ = 0, to_ = 0;  // what came and was not yet asked for
};

// Whether there is something to read, the end too; waits for as long as `patience`.
bool readable(int socket, std::chrono::milliseconds patience);

// A status with what an alliance_error says; both ways.
void put_error(Writer& to, std::int32_t status, const alliance_error& error);
std::int32_t get_error(Reader& from, alliance_error* error);

}  // namespace alliance::plugin::wire

// SPDX-License-Identifier: Apache-2.0
#include "plugin/wire.h"

#include <poll.h>
#include <sched.h>
#include <sys/socket.h>

#include <algorithm>
#include <alliance/error.hpp>
#include <array>
#include <cerrno>

namespace alliance::plugin::wire {
namespace {

tl::unexpected<Failure> gone() { return fail(ALLIANCE_E_IO, "the other side is gone"); }

Result<void> wait(int socket, short what, Deadline deadline) {
  for (;;) {
    int patience = -1;
    if (deadline != no_deadline) {
      const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
      patience = static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, 1'000'000));
    }
    pollfd one{socket, what, 0};
    const int ready = poll(&one, 1, patience);
    if (ready > 0) return {};
    if (ready == 0) return fail(ALLIANCE_E_TIMEOUT, "it did not answer in time");
    if (errno != EINTR) return gone();
  }
}

// Goes on until `least` bytes have gone through a socket, by send() or recv().
template <class Move>
Result<void> at_least(int socket, std::size_t least, short what, Deadline deadline, Move move) {
  for (std::size_t done = 0; done < least;) {
    const ssize_t step = move(done);
    if (step > 0) {
      done += static_cast<std::size_t>(step);
    } else if (step < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
      if (auto ready = wait(socket, what, deadline); !ready) return ready;
    } else if (step == 0 || errno != EINTR) {
      return gone();
    }
  }
  return {};
}

struct Head {
  std::uint32_t length;
  std::uint16_t op, processor;  // on which the sender ran
};

std::uint16_t own_processor() { return static_cast<std::uint16_t>(sched_getcpu()); }

constexpr std::chrono::microseconds looks_for{50}, soon{200};

// Room for one descriptor beside the bytes of a message.
struct Enclosed {
  alignas(cmsghdr) char room[CMSG_SPACE(sizeof(int))] = {};

  void enclose(msghdr& message, int descriptor) {
    message.msg_control = room;
    message.msg_controllen = sizeof room;
    cmsghdr* head = CMSG_FIRSTHDR(&message);
    head->cmsg_level = SOL_SOCKET;
    head->cmsg_type = SCM_RIGHTS;
    head->cmsg_len = CMSG_LEN(sizeof descriptor);
    std::memcpy(CMSG_DATA(head), &descriptor, sizeof descriptor);
  }
};

}  // namespace

Result<void> send(int socket, Op op, const Writer& body, Deadline deadline, int descriptor) {
  const auto bytes = body.body();
  if (bytes.size() > most_frame) {
    return fail(ALLIANCE_E_LIMIT, "a call to a plugin in a process of its own may carry " +
                                      std::to_string(most_frame >> 20) + " MiB: hand over less at once");
  }
  // Older runners read the last two as one number, and are to understand the first word.
  const std::uint16_t processor = op == Op::start ? std::uint16_t{0} : own_processor();
  Head head{static_cast<std::uint32_t>(bytes.size()), static_cast<std::uint16_t>(op), processor};
  return at_least(socket, sizeof head + bytes.size(), POLLOUT, deadline, [&](std::size_t done) {
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-const-cast): sendmsg() only reads, and has no word for it
    iovec parts[2] = {{&head, sizeof head}, {const_cast<std::uint8_t*>(bytes.data()), bytes.size()}};
    msghdr message{};
    message.msg_iov = parts;
    message.msg_iovlen = 2;
    Enclosed enclosed;
    if (descriptor >= 0 && done == 0) enclosed.enclose(message, descriptor);
    for (iovec& part : parts) {
      const std::size_t gone_before = std::min(done, part.iov_len);
      part = {static_cast<char*>(part.iov_base) + gone_before, part.iov_len - gone_before};
      done -= gone_before;
    }
    return sendmsg(socket, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
  });
}

// What the first read may wait for: one call of the kernel's where poll() would make three of it. 0: for ever.
void Inlet::wait_for(Deadline deadline) {
  std::chrono::milliseconds left{0};
  if (deadline != no_deadline) {
    left = std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    left = std::max(left, std::chrono::milliseconds(1));
  }
  if (left == waits_) return;
  const timeval time{left.count() / 1000, left.count() % 1000 * 1000};
  if (setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &time, sizeof time) == 0) waits_ = left;
}

ssize_t Inlet::take(std::uint8_t* to, std::size_t most, int flags) {
  if (descriptors_ == Descriptors::refused) return recv(socket_, to, most, flags);
  iovec part{to, most};
  Enclosed enclosed;
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = enclosed.room;
  message.msg_controllen = sizeof enclosed.room;
  const ssize_t got = recvmsg(socket_, &message, flags | MSG_CMSG_CLOEXEC);
  const cmsghdr* head = got > 0 ? CMSG_FIRSTHDR(&message) : nullptr;
  if (head != nullptr && head->cmsg_type == SCM_RIGHTS && head->cmsg_len == CMSG_LEN(sizeof(int))) {
    int number = -1;
    std::memcpy(&number, CMSG_DATA(head), sizeof number);
    descriptor_ = Descriptor(number);
  }
  return got;
}

// To wake a processor that sleeps takes longer than most answers: it is looked for what comes a little while before
// this thread sleeps. Not where the other side needs this very processor to say it.
ssize_t Inlet::look(std::uint8_t* to, std::size_t most) {
  const auto begin = std::chrono::steady_clock::now();
  for (;;) {
    const ssize_t got = take(to, most, MSG_DONTWAIT);
    if (got >= 0 || (errno != EAGAIN && errno != EWOULDBLOCK) || other_processor_ == own_processor()) return got;
    if (std::chrono::steady_clock::now() - begin > looks_for) return got;
    sched_yield();  // it may have come to this processor since it spoke
  }
}

// Whether calls come one after another, the last wait tells.
ssize_t Inlet::take_first(std::uint8_t* to, std::size_t most) {
  const auto begin = std::chrono::steady_clock::now();
  if (soon_) {
    const ssize_t got = look(to, most);
    if (got >= 0 || (errno != EAGAIN && errno != EWOULDBLOCK)) return got;
  }
  const ssize_t got = take(to, most, 0);
  soon_ = got > 0 && std::chrono::steady_clock::now() - begin < soon;
  return got;
}

bool Inlet::holds_frame() const {
  Head head{};
  if (to_ - from_ < sizeof head) return false;
  std::memcpy(&head, bytes_.data() + from_, sizeof head);
  return to_ - from_ - sizeof head >= head.length;
}

Result<Frame> Inlet::receive(Deadline deadline, std::size_t most) {
  Head head{};
  if (to_ - from_ < sizeof head) {
    std::copy(bytes_.begin() + from_, bytes_.begin() + to_, bytes_.begin());
    to_ -= std::exchange(from_, 0);
    wait_for(deadline);
    bool first = true;
    auto got = at_least(socket_, sizeof head - to_, POLLIN, deadline, [&](std::size_t) {
      const ssize_t step = std::exchange(first, false) ? take_first(bytes_.data() + to_, bytes_.size() - to_)
                                                       : take(bytes_.data() + to_, bytes_.size() - to_, MSG_DONTWAIT);
      if (step > 0) to_ += static_cast<std::size_t>(step);
      return step;
    });
    if (!got) return tl::unexpected(got.error());
  }
  std::memcpy(&head, bytes_.data() + from_, sizeof head);
  from_ += sizeof head;
  other_processor_ = head.processor;
  if (head.length > most) return fail(ALLIANCE_E_LIMIT, "it sent more than a frame may hold");
  const std::size_t here = std::min<std::size_t>(to_ - from_, head.length);
  Bytes body(bytes_.begin() + from_, bytes_.begin() + from_ + here);
  from_ += here;
  while (body.size() < head.length) {  // memory grows with what came, not with what was announced
    const std::size_t before = body.size();
    body.resize(std::min<std::size_t>(head.length, std::max<std::size_t>(before * 2, 256u << 10)));
    auto got = at_least(socket_, body.size() - before, POLLIN, deadline, [&](std::size_t done) {
      return look(body.data() + before + done, body.size() - before - done);
    });
    if (!got) return tl::unexpected(got.error());
  }
  return Frame{static_cast<Op>(head.op), Reader(std::move(body)), std::exchange(descriptor_, {})};
}

bool readable(int socket, std::chrono::milliseconds patience) {
  pollfd one{socket, POLLIN, 0};
  return poll(&one, 1, static_cast<int>(patience.count())) > 0;
}

void put_error(Writer& to, std::int32_t status, const alliance_error& error) {
  const auto text = [](const char(&from)[ALLIANCE_TEXT_CAPACITY]) {
    return std::string_view(from,
                            static_cast<std::size_t>(std::find(from, from + ALLIANCE_TEXT_CAPACITY, '\0') - from));
  };
  to.number(static_cast<std::uint64_t>(std::int64_t{status}));
  to.number(static_cast<std::uint64_t>(std::int64_t{error.code}));
  to.number(static_cast<std::uint64_t>(std::int64_t{error.vendor_code}));
  to.text(text(error.message)).text(text(error.detail));
}

std::int32_t get_error(Reader& from, alliance_error* error) {
  const auto status = static_cast<std::int32_t>(from.number());
  const auto code = static_cast<std::int32_t>(from.number());
  const auto vendor = static_cast<std::int32_t>(from.number());
  const std::string message = from.text(), detail = from.text();
  if (!from.good()) return glue::tell(error, ALLIANCE_E_INTERNAL, "its answer cannot be read");
  const bool untouched = code == 0 && vendor == 0 && message.empty() && detail.empty();
  if (status != ALLIANCE_OK && !untouched) glue::tell(error, code, message, detail, vendor);
  return status;
}

}  // namespace alliance::plugin::wire

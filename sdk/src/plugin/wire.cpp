// SPDX-License-Identifier: Apache-2.0
#include "plugin/wire.h"

#include <poll.h>
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

// All of it through a socket, by send() or recv().
template <class Move>
Result<void> all(int socket, std::size_t length, short what, Deadline deadline, Move move) {
  for (std::size_t done = 0; done < length;) {
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
  std::uint32_t length, op;
};

}  // namespace

Result<void> send(int socket, Op op, const Writer& body, Deadline deadline) {
  const auto bytes = body.body();
  if (bytes.size() > most_frame) {
    return fail(ALLIANCE_E_LIMIT, "a call to a plugin in a process of its own may carry " +
                                      std::to_string(most_frame >> 20) + " MiB: hand over less at once");
  }
  const Head head{static_cast<std::uint32_t>(bytes.size()), static_cast<std::uint32_t>(op)};
  const auto write = [&](const void* from, std::size_t length) {
    return all(socket, length, POLLOUT, deadline, [&](std::size_t done) {
      return ::send(socket, static_cast<const char*>(from) + done, length - done, MSG_NOSIGNAL | MSG_DONTWAIT);
    });
  };
  if (auto sent = write(&head, sizeof head); !sent) return sent;
  return write(bytes.data(), bytes.size());
}

Result<Frame> receive(int socket, Deadline deadline, std::size_t most) {
  Head head{};
  const auto read = [&](void* to, std::size_t length) {
    return all(socket, length, POLLIN, deadline, [&](std::size_t done) {
      return recv(socket, static_cast<char*>(to) + done, length - done, MSG_DONTWAIT);
    });
  };
  if (auto got = read(&head, sizeof head); !got) return tl::unexpected(got.error());
  if (head.length > most) return fail(ALLIANCE_E_LIMIT, "it sent more than a frame may hold");
  std::vector<std::uint8_t> body;
  while (body.size() < head.length) {  // memory grows with what came, not with what was announced
    const std::size_t before = body.size();
    body.resize(std::min<std::size_t>(head.length, std::max<std::size_t>(before * 2, 64u << 10)));
    if (auto got = read(body.data() + before, body.size() - before); !got) return tl::unexpected(got.error());
  }
  return Frame{static_cast<Op>(head.op), Reader(std::move(body))};
}

Result<void> send_descriptor(int socket, int descriptor, Deadline deadline) {
  char byte = 0;
  iovec part{&byte, 1};
  alignas(cmsghdr) char room[CMSG_SPACE(sizeof descriptor)] = {};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = room;
  message.msg_controllen = sizeof room;
  cmsghdr* head = CMSG_FIRSTHDR(&message);
  head->cmsg_level = SOL_SOCKET;
  head->cmsg_type = SCM_RIGHTS;
  head->cmsg_len = CMSG_LEN(sizeof descriptor);
  std::memcpy(CMSG_DATA(head), &descriptor, sizeof descriptor);
  return all(socket, 1, POLLOUT, deadline,
             [&](std::size_t) { return sendmsg(socket, &message, MSG_NOSIGNAL | MSG_DONTWAIT); });
}

Result<int> receive_descriptor(int socket, Deadline deadline) {
  char byte = 0;
  iovec part{&byte, 1};
  alignas(cmsghdr) char room[CMSG_SPACE(sizeof(int))] = {};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = room;
  message.msg_controllen = sizeof room;
  auto got = all(socket, 1, POLLIN, deadline,
                 [&](std::size_t) { return recvmsg(socket, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC); });
  if (!got) return tl::unexpected(got.error());
  const cmsghdr* head = CMSG_FIRSTHDR(&message);
  if (head == nullptr || head->cmsg_type != SCM_RIGHTS || head->cmsg_len != CMSG_LEN(sizeof(int))) return gone();
  int descriptor = -1;
  std::memcpy(&descriptor, CMSG_DATA(head), sizeof descriptor);
  return descriptor;
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

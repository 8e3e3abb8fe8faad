// SPDX-License-Identifier: Apache-2.0
#include "plugin/line.h"

#include <sys/socket.h>

#include "plugin/asked.h"

namespace alliance::plugin {
namespace {

tl::unexpected<Failure> no_answer() { return fail(ALLIANCE_E_LIMIT, "its process sent what is no answer"); }

}  // namespace

Line::Line(Descriptor socket, const alliance_services& services, Ear ear)
    : socket_(std::move(socket)), inlet_(socket_.get()), services_(services), ear_(std::move(ear)) {}

void Line::hang_up() { shutdown(socket_.get(), SHUT_RDWR); }

Result<wire::Reader> Line::call(wire::Op op, const wire::Writer& body, std::chrono::milliseconds patience,
                                int descriptor) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  if (auto sent = wire::send(socket_.get(), op, body, deadline, descriptor); !sent) return tl::unexpected(sent.error());
  return answer(patience);
}

Result<wire::Reader> Line::answer(std::chrono::milliseconds patience) {
  auto deadline = std::chrono::steady_clock::now() + patience;
  for (;;) {
    auto frame = inlet_.receive(deadline);
    if (!frame) return tl::unexpected(frame.error());
    if (frame->op == wire::Op::reply) {
      while (ear_ && inlet_.holds_frame()) {
        if (auto heard = hear_one(patience); !heard) return tl::unexpected(heard.error());
      }
      return std::move(frame->body);
    }
    if (frame->op == wire::Op::under_way) deadline = std::chrono::steady_clock::now() + patience;
    if (auto served = serve(*frame, deadline); !served) return tl::unexpected(served.error());
  }
}

Result<void> Line::serve(wire::Frame& frame, wire::Deadline deadline) {
  if (frame.op == wire::Op::log) {
    log_for(services_, frame.body);
    return {};
  }
  if (frame.op >= wire::Op::acknowledged) {
    if (!ear_ || !ear_(frame.op, frame.body)) return no_answer();
    return {};
  }
  wire::Writer answer;
  if (!answer_for(services_, frame.op, frame.body, answer)) return no_answer();
  return wire::send(socket_.get(), wire::Op::answer, answer, deadline);
}

Result<void> Line::hear_one(std::chrono::milliseconds patience) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  auto frame = inlet_.receive(deadline, wire::most_word);
  if (!frame) return tl::unexpected(frame.error());
  if (frame->op != wire::Op::log && frame->op < wire::Op::acknowledged) return no_answer();
  return serve(*frame, deadline);
}

}  // namespace alliance::plugin

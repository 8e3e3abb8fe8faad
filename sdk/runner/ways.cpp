// SPDX-License-Identifier: Apache-2.0
#include "ways.h"

#include <unistd.h>

#include <thread>

namespace alliance::runner {
namespace {

using plugin::wire::Op;
using plugin::wire::Reader;
using plugin::wire::Writer;

constexpr std::size_t most_sentence = 4096;

std::string_view sentence(const char* message) {
  return message == nullptr ? std::string_view() : std::string_view(message).substr(0, most_sentence);
}

// What cannot be said for want of memory is not said: the host sends again what nobody acknowledged.
template <class Add>
void say(void* context, Op what, Add add) noexcept {
  try {
    Writer body;
    add(body);
    static_cast<Services*>(context)->say(what, body);
  } catch (...) {
  }
}

void acknowledged(void* context, std::uint64_t position) noexcept {
  say(context, Op::acknowledged, [&](Writer& to) { to.number(position); });
}
void failed(void* context, std::int32_t status, const char* message) noexcept {
  say(context, Op::failed, [&](Writer& to) {
    to.number(static_cast<std::uint64_t>(std::int64_t{status}));
    to.text(message == nullptr ? "the transport failed" : sentence(message));
  });
}
void refused(void* context, std::uint64_t position, const char* report, std::int32_t status,
             const char* message) noexcept {
  say(context, Op::refused, [&](Writer& to) {
    to.number(position).number(report == nullptr ? 0 : 1).text(sentence(report));
    to.number(static_cast<std::uint64_t>(std::int64_t{status}));
    to.text(message == nullptr ? "the far side refused it" : sentence(message));
  });
}
void under_way(void* context) noexcept {
  say(context, Op::under_way, [](Writer&) {});
}

// One transport, from its open to its close.
class Talk {
 public:
  Talk(const alliance_transport_factory& table, Services& services, const alliance_transport_events& events)
      : table_(table), services_(services), events_(events) {}
  ~Talk() { close(); }
  Talk(const Talk&) = delete;
  Talk& operator=(const Talk&) = delete;

  // False where the host said what is no call.
  bool answer(Op op, Reader& asked, Writer& reply) {
    alliance_error error = ALLIANCE_ERROR_INIT;
    if (op == Op::close) {
      close();
    } else if (op == Op::open && transport_ == nullptr) {
      const std::string id = asked.text(), endpoint = asked.text();
      alliance_transport* made = nullptr;
      const std::int32_t status =
          table_.open(&table_, services_.table(), id.c_str(), endpoint.c_str(), &events_, &made, &error);
      if (status == ALLIANCE_OK) transport_ = made;
      plugin::wire::put_error(reply, status, error);
    } else if (op == Op::send && transport_ != nullptr) {
      const std::uint64_t position = asked.number();
      const auto batch = asked.array();
      plugin::wire::put_error(reply, table_.send(transport_, position, batch.data(), batch.size(), &error), error);
    } else {
      return false;
    }
    return asked.good();
  }

 private:
  void close() {
    if (transport_ != nullptr) table_.close(std::exchange(transport_, nullptr));
  }

  const alliance_transport_factory& table_;
  Services& services_;
  const alliance_transport_events& events_;
  alliance_transport* transport_ = nullptr;
};

}  // namespace

Ways::Way& Ways::take() {
  const std::lock_guard lock(mutex_);
  for (Way& way : ways_) {
    if (!way.taken) {
      way.taken = true;
      return way;
    }
  }
  Way& fresh = ways_.emplace_back();
  fresh.services = make_();
  fresh.events = {sizeof fresh.events, 0, fresh.services.get(), &acknowledged, &failed, &refused, &under_way};
  fresh.taken = true;
  return fresh;
}

void Ways::serve(int socket) {
  Way& way = take();
  std::thread([this, &way, socket] {
    run(way, socket);
    const std::lock_guard lock(mutex_);
    way.taken = false;
  }).detach();
}

void Ways::run(Way& way, int socket) const {
  way.services->speak_over(socket);
  {
    Talk talk(table_, *way.services, way.events);
    for (;;) {
      auto frame = way.services->receive();
      if (!frame) break;  // the host has closed it
      way.services->begin();
      Writer answer;
      if (!talk.answer(frame->op, frame->body, answer)) _exit(2);
      if (!way.services->reply(answer)) break;
    }
  }
  way.services->speak_over(-1);
  close(socket);
}

}  // namespace alliance::runner

// SPDX-License-Identifier: Apache-2.0
#include "plugin/proxy_transport.h"

#include <signal.h>

#include <mutex>
#include <thread>

#include "plugin/told.h"

namespace alliance::plugin {
namespace {

using wire::Op;
using wire::Reader;
using wire::Writer;

constexpr const char* send_failed = "the batch could not be handed to the plugin's process";
constexpr std::chrono::seconds glance{30};  // how long the listener sleeps where nothing is said
constexpr std::chrono::seconds one_word{10};
constexpr std::size_t most_words = 10'000;  // between two calls, and within one glance

// A failure that is not the plugin's own word is never about the batch: it must not become a dead letter.
Failure of_the_way(Failure failure) {
  if (failure.status == ALLIANCE_E_LIMIT || failure.status == ALLIANCE_E_BAD_INPUT) {
    failure.status = ALLIANCE_E_INTERNAL;
  }
  return failure;
}

class Opened {
 public:
  Opened(Process& process, Process::Way way, const alliance_transport_events& events)
      : process_(process),
        generation_(way.generation),
        events_(events),
        line_(std::make_unique<Line>(std::move(way.socket), process.services(),
                                     [this](Op said, Reader& what) { return heard(said, what); })) {}
  ~Opened() {
    close();
    line_->hang_up();
    if (listener_.joinable()) listener_.join();
  }
  Opened(const Opened&) = delete;
  Opened& operator=(const Opened&) = delete;

  Result<Reader> call(Op op, const Writer& body) {
    const std::lock_guard lock(mutex_);
    return exchange(op, body);
  }
  void listen() {
    listener_ = std::thread([this] {
      sigset_t all;  // signals are the embedding program's, for its own threads
      sigfillset(&all);
      pthread_sigmask(SIG_BLOCK, &all, nullptr);
      while (hear_next()) {
      }
    });
  }

 private:
  void close() noexcept {
    const std::lock_guard lock(mutex_);
    try {
      if (!over_) static_cast<void>(exchange(Op::close, Writer()));
    } catch (...) {  // no memory: it hears that the way is gone
    }
    over_ = true;
  }
  Result<Reader> exchange(Op op, const Writer& body) {
    if (over_) return tl::unexpected(*over_why_);
    process_.limit_processor_time(generation_);
    words_ = 0;
    auto answer = line_->call(op, body, process_.send_patience());
    if (answer || body.body().size() > wire::most_frame) return answer;
    return tl::unexpected(end(answer.error()));
  }

  // Waits without the lock: whoever calls reads what comes meanwhile.
  bool hear_next() {
    const bool something = wire::readable(line_->socket(), glance);
    const std::lock_guard lock(mutex_);
    if (over_) return false;
    if (!wire::readable(line_->socket(), std::chrono::milliseconds(0))) {
      if (something) return true;
      words_ = 0;
      process_.limit_processor_time(generation_);
      return true;
    }
    Result<void> fine;
    do {
      fine = line_->hear_one(one_word);
      if (fine && ++words_ > most_words) fine = fail(ALLIANCE_E_LIMIT, "it speaks without end");
    } while (fine && line_->holds_word());
    if (fine) return true;
    const Failure why = end(fine.error());
    events_.failed(events_.context, why.status, why.message.c_str());
    return false;
  }

  Failure end(const Failure& seen) {
    over_ = true;
    over_why_ = of_the_way(process_.lost(generation_, seen));
    return *over_why_;
  }

  bool heard(Op said, Reader& what) {
    void* context = events_.context;
    if (said == Op::acknowledged) {
      const std::uint64_t position = what.number();
      if (what.good()) events_.acknowledged(context, position);
    } else if (said == Op::failed) {
      const auto status = static_cast<std::int32_t>(what.number());
      const std::string message = what.text();
      if (what.good()) events_.failed(context, status, message.c_str());
    } else if (said == Op::refused) {
      const std::uint64_t position = what.number();
      const bool one = what.number() != 0;
      const std::string report = what.text();
      const auto status = static_cast<std::int32_t>(what.number());
      const std::string message = what.text();
      if (what.good()) refused(position, one ? report.c_str() : nullptr, status, message.c_str());
    } else if (said == Op::under_way) {
      if (ALLIANCE_HAS(alliance_transport_events, &events_, under_way) && events_.under_way != nullptr) {
        events_.under_way(context);
      }
    } else {
      return false;
    }
    return what.good();
  }
  // A host that is older than this hears a failure, as from a plugin in its process.
  void refused(std::uint64_t position, const char* report, std::int32_t status, const char* message) {
    if (ALLIANCE_HAS(alliance_transport_events, &events_, refused) && events_.refused != nullptr) {
      events_.refused(events_.context, position, report, status, message);
    } else {
      events_.failed(events_.context, status, message);
    }
  }

  Process& process_;
  const std::uint64_t generation_;
  const alliance_transport_events& events_;
  std::mutex mutex_;  // who calls, or hears
  bool over_ = false;
  std::optional<Failure> over_why_;
  std::size_t words_ = 0;
  const std::unique_ptr<Line> line_;
  std::thread listener_;
};

}  // namespace

std::int32_t open_there(Process& process, const char* id, const char* endpoint, const alliance_transport_events& events,
                        alliance_transport** out, alliance_error* error) {
  auto way = process.attach();
  if (!way) return told(error, of_the_way(way.error()));
  auto opened = std::make_unique<Opened>(process, std::move(*way), events);
  Writer body;
  auto answer = opened->call(Op::open, body.text(id).text(endpoint));
  if (!answer) return told(error, answer.error());
  const std::int32_t status = wire::get_error(*answer, error);
  if (status != ALLIANCE_OK) return status;
  opened->listen();
  *out = reinterpret_cast<alliance_transport*>(opened.release());
  return ALLIANCE_OK;
}

std::int32_t send_there(alliance_transport* transport, std::uint64_t position, const std::uint8_t* batch,
                        std::uint64_t length, alliance_error* error) noexcept {
  return guarded(error, send_failed, [&]() -> std::int32_t {
    if (transport == nullptr || (batch == nullptr && length > 0)) {
      return glue::tell(error, ALLIANCE_E_INVALID, "an open transport and a batch are needed");
    }
    Writer body;
    body.number(position).bytes(batch, length);
    auto answer = reinterpret_cast<Opened*>(transport)->call(Op::send, body);
    return answer ? wire::get_error(*answer, error) : told(error, answer.error());
  });
}

void close_there(alliance_transport* transport) noexcept { delete reinterpret_cast<Opened*>(transport); }

}  // namespace alliance::plugin

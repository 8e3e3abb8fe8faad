// SPDX-License-Identifier: Apache-2.0
// Transports: opened on an endpoint that the author names, or on none that there can be.
#include <stdlib.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <thread>

#include "check/form.h"
#include "check/memory.h"
#include "check/question.h"
#include "check/samples.h"
#include "check/tests.h"
#include "schema/json.h"

namespace alliance::check {
namespace {

using std::chrono::milliseconds;

// A folder to be in while a plugin may take an odd endpoint for a file's name.
class Elsewhere {
 public:
  Elsewhere() : before_(std::filesystem::current_path(ignored_)) {
    std::string name = (std::filesystem::temp_directory_path(ignored_) / "alliance-check-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) return;
    folder_ = name;
    std::filesystem::current_path(folder_, ignored_);
  }
  ~Elsewhere() {
    if (folder_.empty()) return;
    std::filesystem::current_path(before_, ignored_);
    std::filesystem::remove_all(folder_, ignored_);
  }
  Elsewhere(const Elsewhere&) = delete;
  Elsewhere& operator=(const Elsewhere&) = delete;

 private:
  std::error_code ignored_;
  std::filesystem::path before_, folder_;
};

// The host's side of one open transport; lies in memory that outlives it, and knows when it was closed.
struct Far {
  std::atomic<std::uint64_t> acknowledged{0};
  std::atomic<bool> failed{false}, closed{false}, late{false};
  alliance_transport_events events{sizeof events, 0, this, &take, &fail, &refuse, &under_way};

  static void take(void* context, std::uint64_t position) noexcept {
    auto& self = *static_cast<Far*>(context);
    if (self.closed) self.late = true;
    if (position > self.acknowledged) self.acknowledged = position;
  }
  static void fail(void* context, std::int32_t, const char*) noexcept {
    auto& self = *static_cast<Far*>(context);
    if (self.closed) self.late = true;
    self.failed = true;
  }
  static void refuse(void* context, std::uint64_t, const char*, std::int32_t, const char*) noexcept {
    fail(context, 0, nullptr);
  }
  static void under_way(void* context) noexcept {
    auto& self = *static_cast<Far*>(context);
    if (self.closed) self.late = true;
  }
};

template <class Test>
Outcome each_transport(Session& session, const Test& test) {
  const auto offered = session.offered("transport");
  for (const Offered& what : offered) {
    const Outcome outcome = test(what);
    if (outcome.verdict != Verdict::passed) return {outcome.verdict, "'" + what.id + "': " + outcome.text};
  }
  return offered.empty() ? skipped("the plugin has no transport") : passed();
}

std::int32_t open(Session& session, const Offered& what, const char* endpoint, Far& far, alliance_transport** out,
                  alliance_error* error) {
  at("transport.open()");
  const auto& table = session.tables().transport;
  return table.open(&table, session.host().services(), what.id.c_str(), endpoint, &far.events, out, error);
}

void close(Session& session, alliance_transport* transport, Far& far) {
  at("transport.close()");
  session.tables().transport.close(transport);
  far.closed = true;
}

// Runs `test` on a transport that is open on the author's endpoint.
template <class Test>
Outcome on_endpoint(Session& session, const Test& test) {
  if (session.offered("transport").empty()) return skipped("the plugin has no transport");
  if (session.subject().endpoint.empty()) return skipped("no endpoint was given: name one with --endpoint");
  return each_transport(session, [&](const Offered& what) {
    Far far;
    alliance_transport* transport = nullptr;
    alliance_error error = ALLIANCE_ERROR_INIT;
    if (open(session, what, session.subject().endpoint.c_str(), far, &transport, &error) != ALLIANCE_OK) {
      return failed("it does not open " + session.subject().endpoint + ": " + text_of(error));
    }
    const Outcome outcome = test(transport, far);
    close(session, transport, far);
    std::this_thread::sleep_for(milliseconds(200));  // for what comes too late
    return far.late && outcome.verdict == Verdict::passed ? failed("it calls back after close() has returned")
                                                          : outcome;
  });
}

Bytes empty_batch() {
  auto bytes = schema::json_to_bytes("Batch", R"({"envelopes": []})");
  return bytes ? std::move(*bytes) : Bytes();
}

}  // namespace

Outcome open_null_arguments(Session& session) {
  return each_transport(session, [&](const Offered& what) {
    const auto& table = session.tables().transport;
    Far far;
    alliance_transport* out = nullptr;
    const auto attempt = [&](const char* id, const char* endpoint, const alliance_transport_events* events,
                             alliance_transport** to) {
      at("transport.open() with a NULL");
      return table.open(&table, session.host().services(), id, endpoint, events, to, nullptr) == ALLIANCE_OK;
    };
    const char* endpoint = "/nowhere/at/all";
    if (attempt(nullptr, endpoint, &far.events, &out)) return failed("open() succeeds without an id");
    if (attempt(what.id.c_str(), nullptr, &far.events, &out)) return failed("open() succeeds without an endpoint");
    if (attempt(what.id.c_str(), endpoint, nullptr, &out)) return failed("open() succeeds without events");
    if (attempt(what.id.c_str(), endpoint, &far.events, nullptr))
      return failed("open() succeeds without a place for it");
    if (attempt("no-such-thing-here", endpoint, &far.events, &out))
      return failed("open() makes what it does not offer");
    return passed();
  });
}

Outcome open_odd_endpoints(Session& session) {
  const Elsewhere elsewhere;
  return each_transport(session, [&](const Offered& what) {
    for (const std::string& endpoint : {std::string(), std::string("\xFF\xFE"), std::string(100'000, 'x'),
                                        std::string("/nowhere/at/all/file"), std::string("%s%n%n")}) {
      Far far;
      alliance_transport* transport = nullptr;
      alliance_error error = ALLIANCE_ERROR_INIT;
      const auto status = open(session, what, endpoint.c_str(), far, &transport, &error);
      if (status == ALLIANCE_OK) close(session, transport, far);
      if (status != ALLIANCE_OK && text_of(error).empty()) return failed("open() fails and gives no reason");
    }
    return passed();
  });
}

Outcome send_acknowledges(Session& session) {
  return on_endpoint(session, [&](alliance_transport* transport, Far& far) {
    const Bytes batch = empty_batch();
    for (std::uint64_t position = 1; position <= 5; ++position) {
      alliance_error error = ALLIANCE_ERROR_INIT;
      at("transport.send()");
      if (session.tables().transport.send(transport, position, batch.data(), batch.size(), &error) != ALLIANCE_OK) {
        return failed("send() fails: " + text_of(error));
      }
      if (far.acknowledged > position) return failed("it acknowledges a position that was never sent");
    }
    for (int wait = 0; wait < 500 && far.acknowledged < 5 && !far.failed; ++wait) {
      std::this_thread::sleep_for(milliseconds(10));
    }
    return far.acknowledged == 5 ? passed() : warned("five empty batches were not acknowledged within 5 s");
  });
}

Outcome send_hostile(Session& session) {
  return on_endpoint(session, [&](alliance_transport* transport, Far&) {
    auto dice = dice_of_one_kind();
    for (int round = 0; round < 100; ++round) {
      Bytes bytes(8 * (dice() % 32));
      for (auto& byte : bytes) byte = static_cast<std::uint8_t>(dice());
      const Guarded input(bytes);
      at("transport.send() of random bytes");
      session.tables().transport.send(transport, 1, input.data(), input.size(), nullptr);
    }
    return passed();
  });
}

Outcome close_is_the_end(Session& session) {
  return on_endpoint(session, [](alliance_transport*, Far&) { return passed(); });
}

}  // namespace alliance::check

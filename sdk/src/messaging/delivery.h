// SPDX-License-Identifier: Apache-2.0
// Takes batches from an outbox to endpoints and back comes how far each has acknowledged. Knows neither the
// store nor plugins: both are handed in.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "common/result.h"

namespace alliance::messaging {

using Bytes = std::vector<std::uint8_t>;
enum class Lane : std::uint8_t { normal = 0, safety = 1 };

struct Chunk {
  std::uint64_t position = 0;
  Bytes batch;
  std::size_t reports = 0;  // how many are in it, where that is known because it was just made; else it is looked into
};

// A receiver's no: to one report of a batch, or with no id to the batch as a whole.
struct Refusal {
  std::uint64_t position = 0;
  std::string report;
  Failure why;
};
// What a receiver says about the data. The other statuses are its own troubles ("not now"): sent again for ever.
bool is_refusal(std::int32_t status);

// Where batches come from. Called on delivery's threads.
class Outbox {
 public:
  virtual ~Outbox() = default;
  // As that endpoint is to have them: with tombstones for what was given up. An empty batch: nothing of it is left.
  virtual Result<std::vector<Chunk>> after(const std::string& endpoint, Lane lane, std::uint64_t position,
                                           std::size_t most) = 0;
  virtual Result<void> acknowledged(const std::string& endpoint, Lane lane, std::uint64_t position) = 0;
  // The endpoint refused this too often. Once it returns, after() gives a tombstone instead.
  virtual Result<void> give_up(const std::string& endpoint, Lane lane, const Refusal& refusal, unsigned tries);
  // The last position behind `from`, or `from`. An outbox that knows it without reading says so here.
  virtual Result<std::uint64_t> last(Lane lane, std::uint64_t from);
};

// One open way to one receiver, for one lane. Callbacks may come on any thread, never after close().
class Link {
 public:
  struct Events {
    std::function<void()> opened;
    std::function<void(std::uint64_t position)> acknowledged;
    std::function<void(Failure)> failed;
    std::function<void(Refusal)> refused;  // the link is to be opened again
    std::function<void()> under_way;       // the receiver takes its time: patience begins anew
  };
  virtual ~Link() = default;
  // Whether its calls may block, as those of plugins may: it is served on a thread of its own then. If not, all of
  // them come on the thread that serves the sockets, and no call waits there for anything but the disk.
  virtual bool may_block() const { return true; }
  virtual Result<void> open(Events events) = 0;  // then `opened` or `failed`, perhaps before it returns
  virtual Result<void> send(const Chunk& chunk) = 0;
  virtual void close() = 0;
};

// A vendor's endpoint may carry a password or a token; neither belongs into a log.
std::string without_secrets(const std::string& endpoint);

// Paths of PEM files, or env:NAME (schema: TlsConfig).
struct TlsFiles {
  std::string certificate, private_key, ca;
  std::string name = {};  // the receiver's certificate must bear it; empty: the host of the address
};

// The built-in link: "tls://HOST:PORT", "tcp://HOST:PORT" or "unix:///PATH". Over tcp:// nothing is encrypted, so an
// address outside this machine is refused there unless it ends in "?insecure".
// A receiver asks for the body of a report that was withheld; `done` may be called later, on any thread.
struct Ask;
struct Reply;
using Answering = std::function<void(const Ask& ask, std::function<void(const Reply&)> done)>;

struct Patience {
  std::chrono::milliseconds connect{5000};  // with the greeting
  std::chrono::milliseconds write{10000};   // without any progress
  std::chrono::milliseconds frame{30000};   // from its first byte to its last
};
Result<std::unique_ptr<Link>> socket_link(const std::string& address, const std::string& tenant, Lane lane,
                                          const Patience& patience = {}, const TlsFiles& tls = {},
                                          Answering answering = {});

struct Pace {
  std::size_t window_chunks = 64;                // sent and not yet acknowledged
  std::size_t window_bytes = 8u << 20;           // likewise; one chunk may always be under way
  std::int64_t acknowledge_within = 15'000'000;  // microseconds; after that a silent receiver is given up
  std::int64_t first_pause = 50'000;             // between attempts, doubled each time ...
  std::int64_t longest_pause = 10'000'000;       // ... up to this
  std::uint64_t seed = 0;                        // of the jitter; 0: a different one each time
  unsigned tries = 3;                            // refusals of one report until it is given up
};

struct LinkStatus {
  std::string endpoint;
  Lane lane = Lane::normal;
  bool connected = false;
  std::uint64_t sent = 0;  // reports, repeats included
  std::string trouble;     // what the last attempt ended with; empty when all is well
};

// The links of all sockets are coroutines on one thread: each wait can be cancelled, and none holds up another. A
// link that may block has a thread of its own instead. The safety lane has links of its own and never waits behind
// the normal one.
class Delivery {
 public:
  using Log = std::function<void(std::int32_t level, const std::string& line)>;
  static std::unique_ptr<Delivery> create(Outbox& outbox, Log log, const Pace& pace = {});
  virtual ~Delivery() = default;  // stops; unacknowledged batches stay in the outbox

  // Begins to deliver what lies after `acknowledged` in that lane. Retries for ever, with jittered back-off.
  virtual void add(const std::string& endpoint, Lane lane, std::unique_ptr<Link> link, std::uint64_t acknowledged) = 0;
  virtual void remove(const std::string& endpoint) = 0;  // stops delivering there; waits for its links to end
  virtual void wake() = 0;  // there is something new in the outbox; any thread, does not block
  // True once all that the outbox held at the call is acknowledged by everyone. `cancelled` is polled.
  virtual bool drain(std::chrono::microseconds timeout, const std::function<bool()>& cancelled) = 0;
  virtual std::uint64_t sent() const = 0;  // reports handed to links, repeats included
  virtual std::vector<LinkStatus> status() = 0;
};

}  // namespace alliance::messaging

// SPDX-License-Identifier: Apache-2.0
// fault_platform work|finish STORE ADDRESS TOLD
//
// Commits numbered entries from several threads and delivers them to a receiver or through a transport plugin, until it
// is killed. Each number is written to TOLD only after the store has said that it is kept. `finish` commits no more and
// waits until everything is acknowledged.
#include <alliance_schema/envelope_generated.h>
#include <alliance_schema/report_generated.h>
#include <fcntl.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <thread>

#include "../told.h"
#include "host/links.h"
#include "store/store.h"
#include "test_services.h"

namespace {

using namespace alliance;

constexpr int threads = 3;
constexpr int cases_of_a_thread = 4;
constexpr std::uint64_t most_waiting = 10'000;

class Outbox final : public messaging::Outbox {
 public:
  explicit Outbox(store::Store& store) : store_(store) {}
  Result<std::vector<messaging::Chunk>> after(const std::string&, messaging::Lane lane, std::uint64_t position,
                                              std::size_t most) override {
    auto chunks = store_.outbox(static_cast<store::Lane>(lane), position, most);
    if (!chunks) return tl::unexpected(chunks.error());
    std::vector<messaging::Chunk> out;
    for (auto& chunk : *chunks) out.push_back({chunk.position, std::move(chunk.batch)});
    return out;
  }
  Result<void> acknowledged(const std::string& endpoint, messaging::Lane lane, std::uint64_t position) override {
    return store_.acknowledge(endpoint, static_cast<store::Lane>(lane), position);
  }
  Result<std::uint64_t> last(messaging::Lane lane, std::uint64_t from) override {
    return std::max(from, store_.last(static_cast<store::Lane>(lane)));
  }

 private:
  store::Store& store_;
};

// With the process in it: a number that is given again after a kill must not hide one that was lost.
std::string made_id(const std::string& name, std::int64_t epoch, std::uint64_t sequence) {
  return name + "/" + std::to_string(epoch) + "/" + std::to_string(sequence) + "/" + std::to_string(::getpid());
}

store::Bytes made(const std::string& name, std::int64_t epoch, std::uint64_t sequence, store::Lane lane) {
  fb::CustomT custom;
  custom.kind = "org.example.number";
  custom.json = std::to_string(sequence);
  fb::ReportT report;
  report.body.Set(std::move(custom));
  flatbuffers::FlatBufferBuilder inner;
  inner.Finish(fb::CreateReport(inner, &report), fb::ReportIdentifier());

  fb::EnvelopeT envelope;
  envelope.id = made_id(name, epoch, sequence);
  envelope.tenant = "clinic";
  envelope.case_ = name;
  envelope.epoch = epoch;
  envelope.sequence = sequence;
  envelope.time = 1;
  envelope.kind = "custom";
  envelope.lane = static_cast<fb::Lane>(lane);
  envelope.payload.assign(inner.GetBufferPointer(), inner.GetBufferPointer() + inner.GetSize());
  flatbuffers::FlatBufferBuilder builder;
  builder.Finish(fb::CreateEnvelope(builder, &envelope));
  return {builder.GetBufferPointer(), builder.GetBufferPointer() + builder.GetSize()};
}

struct Case {
  std::string name;
  std::int64_t epoch = 0;
  std::uint64_t next = 1;
};

// One event with one to three reports, some of them in the safety lane.
store::Entry next_entry(Case& one) {
  store::Entry entry;
  entry.stream = one.name;
  entry.event_id = one.name + "-" + std::to_string(one.next);
  entry.event = {1};
  for (std::uint64_t more = 1 + one.next % 3; more > 0; --more, ++one.next) {
    const auto lane = one.next % 5 == 0 ? store::Lane::safety : store::Lane::normal;
    (lane == store::Lane::safety ? entry.safety : entry.normal).push_back(made(one.name, one.epoch, one.next, lane));
  }
  entry.next_sequence = one.next;
  return entry;
}

int fail(const std::string& why) {
  std::fprintf(stderr, "fault_platform: %s\n", why.c_str());
  return 1;
}

// Where it stands, for whoever reads why a test failed.
std::string stand_of(store::Store& store, messaging::Delivery& delivery) {
  const auto counts = store.counts();
  std::string out = "; " + (counts ? std::to_string(counts->waiting) + " wait" : counts.error().message);
  for (const auto& link : delivery.status()) {
    out += link.lane == messaging::Lane::safety ? "; safety lane: " : "; normal lane: ";
    out += std::to_string(link.sent) + " sent, " + (link.connected ? "connected" : "not connected");
    if (!link.trouble.empty()) out += ", " + link.trouble;
  }
  return out;
}

void work(store::Store& store, messaging::Delivery& delivery, std::vector<Case> cases, int told) {
  for (;;) {
    // Where the disk is faster than the receiver, what waits at the end must not be more than it takes in a while.
    while (store.counts().value_or(store::Counts{}).waiting > most_waiting) {
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    for (auto& one : cases) {
      const auto before = one.next;
      if (auto ok = store.commit({next_entry(one)}, one.epoch); !ok) _exit(fail(ok.error().message));
      std::string lines;
      for (auto n = before; n < one.next; ++n) {
        std::string line = made_id(one.name, one.epoch, n);
        line.resize(faults::told_length, ' ');
        lines += line + "\n";
      }
      if (::write(told, lines.data(), lines.size()) != static_cast<ssize_t>(lines.size())) _exit(fail("cannot tell"));
      delivery.wake();
    }
  }
}

}  // namespace

Result<std::unique_ptr<messaging::Link>> link_to(plugin::Registry& plugins, const std::string& endpoint,
                                                 messaging::Lane lane) {
  if (endpoint.starts_with("tcp://")) return messaging::socket_link(endpoint, "clinic", lane);
  const auto colon = endpoint.find(':');
  const auto id = endpoint.substr(0, colon);
  if (plugins.plugins().empty()) {
    if (auto loaded = plugins.load(test::manifest(id)); !loaded) return tl::unexpected(loaded.error());
  }
  return host::plugin_link(*plugins.plugins().front(), id, endpoint.substr(colon + 1));
}

int main(int argc, char** argv) {
  if (argc != 5) return fail("work|finish STORE ADDRESS TOLD");
  auto store = store::Store::open(argv[2], "clinic");
  if (!store) return fail(store.error().message);
  Outbox outbox(**store);
  test::Services services;
  plugin::Registry plugins(services.host());
  const bool talks = std::getenv("ALLIANCE_FAULT_TALK") != nullptr;
  auto delivery = messaging::Delivery::create(outbox, [talks](std::int32_t, const std::string& line) {
    if (talks) std::fprintf(stderr, "fault_platform: %s\n", line.c_str());
  });
  const std::string endpoint = argv[3];
  for (const auto lane : {messaging::Lane::safety, messaging::Lane::normal}) {
    auto link = link_to(plugins, endpoint, lane);
    const auto place = (*store)->acknowledged(endpoint, static_cast<store::Lane>(lane));
    if (!link || !place) return fail(link ? "no place" : link.error().message);
    delivery->add(endpoint, lane, std::move(*link), *place);
  }
  if (std::strcmp(argv[1], "finish") == 0) {
    if (!delivery->drain(std::chrono::seconds(200), [] { return false; }))
      return fail("not everything was acknowledged within 200 s" + stand_of(**store, *delivery));
    const auto counts = (*store)->counts();
    return counts && counts->waiting == 0 ? 0 : fail("something still waits");
  }

  const auto heads = (*store)->streams();
  if (!heads) return fail(heads.error().message);
  std::map<std::string, Case> known;
  for (const auto& head : *heads) known[head.id] = {head.id, head.epoch, head.next_sequence};
  const int told = ::open(argv[4], O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (told < 0) return fail("cannot open the file of what was told");
  std::vector<std::thread> callers;
  for (int t = 0; t < threads; ++t) {
    std::vector<Case> cases;
    for (int c = 0; c < cases_of_a_thread; ++c) {
      const auto name = "case-" + std::to_string(t) + "-" + std::to_string(c);
      const auto found = known.find(name);
      cases.push_back(found != known.end() ? found->second : Case{name, (*store)->new_epoch(1000), 1});
    }
    callers.emplace_back([&, cases] { work(**store, *delivery, cases, told); });
  }
  for (auto& caller : callers) caller.join();
}

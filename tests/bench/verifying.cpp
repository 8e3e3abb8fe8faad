// SPDX-License-Identifier: Apache-2.0
// F2: what the costliest hostile bytes cost to refuse, of those that are made here: built to be dear, or good ones with
// some bytes changed. T4: what handing over in the process costs beyond verifying.
#include <functional>
#include <new>

#include "content.h"
#include "host/local_link.h"
#include "messaging/frame.h"
#include "messaging/message.h"
#include "pairs.h"
#include "schema/json.h"

namespace {
std::uint64_t allocations = 0;
}
// Not inlined: the compiler would take malloc() and free() for no pair.
[[gnu::noinline]] void* operator new(std::size_t size) {
  ++allocations;
  void* made = std::malloc(size);
  if (made == nullptr) throw std::bad_alloc();
  return made;
}
[[gnu::noinline]] void operator delete(void* of) noexcept { std::free(of); }
[[gnu::noinline]] void operator delete(void* of, std::size_t) noexcept { std::free(of); }

namespace {

using bench::Bytes;
namespace fb = alliance::fb;
namespace messaging = alliance::messaging;
constexpr std::size_t most = 64 * 1024;

bool takes_report(const Bytes& bytes) { return alliance::schema::verify("Report", bytes).has_value(); }

// As a receiver does: the frame, the message in it, the batch in that.
bool takes_frame(const Bytes& frame) {
  messaging::Decoder decoder(messaging::max_message);
  std::span<const std::uint8_t> rest(frame);
  const auto message = decoder.take(rest);
  if (!message || !*message) return false;
  const auto read = messaging::read_message(**message);
  if (!read) return false;
  const auto* chunk = std::get_if<messaging::Chunk>(&*read);
  return chunk != nullptr && messaging::read_batch(chunk->batch).has_value();
}

double cost(const std::function<bool()>& work) {
  double least = 1e18;
  for (int i = 0; i < 5; ++i) {
    const double begin = bench::nanoseconds(bench::Clock::thread);
    int times = 0;
    do {
      work();
      ++times;
    } while (bench::nanoseconds(bench::Clock::thread) - begin < 20'000);
    least = std::min(least, (bench::nanoseconds(bench::Clock::thread) - begin) / times);
  }
  return least;
}

// A vector that points many times at one table, and texts that many tables share and whose last byte is wrong.
std::vector<Bytes> dear_batches() {
  std::vector<Bytes> out;
  for (const std::size_t text : {std::size_t{32}, std::size_t{500}}) {
    for (const bool spoiled : {false, true}) {
      for (const std::size_t count : {std::size_t{900}, std::size_t{1'000}, std::size_t{15'000}}) {
        flatbuffers::FlatBufferBuilder builder;
        const std::string good(text, 'a'), odd = std::string(text - 1, 'a') + (spoiled ? '\xff' : 'a');
        const auto name = builder.CreateString(good);
        const Bytes payload = bench::report();
        builder.ForceVectorAlignment(payload.size(), 1, 8);
        const auto bytes = builder.CreateVector(payload);
        const auto one = fb::CreateEnvelope(builder, name, name, name, 1, 1, 1, name, 1, fb::Lane::normal, bytes);
        const auto last = fb::CreateEnvelope(builder, name, name, name, 1, 1, 1, builder.CreateString(odd), 1,
                                             fb::Lane::normal, bytes);
        std::vector<flatbuffers::Offset<fb::Envelope>> all(count, one);
        all.push_back(last);
        // Bytes that count for the limit of tables and cost nothing to send.
        builder.CreateVector(std::vector<std::uint8_t>(count * 4 + 3'000 < 61'000 ? 58'000 - count * 4 : 0));
        builder.Finish(fb::CreateBatch(builder, builder.CreateVector(all)), fb::BatchIdentifier());
        if (builder.GetSize() < most) out.push_back(bench::bytes_of(builder));
      }
    }
  }
  return out;
}

std::vector<Bytes> dear_reports() {
  std::vector<Bytes> out;
  for (const std::size_t count : {std::size_t{100}, std::size_t{250}, std::size_t{8'000}, std::size_t{15'000}}) {
    for (const std::size_t length : {std::size_t{4}, std::size_t{30'000}}) {
      for (const std::size_t roles : {std::size_t{1}, std::size_t{5'000}, std::size_t{7'500}}) {
        flatbuffers::FlatBufferBuilder builder;
        const auto name = builder.CreateString(std::string(length, 'a'));
        const auto wrong = builder.CreateString(std::string(length - 1, 'a') + '\xff');
        const auto list = builder.CreateVector(std::vector<flatbuffers::Offset<flatbuffers::String>>(roles, name));
        const auto one = fb::CreateScore(builder, name, list, 1.0, fb::ScoreState::scored, 1, 1);
        const auto scores = builder.CreateVector(std::vector<flatbuffers::Offset<fb::Score>>(count, one));
        const auto scored =
            fb::CreateScored(builder, name, name, 0, fb::Rater::client, fb::Target::none, 1, scores, 0, false, wrong);
        builder.Finish(fb::CreateReport(builder, fb::ReportBody::Scored, scored.Union()), fb::ReportIdentifier());
        if (builder.GetSize() < most) out.push_back(bench::bytes_of(builder));
      }
    }
  }
  return out;
}

void changed(const Bytes& good, std::size_t number, std::vector<Bytes>& to) {
  std::mt19937 random(11);
  for (std::size_t i = 0; i < number; ++i) {
    Bytes bytes = good;
    for (std::size_t k = 1 + random() % 3; k > 0; --k)
      bytes[random() % bytes.size()] = static_cast<std::uint8_t>(random());
    to.push_back(std::move(bytes));
  }
}

void hostile(const char* row, const bench::How& how, std::vector<Bytes> candidates, const Bytes& good,
             bool (*takes)(const Bytes&)) {
  bench::need(takes(good), "the good one is taken");
  double most_cost = 0;
  const Bytes* dearest = nullptr;
  for (const Bytes& bytes : candidates) {
    if (takes(bytes)) continue;  // not hostile after all
    const double one = cost([&] { return takes(bytes); });
    if (one > most_cost) most_cost = one, dearest = &bytes;
  }
  bench::need(dearest != nullptr, "something hostile");
  const auto often = [takes](const Bytes& bytes) {
    return [&bytes, takes](std::uint64_t times) {
      while (times-- > 0) {
        bool taken = takes(bytes);
        bench::keep(taken);
      }
    };
  };
  bench::compare(row, how, often(*dearest), often(good));
}

void refusals(const bench::Asked& asked) {
  const std::size_t number = asked.quick ? 200 : 4'000;
  std::vector<Bytes> reports = dear_reports(), batches, frames;
  bench::Content large;
  while (bench::report(large).size() < most - 512 && large.scales.size() < 250) large.scales.push_back(large.scales[0]);
  for (auto& scale : large.scales) {
    if (bench::report(large).size() < most - 512) scale.role.append(150, 'a');
  }
  changed(bench::report(large), number / 10, reports);
  hostile("F2 report", asked.how, std::move(reports), bench::report(large), takes_report);

  std::size_t count = 1;
  while (bench::batch(count + 1, bench::report(bench::short_content())).size() < most - 256) ++count;
  const Bytes good = bench::batch(count, bench::report(bench::short_content()));
  batches = dear_batches();
  changed(good, number / 10, batches);
  for (const Bytes& one : batches) frames.push_back(messaging::framed(messaging::Chunk{1, one}));
  hostile("F2 batch", asked.how, std::move(frames), messaging::framed(messaging::Chunk{1, good}), takes_frame);
}

std::int32_t take(void* context, const alliance_report* report, alliance_error*) noexcept {
  *static_cast<std::uint64_t*>(context) += report->length;
  return ALLIANCE_OK;
}

void in_the_process(const bench::How& how) {
  const messaging::Chunk frame{1, bench::batch(1, bench::report(bench::short_content()))};
  std::uint64_t taken = 0, acknowledged = 0, called = 0;
  const auto link = alliance::host::local_link({&take, &taken, ALLIANCE_FLATBUFFERS});
  messaging::Link::Events events;
  events.opened = [] {};
  events.acknowledged = [&](std::uint64_t) { ++acknowledged; };
  bench::need(link->open(std::move(events)).has_value(), "the link opens");
  messaging::Chunk sent = frame;
  const std::function<bool(const Bytes&)> by_function = [&](const Bytes& bytes) {
    const auto batch = messaging::read_batch(bytes);
    if (!batch) return false;
    for (const auto* envelope : *(*batch)->envelopes()) {
      const std::span payload(envelope->payload()->data(), envelope->payload()->size());
      if (!alliance::schema::verify("Report", payload)) return false;
      called += payload.size();
    }
    return true;
  };
  const auto ours = [&](std::uint64_t times) {
    while (times-- > 0) {
      ++sent.position;
      if (!link->send(sent)) std::abort();
    }
  };
  const auto theirs = [&](std::uint64_t times) {
    while (times-- > 0) {
      if (!by_function(frame.batch)) std::abort();
    }
  };
  bench::compare("T4", how, ours, theirs);
  const auto before = allocations;
  ours(1'000);
  const double each = static_cast<double>(allocations - before) / 1'000;
  std::printf("{\"row\": \"T4 allocations\", \"note\": \"%zu bytes a frame\", \"ratios\": [%.3f, %.3f]}\n",
              frame.batch.size(), each, each);
  bench::need(taken > 0 && acknowledged > 0 && called > 0, "everything was taken");
}

}  // namespace

int main(int argc, char** argv) {
  const bench::Asked asked(argc, argv);
  if (asked.has("F2")) refusals(asked);
  if (asked.has("T4")) in_the_process(asked.how);
  return 0;
}

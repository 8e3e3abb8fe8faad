// SPDX-License-Identifier: Apache-2.0
// D1, D2, D5, D6, D7: reports stored, sent and acknowledged, beside SQLite alone. bench_reports FOLDER ROW...
// Both sides write to the same disk and wait for it (synchronous=FULL); neither encrypts, but for "D1 sealed".
#include <alliance_schema/event_generated.h>

#include <alliance/host.hpp>

#include "plain_sqlite.h"
#include "receiving.h"
#include "sending.h"

namespace {

using bench::flow, bench::many, bench::message, bench::must, bench::Sender, bench::start;

bench::How on_the_clock(const bench::Asked& asked, double slice_ns) {
  bench::How how = asked.how;
  how.clock = bench::clock_or(bench::Clock::wall);
  how.slice_ns = slice_ns;
  return how;
}

auto rows(bench::PlainSqlite& plain) {
  return [&plain](std::uint64_t times) {
    while (times-- > 0) plain.commit(message, many);
  };
}

// Medians of single operations, taken in turns; p99 besides.
template <class Ours, class Theirs>
void latency(const std::string& row, const bench::Asked& asked, Ours ours, Theirs theirs) {
  const int pairs = asked.how.pairs, each = asked.quick ? 30 : 200;
  std::array<std::vector<double>, 2> medians;
  std::vector<double> all;
  std::mt19937 random(std::random_device{}());
  for (int pair = 0; pair < pairs; ++pair) {
    std::array<std::vector<double>, 2> took;
    for (int i = 0; i < each; ++i) {
      const std::size_t first = random() % 2;
      for (const std::size_t which : {first, 1 - first}) {
        const double begin = bench::nanoseconds(bench::Clock::wall);
        which == 0 ? ours() : theirs();
        took[which].push_back(bench::nanoseconds(bench::Clock::wall) - begin);
      }
    }
    for (std::size_t which = 0; which < 2; ++which) medians[which].push_back(bench::median(took[which]));
    all.insert(all.end(), took[0].begin(), took[0].end());
  }
  std::sort(all.begin(), all.end());
  char note[128];
  std::snprintf(note, sizeof note, "p50 %.3g us and %.3g us, our p99 %.3g us", bench::median(medians[0]) / 1e3,
                bench::median(medians[1]) / 1e3, all[all.size() * 99 / 100] / 1e3);
  bench::print_row(row, medians[0], medians[1], note);
}

// A host with the WAI-SR answered in many cases.
class Platform {
 public:
  Platform(const std::string& path, const std::string& address) : host_(options(path)) {
    host_.load_plugin(std::string(ALLIANCE_PLUGIN_DIR) + "/instruments.alliance.json");
    host_.connect(address);
    host_.run();
    record([](std::uint64_t) {
      alliance::fb::CaseOpenedT opened;
      opened.service = "north";
      opened.practitioner = "p1";
      opened.delivery = alliance::fb::Delivery::blended;
      return opened;
    });
  }
  std::uint64_t answers() {
    return record([](std::uint64_t n) {
      alliance::fb::AnswersGivenT given;
      given.instrument = "wai-sr-c";
      given.rater = alliance::fb::Rater::client;
      for (int item = 1; item <= bench_items; ++item) {
        auto answer = std::make_unique<alliance::fb::AnswerT>();
        answer->item = std::to_string(item);
        answer->state = alliance::fb::AnswerState::answered;
        answer->value = static_cast<double>(3 + (n + static_cast<std::uint64_t>(item)) % 2);
        given.answers.push_back(std::move(answer));
      }
      return given;
    });
  }
  void drain() {
    if (!host_.drain(std::chrono::minutes(1))) bench::give_up("not everything arrived");
  }

 private:
  static constexpr int bench_items = 12;
  static alliance::HostOptions options(const std::string& path) {
    alliance::HostOptions made;
    made.tenant = "bench";
    made.store_path = path;
    made.plaintext = true;
    made.config = R"({"safety":{"contact":"duty"}})";
    made.now = [] { return start + INT64_C(86'400'000'000); };
    made.log = [](std::int32_t, const std::string&) {};
    return made;
  }
  template <class Body>
  std::uint64_t record(Body body) {
    alliance::fb::EventBatchT batch;
    for (std::uint64_t n = 0; n < many; ++n) {
      auto event = std::make_unique<alliance::fb::EventT>();
      event->id = "e" + std::to_string(++events_);
      event->case_ = "c" + std::to_string(n);
      event->time = start + static_cast<std::int64_t>(events_);
      event->body.Set(body(n));
      batch.events.push_back(std::move(event));
    }
    flatbuffers::FlatBufferBuilder builder(1 << 20);
    builder.Finish(alliance::fb::EventBatch::Pack(builder, &batch), "ALEB");
    std::vector<std::int32_t> statuses(many);
    alliance_recorded result = ALLIANCE_RECORDED_INIT;
    alliance_error error = ALLIANCE_ERROR_INIT;
    const double begin = bench::nanoseconds(bench::Clock::wall);
    if (alliance_host_record_many(host_.raw(), builder.GetBufferPointer(), builder.GetSize(), ALLIANCE_FLATBUFFERS,
                                  statuses.data(), statuses.size(), nullptr, &result, &error) != ALLIANCE_OK) {
      bench::give_up(error.message);
    }
    took_ += bench::nanoseconds(bench::Clock::wall) - begin;
    return result.reports;
  }

 public:
  double took_ = 0;  // in record_many alone

 private:
  alliance::Host host_;
  std::uint64_t events_ = 0;
};

// Nanoseconds a report: the whole of record_many until all are acknowledged, without what makes the events.
void whole_record(const bench::Asked& asked, Platform& platform, Sender& sender) {
  std::vector<double> ours, theirs;
  for (int pair = 0; pair < asked.how.pairs; ++pair) {
    platform.took_ = 0;
    std::uint64_t reports = 0;
    const int calls = asked.quick ? 1 : 4;
    double waited = 0;
    for (int call = 0; call < calls; ++call) {
      reports += platform.answers();
      const double begin = bench::nanoseconds(bench::Clock::wall);
      platform.drain();
      waited += bench::nanoseconds(bench::Clock::wall) - begin;
    }
    ours.push_back((platform.took_ + waited) / static_cast<double>(reports));
    const double begin = bench::nanoseconds(bench::Clock::wall);
    flow(sender)(static_cast<std::uint64_t>(calls) * 4);
    theirs.push_back((bench::nanoseconds(bench::Clock::wall) - begin) / static_cast<double>(calls * 4 * many));
  }
  bench::print_row("D7", ours, theirs);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) bench::give_up("usage: bench_reports FOLDER ROW... [--quick]");
  const std::string folder = argv[1];
  const auto file = [&](const char* name) { return folder + "/" + name; };
  const bench::Asked asked(argc - 1, argv + 1);
  // Receivers first: a process is forked before there are threads.
  bench::ReceiverProcess memory(bench::Keeps::in_memory, ""), sealed(bench::Keeps::in_memory, ""),
      seventh(bench::Keeps::in_memory, ""), whole(bench::Keeps::in_memory, ""),
      disk(bench::Keeps::on_disk, file("inbox.db")), single(bench::Keeps::on_disk, file("single-inbox.db"));
  const double slice = asked.quick ? 1e7 : 1e8;
  bench::PlainSqlite plain(file("plain.db"));
  if (asked.has("D1")) {
    Sender sender(file("d1.db"), memory.address(), true), second(file("d1s.db"), sealed.address(), false);
    bench::compare("D1", on_the_clock(asked, slice), flow(sender), rows(plain));
    bench::compare("D1 sealed", on_the_clock(asked, slice), flow(second), rows(plain));
  }
  if (asked.has("D2")) {
    Sender sender(file("d2.db"), disk.address(), true);
    bench::compare("D2", on_the_clock(asked, slice), flow(sender), rows(plain));
  }
  if (asked.has("D5")) {
    Sender sender(file("d5.db"), "", true);
    latency("D5", asked, [&] { sender.commit(1); }, [&] { plain.commit(message, 1); });
  }
  if (asked.has("D6")) {
    Sender sender(file("d6.db"), single.address(), true);
    sender.commit(1);
    sender.drain();
    latency(
        "D6", asked,
        [&] {
          sender.commit(1);
          sender.drain();
        },
        [&] { plain.commit(message, 1); });
  }
  if (asked.has("D7")) {
    Sender sender(file("d7.db"), seventh.address(), true);
    Platform platform(file("d7h.db"), whole.address());
    whole_record(asked, platform, sender);
  }
  return 0;
}

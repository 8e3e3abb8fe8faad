// SPDX-License-Identifier: Apache-2.0
// bench_accounts fill STORE CASES [EVENTS]: a store of so many cases with 60 events each, or as many as are given.
//
// bench_accounts next STORE CASES ROUND: what one more event costs in it, right after opening it and after that. One
// line of JSON. Under callgrind only the event after the first is counted.
//
// bench_accounts ask STORE CASES ROUND: the same, and what a service's view over 5,000 of its cases (or all), the
// review of one case and the list of one practitioner's cost.
//
// bench_accounts open STORE: what opening it costs, and memory before and after. One line of JSON.
//
// The host records one case. The others are its log once more, entry by entry through the store, sealed under keys of
// their own: each event for all cases before the next, as a year brings them, so that a case's rows lie far apart. A
// practitioner has 50 cases.
// Recording millions of events would take hours, and what is read is the same. Nobody waits for the disk meanwhile.
#include <alliance_schema/event_generated.h>
#include <alliance_schema/time_generated.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <alliance/host.hpp>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <string>
#include <string_view>
#include <vector>

#if __has_include(<valgrind/callgrind.h>)
#include <valgrind/callgrind.h>
#else
#define CALLGRIND_TOGGLE_COLLECT static_cast<void>(0)
#endif

#include "instructions.h"
#include "sqlite_counts.h"
#include "store/store.h"

namespace {
bool waits_for_the_disk = true;
}

// In the place of the system's: what `fill` makes has to be whole only once it is whole.
extern "C" __attribute__((visibility("default"))) int fdatasync(int file) {
  return waits_for_the_disk ? static_cast<int>(syscall(SYS_fdatasync, file)) : 0;
}

namespace {

namespace fb = alliance::fb;
namespace store = alliance::store;
constexpr std::int64_t second = 1'000'000, minute = 60 * second, hour = 60 * minute, day = 24 * hour;
constexpr std::int64_t start = INT64_C(1'772'409'600) * second;
int events = 60;
constexpr int caseload = 50, most_in_service = 5'000;
constexpr std::int64_t now = start + 60 * day;

[[noreturn]] void give_up(const std::string& why) {
  std::cerr << "bench_accounts: " << why << "\n";
  std::exit(1);
}
template <class Value>
Value must(alliance::Result<Value> result) {
  if (!result) give_up(result.error().message);
  if constexpr (!std::is_void_v<Value>) return std::move(*result);
}

alliance::Host host_of(const std::string& path) {
  alliance::HostOptions options;
  options.tenant = "bench";
  options.store_path = path;
  options.log = [](std::int32_t, const std::string&) {};
  options.now = [] { return now; };
  alliance::Host host(options);
  host.load_plugin(std::string(ALLIANCE_PLUGIN_DIR) + "/session-schedule.alliance.json");
  host.run();
  return host;
}

std::string event(const std::string& id, const std::string& of, std::int64_t time, const std::string& type,
                  const std::string& body) {
  return R"({"id":")" + id + R"(","case":")" + of + R"(","time":)" + std::to_string(time) + R"(,"body_type":")" + type +
         R"(","body":)" + body + "}";
}

std::string course() {
  std::string all = event("e0", "c0", start, "CaseOpened",
                          R"({"service":"north","practitioner":"p0","delivery":"blended","weeks":11,)"
                          R"("planned_sessions":6,"planned_modules":5})");
  for (int n = 1; n < events; ++n) {
    const std::string id = "e" + std::to_string(n), number = std::to_string(1 + n / 12);
    const std::int64_t time = start + n * 20 * hour;
    const auto add = [&](const char* type, const std::string& body) { all += "," + event(id, "c0", time, type, body); };
    switch (n % 12) {
      case 0:
        add("SessionHeld", R"({"session":)" + number + R"(,"minutes":30,"mode":"in_person"})");
        break;
      case 4:
        add("ComponentProgress", R"({"component":"m)" + number + R"(","progress":"completed"})");
        break;
      case 8:
        add("ActivityLogged", R"({"work":"online_review","minutes":9,"component":"m)" + number + R"("})");
        break;
      default:
        add("MessageExchanged", n % 2 == 0 ? R"({"sender":"practitioner"})" : R"({"sender":"client"})");
    }
  }
  return R"({"events":[)" + all + "]}";
}

struct Place {
  std::string id, service, practitioner;
  std::int64_t later = 0;  // than the first case, so that nobody holds two sessions at once
};
Place place_of(int n) {
  const int service = n / most_in_service;
  return {"c" + std::to_string(n), service == 0 ? "north" : "service-" + std::to_string(service),
          "p" + std::to_string(n / caseload), n % caseload * 40 * minute};
}

template <class Table>
store::Bytes packed(const typename Table::NativeTableType& value, const char* identifier = nullptr) {
  flatbuffers::FlatBufferBuilder builder;
  builder.Finish(Table::Pack(builder, &value), identifier);
  return {builder.GetBufferPointer(), builder.GetBufferPointer() + builder.GetSize()};
}

// What the first case left in the store.
struct First {
  store::StreamHead head;
  std::vector<store::LogRow> rows;
  fb::CaseTimeT time;
  store::AccountSum sum;
  std::vector<store::Span> spans;

  explicit First(store::Store& from) {
    for (auto& one : must(from.streams())) {
      if (one.id == "c0") head = one;
    }
    rows = must(from.log("c0"));
    must(from.accounts(store::CarriedBy::practitioner, "p0", false, [&](auto bytes) -> alliance::Result<void> {
      flatbuffers::GetRoot<fb::CaseTime>(bytes.data())->UnPackTo(&time);
      return {};
    }));
    sum = must(from.account_sums(store::CarriedBy::practitioner, "p0")).at(0);
    spans = must(from.spans("p0", start, now));
  }

  store::Entry entry(std::size_t n, const Place& of) const {
    fb::EventT told;
    flatbuffers::GetRoot<fb::Event>(rows[n].event.data())->UnPackTo(&told);
    told.case_ = of.id;
    told.time += of.later;
    if (auto* opened = told.body.AsCaseOpened()) {
      opened->service = of.service;
      opened->practitioner = of.practitioner;
    }
    store::Entry made;
    made.stream = of.id;
    made.event_id = rows[n].event_id;
    made.time = told.time;
    made.event = packed<fb::Event>(told, fb::EventIdentifier());
    made.derived = rows[n].derived;
    made.next_sequence = head.next_sequence;
    made.wake = head.wake;
    if (n == 0) made.carrier = store::Carrier{of.service, of.practitioner};
    if (n + 1 == rows.size()) {
      fb::CaseTimeT own = time;
      own.id = of.id;
      own.service = of.service;
      own.practitioner = of.practitioner;
      made.account =
          store::Account{of.service, of.practitioner, sum.part, true, sum.figures, packed<fb::CaseTime>(own)};
      made.spans = store::SpansOf{of.practitioner, spans};
      for (auto& span : made.spans->spans) {
        span.from += of.later;
        span.until += of.later;
      }
    }
    return made;
  }
};

void fill(const std::string& path, int cases) {
  waits_for_the_disk = false;
  {
    alliance::Host host = host_of(path);
    const auto many = host.record_many(course(), events);
    if (many.first_refusal) give_up(many.first_refusal->message());
  }
  const auto opened = must(store::Store::open(path, "bench"));
  const First first(*opened);
  constexpr std::size_t most = 8192;
  for (std::size_t n = 0; n < first.rows.size(); ++n) {
    std::vector<store::Entry> entries;
    for (int of = 1; of < cases; ++of) {
      entries.push_back(first.entry(n, place_of(of)));
      if (entries.size() < most && of + 1 < cases) continue;
      must(opened->commit(std::exchange(entries, {}), opened->new_epoch(now)));
    }
  }
}

double thread_microseconds() {
  timespec at{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &at);
  return static_cast<double>(at.tv_sec) * 1e6 + static_cast<double>(at.tv_nsec) / 1e3;
}

template <class Work>
void measure(const char* name, int times, Work work) {
  const bool counted = std::string_view(name) == "next";
  const auto before = bench::sqlite_counts();
  const auto instructions = bench::instructions();
  const double cpu = thread_microseconds();
  const auto begin = std::chrono::steady_clock::now();
  if (counted) CALLGRIND_TOGGLE_COLLECT;
  for (int i = 0; i < times; ++i) work(i);
  if (counted) CALLGRIND_TOGGLE_COLLECT;
  const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - begin;
  const double spent = thread_microseconds() - cpu;
  const auto executed = bench::instructions() - instructions;
  const auto counts = bench::sqlite_counts() - before;
  std::cout << ",\"" << name << "\":{\"ms\":" << took.count() / times << ",\"cpu_us\":" << spent / times
            << ",\"instructions\":" << executed / times << ",\"steps\":" << counts.steps / times
            << ",\"pages\":" << counts.pages / times << ",\"read\":" << counts.read / times << "}";
}

void ask(const std::string& path, int cases, int round, bool views) {
  bench::count_sqlite();
  alliance::Host host = host_of(path);  // nothing is in memory
  const std::string salt = std::to_string(std::chrono::steady_clock::now().time_since_epoch().count());
  const std::string of = "c" + std::to_string((round * 7919 + 13) % cases);
  const auto once_more = [&](const char* which) {
    return [&, which](int) {
      host.record(event(salt + which, of, now, "ActivityLogged", R"({"work":"admin","minutes":1})"));
    };
  };
  std::cout << "{\"cases\":" << cases << ",\"in_service\":" << std::min(cases, most_in_service);
  measure("first", 1, once_more("a"));
  measure("next", 1, once_more("b"));
  if (!views) {
    std::cout << "}\n";
    return;
  }
  // Of caseloads that nobody has asked for yet.
  const auto somebody = [&](int which) { return (cases / caseload - 1 - (2 * round + which) % (cases / caseload)); };
  measure("review", 1, [&](int) {
    host.review(ALLIANCE_SCOPE_CASE, "c" + std::to_string(somebody(0) * caseload),
                {ALLIANCE_ROLE_PRACTITIONER, "p" + std::to_string(somebody(0))});
  });
  measure("list", 1, [&](int) { host.cases({ALLIANCE_ROLE_PRACTITIONER, "p" + std::to_string(somebody(1))}); });
  measure("view", 1, [&](int) { host.time(ALLIANCE_SCOPE_SERVICE, "north", 0, 12, {ALLIANCE_ROLE_SERVICE, "m"}); });
  measure("replay", 20, [&](int i) {
    const int n = (round * 31 + i * 17) % std::min(cases, most_in_service);
    host.time(ALLIANCE_SCOPE_CASE, "c" + std::to_string(n), 0, 12,
              {ALLIANCE_ROLE_PRACTITIONER, place_of(n).practitioner});
  });
  std::cout << "}\n";
}

long resident_kib() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmRSS:")) return std::atol(line.c_str() + 6);
  }
  return 0;
}

void open(const std::string& path) {
  const long before = resident_kib();
  const double cpu = thread_microseconds();
  const alliance::Host host = host_of(path);
  std::cout << "{\"cpu_us\":" << thread_microseconds() - cpu << ",\"before_kib\":" << before
            << ",\"after_kib\":" << resident_kib() << "}\n";
}

// What memory grows by for each of so many cases that were asked for, the pages that SQLite keeps among it.
void hold(const std::string& path, int cases) {
  const alliance::Host host = host_of(path);
  const long before = resident_kib();
  for (int n = 0; n < cases; ++n)
    host.time(ALLIANCE_SCOPE_CASE, "c" + std::to_string(n), 0, 12,
              {ALLIANCE_ROLE_PRACTITIONER, place_of(n).practitioner});
  std::cout << "{\"kib\":" << static_cast<double>(resident_kib() - before) / cases << "}\n";
}

}  // namespace

int main(int argc, char** argv) {
  const std::string verb = argc > 1 ? argv[1] : "";
  const int cases = argc > 3 ? std::atoi(argv[3]) : 0;
  const bool fills = verb == "fill" && (argc == 4 || argc == 5), asks = (verb == "ask" || verb == "next") && argc == 5;
  const bool holds = verb == "hold" && argc == 4;
  if (fills && argc == 5) events = std::atoi(argv[4]);
  if (!(verb == "open" && argc == 3) && ((!fills && !asks && !holds) || cases < caseload || events < 1)) {
    give_up(
        "usage: bench_accounts fill STORE CASES [EVENTS] | next STORE CASES ROUND | ask STORE CASES ROUND | hold STORE "
        "CASES | open STORE; 50 cases or more");
  }
  try {
    if (fills) {
      fill(argv[2], cases);
    } else if (asks) {
      ask(argv[2], cases, std::atoi(argv[4]), verb == "ask");
    } else if (holds) {
      hold(argv[2], cases);
    } else {
      open(argv[2]);
    }
  } catch (const alliance::Error& error) {
    give_up(error.message());
  }
  return 0;
}

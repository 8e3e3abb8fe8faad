// SPDX-License-Identifier: Apache-2.0
// bench_accounts STORE CASES: what one more event costs in a store of so many cases with 60 events each, right after
// opening it, and what a service's view over 5,000 of them (or all) costs. One line of JSON.
//
// One case is recorded by the host; the others are copies of its rows, as recording millions of events would take
// hours.
#include <alliance_schema/time_generated.h>
#include <sqlite3.h>

#include <algorithm>
#include <alliance/host.hpp>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <string>
#include <vector>

namespace {

namespace fb = alliance::fb;
constexpr std::int64_t second = 1'000'000, hour = 3600 * second, day = 24 * hour;
constexpr std::int64_t start = INT64_C(1'772'409'600) * second;
constexpr int events = 60, most_in_service = 5'000, practitioners = 100;

std::int64_t clock_now = start + 60 * day;

alliance::Host host_of(const std::string& store) {
  alliance::HostOptions options;
  options.tenant = "bench";
  options.store_path = store;
  options.log = [](std::int32_t, const std::string&) {};
  options.now = [] { return clock_now; };
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
    switch (n % 4) {
      case 0:
        add("SessionHeld", R"({"session":)" + number + R"(,"minutes":30})");
        break;
      case 1:
        add("ComponentProgress", R"({"component":"m)" + number + R"(","progress":"completed"})");
        break;
      case 2:
        add("ActivityLogged", R"({"work":"online_review","minutes":9,"component":"m)" + number + R"("})");
        break;
      default:
        add("MessageExchanged", R"({"sender":"practitioner"})");
    }
  }
  return R"({"events":[)" + all + "]}";
}

void must(bool holds, const std::string& what) {
  if (holds) return;
  std::cerr << "bench_accounts: " << what << "\n";
  std::exit(1);
}

class Rows {
 public:
  explicit Rows(const std::string& path) { must(sqlite3_open(path.c_str(), &db_) == SQLITE_OK, "no store at " + path); }
  ~Rows() { sqlite3_close(db_); }
  Rows(const Rows&) = delete;
  Rows& operator=(const Rows&) = delete;
  void run(const std::string& sql) {
    must(sqlite3_exec(db_, sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK, sqlite3_errmsg(db_));
  }
  std::vector<std::uint8_t> account() {
    sqlite3_stmt* read = nullptr;
    sqlite3_prepare_v2(db_, "SELECT account FROM accounts WHERE practitioner = 'p0'", -1, &read, nullptr);
    must(sqlite3_step(read) == SQLITE_ROW, "the case has no account");
    const auto* data = static_cast<const std::uint8_t*>(sqlite3_column_blob(read, 0));
    const std::vector<std::uint8_t> copy(data, data + sqlite3_column_bytes(read, 0));
    sqlite3_finalize(read);
    return copy;
  }
  // A copy of the first case under another name, service and practitioner.
  void copy(int n, const std::string& service, const std::string& practitioner,
            const std::vector<std::uint8_t>& bytes) {
    const std::string id = std::to_string(n + 1), name = "'c" + std::to_string(n) + "'";
    run("INSERT INTO streams SELECT " + id + ", " + name +
        ", epoch, next_sequence, wake, events FROM streams WHERE id = 1");
    run("INSERT INTO log (stream, event_id, time, event, derived) SELECT " + id +
        ", event_id, time, event, derived FROM log WHERE stream = 1 ORDER BY id");
    sqlite3_stmt* put = nullptr;
    const std::string sql = "INSERT INTO accounts SELECT " + id + ", '" + service + "', '" + practitioner +
                            "', part, open, figures, ?1 FROM accounts WHERE stream = 1";
    sqlite3_prepare_v2(db_, sql.c_str(), -1, &put, nullptr);
    sqlite3_bind_blob(put, 1, bytes.data(), static_cast<int>(bytes.size()), SQLITE_TRANSIENT);
    must(sqlite3_step(put) == SQLITE_DONE, sqlite3_errmsg(db_));
    sqlite3_finalize(put);
    run("INSERT OR IGNORE INTO account_sums SELECT '" + service + "', '" + practitioner +
        "', part, figures FROM accounts WHERE stream = 1");
  }

 private:
  sqlite3* db_ = nullptr;
};

// The sums of the copies are not added up: what reading one costs does not hang on its figures.
void fill(const std::string& store, int cases) {
  {
    alliance::Host host = host_of(store);
    const auto many = host.record_many(course(), events);
    must(!many.first_refusal, many.first_refusal ? many.first_refusal->message() : "");
  }
  Rows rows(store);
  rows.run("PRAGMA synchronous=OFF; BEGIN");
  const auto bytes = rows.account();
  fb::CaseTimeT part;
  flatbuffers::GetRoot<fb::CaseTime>(bytes.data())->UnPackTo(&part);
  for (int n = 1; n < cases; ++n) {
    part.id = "c" + std::to_string(n);
    part.service = n < most_in_service ? "north" : "service-" + std::to_string(n / most_in_service);
    part.practitioner = "p" + std::to_string(n % practitioners + n / most_in_service * practitioners);
    flatbuffers::FlatBufferBuilder builder;
    builder.Finish(fb::CaseTime::Pack(builder, &part));
    rows.copy(n, part.service, part.practitioner,
              {builder.GetBufferPointer(), builder.GetBufferPointer() + builder.GetSize()});
  }
  rows.run("COMMIT; PRAGMA wal_checkpoint(TRUNCATE)");
}

double bytes_read() {
  std::ifstream io("/proc/self/io");
  std::string name;
  double value = 0;
  while (io >> name >> value) {
    if (name == "rchar:") return value;
  }
  return 0;
}

struct Cost {
  double microseconds = 0, bytes = 0;
};
template <class Work>
Cost cost(Work work) {
  const double before = bytes_read();
  const auto begin = std::chrono::steady_clock::now();
  work();
  const std::chrono::duration<double, std::micro> took = std::chrono::steady_clock::now() - begin;
  return {took.count(), bytes_read() - before};
}

Cost middle(std::vector<Cost> all) {
  std::sort(all.begin(), all.end(), [](const Cost& a, const Cost& b) { return a.microseconds < b.microseconds; });
  return all[all.size() / 2];
}

void print(const char* name, const Cost& of) {
  std::cout << ",\"" << name << "_us\":" << of.microseconds << ",\"" << name << "_bytes\":" << of.bytes;
}

}  // namespace

int main(int argc, char** argv) {
  must(argc == 3 && std::atoi(argv[2]) >= practitioners, "usage: bench_accounts STORE CASES (100 or more)");
  const std::string store = argv[1];
  const int cases = std::atoi(argv[2]);
  try {
    if (!std::filesystem::exists(store)) fill(store, cases);
    std::vector<Cost> first, next, view, alone;
    const std::string salt = std::to_string(std::chrono::steady_clock::now().time_since_epoch().count());
    const alliance::Viewer service{ALLIANCE_ROLE_SERVICE, "m"};
    for (int round = 0; round < 7; ++round) {
      alliance::Host host = host_of(store);  // nothing is in memory
      const std::string of = "c" + std::to_string((round * 7919 + 13) % cases);
      const auto again = [&](const char* which) {
        host.record(event(salt + which + std::to_string(round), of, clock_now, "ActivityLogged",
                          R"({"work":"admin","minutes":1})"));
      };
      first.push_back(cost([&] { again("a"); }));
      next.push_back(cost([&] { again("b"); }));
      view.push_back(cost([&] { host.time(ALLIANCE_SCOPE_SERVICE, "north", 0, 12, service); }));
      alone.push_back(cost([&] {
        for (int i = 0; i < 20; ++i) {
          const int n = (round * 31 + i * 17) % std::min(cases, most_in_service);
          host.time(ALLIANCE_SCOPE_CASE, "c" + std::to_string(n), 0, 12, {ALLIANCE_ROLE_PRACTITIONER, "p0"});
        }
      }));
    }
    Cost one = middle(alone);
    one.microseconds /= 20;
    one.bytes /= 20;
    std::cout << "{\"cases\":" << cases << ",\"in_service\":" << std::min(cases, most_in_service);
    print("first_event", middle(first));
    print("next_event", middle(next));
    print("view", middle(view));
    print("one_case", one);
    std::cout << "}\n";
  } catch (const alliance::Error& error) {
    must(false, error.message());
  }
  return 0;
}

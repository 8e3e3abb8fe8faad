// SPDX-License-Identifier: Apache-2.0
// Hosts that share the work of one platform: workers, server and receiver killed at random, and every event that the
// stream had makes its report, once by its id and in the order of its case.
#include <fcntl.h>

#include <map>
#include <random>
#include <set>

#include "servers.h"

namespace alliance::test {
namespace {

constexpr int partitions = 3, cases = 6;

std::vector<std::string> lines_of(const std::string& path) {
  std::ifstream in(path);
  std::vector<std::string> out;
  for (std::string line; std::getline(in, line);) out.push_back(std::move(line));
  return out;
}

std::string between(const std::string& text, const std::string& before, const char* after = "\"") {
  const auto at = text.find(before);
  if (at == std::string::npos) return {};
  const auto begin = at + before.size();
  return text.substr(begin, text.find(after, begin) - begin);
}

class KilledWorkers : public ::testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    program = nats_server(GetParam());
    if (program.empty()) GTEST_SKIP() << nats_absent(GetParam());
    if (!std::filesystem::exists(WORKERS)) GTEST_SKIP() << "the examples are not built";
    if (const char* wanted = std::getenv("ALLIANCE_FAULT_ROUNDS")) rounds = std::atoi(wanted);
    const char* given = std::getenv("ALLIANCE_FAULT_SEED");
    const unsigned seed = given ? static_cast<unsigned>(std::atol(given)) : std::random_device()();
    std::printf("ALLIANCE_FAULT_SEED=%u\n", seed);
    random.seed(seed);
    ASSERT_EQ(::mkfifo((folder / "events").c_str(), 0600), 0);
    events = ::open((folder / "events").c_str(), O_RDWR | O_CLOEXEC);
    ASSERT_GE(events, 0);
  }
  void TearDown() override {
    if (events >= 0) ::close(events);
  }
  faults::Process shell(const std::string& command, const std::string& out) const {
    return faults::Process({"/bin/sh", "-c", "exec " + command}, folder / out);
  }
  void start_receiver() {
    receiver = faults::Process({ALLIANCE_COMMAND, "listen", address, "--inbox", folder / "inbox", "--json-only"},
                               folder / "printed");
    const auto line = receiver.read_error_line("listening on ");
    ASSERT_TRUE(line.starts_with("listening on ")) << line;
    address = line.substr(line.find("tcp://"));
  }
  void start_worker(std::size_t i, const Servers& servers) {
    const auto own = folder / ("worker" + std::to_string(i));
    std::filesystem::create_directory(own);
    workers[i] = shell(std::string(WORKERS) + " work " + servers.address() + " " + std::to_string(partitions) + " " +
                           own + " " + address + " " + ALLIANCE_PLUGIN_DIR + " clinic 2>>" + (folder / "workers"),
                       "out");
  }
  void put(const std::string& name, const std::string& type, const std::string& body) const {
    const auto number = std::to_string(++written);
    const auto line = "practitioner-" + name + "\t{\"id\":\"e" + number + "\",\"case\":\"" + name +
                      "\",\"time\":" + std::to_string(1'770'022'800'000'000 + 60'000'000LL * written) +
                      ",\"body_type\":\"" + type + "\",\"body\":" + body + "}\n";
    ASSERT_EQ(::write(events, line.data(), line.size()), static_cast<ssize_t>(line.size()));
  }
  void answers() const {
    for (int n = 0; n < 2 * cases; ++n) {
      std::string all;
      for (int item = 1; item <= 7; ++item) {
        all += (all.empty() ? "" : ",") + (R"({"item":")" + std::to_string(item) + R"(","value":)") +
               std::to_string((written + item) % 4) + "}";
      }
      put("c" + std::to_string(n % cases), "AnswersGiven",
          R"({"instrument":"gad-7","rater":"client","answers":[)" + all + "]}");
    }
  }

  int taken() const {
    int out = 0;
    for (const auto& line : lines_of(folder / "workers")) out += line.ends_with(": taken") ? 1 : 0;
    return out;
  }

  std::string program, address = "tcp://127.0.0.1:0";
  int rounds = 8, events = -1;
  mutable int written = 0;
  std::mt19937 random;
  TemporaryFolder folder{"workers"};
  faults::Process receiver, workers[partitions + 1];
};

TEST_P(KilledWorkers, ServerAndReceiverAtRandomMomentsLeaveNoEventWithoutItsReport) {
  Servers servers(program, 1);
  ASSERT_TRUE(servers.make_stream(1, {}, "ALLIANCE_EVENTS", "alliance.event.>")) << servers.said();
  ASSERT_NO_FATAL_FAILURE(start_receiver());
  for (std::size_t i = 0; i < std::size(workers); ++i) start_worker(i, servers);
  auto publisher = shell(std::string(WORKERS) + " publish " + servers.address() + " " + std::to_string(partitions) +
                             " < " + (folder / "events"),
                         "told");
  for (int n = 0; n < cases; ++n) {
    put("c" + std::to_string(n), "CaseOpened",
        R"({"service":"north","practitioner":"p)" + std::to_string(n) +
            R"(","delivery":"blended","zone":"Europe/London","weeks":11,"planned_sessions":6,"planned_modules":5})");
    put("c" + std::to_string(n), "ConsentGiven", R"({"scope":"measures"})");
  }
  // One sleeps beyond its lease, and wakes at the end in the belief that the partition is still its own.
  ASSERT_TRUE(eventually([&] { return taken() >= partitions; })) << end_of(folder / "workers");
  workers[0].signal(SIGSTOP);
  for (int round = 0; round < rounds; ++round) {
    answers();
    std::this_thread::sleep_for(std::chrono::milliseconds(300 + random() % 700));
    ASSERT_TRUE(publisher.alive()) << publisher.read_error_line();
    const auto whom = random() % 6;
    if (whom == 0) {
      servers.end(0, SIGKILL);
      servers.start(0);
    } else if (whom == 1) {
      receiver.end(SIGKILL);
      ASSERT_NO_FATAL_FAILURE(start_receiver());
    } else {
      const auto i = 1 + random() % (std::size(workers) - 1);
      workers[i].end(SIGKILL);
      if (random() % 2) std::this_thread::sleep_for(std::chrono::milliseconds(random() % 2000));
      start_worker(i, servers);
    }
  }
  const auto expected = static_cast<std::size_t>(written);
  ASSERT_TRUE(eventually([&] { return lines_of(folder / "told").size() == expected; })) << servers.said();

  std::set<std::string> scored;
  const auto all_came = [&] {
    scored.clear();
    for (const auto& line : lines_of(folder / "printed")) {
      if (line.find("\"kind\":\"scored\"") != std::string::npos) scored.insert(between(line, "\"event\":\""));
    }
    return scored.size() == static_cast<std::size_t>(rounds) * 2 * cases;
  };
  ASSERT_TRUE(eventually(all_came, std::chrono::seconds(240)))
      << scored.size() << " of " << 2 * cases * rounds << " sheets were scored; " << end_of(folder / "workers", 4000);
  workers[0].signal(SIGCONT);
  std::this_thread::sleep_for(std::chrono::seconds(3));  // what it may do in the time, it does twice
  for (auto& worker : workers) worker.end(SIGKILL);
  EXPECT_EQ(WEXITSTATUS(receiver.end(SIGTERM)), 0);
  ASSERT_EQ(
      faults::Process({ALLIANCE_COMMAND, "listen", "--dump", "--inbox", folder / "inbox"}, folder / "dump").wait(), 0);

  std::set<std::string> ids, sheets;
  std::map<std::string, std::set<std::string>> epochs;
  for (const auto& line : lines_of(folder / "dump")) {
    EXPECT_TRUE(ids.insert(between(line, "{\"id\":\"")).second) << "twice: " << line;
    epochs[between(line, "\"case\":\"")].insert(between(line, "\"epoch\":", ","));
    if (line.find("\"kind\":\"scored\"") != std::string::npos) {
      EXPECT_TRUE(sheets.insert(between(line, "\"event\":\"")).second) << "scored twice: " << line;
    }
  }
  EXPECT_EQ(sheets, scored);
  for (const auto& [name, some] : epochs) EXPECT_EQ(some.size(), 1u) << name << " was numbered anew";
  EXPECT_GT(taken(), partitions) << "no partition was handed on";
  std::printf("%zu reports of %zu events, %d times a partition was taken, %d rounds\n", ids.size(), expected, taken(),
              rounds);
}

INSTANTIATE_TEST_SUITE_P(Server, KilledWorkers, ::testing::Values("debian", "current"),
                         [](const auto& one) { return one.param; });

}  // namespace
}  // namespace alliance::test

// SPDX-License-Identifier: Apache-2.0
// Hosts that share the work of one platform: workers, server and receiver killed at random, and every event that the
// stream had makes its report, once by its id and in the order of its case.
#include <fcntl.h>

#include <map>
#include <random>
#include <set>

#include "certificates.h"
#include "faults/told.h"
#include "servers.h"

namespace alliance::test {
namespace {

using faults::lines_of;

constexpr int partitions = 3, cases = 6;

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

  // Everybody is opened, and asked for measures.
  void open_cases() const {
    for (int n = 0; n < cases; ++n) {
      put("c" + std::to_string(n), "CaseOpened",
          R"({"service":"north","practitioner":"p)" + std::to_string(n) +
              R"(","delivery":"blended","zone":"Europe/London","weeks":11,"planned_sessions":6,"planned_modules":5})");
      put("c" + std::to_string(n), "ConsentGiven", R"({"scope":"measures"})");
    }
  }
  void start_publisher(const Servers& servers) {
    publisher = shell(std::string(WORKERS) + " publish " + servers.address() + " " + std::to_string(partitions) +
                          " < " + (folder / "events"),
                      "told");
  }
  // How many lines of a kind the receiver printed that hold a text.
  int printed(const std::string& kind, const std::string& text = "") const {
    int out = 0;
    for (const auto& line : lines_of(folder / "printed")) {
      out += line.find("\"kind\":\"" + kind + "\"") != std::string::npos && line.find(text) != std::string::npos;
    }
    return out;
  }

  std::string program, address = "tcp://127.0.0.1:0";
  int rounds = 8, events = -1;
  mutable int written = 0;
  std::mt19937 random;
  TemporaryFolder folder{"workers"};
  faults::Process receiver, publisher, workers[partitions + 1];
};

TEST_P(KilledWorkers, ServerAndReceiverAtRandomMomentsLeaveNoEventWithoutItsReport) {
  Servers servers(program, 1);
  ASSERT_TRUE(servers.make_stream(1, {}, "ALLIANCE_EVENTS", "alliance.event.>")) << servers.said();
  ASSERT_NO_FATAL_FAILURE(start_receiver());
  for (std::size_t i = 0; i < std::size(workers); ++i) start_worker(i, servers);
  start_publisher(servers);
  open_cases();
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

// Whether a text stands in any file of the folder.
bool stands_in(const std::string& folder, const std::string& text) {
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file()) continue;
    std::ifstream in(entry.path(), std::ios::binary);
    const std::string all{std::istreambuf_iterator<char>(in), {}};
    if (all.find(text) != std::string::npos) return true;
  }
  return false;
}

TEST_P(KilledWorkers, AnErasedCaseIsGoneFromTheStreamAndDoesNotComeBackWithTheNextWorker) {
  Servers servers(program, 1);
  ASSERT_TRUE(servers.make_stream(1, {}, "ALLIANCE_EVENTS", "alliance.event.>")) << servers.said();
  ASSERT_NO_FATAL_FAILURE(start_receiver());
  for (std::size_t i = 0; i < partitions; ++i) start_worker(i, servers);
  start_publisher(servers);
  open_cases();
  put("c0", "GoalSet", R"({"goal":"blue-bicycle"})");
  answers();
  ASSERT_TRUE(eventually([&] { return printed("scored") == 2 * cases; }, std::chrono::seconds(120)))
      << end_of(folder / "workers", 3000);
  ASSERT_TRUE(stands_in(servers.folder(), "blue-bicycle"));

  const auto instruct = [&](const std::string& more) {
    return shell(std::string(WORKERS) + " instruct " + servers.address() + " " + std::to_string(partitions) +
                     " practitioner-c0 c0 " + more,
                 "instructed")
        .wait();
  };
  EXPECT_EQ(WEXITSTATUS(instruct("erase dpo 'the client asked for it' R-1")), 0);
  ASSERT_TRUE(eventually([&] { return printed("case-erased", "\"case\":\"c0\"") == 1; }, std::chrono::seconds(60)))
      << end_of(folder / "workers", 3000);
  EXPECT_TRUE(eventually([&] { return servers.messages("ALLIANCE_EVENTS", "alliance.event.*.c0") == 1; }))
      << "the instruction alone is left";
  EXPECT_FALSE(stands_in(servers.folder(), "blue-bicycle")) << "what was erased is overwritten";

  const auto hand_on = [&] {
    for (std::size_t i = 0; i < partitions; ++i) workers[i].end(SIGKILL);
    const int before = taken();
    for (std::size_t i = 0; i < partitions; ++i) start_worker(i, servers);
    return eventually([&] { return taken() >= before + partitions; }, std::chrono::seconds(60));
  };
  ASSERT_TRUE(hand_on()) << end_of(folder / "workers", 3000);
  put("c0", "CaseOpened", R"({"service":"north","practitioner":"p0","delivery":"blended"})");  // its history again
  ASSERT_TRUE(
      eventually([&] { return end_of(folder / "workers", 3000).find("this case was erased") != std::string::npos; },
                 std::chrono::seconds(60)))
      << end_of(folder / "workers", 3000);

  // What is opened anew is a new case, under the erasure's epoch whoever works on it.
  const auto now =
      std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::system_clock::now().time_since_epoch())
          .count() +
      60'000'000;
  written += static_cast<int>((now - 1'770'022'800'000'000) / 60'000'000) - written;
  put("c0", "CaseOpened",
      R"({"service":"north","practitioner":"p0","delivery":"blended","zone":"Europe/London","weeks":11,)"
      R"("planned_sessions":6,"planned_modules":5})");
  put("c0", "ConsentGiven", R"({"scope":"measures"})");
  answers();
  ASSERT_TRUE(eventually([&] { return printed("scored") == 4 * cases; }, std::chrono::seconds(120)))
      << end_of(folder / "workers", 3000);
  ASSERT_TRUE(hand_on()) << end_of(folder / "workers", 3000);
  answers();
  ASSERT_TRUE(eventually([&] { return printed("scored") == 6 * cases; }, std::chrono::seconds(120)))
      << end_of(folder / "workers", 3000);
  for (auto& worker : workers) worker.end(SIGKILL);
  EXPECT_EQ(WEXITSTATUS(receiver.end(SIGTERM)), 0);
  ASSERT_EQ(
      faults::Process({ALLIANCE_COMMAND, "listen", "--dump", "--inbox", folder / "inbox"}, folder / "dump").wait(), 0);
  std::set<std::string> ids, epochs;
  int erasures = 0;
  for (const auto& line : lines_of(folder / "dump")) {
    EXPECT_TRUE(ids.insert(between(line, "{\"id\":\"")).second) << "twice: " << line;
    if (between(line, "\"case\":\"") != "c0") continue;
    epochs.insert(between(line, "\"epoch\":", ","));
    erasures += line.find("\"kind\":\"case-erased\"") != std::string::npos ? 1 : 0;
  }
  EXPECT_EQ(erasures, 1);
  EXPECT_EQ(epochs.size(), 1u) << "what was before it is gone, and what came after it was not numbered anew";
}

TEST_P(KilledWorkers, SpeakToAnotherMachineOverTlsAlone) {
  const certificates::Authority authority("the clinic's authority"), stranger("somebody else's authority");
  const certificates::PemFolder pem;
  const auto server = pem.files("server", authority.issue("DNS:broker.example"), authority);
  const auto own = pem.files("client", authority.issue("DNS:platform.example"), authority);
  const auto strange = pem.files("strange", stranger.issue("DNS:platform.example"), stranger);
  const Servers servers(program, 1,
                        "tls { cert_file: \"" + server.certificate + "\", key_file: \"" + server.private_key +
                            "\", ca_file: \"" + server.ca + "\", verify: true }\n");
  ASSERT_TRUE(servers.make_stream(
      1,
      [&](natsOptions* options) {
        natsOptions_SetSecure(options, true);
        natsOptions_LoadCATrustedCertificates(options, own.ca.c_str());
        natsOptions_LoadCertificatesChain(options, own.certificate.c_str(), own.private_key.c_str());
        natsOptions_SetExpectedHostname(options, "broker.example");
      },
      "ALLIANCE_EVENTS", "alliance.event.>"))
      << servers.said();
  std::ofstream(folder / "one") << "p\t{\"id\":\"e1\",\"case\":\"c\",\"time\":1,\"body_type\":\"CaseOpened\"}\n";
  const auto publish = [&](const std::string& papers, const std::string& to) {
    return WEXITSTATUS(
        shell(std::string(WORKERS) + " " + papers + " publish " + to + " 3 < " + (folder / "one"), "told").wait());
  };
  const auto there = "tls" + servers.address().substr(4);
  const auto key = " --cert " + own.certificate + " --key " + own.private_key;
  EXPECT_EQ(publish("--ca " + own.ca + key + " --name broker.example", there), 0);
  EXPECT_EQ(lines_of(folder / "told"), std::vector<std::string>{"e1"});
  EXPECT_EQ(publish("--ca " + own.ca + key + " --name other.example", there), 1);
  EXPECT_EQ(publish("--ca " + own.ca + " --name broker.example", there), 1) << "no certificate of one's own";
  EXPECT_EQ(publish("--ca " + strange.ca + key + " --name broker.example", there), 1);
  EXPECT_EQ(publish("", servers.address()), 1) << "without TLS";
  EXPECT_EQ(publish("", "nats://broker.example:4222"), 1) << "another machine, without TLS";
  EXPECT_EQ(publish("--ca", there), 2);
  EXPECT_EQ(publish("--cert " + own.certificate, there), 2) << "and no key";
}

INSTANTIATE_TEST_SUITE_P(Server, KilledWorkers, ::testing::Values("debian", "current"),
                         [](const auto& one) { return one.param; });

}  // namespace
}  // namespace alliance::test

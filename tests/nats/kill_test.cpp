// SPDX-License-Identifier: Apache-2.0
// What the platform's store said is kept arrives at the application, once by its id, whoever is killed when.
#include <random>
#include <set>

#include "faults/told.h"
#include "servers.h"

namespace alliance::test {
namespace {

class KilledNats : public ::testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    program = nats_server(GetParam());
    if (program.empty()) GTEST_SKIP() << nats_absent(GetParam());
    if (!std::filesystem::exists(EXAMPLE)) GTEST_SKIP() << "the examples are not built";
    if (const char* wanted = std::getenv("ALLIANCE_FAULT_ROUNDS")) rounds = std::atoi(wanted);
    const char* given = std::getenv("ALLIANCE_FAULT_SEED");
    const unsigned seed = given ? static_cast<unsigned>(std::atol(given)) : std::random_device()();
    std::printf("ALLIANCE_FAULT_SEED=%u\n", seed);
    random.seed(seed);
  }
  faults::Process platform(const char* what, const Servers& servers) const {
    return faults::Process({FAULT_PLATFORM, what, folder / "store", "nats:" + servers.all(), folder / "told"},
                           folder / "out");
  }
  // Until it listens: servers that are about to start do not answer yet.
  void open(faults::Process& desk, const Servers& servers) const {
    std::string said;
    const bool listens = eventually([&] {
      desk = faults::Process({EXAMPLE, servers.all(), folder / "inbox"}, folder / "printed");
      said = desk.read_error_line("listening on ");
      return said.starts_with("listening on ");
    });
    ASSERT_TRUE(listens) << "the application does not listen: " << said << "\n" << servers.said();
  }
  void pause() { std::this_thread::sleep_for(std::chrono::milliseconds(200 + random() % 400)); }

  void finish(faults::Process& sender, faults::Process& desk, const Servers& servers) {
    EXPECT_TRUE(faults::grows_past(folder / "told", static_cast<std::size_t>(rounds)));
    sender.end(SIGKILL);
    sender = platform("finish", servers);
    // An application that loses the cluster's leader for good ends, and whoever supervises it starts it again.
    while (sender.alive()) {
      if (!desk.alive()) {
        ASSERT_NO_FATAL_FAILURE(open(desk, servers));
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    const auto said = sender.read_error_line();
    ASSERT_EQ(sender.wait(), 0) << said << "\n" << servers.said();
    desk.end(SIGKILL);
    ASSERT_EQ(
        faults::Process({ALLIANCE_COMMAND, "listen", "--dump", "--inbox", folder / "inbox"}, folder / "dump").wait(),
        0);
    std::set<std::string> arrived;
    std::ifstream dump(folder / "dump");
    for (std::string line; std::getline(dump, line);) {
      ASSERT_TRUE(line.starts_with("{\"id\":\"")) << line;
      const auto id = line.substr(7, line.find('"', 7) - 7);
      EXPECT_TRUE(arrived.insert(id).second) << id << " is there twice";
    }
    const auto told = faults::ids_told(folder / "told");
    for (const auto& id : told) {
      EXPECT_TRUE(arrived.contains(id)) << id << " was acknowledged to its caller and did not arrive";
    }
    EXPECT_GT(told.size(), static_cast<std::size_t>(rounds)) << "too little was committed to say anything";
    std::printf("%zu told, %zu arrived, %d rounds\n", told.size(), arrived.size(), rounds);
  }

  std::string program;
  int rounds = 12;
  std::mt19937 random;
  TemporaryFolder folder{"faults"};
};

TEST_P(KilledNats, PlatformServerAndApplicationAtRandomMomentsLoseNothingThatWasAcknowledged) {
  Servers servers(program, 1);
  ASSERT_TRUE(servers.make_stream(1)) << servers.said();
  faults::Process desk;
  ASSERT_NO_FATAL_FAILURE(open(desk, servers));
  auto sender = platform("work", servers);
  for (int round = 0; round < rounds; ++round) {
    pause();
    ASSERT_TRUE(sender.alive()) << "the platform ended by itself: " << sender.read_error_line();
    const auto whom = random() % 4;
    if (whom == 0) sender.end(SIGKILL);
    if (whom == 1) servers.end(0, SIGKILL);
    if (whom >= 1) desk.end(SIGKILL);
    if (whom == 1) servers.start(0);
    if (whom >= 1) {
      ASSERT_NO_FATAL_FAILURE(open(desk, servers));
    }
    if (whom == 0) sender = platform("work", servers);
  }
  finish(sender, desk, servers);
}

TEST_P(KilledNats, ANodeOfThreeThatDiesAndComesBackUnderLoadCostsTimeAndNothingElse) {
  Servers servers(program, 3);
  ASSERT_TRUE(servers.make_stream(3)) << servers.said();
  faults::Process desk;
  ASSERT_NO_FATAL_FAILURE(open(desk, servers));
  auto sender = platform("work", servers);
  rounds = std::max(3, rounds / 10);  // each takes elections
  for (int round = 0; round < rounds; ++round) {
    pause();
    const int node = static_cast<int>(random() % 3);  // now and then the leader, and the one that is connected to
    servers.end(node, SIGKILL);
    pause();
    pause();
    ASSERT_TRUE(sender.alive()) << "the platform ended by itself: " << sender.read_error_line();
    servers.start(node);
    if (!desk.alive()) {
      ASSERT_NO_FATAL_FAILURE(open(desk, servers));
    }
    ASSERT_TRUE(servers.make_stream(3)) << "no leader was found again\n" << servers.said();
  }
  finish(sender, desk, servers);
}

TEST_P(KilledNats, ACaseThatIsErasedGoesFromTheStreamOfReportsToo) {
  Servers servers(program, 1);
  ASSERT_TRUE(servers.make_stream(1)) << servers.said();
  faults::Process desk;
  ASSERT_NO_FATAL_FAILURE(open(desk, servers));
  auto sender = platform("work", servers);
  std::string name;
  ASSERT_TRUE(eventually([&] {
    const auto told = faults::ids_told(folder / "told");
    if (!told.empty()) name = told.back().substr(0, told.back().find('/'));
    return told.size() > 200;
  }));
  sender.end(SIGKILL);
  sender = platform("finish", servers);
  ASSERT_EQ(sender.wait(), 0) << sender.read_error_line();
  const auto subject = "alliance.report.*." + name + ".*";
  ASSERT_GT(servers.messages("ALLIANCE", subject), 1u) << name;
  ASSERT_EQ(faults::Process({ALLIANCE_COMMAND, "store", "erase", "--store", folder / "store", "--case", name, "--by",
                             "dpo", "--reason", "the client asked for it", "--instruction", "R-1"},
                            folder / "erased")
                .wait(),
            0);
  sender = platform("finish", servers);
  ASSERT_EQ(sender.wait(), 0) << sender.read_error_line();
  EXPECT_TRUE(eventually([&] { return servers.messages("ALLIANCE", subject) == 1; }))
      << "the report that tells of it is left alone";
  desk.end(SIGKILL);
}

INSTANTIATE_TEST_SUITE_P(Server, KilledNats, ::testing::Values("debian", "current"),
                         [](const auto& one) { return one.param; });

}  // namespace
}  // namespace alliance::test

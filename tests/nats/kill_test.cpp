// SPDX-License-Identifier: Apache-2.0
// What the platform's store said is kept arrives at the application, once by its id, whoever is killed when.
#include <random>
#include <set>

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
  bool open(faults::Process& desk, const std::string& server) const {
    return eventually([&] {
      desk = faults::Process({EXAMPLE, server, folder / "inbox"}, folder / "printed");
      return desk.read_error_line().starts_with("listening on ");
    });
  }
  void pause() { std::this_thread::sleep_for(std::chrono::milliseconds(200 + random() % 400)); }

  void finish(faults::Process& sender, faults::Process& desk, const Servers& servers) {
    sender.end(SIGKILL);
    sender = platform("finish", servers);
    const auto said = sender.read_error_line();
    ASSERT_EQ(sender.wait(), 0) << said;
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
    std::size_t told = 0;
    std::ifstream in(folder / "told");
    for (std::string id; std::getline(in, id); ++told) {
      EXPECT_TRUE(arrived.contains(id)) << id << " was acknowledged to its caller and did not arrive";
    }
    EXPECT_GT(told, static_cast<std::size_t>(rounds)) << "too little was committed to say anything";
    std::printf("%zu told, %zu arrived, %d rounds\n", told, arrived.size(), rounds);
  }

  std::string program;
  int rounds = 12;
  std::mt19937 random;
  TemporaryFolder folder{"faults"};
};

TEST_P(KilledNats, PlatformServerAndApplicationAtRandomMomentsLoseNothingThatWasAcknowledged) {
  Servers servers(program, 1);
  ASSERT_TRUE(servers.make_stream(1));
  faults::Process desk;
  ASSERT_TRUE(open(desk, servers.address()));
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
      ASSERT_TRUE(open(desk, servers.address()));
    }
    if (whom == 0) sender = platform("work", servers);
  }
  finish(sender, desk, servers);
}

TEST_P(KilledNats, ANodeOfThreeThatDiesAndComesBackUnderLoadCostsTimeAndNothingElse) {
  Servers servers(program, 3);
  ASSERT_TRUE(servers.make_stream(3));
  faults::Process desk;
  ASSERT_TRUE(open(desk, servers.all()));
  auto sender = platform("work", servers);
  rounds = 3;
  for (int round = 0; round < rounds; ++round) {
    pause();
    const int node = static_cast<int>(random() % 3);  // now and then the leader, and the one that is connected to
    servers.end(node, SIGKILL);
    pause();
    pause();
    ASSERT_TRUE(sender.alive()) << "the platform ended by itself: " << sender.read_error_line();
    servers.start(node);
    if (!desk.alive()) {
      ASSERT_TRUE(open(desk, servers.all()));
    }
    ASSERT_TRUE(servers.make_stream(3)) << "no leader was found again";
  }
  if (!desk.alive()) {
    ASSERT_TRUE(open(desk, servers.all()));
  }
  finish(sender, desk, servers);
}

INSTANTIATE_TEST_SUITE_P(Server, KilledNats, ::testing::Values("debian", "current"),
                         [](const auto& one) { return one.param; });

}  // namespace
}  // namespace alliance::test

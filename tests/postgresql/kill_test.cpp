// SPDX-License-Identifier: Apache-2.0
// What the platform's store said is kept arrives in the database, once by its key and by its id, whoever is killed
// when.
#include <algorithm>
#include <random>
#include <set>

#include "faults/told.h"
#include "server.h"

namespace alliance::test {
namespace {

struct Killed : ::testing::Test {
  void SetUp() override {
    if (Database::programs().empty()) GTEST_SKIP() << "no PostgreSQL server is installed (tests/install broker)";
    const char* wanted = std::getenv("ALLIANCE_FAULT_ROUNDS");
    if (wanted != nullptr) rounds = std::atoi(wanted);
    const char* given = std::getenv("ALLIANCE_FAULT_SEED");
    const unsigned seed = given ? static_cast<unsigned>(std::atol(given)) : std::random_device()();
    std::printf("ALLIANCE_FAULT_SEED=%u\n", seed);
    random.seed(seed);
    ASSERT_TRUE(database.make());
  }
  faults::Process platform(const char* what, const std::string& address) const {
    return faults::Process({FAULT_PLATFORM, what, folder / "store", address, folder / "told"}, folder / "out");
  }
  void pause(unsigned least, unsigned more) {
    std::this_thread::sleep_for(std::chrono::milliseconds(least + random() % more));
  }
  // Every report that was told of, once by its id, and no number of a case left out over both lanes or used for two.
  void count(const std::string& table) const {
    const auto rows = database.rows("SELECT id FROM " + table);
    ASSERT_TRUE(rows);
    std::set<std::string> arrived;
    for (const auto& row : *rows) EXPECT_TRUE(arrived.insert(row.front()).second) << row.front() << " is there twice";
    const auto told = faults::ids_told(folder / "told");
    for (const auto& id : told) {
      EXPECT_TRUE(arrived.contains(id)) << id << " was acknowledged to its caller and did not arrive";
    }
    const auto torn = database.rows("SELECT case_id FROM " + table +
                                    " GROUP BY case_id HAVING count(*) <> max(sequence) "
                                    "OR count(DISTINCT sequence) <> count(*) OR count(DISTINCT epoch) <> 1");
    ASSERT_TRUE(torn);
    EXPECT_TRUE(torn->empty());
    EXPECT_GT(told.size(), static_cast<std::size_t>(rounds)) << "too little was committed to say anything";
    std::printf("%zu told, %zu arrived, %d rounds\n", told.size(), arrived.size(), rounds);
  }

  int rounds = 12;
  std::mt19937 random;
  Database database;
  TemporaryFolder folder{"faults"};
};

TEST_F(Killed, PlatformAndServerAtRandomMomentsLoseNothingThatWasAcknowledged) {
  const auto address = "postgresql:" + database.address();
  auto sender = platform("work", address);
  for (int round = 0; round < rounds; ++round) {
    pause(100, 300);
    ASSERT_TRUE(sender.alive()) << "the platform ended by itself: " << sender.read_error_line();
    const auto whom = random() % 3;
    if (whom != 0) database.end(random() % 4 == 0 ? SIGINT : SIGKILL);
    if (whom != 1) sender.end(SIGKILL);
    if (whom != 0) {
      ASSERT_TRUE(database.start());
    }
    if (whom != 1) sender = platform("work", address);
  }
  EXPECT_TRUE(faults::grows_past(folder / "told", static_cast<std::size_t>(rounds)));
  sender.end(SIGKILL);
  sender = platform("finish", address);
  const auto said = sender.read_error_line();
  ASSERT_EQ(sender.wait(), 0) << said;
  count("alliance.report");
}

// The example: a receiver whose memory and reports lie in the database.
TEST_F(Killed, PlatformReceiverAndServerWithAMemoryOfItsOwn) {
  if (!std::filesystem::exists(EXAMPLE)) GTEST_SKIP() << "the examples are not built";
  std::string address = "tcp://127.0.0.1:0";
  faults::Process desk;
  const auto open = [&] {
    return eventually([&] {
      desk = faults::Process({EXAMPLE, address, database.address()}, folder / "out");
      const auto line = desk.read_error_line("listening on ");
      if (!line.starts_with("listening on ")) return false;
      address = line.substr(line.find("tcp://"));
      return true;
    });
  };
  ASSERT_TRUE(open());
  auto sender = platform("work", address);
  for (int round = 0; round < rounds; ++round) {
    pause(100, 300);
    ASSERT_TRUE(sender.alive()) << "the platform ended by itself: " << sender.read_error_line();
    const auto whom = random() % 3;
    if (whom == 0) sender.end(SIGKILL);
    if (whom == 1) database.end(SIGKILL);
    desk.end(SIGKILL);
    if (whom == 1) {
      ASSERT_TRUE(database.start());
    }
    ASSERT_TRUE(open());
    if (whom == 0) sender = platform("work", address);
  }
  EXPECT_TRUE(faults::grows_past(folder / "told", static_cast<std::size_t>(rounds)));
  sender.end(SIGKILL);
  sender = platform("finish", address);
  const auto said = sender.read_error_line();
  ASSERT_EQ(sender.wait(), 0) << said;
  count("desk_report");
}

}  // namespace
}  // namespace alliance::test

// SPDX-License-Identifier: Apache-2.0
// What the store said is kept arrives at the receiver, once by its key and in order, whoever is killed when.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <random>
#include <set>
#include <thread>

#include "process.h"
#include "told.h"

namespace alliance::faults {
namespace {

class Folder {
 public:
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "alliance-faults-XXXXXX").string();
    path_ = ::mkdtemp(name.data());
  }
  ~Folder() {
    std::error_code ignored;
    if (!::testing::Test::HasFailure()) std::filesystem::remove_all(path_, ignored);
  }
  std::string operator/(const char* name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

// "case/epoch/number/process", as the platform made it.
std::string id_of(const std::string& line) {
  constexpr std::string_view begin = "{\"id\":\"";
  if (!line.starts_with(begin) || !line.ends_with("}}")) return {};
  return line.substr(begin.size(), line.find('"', begin.size()) - begin.size());
}

struct Scene {
  Folder folder;
  std::string address = "tcp://127.0.0.1:0";
  Process host, platform;

  void start_host() {
    host =
        Process({ALLIANCE_COMMAND, "listen", address, "--inbox", folder / "inbox", "--json-only"}, folder / "printed");
    const auto line = host.read_error_line();
    ASSERT_TRUE(line.starts_with("listening on tcp://")) << line;
    address = line.substr(line.find("tcp://"));
  }
  void start_platform(const char* what) {
    platform = Process({FAULT_PLATFORM, what, folder / "store", address, folder / "told"}, folder / "platform-out");
  }
};

TEST(Faults, KilledAtRandomMomentsBothSidesLoseNothingThatWasAcknowledged) {
  const char* wanted = std::getenv("ALLIANCE_FAULT_ROUNDS");
  const int rounds = wanted ? std::atoi(wanted) : 40;
  const char* given = std::getenv("ALLIANCE_FAULT_SEED");
  const unsigned seed = given ? static_cast<unsigned>(std::atol(given)) : std::random_device()();
  std::printf("ALLIANCE_FAULT_SEED=%u\n", seed);
  std::mt19937 random(seed);

  Scene scene;
  ASSERT_NO_FATAL_FAILURE(scene.start_host());
  scene.start_platform("work");
  for (int round = 0; round < rounds; ++round) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20 + random() % 200));
    ASSERT_TRUE(scene.host.alive()) << "the host ended by itself";
    ASSERT_TRUE(scene.platform.alive()) << "the platform ended by itself: " << scene.platform.read_error_line();
    const auto whom = random() % 3;
    if (whom != 0) scene.host.end(SIGKILL);
    if (whom != 1) scene.platform.end(SIGKILL);
    if (random() % 2) std::this_thread::sleep_for(std::chrono::milliseconds(random() % 60));
    if (whom != 0) {
      ASSERT_NO_FATAL_FAILURE(scene.start_host());
    }
    if (whom != 1) scene.start_platform("work");
  }
  EXPECT_TRUE(grows_past(scene.folder / "told", static_cast<std::size_t>(rounds)));
  scene.platform.end(SIGKILL);
  scene.start_platform("finish");
  ASSERT_EQ(scene.platform.wait(), 0);
  const int status = scene.host.end(SIGTERM);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
  ASSERT_EQ(
      Process({ALLIANCE_COMMAND, "listen", "--dump", "--inbox", scene.folder / "inbox"}, scene.folder / "dump").wait(),
      0);

  const auto told = ids_told(scene.folder / "told");
  std::vector<std::string> arrived;
  for (const auto& line : lines_of(scene.folder / "dump")) {
    arrived.push_back(id_of(line));
    ASSERT_FALSE(arrived.back().empty()) << line;
  }
  std::set<std::string> printed;
  for (const auto& line : lines_of(scene.folder / "printed")) {
    ASSERT_FALSE(id_of(line).empty()) << "a torn line was printed: " << line;
    printed.insert(id_of(line));
  }
  const std::set<std::string> once(arrived.begin(), arrived.end());
  EXPECT_EQ(once.size(), arrived.size()) << "a report is in the inbox twice";
  for (const auto& id : told) {
    EXPECT_TRUE(once.contains(id)) << id << " was acknowledged to its caller and did not arrive";
  }
  for (const auto& id : once) EXPECT_TRUE(printed.contains(id)) << id << " is in the inbox and was never printed";

  // In order within each case and lane, and no number of a case left out over both lanes.
  std::map<std::pair<std::string, bool>, std::uint64_t> last;
  std::map<std::string, std::uint64_t> most, count;
  std::map<std::string, std::set<std::string>> epochs;
  for (const auto& id : arrived) {
    const auto first = id.find('/'), second = id.find('/', first + 1);
    const auto name = id.substr(0, first);
    const auto number = std::stoull(id.substr(second + 1));
    auto& before = last[{name, number % 5 == 0}];
    EXPECT_GT(number, before) << id << " is out of order";
    before = number;
    most[name] = std::max<std::uint64_t>(most[name], number);
    ++count[name];
    epochs[name].insert(id.substr(first + 1, second - first - 1));
  }
  EXPECT_EQ(count, most);
  for (const auto& [name, all] : epochs) EXPECT_EQ(all.size(), 1u) << name << " changed its epoch";
  EXPECT_GT(told.size(), static_cast<std::size_t>(rounds)) << "too little was committed to say anything";
  std::printf("%zu told, %zu arrived, %zu printed, %d rounds\n", told.size(), arrived.size(),
              lines_of(scene.folder / "printed").size(), rounds);
}

}  // namespace
}  // namespace alliance::faults

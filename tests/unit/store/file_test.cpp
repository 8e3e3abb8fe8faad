// SPDX-License-Identifier: Apache-2.0
// Files that are not what they should be, and disks that are full.
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <csignal>
#include <fstream>
#include <random>
#include <set>
#include <sstream>
#include <thread>

#include "making.h"
#include "store/store.h"
#include "store/tables.h"

namespace alliance::store {
namespace {

Failure refusal(const std::string& path, const std::string& tenant = "clinic") {
  const auto store = Store::open(path, tenant);
  EXPECT_FALSE(store) << path;
  return store ? Failure{} : store.error();
}

TEST(StoreFile, RefusesAnotherTenantsAndNamesBoth) {
  const Folder folder;
  ASSERT_TRUE(Store::open(folder / "s", "north"));
  const auto failure = refusal(folder / "s", "south");
  EXPECT_EQ(failure.status, ALLIANCE_E_DENIED);
  EXPECT_NE(failure.message.find("north"), std::string::npos);
  EXPECT_NE(failure.message.find("south"), std::string::npos);
  EXPECT_TRUE(Store::open(folder / "s", "north"));
  EXPECT_EQ(refusal(folder / "t", "").status, ALLIANCE_E_INVALID);
}

TEST(StoreFile, RefusesANewerFormatAndNamesBoth) {
  const Folder folder;
  ASSERT_TRUE(Store::open(folder / "s", "clinic"));
  ASSERT_TRUE(sqlite::Database::open(folder / "s", SQLITE_OPEN_READWRITE)->run("PRAGMA user_version=99"));
  const auto failure = refusal(folder / "s");
  EXPECT_EQ(failure.status, ALLIANCE_E_VERSION);
  EXPECT_NE(failure.message.find("99"), std::string::npos);
  EXPECT_NE(failure.message.find(std::to_string(std::size(migrations))), std::string::npos);
}

TEST(StoreFile, LeavesForeignFilesAsTheyWere) {
  const Folder folder;
  const std::string text = "participant,item\n1,2\n";
  std::ofstream(folder / "answers.csv") << text;
  EXPECT_EQ(refusal(folder / "answers.csv").status, ALLIANCE_E_BAD_INPUT);
  EXPECT_EQ(contents(folder / "answers.csv"), text);

  ASSERT_TRUE(sqlite::Database::open(folder / "other.db", SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE)
                  ->run("CREATE TABLE theirs (x)"));
  const auto before = contents(folder / "other.db");
  EXPECT_EQ(refusal(folder / "other.db").status, ALLIANCE_E_BAD_INPUT);
  EXPECT_EQ(contents(folder / "other.db"), before);
}

TEST(StoreFile, SaysWhatIsWrongWithAPath) {
  const Folder folder;
  std::filesystem::create_directory(folder / "dir");
  EXPECT_NE(refusal(folder / "dir").message.find("is a folder"), std::string::npos);
  EXPECT_NE(refusal(folder / "missing/s").message.find("does not exist"), std::string::npos);
  EXPECT_EQ(refusal("").status, ALLIANCE_E_INVALID);
  EXPECT_NE(refusal("/dev/null").message.find("no regular file"), std::string::npos);
  std::ofstream(folder / "plain") << "x";
  EXPECT_FALSE(Store::open(folder / "plain/s", "clinic"));
}

TEST(StoreFile, ATornOrDamagedFileIsRefusedOrReadAsItWas) {
  const Folder folder;
  {
    auto store = *Store::open(folder / "s", "clinic");
    for (std::uint64_t i = 1; i <= 50; ++i) ASSERT_TRUE(store->commit({made_entry("a", i)}, 1));
  }
  const auto whole = contents(folder / "s");
  std::mt19937 random(7);
  int refused = 0;
  for (int round = 0; round < 60; ++round) {
    std::string bytes = whole;
    if (round % 2) {
      bytes.resize(random() % whole.size());
    } else {
      for (std::size_t at = random() % whole.size(), end = std::min(whole.size(), at + 700); at < end; ++at) {
        bytes[at] = static_cast<char>(random());
      }
    }
    const auto path = folder / ("bad" + std::to_string(round));
    std::ofstream(path, std::ios::binary) << bytes;
    auto store = Store::open(path, "clinic");
    if (!store) {
      ++refused;
      EXPECT_NE(store.error().message.find("bad" + std::to_string(round)), std::string::npos) << store.error().message;
      continue;
    }
    if (const auto log = (*store)->log("a"); log) {
      EXPECT_LE(log->size(), 50u);
    }
    static_cast<void>((*store)->streams());
    static_cast<void>((*store)->outbox(Lane::normal, 0, 1000));
  }
  EXPECT_GT(refused, 20);
}

TEST(StoreFile, SaysWhatItsLockIsForWhereNoneCanBeTaken) {
  const Folder folder;
  std::filesystem::create_directory(folder / "s.lock");
  const std::string told = refusal(folder / "s").message;
  EXPECT_NE(told.find("s cannot be kept from other processes: "), std::string::npos) << told;
  EXPECT_NE(told.find("run this as the owner of the file"), std::string::npos) << told;
}

TEST(StoreFile, IsOpenOnceInThisProcessAndOnceOnThisMachine) {
  const Folder folder;
  auto store = Store::open(folder / "s", "clinic");
  ASSERT_TRUE(store);
  EXPECT_NE(refusal(folder / "s").message.find("already open in this process"), std::string::npos);
  std::filesystem::create_symlink(folder / "s", folder / "link");
  EXPECT_EQ(refusal(folder / "link").status, ALLIANCE_E_STATE);

  ASSERT_TRUE((*store)->commit({made_entry("a", 1)}, 1));
  store->reset();
  int ready[2], go[2];
  ASSERT_EQ(::pipe(ready), 0);
  ASSERT_EQ(::pipe(go), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    auto theirs = Store::open(folder / "s", "clinic");
    char byte = theirs ? 'y' : 'n';
    static_cast<void>(!::write(ready[1], &byte, 1));
    static_cast<void>(!::read(go[0], &byte, 1));
    ::_exit(0);
  }
  char byte = 0;
  ASSERT_EQ(::read(ready[0], &byte, 1), 1);
  ASSERT_EQ(byte, 'y');
  const auto failure = refusal(folder / "s");
  EXPECT_EQ(failure.status, ALLIANCE_E_STATE);
  EXPECT_NE(failure.message.find(std::to_string(child)), std::string::npos) << failure.message;
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  EXPECT_TRUE(Store::open(folder / "s", "clinic"));
}

TEST(StoreFile, IsReadableByItsOwnerAlone) {
  const Folder folder;
  auto store = *Store::open(folder / "s", "clinic");
  ASSERT_TRUE(store->commit({made_entry("a", 1)}, 1));
  for (const char* name : {"s", "s-wal"}) {
    EXPECT_EQ(std::filesystem::status(folder / name).permissions() & std::filesystem::perms(0077),
              std::filesystem::perms::none)
        << name;
  }
}

// The limit on a file's size stands for a full disk: writes fail with a part written.
TEST(StoreFile, OnAFullDiskNothingIsToldOkThatIsNotKept) {
  const Folder folder;
  int results[2];
  ASSERT_EQ(::pipe(results), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    ::signal(SIGXFSZ, SIG_IGN);
    std::string kept;
    {
      auto store = *Store::open(folder / "s", "clinic");
      rlimit limit{};
      ::getrlimit(RLIMIT_FSIZE, &limit);
      limit.rlim_cur = 600'000;
      ::setrlimit(RLIMIT_FSIZE, &limit);
      std::mutex mutex;
      std::vector<std::thread> callers;
      for (int t = 0; t < 4; ++t) {
        callers.emplace_back([&, t] {
          for (std::uint64_t i = 1; i <= 60; ++i) {
            auto entry = made_entry("c" + std::to_string(t), i);
            entry.event.resize(9000);
            const auto ok = store->commit({entry}, 1);
            const std::lock_guard lock(mutex);
            kept += ok ? "kc" + std::to_string(t) + "-" + std::to_string(i) + " " : "failed ";
            if (!ok && ok.error().status != ALLIANCE_E_IO) kept += "wrong-status ";
          }
        });
      }
      for (auto& caller : callers) caller.join();
      limit.rlim_cur = limit.rlim_max;
      ::setrlimit(RLIMIT_FSIZE, &limit);
      kept += store->commit({made_entry("after", 1)}, 1) ? "kafter-1 " : "wrong-after ";
    }
    static_cast<void>(!::write(results[1], kept.data(), kept.size()));
    ::_exit(0);
  }
  ::close(results[1]);
  std::string text;
  char buffer[4096];
  for (ssize_t n; (n = ::read(results[0], buffer, sizeof buffer)) > 0;) text.append(buffer, static_cast<size_t>(n));
  int status = 0;
  ::waitpid(child, &status, 0);
  ASSERT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
  EXPECT_EQ(text.find("wrong"), std::string::npos);
  EXPECT_NE(text.find("failed"), std::string::npos) << "the disk was never full";

  std::set<std::string> told;
  std::istringstream words(text);
  for (std::string word; words >> word;) {
    if (word[0] == 'k') told.insert(word.substr(1));
  }
  ASSERT_TRUE(told.contains("after-1"));
  ASSERT_GT(told.size(), 5u);
  auto store = *Store::open(folder / "s", "clinic");
  std::set<std::string> there;
  const auto heads = *store->streams();
  for (const auto& head : heads) {
    const auto log = *store->log(head.id);
    for (const auto& row : log) there.insert(head.id + "-" + row.event_id.substr(1));
  }
  std::set<std::string> delivered;
  const auto chunks = *store->outbox(Lane::normal, 0, 10000);
  for (const auto& chunk : chunks) {
    for (const auto& id : ids_of(chunk)) delivered.insert(id);
  }
  EXPECT_EQ(there, told);
  EXPECT_EQ(delivered, told);
}

}  // namespace
}  // namespace alliance::store

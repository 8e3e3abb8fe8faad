// SPDX-License-Identifier: Apache-2.0
// A disk that is full, and a clock that jumps.
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <fstream>
#include <iterator>

#include "kit.h"

namespace {

using namespace kit;

class HostFaults : public ::testing::Test {
 protected:
  void SetUp() override { reset(); }
  Folder folder;
};

// What the child found out, as words; each must be "fine".
std::string in_a_child(const std::function<std::string()>& work) {
  int ends[2];
  EXPECT_EQ(::pipe(ends), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    const std::string said = work();
    static_cast<void>(!::write(ends[1], said.data(), said.size()));
    ::_exit(0);
  }
  ::close(ends[1]);
  std::string said;
  char buffer[512];
  for (ssize_t n; (n = ::read(ends[0], buffer, sizeof buffer)) > 0;) said.append(buffer, static_cast<std::size_t>(n));
  ::close(ends[0]);
  int status = 0;
  ::waitpid(child, &status, 0);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
  return said;
}

// Records until the disk takes no more, then a sheet with a positive safety item of an old case and of a new one.
std::string flagged_on_a_full_disk(const std::string& store, const std::function<void()>& fill) {
  Host host(store);
  if (host.record(opened("c1")) != ALLIANCE_OK) return host.error.message;
  fill();
  int kept = 0;
  std::int32_t status = ALLIANCE_OK;
  for (; status == ALLIANCE_OK && kept < 20'000; ++kept) {
    status = host.record(answered("a" + std::to_string(kept), "c1", start + kept * second, 3, R"("value":0)"));
  }
  if (status != ALLIANCE_E_IO) return "the disk was never full: " + std::to_string(status);
  status = host.record(answered("flag", "c1", start + day, 3, R"("value":2)"));
  if (status == ALLIANCE_E_IO && host.safety.find("SafetyFlag") == std::string::npos) return "a flag was not told";
  if (status == ALLIANCE_OK && host.recorded.safety_flags != 1) return "a flag was not counted";
  return "fine";
}

TEST_F(HostFaults, ASafetyFlagIsToldAlsoWhenItCannotBeKept) {
  const auto store = folder.file("host.db");
  EXPECT_EQ(in_a_child([&] {
              ::signal(SIGXFSZ, SIG_IGN);
              return flagged_on_a_full_disk(store, [] {
                rlimit limit{};
                ::getrlimit(RLIMIT_FSIZE, &limit);
                limit.rlim_cur = 700'000;
                ::setrlimit(RLIMIT_FSIZE, &limit);
              });
            }),
            "fine");
  Host host(store);
  EXPECT_EQ(host.record(answered("after", "c1", start + 2 * day, 3, R"("value":2)")), ALLIANCE_OK)
      << "with room again it goes on: " << host.error.message;
  EXPECT_EQ(host.recorded.safety_flags, 1u);
}

TEST_F(HostFaults, OnASmallDiskThatIsFullASafetyFlagIsTold) {
  const auto disk = folder.file("disk");
  ASSERT_EQ(::mkdir(disk.c_str(), 0700), 0);
  if (::mount("tmpfs", disk.c_str(), "tmpfs", 0, "size=1m") != 0) {
    GTEST_SKIP() << "no file system may be mounted here: run it as root with CAP_SYS_ADMIN";
  }
  EXPECT_EQ(in_a_child([&] { return flagged_on_a_full_disk(disk + "/host.db", [] {}); }), "fine");
  ::umount(disk.c_str());
}

TEST_F(HostFaults, OfACaseThatCannotBeReadASafetyFlagIsTold) {
  const auto store = folder.file("host.db");
  {
    Host host(store);
    ASSERT_EQ(host.record(opened("c1")), ALLIANCE_OK) << host.error.message;
    ASSERT_EQ(host.record(answered("look-for-this", "c1", start, 3, R"("value":0)")), ALLIANCE_OK);
  }
  std::fstream file(store, std::ios::in | std::ios::out | std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(file), {}};
  const auto row = bytes.find("look-for-this"), sealed = bytes.find("ALX1", row);
  ASSERT_NE(sealed, std::string::npos);
  file.clear();
  file.seekp(static_cast<std::streamoff>(sealed) + 40);
  file.put(static_cast<char>(bytes[sealed + 40] ^ 1));
  file.close();
  Host host(store);
  EXPECT_EQ(host.record(answered("flag", "c1", start + day, 3, R"("value":2)")), ALLIANCE_E_BAD_INPUT);
  EXPECT_NE(host.safety.find("SafetyFlag"), std::string::npos);
  EXPECT_EQ(host.record(event("held", "c1", start + day, "SessionMissed", R"({"session":1})")), ALLIANCE_E_BAD_INPUT);
  EXPECT_EQ(host.safety.find("SafetyFlag"), std::string::npos);
}

std::atomic<std::int64_t> clock_now{start};

struct Clocked {  // a host whose clock the test sets
  explicit Clocked(const std::string& store) {
    alliance_host_options options = ALLIANCE_HOST_OPTIONS_INIT;
    options.tenant = "clinic";
    options.store_path = store.c_str();
    options.config = Host::with_contact;
    options.log = [](void*, std::int32_t, const char*) noexcept {};
    options.now = [](void*) noexcept -> alliance_instant { return clock_now; };
    EXPECT_EQ(alliance_host_create(&options, &raw, &error), ALLIANCE_OK) << error.message;
    EXPECT_EQ(alliance_host_receive(raw, "app", ALLIANCE_JSON, take, this, &error), ALLIANCE_OK);
    EXPECT_EQ(alliance_host_run(raw, &error), ALLIANCE_OK) << error.message;
  }
  ~Clocked() { alliance_host_close(raw); }
  Clocked(const Clocked&) = delete;
  Clocked& operator=(const Clocked&) = delete;
  static std::int32_t take(void* context, const alliance_report* report, alliance_error*) noexcept {
    auto& self = *static_cast<Clocked*>(context);
    const std::lock_guard lock(self.mutex);
    self.came.push_back({report->case_id, {report->epoch, report->sequence}});
    return ALLIANCE_OK;
  }
  // Opens and closes a case: one report.
  void course(const std::string& id, std::int64_t time) {
    for (const auto& json :
         {opened(id, time), event("end-" + std::to_string(time) + id, id, time + 1, "CaseClosed", "{}")}) {
      EXPECT_EQ(alliance_host_record(raw, reinterpret_cast<const std::uint8_t*>(json.data()), json.size(),
                                     ALLIANCE_JSON, nullptr, nullptr, &error),
                ALLIANCE_OK)
          << error.message;
    }
    EXPECT_EQ(alliance_host_drain(raw, {10 * second}, &error), ALLIANCE_OK) << error.message;
  }
  std::mutex mutex;
  std::vector<std::pair<std::string, std::pair<std::int64_t, std::uint64_t>>> came;
  alliance_host* raw = nullptr;
  alliance_error error = ALLIANCE_ERROR_INIT;
};

TEST_F(HostFaults, AClockThatJumpsGivesNoEpochTwiceAndLosesNothing) {
  const auto store = folder.file("host.db");
  std::vector<std::int64_t> epochs;
  const std::int64_t times[] = {start, start - 400 * day, start - 400 * day, start + 90'000 * day, start};
  for (std::size_t i = 0; i < std::size(times); ++i) {
    clock_now = times[i];
    Clocked host(store);
    host.course("c" + std::to_string(i), start + static_cast<std::int64_t>(i) * day);
    clock_now = times[i] - 10 * day;  // also while it runs
    host.course("d" + std::to_string(i), start + static_cast<std::int64_t>(i) * day);
    EXPECT_EQ(alliance_host_advance(host.raw, start - day, {10 * second}, nullptr, ALLIANCE_JSON, nullptr, &host.error),
              ALLIANCE_OK)
        << "an earlier instant changes nothing";
    const std::lock_guard lock(host.mutex);
    ASSERT_EQ(host.came.size(), 2u) << i;
    for (const auto& [id, number] : host.came) {
      EXPECT_EQ(number.second, 1u) << id;
      for (const auto epoch : epochs) EXPECT_LT(epoch, number.first) << id << ": an epoch only grows";
      epochs.push_back(number.first);
    }
  }
  clock_now = start;
}

}  // namespace

// SPDX-License-Identifier: Apache-2.0
// What becomes of a call, of the calls after it and of the host, when a plugin's process ends, hangs or lies.
#include <unistd.h>

#include <thread>

#include "apart.h"

namespace alliance::test {
namespace {

// The plugin that tries what it is told to.
class Tried {
 public:
  explicit Tried(const plugin::RunnerSettings& settings = patient(), const std::string& asks = "")
      : manifest_(folder_.copy("tries", asks.empty() ? std::function<void(std::string&)>()
                                                     : with("\"runtime\"", "\"asks\": " + asks + ", \"runtime\""))),
        registry_(apart(services, settings)) {
    const auto loaded = registry_.load(manifest_);
    EXPECT_TRUE(loaded) << loaded.error().message;
    if (!loaded) return;
    plugin_ = *loaded;
    EXPECT_EQ(timing().create(&timing(), &plugin_->services, "tries", &policy_, &error), ALLIANCE_OK) << error.message;
  }
  ~Tried() {
    if (plugin_ != nullptr) timing().destroy(policy_);
  }
  Tried(const Tried&) = delete;
  Tried& operator=(const Tried&) = delete;

  const alliance_timing_factory& timing() const { return *plugin_->timing; }
  // Its answer, or "status N: sentence".
  std::string operator()(const std::string& what) {
    plugin::Gather out;
    const std::string bytes = "try-" + what;
    status = until_started(error, [&] {
      return timing().plan(policy_, reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size(), 0, out.sink(),
                           &error);
    });
    if (status != ALLIANCE_OK) return "status " + std::to_string(status) + ": " + error.message;
    return {out.bytes().begin(), out.bytes().end()};
  }
  plugin::Info info() const { return registry_.infos().back(); }
  plugin::Registry& registry() { return registry_; }
  const Folder& folder() const { return folder_; }
  bool holds(const char* what) const { return info().isolation.find(std::string("no ") + what) == std::string::npos; }

  Services services;
  std::int32_t status = 0;
  alliance_error error = ALLIANCE_ERROR_INIT;

 private:
  Folder folder_;
  std::string manifest_;
  plugin::Registry registry_;
  plugin::Plugin* plugin_ = nullptr;
  alliance_timing* policy_ = nullptr;
};

TEST(Crash, IsTheErrorOfTheCallAndTheInstanceIsMadeAgain) {
  Tried tried;
  EXPECT_EQ(tried("nothing"), "done");
  const std::string said = tried("crash");
  EXPECT_EQ(tried.status, ALLIANCE_E_INTERNAL);
#ifndef __SANITIZE_ADDRESS__  // it ends such a process in its own way
  EXPECT_TRUE(says(said, "its process crashed: Segmentation fault")) << said;
#endif
  EXPECT_EQ(tried("nothing"), "done");
  EXPECT_TRUE(says(tried("exit"), "its process ended with status 7"));
  EXPECT_EQ(tried("nothing"), "done");
  EXPECT_EQ(tried.info().state, plugin::State::loaded);
}

TEST(Crash, TheThirdPutsTheLibraryIntoQuarantineUnderWhateverName) {
  Tried tried;
  tried("abort"), tried("abort");
  EXPECT_EQ(tried.status, ALLIANCE_E_INTERNAL);
  const std::string said = tried("abort");
  EXPECT_EQ(tried.status, ALLIANCE_E_LIBRARY);
  EXPECT_TRUE(says(said, "the third time in ten minutes")) << said;
  tried("nothing");
  EXPECT_EQ(tried.status, ALLIANCE_E_LIBRARY);
  EXPECT_EQ(tried.info().state, plugin::State::quarantined);
  const std::string path = tried.folder().copy("tries", with("org.example.tries", "org.example.renamed"));
  const auto again = tried.registry().load(path);
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().status, ALLIANCE_E_LIBRARY);
  EXPECT_TRUE(says(again.error().message, "its library is in quarantine")) << again.error().message;
}

TEST(Crash, WhoIsPutIntoQuarantineByItsOwnWordIsCalledNoMore) {
  Tried tried;
  tried.registry().quarantine(*tried.registry().plugins().front(), "it said so");
  tried("nothing");
  EXPECT_EQ(tried.status, ALLIANCE_E_LIBRARY);
  EXPECT_EQ(tried.info().state, plugin::State::quarantined);
  EXPECT_EQ(tried.info().reason, "it said so");
}

TEST(Crash, WaitsLongerEachTimeBeforeItStartsAgainAndSaysSo) {
  auto settings = patient();
  settings.first_wait = std::chrono::minutes(5);
  Tried tried(settings);
  tried("nothing");
  plugin::Gather out;
  tried("abort");
  alliance_timing* policy = nullptr;
  const auto status = tried.timing().create(&tried.timing(), nullptr, "tries", &policy, &tried.error);
  EXPECT_EQ(status, ALLIANCE_E_STATE);
  EXPECT_TRUE(says(tried.error.message, "it is started again in")) << tried.error.message;
}

TEST(Crash, ThatHangsIsEndedWhenItsTimeIsOver) {
  auto settings = patient();
  settings.call_ms = 300;
  Tried tried(settings);
  EXPECT_TRUE(says(tried("sleep"), "it did not answer within 300 ms"));
  EXPECT_EQ(tried.status, ALLIANCE_E_TIMEOUT);
  EXPECT_EQ(tried("nothing"), "done");
}

TEST(Crash, BytesThatAreNoFramesOrNoneAtAllAreAnErrorOfTheCall) {
  auto settings = patient();
  settings.call_ms = 20'000;
  Tried tried(settings);
  EXPECT_TRUE(says(tried("babble"), "it sent more than a frame may hold"));
  EXPECT_EQ(tried.status, ALLIANCE_E_LIMIT);
  EXPECT_TRUE(says(tried("close"), "its process closed the connection"));
  EXPECT_EQ(tried("nothing"), "done");
}

TEST(Crash, AnAnswerThatIsTooLargeIsRefusedAndTheProcessGoesOn) {
  Tried tried;
  tried("flood");
  EXPECT_EQ(tried.status, ALLIANCE_E_LIMIT);
  EXPECT_EQ(tried("nothing"), "done");
}

TEST(Limits, OfMemoryAndProcessorTimeHold) {
  auto settings = patient();
  settings.cpu_seconds = 1;
  settings.memory_mib = 512;
  Tried tried(settings);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)  // their shadow is larger than any limit
  EXPECT_EQ(tried("memory"), "refused: ENOMEM");
#endif
  EXPECT_TRUE(says(tried("spin"), "it used more than 1 s of processor time in one call"));
  EXPECT_EQ(tried("nothing"), "done");
  if (tried.holds("seccomp")) {
    EXPECT_EQ(tried("raise-limits"), "refused: EPERM");
  }
}

TEST(Sandbox, KeepsFilesAwayButItsOwnFolderAndWhatIsAskedForAndGranted) {
  const Folder other;
  const std::string given = other.write("given/file", "x"), kept = other.write("kept", "x");
  auto settings = patient();
  settings.read = {other.at("given")};
  settings.write = {other.at("given")};
  Tried plain, asks_only(patient(), R"(["read", "write"])"), granted_only(settings),
      both(settings, R"(["read", "write"])");
  if (!plain.holds("landlock")) GTEST_SKIP() << plain.info().isolation;
  for (Tried* tried : {&plain, &asks_only, &granted_only}) {
    EXPECT_EQ((*tried)("read " + given), "refused: EACCES");
    EXPECT_EQ((*tried)("own-folder"), "done");
    EXPECT_EQ((*tried)("write " + tried->folder().at("new")), "refused: EACCES");
  }
  EXPECT_EQ(both("read " + given), "done");
  EXPECT_EQ(both("write " + other.at("given/new")), "done");
  EXPECT_EQ(both("write " + given), "done");
  EXPECT_EQ(both("read " + kept), "refused: EACCES");
  EXPECT_EQ(both("write " + kept), "refused: EACCES");
  EXPECT_EQ(both("read /etc/passwd"), "refused: EACCES");
  EXPECT_EQ(both("read /proc/" + std::to_string(getpid()) + "/environ"), "refused: EACCES");
}

TEST(Sandbox, KeepsNetworkProcessesAndSignalsAway) {
  auto settings = patient();
  settings.network = true;
  Tried plain, both(settings, R"(["network"])");
  if (!plain.holds("seccomp")) GTEST_SKIP() << plain.info().isolation;
  EXPECT_EQ(plain("socket"), "refused: EPERM");
  EXPECT_EQ(both("socket"), "done");
  for (Tried* tried : {&plain, &both}) {
    EXPECT_EQ((*tried)("fork"), "refused: EPERM");
    EXPECT_EQ((*tried)("exec"), "refused: EPERM");
    EXPECT_EQ((*tried)("kill " + std::to_string(getpid())), "refused: EPERM");
    EXPECT_EQ((*tried)("chmod " + tried->folder().path()), "refused: EPERM");
  }
}

TEST(Sandbox, GivesNoDescriptorAndNoVariableOfTheHosts) {
  setenv("ALLIANCE_TEST_SECRET", "the master key", 1);
  auto settings = patient();
  settings.environment = {"ALLIANCE_TEST_SECRET"};
  Tried plain, both(settings, R"(["environment"])");
  EXPECT_EQ(plain("variable ALLIANCE_TEST_SECRET"), "none");
  EXPECT_EQ(plain("variable PATH"), "none");
  EXPECT_EQ(both("variable ALLIANCE_TEST_SECRET"), "the master key");
  // Input, output and errors go nowhere; the socket; the library, and once more by its loader's book-keeping.
  EXPECT_EQ(plain("descriptors"), "0 1 2 3 4 ");
  unsetenv("ALLIANCE_TEST_SECRET");
}

TEST(Sandbox, AGrantThatIsNotThereIsNamedWhenItLoads) {
  const Folder folder;
  auto settings = patient();
  settings.read = {"/there/is/no/such/folder"};
  Services services;
  plugin::Registry registry(apart(services, settings));
  const auto loaded = registry.load(folder.copy("tries", with("\"runtime\"", "\"asks\": [\"read\"], \"runtime\"")));
  if (!loaded) {
    EXPECT_TRUE(says(loaded.error().message, "/there/is/no/such/folder")) << loaded.error().message;
  } else {
    EXPECT_TRUE(says((*loaded)->info.isolation, "no landlock"));
  }
}

TEST(Apart, TheHostsServicesAnswerAsTheyDoInProcess) {
  Tried tried;
  tried.services.now(1'700'000'000'000'000);
  EXPECT_EQ(tried("control"), "1700000000000000 control");
  std::thread([&] { EXPECT_EQ(tried("control"), "1700000000000000 elsewhere"); }).join();
  tried.services.now(1'800'000'000'000'000);
  EXPECT_EQ(tried("control"), "1800000000000000 control");
  const std::string later = tried("thread");  // the host's word, and what has passed since
  EXPECT_TRUE(later.starts_with("18000000")) << later;
  ASSERT_FALSE(tried.services.log().empty());
  EXPECT_EQ(tried.services.log().back().text, "from a thread");
  EXPECT_TRUE(says(tried("put value"), "status " + std::to_string(ALLIANCE_E_STATE)));
  {
    auto call = tried.services.call();
    EXPECT_EQ(tried("put value"), "value/3");
    call.commit();
  }
  EXPECT_EQ(tried.services.store().begin()->second.version, 3u);
}

TEST(Apart, WhoeverStartedItMayGoAndItGoesOn) {
  Tried tried;
  tried("abort");
  std::thread([&] { EXPECT_EQ(tried("nothing"), "done"); }).join();  // started again on a thread that ends
  for (int round = 0; round < 20; ++round) EXPECT_EQ(tried("nothing"), "done");
}

TEST(Apart, ManyThreadsMayCallAtOnce) {
  Tried tried;
  std::vector<std::thread> threads;
  std::atomic<int> good = 0;
  for (int thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&] {
      for (int round = 0; round < 50; ++round) good += tried.timing().count(&tried.timing()) == 1 ? 1 : 0;
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(good, 200);
}

TEST(Apart, WithoutItsRunnerNothingIsLoadedHereInstead) {
  Services services;
  auto settings = patient();
  settings.program = "/there/is/no/runner";
  plugin::Registry registry(apart(services, settings));
  const auto loaded = registry.load(built_manifest("mood"));
  ASSERT_FALSE(loaded);
  EXPECT_TRUE(says(loaded.error().message, "/there/is/no/runner cannot be started")) << loaded.error().message;
}

}  // namespace
}  // namespace alliance::test

// SPDX-License-Identifier: Apache-2.0
// A host whose plugin runs in a process of its own, and ends there.
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <map>
#include <random>
#include <set>
#include <sstream>
#include <thread>

#include "kit.h"

namespace {

using namespace kit;

const std::string tries = ALLIANCE_BINARY_DIR "/tests/plugins/test_tries.alliance.json";
const std::string apart =
    R"({"safety":{"contact":"duty-desk"},"timing_policy":"tries","plugins":[{"plugin":"org.example.tries",)"
    R"("settings":"{}","isolation":"process","runner":{"call_ms":60000,"start_ms":60000}}]})";

class HostApart : public ::testing::Test {
 protected:
  void SetUp() override { reset(); }
  Folder folder;
  std::string store = folder.file("host.db");
};

std::string plugins(const Host& host) {
  return text_sink_json(
      [&](const alliance_sink* sink) { return alliance_host_plugins(host.raw, ALLIANCE_JSON, sink, nullptr); },
      ALLIANCE_OK);
}

TEST_F(HostApart, ACrashIsAFaultReportTheEventStandsAndTheThirdPutsThePluginIntoQuarantine) {
  Host host(store, apart.c_str(), true, false, tries);
  EXPECT_TRUE(contains(plugins(host), R"("isolation":"process, held back by )")) << plugins(host);
  ASSERT_EQ(host.record(opened("c1")), ALLIANCE_OK) << host.error.message;
  host.drain();
  EXPECT_TRUE(arrived("plugin-fault").empty());
  int events = 1;
  const auto faults = [] {
    std::string all;
    for (const auto& one : arrived("plugin-fault")) all += one.json + "\n";
    return all;
  };
  // The plugin sees the case's id, and does what it says. Between two crashes it waits to be started again: each event
  // stands all the same.
  ASSERT_EQ(host.record(opened("try-abort")), ALLIANCE_OK) << host.error.message;
  ++events;
  const auto patience = std::chrono::steady_clock::now() + std::chrono::minutes(2);
  for (int at = 0; !contains(faults(), R"("quarantined":true)") && std::chrono::steady_clock::now() < patience; ++at) {
    ASSERT_EQ(host.record(answered("a" + std::to_string(at), "try-abort", start + at, 1, R"("value":0)")), ALLIANCE_OK)
        << host.error.message;
    ++events;
    host.drain();
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  EXPECT_TRUE(contains(faults(), "its process crashed")) << faults();
  EXPECT_TRUE(contains(faults(), "the third time in ten minutes")) << faults();
  EXPECT_TRUE(contains(plugins(host), R"("state":"quarantined")")) << plugins(host);
  EXPECT_GE(host.counts().events, static_cast<std::uint64_t>(events));
  // Whoever answers is still scored, by the plugins that are well.
  EXPECT_FALSE(arrived("scored").empty());
}

// What a command says, both ways, and its status.
std::pair<std::string, int> command(const std::string& words) {
  FILE* out = popen((std::string(ALLIANCE_BINARY_DIR "/bin/alliance ") + words + " 2>&1").c_str(), "r");
  std::string all;
  char part[512];
  for (std::size_t got = 0; (got = fread(part, 1, sizeof part, out)) > 0;) all.append(part, got);
  return {all, WEXITSTATUS(pclose(out))};
}

// Loads `tries` into a new host of that store.
std::pair<std::int32_t, std::string> loaded(const std::string& store) {
  alliance_host_options options = ALLIANCE_HOST_OPTIONS_INIT;
  alliance_error error = ALLIANCE_ERROR_INIT;
  options.tenant = "clinic";
  options.store_path = store.c_str();
  options.config = apart.c_str();
  options.log = [](void*, std::int32_t, const char*) noexcept {};
  alliance_host* host = nullptr;
  EXPECT_EQ(alliance_host_create(&options, &host, &error), ALLIANCE_OK) << error.message;
  const auto status = alliance_host_load_plugin(host, tries.c_str(), &error);
  const std::pair<std::int32_t, std::string> out{
      status,
      std::string(error.message) + "\n" +
          text_sink_json([&](const auto* sink) { return alliance_host_plugins(host, ALLIANCE_JSON, sink, nullptr); },
                         ALLIANCE_OK)};
  alliance_host_close(host);
  return out;
}

TEST_F(HostApart, QuarantineOutlivesTheHostUntilSomebodyLiftsIt) {
  {
    Host host(store, apart.c_str(), true, false, tries);
    ASSERT_EQ(host.record(opened("try-abort")), ALLIANCE_OK) << host.error.message;
    const auto patience = std::chrono::steady_clock::now() + std::chrono::minutes(2);
    for (int at = 0; !contains(plugins(host), "quarantined") && std::chrono::steady_clock::now() < patience; ++at) {
      ASSERT_EQ(host.record(answered("a" + std::to_string(at), "try-abort", start + at, 1, R"("value":0)")),
                ALLIANCE_OK);
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    const auto listed = command("store quarantine --store " + store);
    EXPECT_TRUE(contains(listed.first, "org.example.tries, library "))
        << "also while the platform runs: " << listed.first;
    EXPECT_EQ(command("store quarantine --store " + store + " --lift org.example.tries --by ada --reason x").second, 1);
  }
  const auto [refused, why] = loaded(store);
  EXPECT_EQ(refused, ALLIANCE_E_LIBRARY) << why;
  EXPECT_TRUE(contains(why, "its library is in quarantine: ")) << why;
  EXPECT_TRUE(contains(why, "its process crashed: Aborted, the third time in ten minutes")) << why;
  EXPECT_TRUE(contains(why, "alliance store quarantine --store STORE --lift ")) << why;
  EXPECT_TRUE(contains(why, R"("state":"quarantined")")) << why;

  const auto [listed, fine] = command("store quarantine --store " + store);
  EXPECT_EQ(fine, 0);
  EXPECT_TRUE(contains(listed, "org.example.tries, library ")) << listed;
  EXPECT_EQ(command("store quarantine --store " + store + " --lift org.example.tries").second, 2) << "by whom, and why";
  EXPECT_EQ(command("store quarantine --store " + store + " --lift org.example.other --by ada --reason x").second, 3);
  EXPECT_EQ(loaded(store).first, ALLIANCE_E_LIBRARY);
  const auto lift = command("store quarantine --store " + store + " --lift org.example.tries --by ada --reason mended");
  EXPECT_EQ(lift.second, 0) << lift.first;
  EXPECT_EQ(loaded(store).first, ALLIANCE_OK);
  const auto after = command("store quarantine --json --store " + store).first;
  EXPECT_TRUE(contains(after, R"("lifted_by":"ada","lifted_because":"mended")")) << after;
}

// The runner that this process started, if one lives.
pid_t runner_of_this() {
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    std::ifstream stat(entry.path() / "stat");
    std::string text;
    if (!std::getline(stat, text) || !contains(text, "(alliance-plugin)")) continue;
    char state = 0;
    pid_t parent = 0;
    std::istringstream(text.substr(text.rfind(')') + 1)) >> state >> parent;
    if (parent == getpid() && state != 'Z') return static_cast<pid_t>(std::stol(entry.path().filename().string()));
  }
  return 0;
}

std::map<std::string, int> ids_in(const std::string& path) {
  std::map<std::string, int> out;
  std::ifstream in(path);
  for (std::string line; std::getline(in, line);) ++out[line.substr(0, line.find(','))];
  return out;
}

TEST_F(HostApart, ATransportThatIsKilledInMidDeliveryLosesNothingAndRepeatsNothingThatWasAcknowledged) {
  const std::string reports = folder.file("reports/lines");
  std::filesystem::create_directory(folder.file("reports"));
  const std::string config =
      R"({"safety":{"contact":"duty-desk"},"plugins":[{"plugin":"org.alliance-sdk.jsonl","settings":"{}",)"
      R"("isolation":"process","runner":{"start_ms":60000,"write":[")" +
      folder.file("reports") + R"("]}}]})";
  std::mt19937 random(std::random_device{}());
  std::map<std::string, int> before;
  std::uint64_t reported = 0;
  int killed = 0;
  for (int round = 0; round < 5; ++round) {
    Host host(store, config.c_str(), true, false, ALLIANCE_BINARY_DIR "/lib/alliance/plugins/jsonl.alliance.json");
    if (round == 0) {
      ASSERT_EQ(host.record(opened("c1")), ALLIANCE_OK) << host.error.message;
    }
    ASSERT_EQ(alliance_host_connect(host.raw, ("jsonl:" + reports).c_str(), &host.error), ALLIANCE_OK)
        << host.error.message;
    const auto when = random() % 60;
    for (unsigned at = 0; at < 60; ++at) {
      const auto id = "r" + std::to_string(round) + "-" + std::to_string(at);
      ASSERT_EQ(host.record(answered(id, "c1", start + round * 1000 + at, 1, R"("value":0)")), ALLIANCE_OK)
          << host.error.message;
      if (at == when) killed += kill(runner_of_this(), SIGKILL) == 0 ? 1 : 0;
    }
    const auto patience = std::chrono::steady_clock::now() + std::chrono::minutes(2);
    while (host.counts().waiting > 0 && std::chrono::steady_clock::now() < patience) {
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    EXPECT_EQ(host.counts().waiting, 0u);
    reported = host.counts().reports;
    const auto now = ids_in(reports);
    for (const auto& [id, times] : before) EXPECT_EQ(now.at(id), times) << id << " was acknowledged and came again";
    before = now;
  }
  EXPECT_EQ(killed, 5);
  EXPECT_EQ(before.size(), reported) << "each report that was recorded, by its id";
}

TEST_F(HostApart, SignedPluginsOnlyMeansThoseAndSaysSoOfOthers) {
  alliance_host_options options = ALLIANCE_HOST_OPTIONS_INIT;
  alliance_error error = ALLIANCE_ERROR_INIT;
  options.log = [](void*, std::int32_t, const char*) noexcept {};
  options.config = R"({"signed_only":true})";
  alliance_host* host = nullptr;
  EXPECT_EQ(alliance_host_create(&options, &host, &error), ALLIANCE_E_BAD_INPUT);
  EXPECT_TRUE(contains(error.message, "signed_only needs trust")) << error.message;
  const std::string trust = folder.file("trust.json");
  std::ofstream(trust) << R"({"keys":[]})";
  const std::string config = R"({"signed_only":true,"trust":")" + trust + "\"}";
  options.config = config.c_str();
  ASSERT_EQ(alliance_host_create(&options, &host, &error), ALLIANCE_OK) << error.message;
  EXPECT_EQ(alliance_host_load_plugin(host, tries.c_str(), &error), ALLIANCE_E_DENIED);
  EXPECT_TRUE(contains(error.message, "it is not signed and this host loads signed plugins only")) << error.message;
  alliance_host_close(host);
}

}  // namespace

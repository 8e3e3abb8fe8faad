// SPDX-License-Identifier: Apache-2.0
// A host whose plugin runs in a process of its own, and ends there.
#include <chrono>
#include <fstream>
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

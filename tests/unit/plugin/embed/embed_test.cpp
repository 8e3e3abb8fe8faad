// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <alliance/host.hpp>
#include <alliance/plugin.hpp>

#include <array>
#include <filesystem>
#include <stdexcept>

namespace alliance {
namespace {

const std::string mood = ALLIANCE_TEST_PLUGIN_DIR "/test_mood.alliance.json";

// A linked-in timing policy: an embedder's own code beside host.hpp in one file.
class Nothing final : public TimingPolicy {
  Bytes plan(ByteView, alliance_instant) override { return {}; }
};
void offer(Plugin& plugin) { plugin.add<Nothing>({"nothing", "1.0.0", "Nothing"}); }
ALLIANCE_LINKED_PLUGIN(linked, offer);

template <class Work>
Error thrown(Work&& work) {
  try {
    work();
  } catch (const Error& error) {
    return error;
  }
  ADD_FAILURE() << "nothing was thrown";
  return Error(ALLIANCE_E_INTERNAL, "nothing was thrown");
}

TEST(Host, ScoresASheet) {
  Host host;
  host.load_plugin(mood);
  const std::array<double, 3> answers = {1, 2, 3};
  const auto scores = host.score("mood-3", answers);
  ASSERT_EQ(scores.size(), 1u);
  EXPECT_EQ(scores[0].value, 6);
  EXPECT_EQ(scores[0].state, ALLIANCE_SCORED);
  EXPECT_EQ(scores[0].answered, 3u);

  const std::array<std::uint8_t, 3> states = {ALLIANCE_ANSWERED, ALLIANCE_SKIPPED, ALLIANCE_ANSWERED};
  EXPECT_EQ(host.score("mood-3", answers, states)[0].state, ALLIANCE_NOT_SCORABLE);
  const alliance_missing one = {sizeof(alliance_missing), ALLIANCE_MISSING_PRORATE, 1, 0};
  EXPECT_EQ(host.score("mood-3", answers, states, &one, "1.0.0")[0].state, ALLIANCE_PRORATED);
}

TEST(Host, ThrowsAStatusASentenceAndADetail) {
  Host host;
  host.load_plugin(mood);
  const std::array<double, 3> wrong = {1, 7, 3};
  const Error error = thrown([&] { host.score("mood-3", wrong); });
  EXPECT_EQ(error.status(), ALLIANCE_E_BAD_INPUT);
  EXPECT_NE(error.message().find("mood-2"), std::string::npos) << error.message();
  EXPECT_EQ(error.message().find("7.0"), std::string::npos) << "the answer stands in the message";
  EXPECT_EQ(thrown([&] { host.score("gone", wrong); }).status(), ALLIANCE_E_NOT_FOUND);
  EXPECT_EQ(thrown([&] { host.score("mood-3", std::span(wrong).first(2)); }).status(), ALLIANCE_E_INVALID);
  const std::array<std::uint8_t, 2> states = {ALLIANCE_ANSWERED, ALLIANCE_ANSWERED};
  EXPECT_EQ(thrown([&] { host.score("mood-3", wrong, states); }).status(), ALLIANCE_E_INVALID);
  EXPECT_FALSE(thrown([] { Host({.config = "not JSON"}); }).message().empty());
  EXPECT_FALSE(thrown([&] { host.record("{"); }).message().empty());
}

TEST(Host, ListsWhatIsLoadedAndLinkedIn) {
  Host host;
  host.load_plugin(mood);
  host.add_static("linked-one", linked());
  EXPECT_NE(host.plugins().find("org.example.mood"), std::string::npos);
  EXPECT_NE(host.plugins().find("linked-one"), std::string::npos);
  EXPECT_NE(host.instruments().find("mood-3"), std::string::npos);
}

TEST(Host, GoesOnLoadingAfterARefusal) {
  Host host({.log = [](std::int32_t, const std::string&) { throw std::runtime_error("a log that throws"); }});
  const LoadedFolder result = host.load_folder(ALLIANCE_TEST_PLUGIN_DIR);
  EXPECT_GE(result.loaded, 2u);
  EXPECT_GE(result.refused, 17u);
  ASSERT_TRUE(result.first_refusal.has_value());
  EXPECT_NE(result.first_refusal->message().find("every-kind"), std::string::npos) << result.first_refusal->message();
  EXPECT_EQ(thrown([&] { host.load_folder("/nowhere/at/all"); }).status(), ALLIANCE_E_NOT_FOUND);
}

TEST(Host, MovesWithItsCallbacks) {
  int lines = 0;
  Host first({.log_level = ALLIANCE_LOG_DEBUG, .log = [&](std::int32_t, const std::string&) { ++lines; }});
  first.load_plugin(mood);
  Host second;
  second = std::move(first);
  EXPECT_NE(second.instruments().find("mood-3"), std::string::npos);
  const Host third = std::move(second);
  EXPECT_NE(third.instruments().find("mood-3"), std::string::npos);
}

TEST(Convert, GoesBothWays) {
  const Bytes bytes = to_bytes("HostConfig", R"({"zone": "Europe/London"})");
  EXPECT_NE(to_json("HostConfig", bytes).find("Europe/London"), std::string::npos);
  EXPECT_EQ(thrown([&] { to_json("HostConfig", ByteView(bytes).first(bytes.size() / 2)); }).status(),
            ALLIANCE_E_BAD_INPUT);
}

}  // namespace
}  // namespace alliance

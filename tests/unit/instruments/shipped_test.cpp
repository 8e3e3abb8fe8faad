// SPDX-License-Identifier: Apache-2.0
// The instruments that ship: they load without a complaint, and their keys are those of their sources.
#include <algorithm>
#include <map>

#include "instrument.h"

namespace fb = alliance::fb;
using instruments_test::Plugin;
using instruments_test::prorate;

namespace {

const std::vector<std::string> shipped = {"alliance-pulse-client",
                                          "alliance-pulse-practitioner",
                                          "alliance-pulse-programme",
                                          "arm-5",
                                          "ceq",
                                          "core-10",
                                          "csq-8",
                                          "dwai",
                                          "gad-2",
                                          "gad-7",
                                          "haq-ii",
                                          "phq-2",
                                          "phq-4",
                                          "phq-8",
                                          "phq-9",
                                          "practitioner-check-in",
                                          "qids-sr16",
                                          "sai",
                                          "srs-v3",
                                          "sus",
                                          "sus-t",
                                          "wai-36",
                                          "wai-s",
                                          "wai-sr-c",
                                          "wsas"};

TEST(Shipped, EveryDefinitionLoadsWithoutAWarning) {
  Plugin plugin;
  ASSERT_EQ(plugin.failure, "");
  std::vector<std::string> wanted;
  for (const auto& id : shipped) wanted.push_back(id + " 1.0.0");
  auto offered = plugin.offered();
  std::sort(offered.begin(), offered.end());
  EXPECT_EQ(offered, wanted);
  EXPECT_TRUE(plugin.warnings("").empty()) << plugin.warnings("").front();
}

TEST(Shipped, EveryMissingRuleIsNone) {
  Plugin plugin;
  for (const auto& id : shipped) {
    const auto definition = plugin.definition(plugin.create(id));
    ASSERT_NE(definition.missing, nullptr) << id;
    EXPECT_EQ(definition.missing->rule, fb::MissingRule::none) << id;
  }
}

TEST(Shipped, TheHashIsThatOfTheFile) {
  Plugin plugin;
  const auto definition = plugin.definition(plugin.create("phq-9"));
  EXPECT_EQ(definition.hash.size(), 64u);
  EXPECT_EQ(definition.hash.find_first_not_of("0123456789abcdef"), std::string::npos);
  EXPECT_NE(definition.hash, plugin.definition(plugin.create("gad-7")).hash);
}

TEST(Shipped, RestrictedInstrumentsComeWithoutTheirTexts) {
  Plugin plugin;
  for (const auto* id : {"wai-sr-c", "srs-v3"}) {
    const auto definition = plugin.definition(plugin.create(id));
    EXPECT_FALSE(definition.licence->text_may_ship) << id;
    EXPECT_TRUE(definition.languages.empty()) << id;
  }
  const auto own = plugin.definition(plugin.create("alliance-pulse-client"));
  EXPECT_EQ(own.languages, (std::vector<std::string>{"en", "zh-Hans"}));
  EXPECT_TRUE(own.not_validated);
}

TEST(Shipped, RolesArePlayedAsThePoliciesAskForThem) {
  Plugin plugin;
  std::map<std::string, std::vector<std::string>> roles;
  for (const auto& id : shipped) {
    for (const auto& scale : plugin.definition(plugin.create(id)).scales) {
      for (const auto& role : scale->roles) roles[id].push_back(role);
    }
  }
  EXPECT_EQ(roles["wai-sr-c"],
            (std::vector<std::string>{"alliance.total", "alliance.task", "alliance.bond", "alliance.goal"}));
  EXPECT_EQ(roles["srs-v3"],
            (std::vector<std::string>{"alliance.total", "alliance.bond", "alliance.goal", "alliance.task"}));
  EXPECT_EQ(roles["phq-9"], (std::vector<std::string>{"symptom.total", "symptom.depression"}));
  EXPECT_EQ(roles["gad-7"], (std::vector<std::string>{"symptom.total", "symptom.anxiety"}));
  EXPECT_EQ(roles["alliance-pulse-programme"],
            (std::vector<std::string>{"alliance.pulse", "alliance.pulse.bond", "alliance.pulse.task",
                                      "alliance.pulse.goal"}));
}

// VistA: task 1, 2, 10, 12; bond 3, 5, 7, 9; goal 4, 6, 8, 11. One item at a time moves the total and its own scale.
TEST(Shipped, EachItemOfTheWaiBelongsToItsOwnScale) {
  Plugin plugin;
  auto* wai = plugin.create("wai-sr-c");
  const std::map<int, std::vector<int>> key = {{1, {1, 2, 10, 12}}, {2, {3, 5, 7, 9}}, {3, {4, 6, 8, 11}}};
  for (const auto& [scale, items] : key) {
    for (const int item : items) {
      std::vector<double> answers(12, 1);
      answers[static_cast<std::size_t>(item - 1)] = 5;
      const auto scored = plugin.score(wai, answers);
      ASSERT_EQ(scored.status, ALLIANCE_OK) << scored.message;
      std::vector<double> wanted = {16, 4, 4, 4};
      wanted[static_cast<std::size_t>(scale)] = 8;
      EXPECT_EQ(scored.values, wanted) << "item " << item;
      EXPECT_EQ(scored.bands, std::vector<std::int32_t>(4, ALLIANCE_NO_BAND));
    }
  }
}

TEST(Shipped, BandsOfPhq9BeginAndEndWhereTheirSourceSays) {
  Plugin plugin;
  auto* phq = plugin.create("phq-9");
  for (int total = 0; total <= 27; ++total) {
    std::vector<double> answers(9, 0);
    for (int point = 0; point < total; ++point) answers[static_cast<std::size_t>(point % 9)] += 1;
    const auto scored = plugin.score(phq, answers);
    ASSERT_EQ(scored.status, ALLIANCE_OK);
    EXPECT_EQ(scored.values[0], total);
    EXPECT_EQ(scored.bands[0], total <= 4 ? 0 : total <= 9 ? 1 : total <= 14 ? 2 : total <= 19 ? 3 : 4) << total;
  }
}

TEST(Shipped, ASumOfLinesMeetsTheCutoffExactly) {
  Plugin plugin;
  auto* srs = plugin.create("srs-v3");
  EXPECT_EQ(plugin.score(srs, {9.1, 8.9, 9.05, 8.95}).values[0], 36.0);
  EXPECT_EQ(plugin.score(srs, {0.1, 0.2, 0, 0}).values[0], 0.3);
  const auto third = plugin.score(srs, {9.123, 1, 1, 1});
  EXPECT_EQ(third.status, ALLIANCE_E_BAD_INPUT);
  EXPECT_NE(third.message.find("item 1"), std::string::npos) << third.message;
  EXPECT_EQ(third.detail, "9.123");
}

}  // namespace

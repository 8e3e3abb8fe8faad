// SPDX-License-Identifier: Apache-2.0
// What is not verified: off until the operator turns it on, and said so ever after.
#include "instrument.h"

namespace fb = alliance::fb;
using instruments_test::A;
using instruments_test::Folder;
using instruments_test::Loads;
using instruments_test::N;
using instruments_test::Plugin;
using instruments_test::replaced;
using instruments_test::S;

namespace {

std::string with(const std::string& settings) { return "{" + settings + "}"; }

TEST(Choices, AnUnverifiedKeyRefusesToScoreAndSaysHowToMendIt) {
  Plugin plugin;
  for (const auto* id : {"wai-s", "wai-36", "sai", "arm-5", "haq-ii", "qids-sr16", "csq-8", "ceq"}) {
    auto* measure = plugin.create(id);
    const auto definition = plugin.definition(measure);
    EXPECT_EQ(definition.keys_provenance->certainty, fb::Certainty::unverified) << id;
    EXPECT_FALSE(definition.denied.empty()) << id;
    const auto scored = plugin.score(measure, definition.vectors[0]->answers);
    EXPECT_EQ(scored.status, ALLIANCE_E_DENIED) << id;
    EXPECT_NE(scored.message.find("content/" + std::string(id) + ".key.json"), std::string::npos) << scored.message;
    EXPECT_NE(scored.message.find("accept_unverified"), std::string::npos) << scored.message;
  }
  for (const auto* id : {"wai-sr-c", "phq-9", "dwai", "wsas", "sus", "core-10"}) {
    EXPECT_TRUE(plugin.definition(plugin.create(id)).denied.empty()) << id;
  }
}

TEST(Choices, AnAcceptedKeyScoresAndIsMarked) {
  Plugin plugin(with(R"("accept_unverified": ["qids-sr16"])"));
  auto* qids = plugin.create("qids-sr16");
  const auto definition = plugin.definition(qids);
  EXPECT_TRUE(definition.denied.empty());
  EXPECT_TRUE(definition.keys_provenance->accepted);
  EXPECT_EQ(definition.keys_provenance->certainty, fb::Certainty::unverified);
  EXPECT_EQ(plugin.score(qids, std::vector<double>(16, 3)).values[0], 27);
}

TEST(Choices, UnverifiedThresholdsAreOffUntilTheyAreTurnedOn) {
  {
    Plugin plugin;
    auto* wsas = plugin.create("wsas");
    EXPECT_EQ(plugin.score(wsas, {8, 8, 8, 8, 8}).bands[0], ALLIANCE_NO_BAND);
    const auto definition = plugin.definition(wsas);
    EXPECT_EQ(definition.scales[0]->bands.size(), 3u);
    EXPECT_FALSE(definition.scales[0]->bands_provenance->accepted);
    EXPECT_FALSE(definition.scales[0]->reliable_change->provenance->accepted);
  }
  for (const auto* setting :
       {R"("accept_unverified_thresholds": true)", R"("accept_unverified_thresholds": ["wsas"])"}) {
    Plugin plugin(with(setting));
    auto* wsas = plugin.create("wsas");
    EXPECT_EQ(plugin.score(wsas, {8, 8, 8, 8, 8}).bands[0], 2) << setting;
    const auto definition = plugin.definition(wsas);
    EXPECT_TRUE(definition.scales[0]->bands_provenance->accepted) << setting;
    EXPECT_TRUE(definition.scales[0]->reliable_change->provenance->accepted) << setting;
  }
  // Named for another instrument only; and what is verified is never marked as accepted.
  Plugin plugin(with(R"("accept_unverified_thresholds": ["sus"])"));
  EXPECT_FALSE(plugin.definition(plugin.create("wsas")).scales[0]->bands_provenance->accepted);
  EXPECT_FALSE(plugin.definition(plugin.create("phq-9")).scales[0]->bands_provenance->accepted);
  EXPECT_TRUE(plugin.definition(plugin.create("sus")).scales[0]->cutoffs[0]->provenance->accepted);
}

TEST(Choices, AMissingRuleIsChosenByItsName) {
  const std::vector<std::uint8_t> gap = {A, A, A, A, A, A, A, A, S};
  Plugin plugin(with(R"("missing_rules": {"phq-9": "prorate-2"})"));
  auto* phq = plugin.create("phq-9");
  const auto definition = plugin.definition(phq);
  ASSERT_NE(definition.missing, nullptr);
  EXPECT_EQ(definition.missing->id, "prorate-2");
  EXPECT_TRUE(definition.missing->provenance->accepted);
  EXPECT_TRUE(definition.other_missing.empty());
  const auto scored = plugin.score(phq, {2, 2, 2, 2, 1, 1, 2, 1, 0}, gap);
  EXPECT_EQ(scored.values[0], 14.625);
  EXPECT_EQ(scored.states[0], ALLIANCE_PRORATED);
  EXPECT_EQ(scored.states[1], ALLIANCE_NOT_SCORABLE);  // the algorithm is a formula
}

TEST(Choices, WhereSourcesDisagreeOneReliableChangeIsInForceAndTheOtherIsShown) {
  {
    Plugin plugin;
    const auto definition = plugin.definition(plugin.create("core-10"));
    EXPECT_EQ(definition.scales[0]->reliable_change->id, "nhs");
    EXPECT_EQ(*definition.scales[0]->reliable_change->value, 5);
    ASSERT_EQ(definition.scales[0]->other_reliable_changes.size(), 1u);
    EXPECT_EQ(*definition.scales[0]->other_reliable_changes[0]->value, 6);
  }
  Plugin plugin(with(R"("reliable_changes": {"core-10": "barkham-2013"})"));
  const auto definition = plugin.definition(plugin.create("core-10"));
  EXPECT_EQ(*definition.scales[0]->reliable_change->value, 6);
  EXPECT_TRUE(definition.scales[0]->reliable_change->provenance->accepted);
  ASSERT_EQ(definition.scales[0]->other_reliable_changes.size(), 1u);
  EXPECT_EQ(definition.scales[0]->other_reliable_changes[0]->id, "nhs");
}

TEST(Choices, WhatIsNotOfferedIsRefusedByName) {
  const auto failure = [](const std::string& settings) { return Plugin(with(settings), Loads::no).failure; };
  EXPECT_NE(failure(R"("missing_rules": {"phq-9": "guess"})").find("phq-9 has no \"guess\"; it has prorate-2"),
            std::string::npos);
  EXPECT_NE(failure(R"("missing_rules": {"nine": "guess"})").find("there is no instrument nine"), std::string::npos);
  EXPECT_NE(failure(R"("missing_rules": ["phq-9"])").find("missing_rules"), std::string::npos);
  EXPECT_NE(failure(R"("reliable_changes": {"gad-7": "x"})").find("it has none to choose from"), std::string::npos);
  EXPECT_NE(failure(R"("accept_unverified_thresholds": "all")").find("accept_unverified_thresholds"),
            std::string::npos);
}

TEST(NotApplicable, LeavesAnItemOutOnlyWhereTheDefinitionAllowsIt) {
  Plugin plugin(with(R"("accept_unverified_thresholds": true)"));
  auto* wsas = plugin.create("wsas");
  const auto retired = plugin.score(wsas, {0, 8, 8, 8, 8}, {N, A, A, A, A});
  EXPECT_EQ(retired.states[0], ALLIANCE_SCORED);
  EXPECT_EQ(retired.values[0], 32);
  EXPECT_EQ(retired.answered[0], 4u);
  EXPECT_EQ(retired.bands[0], ALLIANCE_NO_BAND) << "bands are written for all five items";
  EXPECT_EQ(plugin.score(wsas, {8, 0, 8, 8, 8}, {A, N, A, A, A}).states[0], ALLIANCE_NOT_SCORABLE);
  EXPECT_EQ(plugin.score(wsas, {0, 8, 8, 8, 8}, {S, A, A, A, A}).states[0], ALLIANCE_NOT_SCORABLE);
  // Prorating the four that apply: 24 of three, times four thirds.
  const auto rule = instruments_test::prorate(1);
  EXPECT_EQ(plugin.score(wsas, {0, 8, 8, 8, 0}, {N, A, A, A, S}, &rule).values[0], 32);
  EXPECT_EQ(plugin.score(wsas, std::vector<double>(5, 0), std::vector<std::uint8_t>(5, N)).states[0],
            ALLIANCE_NOT_SCORABLE);
}

const std::string unsure = R"({
 "id": "two", "version": "1.0.0", "title": "Two", "perspective": "client", "target": "practitioner",
 "responses": [{"id": "r", "options": [{"value": 0}, {"value": 1}, {"value": 2}]}],
 "items": [{"id": "a", "response": "r"}, {"id": "b", "response": "r"}],
 "scales": [{"id": "total", "roles": ["alliance.total"], "method": "sum", "items": ["a", "b"],
   "min": 0, "max": 4, "direction": "higher_is_better"}],
 "licence": {"holder": "nobody", "terms": "free", "provenance": {"certainty": "own", "source": "x"}},
 "keys_provenance": {"certainty": "unverified", "source": "hearsay"},
 "vectors": [{"answers": [2, 0], "expected": [{"scale": "total", "value": 2}]}]})";

const std::string key_pack = R"({
 "instrument": "two", "version": "1.0.0", "holder": "the manual's publisher", "date": "2026-03-29",
 "scales": [{"id": "total", "items": ["a", "b"], "reversed": ["b"]}],
 "vectors": [{"answers": [2, 0], "expected": [{"scale": "total", "value": 4}], "source": "manual, page 3"}],
 "provenance": {"certainty": "verified", "source": "the manual"}})";

TEST(KeyPack, AVerifiedKeyMakesAnInstrumentScore) {
  Folder folder;
  folder.write("two.json", unsure);
  std::string before;
  {
    Plugin plugin(folder.settings());
    auto* measure = plugin.create("two");
    EXPECT_EQ(plugin.score(measure, {2, 0}).status, ALLIANCE_E_DENIED);
    before = plugin.definition(measure).hash;
  }
  folder.write("content/two.key.json", key_pack);
  Plugin plugin(folder.settings());
  EXPECT_TRUE(plugin.warnings("").empty()) << plugin.warnings("").front();
  auto* measure = plugin.create("two");
  EXPECT_EQ(plugin.score(measure, {2, 0}).values[0], 4);
  const auto definition = plugin.definition(measure);
  EXPECT_EQ(definition.keys_provenance->certainty, fb::Certainty::verified);
  EXPECT_NE(definition.keys_provenance->note.find("the manual's publisher, 2026-03-29"), std::string::npos);
  EXPECT_EQ(definition.scales[0]->reversed, std::vector<std::string>{"b"});
  EXPECT_NE(definition.hash, before) << "another key is another definition";
}

TEST(KeyPack, AFullDefinitionOfAHigherVersionDoesTheSame) {
  Folder folder;
  folder.write("two.json", unsure);
  folder.write("two-2.json", replaced(replaced(unsure, "unverified", "verified"), "1.0.0", "1.1.0"));
  Plugin plugin(folder.settings());
  EXPECT_EQ(plugin.score(plugin.create("two"), {2, 0}).status, ALLIANCE_OK);
  EXPECT_EQ(plugin.score(plugin.create("two", "1.0.0"), {2, 0}).status, ALLIANCE_E_DENIED);
}

TEST(KeyPack, WhatIsWrongIsRefusedByFileLineAndFieldAndChangesNothing) {
  const std::pair<std::string, std::string> faults[] = {
      {replaced(key_pack, "2026-03-29", "29.3.2026"), "line 2, column "},
      {replaced(key_pack, "2026-03-29", "2026-13-29"), "date: "},
      {replaced(key_pack, "the manual's publisher", ""), "holder: "},
      {replaced(key_pack, "\"verified\"", "\"unverified\""), "line 5, column 30: provenance.certainty: "},
      {replaced(key_pack, "\"total\", \"items\"", "\"all\", \"items\""),
       "line 3, column 20: scales[0].id: \"all\" is no scale"},
      {replaced(key_pack, "\"value\": 4", "\"value\": 3"),
       "vectors[0].expected[0].value: 3 is expected, and the key gives 4"},
      {replaced(key_pack, "[\"a\", \"b\"]", "[\"a\", \"c\"]"), "scales[0].items[1]: \"c\" is none of the items"},
      {replaced(key_pack, "\"1.0.0\"", "\"9.0.0\""), "there is no instrument two of version 9.0.0"},
      {replaced(key_pack, "\"holder\": \"the manual's publisher\", ", ""), "holder"},
      {replaced(key_pack, "\"reversed\"", "\"reverse\""), "reverse"},
  };
  for (const auto& [text, says] : faults) {
    Folder folder;
    folder.write("two.json", unsure);
    folder.write("content/two.key.json", text);
    Plugin plugin(folder.settings());
    const auto warnings = plugin.warnings("two.key.json");
    ASSERT_FALSE(warnings.empty()) << says;
    EXPECT_NE(warnings.front().find(says), std::string::npos) << warnings.front();
    EXPECT_EQ(plugin.score(plugin.create("two"), {2, 0}).status, ALLIANCE_E_DENIED) << says;
  }
}

TEST(KeyPack, ASecondOneForTheSameVersionIsRefused) {
  Folder folder;
  folder.write("two.json", unsure);
  folder.write("content/a.key.json", key_pack);
  folder.write("content/b.key.json", key_pack);
  Plugin plugin(folder.settings());
  EXPECT_TRUE(plugin.warnings("a.key.json: ").empty());
  ASSERT_EQ(plugin.warnings("b.key.json is left out").size(), 1u);
  EXPECT_EQ(plugin.score(plugin.create("two"), {2, 0}).values[0], 4);
}

}  // namespace

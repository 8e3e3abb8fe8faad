// SPDX-License-Identifier: Apache-2.0
// The two instruments that docs/plugins.md shows.
#include <alliance_schema/instrument_generated.h>

#include "folder.h"
#include "schema/verify.h"

namespace alliance::test {
namespace {

struct Scored {
  std::int32_t status;
  std::uint8_t state = 0;
  double value = 0;
  std::string message, detail;
};

class Example : public testing::TestWithParam<const char*> {
 protected:
  Services services;
  plugin::Registry registry{services.host()};

  plugin::Plugin* load(const std::string& name) {
    const auto loaded = registry.load(built_manifest(name));
    EXPECT_TRUE(loaded) << loaded.error().message;
    return loaded ? *loaded : nullptr;
  }
};

Scored score(plugin::Plugin& plugin, const char* id, std::vector<double> answers, std::vector<std::uint8_t> states,
             const alliance_missing* missing = nullptr) {
  alliance_measure* measure = nullptr;
  EXPECT_EQ(plugin.measure->create(plugin.measure, &plugin.services, id, nullptr, &measure, nullptr), ALLIANCE_OK);
  alliance_error error = ALLIANCE_ERROR_INIT;
  Scored scored{};
  const alliance_sheets sheets = {sizeof(alliance_sheets), 0, 1, answers.size(), answers.data(), states.data()};
  const alliance_scores out = {sizeof(alliance_scores), 0, 1, 1, &scored.value, &scored.state, nullptr, nullptr};
  scored.status = plugin.measure->score(measure, &sheets, missing, &out, &error);
  scored.message = error.message;
  scored.detail = error.detail;
  plugin.measure->destroy(measure);
  return scored;
}

TEST_P(Example, GivesADefinitionThatTheSchemaKnows) {
  plugin::Plugin* plugin = load(GetParam());
  ASSERT_NE(plugin, nullptr);
  alliance_descriptor what = ALLIANCE_DESCRIPTOR_INIT;
  ASSERT_EQ(plugin->measure->describe(plugin->measure, 0, &what, nullptr), ALLIANCE_OK);
  alliance_measure* measure = nullptr;
  ASSERT_EQ(plugin->measure->create(plugin->measure, &plugin->services, what.id, what.version, &measure, nullptr),
            ALLIANCE_OK);
  plugin::Gather out;
  alliance_error error = ALLIANCE_ERROR_INIT;
  ASSERT_EQ(plugin->measure->definition(measure, out.sink(), &error), ALLIANCE_OK) << error.message << error.detail;
  const auto instrument = schema::verified<fb::Instrument>(out.bytes(), "ALIN");
  ASSERT_TRUE(instrument) << instrument.error().message;
  EXPECT_EQ((*instrument)->id()->str(), what.id);
  EXPECT_TRUE((*instrument)->not_validated());

  // Its own test vectors hold.
  for (const auto* vector : *(*instrument)->vectors()) {
    const std::vector<double> answers(vector->answers()->begin(), vector->answers()->end());
    const auto scored = score(*plugin, what.id, answers, std::vector<std::uint8_t>(answers.size(), ALLIANCE_ANSWERED));
    EXPECT_EQ(scored.status, ALLIANCE_OK) << scored.message;
    EXPECT_EQ(scored.value, *vector->expected()->Get(0)->value());
  }
  plugin->measure->destroy(measure);
}

INSTANTIATE_TEST_SUITE_P(Plugins, Example, testing::Values("mood", "rest"));

TEST_F(Example, MoodNeedsAFullSheetUnlessItMayProrate) {
  plugin::Plugin* mood = load("mood");
  ASSERT_NE(mood, nullptr);
  const std::vector<std::uint8_t> one_missing = {ALLIANCE_ANSWERED, ALLIANCE_SKIPPED, ALLIANCE_ANSWERED};
  EXPECT_EQ(score(*mood, "mood-3", {1, 99, 3}, one_missing).state, ALLIANCE_NOT_SCORABLE);
  const alliance_missing one = {sizeof(alliance_missing), ALLIANCE_MISSING_PRORATE, 1, 0};
  const auto prorated = score(*mood, "mood-3", {1, 99, 3}, one_missing, &one);
  EXPECT_EQ(prorated.state, ALLIANCE_PRORATED);
  EXPECT_EQ(prorated.value, 6);
  const std::vector<std::uint8_t> none(3, ALLIANCE_SKIPPED);
  const alliance_missing all = {sizeof(alliance_missing), ALLIANCE_MISSING_PRORATE, 3, 0};
  EXPECT_EQ(score(*mood, "mood-3", {0, 0, 0}, none, &all).state, ALLIANCE_NOT_SCORABLE);
}

TEST_F(Example, MoodKeepsAnAnswerOutOfTheMessage) {
  plugin::Plugin* mood = load("mood");
  ASSERT_NE(mood, nullptr);
  const auto refused = score(*mood, "mood-3", {1, 2.5, 3}, std::vector<std::uint8_t>(3, ALLIANCE_ANSWERED));
  EXPECT_EQ(refused.status, ALLIANCE_E_BAD_INPUT);
  EXPECT_EQ(refused.message, "item mood-2: answer with a whole number from 0 to 4");
  EXPECT_EQ(refused.detail, "2.500000");
}

TEST_F(Example, RestRefusesWhatIsNoNumberOfHours) {
  plugin::Plugin* rest = load("rest");
  ASSERT_NE(rest, nullptr);
  EXPECT_EQ(score(*rest, "rest-1", {7.5}, {ALLIANCE_ANSWERED}).value, 7.5);
  EXPECT_EQ(score(*rest, "rest-1", {99}, {ALLIANCE_SKIPPED}).state, ALLIANCE_NOT_SCORABLE);
  for (const double odd : {-1.0, 24.5, std::numeric_limits<double>::quiet_NaN()}) {
    EXPECT_EQ(score(*rest, "rest-1", {odd}, {ALLIANCE_ANSWERED}).status, ALLIANCE_E_BAD_INPUT) << odd;
  }
  EXPECT_EQ(score(*rest, "rest-1", {7}, {0}).status, ALLIANCE_E_BAD_INPUT);
}

// The page shows what is built here, to the letter.
TEST(Docs, ShowTheExamplesAsTheyAre) {
  const std::string page = read(ALLIANCE_SOURCE_DIR "/docs/plugins.md");
  for (const char* file : {"mood.cpp", "rest.c"}) {
    const std::string source = read(std::string(ALLIANCE_SOURCE_DIR "/tests/plugins/") + file);
    EXPECT_NE(page.find("\n" + source + "```"), std::string::npos) << file << " differs from docs/plugins.md";
  }
}

}  // namespace
}  // namespace alliance::test

// SPDX-License-Identifier: Apache-2.0
// The words of instruments: which are shown, in what language, and why some are not.
#include <filesystem>

#include "kit.h"

namespace {

namespace fs = std::filesystem;

// The instruments that ship, and packs that a licensee would add.
class Words : public kit::Sidecar {
 protected:
  void SetUp() override {
    fs::create_directories(folder_ / "defs");
    fs::copy(fs::path(ALLIANCE_SOURCE_DIR) / "plugins/instruments/definitions", folder_ / "defs");
    fs::copy(fs::path(ALLIANCE_SOURCE_DIR) / "plugins/instruments/content", (folder_ / "defs") + "/content");
    begin();
  }
  void settle(alliance::sidecar::Settings& settings) override {
    settings.tenants[0].host =
        R"({"safety":{"contact":"duty"},"plugins":[{"plugin":"org.alliance-sdk.instruments","settings":"{\"definitions\":[\")" +
        (folder_ / "defs") + R"(\"]}"}]})";
    settings.words = kit::json::parse(R"([{"language":"en","watched":"Read on working days.","crisis":"Call 111.",
                                           "contacts":[{"label":"NHS 111","href":"tel:111"}]},
                                          {"language":"zh-Hans","crisis":"请拨打电话。"}])")
                         .as_array();
  }
  // A pack for the WAI-SR whose words are none of the instrument's.
  void licensee(const std::string& record) {
    end();
    const auto definition = kit::json::parse(kit::text_of_file((folder_ / "defs") + "/wai-sr-c.json"));
    kit::json::array items, responses;
    for (const auto& item : definition.at("items").as_array())
      items.push_back({{"item", item.at("id")}, {"text", "made up"}});
    for (const auto& response : definition.at("responses").as_array()) {
      kit::json::array options;
      for (const auto& option : response.at("options").as_array())
        options.push_back({{"value", option.at("value")}, {"text", "made up"}});
      responses.push_back({{"response", response.at("id")}, {"options", options}});
    }
    kit::json::object pack = {{"instrument", "wai-sr-c"},
                              {"language", "en"},
                              {"title", "A questionnaire"},
                              {"items", items},
                              {"responses", responses},
                              {"source", "made up for a test"},
                              {"licence",
                               {{"holder", "the holder"},
                                {"terms", "a licence is needed"},
                                {"text_may_ship", false},
                                {"provenance", {{"certainty", "own"}, {"source", "a test"}}}}}};
    if (!record.empty()) pack["record"] = kit::json::parse(record);
    std::ofstream((folder_ / "defs") + "/content/wai-sr-c.en.json") << kit::json::serialize(pack);
    begin();
  }
  kit::json::value content(const std::string& target) {
    const auto said = get(target, "anna");
    EXPECT_EQ(said.status, 200) << said.body;
    return read(said);
  }
};

TEST_F(Words, ComeInTheLanguageThatFitsWithWhatTheDeployerSays) {
  const auto said = content("/instruments/alliance-pulse-client/content?language=zh,en");
  EXPECT_TRUE(said.at("shown").as_bool());
  EXPECT_EQ(said.at("state").as_string(), "free");
  EXPECT_EQ(said.at("language").as_string(), "zh-Hans");
  EXPECT_EQ(said.at("pack").at("language").as_string(), "zh-Hans");
  EXPECT_EQ(said.at("definition").at("id").as_string(), "alliance-pulse-client");
  EXPECT_EQ(said.at("deployment").at("crisis").as_string(), "请拨打电话。");
  EXPECT_EQ(content("/instruments/phq-9/content?language=fr").at("language").as_string(), "en");
  EXPECT_EQ(content("/instruments/phq-9/content").at("deployment").at("contacts").at(0).at("href").as_string(),
            "tel:111");
  EXPECT_EQ(get("/instruments/none/content", "anna").status, 404);
}

TEST_F(Words, OfARestrictedInstrumentAreShownOnlyWithTheLicenseesPackAndRecord) {
  auto said = content("/instruments/wai-sr-c/content");
  EXPECT_EQ(said.at("state").as_string(), "no_pack") << kit::json::serialize(said);
  EXPECT_FALSE(said.at("shown").as_bool());
  EXPECT_FALSE(said.as_object().contains("pack"));
  EXPECT_NE(said.at("why").as_string().find("Horvath"), std::string::npos);

  licensee("");
  said = content("/instruments/wai-sr-c/content");
  EXPECT_EQ(said.at("state").as_string(), "no_record") << log();
  EXPECT_FALSE(said.as_object().contains("pack"));

  licensee(R"({"holder":"the clinic","scope":"routine care","expires":"2026-02-01"})");
  said = content("/instruments/wai-sr-c/content");
  EXPECT_EQ(said.at("state").as_string(), "expired") << log();
  EXPECT_FALSE(said.as_object().contains("pack"));

  licensee(R"({"holder":"the clinic","scope":"routine care","expires":"2026-12-31"})");
  said = content("/instruments/wai-sr-c/content");
  EXPECT_EQ(said.at("state").as_string(), "licensed") << log();
  EXPECT_EQ(said.at("pack").at("record").at("holder").as_string(), "the clinic");

  licensee(R"({"holder":"the clinic","scope":"routine care","expires":"next year"})");
  EXPECT_NE(log().find("give the last day as 2027-12-31, or never"), std::string::npos) << log();
}

}  // namespace

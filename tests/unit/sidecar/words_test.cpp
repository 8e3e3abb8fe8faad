// SPDX-License-Identifier: Apache-2.0
// What is said in other languages: data, recognised by its English words.
#include <filesystem>

#include "kit.h"

namespace {

using alliance::sidecar::AllWords;

AllWords spoken(const std::string& text) {
  AllWords all;
  const auto fine = all.add(text);
  EXPECT_TRUE(fine) << (fine ? "" : fine.error().message);
  return all;
}

std::string refused(const std::string& text) {
  AllWords all;
  const auto fine = all.add(text);
  EXPECT_FALSE(fine) << text;
  return fine ? "" : fine.error().message;
}

TEST(WordsOfLanguages, ASentenceIsFoundWholeOrWithItsPlacesFilledWhichAreTranslatedThemselves) {
  const auto all = spoken(R"({"words":[{"en":"client","de":"Klient"},{"en":"{} of {}","de":"{} von {}"}],
      "sentences":[{"en":"{} of the {} fell","de":"Beim {1} fiel {0}"},{"en":"It was held.","de":"Sie fand statt."},
                   {"en":"proposed on {}: {}; {}","de":"am {} vorgeschlagen: {}; {}"},
                   {"en":"shown on {}, {}","de":"am {} gezeigt, {}"},{"en":"not decided yet","de":"noch offen"}]})");
  const auto& words = all.in("de");
  EXPECT_EQ(words("It was held."), "Sie fand statt.");
  EXPECT_EQ(words.said("It was held."), "Sie fand statt.");
  EXPECT_EQ(words.said("trust of the client fell"), "Beim Klient fiel trust");
  EXPECT_EQ(words.said("proposed on 1 May: x; shown on 2 May, not decided yet"),
            "am 1 May vorgeschlagen: x; am 2 May gezeigt, noch offen");
  EXPECT_EQ(words("{} of {}", {"3", "4"}), "3 von 4");
  EXPECT_EQ(words.said("3 of 4"), "") << "words of a page are no sentence of somebody else";
  EXPECT_EQ(words.said(" of the client fell"), "") << "an empty place is none";
  EXPECT_EQ(words("unknown"), "unknown");
  EXPECT_EQ(words.said("unknown"), "");
  EXPECT_EQ(words("{} and {}", {"{}", "b"}), "{} and b") << "what fills a place is no place";
}

TEST(WordsOfLanguages, TheNarrowerSentenceIsTakenAndTheFirstThatWasSaidStands) {
  auto all = spoken(R"({"sentences":[{"en":"{} is here","de":"A {}"},{"en":"{} is here again","de":"B {}"}]})");
  ASSERT_TRUE(all.add(R"({"sentences":[{"en":"{} is here","de":"C {}"}]})"));
  EXPECT_EQ(all.in("de").said("it is here again"), "B it");
  EXPECT_EQ(all.in("de").said("it is here"), "A it");
  EXPECT_EQ(all.in("fr").said("it is here"), "");
  EXPECT_TRUE(all.in("fr").english());
}

TEST(WordsOfLanguages, WhatIsAtFaultIsNamedByItsPlace) {
  EXPECT_NE(refused("no JSON").find("is no JSON"), std::string::npos);
  EXPECT_NE(refused(R"({"phrases":[]})").find("/phrases"), std::string::npos);
  EXPECT_NE(refused(R"({"words":[{"de":"x"}]})").find("/words/0: en"), std::string::npos);
  EXPECT_NE(refused(R"({"words":[{"en":"x","de":1}]})").find("/words/0/de"), std::string::npos);
  EXPECT_NE(refused(R"({"sentences":[{"en":"a","de":"a"},{"en":"{} went","de":"ging"}]})").find("/sentences/1"),
            std::string::npos)
      << "a place was lost";
  EXPECT_NE(refused(R"({"sentences":[{"en":"{}","de":"{}"}]})").find("/sentences/0"), std::string::npos)
      << "it would be any sentence";
}

TEST(WordsOfLanguages, PluginsBringTheirOwnAndABadFileIsNamedAndLeftOut) {
  const alliance::test::TemporaryFolder folder("words");
  for (const char* plugin : {"good", "bad", "none"}) std::filesystem::create_directories(folder / plugin);
  std::ofstream((folder / "good") + "/words.json") << R"({"sentences":[{"en":"Ask.","de":"Fragen."}]})";
  std::ofstream((folder / "bad") + "/words.json") << "{";
  AllWords all;
  const auto faults = all.add_folders(folder / "");
  ASSERT_EQ(faults.size(), 1u);
  EXPECT_NE(faults.front().find("bad/words.json"), std::string::npos);
  EXPECT_EQ(all.in("de").said("Ask."), "Fragen.");
  EXPECT_EQ(all.languages(), (std::vector<std::string>{"en", "de"}));
}

// Every text of the rules and questions that ship is there in Chinese.
TEST(WordsOfLanguages, WhatTheShippedPoliciesSayIsThereInChinese) {
  AllWords all;
  ASSERT_TRUE(all.add_folders(ALLIANCE_PLUGIN_DIR).empty());
  const auto& words = all.in("zh-Hans");
  const std::string plugins = std::string(ALLIANCE_SOURCE_DIR) + "/plugins/tailoring/";
  const auto rules = kit::json::parse(kit::text_of_file(plugins + "data/rules.json"));
  const auto known = [&](const kit::json::value& text) {
    EXPECT_NE(words.said(std::string_view(text.as_string())), "") << text;
  };
  for (const auto& rule : rules.at("rules").as_array()) {
    known(rule.at("action").at("text"));
    if (const auto* considered = rule.as_object().if_contains("considered")) {
      for (const auto& one : considered->as_array()) known(one.at("why_not"));
    }
  }
  const auto review = kit::json::parse(kit::text_of_file(plugins + "stepped-data/review.json"));
  for (const auto& one : review.at("questions").as_array()) known(one.at("text"));
}

class Said : public kit::Sidecar {};

TEST_F(Said, BesideAnAnswerStandsWhatItsSentencesAreInTheLanguageThatWasAskedFor) {
  open_case("c", "p1");
  const auto plain = read(get("/cases/c/review", "practitioner", "p1"));
  EXPECT_EQ(plain.as_object().count("said"), 0u);
  const auto english = read(get("/cases/c/review?language=en-GB", "practitioner", "p1"));
  EXPECT_EQ(english.as_object().count("said"), 0u);
  auto answer = read(get("/cases/c/review?language=zh-CN,en", "practitioner", "p1"));
  const auto said = answer.at("said");
  EXPECT_EQ(said.at("language").as_string(), "zh-Hans");
  EXPECT_EQ(said.at("words").at("more time to deliver treatment").as_string(), "有更多时间提供治疗");
  // The indicators, their units and what can be done: no sentence of ours is left in English.
  std::string missing;
  for (const auto& row : answer.at("factors").as_array()) {
    for (const auto& one : row.at("indicators").as_array()) {
      for (const char* name : {"title", "unit", "text"}) {
        const auto* text = one.as_object().if_contains(name);
        if (text == nullptr || text->as_string().empty() || text->as_string() == "%") continue;
        if (said.at("words").as_object().count(text->as_string()) == 0)
          missing += std::string(text->as_string()) + "\n";
      }
    }
    for (const auto& one : row.at("actions").as_array()) {
      if (said.at("words").as_object().count(one.as_string()) == 0) missing += std::string(one.as_string()) + "\n";
    }
  }
  EXPECT_EQ(missing, "");
  EXPECT_NE(said.at("words").as_object().count(answer.at("note").as_string()), 0u);
  answer.as_object().erase("said");
  EXPECT_EQ(answer, plain) << "the answer itself is the same";
}

}  // namespace

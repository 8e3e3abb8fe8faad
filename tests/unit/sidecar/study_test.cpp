// SPDX-License-Identifier: Apache-2.0
// What a study is given, and what a blinded one is not.
#include "kit.h"

using kit::two_answers;

namespace {

class StudyWithoutAKey : public kit::Sidecar {};

TEST_F(StudyWithoutAKey, IsForResearchersAloneUnderPseudonymsAndOnlyWhereThereIsAKey) {
  EXPECT_EQ(get("/study", "researcher", "r-1").status, 409);
  EXPECT_EQ(get("/study", "service", "m").status, 403);
}

class Study : public kit::Sidecar {
  void settle(alliance::sidecar::Settings& settings) override { settings.tenants[0].study_key = "0123456789abcdef"; }
};

TEST_F(Study, HoldsTheSheetsOfThoseWhoConsentedAndNoId) {
  for (const char* who : {"anna", "ben"}) {
    open_case(who, "p-7");
    ASSERT_EQ(post("/cases/" + std::string(who) + "/answers", "client", two_answers, who).status, 201);
  }
  ASSERT_EQ(post("/events", "client", event("c", "anna", "ConsentGiven", R"({"scope":"research"})"), "anna").status,
            201);
  const auto said = get("/study", "researcher", "r-1");
  ASSERT_EQ(said.status, 200) << said.body;
  EXPECT_EQ(read(said).at("cases").as_array().size(), 1u) << said.body;
  for (const char* name : {"anna", "ben", "p-7"}) EXPECT_EQ(said.body.find(name), std::string::npos) << said.body;
  EXPECT_EQ(get("/study", "service", "m").status, 403);
}

class BlindedStudy : public kit::Sidecar {
 protected:
  void settle(alliance::sidecar::Settings& settings) override {
    settings.tenants[0].study_key = "0123456789abcdef";
    settings.tenants[0].study_blinded = blinded_;
  }
  // Two cases in two arms, which scored 3 and 5.
  void fill() {
    for (const auto& [who, arm, first] :
         {std::tuple{"anna", "with-pictures", 2}, std::tuple{"ben", "without-them", 4}}) {
      open_case(who, "p-7");
      const std::string allocated = R"({"arm":")" + std::string(arm) + R"(","site":"east","protocol_version":"1.3"})";
      for (const auto& [kind, body] :
           {std::pair{"ConsentGiven", std::string(R"({"scope":"research"})")}, std::pair{"Allocated", allocated},
            std::pair{"SessionHeld", std::string(R"({"session":1,"minutes":50})")}}) {
        ASSERT_EQ(post("/events", "service", event(std::string(who) + kind, who, kind, body)).status, 201);
      }
      const std::string sheet = R"({"instrument":"gad-7","answers":[{"item":"1","value":)" + std::to_string(first / 2) +
                                R"(},{"item":"2","value":3,"milliseconds":4321}]})";
      ASSERT_EQ(post("/cases/" + std::string(who) + "/answers", "client", sheet, who).status, 201);
    }
  }
  bool blinded_ = true;
};
class OpenStudy : public BlindedStudy {
 protected:
  OpenStudy() { blinded_ = false; }
};

TEST_F(BlindedStudy, HoldsNoOutcomeAndOfNoCaseItsArm) {
  fill();
  const auto extract = get("/study", "researcher", "r-1"), overview = get("/study/overview", "researcher", "r-1");
  ASSERT_EQ(extract.status, 200) << extract.body;
  ASSERT_EQ(overview.status, 200) << overview.body;
  EXPECT_TRUE(read(extract).at("blinded").as_bool());
  ASSERT_EQ(read(extract).at("cases").as_array().size(), 2u);
  const auto taken = read(extract);
  for (const auto& one : taken.at("cases").as_array()) {
    ASSERT_EQ(one.at("sheets").as_array().size(), 1u);
    const auto& sheet = one.at("sheets").at(0).as_object();
    EXPECT_FALSE(sheet.contains("scored"));
    EXPECT_TRUE(sheet.at("given").at("answers").as_array().empty()) << extract.body;
    EXPECT_EQ(sheet.at("given").at("instrument").as_string(), "gad-7");
  }
  for (const auto* outcome : {"value", "milliseconds", "band", "scores", "with-pictures", "without-them", "blended"}) {
    EXPECT_EQ(extract.body.find(outcome), std::string::npos) << outcome << " in " << extract.body;
  }
  for (const auto* outcome : {"value", "score\"", "scores", "band", "answers\"", "anna", "p-7"}) {
    EXPECT_EQ(overview.body.find(outcome), std::string::npos) << outcome << " in " << overview.body;
  }
  const auto arms = read(overview).at("arms").as_array();
  ASSERT_EQ(arms.size(), 2u);
  EXPECT_EQ(arms[0].at("arm").as_string(), "with-pictures");
  EXPECT_EQ(arms[0].at("cases").to_number<int>(), 1);
  EXPECT_EQ(read(overview).at("protocols").at(0).at("name").as_string(), "1.3");
}

TEST_F(OpenStudy, HoldsAnswersAndScoresOnceItIsNotBlindedAndItsOverviewStillNone) {
  fill();
  const auto extract = get("/study", "researcher", "r-1"), overview = get("/study/overview", "researcher", "r-1");
  ASSERT_EQ(extract.status, 200) << extract.body;
  EXPECT_FALSE(read(extract).at("blinded").as_bool());
  for (const auto* outcome : {"value", "milliseconds", "with-pictures", "without-them"}) {
    EXPECT_NE(extract.body.find(outcome), std::string::npos) << outcome << " in " << extract.body;
  }
  for (const auto* outcome : {"value", "scores", "band"}) {
    EXPECT_EQ(overview.body.find(outcome), std::string::npos) << outcome << " in " << overview.body;
  }
  EXPECT_FALSE(read(overview).at("blinded").as_bool());
}

TEST_F(OpenStudy, FreezesWhatIsInForceAndIsForResearchersAlone) {
  fill();
  const auto freeze = [&] {
    return std::string(read(get("/study/overview", "researcher", "r-1")).at("freeze").as_string());
  };
  const auto before = freeze();
  EXPECT_EQ(before.size(), 64u);
  ASSERT_EQ(post("/cases/ben/answers", "client", two_answers, "ben").status, 201);
  EXPECT_NE(freeze(), before) << "another instrument is part of it now";
  for (const char* role : {"client", "practitioner", "supervisor", "service"}) {
    EXPECT_EQ(get("/study/overview", role, "x").status, 403) << role;
  }
}

}  // namespace

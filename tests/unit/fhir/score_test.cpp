// SPDX-License-Identifier: Apache-2.0
// An instrument's answers in FHIR: read by code or value, and written as Observations.
#include "fhir/observation.h"
#include "fhir/values.h"
#include "resources.h"

using namespace fhir_test;
using alliance::Score;

namespace {

const alliance_missing none{sizeof(alliance_missing), ALLIANCE_MISSING_NONE, 0, 0};

std::vector<double> values_of(const std::string& items, const Form& form) {
  const auto said = checked(answers(items), form);
  EXPECT_TRUE(said.valid()) << found(said);
  return said.values;
}
std::string absent(const std::string& reason) {
  return R"("extension":[{"url":"http://hl7.org/fhir/StructureDefinition/data-absent-reason","valueCode":")" + reason +
         "\"}]";
}

TEST(FhirScore, AnItemAnswersToItsIdAndItsCodes) {
  const Form form = form_of_shipped("phq-9");
  for (const char* link : {"3", "44259-0", "/44259-0", "/44249-1/44259-0"}) {
    EXPECT_EQ(values_of(item(link, R"("valueInteger":2)"), form).at(2), 2) << link;
  }
}

TEST(FhirScore, AnswersAreMatchedByCodeOrValueNeverByPlaceOrLabel) {
  const Form form = form_of_shipped("phq-9");
  const std::string weighted = R"("valueCoding":{"system":"urn:x","code":"b","extension":[{"url":)"
                               R"("http://hl7.org/fhir/StructureDefinition/ordinalValue","valueDecimal":2}]})";
  for (const std::string& two :
       {coding("LA6570-1"), std::string(R"("valueInteger":2)"), std::string(R"("valueDecimal":2.0)"), weighted,
        std::string(R"("valueCoding":{"system":"urn:alliance-sdk:answer-value","code":"2"})"),
        std::string(R"("valueQuantity":{"value":2,"unit":"{score}"})")}) {
    EXPECT_EQ(values_of(item("1", two), form).at(0), 2) << two;
  }
  for (const std::string& bad :
       {coding("2", "urn:x"), std::string(R"("valueCoding":{"display":"More than half the days"})"),
        std::string(R"("valueInteger":4)"), std::string(R"("valueDecimal":1.5)"),
        std::string(R"("valueQuantity":{"value":2,"unit":"mm"})")}) {
    EXPECT_FALSE(checked(answers(item("1", bad)), form).valid()) << bad;
  }
  const std::string conflict = R"("valueCoding":{"system":"http://loinc.org","code":"LA6570-1","extension":[{"url":)"
                               R"("http://hl7.org/fhir/StructureDefinition/ordinalValue","valueDecimal":3}]})";
  EXPECT_EQ(found(answers(item("1", conflict)), form), "option QuestionnaireResponse.item[0].answer[0].valueCoding\n");
}

TEST(FhirScore, ACodeCountsInItsOwnSystemAlone) {
  const Form form = form_of_shipped("phq-9");
  for (const char* own : {"http://loinc.org", "urn:oid:2.16.840.1.113883.6.1"}) {
    EXPECT_EQ(values_of(item("1", coding("LA6570-1", own)), form).at(0), 2) << own;
  }
  EXPECT_EQ(values_of(item("1", R"("valueCoding":{"code":"LA6570-1"})"), form).at(0), 2) << "no system: as it was";
  EXPECT_EQ(found(answers(item("1", coding("LA6570-1", "urn:other"))), form),
            "option QuestionnaireResponse.item[0].answer[0].valueCoding\n");
  const std::string with_display = R"("valueCoding":{"system":"urn:other","code":"LA6570-1","display":"d"})";
  EXPECT_FALSE(checked(answers(item("1", with_display)), form).valid());
}

TEST(FhirScore, WhyThereIsNoAnswerIsKept) {
  const Form form = form_of_shipped("phq-9");
  const auto said = checked(answers(R"({"linkId":"1",)" + absent("asked-declined") + R"(},{"linkId":"2","answer":[{)" +
                                    absent("not-asked") + R"(}]},{"linkId":"3","answer":[{"_valueInteger":{)" +
                                    absent("not-applicable") + R"(}}]},{"linkId":"4",)" + absent("unknown") + "}"),
                            form);
  EXPECT_TRUE(said.valid()) << found(said);
  EXPECT_EQ(said.states, (std::vector<std::uint8_t>{ALLIANCE_REFUSED, ALLIANCE_NOT_PRESENTED, ALLIANCE_NOT_APPLICABLE,
                                                    ALLIANCE_SKIPPED, ALLIANCE_SKIPPED, ALLIANCE_SKIPPED,
                                                    ALLIANCE_SKIPPED, ALLIANCE_SKIPPED, ALLIANCE_SKIPPED}));
}

TEST(FhirScore, UnknownAndDoubledItemsAreErrors) {
  const Form form = form_of_shipped("phq-9");
  const std::string one = R"("valueInteger":1)";
  EXPECT_EQ(found(answers(item("1", one) + "," + item("44250-9", one)), form),
            "repeats QuestionnaireResponse.item[1]\n");
  EXPECT_EQ(found(answers(item("42", one)), form), "unknown-link-id QuestionnaireResponse.item[0]\n");
  EXPECT_EQ(found(answers(R"({"linkId":"g","item":[)" + item("1", one) + "]}"), form), "") << "groups are no matter";
  EXPECT_EQ(found(answers(R"({"linkId":"1","answer":[{"valueInteger":1,"item":[)" + item("2", one) + "]}]}"), form),
            "nesting QuestionnaireResponse.item[0].answer[0].item[0]\n");
}

// Most items are looked at once and go a short way: nothing is missed on it.
TEST(FhirScore, WhatIsAmissWithAPlainAnswerIsFound) {
  const Form form = form_of_shipped("phq-9");
  const auto with = [](const std::string& beside, const std::string& coding, const std::string& behind = "") {
    return R"({"linkId":"1",)" + beside + R"("answer":[{"valueCoding":{)" + coding + "}}" + behind + "]}";
  };
  const std::string two = R"("system":"urn:alliance-sdk:answer-value","code":"2")",
                    place = "QuestionnaireResponse.item[0]";
  for (const char* beside : {"", R"("text":"a question",)", R"("id":"i1",)", R"("definition":"urn:x",)"}) {
    EXPECT_EQ(values_of(with(beside, two), form).at(0), 2) << beside;
    EXPECT_EQ(values_of(with(beside, two + R"(,"display":"d")"), form).at(0), 2) << beside;
    EXPECT_EQ(values_of(with(beside, R"("code":"2","system":"urn:alliance-sdk:answer-value")"), form).at(0), 2);
  }
  EXPECT_EQ(found(answers(with(R"("text":"",)", two)), form), "empty " + place + ".text\n");
  EXPECT_EQ(found(answers(with(R"("colour":"red",)", two)), form), "unknown-member " + place + ".colour\n");
  EXPECT_EQ(found(answers(with(R"("linkId":"1",)", two)), form), "unknown-member " + place + ".linkId\n");
  EXPECT_EQ(found(answers(with("", two + R"(,"display":"")")), form),
            "empty " + place + ".answer[0].valueCoding.display\n");
  EXPECT_EQ(found(answers(with("", R"("system":"urn:alliance-sdk:answer-value","code":"4")")), form),
            "option " + place + ".answer[0].valueCoding\n");
  EXPECT_EQ(found(answers(with("", two, R"(,{"valueInteger":2})")), form), "repeats " + place + ".answer\n");
  EXPECT_EQ(found(answers(with("", two) + "," + with("", two)), form), "repeats QuestionnaireResponse.item[1]\n");
}

TEST(FhirScore, LinkIdsCanBeNamedInTheOrderOfTheItems) {
  const auto definition = shipped("gad-7");
  const auto form = form_of(definition, {"a", "b", "c", "d", "e", "f", "g"});
  ASSERT_TRUE(form.has_value());
  EXPECT_EQ(values_of(item("c", R"("valueInteger":3)"), *form).at(2), 3);
  EXPECT_FALSE(form_of(definition, {"a", "b"}).has_value());
  EXPECT_FALSE(form_of(definition, {"a", "a", "c", "d", "e", "f", "g"}).has_value());
}

// The answers of HL7's example of a PHQ-9 response, which states 13 for items that sum to 10.
const std::string misstated = item("1", R"("valueInteger":0)") + "," + item("2", R"("valueInteger":0)") + "," +
                              item("3", R"("valueInteger":0)") + "," + item("4", R"("valueInteger":1)") + "," +
                              item("5", R"("valueInteger":2)") + "," + item("6", R"("valueInteger":1)") + "," +
                              item("7", R"("valueInteger":3)") + "," + item("8", R"("valueInteger":2)") + "," +
                              item("9", R"("valueInteger":1)");

struct Written {
  std::string id, json;
};
std::vector<Written> observations(const std::string& text, const std::string& instrument,
                                  const std::vector<Score>& scores, const alliance_missing& missing = none) {
  const auto definition = shipped(instrument);
  Reader reader;
  const auto parsed = reader.parse(text);
  const auto said = check(**parsed, *form_of(definition));
  EXPECT_TRUE(said.valid()) << found(said);
  std::vector<Written> written;
  const auto done = ObservationWriter(definition, missing)
                        .write(**parsed, Place{}, said, scores, {[&](std::string_view id, std::string_view json) {
                          written.push_back({std::string(id), std::string(json)});
                        }});
  EXPECT_TRUE(done.has_value()) << (done ? "" : done.error().message);
  return written;
}
bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

TEST(FhirScore, AStatedTotalIsHeldAgainstTheItems) {
  const auto definition = shipped("phq-9");
  const Score ten{10, ALLIANCE_SCORED, 9, 2};
  for (const char* link : {"44261-6", "/44261-6", "total"}) {
    const auto said = checked(answers(misstated + "," + item(link, R"("valueDecimal":13)")), *form_of(definition));
    ASSERT_TRUE(said.valid()) << found(said);
    EXPECT_EQ(said.stated.at(0), 13);
    EXPECT_EQ(stated_otherwise(definition, said, {&ten, 1}), (std::vector<std::string>{"total"}));
  }
  const auto right = checked(answers(misstated + "," + item("total", R"("valueInteger":10)")), *form_of(definition));
  EXPECT_TRUE(stated_otherwise(definition, right, {&ten, 1}).empty());
  const auto written = observations(answers(misstated + "," + item("total", R"("valueDecimal":13)")), "phq-9", {ten});
  EXPECT_TRUE(has(written.at(0).json, R"("valueQuantity":{"value":10,)")) << written[0].json;
  EXPECT_TRUE(has(written.at(0).json, R"({"url":"statedScore","valueDecimal":13})"));

  Reader reader;
  const auto parsed = reader.parse(
      R"({"resourceType":"Observation","code":{"coding":[{"system":"http://loinc.org","code":"44261-6"}]},)"
      R"("valueInteger":13,"derivedFrom":[{"reference":"QuestionnaireResponse/r"}]})");
  const auto stated = stated_in(**parsed, definition);
  ASSERT_EQ(stated.size(), 1u);
  EXPECT_EQ(stated[0].value, 13);
  EXPECT_EQ(stated[0].derived_from, (std::vector<std::string>{"QuestionnaireResponse/r"}));
}

TEST(FhirScore, AnObservationSaysWhatItIsAndWhereItComesFrom) {
  const std::string text = response(R"("id":"r1","status":"completed","authored":"2026-11-24T09:00:00Z",)"
                                    R"("subject":{"reference":"Patient/p1","display":"A Name"},)"
                                    R"("encounter":{"reference":"Encounter/e1"},"item":[)" +
                                    misstated + "]");
  const auto written = observations(text, "phq-9", {{10, ALLIANCE_SCORED, 9, 2}});
  ASSERT_EQ(written.size(), 1u);
  const std::string& json = written[0].json;
  for (const char* part :
       {R"("status":"final")", R"({"system":"http://loinc.org","code":"44261-6"})",
        R"({"system":"urn:alliance-sdk:scale","code":"phq-9/total"})", R"("subject":{"reference":"Patient/p1"})",
        R"("encounter":{"reference":"Encounter/e1"})", R"("effectiveDateTime":"2026-11-24T09:00:00Z")",
        R"("code":"phq-9/total/moderate")", R"("derivedFrom":[{"reference":"QuestionnaireResponse/r1"}])",
        R"({"url":"version","valueString":"1.0.0"})", R"({"url":"missingRule","valueString":"none"})",
        R"({"url":"item","valueString":"9"},{"url":"state","valueCode":"raised"})"}) {
    EXPECT_TRUE(has(json, part)) << part << "\n" << json;
  }
  EXPECT_FALSE(has(json, "A Name")) << "a reference's display may be a name";
  EXPECT_EQ(written[0].id.size(), 36u);
  EXPECT_EQ(observations(text, "phq-9", {{10, ALLIANCE_SCORED, 9, 2}}).at(0).id, written[0].id) << "the same each time";
}

TEST(FhirScore, WithoutAScoreThereIsAReason) {
  const auto of = [](const std::string& items) {
    return observations(answers(items), "phq-9", {{0, ALLIANCE_NOT_SCORABLE, 0, ALLIANCE_NO_BAND}}).at(0).json;
  };
  EXPECT_TRUE(has(of(item("1", R"("valueInteger":1)")), R"("code":"unknown")"));
  std::string declined;
  for (int i = 1; i <= 9; ++i) {
    declined += (i == 1 ? "" : ",") + std::string(R"({"linkId":")") + std::to_string(i) + "\"," +
                absent("asked-declined") + "}";
  }
  EXPECT_TRUE(has(of(declined), R"("code":"asked-declined")"));
  EXPECT_TRUE(has(of(declined), R"({"url":"state","valueCode":"unknown"})")) << "a refused safety item is not known";
  EXPECT_FALSE(has(of(declined), "valueQuantity"));
}

TEST(FhirScore, AResponseWithoutIdIsKnownByItsIdentifierOrItsHash) {
  const std::vector<Score> ten = {{10, ALLIANCE_SCORED, 9, 2}};
  const auto named = observations(
      response(R"("status":"completed","identifier":{"system":"urn:s","value":"v"},"item":[)" + misstated + "]"),
      "phq-9", ten);
  EXPECT_TRUE(has(named.at(0).json,
                  R"("derivedFrom":[{"type":"QuestionnaireResponse","identifier":{"system":"urn:s","value":"v"}}])"));
  const auto hashed = observations(answers(misstated), "phq-9", ten);
  EXPECT_TRUE(has(hashed.at(0).json, "urn:alliance-sdk:response-sha256"));
  EXPECT_NE(hashed[0].id, named[0].id);
}

TEST(FhirScore, TheResponsesStatusIsCarried) {
  const std::vector<Score> ten = {{10, ALLIANCE_SCORED, 9, 2}};
  const auto with = [&](const std::string& status) {
    return observations(response("\"status\":\"" + status + R"(","item":[)" + misstated + "]"), "phq-9", ten)
        .at(0)
        .json;
  };
  EXPECT_TRUE(has(with("amended"), R"("status":"amended")"));
  EXPECT_TRUE(has(with("in-progress"), R"("status":"preliminary")"));
  const auto definition = shipped("phq-9");
  Reader reader;
  const auto parsed = reader.parse(response(R"("status":"entered-in-error")"));
  const auto said = check(**parsed, *form_of(definition));
  EXPECT_FALSE(ObservationWriter(definition, none).write(**parsed, {}, said, ten, {[](auto, auto) {}}).has_value());
}

TEST(FhirScore, ProratingIsSaid) {
  const alliance_missing two{sizeof(alliance_missing), ALLIANCE_MISSING_PRORATE, 2, 0};
  const auto json =
      observations(answers(item("1", R"("valueInteger":1)")), "phq-9", {{14.625, ALLIANCE_PRORATED, 8, 2}}, two)
          .at(0)
          .json;
  EXPECT_TRUE(has(json, R"({"url":"missingRule","valueString":"prorate:2"})"));
  EXPECT_TRUE(has(json, R"({"url":"prorated","valueBoolean":true})"));
  EXPECT_TRUE(has(json, R"("value":14.625,)"));
}

}  // namespace

// SPDX-License-Identifier: Apache-2.0
// A response held against a Questionnaire: every rule, alone.
#include "resources.h"

using namespace fhir_test;

namespace {

const std::string colours =
    R"("answerOption":[{"valueCoding":{"system":"urn:c","code":"red"}},{"valueCoding":{"system":"urn:c","code":"blue"}},)"
    R"({"valueCoding":{"system":"urn:c","code":"none"},"extension":[{"url":)"
    R"("http://hl7.org/fhir/StructureDefinition/questionnaire-optionExclusive","valueBoolean":true}]}])";

std::string number_range(const std::string& low, const std::string& high) {
  return R"("extension":[{"url":"http://hl7.org/fhir/StructureDefinition/minValue",)" + low +
         R"(},{"url":"http://hl7.org/fhir/StructureDefinition/maxValue",)" + high + "}]";
}

Form questions(const std::string& items) {
  return form(R"({"resourceType":"Questionnaire","url":"urn:q","status":"active","item":[)" + items + "]}");
}
std::string question(const std::string& link, const std::string& type, const std::string& more = "") {
  return R"({"linkId":")" + link + R"(","type":")" + type + "\"" + (more.empty() ? "" : "," + more) + "}";
}

TEST(FhirValidate, AGoodResponseHasNoFinding) {
  const Form form = questions(question("a", "choice", colours) + "," + question("n", "integer") + "," +
                              question("g", "group", R"("item":[)" + question("s", "string") + "]"));
  EXPECT_EQ(found(answers(item("a", coding("red", "urn:c")) + "," + item("n", R"("valueInteger":3)") + "," +
                          R"({"linkId":"g","item":[)" + item("s", R"("valueString":"x")") + "]}"),
                  form),
            "");
}

TEST(FhirValidate, StatusMustBeThereAndKnown) {
  const Form form = questions(question("a", "integer"));
  EXPECT_EQ(found(response(R"("id":"x")"), form), "status QuestionnaireResponse\n");
  EXPECT_EQ(found(response(R"("status":"finished")"), form), "status QuestionnaireResponse.status\n");
  EXPECT_EQ(found(R"({"resourceType":"Patient","status":"completed"})", form), "resource QuestionnaireResponse\n");
}

TEST(FhirValidate, AnUnknownLinkIdIsNamedWithThoseThatExist) {
  const Form form = questions(question("a", "integer") + "," + question("b", "integer"));
  const auto said = checked(answers(item("c", R"("valueInteger":1)")), form);
  EXPECT_EQ(found(said), "unknown-link-id QuestionnaireResponse.item[0]\n");
  EXPECT_NE(said.findings[0].sentence.find("\"c\" is none of urn:q's (a, b)"), std::string::npos)
      << said.findings[0].sentence;
  EXPECT_EQ(found(answers(R"({"answer":[{"valueInteger":1}]})"), form), "link-id QuestionnaireResponse.item[0]\n");
}

TEST(FhirValidate, ItemsStandWhereTheFormHasThem) {
  const Form form = questions(question("g", "group", R"("item":[)" + question("a", "integer") + "]") + "," +
                              question("q", "integer", R"("item":[)" + question("under", "integer") + "]"));
  const std::string one = R"("valueInteger":1)";
  EXPECT_EQ(found(answers(item("a", one)), form), "nesting QuestionnaireResponse.item[0]\n");
  EXPECT_EQ(found(answers(R"({"linkId":"g","item":[)" + item("q", one) + "]}"), form),
            "nesting QuestionnaireResponse.item[0].item[0]\n");
  EXPECT_EQ(found(answers(R"({"linkId":"q","answer":[{"valueInteger":1,"item":[)" + item("under", one) + "]}]}"), form),
            "");
  EXPECT_EQ(found(answers(R"({"linkId":"q","item":[)" + item("under", one) + "]}"), form),
            "nesting QuestionnaireResponse.item[0].item[0]\n");
  EXPECT_EQ(found(answers(R"({"linkId":"q","answer":[{"valueInteger":1}],"item":[)" + item("under", one) + "]}"), form),
            "qrs-1 QuestionnaireResponse.item[0]\nnesting QuestionnaireResponse.item[0].item[0]\n");
}

TEST(FhirValidate, RequiredHoldsOnceTheResponseIsComplete) {
  const Form form =
      questions(question("a", "integer", R"("required":true)") + "," +
                question("g", "group", R"("item":[)" + question("b", "integer", R"("required":true)") + "]"));
  EXPECT_EQ(found(response(R"("status":"completed")"), form), "required QuestionnaireResponse\n");
  EXPECT_EQ(found(response(R"("status":"in-progress")"), form), "");
  EXPECT_EQ(found(answers(item("a", R"("valueInteger":1)") + R"(,{"linkId":"g"})"), form),
            "required QuestionnaireResponse.item[1]\n");
  EXPECT_EQ(
      found(
          answers(
              R"({"linkId":"a","extension":[{"url":"http://hl7.org/fhir/StructureDefinition/data-absent-reason","valueCode":"asked-declined"}]})"),
          form),
      "");
}

TEST(FhirValidate, TheTypeIsThatOfTheQuestion) {
  const Form form = questions(question("a", "integer") + "," + question("d", "decimal") + "," + question("t", "date") +
                              "," + question("s", "string") + "," + question("b", "boolean"));
  EXPECT_EQ(found(answers(item("a", R"("valueDecimal":1.5)")), form),
            "type QuestionnaireResponse.item[0].answer[0].valueDecimal\n");
  EXPECT_EQ(found(answers(item("a", R"("valueInteger":3.5)")), form),
            "type QuestionnaireResponse.item[0].answer[0].valueInteger\n");
  EXPECT_EQ(found(answers(item("a", R"("valueInteger":"3")")), form),
            "type QuestionnaireResponse.item[0].answer[0].valueInteger\n");
  EXPECT_EQ(found(answers(item("a", R"("valueInteger":3000000000)")), form),
            "type QuestionnaireResponse.item[0].answer[0].valueInteger\n");
  EXPECT_EQ(found(answers(item("d", R"("valueDecimal":3)")), form), "");
  EXPECT_EQ(found(answers(item("t", R"("valueDate":"2026-02-30")")), form),
            "type QuestionnaireResponse.item[0].answer[0].valueDate\n");
  EXPECT_EQ(found(answers(item("b", R"("valueBoolean":"true")")), form),
            "type QuestionnaireResponse.item[0].answer[0].valueBoolean\n");
  EXPECT_EQ(found(answers(item("b", R"("valueBanana":1)")), form),
            "type QuestionnaireResponse.item[0].answer[0].valueBanana\n");
}

TEST(FhirValidate, OnlyWhatIsOfferedIsAnAnswer) {
  const Form form = questions(question("a", "choice", colours));
  EXPECT_EQ(found(answers(item("a", coding("green", "urn:c"))), form),
            "option QuestionnaireResponse.item[0].answer[0].valueCoding\n");
  EXPECT_EQ(found(answers(item("a", coding("red", "urn:other"))), form),
            "option QuestionnaireResponse.item[0].answer[0].valueCoding\n");
  EXPECT_EQ(found(answers(item("a", R"("valueString":"red")")), form),
            "type QuestionnaireResponse.item[0].answer[0].valueString\n");
  const Form open = questions(question("a", "open-choice", colours));
  EXPECT_EQ(found(answers(item("a", R"("valueString":"green")")), open), "");
  const Form numbers = questions(question("a", "integer", R"("answerOption":[{"valueInteger":1},{"valueInteger":3}])"));
  EXPECT_EQ(found(answers(item("a", R"("valueInteger":3)")), numbers), "");
  EXPECT_EQ(found(answers(item("a", R"("valueInteger":2)")), numbers),
            "option QuestionnaireResponse.item[0].answer[0].valueInteger\n");
}

TEST(FhirValidate, ContainedValueSetsAreReadAndOthersAreSaidNotToBe) {
  const std::string contained =
      R"({"resourceType":"Questionnaire","status":"active","contained":[{"resourceType":"ValueSet","id":"v","compose":)"
      R"({"include":[{"system":"urn:c","concept":[{"code":"red"}]}]}}],"item":[{"linkId":"a","type":"choice",)"
      R"("answerValueSet":"#v"}]})";
  EXPECT_EQ(found(answers(item("a", coding("red", "urn:c"))), form(contained)), "");
  EXPECT_EQ(found(answers(item("a", coding("blue", "urn:c"))), form(contained)),
            "option QuestionnaireResponse.item[0].answer[0].valueCoding\n");
  const auto elsewhere = checked(answers(item("a", coding("blue", "urn:c"))),
                                 questions(question("a", "choice", R"("answerValueSet":"http://example.org/v")")));
  EXPECT_EQ(found(elsewhere), "option QuestionnaireResponse.item[0].answer\n");
  EXPECT_TRUE(elsewhere.valid()) << "not checked is no fault of the response";
}

TEST(FhirValidate, RangesHoldWithTheirEnds) {
  const Form whole = questions(question("a", "integer", number_range(R"("valueInteger":0)", R"("valueInteger":10)")));
  for (const int good : {0, 10}) {
    EXPECT_EQ(found(answers(item("a", "\"valueInteger\":" + std::to_string(good))), whole), "");
  }
  for (const int bad : {-1, 11}) {
    EXPECT_EQ(found(answers(item("a", "\"valueInteger\":" + std::to_string(bad))), whole),
              "range QuestionnaireResponse.item[0].answer[0].valueInteger\n");
  }
  const Form date =
      questions(question("a", "date", number_range(R"("valueDate":"2026-01-01")", R"("valueDate":"2026-12-31")")));
  EXPECT_EQ(found(answers(item("a", R"("valueDate":"2025-12-31")")), date),
            "range QuestionnaireResponse.item[0].answer[0].valueDate\n");
  EXPECT_EQ(found(answers(item("a", R"("valueDate":"2026-12-31")")), date), "");
  const Form text = questions(question("a", "string", R"("maxLength":3)"));
  EXPECT_EQ(found(answers(item("a", R"("valueString":"\u00e4\u00f6\u00fc")")), text), "");
  EXPECT_EQ(found(answers(item("a", R"("valueString":"abcd")")), text),
            "range QuestionnaireResponse.item[0].answer[0].valueString\n");
}

TEST(FhirValidate, OneAnswerUnlessTheQuestionRepeats) {
  const std::string two = R"({"linkId":"a","answer":[{"valueInteger":1},{"valueInteger":2}]})";
  EXPECT_EQ(found(answers(two), questions(question("a", "integer"))), "repeats QuestionnaireResponse.item[0].answer\n");
  EXPECT_EQ(found(answers(two), questions(question("a", "integer", R"("repeats":true)"))), "");
  const std::string twice = item("a", R"("valueInteger":1)") + "," + item("a", R"("valueInteger":2)");
  EXPECT_EQ(found(answers(twice), questions(question("a", "integer"))), "repeats QuestionnaireResponse.item[1]\n");
  EXPECT_EQ(found(answers(twice), questions(question("a", "integer", R"("repeats":true)"))),
            "repeats QuestionnaireResponse.item[1]\n");
  const std::string group = R"("item":[)" + question("a", "integer") + "]";
  const std::string groups = R"({"linkId":"g","item":[)" + item("a", R"("valueInteger":1)") +
                             R"(]},{"linkId":"g","item":[)" + item("a", R"("valueInteger":2)") + "]}";
  EXPECT_EQ(found(answers(groups), questions(question("g", "group", R"("repeats":true,)" + group))), "");
  EXPECT_EQ(found(answers(groups), questions(question("g", "group", group))),
            "repeats QuestionnaireResponse.item[1]\n");
}

TEST(FhirValidate, AnExclusiveOptionStandsAlone) {
  const Form form = questions(question("a", "choice", R"("repeats":true,)" + colours));
  EXPECT_EQ(
      found(answers(R"({"linkId":"a","answer":[{)" + coding("red", "urn:c") + "},{" + coding("blue", "urn:c") + "}]}"),
            form),
      "");
  EXPECT_EQ(
      found(answers(R"({"linkId":"a","answer":[{)" + coding("red", "urn:c") + "},{" + coding("none", "urn:c") + "}]}"),
            form),
      "exclusive QuestionnaireResponse.item[0].answer\n");
}

TEST(FhirValidate, WhatTheNpmValidatorsMissIsFoundHere) {
  const Form form = questions(question("a", "integer"));
  EXPECT_EQ(found(answers(R"({"linkId":"a","answer":[{"valueInteger":1,"valueString":"x"}]})"), form),
            "two-values QuestionnaireResponse.item[0].answer[0]\n");
  EXPECT_EQ(found(response(R"("status":"completed","item":[])"), form), "empty QuestionnaireResponse.item\n");
  EXPECT_EQ(found(answers(R"({"linkId":"a","answer":[]})"), form), "empty QuestionnaireResponse.item[0].answer\n");
  EXPECT_EQ(found(response(R"("status":"completed","subject":{},"meta":{"profile":[]})"), form),
            "empty QuestionnaireResponse.subject\nempty QuestionnaireResponse.meta.profile\n");
}

TEST(FhirValidate, MisspeltMembersWouldLoseAnswers) {
  const Form form = questions(question("a", "integer"));
  EXPECT_EQ(found(answers(R"({"linkId":"a","anwser":[{"valueInteger":1}]})"), form),
            "unknown-member QuestionnaireResponse.item[0].anwser\n");
  EXPECT_EQ(found(answers(R"({"linkId":"a","answer":[{"valueInteger":1,"valueInteger":2}]})"), form),
            "unknown-member QuestionnaireResponse.item[0].answer[0].valueInteger\n"
            "two-values QuestionnaireResponse.item[0].answer[0]\n");
}

TEST(FhirValidate, WhatIsNotAskedIsNotAnsweredAndNotRequired) {
  const std::string when = R"("required":true,"enableWhen":[{"question":"a","operator":"=","answerInteger":1}])";
  const Form form = questions(question("a", "integer") + "," + question("b", "integer", when));
  const auto sheet = [](int a, bool b) {
    return answers(item("a", "\"valueInteger\":" + std::to_string(a)) +
                   (b ? "," + item("b", R"("valueInteger":1)") : std::string()));
  };
  EXPECT_EQ(found(sheet(1, true), form), "");
  EXPECT_EQ(found(sheet(0, false), form), "");
  EXPECT_EQ(found(sheet(1, false), form), "required QuestionnaireResponse\n");
  EXPECT_EQ(found(sheet(0, true), form), "enable-when QuestionnaireResponse.item[1]\n");
}

TEST(FhirValidate, AnotherFormsResponseIsAWarning) {
  const Form form = questions(question("a", "integer"));
  const auto naming = [&](const std::string& canonical) {
    return checked(response(R"("status":"completed","questionnaire":")" + canonical + "\""), form);
  };
  EXPECT_EQ(found(naming("urn:q|2")), "");
  EXPECT_EQ(found(naming("urn:other")), "questionnaire QuestionnaireResponse.questionnaire\n");
  EXPECT_TRUE(naming("urn:other").valid());
}

TEST(FhirValidate, AnotherInstrumentsResponseIsAnError) {
  const Form form = form_of_shipped("gad-7");
  const auto naming = [&](const std::string& canonical) {
    return found(response(R"("status":"completed","questionnaire":")" + canonical + "\""), form);
  };
  EXPECT_EQ(naming("urn:alliance-sdk:instrument:phq-9|1.0.0"), "questionnaire QuestionnaireResponse.questionnaire\n");
  EXPECT_EQ(naming("urn:alliance-sdk:instrument:gad"), "questionnaire QuestionnaireResponse.questionnaire\n");
  EXPECT_EQ(naming("urn:alliance-sdk:instrument:gad-7|1.0.0"), "");
  EXPECT_EQ(naming("https://ehr.example.org/Questionnaire/gad7"), "") << "a form of the sender's own";
}

TEST(FhirValidate, AMemberThatStandsTwiceInAValueIsFound) {
  const std::string twice = R"("valueCoding":{"system":"urn:c","code":"red","code":"blue"})";
  const std::string where = "unknown-member QuestionnaireResponse.item[0].answer[0].valueCoding.code\n";
  EXPECT_EQ(found(answers(item("a", twice)), questions(question("a", "choice", colours))), where);
  const Form gad = form_of_shipped("gad-7");
  EXPECT_EQ(found(answers(item("1", R"("valueCoding":{"code":"LA6568-5","code":"LA6571-9"})")), gad), where);
  EXPECT_EQ(found(answers(item("1", R"("valueQuantity":{"value":0,"value":3})")), gad),
            "unknown-member QuestionnaireResponse.item[0].answer[0].valueQuantity.value\n");
  EXPECT_EQ(found(response(R"("status":"completed","subject":{"reference":"Patient/1","reference":"Patient/2"})"), gad),
            "unknown-member QuestionnaireResponse.subject.reference\n");
}

TEST(FhirValidate, NeverSaysWhatAPersonWrote) {
  const Form form = questions(question("a", "integer") + "," + question("s", "string", R"("maxLength":3)") + "," +
                              question("c", "choice", R"("answerOption":[{"valueString":"x"},{"valueString":"y"}])"));
  const auto said =
      checked(answers(item("a", R"("valueString":"SECRET")") + "," + item("s", R"("valueString":"SECRET")") + "," +
                      item("c", R"("valueString":"SECRET")")),
              form);
  EXPECT_EQ(said.findings.size(), 3u);
  for (const auto& finding : said.findings) {
    EXPECT_EQ((finding.path + finding.sentence).find("SECRET"), std::string::npos) << finding.sentence;
  }
}

TEST(FhirValidate, AFormThatCannotBeUsedIsNamedByPlace) {
  const auto refused = [](const std::string& items) {
    Reader reader;
    const auto parsed = reader.parse(R"({"resourceType":"Questionnaire","item":[)" + items + "]}");
    const auto made = form_of(**parsed);
    return made ? std::string() : made.error().message;
  };
  EXPECT_NE(refused(question("a", "integer") + "," + question("a", "integer")).find("Questionnaire.item[1].linkId"),
            std::string::npos);
  EXPECT_NE(refused(question("a", "banana")).find("\"banana\""), std::string::npos);
  EXPECT_NE(refused(R"({"type":"integer"})").find("Questionnaire.item[0]: it has no linkId"), std::string::npos);
  EXPECT_NE(refused("").find("no item"), std::string::npos);
}

TEST(FhirReader, HostileTextGetsOneErrorWithItsPlace) {
  Reader reader;
  const auto why = [&](const std::string& text) {
    const auto parsed = reader.parse(text);
    return parsed ? std::string() : parsed.error().message;
  };
  EXPECT_NE(why("{\"a\": 1,\n \"b\": }").find("line 2, column"), std::string::npos) << why("{\"a\": 1,\n \"b\": }");
  EXPECT_NE(why("").find("empty"), std::string::npos);
  EXPECT_NE(why("{\"a\":\"\xFF\"}").find("UTF-8"), std::string::npos);
  EXPECT_NE(why(std::string(200, '[') + std::string(200, ']')).find("nested deeper"), std::string::npos);
  EXPECT_EQ(why("\xEF\xBB\xBF{}"), "");
}

TEST(FhirReader, ASingleResourceABundleAndLinesAreToldApart) {
  Reader reader;
  const auto places = [&](const std::string& text) {
    std::string all;
    const auto done = reader.read(
        text, {[&](const Json&, const Place& place) { all += std::to_string(place.line) + " " + place.path + "\n"; },
               [&](const Place& place, const std::string&) {
                 all += "bad " + std::to_string(place.line) + " " + place.path + "\n";
               }});
    return done ? all : "error " + done.error().message;
  };
  EXPECT_EQ(places(answers("")), "0 QuestionnaireResponse\n");
  EXPECT_EQ(places("{\n\"resourceType\":\n\"Patient\"}"), "0 Patient\n");
  EXPECT_EQ(places("\n{\"resourceType\":\"Patient\"}\n\n{\"nonsense}\n{\"resourceType\":\"Group\"}\n"),
            "2 Patient\nbad 4 \n5 Group\n");
  EXPECT_EQ(places(R"({"resourceType":"Bundle","entry":[{"resource":{"resourceType":"Patient"}},{"fullUrl":"x"}]})"),
            "0 Bundle.entry[0].resource\nbad 0 Bundle.entry[1]\n");
}

}  // namespace

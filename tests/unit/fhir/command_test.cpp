// SPDX-License-Identifier: Apache-2.0
// The commands as a person runs them: validate, score --format fhir, import fhir-questionnaire.
#include "command.h"

#include "resources.h"

using command_test::Command;
using command_test::has;
using command_test::lines;
using fhir_test::answers;
using fhir_test::item;
using fhir_test::response;

namespace {

class FhirCommand : public Command {
 protected:
  command_test::Said fhir(const std::string& name, const std::string& text, std::vector<std::string> more = {}) {
    more.insert(more.begin(), {"gad-7", "--format", "fhir", "--input", file(name, text)});
    return score(std::move(more));
  }
  command_test::Said validate(const std::string& text, const std::string& against, std::vector<std::string> more = {}) {
    more.insert(more.begin(), {"validate", file("r.json", text), "--against", against, "--plugins", plugins()});
    return run(more);
  }
};

std::string sheet(const std::string& id, const std::string& value, const std::string& more = "") {
  std::string items;
  for (int i = 1; i <= 7; ++i) items += (i == 1 ? "" : ",") + item(std::to_string(i), value);
  return response("\"id\":\"" + id + R"(","status":"completed","item":[)" + items + more + "]");
}
const std::string one = R"("valueInteger":1)", nine = R"("valueInteger":9)";

TEST_F(FhirCommand, OneResponseALineOrABundleGiveTheSameObservations) {
  const auto single = fhir("a.json", sheet("a", one));
  EXPECT_EQ(single.exit, 0) << single.err;
  EXPECT_EQ(lines(single.out), 1u);
  EXPECT_TRUE(has(single.out, R"("valueQuantity":{"value":7,)"));
  const auto many = fhir("a.ndjson", sheet("a", one) + "\n" + sheet("b", one) + "\n");
  EXPECT_EQ(many.exit, 0) << many.err;
  EXPECT_EQ(lines(many.out), 2u);
  const auto bundle =
      fhir("b.json", R"({"resourceType":"Bundle","type":"collection","entry":[{"resource":)" + sheet("a", one) +
                         R"(},{"resource":{"resourceType":"Patient"}},{"resource":)" + sheet("b", one) + "}]}");
  EXPECT_EQ(bundle.exit, 0) << bundle.err;
  EXPECT_EQ(bundle.out, many.out);
  const auto out = fhir("a.ndjson", sheet("a", one) + "\n" + sheet("b", one) + "\n", {"--bundle"});
  EXPECT_TRUE(has(out.out, R"({"resourceType":"Bundle","type":"collection","entry":[{"fullUrl":"urn:uuid:)"));
}

TEST_F(FhirCommand, ABadResponseIsNamedAndTheOthersAreScored) {
  const auto said = fhir("a.ndjson", sheet("a", one) + "\n" + sheet("b", nine) + "\n{\"broken\n" + sheet("a", one) +
                                         "\n" + R"({"resourceType":"Patient"})" + "\n" + sheet("c", one));
  EXPECT_EQ(said.exit, 3);
  EXPECT_EQ(lines(said.out), 2u);
  EXPECT_TRUE(has(said.err, "line 2: QuestionnaireResponse.item[0].answer[0].valueInteger: linkId \"1\"")) << said.err;
  EXPECT_TRUE(has(said.err, "line 3: ")) << said.err;
  EXPECT_TRUE(has(said.err, "line 4: another response in the input has the same id")) << said.err;
  EXPECT_TRUE(has(said.err, "3 of 5 responses were left out")) << said.err;
}

TEST_F(FhirCommand, AStatedTotalThatIsWrongIsAWarning) {
  const auto in_item = fhir("a.json", sheet("a", one, "," + item("70274-6", R"("valueDecimal":13)")));
  EXPECT_EQ(in_item.exit, 0);
  EXPECT_TRUE(has(in_item.out, R"("valueQuantity":{"value":7,)"));
  EXPECT_TRUE(has(in_item.err, "another score is stated for scale total")) << in_item.err;
  const std::string observation =
      R"({"resourceType":"Observation","status":"final","code":{"coding":[{"system":"http://loinc.org","code":"70274-6"}]},)"
      R"("valueQuantity":{"value":VALUE},"derivedFrom":[{"reference":"QuestionnaireResponse/a"}]})";
  const auto stated = [&](const std::string& value) {
    std::string text = observation;
    text.replace(text.find("VALUE"), 5, value);
    return fhir("a.ndjson", text + "\n" + sheet("a", one));
  };
  EXPECT_TRUE(has(stated("8").err, "line 2: warning: another score is stated")) << stated("8").err;
  EXPECT_EQ(stated("7").err, "");
}

TEST_F(FhirCommand, AnotherInstrumentsResponseIsRefused) {
  const auto said =
      fhir("a.json", response(R"("status":"completed","questionnaire":"urn:alliance-sdk:instrument:phq-9|1.0.0")"));
  EXPECT_EQ(said.exit, 3);
  EXPECT_TRUE(has(said.err, "and not gad-7")) << said.err;
  const auto version =
      fhir("a.json", response(R"("status":"completed","questionnaire":"urn:alliance-sdk:instrument:gad-7|9.9")"));
  EXPECT_EQ(version.exit, 3) << version.err;
}

TEST_F(FhirCommand, AFormThatNobodyKnowsIsSaidOnce) {
  std::string first = sheet("a", one), second = sheet("b", one);
  for (std::string* text : {&first, &second}) {
    text->insert(1, R"("questionnaire":"https://ehr.example.org/Questionnaire/worry",)");
  }
  const auto said = fhir("a.ndjson", first + "\n" + second);
  EXPECT_EQ(said.exit, 0) << said.err;
  EXPECT_TRUE(has(said.err, "line 1: warning: it answers the form \"https://ehr.example.org/Questionnaire/worry\""))
      << said.err;
  EXPECT_FALSE(has(said.err, "line 2")) << said.err;
  const auto against = validate(first, "gad-7");
  EXPECT_EQ(against.exit, 0);
  EXPECT_TRUE(has(against.out, "[warning: questionnaire]")) << against.out;
}

TEST_F(FhirCommand, BadInputIsOneClearError) {
  EXPECT_EQ(fhir("a.json", "").exit, 3);
  EXPECT_EQ(fhir("a.json", "{\n \"a\": }").exit, 3);
  EXPECT_TRUE(has(fhir("a.json", "{\n \"a\": }").err, "line 2, column"));
  EXPECT_TRUE(has(fhir("a.json", R"({"resourceType":"Patient"})").err, "there is no QuestionnaireResponse"));
  EXPECT_EQ(score({"gad-7", "--format", "fhir", "--input", "/no/such/file"}).exit, 3);
  EXPECT_EQ(score({"no-such", "--format", "fhir", "--input", file("a.json", "{}")}).exit, 3);
}

TEST_F(FhirCommand, ValidatesAgainstAnIdADefinitionOrAQuestionnaire) {
  const std::string good = sheet("a", one), bad = sheet("a", nine);
  const std::string definition = std::string(ALLIANCE_SOURCE_DIR) + "/plugins/instruments/definitions/gad-7.json";
  for (const std::string& against : {std::string("gad-7"), definition}) {
    EXPECT_EQ(validate(good, against).exit, 0) << validate(good, against).err;
    const auto said = validate(bad, against);
    EXPECT_EQ(said.exit, 3);
    EXPECT_TRUE(has(said.out, "QuestionnaireResponse.item[0].answer[0].valueInteger: linkId \"1\": ")) << said.out;
  }
  const std::string form = file("q.json", R"({"resourceType":"Questionnaire","status":"active","item":[{"linkId":"1",)"
                                          R"("type":"integer","required":true}]})");
  EXPECT_EQ(validate(answers(item("1", one)), form).exit, 0);
  const auto json = validate(answers(item("2", one)), form, {"--json"});
  EXPECT_EQ(json.exit, 3);
  EXPECT_TRUE(has(json.out,
                  R"({"responses":1,"invalid":1,"otherResources":0,"findings":[{"response":1,"severity":"error",)"
                  R"("rule":"unknown-link-id","path":"QuestionnaireResponse.item[0]",)"))
      << json.out;
  EXPECT_EQ(validate(good, "no-such").exit, 3);
  EXPECT_EQ(validate(good, "/no/such.json").exit, 3);
  EXPECT_EQ(validate(good, file("broken.json", "{")).exit, 3);
}

// A form of our own: made into a definition, it loads, does not score until it is accepted, and then scores.
TEST_F(FhirCommand, WhatIsImportedLoadsAndScoresOnceItIsAccepted) {
  const std::string weight =
      R"("extension":[{"url":"http://hl7.org/fhir/StructureDefinition/ordinalValue","valueDecimal":)";
  const std::string options = R"("answerOption":[{"valueCoding":{"code":"no"},)" + weight +
                              R"(0}]},{"valueCoding":{"code":"yes"},)" + weight + R"(2.5}]}])";
  const std::string form =
      file("form.json",
           R"({"resourceType":"Questionnaire","id":"mini","version":"1.0","title":"Mini","status":"active","item":[)"
           R"({"linkId":"/a","type":"choice","text":"item-1",)" +
               options + R"(},{"linkId":"b","type":"choice",)" + options + "}]}");
  std::filesystem::create_directories(path("definitions/content"));
  const auto made = run({"import", "fhir-questionnaire", form, "--out", path("definitions/mini.json"), "--texts",
                         path("definitions/content/mini.en.json")});
  EXPECT_EQ(made.exit, 0) << made.err;
  EXPECT_TRUE(has(made.err, "scale total: the resource does not say whether items are summed; sum assumed"))
      << made.err;
  EXPECT_TRUE(has(made.err, "between you and their holder")) << made.err;

  const auto config = [&](const std::string& more) {
    return file("config.json",
                R"({"plugins":[{"plugin":"org.alliance-sdk.instruments","settings":"{\"definitions\":[\")" +
                    path("definitions") + R"(\"])" + more + R"(}"}]})");
  };
  const auto listed = run({"instruments", "--plugins", plugins(), "--config", config("")});
  EXPECT_TRUE(has(listed.out, "mini") && has(listed.out, "key unverified")) << listed.out << listed.err;
  EXPECT_FALSE(has(listed.err, "left out")) << listed.err;

  const std::string input =
      file("r.json", answers(item("/a", R"("valueCoding":{"code":"yes"})") + "," + item("b", R"("valueDecimal":2.5)")));
  const std::vector<std::string> arguments = {"mini",     "--format",         "fhir", "--input", input,
                                              "--config", path("config.json")};
  const auto refused = score(arguments);
  EXPECT_EQ(refused.exit, 1);
  EXPECT_TRUE(has(refused.err, "accept_unverified")) << refused.err;
  EXPECT_EQ(refused.out, "");
  config(R"(,\"accept_unverified\":[\"mini\"])");
  const auto accepted = score(arguments);
  EXPECT_EQ(accepted.exit, 0) << accepted.err;
  EXPECT_TRUE(has(accepted.out, R"("valueQuantity":{"value":5,)")) << accepted.out;
  EXPECT_TRUE(has(accepted.out, "The scoring key is not verified.")) << accepted.out;
}

TEST_F(FhirCommand, AFormThatCannotBeImportedSaysWhy) {
  const auto said = run({"import", "fhir-questionnaire",
                         file("q.json", R"({"resourceType":"Questionnaire","item":[)"
                                        R"({"linkId":"a","type":"text"}]})")});
  EXPECT_EQ(said.exit, 3);
  EXPECT_TRUE(has(said.err, "q.json: no item of it can be scored; ") && has(said.err, "item a is left out"))
      << said.err;
  EXPECT_EQ(said.out, "");
  EXPECT_EQ(run({"import", "fhir-questionnaire", file("p.json", R"({"resourceType":"Patient"})")}).exit, 3);
  EXPECT_EQ(run({"import"}).exit, 2);
}

}  // namespace

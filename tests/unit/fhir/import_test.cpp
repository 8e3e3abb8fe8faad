// SPDX-License-Identifier: Apache-2.0
// A Questionnaire becomes a definition: weights from wherever they stand, scales from groups, and what is not known
// said.
#include "fhir/import.h"

#include "resources.h"

using namespace fhir_test;

namespace {

const std::string stem = "http://hl7.org/fhir/StructureDefinition/";

std::string weight(const std::string& name, const std::string& value) {
  return R"("extension":[{"url":")" + stem + name + R"(","valueDecimal":)" + value + "}]";
}
std::string option(const std::string& code, const std::string& more_of_coding = "", const std::string& more = "") {
  return R"({"valueCoding":{"system":"urn:c","code":")" + code + R"(","display":"label )" + code + "\"" +
         (more_of_coding.empty() ? "" : "," + more_of_coding) + "}" + (more.empty() ? "" : "," + more) + "}";
}
std::string choice(const std::string& link, const std::string& options) {
  return R"({"linkId":")" + link + R"(","type":"choice","text":"words )" + link + R"(","answerOption":[)" + options +
         "]}";
}
std::string questionnaire(const std::string& items, const std::string& more = "") {
  return R"({"resourceType":"Questionnaire","id":"My-Form","url":"http://example.org/q","version":"2.1","title":"A form",)" +
         more + R"("status":"active","item":[)" + items + "]}";
}

Imported imported(const std::string& text) {
  auto made = import_form(form(text));
  EXPECT_TRUE(made.has_value()) << (made ? "" : made.error().message);
  return std::move(*made);
}
std::string refused(const std::string& text) {
  const auto made = import_form(form(text));
  return made ? std::string() : made.error().message;
}
std::vector<double> values(const Imported& made, std::size_t response = 0) {
  std::vector<double> all;
  for (const auto& one : made.definition.responses.at(response)->options) all.push_back(*one->value);
  return all;
}
bool says(const Imported& made, const std::string& part) {
  for (const auto& sentence : made.unsure) {
    if (sentence.find(part) != std::string::npos) return true;
  }
  return false;
}

TEST(FhirImport, WeightsAreReadWhereverTheyStand) {
  const std::vector<double> expected = {0, 2};
  const std::string by_option =
      choice("a", option("x", "", weight("ordinalValue", "0")) + "," + option("y", "", weight("ordinalValue", "2")));
  EXPECT_EQ(values(imported(questionnaire(by_option))), expected);
  const std::string by_coding =
      choice("a", option("x", weight("itemWeight", "0")) + "," + option("y", weight("itemWeight", "2")));
  EXPECT_EQ(values(imported(questionnaire(by_coding))), expected);

  const std::string asks = R"({"linkId":"a","type":"choice","answerValueSet":"#v"})";
  const auto with_set = [&](const std::string& set) {
    return questionnaire(asks, R"("contained":[{"resourceType":"ValueSet","id":"v",)" + set + "],");
  };
  EXPECT_EQ(values(imported(with_set(R"("compose":{"include":[{"system":"urn:c","concept":[{"code":"x",)" +
                                     weight("valueset-ordinalValue", "0") + R"(},{"code":"y",)" +
                                     weight("ordinalValue", "2") + "}]}]}}"))),
            expected);
  EXPECT_EQ(
      values(imported(with_set(R"("expansion":{"contains":[{"system":"urn:c","code":"x",)" + weight("itemWeight", "0") +
                               R"(},{"system":"urn:c","code":"y",)" + weight("itemWeight", "2") + "}]}}"))),
      expected);
  // A contained code system, by extension and by property; the value set takes all of it.
  const std::string whole =
      R"("compose":{"include":[{"system":"urn:c"}]}},{"resourceType":"CodeSystem","url":"urn:c",)";
  EXPECT_EQ(values(imported(with_set(whole + R"("concept":[{"code":"x",)" + weight("codesystem-ordinalValue", "0") +
                                     R"(},{"code":"y",)" + weight("itemWeight", "2") + "}]}"))),
            expected);
  EXPECT_EQ(values(imported(with_set(
                whole + R"("property":[{"code":"w","uri":"http://hl7.org/fhir/concept-properties#itemWeight"}],)"
                        R"("concept":[{"code":"x","property":[{"code":"w","valueDecimal":0}]},)"
                        R"({"code":"y","property":[{"code":"w","valueDecimal":2}]}]})"))),
            expected);
  const std::string numbers =
      R"({"linkId":"a","type":"integer","answerOption":[{"valueInteger":0},{"valueInteger":2}]})";
  EXPECT_EQ(values(imported(questionnaire(numbers))), expected);
}

TEST(FhirImport, TwoWeightsForOneOptionAreRefused) {
  Reader reader;
  const auto parsed = reader.parse(questionnaire(
      choice("a", option("x", weight("ordinalValue", "1"), weight("itemWeight", "2")) + "," + option("y"))));
  const auto made = form_of(**parsed);
  ASSERT_FALSE(made.has_value());
  EXPECT_NE(
      made.error().message.find("Questionnaire.item[0].answerOption[0]: option \"x\" weighs 2 in one place and 1"),
      std::string::npos)
      << made.error().message;
}

TEST(FhirImport, WithoutWeightsAnItemIsNoGuess) {
  const std::string weighted =
      choice("a", option("x", "", weight("ordinalValue", "0")) + "," + option("y", "", weight("ordinalValue", "1")));
  const auto made = imported(questionnaire(weighted + "," + choice("b", option("x") + "," + option("y")) +
                                           R"(,{"linkId":"c","type":"text"})"));
  EXPECT_EQ(made.definition.items.size(), 1u);
  EXPECT_TRUE(says(made, "item b is left out: its option \"x\" has no weight"));
  EXPECT_TRUE(says(made, "item c is left out"));
  EXPECT_NE(refused(questionnaire(choice("b", option("x") + "," + option("y")))).find("no item of it can be scored"),
            std::string::npos);
}

TEST(FhirImport, GroupsBecomeScalesAndCodesAreKept) {
  const std::string options = R"("answerOption":[)" + option("x", "", weight("ordinalValue", "0")) + "," +
                              option("y", "", weight("ordinalValue", "3")) + "]";
  const auto ask = [&](const std::string& link) {
    return R"({"linkId":")" + link + R"(","type":"choice","code":[{"system":"http://loinc.org","code":"C-)" + link +
           R"("}],)" + options + "}";
  };
  const auto made = imported(questionnaire(
      R"({"linkId":"mood","type":"group","item":[)" + ask("/1") + "," + ask("/2") +
          R"(]},{"linkId":"sleep","type":"group","item":[)" + ask("/3") +
          R"(]},{"linkId":"sum","type":"decimal","readOnly":true,"code":[{"system":"http://loinc.org","code":"SUM"}]})",
      R"("copyright":"Somebody's",)"));
  const auto& d = made.definition;
  ASSERT_EQ(d.scales.size(), 3u);
  EXPECT_EQ(d.scales[0]->id, "total");
  EXPECT_EQ(d.scales[0]->items, (std::vector<std::string>{"1", "2", "3"}));
  EXPECT_EQ(*d.scales[0]->max, 9);
  EXPECT_EQ(d.scales[0]->codes.at(0)->code, "SUM");
  EXPECT_EQ(d.scales[1]->id, "mood");
  EXPECT_EQ(*d.scales[1]->max, 6);
  EXPECT_EQ(d.scales[2]->id, "sleep");
  EXPECT_EQ(d.responses.size(), 1u) << "items with the same answers share a response";
  EXPECT_EQ(d.items[0]->codes.at(0)->code, "C-/1");
  EXPECT_EQ(d.items[0]->codes.at(1)->system, link_id_system);
  EXPECT_EQ(d.id, "my-form");
  EXPECT_EQ(d.version, "2.1");
  EXPECT_EQ(d.licence->terms, "Somebody's");
  EXPECT_EQ(d.keys_provenance->certainty, alliance::fb::Certainty::unverified);
  EXPECT_EQ(d.keys_provenance->source, "FHIR Questionnaire http://example.org/q|2.1");
  EXPECT_TRUE(says(made, "scale total: the resource does not say whether items are summed; sum assumed"));
  EXPECT_EQ(made.texts.items.at(0)->text, "/1");
  EXPECT_EQ(made.texts.responses.at(0)->options.at(1)->text, "label y");
}

TEST(FhirImport, NumbersSlidersAndYesOrNo) {
  const auto range = [](const std::string& more, const std::string& low, const std::string& high) {
    return R"("extension":[{"url":")" + stem + R"(minValue","valueDecimal":)" + low + R"(},{"url":")" + stem +
           R"(maxValue","valueDecimal":)" + high + "}" + more + "]";
  };
  const auto made = imported(
      questionnaire(R"({"linkId":"a","type":"decimal",)" +
                    range(R"(,{"url":")" + stem + R"(maxDecimalPlaces","valueInteger":1})", "0", "10") +
                    R"(},{"linkId":"b","type":"integer",)" +
                    range(R"(,{"url":")" + stem + R"(questionnaire-sliderStepValue","valueInteger":10})", "0", "100") +
                    R"(},{"linkId":"c","type":"boolean"},{"linkId":"d","type":"integer"})"));
  const auto& d = made.definition;
  ASSERT_EQ(d.items.size(), 3u);
  EXPECT_EQ(d.responses[0]->decimals, 1);
  EXPECT_EQ(*d.responses[0]->max, 10);
  EXPECT_EQ(values(made, 1).size(), 11u);
  EXPECT_EQ(values(made, 2), (std::vector<double>{0, 1}));
  EXPECT_TRUE(says(made, "item d is left out: it asks for a number without saying the least and the most"));
  EXPECT_EQ(*d.scales[0]->max, 111);
}

TEST(FhirImport, ReverseScoringIsInTheWeights) {
  const std::string up =
      option("x", "", weight("ordinalValue", "0")) + "," + option("y", "", weight("ordinalValue", "2"));
  const std::string down =
      option("x", "", weight("ordinalValue", "2")) + "," + option("y", "", weight("ordinalValue", "0"));
  const auto made = imported(questionnaire(choice("a", up) + "," + choice("b", down)));
  EXPECT_EQ(values(made, 0), (std::vector<double>{0, 2}));
  EXPECT_EQ(values(made, 1), (std::vector<double>{2, 0}));
  EXPECT_TRUE(made.definition.scales[0]->reversed.empty());
  EXPECT_EQ(*made.definition.vectors.at(1)->expected.at(0)->value, 4) << "the highest sheet";
}

TEST(FhirImport, AnR5FormIsReadAsWell) {
  const auto made = imported(questionnaire(
      R"({"linkId":"a","type":"coding","answerConstraint":"optionsOnly","answerOption":[)" +
      option("x", "", weight("itemWeight", "1")) + "," + option("y", "", weight("itemWeight", "2")) + "]}"));
  EXPECT_EQ(values(made), (std::vector<double>{1, 2}));
}

TEST(FhirImport, AnIdThatIsNoneIsRefused) {
  const std::string text = questionnaire(
      choice("a", option("x", "", weight("ordinalValue", "0")) + "," + option("y", "", weight("ordinalValue", "1"))));
  EXPECT_TRUE(import_form(form(text), "good-id").has_value());
  EXPECT_FALSE(import_form(form(text), "Bad Id").has_value());
}

}  // namespace

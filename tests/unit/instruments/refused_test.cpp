// SPDX-License-Identifier: Apache-2.0
// Definitions and packs that are wrong: each is refused by file and field, and the others load.
#include "instrument.h"

using instruments_test::Folder;
using instruments_test::Loads;
using instruments_test::Plugin;
using instruments_test::replaced;

namespace {

const std::string good = R"({
 "id": "two", "version": "1.0.0", "title": "Two", "perspective": "client", "target": "practitioner",
 "responses": [{"id": "r", "options": [{"value": 0}, {"value": 1}, {"value": 2}]}],
 "items": [{"id": "a", "response": "r"}, {"id": "b", "response": "r"}],
 "scales": [{"id": "total", "roles": ["alliance.total"], "method": "sum", "items": ["a", "b"], "reversed": ["b"],
   "min": 0, "max": 4, "direction": "higher_is_better",
   "bands": [{"id": "low", "from": 0, "to": 2}, {"id": "high", "from": 3, "to": 4}],
   "bands_provenance": {"certainty": "own", "source": "made up"},
   "cutoffs": [{"id": "cut", "comparator": "at_most", "value": 2, "provenance": {"certainty": "own", "source": "x"}}],
   "reliable_change": {"value": 2, "comparator": "at_least", "provenance": {"certainty": "own", "source": "x"}}}],
 "missing": {"rule": "none"},
 "licence": {"holder": "nobody", "terms": "free", "provenance": {"certainty": "own", "source": "x"}},
 "keys_provenance": {"certainty": "own", "source": "made up"},
 "vectors": [{"answers": [2, 0], "expected": [{"scale": "total", "value": 4, "band": "high"}]}]})";

struct Fault {
  const char* name;
  const char* from;
  const char* to;
  const char* says;  // in the warning, beside the file's name
};

void PrintTo(const Fault& fault, std::ostream* out) { *out << fault.name; }

class Refused : public testing::TestWithParam<Fault> {};

TEST_P(Refused, ByFileAndField) {
  Folder folder;
  folder.write("bad.json", replaced(replaced(good, "\"two\"", "\"bad\""), GetParam().from, GetParam().to));
  folder.write("good.json", good);
  Plugin plugin(folder.settings());
  ASSERT_EQ(plugin.failure, "");
  EXPECT_EQ(plugin.offered(), std::vector<std::string>{"two 1.0.0"});
  const auto warnings = plugin.warnings("bad.json");
  ASSERT_FALSE(warnings.empty());
  EXPECT_NE(warnings.front().find(GetParam().says), std::string::npos) << warnings.front();
  EXPECT_NE(warnings.front().find("line "), std::string::npos) << warnings.front();
  EXPECT_NE(warnings.front().find(", column "), std::string::npos) << warnings.front();
  EXPECT_TRUE(plugin.warnings("good.json").empty());
}

const Fault faults[] = {
    {"NotJson", "{\n \"id\"", "{\n \"id", "line"},
    {"UnknownField", "\"missing\"", "\"mising\"", "mising"},
    {"UnknownEnumerator", "\"sum\"", "\"median\"", "scales[0].method"},
    {"IdWithBlank", "\"bad\"", "\"b d\"", "id: "},
    {"VersionWord", "\"1.0.0\"", "\"latest\"", "version: "},
    {"VersionEmptyPart", "\"1.0.0\"", "\"1..0\"", "version: "},
    {"NoPerspective", "\"client\"", "\"unset\"", "perspective: "},
    {"ItemTwice", "{\"id\": \"b\", \"response\"", "{\"id\": \"a\", \"response\"", "items[1].id: \"a\" stands twice"},
    {"ResponseUnknown", "\"b\", \"response\": \"r\"", "\"b\", \"response\": \"q\"", "items[1].response: \"q\""},
    {"OptionTwice", "{\"value\": 1}", "{\"value\": 0}", "responses[0].options[1].value: 0 stands twice"},
    {"OptionWithoutValue", "{\"value\": 1}", "{\"code\": \"x\"}", "responses[0].options[1].value"},
    {"OptionTooFine", "{\"value\": 1}", "{\"value\": 0.12345678}", "responses[0].options[1].value"},
    {"OptionTooLarge", "{\"value\": 2}", "{\"value\": 1e9}", "responses[0].options[2].value"},
    {"RangeUpsideDown", "\"options\": [{\"value\": 0}, {\"value\": 1}, {\"value\": 2}]", "\"min\": 2, \"max\": 0",
     "responses[0].max"},
    {"RangeWithoutEnd", "\"options\": [{\"value\": 0}, {\"value\": 1}, {\"value\": 2}]", "\"min\": 2",
     "responses[0].max"},
    {"ScaleItemUnknown", "\"items\": [\"a\", \"b\"]", "\"items\": [\"a\", \"c\"]", "scales[0].items[1]: \"c\""},
    {"ScaleItemTwice", "\"items\": [\"a\", \"b\"]", "\"items\": [\"b\", \"b\"]", "scales[0].items[1]: \"b\""},
    {"ReversedUnknown", "\"reversed\": [\"b\"]", "\"reversed\": [\"z\"]", "scales[0].reversed[0]: \"z\""},
    {"MaxDisagrees", "\"max\": 4", "\"max\": 5", "scales[0].max: 5 is stated, and the key gives 4"},
    {"MinDisagrees", "\"min\": 0, \"max\": 4", "\"min\": -1, \"max\": 4", "scales[0].min"},
    {"BandsOverlap", "\"from\": 3", "\"from\": 2", "scales[0].bands[1].from"},
    {"BandsDisordered", "\"from\": 0, \"to\": 2", "\"from\": 4, \"to\": 4", "scales[0].bands[1].from"},
    {"BandPastTheScale", "\"from\": 3, \"to\": 4", "\"from\": 3, \"to\": 9", "scales[0].bands[1]"},
    {"BandWithoutEnd", "\"from\": 3, \"to\": 4", "\"from\": 3", "scales[0].bands[1]"},
    {"BandsWithoutSource", "\"bands_provenance\": {\"certainty\": \"own\", \"source\": \"made up\"},", "",
     "scales[0].bands_provenance"},
    {"CutoffWithoutSource", "\"value\": 2, \"provenance\": {\"certainty\": \"own\", \"source\": \"x\"}}],",
     "\"value\": 2}],", "scales[0].cutoffs[0].provenance"},
    {"CutoffWithoutComparator", "\"comparator\": \"at_most\", ", "", "scales[0].cutoffs[0].comparator"},
    {"CutoffOutside", "\"at_most\", \"value\": 2", "\"at_most\", \"value\": 7", "scales[0].cutoffs[0].value"},
    {"ChangeBelowZero", "\"reliable_change\": {\"value\": 2", "\"reliable_change\": {\"value\": -2",
     "scales[0].reliable_change.value"},
    {"KeyWithoutCertainty", "\"keys_provenance\": {\"certainty\": \"own\", ", "\"keys_provenance\": {",
     "keys_provenance"},
    {"NoDirection", ", \"direction\": \"higher_is_better\"", "", "scales[0].direction"},
    {"NoMethod", "\"method\": \"sum\", ", "", "scales[0].method"},
    {"RoleWithoutPart", "\"alliance.total\"", "\"alliance\"", "scales[0].roles[0]"},
    {"NoVectors", "[{\"answers\": [2, 0], \"expected\": [{\"scale\": \"total\", \"value\": 4, \"band\": \"high\"}]}]",
     "[]", "vectors: "},
    {"VectorWrong", "\"value\": 4, \"band\"", "\"value\": 3, \"band\"", "vectors[0].expected[0].value: 3 is expected"},
    {"VectorWrongBand", "\"band\": \"high\"", "\"band\": \"low\"", "vectors[0].expected[0].band"},
    {"VectorTooShort", "\"answers\": [2, 0]", "\"answers\": [2]", "vectors[0].answers"},
    {"VectorNoOption", "\"answers\": [2, 0]", "\"answers\": [2, 7]", "vectors[0].answers[1]: 7"},
    {"VectorOfNoScale", "\"scale\": \"total\"", "\"scale\": \"all\"", "vectors[0].expected[0].scale"},
    {"PlaceInTheFile", "\"to\": 2}, {\"id\": \"high\", \"from\": 3", "\"to\": 2},\n\n   {\"id\": \"high\", \"from\": 1",
     "line 9, column 27: scales[0].bands[1].from: 1 overlaps"},
    {"OptionalItemOfAScale", "\"b\", \"response\": \"r\"", "\"b\", \"response\": \"r\", \"optional\": true",
     "items[1].optional"},
    {"WithoutUnknownItem", "\"reversed\": [\"b\"]",
     "\"without\": [{\"item\": \"z\", \"min\": 0, \"max\": 2, \"provenance\": {\"certainty\": \"own\", \"source\": "
     "\"x\"}}]",
     "scales[0].without[0].item: \"z\""},
    {"WithoutWrongEnd", "\"reversed\": [\"b\"]",
     "\"without\": [{\"item\": \"b\", \"min\": 0, \"max\": 3, \"provenance\": {\"certainty\": \"own\", \"source\": "
     "\"x\"}}]",
     "scales[0].without[0].max: 3 is stated, and the key gives 2"},
    {"RuleWithoutId", "\"missing\": {\"rule\": \"none\"}",
     "\"other_missing\": [{\"rule\": \"prorate\", \"most\": 1, \"provenance\": {\"certainty\": \"own\", \"source\": "
     "\"x\"}}]",
     "other_missing[0].id"},
    {"ChangeWithoutId", "\"cutoffs\": [",
     "\"other_reliable_changes\": [{\"value\": 3, \"comparator\": \"at_least\"}], \"cutoffs\": [",
     "scales[0].other_reliable_changes[0].id"},
    {"FormulaBesidesASum", "\"method\": \"sum\"", "\"method\": \"sum\", \"formula\": \"[a] + [b]\"",
     "scales[0].method"},
    {"FormulaMissing", "\"method\": \"sum\"", "\"method\": \"formula\"", "scales[0].formula: is missing"},
    {"NotApplicableUnknown", "\"answers\": [2, 0]", "\"answers\": [2, 0], \"not_applicable\": [\"z\"]",
     "vectors[0].not_applicable[0]: \"z\""},
    {"VectorNotScorable", "\"answers\": [2, 0]", "\"answers\": [2, 0], \"not_applicable\": [\"b\"]",
     "vectors[0].expected[0].scale: \"total\" is not scorable"},
    {"ProrateWithoutNumber", "{\"rule\": \"none\"}",
     "{\"rule\": \"prorate\", \"provenance\": {\"certainty\": \"own\", \"source\": \"x\"}}", "missing.most"},
};
INSTANTIATE_TEST_SUITE_P(Definition, Refused, testing::ValuesIn(faults),
                         [](const auto& fault) { return std::string(fault.param.name); });

TEST(Definitions, TheSameIdMayComeInSeveralVersionsAndTheNewestIsTaken) {
  Folder folder;
  folder.write("a.json", replaced(good, "1.0.0", "1.10.0"));
  folder.write("b.json", replaced(good, "1.0.0", "1.9.3"));
  folder.write("c.json", replaced(good, "1.0.0", "1.9.3"));
  Plugin plugin(folder.settings());
  EXPECT_EQ(plugin.offered(), (std::vector<std::string>{"two 1.10.0", "two 1.9.3"}));
  EXPECT_EQ(plugin.definition(plugin.create("two")).version, "1.10.0");
  EXPECT_EQ(plugin.definition(plugin.create("two", "1.9.3")).version, "1.9.3");
  ASSERT_EQ(plugin.warnings("c.json").size(), 1u);
  EXPECT_NE(plugin.warnings("c.json")[0].find("b.json"), std::string::npos);
}

TEST(Definitions, TruncatedAnywhereNeverLoadsAndNeverCrashes) {
  Folder folder;
  for (std::size_t length = 0; length < good.size(); length += 61) {
    folder.write("cut-" + std::to_string(length) + ".json", good.substr(0, length));
  }
  Plugin plugin(folder.settings());
  ASSERT_EQ(plugin.failure, "");
  EXPECT_TRUE(plugin.offered().empty());
}

TEST(Definitions, AnUnverifiedKeyScoresOnlyWhenItIsAccepted) {
  const std::string key = "\"keys_provenance\": {\"certainty\": \"own\"";
  Folder folder;
  folder.write("two.json", replaced(good, key, "\"keys_provenance\": {\"certainty\": \"unverified\""));
  {
    Plugin careful(folder.settings());
    const auto refused = careful.score(careful.create("two"), {1, 1});
    EXPECT_EQ(refused.status, ALLIANCE_E_DENIED);
    EXPECT_NE(refused.message.find("accept_unverified"), std::string::npos) << refused.message;
    EXPECT_EQ(careful.batch(careful.create("two"), 1, {1, 1}).status, ALLIANCE_E_DENIED);
  }

  Plugin told(folder.settings(R"("accept_unverified": ["two"])"));
  EXPECT_EQ(told.score(told.create("two"), {1, 1}).values[0], 2);
}

TEST(Definitions, UnverifiedBandsAreShownAndNotApplied) {
  Folder folder;
  folder.write("two.json", replaced(good, "\"bands_provenance\": {\"certainty\": \"own\"",
                                    "\"bands_provenance\": {\"certainty\": \"unverified\""));
  {
    Plugin careful(folder.settings());
    EXPECT_EQ(careful.definition(careful.create("two")).scales[0]->bands.size(), 2u);
    EXPECT_EQ(careful.score(careful.create("two"), {1, 1}).bands[0], ALLIANCE_NO_BAND);
  }
  Plugin told(folder.settings(R"("accept_unverified_thresholds": true)"));
  EXPECT_EQ(told.score(told.create("two"), {1, 1}).bands[0], 0);
}

TEST(Settings, WhatIsWrongRefusesThePluginByName) {
  EXPECT_NE(Plugin(R"({"definition": []})", Loads::no).failure.find("\"definition\" is unknown"), std::string::npos);
  EXPECT_NE(Plugin(R"({"definitions": "here"})", Loads::no).failure.find("definitions"), std::string::npos);
  EXPECT_NE(Plugin(R"({"definitions": ["/nowhere/at/all"]})", Loads::no).failure.find("/nowhere/at/all"),
            std::string::npos);
  EXPECT_NE(Plugin("[1", Loads::no).failure.find("JSON"), std::string::npos);
}

const std::string pack = R"({"instrument": "two", "language": "en", "title": "Two",
 "items": [{"item": "a", "text": "A?"}, {"item": "b", "text": "B?"}],
 "responses": [{"response": "r", "options": [{"value": 0, "text": "no"}, {"value": 1, "text": "so"}, {"value": 2, "text": "yes"}]}],
 "licence": {"holder": "nobody", "terms": "free"}, "source": "made up"})";

TEST(Packs, ALanguageIsPresentWhenItsPackIsWhole) {
  Folder folder;
  folder.write("two.json", good);
  folder.write("content/two.en.json", pack);
  folder.write("content/two.fr.json", replaced(replaced(pack, "\"en\"", "\"fr\""), "B?", ""));
  folder.write("content/two.de.json",
               replaced(replaced(pack, "\"en\"", "\"de\""), R"(, {"item": "b", "text": "B?"})", ""));
  folder.write("content/two.it.json",
               replaced(replaced(pack, "\"en\"", "\"it\""), R"(, {"value": 2, "text": "yes"})", ""));
  folder.write("content/two.es.json", pack);
  folder.write("content/three.en.json", replaced(pack, "\"two\"", "\"three\""));
  Plugin plugin(folder.settings());
  EXPECT_EQ(plugin.definition(plugin.create("two")).languages, std::vector<std::string>{"en"});
  for (const auto* bad : {"two.fr.json", "two.de.json", "two.it.json", "two.es.json", "three.en.json"}) {
    EXPECT_FALSE(plugin.warnings(bad).empty()) << bad;
  }
}

}  // namespace

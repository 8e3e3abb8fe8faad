// SPDX-License-Identifier: Apache-2.0
// Formulas in definitions: exact, bounded when they are loaded, and refused with the place of the fault.
#include "instrument.h"

using instruments_test::A;
using instruments_test::Folder;
using instruments_test::Plugin;
using instruments_test::S;

namespace {

// Three items of 0 to 3, one of 0 to 100 by tens, one line of 0 to 10 with two decimals. The sheet of the vector has
// every item at its lowest.
std::string with_formula(const std::string& formula, const std::string& items, const std::string& ends,
                         const std::string& vectors) {
  return R"({
 "id": "made", "version": "1.0.0", "title": "Made", "perspective": "client",
 "responses": [
  {"id": "r", "options": [{"value": 0}, {"value": 1}, {"value": 2}, {"value": 3}]},
  {"id": "percent", "options": [{"value": 0}, {"value": 10}, {"value": 20}, {"value": 50}, {"value": 100}]},
  {"id": "line", "min": 0, "max": 10, "decimals": 2}],
 "items": [{"id": "a", "response": "r"}, {"id": "b", "response": "r"}, {"id": "c", "response": "r"},
  {"id": "p", "response": "percent"}, {"id": "l", "response": "line"}],
 "scales": [{"id": "total", "method": "formula",
   "formula": ")" +
         formula + R"(",
   "items": [)" +
         items + "],\n   " + ends + R"(, "direction": "higher_is_better"}],
 "missing": {"rule": "none"},
 "licence": {"holder": "nobody", "terms": "free", "provenance": {"certainty": "own", "source": "x"}},
 "keys_provenance": {"certainty": "own", "source": "made up"},
 "vectors": )" +
         vectors + "}";
}

std::string vector_of(const std::string& answers, const std::string& value) {
  return R"({"answers": )" + answers + R"(, "expected": [{"scale": "total", "value": )" + value + "}]}";
}

struct Right {
  const char* name;
  const char* formula;
  const char* items;
  const char* ends;
  std::vector<double> answers;
  double value;
};
void PrintTo(const Right& right, std::ostream* out) { *out << right.name; }
class Formula : public testing::TestWithParam<Right> {};

// The vector must come out when the definition is loaded: it is given as the test's own.
TEST_P(Formula, GivesItsValue) {
  std::string answers;
  for (const double answer : GetParam().answers) {
    char digits[32];
    std::snprintf(digits, sizeof digits, "%.17g", answer);
    answers += (answers.empty() ? "" : ", ") + std::string(digits);
  }
  Folder folder;
  char value[32];
  std::snprintf(value, sizeof value, "%.17g", GetParam().value);
  folder.write("made.json", with_formula(GetParam().formula, GetParam().items, GetParam().ends,
                                         "[" + vector_of("[" + answers + "]", value) + "]"));
  Plugin plugin(folder.settings());
  EXPECT_TRUE(plugin.warnings("").empty()) << plugin.warnings("").front();
  auto* made = plugin.create("made");
  ASSERT_NE(made, nullptr);
  const auto scored = plugin.score(made, GetParam().answers);
  ASSERT_EQ(scored.status, ALLIANCE_OK) << scored.message;
  EXPECT_EQ(scored.values[0], GetParam().value);
}

const Right rights[] = {
    {"Sum", "[a] + [b] + [c]", R"("a", "b", "c")", R"("min": 0, "max": 9)", {1, 2, 3, 0, 0}, 6},
    {"Precedence", "[a] + [b] * 2 - 6 / 3", R"("a", "b")", R"("min": -2, "max": 7)", {1, 2, 0, 0, 0}, 3},
    {"LeftToRight", "12 - [a] - [b]", R"("a", "b")", R"("min": 6, "max": 12)", {1, 2, 0, 0, 0}, 9},
    {"Parentheses", "2 * ([a] + 1)", R"("a")", R"("min": 2, "max": 8)", {2, 0, 0, 0, 0}, 6},
    {"Negative", "-[a] + - (-3)", R"("a")", R"("min": 0, "max": 3)", {2, 0, 0, 0, 0}, 1},
    {"Largest", "max([a],[b],[c])", R"("a", "b", "c")", R"("min": 0, "max": 3)", {1, 3, 2, 0, 0}, 3},
    {"Smallest", "min([a], 2, [b])", R"("a", "b")", R"("min": 0, "max": 2)", {3, 3, 0, 0, 0}, 2},
    {"Reverse", "reverse([a]) + reverse([p])", R"("a", "p")", R"("min": 0, "max": 103)", {1, 0, 0, 20, 0}, 82},
    {"Mean", "mean([a],[b],[c])", R"("a", "b", "c")", R"("min": 0, "max": 3)", {1, 1, 0, 0, 0}, 2.0 / 3},
    {"MixedScales", "[p] / 12.5 + 1 + [a]", R"("p", "a")", R"("min": 1, "max": 12)", {2, 0, 0, 50, 0}, 7},
    {"ManyDecimals", "[l] * 3", R"("l")", R"("min": 0, "max": 30)", {0, 0, 0, 0, 0.1}, 0.3},
    {"LineAndPoints", "mean([l], [a])", R"("l", "a")", R"("min": 0, "max": 6.5)", {3, 0, 0, 0, 0.05}, 1.525},
    {"DivideByAnswer", "[a] / ([b] + 1)", R"("a", "b")", R"("min": 0, "max": 3)", {1, 2, 0, 0, 0}, 1.0 / 3},
    {"DivideByNegative", "[a] / (0 - [b] - 2)", R"("a", "b")", R"("min": -1.5, "max": 0)", {2, 1, 0, 0, 0}, -2.0 / 3},
    {"CountAtLeast",
     "count_at_least(2, [a], [b], [c])",
     R"("a", "b", "c")",
     R"("min": 0, "max": 3)",
     {2, 1, 3, 0, 0},
     2},
    {"CountFraction", "count_at_least(0.5, [l], [a])", R"("l", "a")", R"("min": 0, "max": 2)", {0, 0, 0, 0, 0.5}, 1},
    {"Constants", "[a] * (3 - 1) / (2 * 4) * 4", R"("a")", R"("min": 0, "max": 3)", {3, 0, 0, 0, 0}, 3},
};
INSTANTIATE_TEST_SUITE_P(Right, Formula, testing::ValuesIn(rights),
                         [](const auto& right) { return std::string(right.param.name); });

struct WrongFormula {
  const char* name;
  const char* formula;
  const char* says;
};
void PrintTo(const WrongFormula& wrong, std::ostream* out) { *out << wrong.name; }
class BadFormula : public testing::TestWithParam<WrongFormula> {};

TEST_P(BadFormula, IsRefusedWithItsPlace) {
  Folder folder;
  folder.write("made.json", with_formula(GetParam().formula, R"("a", "b")", R"("min": 0, "max": 3)",
                                         "[" + vector_of("[0, 0, 0, 0, 0]", "0") + "]"));
  Plugin plugin(folder.settings());
  EXPECT_TRUE(plugin.offered().empty());
  const auto warnings = plugin.warnings("made.json");
  ASSERT_FALSE(warnings.empty());
  EXPECT_NE(warnings.front().find("line 10, column 15: scales[0].formula: "), std::string::npos) << warnings.front();
  EXPECT_NE(warnings.front().find(GetParam().says), std::string::npos) << warnings.front();
}

std::string nested(int depth) {
  return std::string(static_cast<std::size_t>(depth), '(') + "[a]" + std::string(static_cast<std::size_t>(depth), ')');
}
const std::string deep = nested(200), products = "[a] * 1000000 * 1000000 * 1000000";

const WrongFormula wrongs[] = {
    {"UnknownItem", "[a] + [z]", "character 7: there is no item \"z\""},
    {"UnknownFunction", "[a] + median([b])", "character 7: there is no function \"median\""},
    {"DivideByZero", "[a] / 0", "character 5: a division by what may be zero"},
    {"DivideByPerhapsZero", "[a] / ([b] - 1)", "character 5: a division by what may be zero"},
    {"Overflow", products.c_str(), "too large to stay exact"},
    {"NotClosed", "([a] + [b]", "character 11: ')' is expected"},
    {"ItemNotClosed", "[a", "character 1: ']' is missing"},
    {"Trailing", "[a] [b]", "character 5: an operator or the end is expected"},
    {"NothingBetween", "[a] + ", "a number, an [item] or a function is expected"},
    {"NoArguments", "max()", "a number, an [item] or a function is expected"},
    {"ReverseOfSum", "reverse([a] + [b])", "')' is expected"},
    {"ReverseOfNumber", "reverse(3)", "reverse() takes one [item]"},
    {"CountWithoutNumber", "count_at_least([a], [b])", "begins with a number"},
    {"CountOfNothing", "count_at_least(1)", "',' is expected"},
    {"NumberTooLarge", "[a] + 1000001", "a number is 1000000 at most"},
    {"NumberTooFine", "[a] + 0.1234567", "6 decimals at most"},
    {"PointWithoutDigit", "[a] + 1.", "a digit is missing"},
    {"TooDeep", deep.c_str(), "nested more than 32 deep"},
};
INSTANTIATE_TEST_SUITE_P(Wrong, BadFormula, testing::ValuesIn(wrongs),
                         [](const auto& wrong) { return std::string(wrong.param.name); });

std::vector<std::string> refused(const std::string& json) {
  Folder folder;
  folder.write("made.json", json);
  Plugin plugin(folder.settings());
  EXPECT_TRUE(plugin.offered().empty());
  return plugin.warnings("made.json");
}

TEST(Formulas, ItemsOfTheScaleAndOfTheFormulaAreTheSame) {
  const std::string sheet = "[" + vector_of("[0, 0, 0, 0, 0]", "0") + "]";
  const auto fewer = refused(with_formula("[a] + [b]", R"("a")", R"("min": 0, "max": 6)", sheet));
  ASSERT_EQ(fewer.size(), 1u);
  EXPECT_NE(fewer[0].find("scales[0].items: \"b\" stands in the formula and not here"), std::string::npos) << fewer[0];
  const auto more = refused(with_formula("[a] + [b]", R"("a", "b", "c")", R"("min": 0, "max": 6)", sheet));
  ASSERT_EQ(more.size(), 1u);
  EXPECT_NE(more[0].find("scales[0].items[2]: \"c\" does not stand"), std::string::npos) << more[0];
}

TEST(Formulas, TheStatedEndsAreThoseOfTheFormula) {
  const std::string sheet = "[" + vector_of("[0, 0, 0, 0, 0]", "0") + "]";
  const auto wide = refused(with_formula("[a] + [b]", R"("a", "b")", R"("min": 0, "max": 7)", sheet));
  ASSERT_EQ(wide.size(), 1u);
  EXPECT_NE(wide[0].find("scales[0].max: 7 is stated, and the key gives 6"), std::string::npos) << wide[0];
  // An item that stands twice: the ends must lie within what is known, and a vector must show them.
  const auto unseen = refused(with_formula("[a] * [a] - [a]", R"("a")", R"("min": 0, "max": 6)", sheet));
  ASSERT_EQ(unseen.size(), 1u);
  EXPECT_NE(unseen[0].find("scales[0].max: 6 is stated, and no test vector reaches it"), std::string::npos);
  Folder folder;
  folder.write("made.json",
               with_formula("[a] * [a] - [a]", R"("a")", R"("min": 0, "max": 6)",
                            "[" + vector_of("[0, 0, 0, 0, 0]", "0") + ", " + vector_of("[3, 0, 0, 0, 0]", "6") + "]"));
  Plugin plugin(folder.settings());
  EXPECT_EQ(plugin.offered(), std::vector<std::string>{"made 1.0.0"});
}

TEST(Formulas, AGapIsNotScorableAndNothingProratesAFormula) {
  Folder folder;
  folder.write("made.json", with_formula("max([a],[b]) + [c]", R"("a", "b", "c")", R"("min": 0, "max": 6)",
                                         "[" + vector_of("[0, 0, 0, 0, 0]", "0") + "]"));
  Plugin plugin(folder.settings());
  auto* made = plugin.create("made");
  const std::vector<std::uint8_t> gap = {A, S, A, A, A};
  EXPECT_EQ(plugin.score(made, {3, 0, 1, 0, 0}, gap).states[0], ALLIANCE_NOT_SCORABLE);
  const auto rule = instruments_test::prorate(2);
  EXPECT_EQ(plugin.score(made, {3, 0, 1, 0, 0}, gap, &rule).states[0], ALLIANCE_NOT_SCORABLE);
  // An item that is in no scale may be missing.
  EXPECT_EQ(plugin.score(made, {3, 0, 1, 0, 0}, {A, A, A, S, S}).values[0], 4);
}

TEST(Formulas, TheCentreRuleCountsAGapAsTheMiddleAnswer) {
  Plugin plugin;
  auto* sus = plugin.create("sus");
  const std::vector<double> best = {5, 1, 5, 1, 5, 1, 5, 1, 5, 1};
  const std::vector<std::uint8_t> gap = {A, S, A, A, A, A, A, A, A, A};
  EXPECT_EQ(plugin.score(sus, best, gap).states[0], ALLIANCE_NOT_SCORABLE);
  const alliance_missing centre{sizeof centre, ALLIANCE_MISSING_CENTRE, 1, 0};
  const auto filled = plugin.score(sus, best, gap, &centre);
  EXPECT_EQ(filled.values[0], 95);
  EXPECT_EQ(filled.states[0], ALLIANCE_PRORATED);
  EXPECT_EQ(filled.answered[0], 9u);
  EXPECT_EQ(plugin.score(sus, best, {A, S, S, A, A, A, A, A, A, A}, &centre).states[0], ALLIANCE_NOT_SCORABLE);
  EXPECT_EQ(plugin.score(sus, best, std::vector<std::uint8_t>(10, S), &centre).states[0], ALLIANCE_NOT_SCORABLE);
  // 0 to 3 has no middle answer.
  auto* phq = plugin.create("phq-2");
  EXPECT_EQ(plugin.score(phq, {1, 1}, {A, S}, &centre).states[0], ALLIANCE_NOT_SCORABLE);
}

}  // namespace

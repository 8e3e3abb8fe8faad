// SPDX-License-Identifier: Apache-2.0
// Figures that any correct scoring must reproduce, on openly licensed answers that lie beside the project.
#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <sstream>

#include "instrument.h"

using instruments_test::Plugin;

namespace {

const std::filesystem::path data = std::filesystem::path(ALLIANCE_SOURCE_DIR) / ".." / "shared" / "data";

// The numbers of a CSV file without quotes in its rows, row after row.
std::vector<std::vector<double>> rows_of(const char* file) {
  std::vector<std::vector<double>> rows;
  std::ifstream in(data / file);
  std::string line;
  std::getline(in, line);
  while (std::getline(in, line)) {
    rows.emplace_back();
    std::istringstream cells(line);
    for (std::string cell; std::getline(cells, cell, ',');) rows.back().push_back(std::stod(cell));
  }
  return rows;
}

struct Figures {
  double mean = 0, sd = 0;
  std::vector<int> bands;
  int at_least(double value) const {
    int count = 0;
    for (const double total : totals) count += total >= value;
    return count;
  }
  std::vector<double> totals;
  std::vector<std::map<double, int>> others;  // by scale: how often each score occurs
};

Figures figures(Plugin& plugin, const char* id, const std::vector<std::vector<double>>& rows, std::size_t first) {
  auto* measure = plugin.create(id);
  const auto definition = plugin.definition(measure);
  const std::size_t items = definition.items.size();
  std::vector<double> answers;
  for (const auto& row : rows) {
    answers.insert(answers.end(), row.begin() + static_cast<std::ptrdiff_t>(first),
                   row.begin() + static_cast<std::ptrdiff_t>(first + items));
  }
  const auto scored = plugin.batch(measure, rows.size(), answers);
  EXPECT_EQ(scored.status, ALLIANCE_OK) << scored.message;
  Figures found;
  const std::size_t scales = definition.scales.size();
  found.bands.assign(definition.scales[0]->bands.size(), 0);
  found.others.assign(scales, {});
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const std::size_t at = i * scales;  // the total is the first scale
    EXPECT_EQ(scored.states[at], ALLIANCE_SCORED) << "row " << i + 1;
    found.totals.push_back(scored.values[at]);
    found.mean += scored.values[at] / static_cast<double>(rows.size());
    if (scored.bands[at] >= 0) ++found.bands[static_cast<std::size_t>(scored.bands[at])];
    for (std::size_t scale = 1; scale < scales; ++scale) ++found.others[scale][scored.values[at + scale]];
  }
  for (const double total : found.totals) found.sd += (total - found.mean) * (total - found.mean);
  found.sd = std::sqrt(found.sd / static_cast<double>(rows.size() - 1));
  return found;
}

TEST(Published, Phq9AndGad7OfTheStudents) {
  if (!std::filesystem::exists(data)) GTEST_SKIP() << "shared data are not here: " << data;
  const auto rows = rows_of("phq9_gad7_students_2024.csv");
  ASSERT_EQ(rows.size(), 223u);
  Plugin plugin;
  const Figures phq = figures(plugin, "phq-9", rows, 0), gad = figures(plugin, "gad-7", rows, 9);
  EXPECT_NEAR(phq.mean, 8.825112, 5e-7);
  EXPECT_NEAR(phq.sd, 6.172512, 5e-7);
  EXPECT_EQ(phq.bands, (std::vector<int>{61, 82, 43, 18, 19}));
  EXPECT_EQ(phq.at_least(10), 80);
  EXPECT_NEAR(gad.mean, 5.748879, 5e-7);
  EXPECT_NEAR(gad.sd, 5.409342, 5e-7);
  EXPECT_EQ(gad.bands, (std::vector<int>{115, 64, 26, 18}));
  EXPECT_EQ(gad.at_least(8), 57);
  // The screening algorithm: major 42, other 19.
  EXPECT_EQ(phq.others[1], (std::map<double, int>{{0, 162}, {1, 19}, {2, 42}}));

  // The safety rule of item 9, read from the definition, holds for 65 of them.
  const auto definition = plugin.definition(plugin.create("phq-9"));
  ASSERT_NE(definition.items[8]->safety, nullptr);
  EXPECT_EQ(definition.items[8]->safety->comparator, alliance::fb::Comparator::at_least);
  int positive = 0, caseness = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    positive += rows[i][8] >= definition.items[8]->safety->threshold;
    caseness += phq.totals[i] >= 10 || gad.totals[i] >= 8;
  }
  EXPECT_EQ(positive, 65);
  EXPECT_EQ(caseness, 86);
}

TEST(Published, EveryGad7TotalIsTheOneThatItsAuthorsPublished) {
  if (!std::filesystem::exists(data)) GTEST_SKIP() << "shared data are not here: " << data;
  const auto rows = rows_of("gad7_online_2021.csv");
  ASSERT_EQ(rows.size(), 406u);
  Plugin plugin;
  const Figures gad = figures(plugin, "gad-7", rows, 0);
  for (std::size_t i = 0; i < rows.size(); ++i) EXPECT_EQ(gad.totals[i], rows[i][7]) << "row " << i + 1;
  EXPECT_NEAR(gad.mean, 6.325123, 5e-7);
  EXPECT_NEAR(gad.sd, 5.596975, 5e-7);
  EXPECT_EQ(gad.at_least(8), 143);
  EXPECT_EQ(gad.at_least(10), 119);
}

// The rows of a file of SUS answers, scored.
std::vector<double> sus_scores(const std::vector<double>& answers) {
  Plugin plugin;
  const auto scored = plugin.batch(plugin.create("sus"), answers.size() / 10, answers);
  EXPECT_EQ(scored.status, ALLIANCE_OK) << scored.message;
  for (const auto state : scored.states) EXPECT_EQ(state, ALLIANCE_SCORED);
  return scored.values;
}

// mean, sd, median
std::array<double, 3> moments(std::vector<double> values) {
  double mean = 0, squares = 0;
  for (const double value : values) mean += value / static_cast<double>(values.size());
  for (const double value : values) squares += (value - mean) * (value - mean);
  std::sort(values.begin(), values.end());
  const std::size_t half = values.size() / 2;
  return {mean, std::sqrt(squares / static_cast<double>(values.size() - 1)), (values[half - 1] + values[half]) / 2};
}

std::vector<std::string> cells_of(const std::string& line, char separator) {
  std::vector<std::string> cells;
  std::istringstream in(line);
  for (std::string cell; std::getline(in, cell, separator);) {
    while (!cell.empty() && (cell.back() == '\r' || cell.back() == ' ')) cell.pop_back();
    cells.push_back(cell);
  }
  return cells;
}

TEST(Published, UsabilityOfTwoSystems) {
  if (!std::filesystem::exists(data)) GTEST_SKIP() << "shared data are not here: " << data;
  std::map<std::string, std::vector<double>> answers;
  std::ifstream in(data / "sus_two_systems.csv");
  std::string line;
  std::getline(in, line);
  while (std::getline(in, line)) {
    const auto cells = cells_of(line, ';');
    ASSERT_EQ(cells.size(), 11u) << line;
    for (std::size_t i = 0; i < 10; ++i) answers[cells[10]].push_back(std::stod(cells[i]));
  }
  ASSERT_EQ(answers.size(), 2u);
  const auto a = sus_scores(answers.begin()->second), b = sus_scores(answers.rbegin()->second);
  EXPECT_EQ(a, (std::vector<double>{70, 75, 92.5, 80, 85, 95, 87.5, 92.5, 92.5, 80}));
  EXPECT_EQ(b, (std::vector<double>{92.5, 85, 80, 77.5, 57.5, 67.5, 60, 67.5, 80, 80}));
  EXPECT_NEAR(moments(a)[0], 85.0, 5e-7);
  EXPECT_NEAR(moments(a)[1], 8.498366, 5e-7);
  EXPECT_EQ(moments(a)[2], 86.25);
  EXPECT_NEAR(moments(b)[0], 74.75, 5e-7);
  EXPECT_NEAR(moments(b)[1], 11.208256, 5e-7);
  EXPECT_EQ(moments(b)[2], 78.75);
}

TEST(Published, UsabilityFromAnswersInWords) {
  if (!std::filesystem::exists(data)) GTEST_SKIP() << "shared data are not here: " << data;
  // The words of the file: a label stands for a value wherever on the page it stood.
  const std::map<std::string, double> labels = {{"Strongly disagree", 1},
                                                {"Somewhat disagree", 2},
                                                {"Neither agree nor disagree", 3},
                                                {"Somewhat agree", 4},
                                                {"Strongly agree", 5}};
  std::vector<double> answers;
  std::ifstream in(data / "sus_text_labels.csv");
  std::string line;
  std::getline(in, line);
  while (std::getline(in, line)) {
    const auto cells = cells_of(line, ',');
    ASSERT_EQ(cells.size(), 10u) << line;
    for (const auto& cell : cells) {
      ASSERT_TRUE(labels.contains(cell)) << cell;
      answers.push_back(labels.at(cell));
    }
  }
  auto scores = sus_scores(answers);
  ASSERT_EQ(scores.size(), 30u);
  EXPECT_EQ((std::vector<double>{scores.begin(), scores.begin() + 6}),
            (std::vector<double>{95, 97.5, 80, 87.5, 87.5, 67.5}));
  EXPECT_NEAR(moments(scores)[0], 71.666667, 5e-7);
  EXPECT_NEAR(moments(scores)[1], 15.190363, 5e-7);
  EXPECT_EQ(*std::min_element(scores.begin(), scores.end()), 37.5);
  EXPECT_EQ(*std::max_element(scores.begin(), scores.end()), 97.5);
}

}  // namespace

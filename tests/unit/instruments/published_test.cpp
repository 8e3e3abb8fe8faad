// SPDX-License-Identifier: Apache-2.0
// Figures that any correct scoring must reproduce, on openly licensed answers that lie beside the project.
#include <cmath>
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
  found.totals = scored.values;
  found.bands.assign(definition.scales[0]->bands.size(), 0);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    EXPECT_EQ(scored.states[i], ALLIANCE_SCORED) << "row " << i + 1;
    found.mean += scored.values[i] / static_cast<double>(rows.size());
    if (scored.bands[i] >= 0) ++found.bands[static_cast<std::size_t>(scored.bands[i])];
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

}  // namespace

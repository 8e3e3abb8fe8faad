// SPDX-License-Identifier: Apache-2.0
// The figures of a group week by week, and what their differences give away.
#include "host/factors_over_time.h"
#include "people.h"

namespace alliance::host::testing {
namespace {

constexpr std::int64_t week = 7 * day;
using Points = std::vector<std::optional<double>>;  // absent: suppressed

// Of the weeks in the order of time, the last one now.
std::vector<std::unique_ptr<fb::FactorOverTimeT>> seen(std::vector<Caseload>& weeks) {
  indicators::OverTime series;
  for (std::size_t i = 0; i < weeks.size(); ++i) {
    const std::int64_t at = now - static_cast<std::int64_t>(weeks.size() - 1 - i) * week;
    series.add(group_of(weeks[i].everyone(), "north"), at);
  }
  EXPECT_EQ(series.instants().size(), weeks.size());
  EXPECT_EQ(series.instants().back(), now);
  return series.rows();
}

const fb::IndicatorOverTimeT& line(const std::vector<std::unique_ptr<fb::FactorOverTimeT>>& rows,
                                   const std::string& id) {
  for (const auto& row : rows) {
    for (const auto& one : row->indicators) {
      if (one->id == id) return *one;
    }
  }
  throw std::runtime_error("there is no indicator " + id);
}

Points shown(std::vector<Caseload> weeks, const std::string& id) {
  const auto rows = seen(weeks);
  Points out;
  for (const auto& point : line(rows, id).points) {
    EXPECT_EQ(point->suppressed, !point->value.has_value()) << id;
    out.push_back(point->suppressed ? std::nullopt : std::optional<double>(*point->value));
  }
  return out;
}

// Of the practitioners alone, each with one training.
Caseload trained(int people) {
  auto all = caseload(people, people);
  for (auto& one : all.cases) one.trainings.clear();
  for (auto& one : all.practitioners) {
    one.trainings.clear();
    auto& training = add(one.trainings);
    training.training = "basics";
    training.completed = start;
  }
  return all;
}

// As many clients as practitioners; the first so many of them agree less.
Caseload agreeing(int people, int less) {
  auto all = caseload(people, people);
  for (int i = 0; i < less; ++i) {
    all.cases[static_cast<std::size_t>(i)].sheets.front()->scores.front()->value = 1.0 + 3 * i;
  }
  return all;
}

double mean_of_agreement(int people, int less) {
  std::vector<Caseload> one;
  one.push_back(agreeing(people, less));
  return *shown(std::move(one), "agreement-on-tasks").front();
}

std::vector<Caseload> weeks_of(std::initializer_list<std::pair<int, int>> people_and_less) {
  std::vector<Caseload> out;
  for (const auto& [people, less] : people_and_less) out.push_back(agreeing(people, less));
  return out;
}

TEST(OverTime, AWeekThatDiffersByFewerThanFivePeopleIsSuppressedAndTheNewestIsShown) {
  const double before = mean_of_agreement(8, 0), five = mean_of_agreement(8, 5);
  EXPECT_EQ(shown(weeks_of({{8, 0}, {8, 0}}), "agreement-on-tasks"), (Points{before, before}));
  EXPECT_EQ(shown(weeks_of({{8, 0}, {8, 1}}), "agreement-on-tasks"), (Points{std::nullopt, mean_of_agreement(8, 1)}));
  EXPECT_EQ(shown(weeks_of({{8, 0}, {8, 4}}), "agreement-on-tasks"), (Points{std::nullopt, mean_of_agreement(8, 4)}));
  EXPECT_EQ(shown(weeks_of({{8, 0}, {8, 5}}), "agreement-on-tasks"), (Points{before, five}));
}

TEST(OverTime, WhoComesOrGoesIsNotHadFromTheDifferenceEither) {
  EXPECT_EQ(shown(weeks_of({{8, 0}, {9, 0}}), "agreement-on-tasks"), (Points{std::nullopt, mean_of_agreement(9, 0)}));
  EXPECT_EQ(shown(weeks_of({{9, 0}, {8, 0}}), "agreement-on-tasks"), (Points{std::nullopt, mean_of_agreement(8, 0)}));
  EXPECT_EQ(shown(weeks_of({{6, 0}, {11, 0}}), "agreement-on-tasks"),
            (Points{mean_of_agreement(6, 0), mean_of_agreement(11, 0)}));
}

TEST(OverTime, EachWeekIsHeldAgainstEveryOtherThatIsShown) {
  // Between neighbours five differ; between the first and the last it is one.
  auto weeks = weeks_of({{8, 0}, {8, 6}, {8, 0}});
  weeks[0].cases[7].sheets.front()->scores.front()->value = 2.0;
  const auto found = shown(std::move(weeks), "agreement-on-tasks");
  EXPECT_EQ(found[0], std::nullopt);
  EXPECT_TRUE(found[1].has_value());
  EXPECT_TRUE(found[2].has_value());
}

TEST(OverTime, WhatAllHaveInCommonGivesNobodyAway) {
  std::vector<Caseload> weeks;
  for (int i = 0; i < 2; ++i) weeks.push_back(trained(6));
  EXPECT_EQ(shown(weeks, "days-since-training"), (Points{21.0, 28.0}));
  weeks[1].practitioners[2].trainings.front()->completed = now - day;
  const auto found = shown(std::move(weeks), "days-since-training");
  EXPECT_EQ(found[0], std::nullopt);
  EXPECT_TRUE(found[1].has_value());
}

TEST(OverTime, NothingIsShownOfASmallGroupAndNothingOfConfidenceAtAll) {
  std::vector<Caseload> weeks;
  weeks.push_back(caseload(20, 4));
  weeks.push_back(caseload(20, 4));
  for (const auto& row : seen(weeks)) {
    for (const auto& one : row->indicators) {
      EXPECT_EQ(one->points.empty(), row->factor == fb::Factor::b4_confidence) << one->id;
      for (const auto& point : one->points) {
        EXPECT_TRUE(point->suppressed) << one->id;
        EXPECT_FALSE(point->value.has_value()) << one->id;
      }
    }
  }
}

TEST(OverTime, BeforeThereWasAnybodyNothingIsSuppressed) {
  std::vector<Caseload> weeks(1);
  weeks.push_back(caseload(5, 5));
  const auto rows = seen(weeks);
  const auto& found = line(rows, "agreement-on-tasks").points;
  EXPECT_FALSE(found[0]->suppressed);
  EXPECT_FALSE(found[0]->value.has_value());
  EXPECT_TRUE(found[1]->value.has_value());
}

TEST(OverTime, ATrainingThatHoldsIsNoGapAndOneThatRanOutIs) {
  auto all = trained(5);
  all.practitioners[0].trainings.front()->expires = now - day;
  all.practitioners[1].trainings.clear();
  std::vector<Caseload> weeks;
  weeks.push_back(std::move(all));
  EXPECT_EQ(shown(std::move(weeks), "training-gap"), (Points{40.0}));
}

}  // namespace
}  // namespace alliance::host::testing

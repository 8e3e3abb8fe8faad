// SPDX-License-Identifier: Apache-2.0
#include "timing/review_needs.h"

#include <gtest/gtest.h>

#include <numeric>

namespace {

using namespace alliance;

constexpr std::int64_t week = INT64_C(604'800'000'000), now = 1'000 * week;

std::unique_ptr<fb::CaseTimeT> part(double remaining, std::int64_t ends, int waiting) {
  auto made = std::make_unique<fb::CaseTimeT>();
  made->id = "c";
  made->ends = ends;
  made->account = std::make_unique<fb::TimeAccountT>();
  auto row = std::make_unique<fb::WorkMinutesT>();
  row->work = fb::Work::online_review;
  row->remaining = remaining;
  made->account->work.push_back(std::move(row));
  for (int i = 0; i < waiting; ++i) {
    auto one = std::make_unique<fb::WaitingReviewT>();
    one->minutes = 10;
    made->waiting.push_back(std::move(one));
  }
  return made;
}

TEST(ReviewNeeds, WhatWaitsComesFirstAndTheRestIsSpreadUntilThePlanEnds) {
  fb::TimeViewT view;
  view.parts.push_back(part(50, now + 4 * week, 2));
  const std::vector<double> expected = {20 + 7.5, 7.5, 7.5, 7.5, 0, 0};
  EXPECT_EQ(timing::review_minutes(view, now, 6), expected);
  view.parts.push_back(part(60, 0, 0));
  const auto both = timing::review_minutes(view, now, 6);
  EXPECT_EQ(both[5], 10);
  EXPECT_DOUBLE_EQ(std::accumulate(both.begin(), both.end(), 0.0), 50 + 60);
}

TEST(ReviewNeeds, ClosedAndObservedCasesNeedNothing) {
  fb::TimeViewT view;
  view.parts.push_back(part(50, now + week, 1));
  view.parts.back()->closed = now - week;
  view.parts.push_back(part(50, now + week, 1));
  view.parts.back()->counting = fb::Counting::observed;
  EXPECT_EQ(timing::review_minutes(view, now, 2), std::vector<double>(2));
  EXPECT_TRUE(timing::review_minutes(view, now, 0).empty());
}

TEST(ReviewNeeds, MoreWaitingThanThePlanForesawIsStillToBeReviewed) {
  fb::TimeViewT view;
  view.parts.push_back(part(10, now + 2 * week, 3));
  EXPECT_EQ(timing::review_minutes(view, now, 2), (std::vector<double>{30, 0}));
}

}  // namespace

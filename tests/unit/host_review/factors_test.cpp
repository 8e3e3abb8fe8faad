// SPDX-License-Identifier: Apache-2.0
// Each factor's indicators, from what events leave in a case.
#include <algorithm>
#include <cmath>
#include <limits>

#include "host/factors.h"
#include "people.h"

namespace alliance::host {
namespace {

using namespace testing;
using Rows = std::vector<std::unique_ptr<fb::FactorRowT>>;

TEST(Factors, AnEmptyCaseHasEightRowsWithoutAValue) {
  const auto rows = factors(blended_case("c1", "p1"), now);
  ASSERT_EQ(rows.size(), 8U);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    EXPECT_EQ(static_cast<std::size_t>(rows[i]->factor), i + 1);
    EXPECT_FALSE(rows[i]->indicators.empty());
    EXPECT_FALSE(rows[i]->actions.empty());
    for (const auto& one : rows[i]->indicators) {
      EXPECT_FALSE(one->value.has_value()) << one->id;
      EXPECT_FALSE(one->text.empty()) << one->id;
      EXPECT_FALSE(one->suppressed) << one->id;
    }
  }
}

TEST(Factors, APractitionerWithoutEventsHasEightRowsWithoutAValue) {
  const auto rows = factors(practitioner_stream("p1"), now);
  ASSERT_EQ(rows.size(), 8U);
  for (const auto& row : rows) {
    for (const auto& one : row->indicators) EXPECT_FALSE(one->value.has_value()) << one->id;
  }
}

TEST(Factors, F1MinutesPerWeekByMode) {
  auto state = blended_case("c1", "p1");
  spent(state, fb::Work::in_person, 80, start + day, "e1");
  spent(state, fb::Work::online_review, 12, start + 2 * day, "e2");
  spent(state, fb::Work::messaging, 8, start + 3 * day, "e3");
  spent(state, fb::Work::admin, 20, start + 4 * day, "e4");
  spent(state, fb::Work::supervision, 60, start + 5 * day, "e5");  // not for the client
  spent(state, fb::Work::in_person, 500, now + day, "e6");         // not yet
  account(state, 500, 120);
  const auto rows = factors(state, now);  // four weeks
  EXPECT_DOUBLE_EQ(value(rows, "minutes-per-week"), 30);
  EXPECT_DOUBLE_EQ(value(rows, "minutes-per-week-in-sessions"), 20);
  EXPECT_DOUBLE_EQ(value(rows, "minutes-per-week-online"), 5);
  EXPECT_DOUBLE_EQ(value(rows, "planned-minutes-per-week"), 50);
  EXPECT_DOUBLE_EQ(value(rows, "minutes-remaining"), 380);
  EXPECT_EQ(row(rows, fb::Factor::f1_time).events, (std::vector<std::string>{"e1", "e2", "e3", "e4"}));
}

TEST(Factors, F1TheFirstDaysAreTakenAsOneWeek) {
  auto state = blended_case("c1", "p1");
  spent(state, fb::Work::in_person, 30, start + hour, "e1");
  EXPECT_DOUBLE_EQ(value(factors(state, start + day), "minutes-per-week"), 30);
}

TEST(Factors, F1DaysSinceContactStopAtTheClosing) {
  auto state = blended_case("c1", "p1");
  state.last_contact = start + 7 * day;
  EXPECT_DOUBLE_EQ(value(factors(state, now), "days-since-human-contact"), 21);
  state.closed = start + 10 * day;
  EXPECT_DOUBLE_EQ(value(factors(state, now), "days-since-human-contact"), 3);
}

TEST(Factors, F2ToolsAndOnlineWorkTakenUp) {
  auto state = blended_case("c1", "p1");
  const auto tool = [&](const std::string& name, bool used, const std::string& event) {
    auto& one = add(state.tools);
    one.tool = name;
    one.used = used;
    one.event = event;
  };
  tool("diary", false, "t1");
  tool("diary", true, "t2");
  tool("diary", true, "t3");
  tool("activity-plan", true, "t4");
  component(state, "module-1", start, start + day).discussed = start + 2 * day;
  component(state, "module-2", start, start + 3 * day);
  component(state, "module-3", start).discussed = start + day;  // not completed: not counted
  const auto rows = factors(state, now);
  EXPECT_DOUBLE_EQ(value(rows, "tools-used"), 2);
  EXPECT_DOUBLE_EQ(value(rows, "online-work-discussed"), 50);
  EXPECT_TRUE(contains(row(rows, fb::Factor::f2_toolkit).events, "t4"));
  EXPECT_TRUE(contains(row(rows, fb::Factor::f2_toolkit).events, "c1-module-2-completed"));
}

TEST(Factors, F3AdaptationsOwnAndAcceptedLeaveTheDefaultPath) {
  auto state = blended_case("c1", "p1");
  component(state, "module-1", start);
  EXPECT_DOUBLE_EQ(value(factors(state, now), "on-default-path"), 100);

  proposal(state, fb::Factor::b3_inflexibility, fb::ActionKind::skip, fb::Decision::declined);
  proposal(state, fb::Factor::b3_inflexibility, fb::ActionKind::skip, fb::Decision::accepted).reverted = now;
  proposal(state, fb::Factor::b3_inflexibility, fb::ActionKind::skip, fb::Decision::accepted).refused = now;
  proposal(state, fb::Factor::b1_constraints, fb::ActionKind::protected_slot, fb::Decision::accepted);
  EXPECT_DOUBLE_EQ(value(factors(state, now), "on-default-path"), 100);
  EXPECT_DOUBLE_EQ(value(factors(state, now), "adaptations"), 0);

  proposal(state, fb::Factor::b3_inflexibility, fb::ActionKind::skip, fb::Decision::accepted, "why");
  auto& own = add(state.own_adaptations);
  own.action = std::make_unique<fb::ActionT>();
  own.action->kind = fb::ActionKind::reorder;
  own.action->component = "module-4";
  own.action->before = "module-3";
  own.time = start + 9 * day;
  own.event = "own";
  const auto rows = factors(state, now);
  EXPECT_DOUBLE_EQ(value(rows, "on-default-path"), 0);
  EXPECT_DOUBLE_EQ(value(rows, "adaptations"), 2);
  const auto& f3 = row(rows, fb::Factor::f3_tailoring);
  EXPECT_TRUE(contains(f3.events, "own"));
  EXPECT_TRUE(contains(f3.events, "why"));
  EXPECT_TRUE(contains(f3.actions, "adapted on 2026-03-06 unasked: another order for module-4, before module-3"));
}

TEST(Factors, F3TheLatestAgreementOnTasksIsTheClientsByRole) {
  auto state = blended_case("c1", "p1");
  sheet(state, "alliance.task", fb::Rater::client, 12, start + 8 * day, "late", "any-instrument");
  sheet(state, "alliance.task", fb::Rater::client, 16, start + day, "early", "any-instrument");
  sheet(state, "alliance.task", fb::Rater::practitioner, 19, start + 9 * day, "other-rater");
  sheet(state, "alliance.task", fb::Rater::client, 18, start + 9 * day, "programme", "any", fb::Target::programme);
  sheet(state, "alliance.bond", fb::Rater::client, 20, start + 9 * day, "other-role");
  auto& unscored = sheet(state, "alliance.task", fb::Rater::client, 0, start + 9 * day, "missing");
  unscored.scores.front()->value = flatbuffers::nullopt;
  const auto rows = factors(state, now);
  EXPECT_DOUBLE_EQ(value(rows, "agreement-on-tasks"), 12);
  EXPECT_NE(indicator(rows, "agreement-on-tasks").text.find("any-instrument 1.0.0"), std::string::npos);
  EXPECT_EQ(row(rows, fb::Factor::f3_tailoring).events, std::vector<std::string>{"late"});
}

TEST(Factors, F4TrainingSupportAndSupervision) {
  auto state = practitioner_stream("p1");
  auto& training = add(state.trainings);
  training.training = "basics";
  training.completed = now - 30 * day;
  training.expires = now - day;
  training.event = "t1";
  const auto request = [&](const std::string& id, std::int64_t opened, std::int64_t resolved) {
    auto& one = add(state.support);
    one.request = id;
    one.opened = opened;
    one.resolved = resolved;
    one.event = id;
  };
  request("r1", start, start + 4 * hour);
  request("r2", start, start + 8 * hour);
  request("r3", now - 3 * day, 0);
  state.supervisions = {start, start + 7 * day};
  const auto rows = factors(state, now);
  EXPECT_DOUBLE_EQ(value(rows, "days-since-training"), 30);
  EXPECT_EQ(indicator(rows, "days-since-training").text, "1 training expired");
  EXPECT_DOUBLE_EQ(value(rows, "hours-to-resolve-support"), 6);
  EXPECT_DOUBLE_EQ(value(rows, "open-support-requests"), 1);
  EXPECT_EQ(indicator(rows, "open-support-requests").text, "the oldest for 3 days, 1 without an owner");
  EXPECT_DOUBLE_EQ(value(rows, "supervision-held"), 2);
  EXPECT_EQ(row(rows, fb::Factor::f4_training_support).events, (std::vector<std::string>{"t1", "r1", "r2", "r3"}));
}

TEST(Factors, B1PlanReviewsAndTheLastSevenDays) {
  auto state = blended_case("c1", "p1");
  account(state, 400, 100);
  spent(state, fb::Work::in_person, 30, now - 8 * day, "old");
  spent(state, fb::Work::in_person, 25, now - 6 * day, "new");
  component(state, "module-1", start, now - 10 * day);
  component(state, "module-2", start, now - 4 * day);
  component(state, "module-3", start, now - 20 * day).reviewed = now - day;
  component(state, "module-4", start);
  const auto rows = factors(state, now);
  EXPECT_DOUBLE_EQ(value(rows, "minutes-used-of-planned"), 25);
  EXPECT_DOUBLE_EQ(value(rows, "unreviewed-components"), 2);
  EXPECT_DOUBLE_EQ(value(rows, "oldest-unreviewed-days"), 10);
  EXPECT_DOUBLE_EQ(value(rows, "minutes-last-7-days"), 25);
}

TEST(Factors, B1CapacityStandsOnNoCase) {
  auto state = full_case("c1", "p1");
  for (const auto& row : factors(state, now)) {
    for (const auto& one : row->indicators) EXPECT_NE(one->id, "capacity-used-last-7-days");
  }
}

TEST(Factors, B2DifficultiesByKindAndUsabilityByRole) {
  auto state = blended_case("c1", "p1");
  component(state, "module-1", start, start + day);   // two turns
  component(state, "module-2", start).abandoned = 1;  // one turn, abandoned
  difficulty(state, fb::DifficultyKind::login, "d1");
  difficulty(state, fb::DifficultyKind::login, "d2");
  difficulty(state, fb::DifficultyKind::technical, "d3");
  sheet(state, "usability.total", fb::Rater::client, 55, start + day, "s1", "sus", fb::Target::programme);
  sheet(state, "usability.total", fb::Rater::practitioner, 70, start + day, "s2", "sus", fb::Target::programme);
  const auto rows = factors(state, now);
  EXPECT_DOUBLE_EQ(value(rows, "difficulties-login"), 2);
  EXPECT_DOUBLE_EQ(value(rows, "difficulties-technical"), 1);
  EXPECT_DOUBLE_EQ(value(rows, "difficulties-usability"), 0);
  EXPECT_DOUBLE_EQ(value(rows, "error-free-share"), 100.0 * 2 / 6);
  EXPECT_DOUBLE_EQ(value(rows, "usability-client"), 55);
  EXPECT_DOUBLE_EQ(value(rows, "usability-practitioner"), 70);
}

TEST(Factors, B3IrrelevantRefusedAndStuck) {
  auto state = blended_case("c1", "p1");
  component(state, "module-1", start, start + day).irrelevant = start + day;
  component(state, "module-2", now - 15 * day);
  component(state, "module-3", now - 13 * day);
  proposal(state, fb::Factor::b3_inflexibility, fb::ActionKind::skip, fb::Decision::accepted, "c1-why").refused =
      start + 7 * day;
  const auto rows = factors(state, now);
  EXPECT_DOUBLE_EQ(value(rows, "components-irrelevant"), 1);
  EXPECT_DOUBLE_EQ(value(rows, "components-stuck"), 1);
  EXPECT_DOUBLE_EQ(value(rows, "changes-refused"), 1);
  const auto& b3 = row(rows, fb::Factor::b3_inflexibility);
  EXPECT_TRUE(contains(b3.actions,
                       "proposed on 2026-03-02: a skip for module-2; accepted on 2026-03-03, refused by "
                       "the programme on 2026-03-04"));
  EXPECT_TRUE(contains(b3.events, "c1-why"));
}

TEST(Factors, B4OwnTrendOnTheOwnPageAlone) {
  auto state = practitioner_stream("p1");
  const auto check_in = [&](double sure, std::int64_t time, const std::string& event) {
    auto& one = add(state.confidence);
    one.time = time;
    one.value = sure;
    one.about = "blended";
    one.event = event;
  };
  check_in(4, start + 9 * day, "late");
  check_in(2, start, "early");
  auto& nudge = add(state.nudges);
  nudge.nudge = "video";
  nudge.taken = start + day;
  const auto rows = factors(state, now);
  EXPECT_DOUBLE_EQ(value(rows, "confidence-latest"), 4);
  EXPECT_DOUBLE_EQ(value(rows, "confidence-change"), 2);
  EXPECT_DOUBLE_EQ(value(rows, "nudges-taken"), 1);
  EXPECT_EQ(row(rows, fb::Factor::b4_confidence).events, (std::vector<std::string>{"early", "late"}));

  const auto of_a_case = factors(full_case("c1", "p1"), now);
  for (const auto& one : row(of_a_case, fb::Factor::b4_confidence).indicators) {
    EXPECT_FALSE(one->value.has_value()) << one->id;
  }
  EXPECT_TRUE(row(of_a_case, fb::Factor::b4_confidence).events.empty());
}

TEST(Factors, ACaseInPersonOnlySaysSo) {
  auto state = blended_case("c1", "p1");
  state.delivery = fb::Delivery::face_to_face;
  state.programme.clear();
  auto& session = add(state.sessions);
  session.state = fb::SessionState::held;
  spent(state, fb::Work::in_person, 30, start + day, "e1");
  const auto rows = factors(state, now);
  for (const auto* id : {"minutes-per-week-online", "online-work-discussed", "adaptations", "on-default-path",
                         "error-free-share", "components-stuck", "changes-refused"}) {
    EXPECT_FALSE(indicator(rows, id).value.has_value()) << id;
    EXPECT_EQ(indicator(rows, id).text, "no digital programme in this case") << id;
  }
  EXPECT_TRUE(indicator(rows, "minutes-per-week").value.has_value());
}

TEST(Factors, HoldNothingThatConsentOrTheArmTakesAway) {
  auto state = full_case("c1", "p1");
  proposal(state, fb::Factor::f3_tailoring, fb::ActionKind::ask_client);
  EXPECT_TRUE(contains(row(factors(state, now), fb::Factor::f3_tailoring).actions, "a question to the client"));
  state.consent_withdrawn = now;
  const auto withdrawn = factors(state, now);
  EXPECT_FALSE(indicator(withdrawn, "agreement-on-tasks").value.has_value());
  EXPECT_FALSE(contains(row(withdrawn, fb::Factor::f3_tailoring).actions, "a question to the client"));
  EXPECT_TRUE(indicator(withdrawn, "minutes-per-week").value.has_value());
  state.observe_only = true;
  const auto observed = factors(state, now);
  ASSERT_EQ(observed.size(), 8U);
  for (const auto& row : observed) {
    EXPECT_TRUE(row->events.empty());
    EXPECT_FALSE(contains(row->actions, "proposed"));
    for (const auto& one : row->indicators) EXPECT_FALSE(one->value.has_value()) << one->id;
  }
}

TEST(Factors, IdsAreUniqueAndKebabCase) {
  std::vector<std::string> ids;
  for (const auto& spec : indicators::indicator_table()) {
    const std::string id = spec.id;
    EXPECT_EQ(id.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-"), std::string::npos) << id;
    EXPECT_EQ(std::count(ids.begin(), ids.end(), id), 0) << id;
    ids.push_back(id);
  }
}

TEST(Factors, ValuesOutOfRangeNeverComeOut) {
  auto state = blended_case("c1", "p1");
  account(state, 1e-300, 1e300);
  spent(state, fb::Work::in_person, std::numeric_limits<double>::quiet_NaN(), start + day, "nan");
  spent(state, fb::Work::in_person, -5, start + day, "negative");
  component(state, "module-1", std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max());
  state.last_contact = std::numeric_limits<std::int64_t>::min();
  proposal(state, fb::Factor::f1_time, static_cast<fb::ActionKind>(200), static_cast<fb::Decision>(200));
  state.proposals.back()->reported = std::numeric_limits<std::int64_t>::min();
  state.proposals.back()->applied = std::numeric_limits<std::int64_t>::max();
  state.opened = std::numeric_limits<std::int64_t>::min();
  for (const auto as_of :
       {now, std::int64_t{0}, std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max()}) {
    for (const auto& row : factors(state, as_of)) {
      for (const auto& one : row->indicators) {
        EXPECT_TRUE(!one->value || std::isfinite(*one->value)) << one->id;
      }
    }
  }
  EXPECT_DOUBLE_EQ(value(factors(state, now), "minutes-per-week"), 0);
  EXPECT_FALSE(indicator(factors(state, now), "minutes-used-of-planned").value.has_value());
}

}  // namespace
}  // namespace alliance::host

// SPDX-License-Identifier: Apache-2.0
// Who may see what, cell by cell.
#include <algorithm>
#include <map>

#include "people.h"

namespace alliance::host {
namespace {

using namespace testing;

fb::CaseT seen_by(const Viewer& viewer, const fb::CaseT& state) {
  return as_seen(state, viewer, withheld(viewer, state));
}

// Which data are there at all, as one word: looked for field by field and not by the code under test.
std::map<Datum, bool> present(const fb::CaseT& state) {
  const auto own_proposal = [&](fb::Factor factor) {
    return std::any_of(state.proposals.begin(), state.proposals.end(),
                       [&](const auto& one) { return one->proposal->factor == factor; });
  };
  const auto own_sheet = [&](const std::string& instrument) {
    return std::any_of(state.sheets.begin(), state.sheets.end(),
                       [&](const auto& one) { return one->instrument == instrument; });
  };
  return {{Datum::course, !state.sessions.empty() && !state.components.empty()},
          {Datum::scores, own_sheet("three-items")},
          {Datum::signals, !state.signals.empty()},
          {Datum::safety_flags, !state.flags.empty()},
          {Datum::minutes, !state.minutes.empty() || state.account != nullptr ||
                               (!state.sessions.empty() && state.sessions.front()->minutes > 0)},
          {Datum::proposals, own_proposal(fb::Factor::b3_inflexibility) || !state.own_adaptations.empty()},
          {Datum::difficulties, !state.difficulties.empty() || !state.support.empty()},
          {Datum::training, !state.trainings.empty() || !state.onboarding.empty() || !state.supervisions.empty() ||
                                own_proposal(fb::Factor::f4_training_support)},
          {Datum::confidence, !state.confidence.empty() || !state.nudges.empty() ||
                                  own_proposal(fb::Factor::b4_confidence) || own_sheet("sure")},
          {Datum::capacity, state.capacity_per_week.has_value() || !state.leave.empty() ||
                                (state.account && state.account->capacity_per_week)}};
}

std::vector<Datum> shown_to(const Viewer& viewer, const fb::CaseT& state) {
  std::vector<Datum> out;
  for (const auto& [datum, there] : present(seen_by(viewer, state))) {
    if (there) out.push_back(datum);
  }
  return out;
}

const std::vector<Datum> everything = {Datum::course,     Datum::scores,    Datum::signals,      Datum::safety_flags,
                                       Datum::minutes,    Datum::proposals, Datum::difficulties, Datum::training,
                                       Datum::confidence, Datum::capacity};

TEST(Access, APractitionerSeesAllOfAnOwnCase) {
  EXPECT_EQ(shown_to(practitioner("p1"), full_case("c1", "p1")), everything);
}

TEST(Access, APractitionerSeesNothingOfAnothersCase) {
  EXPECT_EQ(shown_to(practitioner("p2"), full_case("c1", "p1")), std::vector<Datum>{});
}

TEST(Access, ASupervisorSeesTheCaseButNotWhatBelongsToThePractitioner) {
  const std::vector<Datum> expected = {Datum::course,  Datum::scores,    Datum::signals,     Datum::safety_flags,
                                       Datum::minutes, Datum::proposals, Datum::difficulties};
  EXPECT_EQ(shown_to(supervisor(), full_case("c1", "p1")), expected);
}

TEST(Access, AClientSeesTheCourseAndTheScoresThatTheClientGave) {
  const auto state = full_case("c1", "p1");
  EXPECT_EQ(shown_to(client("c1"), state), (std::vector<Datum>{Datum::course, Datum::scores}));
  const auto seen = seen_by(client("c1"), state);
  ASSERT_EQ(seen.sheets.size(), 1U);
  EXPECT_EQ(seen.sheets.front()->event, "c1-answers");
  EXPECT_EQ(seen.components.front()->reviewed, 0);
}

TEST(Access, WhomTheClientNamedIsToldToWhoeverSeesTheCourse) {
  auto state = full_case("c1", "p1");
  state.audiences = {fb::Audience::client, fb::Audience::practitioner};
  EXPECT_EQ(seen_by(client("c1"), state).audiences, state.audiences);
  EXPECT_EQ(seen_by(practitioner("p1"), state).audiences, state.audiences);
  EXPECT_TRUE(seen_by(service(), state).audiences.empty());
  EXPECT_TRUE(seen_by(practitioner("p2"), state).audiences.empty());
}

TEST(Access, ATimerIsSeenByWhoeverSeesTheMinutes) {
  auto state = full_case("c1", "p1");
  state.timers.push_back(std::make_unique<fb::TimerT>());
  state.timers.back()->timer = "t1";
  EXPECT_EQ(seen_by(practitioner("p1"), state).timers.size(), 1U);
  EXPECT_TRUE(seen_by(practitioner("p2"), state).timers.empty());
  EXPECT_TRUE(seen_by(client("c1"), state).timers.empty());
}

TEST(Access, ServiceAndResearcherSeeNothingOfACase) {
  EXPECT_EQ(shown_to(service(), full_case("c1", "p1")), std::vector<Datum>{});
  EXPECT_EQ(shown_to(researcher(), full_case("c1", "p1")), std::vector<Datum>{});
}

TEST(Access, NobodyElseReachesConfidenceOrCapacity) {
  for (const auto datum : {Datum::confidence, Datum::capacity, Datum::practitioner_page}) {
    for (const auto role :
         {ALLIANCE_ROLE_CLIENT, ALLIANCE_ROLE_SUPERVISOR, ALLIANCE_ROLE_SERVICE, ALLIANCE_ROLE_RESEARCHER}) {
      EXPECT_EQ(reach(role, datum), Reach::none) << access_row(datum).name << " for role " << role;
    }
    EXPECT_EQ(reach(ALLIANCE_ROLE_PRACTITIONER, datum), Reach::own);
  }
}

TEST(Access, AResearcherReachesWhatAStudyTakesAndNothingElse) {
  for (const auto& row : access_table()) {
    // What a study takes goes under a keyed hash, to the researcher and to nobody else.
    const bool study = row.datum == Datum::study_sheets;
    EXPECT_EQ(reach(ALLIANCE_ROLE_RESEARCHER, row.datum), study ? Reach::all : Reach::none) << row.name;
    if (!study) continue;
    for (const auto role :
         {ALLIANCE_ROLE_CLIENT, ALLIANCE_ROLE_PRACTITIONER, ALLIANCE_ROLE_SUPERVISOR, ALLIANCE_ROLE_SERVICE}) {
      EXPECT_EQ(reach(role, row.datum), Reach::none) << row.name;
    }
  }
}

TEST(Access, TheServicesRecordTakesContactsAndScoresAndNothingElseOfACase) {
  for (const auto role : {ALLIANCE_ROLE_CLIENT, ALLIANCE_ROLE_PRACTITIONER, ALLIANCE_ROLE_SUPERVISOR,
                          ALLIANCE_ROLE_RESEARCHER, ALLIANCE_ROLE_SERVICE}) {
    EXPECT_EQ(reach(role, Datum::record_extract), role == ALLIANCE_ROLE_SERVICE ? Reach::all : Reach::none) << role;
  }
}

TEST(Access, ARoleThatIsNotKnownReachesNothing) {
  for (const std::int32_t role : {0, 7, -1, 2'147'483'647, -2'147'483'647 - 1}) {
    for (const auto& row : access_table()) EXPECT_EQ(reach(role, row.datum), Reach::none) << row.name;
  }
}

TEST(Access, EveryRowSaysWhy) {
  for (const auto& row : access_table()) EXPECT_GT(std::string(row.why).size(), 20U) << row.name;
}

TEST(Access, WithoutAnIdNothingIsOnesOwn) {
  auto nobodys = full_case("", "");
  EXPECT_FALSE(owns(practitioner(""), nobodys));
  EXPECT_FALSE(owns(client(""), nobodys));
}

TEST(Access, APractitionerIsNotTheClientOfTheSameId) {
  EXPECT_FALSE(owns(practitioner("c1"), full_case("c1", "p1")));
  EXPECT_FALSE(owns(client("p1"), full_case("c1", "p1")));
  EXPECT_FALSE(owns(client("practitioner/p1"), practitioner_stream("p1")));
  EXPECT_TRUE(owns(practitioner("p1"), practitioner_stream("p1")));
}

TEST(Access, WithdrawnConsentTakesAnswersSignalsAndWhatRestsOnThem) {
  auto state = full_case("c1", "p1");
  proposal(state, fb::Factor::f3_tailoring, fb::ActionKind::reorder, fb::Decision::unset, "c1-answers");
  proposal(state, fb::Factor::f3_tailoring, fb::ActionKind::ask_client);
  ASSERT_EQ(seen_by(practitioner("p1"), state).proposals.size(), 5U);
  state.consent_withdrawn = start + 10 * day;
  const auto seen = seen_by(practitioner("p1"), state);
  EXPECT_TRUE(seen.sheets.empty());
  EXPECT_TRUE(seen.signals.empty());
  EXPECT_EQ(seen.proposals.size(), 3U);
  EXPECT_FALSE(seen.flags.empty());  // safety stays
  EXPECT_FALSE(seen.minutes.empty());
  EXPECT_TRUE(seen_by(client("c1"), state).sheets.empty());
}

TEST(Access, WhatIsLeftOutIsSaidWhetherItWasThereOrNot) {
  const auto full = withheld(supervisor(), full_case("c1", "p1")).sentences();
  const auto empty = withheld(supervisor(), blended_case("c1", "p1")).sentences();
  EXPECT_EQ(full, empty);
  EXPECT_TRUE(contains(full, "confidence"));
  EXPECT_TRUE(contains(full, "capacity"));
  EXPECT_TRUE(withheld(practitioner("p1"), full_case("c1", "p1")).sentences().empty());
}

TEST(Access, RecordsWithoutTheirContentAreDropped) {
  auto state = full_case("c1", "p1");
  add(state.signals);
  add(state.flags);
  add(state.proposals);
  add(state.own_adaptations);
  add(state.occasions);
  state.sheets.emplace_back();
  const auto seen = seen_by(practitioner("p1"), state);
  EXPECT_EQ(seen.signals.size(), 1U);
  EXPECT_EQ(seen.flags.size(), 1U);
  EXPECT_EQ(seen.proposals.size(), 3U);
  EXPECT_TRUE(seen.own_adaptations.empty());
  EXPECT_TRUE(seen.occasions.empty());
  EXPECT_EQ(seen.sheets.size(), 3U);
}

TEST(Access, TheCopyIsDeep) {
  auto state = full_case("c1", "p1");
  const auto seen = seen_by(practitioner("p1"), state);
  state.sheets.front()->scores.front()->value = 1;
  state.account->used = 1;
  EXPECT_EQ(*seen.sheets.front()->scores.front()->value, 14);
  EXPECT_EQ(seen.account->used, 40);
}

TEST(Access, TheTableAsMarkdownHasARowPerDatum) {
  const auto text = access_markdown();
  EXPECT_EQ(static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')), access_table().size() + 2);
  EXPECT_NE(text.find("| confidence and private nudges | no | own | no | no | no |"), std::string::npos) << text;
  EXPECT_NE(text.find("| scores | own answers | own | yes | no | no |"), std::string::npos) << text;
}

}  // namespace
}  // namespace alliance::host

// SPDX-License-Identifier: Apache-2.0
// Scopes, groups and lists.
#include <algorithm>

#include "host/access.h"
#include "host/factors.h"
#include "people.h"
#include "schema/json.h"

namespace alliance::host {
namespace {

using namespace testing;

constexpr auto of_case = fb::Scope::case_;
constexpr auto of_practitioner = fb::Scope::practitioner;
constexpr auto of_service = fb::Scope::service;

std::int32_t status(const Caseload& from, fb::Scope scope, const std::string& id, const Viewer& viewer) {
  const auto result = review(from.everyone(), scope, id, viewer);
  return result ? ALLIANCE_OK : result.error().status;
}

fb::ReviewT read(const Caseload& from, fb::Scope scope, const std::string& id, const Viewer& viewer) {
  auto result = review(from.everyone(), scope, id, viewer);
  EXPECT_TRUE(result) << result.error().message;
  return result ? std::move(*result) : fb::ReviewT{};
}

std::string json(const fb::ReviewT& review) {
  flatbuffers::FlatBufferBuilder builder;
  builder.Finish(fb::Review::Pack(builder, &review), "ALRV");
  auto text = schema::bytes_to_json("Review", {builder.GetBufferPointer(), builder.GetSize()});
  EXPECT_TRUE(text) << text.error().message;
  return text ? *text : "";
}

TEST(Review, WhoMayAskForWhat) {
  const auto all = caseload(6, 6);
  struct Asked {
    Viewer viewer;
    std::int32_t own_case, other_case, own_page, other_page, group;
  };
  constexpr auto ok = ALLIANCE_OK;
  constexpr auto no = ALLIANCE_E_DENIED;
  const Asked cells[] = {{client("c10"), ok, no, no, no, no}, {practitioner("p1"), ok, no, ok, no, no},
                         {supervisor(), ok, ok, no, no, ok},  {service(), no, no, no, no, ok},
                         {researcher(), no, no, no, no, no},  {{0, "p1"}, no, no, no, no, no},
                         {{99, "p1"}, no, no, no, no, no}};
  for (const auto& cell : cells) {
    const auto role = cell.viewer.role;
    EXPECT_EQ(status(all, of_case, "c10", cell.viewer), cell.own_case) << role;
    EXPECT_EQ(status(all, of_case, "c11", cell.viewer), cell.other_case) << role;
    EXPECT_EQ(status(all, of_practitioner, "p1", cell.viewer), cell.own_page) << role;
    EXPECT_EQ(status(all, of_practitioner, "p2", cell.viewer), cell.other_page) << role;
    EXPECT_EQ(status(all, of_service, "north", cell.viewer), cell.group) << role;
  }
}

TEST(Review, WhatIsNotThereIsNotFound) {
  const auto all = caseload(6, 6);
  EXPECT_EQ(status(all, of_case, "c99", supervisor()), ALLIANCE_E_NOT_FOUND);
  EXPECT_EQ(status(all, of_case, "practitioner/p1", supervisor()), ALLIANCE_E_NOT_FOUND);
  EXPECT_EQ(status(all, of_practitioner, "p99", practitioner("p99")), ALLIANCE_E_NOT_FOUND);
  EXPECT_EQ(status(all, of_service, "south", service()), ALLIANCE_E_NOT_FOUND);
  EXPECT_EQ(status(all, of_service, "", service()), ALLIANCE_E_NOT_FOUND);
  EXPECT_EQ(status(all, fb::Scope::unset, "c10", supervisor()), ALLIANCE_E_INVALID);
  EXPECT_EQ(status(all, static_cast<fb::Scope>(77), "c10", supervisor()), ALLIANCE_E_INVALID);
}

TEST(Review, ARefusalNamesNobody) {
  const auto all = caseload(6, 6);
  const auto refused = review(all.everyone(), of_case, "c11", practitioner("p1"));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message.find("c11"), std::string::npos);
  EXPECT_EQ(refused.error().message.find("p1"), std::string::npos);
  EXPECT_EQ(refused.error().detail, "c11");
}

TEST(Review, ACaseForItsPractitioner) {
  const auto all = caseload(1, 1);
  const auto seen = read(all, of_case, "c10", practitioner("p1"));
  ASSERT_TRUE(seen.course);
  EXPECT_EQ(seen.as_of, now);
  EXPECT_EQ(seen.factors.size(), 8U);
  EXPECT_TRUE(seen.withheld.empty());
  EXPECT_FALSE(seen.people.has_value());
  EXPECT_NE(seen.note.find("10.1192/bjo.2022.546"), std::string::npos);
  EXPECT_NE(seen.note.find("not validated"), std::string::npos);
  EXPECT_NE(seen.note.find("reason to ask"), std::string::npos);
  EXPECT_DOUBLE_EQ(value(seen.factors, "agreement-on-tasks"), 10);
}

TEST(Review, ACaseForASupervisorSaysWhatIsMissingAndWhy) {
  const auto all = caseload(1, 1);
  const auto seen = read(all, of_case, "c10", supervisor());
  ASSERT_TRUE(seen.course);
  EXPECT_TRUE(contains(seen.withheld, "confidence"));
  EXPECT_TRUE(contains(seen.withheld, "capacity"));
  EXPECT_FALSE(indicator(seen.factors, "days-since-training").value.has_value());
  EXPECT_TRUE(indicator(seen.factors, "hours-to-resolve-support").value.has_value());
  EXPECT_FALSE(contains(row(seen.factors, fb::Factor::b4_confidence).actions, "proposed"));
  EXPECT_TRUE(contains(row(seen.factors, fb::Factor::b3_inflexibility).actions, "proposed"));
  const auto text = json(seen);
  for (const auto* hidden : {"c10-confidence", "capacity_per_week", "c10-training", "\"sure\""}) {
    EXPECT_EQ(text.find(hidden), std::string::npos) << hidden;
  }
}

TEST(Review, AClientSeesNoFactors) {
  const auto all = caseload(1, 1);
  const auto seen = read(all, of_case, "c10", client("c10"));
  ASSERT_TRUE(seen.course);
  EXPECT_TRUE(seen.factors.empty());
  EXPECT_TRUE(contains(seen.withheld, "the eight factors"));
  EXPECT_TRUE(contains(seen.withheld, "alliance signals"));
}

TEST(Review, ACaseThatIsObservedOnlyIsShownToNobody) {
  auto all = caseload(1, 1);
  all.cases[0].observe_only = true;
  for (const auto& viewer : {client("c10"), practitioner("p1"), supervisor()}) {
    const auto seen = read(all, of_case, "c10", viewer);
    EXPECT_FALSE(seen.course);
    EXPECT_TRUE(seen.factors.empty());
    ASSERT_FALSE(seen.withheld.empty());
    EXPECT_NE(seen.withheld.front().find("observed only"), std::string::npos);
  }
  const auto page = read(all, of_practitioner, "p1", practitioner("p1"));
  EXPECT_EQ(page.people, 0U);
  EXPECT_TRUE(contains(page.withheld, "observed only are not counted in: 1"));
  EXPECT_FALSE(indicator(page.factors, "minutes-per-week").value.has_value());
  EXPECT_EQ(json(page).find("c10"), std::string::npos);
}

TEST(Review, WithdrawnConsentTakesScoresAndSignals) {
  auto all = caseload(1, 1);
  all.cases[0].consent_withdrawn = start + 10 * day;
  const auto seen = read(all, of_case, "c10", practitioner("p1"));
  ASSERT_TRUE(seen.course);
  EXPECT_TRUE(seen.course->sheets.empty());
  EXPECT_TRUE(seen.course->signals.empty());
  EXPECT_TRUE(contains(seen.withheld, "consent was withdrawn"));
  EXPECT_FALSE(indicator(seen.factors, "agreement-on-tasks").value.has_value());
  EXPECT_NE(indicator(seen.factors, "agreement-on-tasks").text.find("consent was withdrawn"), std::string::npos);
  EXPECT_TRUE(indicator(seen.factors, "minutes-per-week").value.has_value());
  const auto page = read(all, of_practitioner, "p1", practitioner("p1"));
  EXPECT_FALSE(indicator(page.factors, "agreement-on-tasks").value.has_value());
  EXPECT_TRUE(contains(page.withheld, "withdrew consent"));
}

TEST(Review, AnOwnPageIsTheMeanOfOwnClientsAndTheOwnStream) {
  Caseload all;
  auto own = practitioner_stream("p1");
  own.capacity_per_week = 200.0;
  spent(own, fb::Work::supervision, 60, now - day, "own-minutes");
  auto& sure = add(own.confidence);
  sure.time = start;
  sure.value = 3;
  all.add_practitioner(std::move(own));
  for (const auto& [id, minutes] : {std::pair{"c1", 20.0}, std::pair{"c2", 40.0}}) {
    auto one = blended_case(id, "p1");
    spent(one, fb::Work::in_person, minutes, now - 2 * day, id);
    all.add_case(std::move(one));
  }
  all.add_case(full_case("c3", "p2"));
  const auto page = read(all, of_practitioner, "p1", practitioner("p1"));
  EXPECT_FALSE(page.course);
  EXPECT_EQ(page.people, 2U);
  EXPECT_DOUBLE_EQ(value(page.factors, "minutes-last-7-days"), 30);
  EXPECT_DOUBLE_EQ(value(page.factors, "capacity-used-last-7-days"), 60);
  EXPECT_DOUBLE_EQ(value(page.factors, "confidence-latest"), 3);
  EXPECT_TRUE(contains(row(page.factors, fb::Factor::b1_constraints).events, "own-minutes"));
  EXPECT_EQ(json(page), json(read(all, of_practitioner, "p1", practitioner("p1"))));
  EXPECT_EQ(json(page).find("c3"), std::string::npos);
  EXPECT_TRUE(read(all, of_practitioner, "practitioner/p1", practitioner("p1")).people == 2U);
}

TEST(Review, AnOwnPageHoldsWhatIsProposedToThatPersonAndNothingElseOfTheOwnStream) {
  Caseload all;
  auto own = practitioner_stream("p1");
  proposal(own, fb::Factor::b1_constraints, fb::ActionKind::protected_slot);
  proposal(own, fb::Factor::b4_confidence, fb::ActionKind::private_nudge, fb::Decision::accepted);
  spent(own, fb::Work::supervision, 60, now - day, "own-minutes");
  add(own.confidence).value = 3;
  all.add_practitioner(std::move(own));
  const auto page = read(all, of_practitioner, "p1", practitioner("p1"));
  ASSERT_TRUE(page.course);
  EXPECT_EQ(page.course->id, "practitioner/p1");
  EXPECT_EQ(page.course->proposals.size(), 2U);
  EXPECT_TRUE(page.course->minutes.empty());
  EXPECT_TRUE(page.course->confidence.empty());
  for (const auto& other : {practitioner("p2"), supervisor(), service(), client("c1"), researcher()}) {
    EXPECT_FALSE(alliance::host::review(all.everyone(), of_practitioner, "p1", other)) << other.role;
  }
}

TEST(Review, APractitionerOfCasesAloneHasAPage) {
  Caseload all;
  all.add_case(full_case("c1", "p1"));
  EXPECT_EQ(read(all, of_practitioner, "p1", practitioner("p1")).people, 1U);
}

// What a group shows, as its size grows on either side.
TEST(Groups, AreShownFromFiveClientsAndFivePractitionersOn) {
  const auto shown = [](int clients, int practitioners) {
    return read(caseload(clients, practitioners), of_service, "north", service());
  };
  for (const auto& [clients, practitioners] : {std::pair{4, 4}, std::pair{20, 4}, std::pair{20, 1}}) {
    const auto seen = shown(clients, practitioners);
    EXPECT_FALSE(seen.people.has_value());
    EXPECT_TRUE(contains(seen.withheld, "fewer than five"));
    for (const auto& one : seen.factors) {
      for (const auto& found : one->indicators) {
        EXPECT_FALSE(found->value.has_value()) << found->id;
        EXPECT_EQ(found->suppressed, one->factor != fb::Factor::b4_confidence) << found->id;
      }
    }
  }
  const auto seen = shown(5, 5);
  EXPECT_EQ(seen.people, 5U);
  EXPECT_FALSE(indicator(seen.factors, "minutes-per-week").suppressed);
  EXPECT_DOUBLE_EQ(value(seen.factors, "agreement-on-tasks"), 12);
}

TEST(Groups, ThoseWhoAreObservedOrWithdrewAreNotCounted) {
  auto all = caseload(6, 6);
  all.cases[0].observe_only = true;
  const auto five = read(all, of_service, "north", service());
  EXPECT_EQ(five.people, 5U);
  EXPECT_DOUBLE_EQ(value(five.factors, "agreement-on-tasks"), (11 + 12 + 13 + 14 + 15) / 5.0);
  all.cases[1].consent_withdrawn = now;
  const auto four = read(all, of_service, "north", service());
  EXPECT_FALSE(four.people.has_value());
  EXPECT_TRUE(indicator(four.factors, "agreement-on-tasks").suppressed);
}

TEST(Groups, AFigureWithFewPeopleBehindItIsSuppressedByItself) {
  auto all = caseload(8, 8);
  for (std::size_t i = 0; i < 4; ++i) all.cases[i].sheets.clear();
  const auto seen = read(all, of_service, "north", service());
  EXPECT_EQ(seen.people, 8U);
  EXPECT_TRUE(indicator(seen.factors, "agreement-on-tasks").suppressed);
  EXPECT_FALSE(indicator(seen.factors, "agreement-on-tasks").value.has_value());
  EXPECT_FALSE(indicator(seen.factors, "minutes-per-week").suppressed);
}

TEST(Groups, TheMeanOfOnePractitionersClientsIsNotShownAsTheServices) {
  auto all = caseload(12, 6);
  // Only the clients of two practitioners have answered: eight clients would do, two practitioners do not.
  for (auto& one : all.cases) {
    if (one.practitioner != "p1" && one.practitioner != "p2") one.sheets.clear();
  }
  for (int i = 0; i < 4; ++i) all.add_case(full_case("d" + std::to_string(i), i % 2 == 0 ? "p1" : "p2"));
  const auto seen = read(all, of_service, "north", service());
  EXPECT_EQ(seen.people, 16U);
  EXPECT_TRUE(indicator(seen.factors, "agreement-on-tasks").suppressed);
}

TEST(Groups, FiguresThatAddUpAreShownOrSuppressedTogether) {
  auto all = caseload(8, 8);
  for (std::size_t i = 0; i < 4; ++i) all.cases[i].minutes.clear();
  all.cases[5].minutes.erase(all.cases[5].minutes.begin());  // sessions alone are missing: 0, and still counted
  const auto seen = read(all, of_service, "north", service());
  for (const auto* id : {"minutes-per-week", "minutes-per-week-in-sessions", "minutes-per-week-online"}) {
    EXPECT_TRUE(indicator(seen.factors, id).suppressed) << id;
  }
}

TEST(Groups, DifferentInstrumentsAreNotJoined) {
  auto all = caseload(12, 12);
  for (std::size_t i = 0; i < 5; ++i) all.cases[i].sheets.front()->instrument = "Another One";
  for (std::size_t i = 5; i < 7; ++i) all.cases[i].sheets.front()->instrument = "rare";
  const auto seen = read(all, of_service, "north", service());
  EXPECT_DOUBLE_EQ(value(seen.factors, "agreement-on-tasks-another-one-1-0-0-total"), 12);
  EXPECT_DOUBLE_EQ(value(seen.factors, "agreement-on-tasks-three-items-1-0-0-total"), 19);
  EXPECT_TRUE(indicator(seen.factors, "agreement-on-tasks-rare-1-0-0-total").suppressed);
}

TEST(Groups, NoIdOfAnyoneOrAnythingIsInThem) {
  const auto text = json(read(caseload(10, 5), of_service, "north", service()));
  for (const auto* id : {"c10", "c11", "p1", "p2", "practitioner/", "-answers", "\"events\":[\""}) {
    EXPECT_EQ(text.find(id), std::string::npos) << id << " in " << text;
  }
}

TEST(Groups, ConfidenceIsInNone) {
  const auto seen = read(caseload(30, 30), of_service, "north", service());
  for (const auto& one : row(seen.factors, fb::Factor::b4_confidence).indicators) {
    EXPECT_FALSE(one->value.has_value()) << one->id;
  }
  EXPECT_TRUE(contains(seen.withheld, "confidence"));
}

TEST(Groups, CapacityIsAMeanOverFivePractitioners) {
  const auto seen = read(caseload(5, 5), of_service, "north", service());
  EXPECT_DOUBLE_EQ(value(seen.factors, "capacity-used-last-7-days"), 10);
  auto few = caseload(6, 6);
  for (std::size_t i = 0; i < 2; ++i) few.practitioners[i].capacity_per_week = flatbuffers::nullopt;
  for (std::size_t i = 0; i < 6; ++i) few.cases[i].capacity_per_week = flatbuffers::nullopt;
  EXPECT_TRUE(indicator(read(few, of_service, "north", service()).factors, "capacity-used-last-7-days").suppressed);
}

TEST(Groups, OneServiceDoesNotCountAnothersClients) {
  auto all = caseload(6, 6);
  for (std::size_t i = 0; i < 2; ++i) all.cases[i].service = "south";
  EXPECT_FALSE(read(all, of_service, "north", service()).people.has_value());
  EXPECT_FALSE(read(all, of_service, "south", service()).people.has_value());
}

TEST(Review, IsTheSameBytesInWhateverOrderTheCasesCome) {
  auto all = caseload(11, 6);
  for (std::size_t i = 0; i < all.cases.size(); ++i)
    all.cases[i].minutes.front()->minutes = 0.1 * static_cast<double>(i + 1);
  auto forward = all.everyone();
  auto backward = forward;
  std::reverse(backward.cases.begin(), backward.cases.end());
  std::reverse(backward.practitioners.begin(), backward.practitioners.end());
  for (const auto& [scope, id, viewer] :
       {std::tuple{of_service, "north", service()}, std::tuple{of_practitioner, "p1", practitioner("p1")},
        std::tuple{of_case, "c10", supervisor()}}) {
    const auto a = review(forward, scope, id, viewer);
    const auto b = review(backward, scope, id, viewer);
    ASSERT_TRUE(a && b);
    EXPECT_EQ(json(*a), json(*b));
  }
}

TEST(Review, NullsAmongEveryoneAreNobody) {
  auto everyone = caseload(1, 1).everyone();
  everyone.cases.assign(3, nullptr);
  everyone.practitioners.assign(2, nullptr);
  EXPECT_EQ(review(everyone, of_case, "c10", supervisor()).error().status, ALLIANCE_E_NOT_FOUND);
  EXPECT_EQ(review(everyone, of_service, "north", service()).error().status, ALLIANCE_E_NOT_FOUND);
  EXPECT_EQ(review(everyone, of_practitioner, "p1", practitioner("p1")).error().status, ALLIANCE_E_NOT_FOUND);
}

TEST(Cases, EachViewerKnowsOfTheirOwn) {
  const auto all = caseload(6, 3);
  const auto ids = [&](const Viewer& viewer) {
    std::string out;
    for (const auto* state : all.everyone().cases) {
      if (may_see(viewer, Datum::case_list, *state)) out += summary_of(*state)->id + " ";
    }
    return out;
  };
  EXPECT_EQ(ids(client("c12")), "c12 ");
  EXPECT_EQ(ids(practitioner("p1")), "c10 c13 ");
  EXPECT_EQ(ids(supervisor()), "c10 c11 c12 c13 c14 c15 ");
  EXPECT_EQ(ids(service()), "c10 c11 c12 c13 c14 c15 ");
  EXPECT_EQ(ids(researcher()), "");
  EXPECT_EQ(ids(practitioner("")), "");
  EXPECT_EQ(ids({0, "p1"}), "");
}

}  // namespace
}  // namespace alliance::host

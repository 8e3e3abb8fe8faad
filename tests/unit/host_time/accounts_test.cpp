// SPDX-License-Identifier: Apache-2.0
// The accounts of a practitioner and a service are the sums of their cases, whatever happens and after a restart.
#include <fstream>
#include <random>

#include "bytes_read.h"
#include "clinic.h"

namespace {

using namespace clinic;
using fb::Work;

// What a practitioner or service should have, added up from each case's own view.
void expect_sum(Clinic& clinic, const std::map<std::string, std::string>& cases, const fb::TimeViewT& whole,
                double own = 0) {
  double planned = 0, booked = 0, spent = own, rest = 0, held = 0;
  for (const auto& [id, by] : cases) {
    const auto one = clinic.of_case(id, by);
    planned += one.planned.value_or(0);
    booked += one.booked.value_or(0);
    spent += one.used.value_or(0);
    rest += one.remaining.value_or(0);
    held += one.sessions_held.value_or(0);
  }
  EXPECT_NEAR(whole.planned.value_or(-1), planned, 1e-6);
  EXPECT_NEAR(whole.booked.value_or(-1), booked, 1e-6);
  EXPECT_NEAR(whole.used.value_or(-1), spent, 1e-6);
  EXPECT_NEAR(whole.remaining.value_or(-1), rest, 1e-6);
  EXPECT_NEAR(whole.sessions_held.value_or(-1), held, 1e-6);
}

TEST(TimeAccounts, AddUpWhateverHappensAndAfterARestart) {
  const Folder folder;
  std::mt19937 random(3);
  std::map<std::string, std::string> all, of_p1;
  auto clinic = std::make_unique<Clinic>(folder.file("s"));
  for (int i = 0; i < 12; ++i) {
    const std::string id = "c" + std::to_string(i), by = "p" + std::to_string(i % 6);
    clinic->open(id, by);
    all[id] = by;
    if (by == "p1") of_p1[id] = by;
  }
  std::vector<std::string> ids;
  for (const auto& [id, by] : all) ids.push_back(id);
  for (int n = 0; n < 200; ++n) {
    const std::string& id = ids[random() % ids.size()];
    const std::int64_t time = start + static_cast<std::int64_t>(random() % 3000) * hour / 10;
    const std::string number = std::to_string(1 + random() % 6);
    switch (random() % 5) {
      case 0:
        clinic->record(id, time, "SessionBooked",
                       R"({"session":)" + number + R"(,"starts":)" + std::to_string(time + day) + R"(,"minutes":40})");
        break;
      case 1:
        clinic->record(id, time, "SessionHeld", R"({"session":)" + number + R"(,"mode":"video"})");
        break;
      case 2:
        clinic->record(id, time, "ActivityLogged", R"({"work":"admin","minutes":)" + number + "}");
        break;
      case 3:
        clinic->record(id, time, "ComponentProgress", R"({"component":"m)" + number + R"(","progress":"completed"})");
        break;
      default:
        clinic->timer(id, "t" + std::to_string(n), time, time + 20 * minute, "online_review");
    }
  }
  clinic->record("practitioner/p1", start + day, "SupervisionHeld", R"({"minutes":60})");
  clinic->now = start + 15 * day;
  clinic->host().advance(clinic->now);
  for (const bool again : {false, true}) {
    if (again) {
      clinic.reset();
      clinic = std::make_unique<Clinic>(folder.file("s"));
      clinic->now = start + 15 * day;
    }
    const auto one = clinic->of_practitioner("p1");
    expect_sum(*clinic, of_p1, one, 60);
    EXPECT_EQ(one.parts.size(), of_p1.size());
    EXPECT_DOUBLE_EQ(used(one, Work::supervision), 60);
    const auto whole = clinic->of_service("north");
    expect_sum(*clinic, all, whole);
    EXPECT_EQ(whole.cases, 12u);
    EXPECT_EQ(whole.practitioners, 6u);
    EXPECT_TRUE(whole.parts.empty());
  }
}

TEST(TimeAccounts, OfAStoreThatHasNoneAreMadeFromItsLog) {
  const Folder folder;
  std::map<std::string, std::string> all;
  {
    Clinic without(folder.file("s"), false);  // no timing policy: no accounts are kept
    for (int i = 0; i < 6; ++i) {
      const std::string id = "c" + std::to_string(i), by = "p" + std::to_string(i);
      without.open(id, by);
      without.timer(id, "t", start + hour + i * minute, start + hour + (i + 30) * minute);
      all[id] = by;
    }
    EXPECT_THROW(without.of_service("north"), alliance::Error);
  }
  Clinic clinic(folder.file("s"));
  clinic.salt("b");
  clinic.now = start + day;
  expect_sum(clinic, all, clinic.of_service("north"));
  EXPECT_DOUBLE_EQ(*clinic.of_service("north").used, 180);  // six practitioners, thirty minutes each
}

TEST(TimeAccounts, LeaveOutWhoIsObservedAndForAServiceWhoTookConsentBack) {
  const Folder folder;
  Clinic clinic(folder.file("s"));
  for (int i = 0; i < 7; ++i) {
    const std::string id = "c" + std::to_string(i);
    clinic.open(id, "p" + std::to_string(i));
    clinic.record(id, start + hour, "ActivityLogged", R"({"work":"admin","minutes":10})");
  }
  clinic.now = start + day;
  EXPECT_DOUBLE_EQ(*clinic.of_service("north").used, 70);
  clinic.record("c0", start + 2 * hour, "ConsentWithdrawn", R"({"scope":"all"})");
  clinic.record("c1", start + 2 * hour, "Allocated", R"({"arm":"control","observe_only":true})");
  const auto whole = clinic.of_service("north");
  EXPECT_DOUBLE_EQ(*whole.used, 50);
  EXPECT_EQ(whole.cases, 5u);
  EXPECT_DOUBLE_EQ(*clinic.of_practitioner("p0").used, 10);  // the work was done
  const auto observed = clinic.of_practitioner("p1");
  EXPECT_EQ(observed.cases, 0u);
  EXPECT_TRUE(observed.parts.empty());
  EXPECT_FALSE(observed.withheld.empty());
  EXPECT_THROW(clinic.of_case("c1", "p1"), alliance::Error);
}

TEST(TimeAccounts, AreForThoseWhomTheAccessTableNames) {
  const Folder folder;
  Clinic clinic(folder.file("s"));
  clinic.open("c1", "p1");
  clinic.record("practitioner/p1", start, "CapacitySet", R"({"minutes_per_week":600})");
  const auto refused = [&](std::int32_t scope, const std::string& id, const alliance::Viewer& viewer) {
    try {
      clinic.time(scope, id, viewer);
      return 0;
    } catch (const alliance::Error& error) {
      return error.status();
    }
  };
  EXPECT_DOUBLE_EQ(*clinic.of_practitioner("p1").capacity_per_week, 600);
  EXPECT_EQ(refused(ALLIANCE_SCOPE_PRACTITIONER, "p1", practitioner("p2")), ALLIANCE_E_DENIED);
  EXPECT_EQ(refused(ALLIANCE_SCOPE_PRACTITIONER, "p1", {ALLIANCE_ROLE_SUPERVISOR, "s1"}), ALLIANCE_E_DENIED);
  EXPECT_EQ(refused(ALLIANCE_SCOPE_PRACTITIONER, "p1", service()), ALLIANCE_E_DENIED);
  EXPECT_EQ(refused(ALLIANCE_SCOPE_CASE, "c1", practitioner("p2")), ALLIANCE_E_DENIED);
  EXPECT_EQ(refused(ALLIANCE_SCOPE_CASE, "c1", {ALLIANCE_ROLE_CLIENT, "c1"}), ALLIANCE_E_DENIED);
  EXPECT_EQ(refused(ALLIANCE_SCOPE_CASE, "c1", {ALLIANCE_ROLE_SUPERVISOR, "s1"}), ALLIANCE_OK);
  EXPECT_EQ(refused(ALLIANCE_SCOPE_SERVICE, "north", practitioner("p1")), ALLIANCE_E_DENIED);
  EXPECT_EQ(refused(ALLIANCE_SCOPE_SERVICE, "south", service()), ALLIANCE_E_NOT_FOUND);
  EXPECT_EQ(refused(ALLIANCE_SCOPE_PRACTITIONER, "p9", practitioner("p9")), ALLIANCE_E_NOT_FOUND);
  const auto small = clinic.of_service("north");
  EXPECT_FALSE(small.cases || small.used || small.remaining);
  EXPECT_TRUE(small.work.empty() && small.weeks.empty());
}

TEST(TimeAccounts, SayWhatAPractitionersWeeksNeedAndWhatIsOverdue) {
  const Folder folder;
  Clinic clinic(folder.file("s"));
  clinic.record("practitioner/p1", start, "CapacitySet", R"({"minutes_per_week":60})");
  clinic.record(
      "practitioner/p1", start, "LeaveTaken",
      R"({"from":)" + std::to_string(start + 14 * day) + R"(,"until":)" + std::to_string(start + 21 * day) + "}");
  for (const char* id : {"c1", "c2"}) {
    clinic.open(id, "p1");
    clinic.record(id, start + hour, "ComponentProgress", R"({"component":"m1","progress":"completed"})");
    clinic.record(id, start + hour, "SessionBooked",
                  R"({"session":1,"starts":)" + std::to_string(start + 9 * day) + R"(,"minutes":45})");
  }
  clinic.record("c1", start + 2 * hour, "MessageExchanged", R"({"sender":"practitioner"})");
  clinic.now = start + 7 * day;
  EXPECT_EQ(*clinic.of_practitioner("p1").waiting_reviews, 2);
  EXPECT_EQ(*clinic.of_practitioner("p1").overdue_reviews, 0);
  EXPECT_EQ(*clinic.of_practitioner("p1").longest_weeks_without_contact, 0);
  clinic.now = start + 8 * day;  // nothing happened but time
  const auto view = clinic.of_practitioner("p1");
  EXPECT_EQ(*view.overdue_reviews, 2);
  EXPECT_EQ(*view.longest_weeks_without_contact, 1);
  EXPECT_EQ(*clinic.of_case("c1", "p1").overdue_reviews, 1);
  ASSERT_EQ(view.weeks.size(), 4u);
  EXPECT_GT(view.weeks[0]->over, 0);  // two sessions of 45 in a week with room for 48
  EXPECT_DOUBLE_EQ(*view.weeks[0]->booked, 90);
  EXPECT_DOUBLE_EQ(*view.weeks[0]->capacity, 48);  // Tuesday to Friday
  ASSERT_FALSE(view.weeks[0]->could_move.empty());
  EXPECT_DOUBLE_EQ(*view.weeks[1]->capacity, 0);  // leave
  ASSERT_EQ(view.parts.size(), 2u);
  EXPECT_EQ(view.parts[0]->bookings.size(), 1u);
  ASSERT_EQ(view.parts[0]->waiting.size(), 1u);
  EXPECT_EQ(view.parts[0]->waiting[0]->component, "m1");
}

TEST(TimeAccounts, AnEventAheadOfTheClockIsThePresentOfItsOwnCaseAlone) {
  const Folder folder;
  Clinic clinic(folder.file("s"));
  clinic.open("c1", "p1");
  clinic.open("c2", "p1");
  clinic.now = start + 3 * day;
  const auto as_of = [&](const std::string& id) {
    const auto bytes =
        alliance::schema::json_to_bytes("Review", clinic.host().review(ALLIANCE_SCOPE_CASE, id, practitioner("p1")));
    EXPECT_TRUE(bytes) << bytes.error().message;
    return fb::GetReview(bytes->data())->as_of();
  };
  clinic.record("c2", start + 2 * day, "ActivityLogged", R"({"work":"admin","minutes":3})");
  EXPECT_EQ(as_of("c1"), start + 2 * day) << "what happened last, to whomever";
  clinic.record("c2", start + 400 * day, "ActivityLogged", R"({"work":"admin","minutes":3})");
  EXPECT_EQ(as_of("c1"), start + 3 * day);
  EXPECT_EQ(as_of("c2"), start + 400 * day);
}

TEST(TimeAccounts, OneMoreEventReadsNoOtherCase) {
  if (bytes_read() < 0) GTEST_SKIP() << "this system does not say what a process reads";
  const Folder folder;
  std::map<int, std::int64_t> by_size, view, review, list;
  for (const int size : {40, 200}) {
    const std::string file = folder.file(std::to_string(size));
    {
      Clinic clinic(file);
      std::string batch;
      for (int i = 0; i < size; ++i) {
        const std::string id = "c" + std::to_string(i);
        batch += (batch.empty() ? "" : ",") +
                 clinic.event(id, start, "CaseOpened",
                              R"({"service":"north","practitioner":"p)" + std::to_string(i % (size / 8)) +
                                  R"(","delivery":"blended","weeks":11,"planned_sessions":6,"planned_modules":5})");
        for (int n = 0; n < 10; ++n) {
          batch += "," + clinic.event(id, start + n * hour, "ActivityLogged", R"({"work":"admin","minutes":3})");
        }
        if (i % 20 == 19) {
          ASSERT_FALSE(clinic.host().record_many(R"({"events":[)" + batch + "]}", 1024).first_refusal);
          batch.clear();
        }
      }
    }
    Clinic clinic(file);  // nothing is in memory
    clinic.salt("b");
    clinic.now = start + day;
    std::int64_t before = bytes_read();
    clinic.record("c7", start + day, "ActivityLogged", R"({"work":"admin","minutes":3})");
    by_size[size] = bytes_read() - before;
    before = bytes_read();
    EXPECT_NEAR(*clinic.of_service("north").used, size * 30 + 3, 1e-6);
    view[size] = bytes_read() - before;
    before = bytes_read();
    EXPECT_NE(clinic.host().review(ALLIANCE_SCOPE_CASE, "c9", practitioner("p" + std::to_string(9 % (size / 8)))), "");
    review[size] = bytes_read() - before;
    before = bytes_read();
    EXPECT_NE(clinic.host().cases(practitioner("p2")), "");
    list[size] = bytes_read() - before;
  }
  std::cout << "one event read " << by_size[40] << " bytes of 40 cases, " << by_size[200] << " of 200; a view "
            << view[40] << " and " << view[200] << "; a review of one case " << review[40] << " and " << review[200]
            << "; a list of eight " << list[40] << " and " << list[200] << "\n";
  EXPECT_LT(by_size[200], by_size[40] * 2);  // five times the cases; a tree that is one page deeper
  EXPECT_LT(view[200], 200 * 11 * 400);      // no log: an event and what followed from it take more than that
  EXPECT_GT(by_size[40], 0);
  EXPECT_LT(review[200], review[40] * 2);
  EXPECT_LT(list[200], list[40] * 2);
  EXPECT_GT(review[40], 0);
}

}  // namespace

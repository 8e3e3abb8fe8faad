// SPDX-License-Identifier: Apache-2.0
// Between cases of one practitioner no minute counts twice; and what a contact takes to record.
#include <alliance_schema/extract_generated.h>

#include "clinic.h"

namespace {

using namespace clinic;
using fb::Work;

class TimersBetweenCases : public ::testing::Test {
 protected:
  TimersBetweenCases() {
    clinic.open("a", "p1");
    clinic.open("b", "p1");
    clinic.open("other", "p2");
    clinic.now = start + day;
  }
  double of(const std::string& id, const std::string& by = "p1") { return *clinic.of_case(id, by).used; }
  double all() { return *clinic.of_practitioner("p1").used; }

  Folder folder;
  std::unique_ptr<Clinic> owned = std::make_unique<Clinic>(folder.file("s"));
  Clinic& clinic = *owned;
  const std::int64_t ten = start + 10 * hour;
};

TEST_F(TimersBetweenCases, TheOneThatBeganFirstCounts) {
  clinic.timer("a", "t1", ten, ten + 30 * minute);
  clinic.timer("b", "t2", ten + 10 * minute, ten + 40 * minute);
  clinic.timer("other", "t3", ten, ten + 30 * minute);  // somebody else's time
  EXPECT_DOUBLE_EQ(of("a"), 30);
  EXPECT_DOUBLE_EQ(of("b"), 10);
  EXPECT_DOUBLE_EQ(of("other", "p2"), 30);
  EXPECT_DOUBLE_EQ(all(), 40);
}

TEST_F(TimersBetweenCases, WhateverArrivesFirst) {
  clinic.timer("b", "t2", ten + 10 * minute, ten + 40 * minute);
  EXPECT_DOUBLE_EQ(of("b"), 30);
  clinic.timer("a", "t1", ten, ten + 30 * minute);  // a device that was offline
  EXPECT_DOUBLE_EQ(of("a"), 30);
  EXPECT_DOUBLE_EQ(of("b"), 10);
  EXPECT_DOUBLE_EQ(all(), 40);  // before the call returned
}

TEST_F(TimersBetweenCases, NorDoesAnExtractCountThemTwice) {
  clinic.timer("a", "t1", ten, ten + 30 * minute);
  clinic.timer("b", "t2", ten + 10 * minute, ten + 40 * minute);
  const std::string json = clinic.host().extract(start, start + day, "", service());
  const auto bytes = alliance::schema::json_to_bytes("RecordExtract", json);
  ASSERT_TRUE(bytes) << bytes.error().message;
  double online = 0;
  for (const auto* one : *fb::GetRecordExtract(bytes->data())->cases()) online += one->online_minutes();
  EXPECT_DOUBLE_EQ(online, 40);
}

TEST_F(TimersBetweenCases, AlsoWhenTheyArriveInOneBatchAndInOwnWork) {
  std::string batch;
  for (const char* of : {"a", "b", "practitioner/p1"}) {
    batch += (batch.empty() ? "" : ",") + clinic.event(of, ten, "TimerStarted", R"({"timer":"same","work":"admin"})") +
             "," + clinic.event(of, ten + 20 * minute, "TimerStopped", R"({"timer":"same"})");
  }
  ASSERT_FALSE(clinic.host().record_many(R"({"events":[)" + batch + "]}", 10).first_refusal);
  EXPECT_DOUBLE_EQ(of("a") + of("b"), 20);
  EXPECT_DOUBLE_EQ(all(), 20);
}

TEST_F(TimersBetweenCases, ASessionTakesItsTimeFromATimerThatWasLeftRunning) {
  clinic.timer("a", "left", ten, ten + 60 * minute);
  clinic.record("b", ten + 50 * minute, "SessionHeld", R"({"session":1,"minutes":30})");
  EXPECT_DOUBLE_EQ(of("b"), 30);
  EXPECT_DOUBLE_EQ(of("a"), 30);
  EXPECT_DOUBLE_EQ(all(), 60);
}

TEST_F(TimersBetweenCases, ACorrectionGivesBackWhatItDoesNotNeed) {
  clinic.timer("a", "long", ten, ten + 60 * minute);
  clinic.timer("b", "short", ten + 20 * minute, ten + 50 * minute);
  EXPECT_DOUBLE_EQ(of("b"), 0);
  clinic.record("a", ten + 2 * hour, "TimeCorrected", R"({"timer":"long","minutes":20})");
  EXPECT_DOUBLE_EQ(of("a"), 20);
  EXPECT_DOUBLE_EQ(of("b"), 30);
  EXPECT_DOUBLE_EQ(all(), 50);
}

TEST_F(TimersBetweenCases, OneThatWasForgottenTakesNothingFromAnother) {
  clinic.timer("a", "forgotten", ten, ten + 9 * hour);
  clinic.timer("b", "short", ten + hour, ten + 2 * hour);
  EXPECT_DOUBLE_EQ(of("a"), 0);
  EXPECT_DOUBLE_EQ(of("b"), 60);
  EXPECT_EQ(clinic.of_case("a", "p1").parts[0]->account->forgotten_timers, std::vector<std::string>{"forgotten"});
}

TEST_F(TimersBetweenCases, TheyAreKnownAfterARestart) {
  clinic.timer("a", "t1", ten, ten + 30 * minute);
  owned.reset();
  Clinic again(folder.file("s"));
  again.salt("again");
  again.now = start + day;
  again.timer("b", "t2", ten + 10 * minute, ten + 40 * minute);
  EXPECT_DOUBLE_EQ(*again.of_case("b", "p1").used, 10);
  EXPECT_DOUBLE_EQ(*again.of_practitioner("p1").used, 40);
}

class Contacts : public TimersBetweenCases {
 protected:
  void book(double minutes, std::int64_t told = start + hour) {
    clinic.record("a", told, "SessionBooked",
                  R"({"session":1,"starts":)" + std::to_string(ten) + R"(,"minutes":)" + std::to_string(minutes) +
                      R"(,"mode":"video"})");
  }
};

TEST_F(Contacts, AreOneTapWhenTheyWentAsBookedAndTwoWhenTheyDidNot) {
  book(45);
  EXPECT_DOUBLE_EQ(of("a"), 0);
  const std::string held = clinic.record("a", ten + 50 * minute, "SessionHeld", R"({"session":1})");
  EXPECT_DOUBLE_EQ(of("a"), 45);
  clinic.record("a", ten + hour, "TimeCorrected", R"({"timer":")" + held + R"(","minutes":25})");
  EXPECT_DOUBLE_EQ(of("a"), 25);
  EXPECT_DOUBLE_EQ(all(), 25);
}

TEST_F(Contacts, TakeWhatWasMeasuredBeforeWhatWasBookedWhateverArrivesFirst) {
  clinic.record("a", ten + 50 * minute, "SessionHeld", R"({"session":1})");
  EXPECT_DOUBLE_EQ(of("a"), 0);
  book(45, start + 2 * hour);  // the calendar was read late
  EXPECT_DOUBLE_EQ(of("a"), 45);
  clinic.record("a", ten, "TimerStarted", R"({"timer":"call","work":"in_person","session":1})");
  clinic.record("a", ten + 38 * minute, "TimerStopped", R"({"timer":"call"})");
  EXPECT_DOUBLE_EQ(of("a"), 38);
  clinic.record("a", ten + 51 * minute, "SessionHeld", R"({"session":1,"minutes":40})");
  EXPECT_DOUBLE_EQ(of("a"), 40);  // what a person says counts
}

TEST_F(Contacts, ATimerOfAReviewSaysThatTheComponentWasLookedAt) {
  clinic.record("a", start + hour, "ComponentProgress", R"({"component":"m1","progress":"completed"})");
  EXPECT_EQ(*clinic.of_case("a", "p1").waiting_reviews, 1);
  clinic.record("a", ten, "TimerStarted", R"({"timer":"r","work":"online_review","component":"m1"})");
  clinic.record("a", ten + 8 * minute, "TimerStopped", R"({"timer":"r"})");
  EXPECT_EQ(*clinic.of_case("a", "p1").waiting_reviews, 0);
  EXPECT_DOUBLE_EQ(of("a"), 8);
}

}  // namespace

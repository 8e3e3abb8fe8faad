// SPDX-License-Identifier: Apache-2.0
// What becomes of a measure that was asked for: answered, moved, cancelled, taken back, shown.
#include "kit.h"

namespace {

using namespace kit;

struct Occasion {
  std::string state = "due";
  std::int64_t due = start;
  std::string zone_data = "2026a";
  bool there = true;
};

class HostMeasures : public ::testing::Test {
 protected:
  HostMeasures() {
    reset();
    behaviour().plan = [this](const auto&, alliance_instant now) {
      asked.push_back(now);
      std::string list;
      if (occasion.there) {
        list = R"({"key":"r/session-1","role":"alliance.pulse","rater":"client","target":"practitioner","rule":"r",)"
               R"("reason":"Session 1 was held.","opens":)" +
               std::to_string(occasion.due) + R"(,"due":)" + std::to_string(occasion.due) + R"(,"expires":)" +
               std::to_string(occasion.due + 5 * day) + R"(,"state":")" + occasion.state + R"("})";
      }
      return R"({"occasions":[)" + list + R"(],"next_change":)" + std::to_string(wake) + R"(,"zone_data":")" +
             occasion.zone_data + "\"}";
    };
  }
  std::string note(const std::string& id, std::int64_t time) {
    return event(id, "c1", time, "MessageExchanged", R"({"sender":"client"})");
  }
  // The kinds that arrived about measures, in order.
  std::string told() {
    std::string kinds;
    for (const auto& seen : arrived()) {
      if (seen.kind.rfind("measure-", 0) == 0) kinds += (kinds.empty() ? "" : " ") + seen.kind.substr(8);
    }
    return kinds;
  }

  Folder folder;
  std::string store = folder.file("store.db");
  Occasion occasion;
  std::int64_t wake = 0;
  std::vector<std::int64_t> asked;
};

TEST_F(HostMeasures, AnAnswerIsToldOnceAndRememberedOverARestart) {
  {
    Host host(store);
    host.record(opened("c1"));
    occasion.state = "answered";
    host.record(note("n1", start + day));
    host.record(note("n2", start + 2 * day));
    host.drain();
    EXPECT_EQ(told(), "due answered");
  }
  Host host(store);
  host.record(note("n3", start + 3 * day));
  host.drain();
  EXPECT_EQ(told(), "due answered");
  EXPECT_NE(host.review(ALLIANCE_SCOPE_CASE, "c1", ALLIANCE_ROLE_PRACTITIONER, "p1").find(R"("state":"answered")"),
            std::string::npos);
}

TEST_F(HostMeasures, AnAnswerThatArrivesAfterTheEndTakesTheMissBack) {
  occasion.state = "expired";
  Host host(store);
  host.record(opened("c1"));
  occasion.state = "answered";
  host.record(note("late", start + day));
  host.drain();
  EXPECT_EQ(told(), "expired answered");
}

TEST_F(HostMeasures, WhatIsCancelledAndComesBackIsAskedForAnewUnderANewId) {
  Host host(store);
  host.record(opened("c1"));
  occasion.there = false;
  host.record(note("cancelled", start + day));
  occasion.there = true;
  host.record(note("back", start + 2 * day));
  host.record(note("same", start + 3 * day));
  host.drain();
  EXPECT_EQ(told(), "due cancelled due");
  EXPECT_NE(arrived("measure-due")[0].id, arrived("measure-due")[1].id);
}

TEST_F(HostMeasures, WithdrawalTakesBackWhatWasAskedForAndNothingNewIsAsked) {
  Host host(store);
  host.record(opened("c1"));
  occasion.state = "cancelled";
  host.record(event("w", "c1", start + day, "ConsentWithdrawn", R"({"scope":"all"})"));
  host.drain();
  EXPECT_EQ(told(), "due cancelled");
  EXPECT_EQ(arrived("measure-cancelled")[0].time, start + day);
  occasion.state = "expired";
  host.record(note("n", start + 9 * day));
  host.drain();
  EXPECT_EQ(told(), "due cancelled");
}

TEST_F(HostMeasures, ShowsThePlanWithWhatWasSentAndShownToWhomMaySeeIt) {
  Host host(store);
  host.record(opened("c1"));
  ASSERT_EQ(host.record(event("s", "c1", start + day, "MeasureShown", R"({"occasion":"r/session-1"})")), ALLIANCE_OK);
  EXPECT_EQ(host.record(event("t", "c1", start + day, "MeasureShown", R"({"occasion":"nothing"})")),
            ALLIANCE_E_NOT_FOUND);
  const auto due = [&](std::int64_t at, std::int32_t role, const char* viewer) {
    std::string text;
    const alliance_sink to = {
        sizeof(alliance_sink), 0, &text, [](void* context, const std::uint8_t* bytes, std::uint64_t length) noexcept {
          static_cast<std::string*>(context)->append(reinterpret_cast<const char*>(bytes), length);
          return std::int32_t{ALLIANCE_OK};
        }};
    const alliance_viewer who{sizeof(alliance_viewer), role, viewer};
    const auto status = alliance_host_due(host.raw, "c1", at, &who, ALLIANCE_JSON, &to, &host.error);
    return status == ALLIANCE_OK ? text : "status " + std::to_string(status);
  };
  const std::string now = due(start + 2 * day, ALLIANCE_ROLE_PRACTITIONER, "p1");
  EXPECT_NE(now.find("\"sent\":" + std::to_string(start)), std::string::npos) << now;
  EXPECT_NE(now.find("\"shown\":" + std::to_string(start + day)), std::string::npos) << now;
  EXPECT_NE(now.find(R"("instrument":"mood")"), std::string::npos) << now;
  EXPECT_NE(now.find(R"("zone_data":"2026a")"), std::string::npos) << now;
  const std::string before = due(start + day / 2, ALLIANCE_ROLE_PRACTITIONER, "p1");
  EXPECT_NE(before.find("\"shown\":0"), std::string::npos) << before;
  EXPECT_EQ(due(start + day, ALLIANCE_ROLE_PRACTITIONER, "p2"), "status " + std::to_string(ALLIANCE_E_DENIED));
  EXPECT_EQ(due(start + day, ALLIANCE_ROLE_SERVICE, "north"), "status " + std::to_string(ALLIANCE_E_DENIED));
  // Before it was opened the case was nobody's: whose it is today decides who is told.
  EXPECT_EQ(due(start - day, ALLIANCE_ROLE_PRACTITIONER, "p2"), "status " + std::to_string(ALLIANCE_E_DENIED));
  EXPECT_EQ(due(start - day, ALLIANCE_ROLE_PRACTITIONER, "p1"), "status " + std::to_string(ALLIANCE_E_NOT_FOUND));
  EXPECT_STREQ(host.error.message, "due: the case was not open yet at that time");
}

TEST_F(HostMeasures, AHostThatStartsAgainAsksWhenItWouldHaveAskedAnyway) {
  occasion.there = false;
  std::vector<std::int64_t> undisturbed, restarted;
  for (const bool restart : {false, true}) {
    const std::string file = folder.file(restart ? "b.db" : "a.db");
    asked.clear();
    auto host = std::make_unique<Host>(file);
    host->record(opened("c1"));
    for (int hour = 1; hour <= 24 * 5; ++hour) {
      if (restart && hour % 31 == 0) {
        host.reset();
        host = std::make_unique<Host>(file);
      }
      ASSERT_EQ(host->advance(start + hour * (day / 24)), ALLIANCE_OK) << host->error.message;
    }
    (restart ? restarted : undisturbed) = asked;
  }
  EXPECT_GE(undisturbed.size(), 5u);
  EXPECT_EQ(restarted, undisturbed);
}

}  // namespace

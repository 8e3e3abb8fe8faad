// SPDX-License-Identifier: Apache-2.0
#include <atomic>
#include <thread>

#include "kit.h"

namespace {

using namespace kit;

class HostRecord : public ::testing::Test {
 protected:
  void SetUp() override { reset(); }
  Folder folder;
  std::string store = folder.file("host.db");
};

TEST_F(HostRecord, ScoresAnswersAndDeliversThem) {
  Host host(store);
  ASSERT_EQ(host.record(opened("c1")), ALLIANCE_OK) << host.error.message;
  ASSERT_EQ(host.record(answered("a1", "c1", start + day, 7, R"("value":0)")), ALLIANCE_OK) << host.error.message;
  EXPECT_EQ(host.recorded.reports, 1u);
  host.drain();
  const auto scored = arrived("scored");
  ASSERT_EQ(scored.size(), 1u);
  EXPECT_NE(scored[0].json.find(R"("value":7,"state":"scored","answered":2,"items":2)"), std::string::npos);
  EXPECT_EQ(scored[0].stream, "c1");
  EXPECT_EQ(scored[0].sequence, 1u);
}

TEST_F(HostRecord, TheSameEventAgainChangesNothingAlsoAfterARestart) {
  const std::string sheet = answered("a1", "c1", start + day, 7, R"("value":0)");
  {
    Host host(store);
    host.record(opened("c1"));
    host.record(sheet);
    ASSERT_EQ(host.record(sheet), ALLIANCE_OK);
    EXPECT_EQ(host.recorded.repeated, 1u);
    EXPECT_EQ(host.recorded.reports, 0u);
    host.drain();
  }
  Host host(store);
  ASSERT_EQ(host.record(sheet), ALLIANCE_OK);
  EXPECT_EQ(host.recorded.repeated, 1u);
  EXPECT_EQ(host.counts().events, 2u);
  host.drain();
  EXPECT_EQ(arrived("scored").size(), 1u);
}

TEST_F(HostRecord, RefusesBadEventsByNameAndTakesNothing) {
  Host host(store);
  EXPECT_EQ(host.record(answered("a0", "c1", start, 1, R"("value":0)")), ALLIANCE_E_STATE);
  EXPECT_NE(std::string(host.error.message).find("record its CaseOpened first"), std::string::npos);
  EXPECT_EQ(std::string(host.error.message).find("c1"), std::string::npos);  // ids of cases stand in the detail
  host.record(opened("c1"));
  EXPECT_EQ(host.record(opened("c1")), ALLIANCE_OK);  // a repeat
  EXPECT_EQ(
      host.record(event("x", "c1", start, "CaseOpened", R"({"service":"s","practitioner":"p","delivery":"blended"})")),
      ALLIANCE_E_STATE);
  EXPECT_EQ(host.record(answered("a1", "c1", start, 11, R"("value":0)")), ALLIANCE_E_BAD_INPUT);
  EXPECT_NE(std::string(host.error.message).find("item 1"), std::string::npos);
  EXPECT_EQ(host.record(answered("a1", "c1", start, 1, R"("value":0},{"item":"1","value":0)")), ALLIANCE_E_BAD_INPUT);
  EXPECT_NE(std::string(host.error.message).find("twice"), std::string::npos);
  EXPECT_EQ(host.record(answered("a1", "c1", start, 1, R"("value":0},{"item":"9","value":0)")), ALLIANCE_E_BAD_INPUT);
  EXPECT_EQ(host.record(event("m", "c1", start, "SessionHeld", R"({"session":1,"minutes":-3})")), ALLIANCE_E_BAD_INPUT);
  EXPECT_EQ(host.record(event("ms", "c1", start / 1000, "SessionHeld", "{}")), ALLIANCE_E_BAD_INPUT);
  EXPECT_NE(std::string(host.error.message).find("not milliseconds"), std::string::npos) << host.error.message;
  EXPECT_EQ(host.record(event("ms", "c1", start, "SessionBooked",
                              R"({"session":1,"starts":)" + std::to_string(start / 1000) + "}")),
            ALLIANCE_E_BAD_INPUT);
  EXPECT_EQ(host.advance(start / 1000), ALLIANCE_E_INVALID);
  for (const std::string zone : {"Europe/Nowhere", "../etc/passwd", "/usr/share/zoneinfo/Europe/London"}) {
    EXPECT_EQ(host.record(event("z", "c1", start, "ZoneChanged", R"({"zone":")" + zone + "\"}")), ALLIANCE_E_BAD_INPUT);
    EXPECT_NE(std::string(host.error.message).find("body.zone is no IANA time zone"), std::string::npos) << zone;
    const std::string body = R"({"service":"s","practitioner":"p","delivery":"blended","zone":")" + zone + "\"}";
    EXPECT_EQ(host.record(event("z", "c2", start, "CaseOpened", body)), ALLIANCE_E_BAD_INPUT) << zone;
  }
  EXPECT_EQ(host.record(event("t", "c1", start, "TimePassed", "{}")), ALLIANCE_E_BAD_INPUT);
  EXPECT_EQ(
      host.record(event("d", "c1", start, "ProposalDecided", R"({"proposal":"none","decision":"accepted","by":"p1"})")),
      ALLIANCE_E_NOT_FOUND);
  EXPECT_EQ(host.record("{\"id\":"), ALLIANCE_E_BAD_INPUT);
  EXPECT_EQ(host.record(event("s", "", start, "SessionHeld", "{}")), ALLIANCE_E_BAD_INPUT);
  EXPECT_EQ(host.record(event("s", "practitioner/x", start, "SessionHeld", "{}")), ALLIANCE_E_BAD_INPUT);
  EXPECT_EQ(host.counts().events, 1u);
}

TEST_F(HostRecord, RecordManyTakesTheGoodOnesAndNamesTheFirstBadOne) {
  Host host(store);
  const std::string batch = R"({"events":[)" + opened("c1") + "," + answered("a1", "c1", start, 12, R"("value":0)") +
                            "," + answered("a2", "c1", start, 3, R"("value":0)") + "," + opened("c1") + "]}";
  std::int32_t statuses[4] = {-1, -1, -1, -1};
  alliance_recorded recorded = ALLIANCE_RECORDED_INIT;
  EXPECT_EQ(alliance_host_record_many(host.raw, reinterpret_cast<const std::uint8_t*>(batch.data()), batch.size(),
                                      ALLIANCE_JSON, statuses, 4, nullptr, &recorded, &host.error),
            ALLIANCE_E_BAD_INPUT);
  EXPECT_EQ(std::string(host.error.message).rfind("events[1]: ", 0), 0u) << host.error.message;
  EXPECT_EQ(statuses[0], ALLIANCE_OK);
  EXPECT_EQ(statuses[1], ALLIANCE_E_BAD_INPUT);
  EXPECT_EQ(statuses[2], ALLIANCE_OK);
  EXPECT_EQ(statuses[3], ALLIANCE_OK);
  EXPECT_EQ(recorded.repeated, 1u);
  EXPECT_EQ(host.counts().events, 2u);
}

TEST_F(HostRecord, ManyThreadsRecordOneCaseInOrder) {
  Host host(store);
  host.record(opened("c1"));
  host.record(opened("c2"));
  std::vector<std::thread> threads;
  std::atomic<int> taken{0};
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 25; ++i) {
        const std::string json = answered("a" + std::to_string(t) + "-" + std::to_string(i), t % 2 ? "c1" : "c2",
                                          start + i * day, i % 10, R"("value":0)");
        alliance_error error = ALLIANCE_ERROR_INIT;
        taken += alliance_host_record(host.raw, reinterpret_cast<const std::uint8_t*>(json.data()), json.size(),
                                      ALLIANCE_JSON, nullptr, nullptr, &error) == ALLIANCE_OK;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(taken, 100);
  host.drain();
  std::map<std::string, std::uint64_t> last;
  std::set<std::string> ids;
  for (const Seen& seen : arrived()) {
    EXPECT_TRUE(ids.insert(seen.id).second);
    EXPECT_EQ(seen.sequence, last[seen.stream] + 1) << seen.kind;  // nothing missing, nothing out of order
    last[seen.stream] = seen.sequence;
  }
  EXPECT_EQ(arrived("scored").size(), 100u);
}

TEST_F(HostRecord, WhatIsNotAcknowledgedIsSentAgainAfterARestart) {
  behaviour().acknowledge = false;
  std::string id;
  {
    Host host(store);
    host.record(opened("c1"));
    host.record(answered("a1", "c1", start, 3, R"("value":0)"));
    EXPECT_EQ(alliance_host_drain(host.raw, {second / 5}, &host.error), ALLIANCE_E_TIMEOUT);
    EXPECT_EQ(host.counts().waiting, 1u);
  }
  const auto before = arrived("scored");
  ASSERT_FALSE(before.empty());
  reset();
  Host host(store);
  host.drain();
  ASSERT_EQ(arrived("scored").size(), 1u);
  EXPECT_EQ(arrived("scored")[0].id, before[0].id);
  EXPECT_EQ(host.counts().waiting, 0u);
}

TEST_F(HostRecord, ReplayGivesTheSameCaseAndTheSameIds) {
  std::string first, again;
  {
    Host host(store);
    host.record(opened("c1"));
    for (int i = 0; i < 8; ++i) {
      const int values[] = {8, 8, 9, 3, 4, 8, 9, 8};
      host.record(answered("a" + std::to_string(i), "c1", start + i * day, values[i], R"("value":0)"));
    }
    host.drain();
    first = host.review(ALLIANCE_SCOPE_CASE, "c1", ALLIANCE_ROLE_PRACTITIONER, "p1");
  }
  std::vector<std::string> ids;
  for (const auto& seen : arrived()) ids.push_back(seen.id);
  {
    Host host(store);
    again = host.review(ALLIANCE_SCOPE_CASE, "c1", ALLIANCE_ROLE_PRACTITIONER, "p1");
  }
  EXPECT_EQ(first, again);
  EXPECT_NE(first.find("\"course\""), std::string::npos) << first;

  reset();
  Folder elsewhere;
  {
    Host host(elsewhere.file("other.db"));
    host.record(opened("c1"));
    for (int i = 0; i < 8; ++i) {
      const int values[] = {8, 8, 9, 3, 4, 8, 9, 8};
      host.record(answered("a" + std::to_string(i), "c1", start + i * day, values[i], R"("value":0)"));
    }
    host.drain();
  }
  std::vector<std::string> same;
  for (const auto& seen : arrived()) same.push_back(seen.id);
  EXPECT_EQ(ids, same);
}

TEST_F(HostRecord, AnswersThatFindNoInstrumentAreKeptAndScoredLater) {
  {
    Host host(store, Host::with_contact, false);
    host.record(opened("c1"));
    ASSERT_EQ(host.record(answered("a1", "c1", start + day, 3, R"("value":2)")), ALLIANCE_OK);
    host.drain();
    EXPECT_EQ(arrived("plugin-fault").size(), 1u);
    EXPECT_EQ(arrived("scored").size(), 0u);
  }
  Host host(store);
  ASSERT_EQ(host.record(event("s1", "c1", start + 2 * day, "SessionHeld", R"({"session":1,"minutes":30})")),
            ALLIANCE_OK);
  EXPECT_EQ(host.recorded.safety_flags, 2u);  // raised as soon as the answer can be read, and late: escalated at once
  host.drain();
  ASSERT_EQ(arrived("scored").size(), 1u);
  EXPECT_EQ(arrived("scored")[0].time, start + day);
}

}  // namespace

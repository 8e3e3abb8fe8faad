// SPDX-License-Identifier: Apache-2.0
#include "loaded.h"

namespace {

using namespace loaded;

Adapter koppeltaal() { return Adapter("{}", "koppeltaal"); }

std::string task(const std::string& status, const std::string& more = "") {
  return R"({"resourceType":"Task","id":"7","status":")" + status +
         R"(","intent":"order","for":{"reference":"Patient/c07"},"lastModified":"2026-03-03T09:20:01Z",)"
         R"("instantiatesCanonical":"https://modules.example/activity/activity-diary|2.1.0")" +
         more + "}";
}

TEST(Koppeltaal, EveryStatusOfATaskMeansSomethingOrIsListed) {
  ASSERT_EQ(koppeltaal().status(), ALLIANCE_OK);
  const std::pair<const char*, fb::Progress> statuses[] = {
      {"in-progress", fb::Progress::launched}, {"on-hold", fb::Progress::progressed},
      {"completed", fb::Progress::completed},  {"rejected", fb::Progress::abandoned},
      {"cancelled", fb::Progress::abandoned},  {"failed", fb::Progress::abandoned},
  };
  for (const auto& [status, progress] : statuses) {
    const fb::EventBatchT batch = koppeltaal().taken(task(status));
    ASSERT_EQ(batch.events.size(), 1u) << status;
    const auto* went = batch.events[0]->body.AsComponentProgress();
    ASSERT_NE(went, nullptr) << status;
    EXPECT_EQ(went->progress, progress) << status;
    EXPECT_EQ(went->component, "activity-diary");
    EXPECT_EQ(batch.events[0]->case_, "c07");
    EXPECT_EQ(batch.events[0]->time, INT64_C(1'772'529'601'000'000));
  }
  for (const char* status : {"requested", "received", "accepted", "ready"}) {
    const fb::EventBatchT batch = koppeltaal().taken(task(status));
    ASSERT_NE(batch.events.at(0)->body.AsToolOffered(), nullptr) << status;
    EXPECT_EQ(batch.events[0]->id, "koppeltaal:Task/7:offered");
  }
  for (const char* status : {"draft", "done", ""}) EXPECT_EQ(koppeltaal().taken(task(status)).unmapped.size(), 1u);
  EXPECT_EQ(koppeltaal().taken(task("entered-in-error")).taken_back.size(), 5u);
}

TEST(Koppeltaal, ItsTimesAreThoseOfTheWork) {
  const fb::EventBatchT batch = koppeltaal().taken(task(
      "completed", R"(,"executionPeriod":{"start":"2026-03-03T10:00:00+01:00","end":"2026-03-03T10:20:00+01:00"})"));
  EXPECT_EQ(batch.events.at(0)->time, INT64_C(1'772'529'600'000'000));
  std::string none = task("completed");
  none.replace(none.find("2026-03-03T09:20:01Z"), 20, "2026-03-03");
  EXPECT_NE(koppeltaal().taken(none).unmapped.at(0)->reason.find("offset"), std::string::npos);
}

TEST(Koppeltaal, ANotificationWithoutAPayloadSaysWhatToFetch) {
  const fb::EventBatchT batch =
      koppeltaal().taken(R"({"notification":{"criteria":"Task?owner=Patient/c07","since":"2026-03-02T00:00:00+01:00"},)"
                         R"("headers":{"x-request-id":"r-1","X-TRACE-ID":"t-1","Authorization":"Bearer secret"}})");
  ASSERT_EQ(batch.needs.size(), 1u);
  EXPECT_EQ(batch.needs[0]->url, "Task?owner=Patient/c07&_lastUpdated=ge2026-03-02T00:00:00%2B01:00");
  ASSERT_NE(batch.needs[0]->trace, nullptr);
  EXPECT_EQ(batch.needs[0]->trace->trace, "t-1");
  EXPECT_EQ(batch.needs[0]->trace->correlation, "r-1");
  EXPECT_EQ(batch.needs[0]->trace->request.size(), 36u);
  EXPECT_EQ(koppeltaal().taken(R"({"notification":{"criteria":"Patient?name=Jane"}})").unmapped.size(), 1u);
  EXPECT_EQ(koppeltaal().taken(R"({"notification":{}})").needs.at(0)->url, "Task");
}

TEST(Koppeltaal, ASearchsAnswerIsReadPageByPageWithItsTrace) {
  const std::string bundle =
      R"({"headers":{"X-Request-ID":"r-2","X-Correlation-ID":"r-1","X-Trace-ID":"t-1"},"resourceType":"Bundle",)"
      R"("type":"searchset","link":[{"relation":"next","url":"https://platform.example/fhir/Task?page=2"}],"entry":[)"
      R"({"fullUrl":"https://platform.example/fhir/Task/7","resource":)" +
      task("completed") + R"(},{"resource":{"resourceType":"Patient","id":"c07"}}]})";
  for (const std::string& payload : {bundle, R"({"headers":{"X-Trace-ID":"t-1"},"resource":)" + bundle + "}"}) {
    const fb::EventBatchT batch = koppeltaal().taken(payload);
    ASSERT_EQ(batch.events.size(), 1u) << payload;
    ASSERT_NE(batch.events[0]->trace, nullptr);
    EXPECT_EQ(batch.events[0]->trace->trace, "t-1");
    ASSERT_EQ(batch.needs.size(), 1u);
    EXPECT_EQ(batch.needs[0]->url, "https://platform.example/fhir/Task?page=2");
    EXPECT_EQ(batch.unmapped.size(), 1u);  // the Patient
  }
}

// A search's answer with Tasks in the form of Koppeltaal's profile: they name their definition by reference alone.
TEST(Koppeltaal, TasksInTheFormOfItsProfileBecomeEvents) {
  Adapter adapter("{}", "koppeltaal");
  const std::string payload = recorded("koppeltaal-tasks.json");
  const fb::EventBatchT batch = adapter.taken(payload);
  ASSERT_EQ(batch.events.size(), 3u);
  const auto* done = batch.events[0]->body.AsComponentProgress();
  ASSERT_NE(done, nullptr);
  EXPECT_EQ(done->component, "activity-diary");
  EXPECT_EQ(done->progress, fb::Progress::completed);
  EXPECT_EQ(batch.events[0]->case_, "c31");
  EXPECT_EQ(batch.events[0]->time, INT64_C(1'772'698'800'000'000));  // of the end, 09:20 in the Netherlands
  ASSERT_NE(batch.events[0]->trace, nullptr);
  EXPECT_EQ(batch.events[0]->trace->trace, "7a7a");
  EXPECT_EQ(batch.events[1]->body.AsComponentProgress()->progress, fb::Progress::launched);
  EXPECT_EQ(batch.events[1]->body.AsComponentProgress()->component, "sleep-week");
  EXPECT_EQ(batch.events[2]->body.AsToolOffered()->tool, "worry-time");
  ASSERT_EQ(batch.unmapped.size(), 2u);  // the definition that the catalogue lacks, and the draft
  EXPECT_EQ(batch.needs.at(0)->url, "ActivityDefinition/199");
  EXPECT_EQ(adapter.ingest(payload).bytes, adapter.ingest(payload).bytes);
  for (std::size_t cut = 0; cut < payload.size(); cut += 97) {  // cut off anywhere, it is listed
    const fb::EventBatchT part = adapter.taken(payload.substr(0, cut));
    EXPECT_LE(part.events.size(), 3u);
    EXPECT_TRUE(cut == 0 || !part.unmapped.empty()) << cut;
  }
}

TEST(Koppeltaal, SaysWhatItCannotMap) {
  const auto why = [](const std::string& payload) {
    const fb::EventBatchT batch = koppeltaal().taken(payload);
    return batch.unmapped.size() == 1 ? batch.unmapped[0]->reason : std::string("?");
  };
  std::string other = task("completed");
  other.replace(other.find("activity-diary"), 14, "something-new");
  EXPECT_NE(why(other).find("none of the catalogue's"), std::string::npos);
  EXPECT_EQ(koppeltaal().taken(other).needs.at(0)->url,
            "ActivityDefinition?url=https://modules.example/activity/something-new");
  std::string nobody = task("completed");
  nobody.replace(nobody.find("Patient/c07"), 11, "Group/c07xx");
  EXPECT_NE(why(nobody).find("not for a Patient"), std::string::npos);
  std::string moved = task("completed");
  moved.replace(moved.find("Patient/c07"), 11, "Patient/c08");
  const fb::EventBatchT two = koppeltaal().taken(task("completed") + "\n" + task("completed") + "\n" + moved);
  EXPECT_EQ(two.events.size(), 1u);
  ASSERT_EQ(two.unmapped.size(), 1u);
  EXPECT_NE(two.unmapped[0]->reason.find("about somebody else"), std::string::npos);
  EXPECT_NE(why("{\"resourceType\":\"Observation\"}").find("neither a Task"), std::string::npos);
  EXPECT_NE(why(R"({"resourceType":"OperationOutcome"})").find("OperationOutcome"), std::string::npos);
  EXPECT_NE(why("{").find("cut off"), std::string::npos);
}

TEST(Koppeltaal, WhatItWritesIsTheSameEachTimeAndNothingElseIsPossible) {
  fb::ProposalT proposal;
  proposal.key = "k";
  proposal.rule = "r";
  proposal.action = std::make_unique<fb::ActionT>();
  proposal.action->kind = fb::ActionKind::add;
  proposal.action->replacement = "sleep-week";
  proposal.action->text = "Only for the practitioner.";
  const auto text = [](const Answer& answer) { return std::string(answer.bytes.begin(), answer.bytes.end()); };
  const std::int64_t when = 1'774'744'200'123'456;
  const std::string said = text(koppeltaal().apply("c07", proposal, when));
  EXPECT_EQ(text(koppeltaal().apply("c07", proposal, when)), said);
  for (const char* part :
       {R"("instantiatesCanonical":"https://modules.example/activity/sleep-week")", R"("status":"requested")",
        R"("reference":"ActivityDefinition/103")", "If-None-Exist", "X-Trace-ID", "Patient/c07"}) {
    EXPECT_NE(said.find(part), std::string::npos) << part << said;
  }
  EXPECT_EQ(said.find("Only for"), std::string::npos);
  proposal.action->kind = fb::ActionKind::reorder;
  EXPECT_EQ(koppeltaal().apply("c07", proposal, when).status, ALLIANCE_E_UNSUPPORTED);
  proposal.action->kind = fb::ActionKind::skip;
  proposal.action->component = "nothing";
  EXPECT_EQ(koppeltaal().apply("c07", proposal, when).status, ALLIANCE_E_UNSUPPORTED);
  proposal.action->component = "worry-time";
  EXPECT_EQ(koppeltaal().apply("c/07", proposal, when).status, ALLIANCE_E_INVALID);
}

}  // namespace

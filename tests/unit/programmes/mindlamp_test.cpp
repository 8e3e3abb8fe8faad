// SPDX-License-Identifier: Apache-2.0
#include <unistd.h>

#include <filesystem>

#include "loaded.h"

namespace {

using namespace loaded;

constexpr const char* pulse = "pulse0a1b2c3d4e5f";

Adapter lamp() { return Adapter("{}", "mindlamp"); }

std::string events(const fb::EventBatchT& batch) {
  flatbuffers::FlatBufferBuilder builder;
  builder.Finish(fb::EventBatch::Pack(builder, &batch), "ALEB");
  return {reinterpret_cast<const char*>(builder.GetBufferPointer()), builder.GetSize()};
}

TEST(MindLamp, TheServersRepeatsMeanWhatTheServerMeans) {
  ASSERT_EQ(lamp().status(), ALLIANCE_OK);
  const fb::ProgrammeT programme = lamp().catalogue();
  ASSERT_EQ(programme.components.size(), 4u);
  const auto repeats = [&](std::size_t i) { return *programme.components[i]->repeats.at(0); };
  EXPECT_EQ(repeats(0).weekdays, (std::vector<std::uint8_t>{1, 3}));  // biweekly: Tuesday and Thursday
  EXPECT_EQ(repeats(0).at, std::vector<std::string>{"09:30"});
  EXPECT_EQ(repeats(1).at, (std::vector<std::string>{"03:30", "09:30", "15:30", "21:30"}));
  EXPECT_EQ(repeats(2).month_days, (std::vector<std::uint8_t>{10, 20}));  // bimonthly: twice a month
  EXPECT_EQ(repeats(3).weekdays, (std::vector<std::uint8_t>{0, 2, 4}));   // triweekly: Monday, Wednesday, Friday
  EXPECT_EQ(programme.components[3]->repeats.size(), 1u);                 // what was never chosen never fires
  EXPECT_EQ(programme.components[0]->kind, fb::ComponentKind::diary);
  EXPECT_EQ(repeats(0).zone, "Etc/UTC");
}

TEST(MindLamp, ItsRestAnswerBecomesAnswersAndProgress) {
  const fb::EventBatchT batch = lamp().taken(recorded("mindlamp-rest.json"));
  ASSERT_EQ(batch.events.size(), 4u);
  const auto* given = batch.events[0]->body.AsAnswersGiven();
  ASSERT_NE(given, nullptr);
  EXPECT_EQ(batch.events[0]->case_, "U1234567890");
  EXPECT_EQ(batch.events[0]->time, INT64_C(1'774'744'200'123'000));
  EXPECT_EQ(given->instrument, "alliance-pulse-client");
  EXPECT_EQ(given->rater, fb::Rater::client);
  ASSERT_EQ(given->answers.size(), 3u);
  EXPECT_EQ(given->answers[0]->value, 7);   // an index
  EXPECT_EQ(given->answers[1]->value, 8);   // an index in quotation marks
  EXPECT_EQ(given->answers[2]->value, 10);  // a label
  EXPECT_EQ(given->answers[1]->item, "2");
  EXPECT_EQ(given->answers[2]->milliseconds, 4202u);
  const auto* done = batch.events[2]->body.AsComponentProgress();
  ASSERT_NE(done, nullptr);
  EXPECT_EQ(done->component, "breathe1a2b3c4d5e");
  EXPECT_DOUBLE_EQ(done->minutes, 4);
  EXPECT_DOUBLE_EQ(batch.events[3]->body.AsComponentProgress()->minutes, 0);  // two days: it was left open
  ASSERT_EQ(batch.unmapped.size(), 2u);
  EXPECT_NE(batch.unmapped[0]->reason.find("milliseconds"), std::string::npos);  // seconds
  EXPECT_NE(batch.unmapped[1]->reason.find("none of the catalogue's"), std::string::npos);
}

TEST(MindLamp, WordingsAndWhatPeopleWroteAreNeverStored) {
  const std::string bytes = events(lamp().taken(recorded("mindlamp-rest.json")));
  for (const char* text : {"understand", "agree", "completely", "calmer", "mother"}) {
    EXPECT_EQ(bytes.find(text), std::string::npos) << text;
  }
  const fb::ProgrammeT programme = lamp().catalogue();
  flatbuffers::FlatBufferBuilder builder;
  builder.Finish(fb::Programme::Pack(builder, &programme), "ALPG");
  const std::string catalogue(reinterpret_cast<const char*>(builder.GetBufferPointer()), builder.GetSize());
  EXPECT_EQ(catalogue.find("understand"), std::string::npos);
}

TEST(MindLamp, OneEventOnFourSubjectsIsOneAndTheSameAsByRest) {
  const fb::EventBatchT queue = lamp().taken(recorded("mindlamp-nats.jsonl") + recorded("mindlamp-nats.jsonl"));
  const fb::EventBatchT rest = lamp().taken(recorded("mindlamp-rest.json"));
  ASSERT_EQ(queue.events.size(), 3u);
  EXPECT_EQ(queue.events[0]->id, rest.events[0]->id);
  EXPECT_EQ(queue.events[1]->id, rest.events[1]->id);
  EXPECT_EQ(queue.events[2]->case_, "U1234567890");  // of the token, wrapped twice
  EXPECT_TRUE(queue.unmapped.empty());
  // What was too large for the queue is to be fetched.
  ASSERT_GE(queue.needs.size(), 1u);
  EXPECT_EQ(queue.needs[0]->url,
            "participant/U1234567890/activity_event?origin=journal3c4d5e6f7b&from=1774744360000&to=1774744360001");
}

TEST(MindLamp, SaysWhatItCannotMap) {
  const auto one = [](const std::string& event) {
    const fb::EventBatchT batch = lamp().taken(event);
    return batch.unmapped.size() == 1 ? batch.unmapped[0]->reason : std::to_string(batch.unmapped.size());
  };
  const std::string slices = R"(,"temporal_slices":[{"item":"What else?","value":1}]})";
  const std::string begin =
      std::string(R"({"participant_id":"U1","activity":")") + pulse + R"(","timestamp":1774744200123)";
  EXPECT_NE(one(begin + slices).find("answer 1: its item's wording"), std::string::npos);
  EXPECT_EQ(lamp().taken(begin + slices).events.size(), 1u);  // that it was done is known all the same
  EXPECT_NE(one(begin + R"(,"temporal_slices":[{"item":"How much did we agree on what to do?","value":"rather"}]})")
                .find("neither a number nor a label"),
            std::string::npos);
  EXPECT_NE(one(R"({"activity":"x","timestamp":1774744200123})").find("whose it is"), std::string::npos);
  EXPECT_NE(one(R"({"data":"{\"activity\":","token":"activity.a.participant.U1"})").find("cut off"), std::string::npos);
  // An item that was skipped, and one that was never shown.
  const fb::EventBatchT batch =
      lamp().taken(begin + R"(,"temporal_slices":[{"item":"How much did we agree on what to do?","value":null}]})");
  const auto* given = batch.events.at(0)->body.AsAnswersGiven();
  ASSERT_NE(given, nullptr);
  EXPECT_EQ(given->answers.at(0)->state, fb::AnswerState::skipped);
  EXPECT_EQ(given->answers.at(1)->state, fb::AnswerState::not_presented);
}

TEST(MindLamp, WhatTheServerDeletedIsTakenBack) {
  const std::string rest = recorded("mindlamp-rest.json");
  const fb::EventBatchT before = lamp().taken(rest);
  const fb::EventBatchT batch = lamp().taken(
      std::string(R"({"data":"{\"action\":\"delete\",\"participant_id\":\"U1234567890\",\"activity\":\")") + pulse +
      R"(\",\"timestamp\":1774744200123}"})");
  ASSERT_EQ(batch.taken_back.size(), 2u);
  EXPECT_EQ(batch.taken_back[0]->event, before.events[1]->id);
  EXPECT_EQ(batch.taken_back[1]->event, before.events[0]->id);
}

TEST(MindLamp, ItsSettingsAreRefusedByFileAndPlace) {
  const auto path = std::filesystem::temp_directory_path() / ("alliance-lamp-" + std::to_string(::getpid()) + ".json");
  const auto with = [&](const std::string& setting, const std::string& text) {
    std::ofstream(path) << text;
    return Adapter("{\"" + setting + R"(":")" + path.string() + "\"}", "mindlamp").message();
  };
  EXPECT_NE(with("activities", "[{\"name\":\"x\"}]").find("data[0].id"), std::string::npos);
  EXPECT_NE(with("activities", R"([{"id":"x","schedule":[{"repeat_interval":"thrice"}]}])").find("not known"),
            std::string::npos);
  const std::string survey = std::string(R"({"surveys":[{"activity":")") + pulse + R"(","instrument":"i","items":[)";
  EXPECT_NE(with("surveys", survey + R"({"item":"1"}]}]})").find("either an index or a sha256"), std::string::npos);
  EXPECT_NE(with("surveys", survey + R"({"item":"1","index":7}]}]})").find("no index 7"), std::string::npos);
  EXPECT_NE(with("surveys", survey + R"({"item":"1","index":0},{"item":"1","index":1}]}]})").find("twice"),
            std::string::npos);
  EXPECT_NE(with("surveys", R"({"surveys":[{"activity":"nothing","instrument":"i","items":[]}]})").find("no activity"),
            std::string::npos);
  std::filesystem::remove(path);
}

}  // namespace

// SPDX-License-Identifier: Apache-2.0
#include "endpoint.h"

#include <alliance_schema/envelope_generated.h>
#include <alliance_schema/report_generated.h>
#include <curl/curl.h>

#include <algorithm>
#include <alliance/error.hpp>
#include <boost/json.hpp>
#include <limits>
#include <map>

#include "faults/process.h"
#include "transport.h"

namespace alliance::test {
namespace {

namespace json = boost::json;

std::vector<std::uint8_t> batch_of(const std::vector<std::pair<std::string, fb::ReportT>>& reports,
                                   fb::Lane lane = fb::Lane::normal) {
  fb::BatchT batch;
  for (const auto& [id, report] : reports) {
    flatbuffers::FlatBufferBuilder inner;
    inner.Finish(fb::CreateReport(inner, &report), fb::ReportIdentifier());
    auto envelope = std::make_unique<fb::EnvelopeT>();
    envelope->id = id;
    envelope->tenant = "clinic";
    envelope->case_ = "case-1";
    envelope->sequence = batch.envelopes.size() + 1;
    envelope->time = 1'700'000'000'000'001;
    envelope->kind = lane == fb::Lane::safety ? "safety-flag" : "scored";
    envelope->lane = lane;
    envelope->payload.assign(inner.GetBufferPointer(), inner.GetBufferPointer() + inner.GetSize());
    batch.envelopes.push_back(std::move(envelope));
  }
  flatbuffers::FlatBufferBuilder builder;
  builder.Finish(fb::CreateBatch(builder, &batch), fb::BatchIdentifier());
  return {builder.GetBufferPointer(), builder.GetBufferPointer() + builder.GetSize()};
}

// Two scales, one of which could not be scored.
fb::ReportT scored(const std::string& instrument = "mood-3") {
  fb::ScoredT body;
  body.instrument = instrument;
  body.version = "1.0.0";
  body.event = "e-1";
  body.not_validated = true;
  for (const bool answered : {true, false}) {
    auto score = std::make_unique<fb::ScoreT>();
    score->scale = answered ? "total" : "part";
    score->state = answered ? fb::ScoreState::scored : fb::ScoreState::not_scorable;
    if (answered) score->value = 3.5;
    if (answered) score->band = "some";
    body.scores.push_back(std::move(score));
  }
  fb::ReportT report;
  report.body.Set(std::move(body));
  return report;
}

std::size_t gather(char* bytes, std::size_t, std::size_t count, void* to) {
  static_cast<std::string*>(to)->append(bytes, count);
  return count;
}

class FhirEndpoint : public ::testing::Test {
 protected:
  void SetUp() override {
    if (std::system("node -e 'process.exit(process.versions.node.split(\".\")[0] >= 20 ? 0 : 1)' >/dev/null 2>&1") !=
        0) {
      GTEST_SKIP() << "node 20 or later is not there";
    }
    if (!std::filesystem::exists(ENDPOINT "/node_modules/@medplum/fhir-router")) {
      GTEST_SKIP() << "the endpoint is not installed: npm ci in tests/fhir_endpoint";
    }
    server = faults::Process({"/usr/bin/env", "node", ENDPOINT "/server.mjs"}, folder / "out");
    const auto line = server.read_error_line("listening on ");
    ASSERT_TRUE(line.starts_with("listening on ")) << line;
    url = "http://127.0.0.1:" + line.substr(13) + "/fhir";
    auto loaded = registry.load(manifest("fhir"));
    ASSERT_TRUE(loaded) << loaded.error().message;
    plugin = *loaded;
  }
  json::array observations() const { return all_of("Observation"); }
  json::array all_of(const std::string& type) const {
    const std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> curl(curl_easy_init(), &curl_easy_cleanup);
    std::string answer;
    curl_easy_setopt(curl.get(), CURLOPT_URL, (url + "/" + type).c_str());
    curl_easy_setopt(curl.get(), CURLOPT_NOPROXY, "*");
    curl_easy_setopt(curl.get(), CURLOPT_WRITEFUNCTION, &gather);
    curl_easy_setopt(curl.get(), CURLOPT_WRITEDATA, &answer);
    EXPECT_EQ(curl_easy_perform(curl.get()), CURLE_OK);
    json::array out;
    const auto bundle = json::parse(answer).as_object();
    if (!bundle.contains("entry")) return out;
    for (const auto& entry : bundle.at("entry").as_array()) out.push_back(entry.at("resource"));
    return out;
  }

  TemporaryFolder folder{"fhir"};
  faults::Process server;
  std::string url;
  Services services;
  plugin::Registry registry{services.host()};
  plugin::Plugin* plugin = nullptr;
};

TEST_F(FhirEndpoint, AScoreIsAnObservationForEachScaleHoweverOftenItIsSent) {
  for (int round = 0; round < 2; ++round) {
    OpenTransport to(*plugin, "fhir", url);
    ASSERT_EQ(to.status, ALLIANCE_OK) << to.error.message;
    ASSERT_EQ(to.send(4, batch_of({{"r-1", scored()}})), ALLIANCE_OK) << to.error.message;
    EXPECT_EQ(to.heard().acknowledged, 4u);
  }
  const auto all = observations();
  ASSERT_EQ(all.size(), 2u);
  for (const auto& one : all) {
    const auto own = one.at("identifier").at(0).at("value").as_string();
    EXPECT_EQ(one.at("effectiveDateTime").as_string(), "2023-11-14T22:13:20.000001Z");
    EXPECT_EQ(one.at("subject").at("identifier").at("value").as_string(), "case-1");
    EXPECT_EQ(one.at("note").at(0).at("text").as_string(), "This instrument is not validated.");
    if (own == "r-1/total") {
      EXPECT_EQ(one.at("valueQuantity").at("value").to_number<double>(), 3.5);
      EXPECT_EQ(one.at("interpretation").at(0).at("coding").at(0).at("code").as_string(), "mood-3/total/some");
    } else {
      EXPECT_EQ(own, "r-1/part");
      EXPECT_FALSE(one.as_object().contains("valueQuantity"));
      EXPECT_TRUE(one.as_object().contains("dataAbsentReason"));
    }
  }
}

// Seven answers of 1, or six and one that was refused.
fb::ReportT answered(bool all) {
  fb::ReportT report = scored("gad-7");
  for (int i = 1; i <= 7; ++i) {
    auto answer = std::make_unique<fb::AnswerT>();
    answer->item = std::to_string(i);
    answer->state = all || i < 7 ? fb::AnswerState::answered : fb::AnswerState::refused;
    answer->value = all || i < 7 ? 1 : 0;
    report.body.AsScored()->answers.push_back(std::move(answer));
  }
  return report;
}

TEST_F(FhirEndpoint, AnswersAreAQuestionnaireResponseThatCanBeScoredHoweverOftenItIsSent) {
  for (int round = 0; round < 2; ++round) {
    OpenTransport to(*plugin, "fhir", url);
    ASSERT_EQ(to.send(4, batch_of({{"r-1", answered(true)}, {"r-2", answered(false)}})), ALLIANCE_OK)
        << to.error.message;
    EXPECT_EQ(to.heard().acknowledged, 4u) << to.heard().sentence;
  }
  const auto sheets = all_of("QuestionnaireResponse"), scores = observations();
  ASSERT_EQ(sheets.size(), 2u);
  ASSERT_EQ(scores.size(), 4u);
  std::map<std::string, std::string> said;  // what the command makes of what lies there
  for (const auto& sheet : sheets) {
    const std::string own(sheet.at("identifier").at("value").as_string());
    EXPECT_TRUE(std::any_of(scores.begin(), scores.end(), [&](const json::value& one) {
      return one.at("derivedFrom").at(0).at("identifier") == sheet.at("identifier");
    })) << own;
    const auto place = folder / "sheet.json", out = folder / own.substr(0, 3);
    std::ofstream(place) << json::serialize(sheet);
    faults::Process command({ALLIANCE_COMMAND, "score", "gad-7", "--format", "fhir", "--input", place}, out);
    const auto complaint = command.read_error_line();
    ASSERT_EQ(command.wait(), 0) << complaint;
    std::ostringstream text;
    text << std::ifstream(out).rdbuf();
    said[own] = text.str();
  }
  EXPECT_NE(said["r-1/answers"].find(R"("valueQuantity":{"value":7)"), std::string::npos) << said["r-1/answers"];
  EXPECT_NE(said["r-2/answers"].find("asked-declined"), std::string::npos) << said["r-2/answers"];
}

TEST_F(FhirEndpoint, AReportOfTheSafetyLaneArrivesAsItStands) {
  fb::SafetyFlagT flag;
  flag.flag = "f-1";
  flag.instrument = "mood-3";
  flag.item = "mood-3";
  flag.event = "e-1";
  fb::ReportT report;
  report.body.Set(std::move(flag));
  OpenTransport to(*plugin, "fhir", url);
  ASSERT_EQ(to.send(1, batch_of({{"s-1", std::move(report)}}, fb::Lane::safety)), ALLIANCE_OK) << to.error.message;
  const auto all = observations();
  ASSERT_EQ(all.size(), 1u);
  EXPECT_NE(std::string(all[0].at("valueString").as_string()).find("f-1"), std::string::npos);
}

TEST_F(FhirEndpoint, WhatTheServerRefusesIsNamedAndItsNeighbourIsKept) {
  OpenTransport to(*plugin, "fhir", url);
  ASSERT_EQ(to.send(9, batch_of({{"r-1", scored()}, {"r-2", scored(" ")}})), ALLIANCE_OK) << to.error.message;
  EXPECT_EQ(to.heard().acknowledged, 0u);
  EXPECT_EQ(to.heard().refused_position, 9u);
  EXPECT_EQ(to.heard().refused_report, "r-2") << to.heard().sentence;
  EXPECT_EQ(observations().size(), 2u);
}

TEST(FhirTransport, SaysWhetherItIsTheDataOrTheServer) {
  using fhir_transport::verdict_of;
  EXPECT_EQ(verdict_of(200, R"({"entry":[{"response":{"status":"201 Created"}}]})").status, ALLIANCE_OK);
  EXPECT_TRUE(verdict_of(200, R"({"entry":[{"response":{"status":"422"}}]})").about_data) << "a batch's own answer";
  EXPECT_TRUE(verdict_of(422, R"({"issue":[{"code":"invalid","diagnostics":"Ms Example"}]})").about_data);
  EXPECT_EQ(verdict_of(422, R"({"issue":[{"code":"invalid","diagnostics":"Ms Example"}]})").sentence,
            "the FHIR server answers 422 (invalid)");
  EXPECT_FALSE(verdict_of(503, "").about_data);
  EXPECT_EQ(verdict_of(401, "").status, ALLIANCE_E_DENIED);
  EXPECT_NE(verdict_of(200, "<html>").status, ALLIANCE_OK);
  EXPECT_THROW(fhir_transport::check({"http://ehr.example.org/fhir", {}, {}}), Error);
  EXPECT_THROW(fhir_transport::check({"https://u:p@ehr.example.org/fhir", {}, {}}), Error);
  EXPECT_THROW(fhir_transport::check({"ehr.example.org", {}, {}}), Error);
  fhir_transport::check({"https://ehr.example.org/fhir", {}, {}});
}

}  // namespace
}  // namespace alliance::test

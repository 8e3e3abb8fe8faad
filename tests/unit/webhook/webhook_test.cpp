// SPDX-License-Identifier: Apache-2.0
// The transport plugin `webhook` against a server that others wrote: what it sends, whom it believes, what it makes
// of each answer.
#include <alliance_schema/envelope_generated.h>
#include <alliance_schema/report_generated.h>
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <fstream>

#include "../../faults/process.h"
#include "../../support/certificates.h"
#include "plugin/process.h"
#include "plugin/registry.h"
#include "test_services.h"

namespace {

namespace json = boost::json;
namespace fb = alliance::fb;
using alliance::faults::Process;
using certificates::Authority;
using certificates::Files;

constexpr std::int64_t now = 1'772'000'000'123'456;
constexpr const char* newest = "the newest key, of 24 bytes and more";
constexpr const char* old = "whsec_dGhlIG9sZCBrZXksIG9mIDI0IGJ5dGVzIGFuZCBtb3Jl";  // base64 of what follows
constexpr const char* old_bytes = "the old key, of 24 bytes and more";

struct Made {
  std::uint64_t sequence = 1;
  bool tombstone = false, withheld = false, safety = false;
};

std::vector<std::uint8_t> batch_of(const std::vector<Made>& all) {
  fb::BatchT batch;
  for (const auto& one : all) {
    auto envelope = std::make_unique<fb::EnvelopeT>();
    envelope->id = "id-" + std::to_string(one.sequence);
    envelope->tenant = "St Mary's \xc3\xa9";
    envelope->case_ = "case \"7\" 100%";
    envelope->epoch = 5'000'000'000;
    envelope->sequence = one.sequence;
    envelope->time = now;
    envelope->kind = "custom";
    envelope->lane = one.safety ? fb::Lane::safety : fb::Lane::normal;
    envelope->withheld = one.withheld;
    if (one.tombstone) {
      envelope->tombstone_of = "gone";
    } else if (!one.withheld) {
      fb::ReportT report;
      fb::CustomT custom;
      custom.kind = "org.example.number";
      custom.json = "{\"n\":1}";
      report.body.Set(std::move(custom));
      flatbuffers::FlatBufferBuilder builder;
      builder.Finish(fb::CreateReport(builder, &report), fb::ReportIdentifier());
      envelope->payload.assign(builder.GetBufferPointer(), builder.GetBufferPointer() + builder.GetSize());
    }
    batch.envelopes.push_back(std::move(envelope));
  }
  flatbuffers::FlatBufferBuilder builder;
  builder.Finish(fb::CreateBatch(builder, &batch), fb::BatchIdentifier());
  return {builder.GetBufferPointer(), builder.GetBufferPointer() + builder.GetSize()};
}

class Webhook : public ::testing::TestWithParam<bool> {  // in a process of its own
 protected:
  void TearDown() override {
    close();
    server_.end(SIGKILL);
  }
  // The address where it listens.
  std::string serve(const std::string& answers = "[]", const std::vector<std::string>& tls = {}) {
    std::vector<std::string> words = {"/usr/bin/python3", ALLIANCE_SOURCE_DIR "/tests/unit/webhook/hook_server.py",
                                      pem.write("log", ""), answers,
                                      std::string("[\"") + newest + "\",\"" + old_bytes + "\",\"no key\"]"};
    words.insert(words.end(), tls.begin(), tls.end());
    server_.end(SIGKILL);
    server_ = Process(words, pem.write("out", ""));
    return server_.read_error_line();
  }
  std::vector<json::object> requests() const {
    std::ifstream file(pem.path("log"));
    std::vector<json::object> out;
    for (std::string line; std::getline(file, line);) out.push_back(json::parse(line).as_object());
    return out;
  }
  // `more`: members of the hook besides name, url and secrets.
  std::int32_t open(const std::string& url, const std::string& more = "", const std::string& name = hook()) {
    close();
    services_.now(now);
    services_.settings("org.alliance-sdk.webhook", R"({"hooks":[{"name":")" + hook() + R"(","url":")" + url +
                                                       R"(","secrets":[")" + pem.write("new", newest) + "\",\"" +
                                                       pem.write("old", old) + "\"]" + (more.empty() ? "" : ",") +
                                                       more + "}]}");
    auto side = services_.host();
    if (GetParam()) side.runner = [this](const std::string&) { return std::optional(granted()); };
    registry_ = std::make_unique<alliance::plugin::Registry>(std::move(side));
    auto loaded = registry_->load(alliance::test::manifest("webhook"));
    if (!loaded) throw std::runtime_error(loaded.error().message);
    plugin_ = *loaded;
    events_ = {
        sizeof events_,
        0,
        this,
        [](void* self, std::uint64_t position) noexcept { of(self).acknowledged = position; },
        [](void*, std::int32_t, const char*) noexcept {},
        [](void* self, std::uint64_t position, const char* report, std::int32_t status, const char* why) noexcept {
          of(self).refused = std::to_string(position) + " " + report + " " + std::to_string(status) + " " + why;
        },
        [](void*) noexcept {}};
    return reopen(name);
  }
  std::int32_t reopen(const std::string& name = hook()) {
    if (transport_ != nullptr) plugin_->transport->close(std::exchange(transport_, nullptr));
    error = ALLIANCE_ERROR_INIT;
    return plugin_->transport->open(plugin_->transport, &plugin_->services, "webhook", name.c_str(), &events_,
                                    &transport_, &error);
  }
  std::int32_t send(std::uint64_t position, const std::vector<Made>& all) {
    const auto bytes = batch_of(all);
    error = ALLIANCE_ERROR_INIT;
    return plugin_->transport->send(transport_, position, bytes.data(), bytes.size(), &error);
  }
  std::string said() const { return std::string(error.message) + error.detail; }
  void close() {
    if (transport_ != nullptr) plugin_->transport->close(std::exchange(transport_, nullptr));
    registry_.reset();
  }
  alliance::plugin::RunnerSettings granted() const {
    alliance::plugin::RunnerSettings made;
    made.call_ms = made.start_ms = made.send_ms = 60'000;
    made.network = true;
    made.read = {pem.path("")};
    return made;
  }
  // One per test: the plugin remembers what a hook took for as long as the process lives.
  static std::string hook() {
    const std::string name = ::testing::UnitTest::GetInstance()->current_test_info()->name();
    return name.substr(0, name.find('/'));
  }
  static Webhook& of(void* self) { return *static_cast<Webhook*>(self); }

  certificates::PemFolder pem;
  alliance_error error = ALLIANCE_ERROR_INIT;
  std::uint64_t acknowledged = 0;
  std::string refused;
  alliance::test::Services services_;

 private:
  Process server_;
  std::unique_ptr<alliance::plugin::Registry> registry_;
  alliance::plugin::Plugin* plugin_ = nullptr;
  alliance_transport_events events_{};
  alliance_transport* transport_ = nullptr;
};

std::string header(const json::object& request, const char* name) {
  const auto* found = request.at("headers").as_object().if_contains(name);
  return found == nullptr ? "-" : std::string(found->as_string());
}

TEST_P(Webhook, PostsEachReportAsAStructuredEventThatBothKeysSigned) {
  ASSERT_EQ(open(serve()), ALLIANCE_OK) << said();
  ASSERT_EQ(send(3, {{1}, {2, true}, {3}}), ALLIANCE_OK) << said();
  EXPECT_EQ(acknowledged, 3u);
  const auto all = requests();
  ASSERT_EQ(all.size(), 2u) << "a tombstone is no report";
  EXPECT_EQ(header(all[0], "content-type"), "application/cloudevents+json; charset=utf-8");
  EXPECT_EQ(header(all[0], "webhook-id"), "id-1");
  EXPECT_EQ(header(all[0], "webhook-timestamp"), "1772000000");
  EXPECT_EQ(all[0].at("fits"), json::value({true, true, false}));
  EXPECT_EQ(json::parse(all[0].at("body").as_string()),
            json::parse(R"({"specversion":"1.0","id":"id-1","source":"urn:alliance:St%20Mary%27s%20%C3%A9",
              "type":"org.alliance-sdk.report.custom","subject":"case \"7\" 100%","time":"2026-02-25T06:13:20.123456Z",
              "datacontenttype":"application/json","tenant":"St Mary's é","epoch":"5000000000","sequence":"1",
              "lane":"normal","data":{"body_type":"Custom","body":{"kind":"org.example.number","json":"{\"n\":1}"}}})"));
}

TEST_P(Webhook, InBinaryModeAttributesAreHeadersAndTheReportIsTheBody) {
  ASSERT_EQ(open(serve(), R"("mode":"binary","source":"https://platform.example")"), ALLIANCE_OK) << said();
  ASSERT_EQ(send(1, {{1}, {2, false, true}}), ALLIANCE_OK) << said();
  const auto all = requests();
  ASSERT_EQ(all.size(), 2u);
  EXPECT_EQ(header(all[0], "content-type"), "application/json");
  EXPECT_EQ(header(all[0], "ce-id"), "id-1");
  EXPECT_EQ(header(all[0], "ce-source"), "https://platform.example");
  EXPECT_EQ(header(all[0], "ce-subject"), "case%20%227%22%20100%25");
  EXPECT_EQ(header(all[0], "ce-tenant"), "St%20Mary's%20%C3%A9");
  EXPECT_TRUE(json::parse(all[0].at("body").as_string()).as_object().contains("body_type"));
  EXPECT_EQ(all[1].at("body").as_string(), "") << "a report that is withheld";
  EXPECT_EQ(header(all[1], "ce-withheld"), "true");
  EXPECT_EQ(all[1].at("fits"), json::value({true, true, false}));
}

TEST_P(Webhook, InBatchedModeManyEventsShareARequest) {
  ASSERT_EQ(open(serve(), R"("mode":"batched","most":3)"), ALLIANCE_OK) << said();
  ASSERT_EQ(send(1, {{1}, {2}, {3, true}, {4}, {5}}), ALLIANCE_OK) << said();
  const auto all = requests();
  ASSERT_EQ(all.size(), 2u);
  EXPECT_EQ(header(all[0], "content-type"), "application/cloudevents-batch+json; charset=utf-8");
  EXPECT_EQ(header(all[0], "webhook-id"), "id-1+2");
  const auto first = json::parse(all[0].at("body").as_string());
  ASSERT_EQ(first.as_array().size(), 3u);
  EXPECT_EQ(first.at(2).at("id").as_string(), "id-4");
  EXPECT_EQ(json::parse(all[1].at("body").as_string()).as_array().size(), 1u);
}

TEST_P(Webhook, ARefusalNamesTheReportAndWhatWasTakenDoesNotComeAgain) {
  ASSERT_EQ(open(serve(R"([{"status":200},{"status":422}])")), ALLIANCE_OK) << said();
  EXPECT_EQ(send(1, {{1}, {2}, {3}}), ALLIANCE_OK) << said();
  EXPECT_EQ(acknowledged, 0u);
  EXPECT_TRUE(refused.starts_with("1 id-2 ")) << refused;
  EXPECT_NE(refused.find("answered 422"), std::string::npos) << refused;
  ASSERT_EQ(reopen(), ALLIANCE_OK);
  EXPECT_EQ(send(1, {{1}, {2, true}, {3}}), ALLIANCE_OK);
  EXPECT_EQ(acknowledged, 1u);
  const auto all = requests();
  ASSERT_EQ(all.size(), 3u);
  EXPECT_EQ(header(all[2], "webhook-id"), "id-3");
}

TEST_P(Webhook, OfABatchThatIsRefusedTheOneReportIsFound) {
  ASSERT_EQ(open(serve(R"([{"status":400},{"status":200},{"status":400}])"), R"("mode":"batched")"), ALLIANCE_OK);
  EXPECT_EQ(send(1, {{1}, {2}, {3}}), ALLIANCE_OK) << said();
  EXPECT_TRUE(refused.starts_with("1 id-2 ")) << refused;
}

TEST_P(Webhook, WhatIsNotAboutTheReportIsTriedAgain) {
  std::uint64_t position = 0;
  for (const int status : {301, 401, 403, 404, 410, 429, 500, 503}) {
    ASSERT_EQ(open(serve("[{\"status\":" + std::to_string(status) + "}]")), ALLIANCE_OK) << said();
    ++position;
    const auto answer = send(position, {{position}});
    EXPECT_TRUE(answer == ALLIANCE_E_IO || answer == ALLIANCE_E_STATE) << status;
    EXPECT_NE(said().find(std::to_string(status)), std::string::npos) << said();
    EXPECT_EQ(refused + std::to_string(acknowledged), "0");
    EXPECT_EQ(send(position, {{position}}), ALLIANCE_OK);
    EXPECT_EQ(std::exchange(acknowledged, 0), position);
  }
}

TEST_P(Webhook, AReceiverThatSaysWhenIsLeftAloneUntilThen) {
  ASSERT_EQ(open(serve(R"([{"status":503,"headers":{"Retry-After":"90"}},
                           {"status":503,"headers":{"Retry-After":"90"}}])")),
            ALLIANCE_OK);
  EXPECT_EQ(send(9, {{1}}), ALLIANCE_E_IO);
  ASSERT_EQ(reopen(), ALLIANCE_OK);
  services_.now(now + 89'000'000);
  EXPECT_EQ(send(9, {{1}}), ALLIANCE_E_STATE);
  EXPECT_EQ(requests().size(), 1u) << "no request was made";
  EXPECT_EQ(send(10, {{5, false, false, true}}), ALLIANCE_E_IO) << "the safety lane asked for itself";
  services_.now(now + 89'000'000 + 60'000'000);
  EXPECT_EQ(send(10, {{5, false, false, true}}), ALLIANCE_OK) << "and nobody silences it for longer than a minute";
  EXPECT_EQ(send(9, {{1}}), ALLIANCE_OK);
}

TEST_P(Webhook, AReceiverThatDoesNotAnswerOrIsNotThereIsAFailure) {
  ASSERT_EQ(open(serve(R"([{"sleep":30}])"), R"("timeout_seconds":1)"), ALLIANCE_OK);
  EXPECT_EQ(send(1, {{1}}), ALLIANCE_E_IO);
  EXPECT_NE(said().find("timed out"), std::string::npos) << said();
  ASSERT_EQ(open("http://127.0.0.1:9/nobody"), ALLIANCE_OK);
  EXPECT_EQ(send(1, {{1}}), ALLIANCE_E_IO);
}

TEST_P(Webhook, OverHttpsCertificateAndNameAreChecked) {
  const Authority ca("the clinic's authority"), stranger("somebody's authority");
  const Files right = pem.files("right", ca.issue("IP:127.0.0.1"), ca);
  const Files own = pem.files("own", ca.issue("DNS:platform.example"), ca);
  const auto with = [&](const std::string& authority) { return R"("ca":")" + authority + "\""; };
  auto url = serve("[]", {right.certificate, right.private_key});
  ASSERT_EQ(open(url, with(right.ca)), ALLIANCE_OK) << said();
  EXPECT_EQ(send(1, {{1}}), ALLIANCE_OK) << said();
  ASSERT_EQ(open(url, with(pem.write("stranger.ca", stranger.pem()))), ALLIANCE_OK);
  EXPECT_EQ(send(2, {{2}}), ALLIANCE_E_IO);
  EXPECT_NE(said().find("certificate"), std::string::npos) << said();
  EXPECT_EQ(requests().size(), 1u);

  const Files other = pem.files("other", ca.issue("DNS:elsewhere.example"), ca);
  ASSERT_EQ(open(serve("[]", {other.certificate, other.private_key}), with(right.ca)), ALLIANCE_OK);
  EXPECT_EQ(send(3, {{3}}), ALLIANCE_E_IO) << "the name is another";
  EXPECT_EQ(requests().size(), 0u);

  url = serve("[]", {right.certificate, right.private_key, right.ca});
  ASSERT_EQ(open(url, with(right.ca)), ALLIANCE_OK);
  EXPECT_EQ(send(4, {{4}}), ALLIANCE_E_IO) << "it asks who we are";
  ASSERT_EQ(open(url, with(right.ca) + R"(,"certificate":")" + own.certificate + R"(","private_key":")" +
                          own.private_key + "\""),
            ALLIANCE_OK);
  EXPECT_EQ(send(5, {{5}}), ALLIANCE_OK) << said();
}

TEST_P(Webhook, SettingsThatCannotServeAreOneSentence) {
  const auto says = [&](const std::string& url, const std::string& more, const char* why,
                        const std::string& name = hook()) {
    EXPECT_NE(open(url, more, name), ALLIANCE_OK) << why;
    EXPECT_NE(said().find(why), std::string::npos) << said();
    EXPECT_EQ(said().find("newest key"), std::string::npos) << "no secret in a sentence";
  };
  says("http://hooks.example/in", "", "leaves this machine unencrypted");
  says("https://user:word@hooks.example/in", "", "holds a password");
  says("ftp://hooks.example/in", "", "neither https:// nor http://");
  says("https://hooks.example/in", R"("mode":"loud")", "structured, binary, batched");
  says("https://hooks.example/in", R"("colour":"red")", "colour is no setting");
  says("https://hooks.example/in", R"("timeout_seconds":0)", "no whole number from 1 to 120");
  says("https://hooks.example/in", R"("certificate":"/c.pem")", "go together");
  says("https://hooks.example/in", "", "no hook of that name; they have: Settings", "other");
  EXPECT_EQ(open("http://hooks.example/in", R"("insecure":true)"), ALLIANCE_OK) << said();
  for (const auto* text : {"short", "whsec_!!!!", "whsec_c2hvcnQ="}) {
    services_.settings("org.alliance-sdk.webhook", R"({"hooks":[]})");
    EXPECT_EQ(open("https://hooks.example/in"), ALLIANCE_OK);
    pem.write("new", text);
    EXPECT_EQ(reopen(), ALLIANCE_E_INVALID) << text;
  }
}

INSTANTIATE_TEST_SUITE_P(BothWays, Webhook, ::testing::Bool(),
                         [](const auto& one) { return one.param ? "apart" : "in_process"; });

}  // namespace

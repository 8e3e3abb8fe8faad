// SPDX-License-Identifier: Apache-2.0
// A sidecar with two tenants, a store each, a clock that the test sets, and no socket.
#pragma once

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <fstream>
#include <sstream>

#include "loopback.h"
#include "sidecar/sidecar.h"

namespace kit {

namespace json = boost::json;
using alliance::sidecar::Request;
using alliance::sidecar::Response;

inline constexpr std::int64_t second = 1'000'000, day = 86'400 * second;
inline constexpr std::int64_t start = 1'772'000'000 * second;  // an instant in February 2026

inline std::string text_of_file(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

// A token long enough to be one, told from others by its name.
inline std::string token(const std::string& name) { return name + "-0123456789-0123456789-0123456789"; }

class Sidecar : public ::testing::Test {
 protected:
  void SetUp() override { begin(); }

  virtual void settle(alliance::sidecar::Settings&) {}
  virtual alliance::sidecar::Draw drawer() { return {}; }

  void begin() {
    alliance::sidecar::Settings settings;
    for (const char* tenant : {"north", "south"}) {
      settings.tenants.push_back({tenant,
                                  folder_ / (std::string(tenant) + ".db"),
                                  "",
                                  R"({"safety":{"contact":"duty"},"timing_policy":"session-schedule"})",
                                  {}});
    }
    for (const char* role : {"client", "practitioner", "supervisor", "service", "researcher"}) {
      settings.tokens.push_back({role, "north", alliance::sidecar::role_of(role), "", hash(token(role))});
    }
    settings.tokens.push_back({"anna", "north", alliance::sidecar::role_of("client"), "anna", hash(token("anna"))});
    settings.tokens.push_back({"other", "south", alliance::sidecar::role_of("service"), "", hash(token("other"))});
    settings.plugins = ALLIANCE_PLUGIN_DIR;
    settings.advance_seconds = 0;
    settings.limits.requests_per_second = 0;
    settle(settings);
    auto engine = alliance::sidecar::Engine::open(settings, {[this] { return now_.load(); },
                                                             [this](std::int32_t, const std::string& line) {
                                                               const std::lock_guard lock(mutex_);
                                                               log_ += line + "\n";
                                                             }});
    ASSERT_TRUE(engine) << engine.error().message << "\n" << log();
    engine_ = std::move(*engine);
    auto made = alliance::sidecar::Sidecar::open(
        std::move(settings), text_of_file(ALLIANCE_OPENAPI), *engine_, [this] { return now_.load(); }, drawer());
    ASSERT_TRUE(made) << made.error().message;
    sidecar_ = std::move(*made);
  }
  void end() {
    sidecar_.reset();
    engine_.reset();
  }

  static std::string hash(const std::string& text) { return alliance::sidecar::sha256_of(text); }

  using Headers = std::map<std::string, std::string>;
  Response call(const std::string& method, const std::string& target, const std::string& as,
                const std::string& body = "", Headers headers = {}) {
    if (!as.empty()) headers.emplace("authorization", "Bearer " + (as.starts_with("alt1.") ? as : token(as)));
    if (!body.empty()) headers.emplace("content-type", "application/json");
    return sidecar_->answer({method, target, std::move(headers), body, "127.0.0.1"});
  }
  Response get(const std::string& target, const std::string& as, const std::string& viewer = "") {
    return call("GET", target, as, "", viewer.empty() ? Headers{} : Headers{{"alliance-viewer", viewer}});
  }
  Response post(const std::string& target, const std::string& as, const std::string& body,
                const std::string& viewer = "") {
    return call("POST", target, as, body, viewer.empty() ? Headers{} : Headers{{"alliance-viewer", viewer}});
  }
  static json::value read(const Response& response) { return json::parse(response.body); }
  static std::string detail(const Response& response) {
    EXPECT_EQ(response.type, "application/problem+json") << response.body;
    const auto body = json::parse(response.body);
    const auto* text = body.as_object().if_contains("detail");
    return text == nullptr ? "" : std::string(text->as_string());
  }
  static std::string header(const Response& response, const std::string& name) {
    for (const auto& [known, value] : response.headers) {
      if (known == name) return value;
    }
    return "";
  }

  std::string event(const std::string& id, const std::string& case_id, const std::string& kind,
                    const std::string& body) {
    now_ += second;
    return R"({"id":")" + id + R"(","case":")" + case_id + R"(","body_type":")" + kind + R"(","body":)" + body + "}";
  }
  void open_case(const std::string& case_id, const std::string& practitioner) {
    const auto said =
        post("/events", "service",
             event(case_id + "-opened", case_id, "CaseOpened",
                   R"({"service":"s","practitioner":")" + practitioner + R"(","delivery":"blended","weeks":12})"));
    ASSERT_EQ(said.status, 201) << said.body;
  }
  std::string log() {
    const std::lock_guard lock(mutex_);
    return log_;
  }

  alliance::test::TemporaryFolder folder_{"sidecar"};
  std::atomic<std::int64_t> now_ = start;
  std::mutex mutex_;
  std::string log_;
  std::unique_ptr<alliance::sidecar::Engine> engine_;
  std::unique_ptr<alliance::sidecar::Sidecar> sidecar_;
};

inline constexpr const char* two_answers =
    R"({"instrument":"phq-2","answers":[{"item":"1","value":2},{"item":"2","value":1}]})";

// Nine answers of which the last is about self-harm.
inline std::string phq9(int last) {
  std::string answers;
  for (int i = 1; i <= 9; ++i) {
    answers += (i > 1 ? "," : "") + std::string(R"({"item":")") + std::to_string(i) + R"(","value":)" +
               std::to_string(i == 9 ? last : 1) + "}";
  }
  return R"({"instrument":"phq-9","answers":[)" + answers + "]}";
}

}  // namespace kit

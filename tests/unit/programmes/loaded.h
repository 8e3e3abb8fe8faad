// SPDX-License-Identifier: Apache-2.0
// The adapter through its loaded library, as a host calls it.
#pragma once

#include <alliance_schema/event_generated.h>
#include <alliance_schema/programme_generated.h>
#include <alliance_schema/proposal_generated.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "schema/verify.h"
#include "test_services.h"

namespace loaded {

namespace fb = alliance::fb;

struct Answer {
  std::int32_t status = 0;
  std::string message;
  std::vector<std::uint8_t> bytes;
};

class Adapter {
 public:
  explicit Adapter(const std::string& settings = "{}", const std::string& name = "xapi", const std::string& id = "")
      : registry_(services_.host()) {
    services_.settings("org.alliance-sdk." + name, settings);
    auto found = registry_.load(alliance::test::manifest(name));
    if (!found) {
      status_ = found.error().status;
      message_ = found.error().message;
      return;
    }
    plugin_ = *found;
    alliance_error error = ALLIANCE_ERROR_INIT;
    status_ = plugin_->programme->create(plugin_->programme, &plugin_->services, id.empty() ? name.c_str() : id.c_str(),
                                         &adapter_, &error);
    message_ = error.message;
  }
  ~Adapter() {
    if (adapter_) plugin_->programme->destroy(adapter_);
  }
  Adapter(const Adapter&) = delete;
  Adapter& operator=(const Adapter&) = delete;

  std::int32_t status() const { return status_; }
  const std::string& message() const { return message_; }

  fb::ProgrammeT catalogue() {
    alliance::plugin::Gather out;
    alliance_error error = ALLIANCE_ERROR_INIT;
    EXPECT_EQ(plugin_->programme->catalogue(adapter_, out.sink(), &error), ALLIANCE_OK) << error.message;
    fb::ProgrammeT made;
    const auto table = alliance::schema::verified<fb::Programme>(out.bytes(), "ALPG");
    if (table) (*table)->UnPackTo(&made);
    EXPECT_TRUE(table);
    return made;
  }
  Answer ingest(std::string_view payload) {
    alliance::plugin::Gather out;
    alliance_error error = ALLIANCE_ERROR_INIT;
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(payload.data());
    const auto status = plugin_->programme->ingest(adapter_, bytes, payload.size(), out.sink(), &error);
    return {status, error.message, out.take()};
  }
  fb::EventBatchT taken(std::string_view payload) {
    const Answer answer = ingest(payload);
    EXPECT_EQ(answer.status, ALLIANCE_OK) << answer.message;
    fb::EventBatchT made;
    const auto table = alliance::schema::verified<fb::EventBatch>(answer.bytes, "ALEB");
    EXPECT_TRUE(table);
    if (table) (*table)->UnPackTo(&made);
    return made;
  }
  Answer apply(const std::string& case_id, const fb::ProposalT& proposal, std::int64_t when) {
    fb::ProposalsT one;
    one.proposals.push_back(std::make_unique<fb::ProposalT>(proposal));
    flatbuffers::FlatBufferBuilder builder;
    builder.Finish(fb::Proposals::Pack(builder, &one), "ALPP");
    alliance::plugin::Gather out;
    alliance_error error = ALLIANCE_ERROR_INIT;
    const auto status = plugin_->programme->apply(adapter_, case_id.c_str(), builder.GetBufferPointer(),
                                                  builder.GetSize(), when, out.sink(), &error);
    return {status, error.message, out.take()};
  }

 private:
  alliance::test::Services services_;
  alliance::plugin::Registry registry_;
  alliance::plugin::Plugin* plugin_ = nullptr;
  alliance_programme* adapter_ = nullptr;
  std::int32_t status_ = 0;
  std::string message_;
};

inline std::string recorded(const std::string& name) {
  std::ifstream in(std::string(ALLIANCE_SOURCE_DIR) + "/tests/unit/programmes/data/" + name, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

// A statement, with parts that a test replaces.
struct Said {
  std::string id = "00000000-0000-4000-8000-000000000001";
  std::string verb = "http://adlnet.gov/expapi/verbs/launched";
  std::string object = R"({"id":"https://p.example/demo/module-1"})";
  std::string actor = R"({"account":{"homePage":"https://h.example","name":"c1"}})";
  std::string timestamp = R"("2026-03-02T10:00:00Z")";
  std::string version = R"("1.0.3")";
  std::string result{};
  std::string context{};

  std::string json() const {
    std::string made = R"({"id":")" + id + R"(","verb":{"id":")" + verb + "\"}";
    const auto part = [&](const char* name, const std::string& value) {
      if (!value.empty()) made += std::string(",\"") + name + "\":" + value;
    };
    part("object", object);
    part("actor", actor);
    part("timestamp", timestamp);
    part("version", version);
    part("result", result);
    part("context", context);
    return made + "}";
  }
};

inline std::string numbered(int number) {
  std::string digits = std::to_string(number);
  return "00000000-0000-4000-8000-" + std::string(12 - digits.size(), '0') + digits;
}

}  // namespace loaded

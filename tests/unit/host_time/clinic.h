// SPDX-License-Identifier: Apache-2.0
// A host with the shipped timing policy and nothing else, and the words to tell it what happened.
#pragma once

#include <alliance_schema/time_generated.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <alliance/host.hpp>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>

#include "schema/json.h"

namespace clinic {

namespace fb = alliance::fb;

inline constexpr std::int64_t second = 1'000'000, minute = 60 * second, hour = 60 * minute, day = 24 * hour;
inline constexpr std::int64_t start = INT64_C(1'772'409'600) * second;  // Monday 2 March 2026

class Folder {
 public:
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "alliance-time-XXXXXX").string();
    path_ = ::mkdtemp(name.data());
  }
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  std::string file(const std::string& name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

inline alliance::Viewer practitioner(const std::string& id) { return {ALLIANCE_ROLE_PRACTITIONER, id}; }
inline alliance::Viewer service() { return {ALLIANCE_ROLE_SERVICE, "m1"}; }

class Clinic {
 public:
  explicit Clinic(const std::string& store, bool with_policy = true) : host_(options(store)) {
    if (with_policy) host_.load_plugin(std::string(ALLIANCE_PLUGIN_DIR) + "/session-schedule.alliance.json");
    host_.run();
  }

  // `of`: a case, or "practitioner/ID".
  std::string event(const std::string& of, std::int64_t time, const std::string& type, const std::string& body) {
    const bool own = of.starts_with("practitioner/");
    return R"({"id":"e)" + std::to_string(++events_) + std::string(salt_) + R"(",")" + (own ? "practitioner" : "case") +
           R"(":")" + (own ? of.substr(13) : of) + R"(","time":)" + std::to_string(time) + R"(,"body_type":")" + type +
           R"(","body":)" + body + "}";
  }
  std::string record(const std::string& of, std::int64_t time, const std::string& type, const std::string& body) {
    const std::string one = event(of, time, type, body);
    host_.record(one);
    return one.substr(7, one.find('"', 7) - 7);  // its id
  }
  void open(const std::string& id, const std::string& practitioner, const std::string& service = "north",
            std::int64_t time = start) {
    record(id, time, "CaseOpened",
           R"({"service":")" + service + R"(","practitioner":")" + practitioner +
               R"(","delivery":"blended","weeks":11,"planned_sessions":6,"planned_modules":5})");
  }
  void timer(const std::string& of, const std::string& id, std::int64_t from, std::int64_t until,
             const std::string& work = "messaging") {
    record(of, from, "TimerStarted", R"({"timer":")" + id + R"(","work":")" + work + R"("})");
    record(of, until, "TimerStopped", R"({"timer":")" + id + R"("})");
  }

  fb::TimeViewT time(std::int32_t scope, const std::string& id, const alliance::Viewer& viewer, std::int64_t at = 0,
                     std::uint32_t weeks = 4) {
    const auto bytes = alliance::schema::json_to_bytes("TimeView", host_.time(scope, id, at, weeks, viewer));
    EXPECT_TRUE(bytes) << bytes.error().message;
    fb::TimeViewT view;
    if (bytes) fb::GetTimeView(bytes->data())->UnPackTo(&view);
    return view;
  }
  fb::TimeViewT of_case(const std::string& id, const std::string& by, std::int64_t at = 0) {
    return time(ALLIANCE_SCOPE_CASE, id, practitioner(by), at);
  }
  fb::TimeViewT of_practitioner(const std::string& id, std::int64_t at = 0) {
    return time(ALLIANCE_SCOPE_PRACTITIONER, id, practitioner(id), at);
  }
  fb::TimeViewT of_service(const std::string& id) { return time(ALLIANCE_SCOPE_SERVICE, id, service()); }

  std::int64_t now = start;
  alliance::Host& host() { return host_; }
  void salt(const char* text) { salt_ = text; }

 private:
  alliance::HostOptions options(const std::string& store) {
    alliance::HostOptions made;
    made.tenant = "clinic";
    made.store_path = store;
    if (const char* config = std::getenv("ALLIANCE_TEST_CONFIG")) made.config = config;
    made.log = [](std::int32_t, const std::string&) {};
    made.now = [this] { return now; };
    return made;
  }
  alliance::Host host_;
  int events_ = 0;
  const char* salt_ = "";
};

inline double used(const fb::TimeViewT& view, fb::Work work) {
  for (const auto& row : view.work) {
    if (row->work == work) return row->used.value_or(-1);
  }
  return 0;
}

}  // namespace clinic

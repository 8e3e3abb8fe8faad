// SPDX-License-Identifier: Apache-2.0
// A year of many clients in seconds: time passes only where the host is told that it has.
// ALLIANCE_YEAR_CLIENTS=1000 simulates a thousand.
#include <alliance_schema/review_generated.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <alliance/host.hpp>
#include <chrono>
#include <filesystem>
#include <iostream>
#include <map>

#include "schema/json.h"

namespace {

namespace fb = alliance::fb;
namespace fs = std::filesystem;

constexpr std::int64_t second = 1'000'000, hour = 3600 * second, day = 24 * hour;
constexpr std::int64_t new_year = INT64_C(1'767'225'600) * second;  // 2026-01-01

class Folder {
 public:
  Folder() {
    std::string name = (fs::temp_directory_path() / "alliance-year-XXXXXX").string();
    path_ = ::mkdtemp(name.data());
  }
  ~Folder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  std::string file(const std::string& name) const { return (path_ / name).string(); }

 private:
  fs::path path_;
};

const char* const zones[] = {"Europe/London", "America/St_Johns", "Australia/Lord_Howe", "Asia/Shanghai",
                             "Africa/Casablanca"};

struct Client {
  std::string id, zone;
  std::int64_t begins;
  bool answers, observed;
};

class Year {
 public:
  Year(const std::string& store, const std::string& config, int clients) : host_(options(store, config)) {
    for (const char* plugin : {"session-schedule", "trial-calendar", "instruments"}) {
      host_.load_plugin(std::string(ALLIANCE_PLUGIN_DIR) + "/" + plugin + ".alliance.json");
    }
    host_.run();
    for (int i = 0; i < clients; ++i) {
      clients_.push_back({"c" + std::to_string(i), zones[i % 5], new_year + (i % 280) * day + (8 + i % 9) * hour,
                          i % 2 == 0, i % 10 == 9});
    }
  }

  void run() {
    for (int on = 0; on <= 366; ++on) {
      now_ = new_year + on * day;
      for (const Client& client : clients_) {
        happen(client, static_cast<int>((now_ - client.begins) / day), now_ < client.begins);
      }
      tell();
      host_.advance(now_, std::chrono::seconds(60));
    }
  }

  fb::DueListT due(const std::string& id) {
    const std::string json = host_.due(id, now_, {ALLIANCE_ROLE_PRACTITIONER, "p1"});
    const auto bytes = alliance::schema::json_to_bytes("DueList", json);
    EXPECT_TRUE(bytes) << bytes.error().message;
    fb::DueListT list;
    if (bytes) flatbuffers::GetRoot<fb::DueList>(bytes->data())->UnPackTo(&list);
    return list;
  }
  alliance_host_counts counts() { return host_.count(); }
  const std::vector<Client>& clients() const { return clients_; }

 private:
  alliance::HostOptions options(const std::string& store, const std::string& config) {
    alliance::HostOptions made;
    made.tenant = "year";
    made.store_path = store;
    made.config = config;
    made.log = [](std::int32_t, const std::string&) {};
    made.now = [this] { return now_; };
    return made;
  }
  void record(const Client& client, std::int64_t time, const std::string& type, const std::string& body) {
    batch_ += batch_.empty() ? "" : ",";
    batch_ += R"({"id":"e)" + std::to_string(++events_) + R"(","case":")" + client.id + R"(","time":)" +
              std::to_string(time) + R"(,"body_type":")" + type + R"(","body":)" + body + "}";
  }
  // A day's events together, as a platform with many of them records them.
  void tell() {
    if (batch_.empty()) return;
    const auto many = host_.record_many(R"({"events":[)" + batch_ + "]}", 4096);
    EXPECT_FALSE(many.first_refusal) << many.first_refusal->message();
    batch_.clear();
  }
  // Blended CBT of 11 weeks: a session each fortnight, a module between; answers a day after each session.
  void happen(const Client& client, int on, bool not_yet) {
    if (not_yet || on > 84) return;
    const std::int64_t at = client.begins + on * day;
    if (on == 0) {
      record(client, at, "CaseOpened",
             R"({"service":"north","practitioner":"p1","delivery":"blended","zone":")" + client.zone +
                 R"(","weeks":11,"planned_sessions":6,"planned_modules":5})");
      record(client, at + second, "ConsentGiven", R"({"scope":"all"})");
      if (client.observed) record(client, at + 2 * second, "Allocated", R"({"arm":"control","observe_only":true})");
    }
    const std::string session = std::to_string(on / 14 + 1);
    if (on % 14 == 1 && on < 84)
      record(client, at, "SessionHeld", R"({"session":)" + session + R"(,"minutes":30,"mode":"in_person"})");
    if (on % 14 == 8 && on < 70)
      record(client, at, "ComponentProgress", R"({"component":"m)" + session + R"(","progress":"completed"})");
    if (on % 14 == 2 && client.answers && on < 84) {
      record(client, at, "AnswersGiven",
             R"({"instrument":"alliance-pulse-client","rater":"client","session":)" + session + R"(,"answers":)" +
                 answers() + "}");
    }
    if (on == 84) record(client, at, "CaseClosed", R"({"reason":"completed"})");
  }
  static std::string answers() { return R"([{"item":"1","value":3},{"item":"2","value":3},{"item":"3","value":3}])"; }

  std::int64_t now_ = new_year;
  alliance::Host host_;
  std::vector<Client> clients_;
  std::string batch_;
  int events_ = 0;
};

int clients_wanted() {
  const char* wanted = ::getenv("ALLIANCE_YEAR_CLIENTS");
  return wanted == nullptr ? 40 : std::max(10, ::atoi(wanted));
}

constexpr const char* by_sessions = R"({"safety":{"contact":"duty"}})";
constexpr const char* by_calendar = R"({"safety":{"contact":"duty"},"timing_policy":"trial-calendar"})";

TEST(Year, PassesInSecondsAndEachMeasureEndsInOneWay) {
  const Folder folder;
  const int clients = clients_wanted();
  const auto begin = std::chrono::steady_clock::now();
  Year year(folder.file("a.db"), by_sessions, clients);
  year.run();
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  std::cout << clients << " clients, a year in " << took.count() << " s, " << year.counts().reports << " reports\n";
  for (const Client& client : year.clients()) {
    if (client.observed) {
      EXPECT_THROW(year.due(client.id), alliance::Error);  // shown to nobody
      continue;
    }
    if ((client.begins - new_year) / day > 280 - 14) continue;
    std::map<std::string, int> pulse;
    const fb::DueListT list = year.due(client.id);
    EXPECT_FALSE(list.zone_data.empty());
    for (const auto& record : list.occasions) {
      const auto state = record->occasion->state;
      EXPECT_TRUE(state == fb::OccasionState::answered || state == fb::OccasionState::expired ||
                  state == fb::OccasionState::cancelled)
          << record->occasion->key;
      if (record->occasion->rule == "pulse-client") ++pulse[fb::EnumNameOccasionState(state)];
    }
    EXPECT_EQ(pulse[client.answers ? "answered" : "expired"], 6) << client.id;
  }
}

TEST(Year, AnotherPolicyTakesItsPlaceByTheConfigurationAlone) {
  const Folder folder;
  Year year(folder.file("b.db"), by_calendar, 10);
  year.run();
  const fb::DueListT list = year.due("c0");
  EXPECT_EQ(list.schedule, "trial-baseline-3-6-12");
  std::map<std::string, int> states;
  for (const auto& record : list.occasions) {
    ++states[fb::EnumNameOccasionState(record->occasion->state)];
    EXPECT_EQ(record->occasion->session, 0);  // nothing hangs on the treatment
  }
  EXPECT_EQ(states["expired"], 6);    // the enrolment, weeks 4 and 8
  EXPECT_EQ(states["cancelled"], 3);  // month 3 was open when the case closed
  EXPECT_EQ(list.occasions.size(), 9u);
}

}  // namespace

// SPDX-License-Identifier: Apache-2.0
// How many cases are kept in memory changes nothing of what is said about them.
#include <alliance/host.hpp>
#include <random>
#include <set>

#include "kit.h"

namespace {

using namespace kit;

constexpr const char* next_to_nothing =
    R"({"events_in_memory":1,"safety":{"contact":"duty-desk","respond_minutes":60}})";
constexpr const char* usual = R"({"safety":{"contact":"duty-desk","respond_minutes":60}})";

std::string cases(Host& host, std::int32_t role, const std::string& id) {
  return text_sink_json(
      [&](const alliance_sink* to) {
        const alliance_viewer who{sizeof(alliance_viewer), role, id.c_str()};
        return alliance_host_cases(host.raw, &who, ALLIANCE_JSON, to, &host.error);
      },
      ALLIANCE_OK);
}

class HostMemory : public ::testing::Test {
 protected:
  void SetUp() override { reset(); }

  static std::string open_case(int n) {
    return event("open" + std::to_string(n), "c" + std::to_string(n), start + n * second, "CaseOpened",
                 R"({"service":"s)" + std::to_string(n % 2) + R"(","practitioner":"p)" + std::to_string(n % 6) +
                     R"(","delivery":"blended"})");
  }
  // What a year brings, in an order of its own.
  static void happen(Host& host) {
    std::mt19937 random(11);
    for (int n = 0; n < 12; ++n) ASSERT_EQ(host.record(open_case(n)), ALLIANCE_OK) << host.error.message;
    for (int n = 0; n < 150; ++n) {
      const std::string id = "c" + std::to_string(random() % 12);
      const std::int64_t time = start + static_cast<std::int64_t>(1 + random() % 90) * day;
      if (random() % 3 == 0) {
        ASSERT_EQ(host.record(event("l" + std::to_string(n), id, time, "ActivityLogged",
                                    R"({"work":"messaging","minutes":12})")),
                  ALLIANCE_OK)
            << host.error.message;
      } else {
        ASSERT_EQ(host.record(answered("a" + std::to_string(n), id, time, static_cast<int>(random() % 11),
                                       R"("value":)" + std::to_string(random() % 2))),
                  ALLIANCE_OK)
            << host.error.message;
      }
      if (n % 25 != 24) continue;
      ASSERT_EQ(host.advance(start + (100 + n) * day), ALLIANCE_OK) << host.error.message;
    }
    ASSERT_EQ(host.record(R"({"id":"own","practitioner":"p1","time":)" + std::to_string(start + day) +
                          R"(,"body_type":"ConfidenceCheckIn","body":{"value":3}})"),
              ALLIANCE_OK)
        << host.error.message;
  }
  // All that may be asked, by those who may ask it.
  static std::string told(Host& host) {
    std::string out;
    for (int n = 0; n < 12; ++n) {
      const std::string id = "c" + std::to_string(n), by = "p" + std::to_string(n % 6);
      out += host.review(ALLIANCE_SCOPE_CASE, id, ALLIANCE_ROLE_PRACTITIONER, by) + "\n";
    }
    for (int n = 0; n < 6; ++n) {
      const std::string id = "p" + std::to_string(n);
      out += host.review(ALLIANCE_SCOPE_PRACTITIONER, id, ALLIANCE_ROLE_PRACTITIONER, id) + "\n";
      out += cases(host, ALLIANCE_ROLE_PRACTITIONER, id) + "\n";
    }
    for (const char* id : {"s0", "s1"}) {
      out += host.review(ALLIANCE_SCOPE_SERVICE, id, ALLIANCE_ROLE_SERVICE, "m1") + "\n";
    }
    return out + cases(host, ALLIANCE_ROLE_SUPERVISOR, "v1") + cases(host, ALLIANCE_ROLE_CLIENT, "c3");
  }
  // The lanes arrive as they will; within a case numbers say the order.
  static std::set<std::string> reports() {
    std::set<std::string> out;
    for (const auto& one : arrived()) out.insert(one.stream + " " + std::to_string(one.sequence) + " " + one.kind);
    return out;
  }
  Folder folder;
};

TEST_F(HostMemory, WhoeverKeepsNextToNothingSaysTheSame) {
  std::string much, little;
  std::set<std::string> reports_of_much;
  {
    Host host(folder.file("much"), usual);
    happen(host);
    much = told(host);
    host.drain();
    reports_of_much = reports();
  }
  reset();
  {
    Host host(folder.file("little"), next_to_nothing);
    happen(host);
    little = told(host);
    host.drain();
  }
  EXPECT_GT(much.size(), 20'000u);
  EXPECT_FALSE(contains(much, "status "));
  EXPECT_EQ(much, little);
  EXPECT_GT(reports_of_much.size(), 150u);
  EXPECT_EQ(reports_of_much, reports());
  Host again(folder.file("little"), usual);
  EXPECT_EQ(told(again), much) << "after a restart";
}

TEST_F(HostMemory, AListHasTheViewersOwnAndNobodyWhoIsGone) {
  Host host(folder.file("s"), next_to_nothing);
  for (int n = 0; n < 12; ++n) ASSERT_EQ(host.record(open_case(n)), ALLIANCE_OK) << host.error.message;
  const auto ids = [&](std::int32_t role, const std::string& id) {
    std::string out;
    const std::string list = cases(host, role, id);
    for (std::size_t at = list.find(R"("id":")"); at != std::string::npos; at = list.find(R"("id":")", at + 1)) {
      out += list.substr(at + 6, list.find('"', at + 6) - at - 6) + " ";
    }
    return out;
  };
  EXPECT_EQ(ids(ALLIANCE_ROLE_PRACTITIONER, "p1"), "c1 c7 ");
  EXPECT_EQ(ids(ALLIANCE_ROLE_CLIENT, "c7"), "c7 ");
  EXPECT_EQ(ids(ALLIANCE_ROLE_SERVICE, "m1"), "c0 c1 c10 c11 c2 c3 c4 c5 c6 c7 c8 c9 ");
  EXPECT_EQ(ids(ALLIANCE_ROLE_RESEARCHER, "r1"), "");
  EXPECT_EQ(ids(ALLIANCE_ROLE_CLIENT, "practitioner/p1"), "");
  EXPECT_EQ(ids(ALLIANCE_ROLE_CLIENT, "host/time"), "");

  const auto instruct = [&](std::int32_t act, const char* id) {
    alliance_instruction what = ALLIANCE_INSTRUCTION_INIT;
    what.act = act;
    what.subject = id;
    what.reason = "asked for";
    what.reference = "r-1";
    const alliance_viewer who{sizeof(alliance_viewer), ALLIANCE_ROLE_CONTROLLER, "d1"};
    ASSERT_EQ(alliance_host_instruct(host.raw, &what, &who, &host.error), ALLIANCE_OK) << host.error.message;
  };
  instruct(ALLIANCE_ACT_RESTRICT, "c1");
  instruct(ALLIANCE_ACT_ERASE, "c2");
  EXPECT_EQ(ids(ALLIANCE_ROLE_PRACTITIONER, "p1"), "c7 ");
  EXPECT_EQ(ids(ALLIANCE_ROLE_PRACTITIONER, "p2"), "c8 ");
  EXPECT_EQ(ids(ALLIANCE_ROLE_SERVICE, "m1"), "c0 c10 c11 c3 c4 c5 c6 c7 c8 c9 ");
  ASSERT_EQ(host.record(event("end", "c3", start + 40 * day, "CaseClosed", R"({"reason":"completed"})")), ALLIANCE_OK)
      << host.error.message;
  EXPECT_TRUE(contains(cases(host, ALLIANCE_ROLE_SERVICE, "m1"), R"("closed":)" + std::to_string(start + 40 * day)))
      << "a list is of now";
  instruct(ALLIANCE_ACT_LIFT, "c1");
  EXPECT_EQ(ids(ALLIANCE_ROLE_PRACTITIONER, "p1"), "c1 c7 ") << "at once, without an event of its own";
}

}  // namespace

// SPDX-License-Identifier: Apache-2.0
// The policy through its loaded library, with the schedule that it ships.
#include <gtest/gtest.h>

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <random>
#include <set>

#include "course.h"
#include "schema/verify.h"
#include "test_services.h"
#include "timing/plan.h"

namespace {

using namespace course;
using alliance::shared::packed;
using Bytes = std::vector<std::uint8_t>;
using fb::Rater;
using fb::Target;
using State = fb::OccasionState;

class Policy {
 public:
  explicit Policy(const std::string& settings = "{}") : registry_(services_.host()) {
    services_.settings("org.alliance-sdk.session-schedule", settings);
    auto found = registry_.load(alliance::test::manifest("session-schedule"));
    if (!found) throw std::runtime_error(found.error().message);
    plugin_ = *found;
    alliance_error error = ALLIANCE_ERROR_INIT;
    status = plugin_->timing->create(plugin_->timing, &plugin_->services, "session-schedule", &policy_, &error);
    message = error.message;
  }
  ~Policy() {
    if (policy_) plugin_->timing->destroy(policy_);
  }
  enum class Ask { plan, account };
  Bytes ask(Ask what, const Bytes& state, std::int64_t now) {
    alliance::plugin::Gather out;
    alliance_error error = ALLIANCE_ERROR_INIT;
    auto* call = what == Ask::plan ? plugin_->timing->plan : plugin_->timing->account;
    status = call(policy_, state.data(), state.size(), now, out.sink(), &error);
    message = error.message;
    return out.take();
  }
  fb::PlanT plan(const fb::CaseT& state, const std::string& now) {
    const Bytes bytes = ask(Ask::plan, packed<fb::Case>(state, "ALCS"), at(now));
    EXPECT_EQ(status, ALLIANCE_OK) << message;
    fb::PlanT made;
    const auto table = alliance::schema::verified<fb::Plan>(bytes, "ALPL");
    EXPECT_TRUE(table);
    if (table) (*table)->UnPackTo(&made);
    const auto sound = alliance::timing::check(made);
    EXPECT_TRUE(sound) << sound.error().message;
    return made;
  }
  std::int32_t status = 0;
  std::string message;

 private:
  alliance::test::Services services_;
  alliance::plugin::Registry registry_;
  alliance::plugin::Plugin* plugin_ = nullptr;
  alliance_timing* policy_ = nullptr;
};

fb::CaseT blended() {
  fb::CaseT made = opened("2026-01-29T10:00Z");
  can(made, "alliance.total", Rater::client, Target::practitioner);
  can(made, "alliance.pulse", Rater::client, Target::practitioner);
  can(made, "alliance.pulse", Rater::practitioner, Target::practitioner);
  can(made, "alliance.pulse", Rater::client, Target::programme);
  can(made, "symptom.depression", Rater::client, Target::none);
  can(made, "symptom.anxiety", Rater::client, Target::none);
  for (std::uint16_t number = 1; number <= 6; ++number) {
    session(made, number, utc(at("2026-02-02T10:00Z") + (number - 1) * 14 * day));
  }
  return made;
}

std::size_t count(const fb::PlanT& plan, const std::string& rule) {
  std::size_t found = 0;
  for (const auto& occasion : plan.occasions) found += occasion->rule == rule;
  return found;
}

TEST(ShippedSchedule, AsksWhatTheCourseNeedsByRolesAlone) {
  Policy policy;
  ASSERT_EQ(policy.status, ALLIANCE_OK) << policy.message;
  fb::PlanT plan = policy.plan(blended(), "2026-04-20T10:00Z");
  EXPECT_TRUE(plan.missing_roles.empty());
  EXPECT_EQ(count(plan, "alliance-session-3"), 1u);
  EXPECT_EQ(count(plan, "alliance-last-session"), 1u);
  EXPECT_EQ(count(plan, "pulse-client"), 6u);
  EXPECT_EQ(count(plan, "pulse-practitioner"), 6u);
  EXPECT_EQ(count(plan, "pulse-programme-early") + count(plan, "pulse-programme-late"), 2u);
  EXPECT_EQ(count(plan, "depression-weekly"), 11u);
  EXPECT_EQ(count(plan, "anxiety-weekly"), 11u);
  std::set<std::string> hours;
  for (const auto& occasion : plan.occasions) {
    EXPECT_EQ(occasion->instrument, "i");
    if (occasion->rule == "depression-weekly") hours.insert(utc(occasion->due).substr(11));
  }
  EXPECT_EQ(hours, (std::set<std::string>{"08:00Z", "09:00Z"}));  // 09:00 on the clock, before and after its change

  fb::CaseT in_person = blended();
  in_person.delivery = fb::Delivery::face_to_face;
  plan = policy.plan(in_person, "2026-04-20T10:00Z");
  EXPECT_EQ(count(plan, "pulse-programme-early") + count(plan, "pulse-programme-late"), 0u);
  fb::CaseT without = blended();
  without.roles.erase(without.roles.begin());
  EXPECT_EQ(policy.plan(without, "2026-04-20T10:00Z").missing_roles, std::vector<std::string>{"alliance.total"});
}

TEST(ShippedSchedule, EveryChangeComesAtTheInstantThatWasForetold) {
  Policy policy;
  const fb::CaseT state = blended();
  std::int64_t now = at("2026-01-29T10:00Z");
  const auto states = [](const fb::PlanT& plan) {
    std::vector<State> all;
    for (const auto& occasion : plan.occasions) all.push_back(occasion->state);
    return all;
  };
  const auto plan_at = [&](std::int64_t instant) {
    const Bytes bytes = policy.ask(Policy::Ask::plan, packed<fb::Case>(state, "ALCS"), instant);
    fb::PlanT made;
    (*alliance::schema::verified<fb::Plan>(bytes, "ALPL"))->UnPackTo(&made);
    return made;
  };
  int steps = 0;
  for (fb::PlanT plan = plan_at(now); plan.next_change != 0; ++steps) {
    ASSERT_GT(plan.next_change, now);
    EXPECT_EQ(states(plan_at(plan.next_change - 1)), states(plan));
    fb::PlanT next = plan_at(plan.next_change);
    EXPECT_NE(states(next), states(plan));
    now = plan.next_change;
    plan = std::move(next);
  }
  EXPECT_GT(steps, 40);
}

TEST(ShippedSchedule, GivesTheSameBytesAndRefusesHostileOnes) {
  Policy policy;
  const Bytes state = packed<fb::Case>(blended(), "ALCS");
  for (const auto what : {Policy::Ask::plan, Policy::Ask::account}) {
    const Bytes first = policy.ask(what, state, at("2026-03-01T10:00Z"));
    ASSERT_EQ(policy.status, ALLIANCE_OK) << policy.message;
    EXPECT_EQ(policy.ask(what, state, at("2026-03-01T10:00Z")), first);
    EXPECT_TRUE(policy.ask(what, Bytes(), 0).empty());
    EXPECT_EQ(policy.status, ALLIANCE_E_BAD_INPUT);
    EXPECT_TRUE(policy.ask(what, state, INT64_MIN).empty());
    EXPECT_EQ(policy.status, ALLIANCE_E_BAD_INPUT);
    std::mt19937 chance(9);
    for (int round = 0; round < 300; ++round) {
      Bytes hurt = state;
      for (int i = 0; i < 4; ++i) hurt[chance() % hurt.size()] = static_cast<std::uint8_t>(chance());
      const Bytes out = policy.ask(what, hurt, at("2026-03-01T10:00Z"));
      EXPECT_EQ(out.empty(), policy.status != ALLIANCE_OK);
    }
  }
}

TEST(ShippedSchedule, AnotherFileIsRefusedByField) {
  const auto path =
      std::filesystem::temp_directory_path() / ("alliance-schedule-" + std::to_string(::getpid()) + ".json");
  const auto refused = [&](const std::string& rule, const std::string& says) {
    std::ofstream(path)
        << R"({"id":"s","rules":[{"id":"ok","role":"alliance.pulse","rater":"client","anchor":"every_session"},)"
        << "\n{" << rule << "}]}";
    const Policy policy(R"({"schedule":")" + path.string() + "\"}");
    EXPECT_NE(policy.status, ALLIANCE_OK) << says;
    EXPECT_NE(policy.message.find(path.filename().string()), std::string::npos) << policy.message;
    EXPECT_NE(policy.message.find(says), std::string::npos) << policy.message;
  };
  const std::string role = R"("role":"alliance.pulse","rater":"client",)";
  refused(R"("id":"ok",)" + role + R"("anchor":"every_session")", "rules[1].id");
  refused(R"("id":"a","role":"alliance.pulse","anchor":"every_session")", "rules[1].rater");
  refused(R"("id":"a",)" + role + R"("number":2)", "rules[1].anchor");
  refused(R"("id":"a",)" + role + R"("anchor":"week")", "rules[1].number");
  refused(R"("id":"a",)" + role + R"("anchor":"last_session","number":3)", "rules[1].number");
  refused(R"("id":"a",)" + role + R"("anchor":"week","number":1,"due_local":"9 am")", "rules[1].due_local");
  refused(R"("id":"a",)" + role + R"("anchor":"week","number":1,"overdue_hours":200)", "rules[1].overdue_hours");
  refused(R"("id":"a",)" + role + R"("anchor":"week","number":1,"expires_hours":0)", "rules[1].expires_hours");
  refused(R"("id":"a",)" + role + R"("anchor":"fortnight")", "rules[1].anchor");
  refused(R"("id":"a",)" + role + R"("anchor":"week","number":1,"colour":"red")", "line 2");
  std::filesystem::remove(path);
  EXPECT_EQ(Policy(R"({"schedule":"/nowhere.json"})").status, ALLIANCE_E_IO);
  EXPECT_EQ(Policy(R"({"schedules":"x"})").status, ALLIANCE_E_BAD_INPUT);
}

}  // namespace

// SPDX-License-Identifier: Apache-2.0
// A blended case to try schedules on.
#pragma once

#include <alliance_schema/case_generated.h>
#include <alliance_schema/policy_generated.h>
#include <date/date.h>

#include <cstdint>
#include <memory>
#include <sstream>
#include <stdexcept>
#include <string>
#include <utility>

#include "plugins/shared/tables.h"

namespace course {

namespace fb = alliance::fb;
inline constexpr std::int64_t hour = 3'600'000'000;
inline constexpr std::int64_t day = 24 * hour;

// "2026-03-29T01:00Z" to microseconds.
inline std::int64_t at(const std::string& utc) {
  std::istringstream in(utc);
  date::sys_time<std::chrono::microseconds> time;
  in >> date::parse("%FT%RZ", time);
  if (in.fail()) throw std::invalid_argument(utc);
  return time.time_since_epoch().count();
}

inline std::string utc(std::int64_t instant) {
  return date::format("%FT%RZ", date::floor<std::chrono::minutes>(
                                    date::sys_time<std::chrono::microseconds>(std::chrono::microseconds(instant))));
}

inline fb::CaseT opened(const std::string& when, const std::string& zone = "Europe/London") {
  fb::CaseT made;
  made.id = "c1";
  made.subject = fb::Subject::client;
  made.delivery = fb::Delivery::blended;
  made.zone = zone;
  made.weeks = 11;
  made.planned_sessions = 6;
  made.planned_modules = 5;
  made.opened = at(when);
  made.consent_given = made.opened;
  return made;
}

inline void can(fb::CaseT& state, const std::string& role, fb::Rater rater, fb::Target target) {
  auto made = std::make_unique<fb::PlayableT>();
  made->role = role;
  made->rater = rater;
  made->target = target;
  made->instrument = "i";
  state.roles.push_back(std::move(made));
}

inline void session(fb::CaseT& state, std::uint16_t number, const std::string& starts, double minutes = 30,
                    fb::SessionState how = fb::SessionState::held) {
  auto made = std::make_unique<fb::SessionT>();
  made->number = number;
  made->state = how;
  made->starts = at(starts);
  made->minutes = minutes;
  made->mode = fb::Mode::in_person;
  made->event = "held-" + std::to_string(number);
  state.sessions.push_back(std::move(made));
}

inline void sheet(fb::CaseT& state, const std::string& when, const std::string& role, fb::Rater rater,
                  fb::Target target, std::uint16_t of_session = 0) {
  auto score = std::make_unique<fb::ScoreT>();
  score->scale = "total";
  score->roles = {"other", role};
  score->state = fb::ScoreState::scored;
  auto made = std::make_unique<fb::SheetT>();
  made->time = at(when);
  made->event = "sheet-" + std::to_string(state.sheets.size());
  made->instrument = "i";
  made->version = "1";
  made->rater = rater;
  made->target = target;
  made->session = of_session;
  made->scores.push_back(std::move(score));
  state.sheets.push_back(std::move(made));
}

inline void completed(fb::CaseT& state, const std::string& id, const std::string& when,
                      const std::string& reviewed = {}) {
  auto made = std::make_unique<fb::ComponentStateT>();
  made->id = id;
  made->completed = at(when);
  made->reviewed = reviewed.empty() ? 0 : at(reviewed);
  state.components.push_back(std::move(made));
}

inline fb::ScheduleRuleT& rule(fb::ScheduleT& schedule, const std::string& id, fb::Anchor anchor,
                               std::uint16_t number = 0, const std::string& due_local = {}) {
  auto made = std::make_unique<fb::ScheduleRuleT>();
  made->id = id;
  made->role = "alliance.pulse";
  made->rater = fb::Rater::client;
  made->target = fb::Target::practitioner;
  made->anchor = anchor;
  made->number = number;
  made->due_local = due_local;
  schedule.rules.push_back(std::move(made));
  return *schedule.rules.back();
}

// The case as a policy is given it.
class Bytes {
 public:
  explicit Bytes(const fb::CaseT& state)
      : bytes_(alliance::shared::packed<fb::Case>(state, fb::CaseIdentifier())),
        table_(bytes_.data(), bytes_.size(), fb::CaseIdentifier(), "case") {}
  const fb::Case& operator*() const { return *table_; }

 private:
  std::vector<std::uint8_t> bytes_;
  alliance::shared::Verified<fb::Case> table_;
};

}  // namespace course

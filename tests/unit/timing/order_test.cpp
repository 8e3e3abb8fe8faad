// SPDX-License-Identifier: Apache-2.0
// The order in which events arrive never changes what is due, and what is due is what a second, brute-force
// evaluator says. Cases at random, folded as the host folds them.
#include <gtest/gtest.h>

#include <random>

#include "course.h"
#include "evaluator.h"
#include "host/fold.h"
#include "plugins/timing/occasions.h"

namespace {

using namespace course;
using fb::Anchor;

inline constexpr std::int64_t minute = 60'000'000;

struct Story {
  std::vector<fb::EventT> events;    // the first opens the case
  std::vector<std::int64_t> sheets;  // when the client answered
};

class Maker {
 public:
  explicit Maker(unsigned seed) : chance_(seed) {}

  Story make() {
    static const char* zones[] = {"Europe/London", "America/St_Johns", "Australia/Lord_Howe", "Asia/Shanghai",
                                  "Africa/Casablanca"};
    begin_ = at("2026-02-10T00:00Z") + number(240) * day;  // each clock change falls into some case
    fb::CaseOpenedT opened;
    opened.service = "s";
    opened.practitioner = "p";
    opened.delivery = fb::Delivery::blended;
    opened.zone = zones[number(5)];
    opened.weeks = 6;
    opened.planned_sessions = 5;
    add(0, 11, std::move(opened));
    add(number(4), 13, fb::ConsentGivenT{});
    if (number(3) == 0) {
      const int withdrawn = 6 + number(20);
      add(withdrawn, 13, fb::ConsentWithdrawnT{});
      if (number(2) == 0) add(withdrawn + 1 + number(9), 13, fb::ConsentGivenT{});
    }
    if (number(4) == 0) add(30 + number(12), 29, fb::CaseClosedT{});
    if (number(3) == 0) {
      fb::ZoneChangedT moved;
      moved.zone = zones[number(5)];
      add(5 + number(30), 41, std::move(moved));
    }
    for (int i = number(3); i > 0; --i) {
      fb::LeaveTakenT leave;
      const int from = number(40);
      leave.from = instant(from, 0);
      leave.until = instant(from + 1 + number(9), 0);
      add(from, 3, std::move(leave));
    }
    for (std::uint16_t session = 1; session <= 5; ++session) sessions(session);
    for (int i = number(6); i > 0; --i) {
      fb::ComponentProgressT progress;
      progress.component = "m" + std::to_string(number(4));
      progress.progress = number(3) == 0 ? fb::Progress::launched : fb::Progress::completed;
      add(number(42), 17, std::move(progress));
    }
    if (number(3) == 0) {
      fb::SupportRequestedT asked;
      asked.request = "h1";
      add(number(40), 19, std::move(asked));
    }
    Story story{std::move(events_), {}};
    for (int i = number(9); i > 0; --i) story.sheets.push_back(instant(number(45), 23 + i));
    return story;
  }

  int number(int below) { return static_cast<int>(chance_() % static_cast<unsigned>(below)); }
  std::mt19937& chance() { return chance_; }
  std::int64_t instant(int days, int of_hour) { return begin_ + days * day + number(24) * hour + of_hour * minute; }

 private:
  void sessions(std::uint16_t number_of) {
    int on = 7 * number_of - 3;
    for (int i = 1 + number(2); i > 0; --i) {  // moved, perhaps
      fb::SessionBookedT booked;
      booked.session = number_of;
      booked.starts = instant(on + i, 5);
      booked.minutes = 30;
      add(on - 2 - i, 7, std::move(booked));
    }
    const int what = number(6);
    if (what == 0) {
      fb::SessionMissedT missed;
      missed.session = number_of;
      add(on + 2, 31, std::move(missed));
    } else if (what == 1) {
      fb::SessionCancelledT cancelled;
      cancelled.session = number_of;
      add(on - 1 - number(3), 37, std::move(cancelled));
    } else if (what < 5) {
      fb::SessionHeldT held;
      held.session = number_of;
      held.minutes = number(3) == 0 ? 0 : 30;  // not said: as it was booked
      add(on + 1, 35, std::move(held));
    }
  }
  template <class Body>
  void add(int days, int of_hour, Body body) {
    fb::EventT event;
    event.id = "e" + std::to_string(events_.size());
    event.case_ = "c1";
    event.time = events_.empty() ? begin_ + 11 * minute : std::max(begin_ + 12 * minute, instant(days, of_hour));
    event.body.Set(std::move(body));
    events_.push_back(std::move(event));
  }

  std::mt19937 chance_;
  std::int64_t begin_ = 0;
  std::vector<fb::EventT> events_;
};

fb::ScheduleT schedule() {
  fb::ScheduleT made;
  made.id = "s";
  fb::ScheduleRuleT& weekly = rule(made, "weekly", Anchor::every_weeks, 1, "01:30");
  weekly.opens_hours = 24;
  weekly.overdue_hours = 48;
  weekly.expires_hours = 96;
  rule(made, "each", Anchor::every_session).expires_hours = 60;
  made.rules.back()->overdue_hours = 24;
  rule(made, "evening", Anchor::every_session, 0, "20:00").expires_hours = 72;
  fb::ScheduleRuleT& before = rule(made, "before", Anchor::every_session);
  before.at = fb::Moment::start;
  before.after_hours = -24;
  before.opens_hours = 12;
  before.overdue_hours = 12;
  before.expires_hours = 24;
  rule(made, "second", Anchor::component_completed, 2);
  rule(made, "help", Anchor::help_asked, 0, "09:00");
  return made;
}

fb::ReportT scored(std::int64_t time) {
  fb::ScoredT body;
  body.instrument = "i";
  body.version = "1";
  body.rater = fb::Rater::client;
  body.target = fb::Target::practitioner;
  body.event = "sheet-" + std::to_string(time);
  body.scores.push_back(std::make_unique<fb::ScoreT>());
  body.scores.back()->scale = "total";
  body.scores.back()->roles = {"alliance.pulse"};
  fb::ReportT report;
  report.body.Set(std::move(body));
  return report;
}

// The case after the story's facts have arrived in this order; a number past the events is a sheet.
fb::CaseT folded(const Story& story, const std::vector<std::size_t>& order) {
  fb::CaseT state;
  state.id = "c1";
  state.subject = fb::Subject::client;
  can(state, "alliance.pulse", fb::Rater::client, fb::Target::practitioner);
  for (const std::size_t i : order) {
    if (i < story.events.size()) {
      alliance::host::fold(state, story.events[i]);
    } else {
      const std::int64_t time = story.sheets[i - story.events.size()];
      alliance::host::fold(state, scored(time), time);
    }
  }
  return state;
}

// A delay at random for each fact, hours for most and weeks for some; the opening comes first.
std::vector<std::size_t> arrival(const Story& story, Maker& maker) {
  std::vector<std::pair<std::int64_t, std::size_t>> at_last;
  for (std::size_t i = 0; i < story.events.size() + story.sheets.size(); ++i) {
    const std::int64_t time = i < story.events.size() ? story.events[i].time : story.sheets[i - story.events.size()];
    const std::int64_t delay = maker.number(4) == 0 ? maker.number(30) * day : maker.number(10) * hour;
    at_last.emplace_back(i == 0 ? -1 : time + delay, i);
  }
  std::sort(at_last.begin(), at_last.end());
  std::vector<std::size_t> order;
  for (const auto& [time, i] : at_last) order.push_back(i);
  if (maker.number(2) == 0) std::shuffle(order.begin() + 1, order.end(), maker.chance());
  return order;
}

std::map<std::string, brute::Found> plain(const fb::PlanT& plan) {
  std::map<std::string, brute::Found> found;
  for (const auto& one : plan.occasions) {
    found[one->key] = {brute::of_micros(one->due), brute::of_micros(one->expires),
                       fb::EnumNameOccasionState(one->state)};
  }
  return found;
}

std::string text(const std::map<std::string, brute::Found>& found) {
  std::string out;
  for (const auto& [key, one] : found) {
    out += key + " " + one.state + " " + utc(one.due * minute) + " until " + utc(one.expires * minute) + "\n";
  }
  return out;
}

TEST(Order, OfArrivalNeverChangesWhatIsDue) {
  const fb::ScheduleT all = schedule();
  for (unsigned seed = 1; seed <= 150; ++seed) {
    Maker maker(seed);
    const Story story = maker.make();
    const std::int64_t now = maker.instant(maker.number(60), 2);
    std::vector<std::size_t> in_order;
    for (std::size_t i = 0; i < story.events.size() + story.sheets.size(); ++i) in_order.push_back(i);
    const auto bytes = [&](const std::vector<std::size_t>& order) {
      return alliance::shared::packed<fb::Plan>(alliance::timing::plan(all, *Bytes(folded(story, order)), now),
                                                fb::PlanIdentifier());
    };
    const auto first = bytes(in_order);
    for (int round = 0; round < 6; ++round) ASSERT_EQ(bytes(arrival(story, maker)), first) << "seed " << seed;
  }
}

TEST(Order, ThePlanIsWhatABruteForceEvaluatorSays) {
  const fb::ScheduleT all = schedule();
  std::map<std::string, int> states;
  for (unsigned seed = 1; seed <= 60; ++seed) {
    Maker maker(seed);
    const Story story = maker.make();
    std::vector<brute::Minute> sheets;
    for (const std::int64_t time : story.sheets) sheets.push_back(brute::of_micros(time));
    brute::Evaluator evaluator(all, story.events, sheets);
    const fb::CaseT state = folded(story, arrival(story, maker));
    for (int round = 0; round < 2; ++round) {
      const std::int64_t now = maker.instant(maker.number(60), 2);
      const auto expected = evaluator.at(brute::of_micros(now));
      const auto found = plain(alliance::timing::plan(all, *Bytes(state), now));
      ASSERT_EQ(text(found), text(expected)) << "seed " << seed << " at " << utc(now) << " in " << state.zone;
      for (const auto& [key, one] : found) ++states[one.state];
    }
  }
  for (const char* state : {"planned", "due", "overdue", "answered", "expired", "cancelled"}) {
    EXPECT_GT(states[state], 5) << state;  // the stories reach every state
  }
}

TEST(Order, AnAnswerGivenBeforeTheDeadlineIsNeverAMissHoweverLateItArrives) {
  const fb::ScheduleT all = schedule();
  for (unsigned seed = 1; seed <= 60; ++seed) {
    Maker maker(seed);
    Story story = maker.make();
    story.sheets.clear();
    std::vector<std::size_t> order;
    for (std::size_t i = 0; i < story.events.size(); ++i) order.push_back(i);
    const std::int64_t end = at("2027-06-01T00:00Z");
    const fb::PlanT without = alliance::timing::plan(all, *Bytes(folded(story, order)), end);
    for (const auto& missed : without.occasions) {
      if (missed->state != fb::OccasionState::expired) continue;
      story.sheets = {missed->expires};  // at the very deadline, told a year later
      order.push_back(story.events.size());
      const fb::PlanT with = alliance::timing::plan(all, *Bytes(folded(story, order)), end);
      order.pop_back();
      for (const auto& one : with.occasions) {
        // rules are answered apart from each other; within the rule it went to this occasion, or to an earlier one
        if (one->rule == missed->rule && one->key == missed->key && one->state != fb::OccasionState::answered) {
          const auto other = std::find_if(with.occasions.begin(), with.occasions.end(), [&](const auto& o) {
            return o->rule == missed->rule && o->answered != 0 && o->expires <= missed->expires;
          });
          EXPECT_NE(other, with.occasions.end()) << "seed " << seed << " " << missed->key;
        }
      }
    }
  }
}

}  // namespace

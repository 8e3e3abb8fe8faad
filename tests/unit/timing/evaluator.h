// SPDX-License-Identifier: Apache-2.0
// What is due, by brute force: from the events themselves, minute by minute, with the C library's zones. Written
// for the test alone; it shares no line with the policy, and is slow.
#pragma once

#include <alliance_schema/event_generated.h>
#include <alliance_schema/policy_generated.h>
#include <stdlib.h>
#include <time.h>

#include <algorithm>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <tuple>
#include <vector>

namespace brute {

namespace fb = alliance::fb;
using Minute = std::int64_t;  // since 1970
inline constexpr Minute of_micros(std::int64_t instant) { return instant / 60'000'000; }
inline constexpr Minute long_ago = -1, forever = INT64_C(1) << 40;

struct Found {
  Minute due = 0, expires = 0;
  std::string state;
  bool operator==(const Found&) const = default;
};

inline void use_zone(const std::string& zone) {
  static std::string in_use;
  if (zone == in_use) return;
  in_use = zone;
  ::setenv("TZ", zone.c_str(), 1);
  ::tzset();
}

struct Local {
  std::int64_t date;  // days
  int minutes;
  bool operator==(const Local&) const = default;
  auto operator<=>(const Local&) const = default;
};
inline Local local(const std::string& zone, Minute at) {
  use_zone(zone);
  const time_t seconds = at * 60;
  std::tm tm{};
  ::localtime_r(&seconds, &tm);
  const time_t as_if_utc = ::timegm(&tm);
  return {as_if_utc / 86400, static_cast<int>(as_if_utc % 86400 / 60)};
}
// The first minute at which the clock shows it; where it never does, as much after the leap as the clock fell short.
inline Minute when(const std::string& zone, Local wanted) {
  const Minute around = wanted.date * 1440 + wanted.minutes;
  Local before = local(zone, around - 1600);
  for (Minute at = around - 1600; at < around + 1600; ++at) {
    const Local here = local(zone, at);
    if (here == wanted) return at;
    if (before < wanted && wanted < here) {
      return at - 1 + (wanted.date * 1440 + wanted.minutes) - (before.date * 1440 + before.minutes);
    }
    before = here;
  }
  return long_ago;
}

class Evaluator {
 public:
  Evaluator(const fb::ScheduleT& schedule, std::vector<fb::EventT> events, std::vector<Minute> sheets)
      : schedule_(schedule), events_(std::move(events)), sheets_(std::move(sheets)) {
    std::sort(events_.begin(), events_.end(),
              [](const auto& a, const auto& b) { return std::tie(a.time, a.id) < std::tie(b.time, b.id); });
  }

  std::map<std::string, Found> at(Minute now) {
    now_ = now;
    found_.clear();
    for (const auto& rule : schedule_.rules) one(*rule);
    return found_;
  }

 private:
  const fb::CaseOpenedT& opened() const { return *events_.front().body.AsCaseOpened(); }
  std::string zone_at(Minute at) const {
    std::string zone = opened().zone;
    for (const auto& event : events_) {
      if (const auto* moved = event.body.AsZoneChanged(); moved && of_micros(event.time) <= at) zone = moved->zone;
    }
    return zone;
  }
  // By the zone that is in force when it comes; tried from the last one back.
  Minute civil(Local wanted) const {
    std::vector<std::pair<Minute, std::string>> stays = {{long_ago, opened().zone}};
    for (const auto& event : events_) {
      if (const auto* moved = event.body.AsZoneChanged()) stays.emplace_back(of_micros(event.time), moved->zone);
    }
    for (auto stay = stays.rbegin(); stay != stays.rend(); ++stay) {
      const Minute at = when(stay->second, wanted);
      if (at >= stay->first || stay + 1 == stays.rend()) return at;
    }
    return long_ago;
  }
  Minute next_clock(Minute from, int minutes) const {
    Local here = local(zone_at(from), from);
    here.date -= 1;
    here.minutes = minutes;
    for (;; ++here.date) {
      if (const Minute at = civil(here); at >= from) return at;
    }
  }
  static int clock(const std::string& text) { return std::stoi(text.substr(0, 2)) * 60 + std::stoi(text.substr(3)); }

  bool away(Minute at) const {
    return std::any_of(events_.begin(), events_.end(), [&](const auto& event) {
      const auto* leave = event.body.AsLeaveTaken();
      return leave && of_micros(leave->from) <= at && at < of_micros(leave->until);
    });
  }
  bool may_ask(Minute at) const {
    bool enrolled = false, given = false;
    for (const auto& event : events_) {
      if (of_micros(event.time) > at) continue;
      if (event.body.AsConsentGiven()) enrolled = given = true;
      if (event.body.AsConsentWithdrawn()) given = false;
      if (event.body.AsCaseClosed()) return false;
    }
    return enrolled && given;
  }

  // What the rule hangs on, as (key, instant).
  std::vector<std::pair<std::string, Minute>> anchors(const fb::ScheduleRuleT& rule) const {
    std::vector<std::pair<std::string, Minute>> out;
    const Local first = local(opened().zone, of_micros(events_.front().time));
    const auto event_based = [&](const std::string& key, Minute at) {
      out.emplace_back(key, rule.due_local.empty() ? at : next_clock(at, clock(rule.due_local)));
    };
    switch (rule.anchor) {
      case fb::Anchor::every_weeks:
        for (int week = rule.number; week <= opened().weeks; week += rule.number) {
          Local wanted{first.date + 7 * week, rule.due_local.empty() ? first.minutes : clock(rule.due_local)};
          out.emplace_back("week-" + std::to_string(week), civil(wanted));
        }
        break;
      case fb::Anchor::every_session:
        for (int number = 1; number < 20; ++number) {
          const fb::EventT* held = nullptr;
          Minute booked = long_ago;
          bool gone = false;
          for (const auto& event : events_) {
            const auto* h = event.body.AsSessionHeld();
            const auto* b = event.body.AsSessionBooked();
            const auto* m = event.body.AsSessionMissed();
            const auto* c = event.body.AsSessionCancelled();
            if (h && h->session == number) held = &event;
            if (b && b->session == number) booked = of_micros(b->starts), gone = false;
            if ((m && m->session == number) || (c && c->session == number)) gone = true;
          }
          const std::string key = "session-" + std::to_string(number);
          if (rule.at != fb::Moment::start) {
            if (held) event_based(key, of_micros(held->time));
          } else if (booked != long_ago && (held || !gone)) {
            Local day_before = local(zone_at(booked), booked);
            day_before.date -= 1;  // the rule says 24 hours before
            out.emplace_back(key, civil(day_before));
          }
        }
        break;
      case fb::Anchor::component_completed: {
        std::map<std::string, Minute> done;
        for (const auto& event : events_) {
          const auto* progress = event.body.AsComponentProgress();
          if (!progress || progress->progress != fb::Progress::completed) continue;
          done.emplace(progress->component, of_micros(event.time));
        }
        std::vector<Minute> times;
        for (const auto& [id, at] : done) times.push_back(at);
        std::sort(times.begin(), times.end());
        if (times.size() >= rule.number)
          event_based("completed-" + std::to_string(rule.number), times[rule.number - 1u]);
        break;
      }
      case fb::Anchor::help_asked:
        for (const auto& event : events_) {
          if (const auto* help = event.body.AsSupportRequested())
            event_based("help-" + help->request, of_micros(event.time));
        }
        break;
      default:
        break;
    }
    return out;
  }

  void one(const fb::ScheduleRuleT& rule) {
    struct Candidate {
      std::string key;
      Minute opens, due, overdue, expires;
      bool dropped = false, answered = false;
    };
    std::vector<Candidate> all;
    const bool repeats = rule.anchor == fb::Anchor::every_weeks;
    for (const auto& [suffix, anchor] : anchors(rule)) {
      Candidate it{rule.id + "/" + suffix, anchor - rule.opens_hours * 60, anchor, 0, 0};
      if (away(anchor) && repeats) it.dropped = true;
      if (!repeats) {
        bool moved = false;
        while (away(it.due)) ++it.due, moved = true;
        if (moved && !rule.due_local.empty()) it.due = next_clock(it.due, clock(rule.due_local));
      }
      const auto counted = [&](Minute from, std::uint32_t hours) {
        Minute at = from;
        for (Minute left = hours * 60; left > 0; ++at) left -= repeats || !away(at) ? 1 : 0;
        return at;
      };
      it.expires = counted(it.due, rule.expires_hours);
      while (it.opens < it.expires && !may_ask(it.opens)) ++it.opens;
      if (it.opens >= it.expires) continue;
      it.due = it.opens > it.due ? it.opens : it.due;
      it.overdue = std::min(counted(it.due, rule.overdue_hours), it.expires);
      all.push_back(it);
    }
    std::sort(all.begin(), all.end(),
              [](const auto& a, const auto& b) { return std::tie(a.expires, a.key) < std::tie(b.expires, b.key); });
    // Earlier windows first, each only if all chosen so far can still be answered: tried in every way.
    std::vector<const Candidate*> chosen;
    const std::function<bool(std::size_t, std::vector<bool>&)> fits = [&](std::size_t i, std::vector<bool>& used) {
      if (i == chosen.size()) return true;
      for (std::size_t s = 0; s < sheets_.size(); ++s) {
        if (used[s] || sheets_[s] < chosen[i]->opens || sheets_[s] > chosen[i]->expires) continue;
        used[s] = true;
        if (fits(i + 1, used)) return true;
        used[s] = false;
      }
      return false;
    };
    for (Candidate& it : all) {
      chosen.push_back(&it);
      std::vector<bool> used(sheets_.size(), false);
      it.answered = fits(0, used);
      if (!it.answered) chosen.pop_back();
    }
    for (const Candidate& it : all)
      found_[it.key] = {it.due, it.expires, state(it.opens, it.due, it.overdue, it.expires, it.answered, it.dropped)};
  }

  std::string state(Minute opens, Minute due, Minute overdue, Minute expires, bool answered, bool dropped) const {
    if (answered) return "answered";
    if (dropped) return "cancelled";
    if (now_ >= opens && !may_ask(std::min(now_, expires - 1))) return "cancelled";
    if (now_ >= expires) return "expired";
    if (now_ >= overdue) return "overdue";
    return now_ >= due ? "due" : "planned";
  }

  const fb::ScheduleT& schedule_;
  std::vector<fb::EventT> events_;
  std::vector<Minute> sheets_;
  Minute now_ = 0;
  std::map<std::string, Found> found_;
};

}  // namespace brute

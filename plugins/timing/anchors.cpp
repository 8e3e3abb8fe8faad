// SPDX-License-Identifier: Apache-2.0
#include "anchors.h"

#include <algorithm>
#include <map>
#include <tuple>

#include "../shared/tables.h"

namespace alliance::timing {
namespace {

using fb::Anchor;
using shared::each;
using shared::text;
using shared::view;

constexpr int most_weeks = 520;

// Ids of a platform may be longer than a key may be. FNV-1a, 64 bits.
std::string short_id(std::string_view id) {
  if (id.size() <= 40) return std::string(id);
  std::uint64_t hash = 14695981039346656037u;
  for (const char c : id) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211u;
  std::string out;
  for (int i = 0; i < 16; ++i) out += "0123456789abcdef"[(hash >> (60 - 4 * i)) & 15];
  return out;
}

class Finder {
 public:
  Finder(const fb::AnchorPartT& part, const fb::Case& state, const Zone& zone, Instant now, bool each_time)
      : part_(part), state_(state), zone_(zone), now_(now), each_time_(each_time) {}

  std::vector<Anchored> find() {
    switch (part_.anchor) {
      case Anchor::session:
      case Anchor::every_session:
      case Anchor::last_session:
        sessions();
        break;
      case Anchor::week:
      case Anchor::every_weeks:
      case Anchor::day:
      case Anchor::calendar:
        dates();
        break;
      case Anchor::component_started:
      case Anchor::component_completed:
      case Anchor::every_component:
        components();
        break;
      case Anchor::rupture:
        ruptures();
        break;
      case Anchor::help_asked:
        for (const fb::Support* asked : each(state_.support())) {
          if (asked->opened() == 0) continue;
          add("help-" + short_id(view(asked->request())), asked->opened(), text(asked->event()), "Help was asked for.");
        }
        break;
      case Anchor::review:
        reviews();
        break;
      case Anchor::unset:
        break;
    }
    std::sort(found_.begin(), found_.end(),
              [](const Anchored& a, const Anchored& b) { return std::tie(a.due, a.key) < std::tie(b.due, b.key); });
    return std::move(found_);
  }

 private:
  void add(std::string key, Instant when, std::string event, std::string reason, std::uint16_t session = 0) {
    Instant due = zone_.shifted(when, part_.after_hours);
    if (!part_.due_local.empty()) due = zone_.next(due, clock_minutes(part_.due_local));
    found_.push_back({std::move(key), session, due, std::move(event), std::move(reason)});
  }

  // A session by its number; of two with one number the earlier.
  void sessions() {
    const bool start = part_.at == fb::Moment::start;
    std::map<std::uint16_t, const fb::Session*> by_number;
    const auto order = [](const fb::Session* s) { return std::make_tuple(end_of(*s), view(s->event())); };
    for (const fb::Session* session : each(state_.sessions())) {
      const bool held = session->state() == fb::SessionState::held;
      if (session->number() == 0 || !(held || (start && session->state() == fb::SessionState::booked))) continue;
      const fb::Session*& place = by_number[session->number()];
      if (!place || order(session) < order(place)) place = session;
    }
    const std::uint16_t only = part_.anchor == Anchor::last_session ? state_.planned_sessions() : part_.number;
    for (const auto& [number, session] : by_number) {
      if (part_.anchor != Anchor::every_session && number != only) continue;
      const std::string name = std::to_string(number);
      if (start) {
        add("session-" + name, session->booked() != 0 ? session->booked() : session->starts(),
            text(session->booking() ? session->booking() : session->event()), "Session " + name + " begins.", number);
      } else {
        add("session-" + name, end_of(*session), text(session->event()), "Session " + name + " was held.", number);
      }
    }
  }

  // Dates are reckoned on the client's calendar; what is added to them as well.
  void dated(const std::string& key, date::local_days on, int minutes, const std::string& reason) {
    const Instant due = zone_.shifted(zone_.instant({on, minutes}), part_.after_hours);
    found_.push_back({key, 0, due, {}, reason});
  }

  void dates() {
    if (state_.opened() == 0) return;
    const Civil opened = zone_.civil(state_.opened());
    const int minutes = part_.due_local.empty() ? opened.minutes : clock_minutes(part_.due_local);
    if (part_.anchor == Anchor::day) {
      return dated("day-" + std::to_string(part_.number), opened.date + date::days(part_.number), minutes,
                   "Day " + std::to_string(part_.number) + " since the case was opened.");
    }
    const bool open_ended = state_.weeks() == 0;
    const int last = open_ended ? most_weeks : std::min<int>(state_.weeks(), most_weeks);
    if (part_.anchor == Anchor::calendar) return calendar(opened, minutes, last, open_ended);
    for (int week = part_.number; week <= last; week += part_.number) {
      const std::string number = std::to_string(week);
      dated("week-" + number, opened.date + date::days(7 * week), minutes,
            "Week " + number + " since the case was opened.");
      if (part_.anchor == Anchor::week || (open_ended && found_.back().due > now_)) break;
    }
  }

  void calendar(const Civil& opened, int minutes, int weeks, bool open_ended) {
    for (const std::string& text : part_.dates) {
      date::local_days on;
      if (calendar_day(text, on) && on >= opened.date) dated(text, on, minutes, "The calendar names " + text + ".");
    }
    if (!part_.dates.empty()) return;
    for (int i = 0; i <= 7 * weeks; ++i) {
      const date::local_days on = opened.date + date::days(i);
      if (!named(on)) continue;
      dated(to_text(on), on, minutes, "The calendar names this day.");
      if (found_.back().due < state_.opened()) found_.pop_back();
      if (open_ended && !found_.empty() && found_.back().due > now_) break;
    }
  }

  bool named(date::local_days on) const {
    const auto weekday = static_cast<fb::Weekday>((date::weekday(on).iso_encoding() - 1));
    const auto of_month = static_cast<std::uint8_t>(static_cast<unsigned>(date::year_month_day(on).day()));
    return std::find(part_.weekdays.begin(), part_.weekdays.end(), weekday) != part_.weekdays.end() ||
           std::find(part_.month_days.begin(), part_.month_days.end(), of_month) != part_.month_days.end();
  }

  // Each component as (instant, id); done again it counts again only where the rule says so.
  void components() {
    const bool started = part_.anchor == Anchor::component_started;
    std::vector<std::pair<Instant, std::string_view>> times;
    for (const fb::ComponentState* component : each(state_.components())) {
      if (!part_.component.empty() && view(component->id()) != part_.component) continue;
      const Instant first = started ? component->launched() : component->completed();
      if (first != 0) times.emplace_back(first, view(component->id()));
      if (started || !each_time_) continue;
      for (const Instant again : each(component->completions())) {
        if (again != first) times.emplace_back(again, view(component->id()));
      }
    }
    std::sort(times.begin(), times.end());
    const std::string what = started ? "started" : "completed";
    const auto one = [&](std::string key, const std::pair<Instant, std::string_view>& time, const std::string& reason) {
      add(std::move(key), time.first, {}, reason);
    };
    if (part_.number != 0) {
      if (times.size() < part_.number) return;
      const std::string number = std::to_string(part_.number);
      const auto& latest = times[part_.number - 1u];
      return one(what + "-" + number, latest,
                 "Components " + what + ": " + number + ", the latest of them " + std::string(latest.second) + ".");
    }
    std::map<std::string_view, int> times_of;
    for (const auto& time : times) {
      const bool again = times_of[time.second]++ > 0;
      one(what + "-" + short_id(time.second) + (again ? "-at-" + std::to_string(time.first / second) : std::string()),
          time, "Component " + std::string(time.second) + " was " + what + (again ? " again." : "."));
    }
  }

  void ruptures() {
    if (state_.observe_only()) return;
    const std::string role = part_.of_role.empty() ? "alliance" : part_.of_role;
    for (const fb::SignalRecord* record : each(state_.signals())) {
      const fb::AllianceSignal& signal = *record->signal();
      const bool rupture = signal.kind() == fb::SignalKind::drop || signal.kind() == fb::SignalKind::unrepaired;
      if (!rupture || view(signal.role()).substr(0, role.size()) != role) continue;
      add("rupture-" + short_id(view(signal.key())), record->time(), text(signal.key()),
          "An alliance signal is a reason to ask.", signal.session());
    }
  }

  void reviews() {
    for (const fb::ReviewDate* review : each(state_.reviews())) {
      if (review->cancelled() || review->starts() == 0) continue;
      add("review-" + short_id(view(review->review())), review->starts(), text(review->event()), "A review is booked.");
    }
  }

  const fb::AnchorPartT& part_;
  const fb::Case& state_;
  const Zone& zone_;
  Instant now_;
  bool each_time_;
  std::vector<Anchored> found_;
};

}  // namespace

Instant end_of(const fb::Session& session) {
  return session.starts() + static_cast<Instant>(session.minutes() * static_cast<double>(minute));
}

Zone zone_of(const fb::Case& state) {
  Zone zone(text(state.zone()));
  for (const fb::ZoneChange* change : each(state.zones())) zone.move(change->time(), text(change->zone()));
  return zone;
}

fb::AnchorPartT anchor_of(const fb::ScheduleRuleT& rule) {
  fb::AnchorPartT part;
  part.anchor = rule.anchor;
  part.number = rule.number;
  part.at = rule.at;
  part.component = rule.component;
  part.weekdays = rule.weekdays;
  part.month_days = rule.month_days;
  part.dates = rule.dates;
  part.of_role = rule.of_role;
  part.due_local = rule.due_local;
  part.after_hours = rule.after_hours;
  return part;
}

bool repeats(Anchor anchor) { return anchor == Anchor::every_weeks || anchor == Anchor::calendar; }

std::vector<Anchored> anchored(const fb::ScheduleRuleT& rule, const fb::Case& state, const Zone& zone, Instant now) {
  if (rule.first_of.empty() && rule.last_of.empty()) {
    return Finder(anchor_of(rule), state, zone, now, rule.each_time).find();
  }
  const bool first = !rule.first_of.empty();
  std::vector<Anchored> parts;
  for (const auto& part : first ? rule.first_of : rule.last_of) {
    auto found = Finder(*part, state, zone, now, false).find();
    if (!found.empty()) {
      parts.push_back(std::move(found.front()));
    } else if (!first) {
      return {};
    }
  }
  if (parts.empty()) return {};
  const auto order = [](const Anchored& a, const Anchored& b) {
    return std::tie(a.due, a.key) < std::tie(b.due, b.key);
  };
  Anchored chosen = first ? *std::min_element(parts.begin(), parts.end(), order)
                          : *std::max_element(parts.begin(), parts.end(), order);
  chosen.reason = (first ? "The first of several: " : "The last of several: ") + chosen.reason;
  chosen.key = first ? "first" : "last";
  return {std::move(chosen)};
}

}  // namespace alliance::timing

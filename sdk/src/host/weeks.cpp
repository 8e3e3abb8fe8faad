// SPDX-License-Identifier: Apache-2.0
#include "host/weeks.h"

#include <date/tz.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <set>

namespace alliance::host {
namespace {

constexpr std::int64_t day_length = INT64_C(86'400'000'000);
constexpr double own_weeks = 8;
constexpr double least_move = 1;  // minutes: what is less is not worth moving

// Work of one case that could be done in another week.
struct Item {
  const fb::CaseTimeT* of;
  fb::Work work;
  double minutes;
  const fb::BookingT* booking;  // null: not booked yet
};

struct Week {
  std::int64_t from = 0, until = 0;
  double at_work = 0;  // working days without leave
  double booked = 0, rest = 0;
  std::vector<Item> items{};
  std::set<const fb::CaseTimeT*> cases{};
};

class Calendar {
 public:
  Calendar(const Ahead& ahead, const fb::CaseTimeT* own)
      : zone_(*date::locate_zone(ahead.zone.empty() ? "Etc/UTC" : ahead.zone)), now_(ahead.now), own_(own) {
    const auto local = zone_.to_local(date::sys_time<std::chrono::microseconds>(std::chrono::microseconds(now_)));
    const auto today = date::floor<date::days>(local);
    monday_ = today - date::days(date::weekday(today).iso_encoding() - 1);
  }

  // Weeks are numbered from the one that has begun.
  std::int64_t begin_of(std::size_t week) { return begin(7 * week); }
  // Working days between two instants of a week from now on, less leave.
  double at_work(std::size_t week, std::int64_t from, std::int64_t until) {
    double days = 0;
    for (std::size_t i = 7 * week; i < 7 * week + 5; ++i) {
      const std::int64_t open = std::max({begin(i), from, now_}), close = std::min(begin(i + 1), until);
      if (close <= open) continue;
      days += static_cast<double>(close - open - on_leave(open, close)) / static_cast<double>(begin(i + 1) - begin(i));
    }
    return days;
  }

 private:
  std::int64_t begin(std::size_t days) {
    while (begins_.size() <= days) {
      const date::local_time<std::chrono::microseconds> on = monday_ + date::days(begins_.size());
      begins_.push_back(zone_.to_sys(on, date::choose::earliest).time_since_epoch().count());
    }
    return begins_[days];
  }
  std::int64_t on_leave(std::int64_t from, std::int64_t until) const {
    if (own_ == nullptr) return 0;
    std::vector<std::pair<std::int64_t, std::int64_t>> spans;
    for (const auto& leave : own_->leave) {
      spans.emplace_back(std::max(from, leave->from), std::min(until, leave->until));
    }
    std::sort(spans.begin(), spans.end());
    std::int64_t length = 0, counted = from;
    for (const auto& [first, last] : spans) {
      length += std::max<std::int64_t>(0, last - std::max(first, counted));
      counted = std::max(counted, last);
    }
    return length;
  }

  const date::time_zone& zone_;
  std::int64_t now_;
  const fb::CaseTimeT* own_;
  date::local_days monday_;
  std::vector<std::int64_t> begins_;  // of days since that Monday
};

double left_of(const fb::CaseTimeT& one, fb::Work work) {
  for (const auto& row : one.account->work) {
    if (row->work == work) return row->remaining;
  }
  return 0;
}

// Until when the rest of the plan is spread; nothing where that cannot be told.
std::optional<std::int64_t> end_of_plan(const fb::CaseTimeT& one, double rest, std::int64_t now) {
  if (one.ends == 0) return std::nullopt;
  if (one.ends > now + day_length) return one.ends;
  if (one.account->planned <= 0 || one.ends <= one.opened) return std::nullopt;
  const double pace = one.account->planned / static_cast<double>(one.ends - one.opened);
  return now +
         std::max<std::int64_t>(7 * day_length, std::min<std::int64_t>(std::llround(rest / pace), 730 * day_length));
}

class Forecast {
 public:
  Forecast(const Ahead& ahead, const fb::CaseTimeT* own) : ahead_(ahead), own_(own), calendar_(ahead, own) {
    for (std::size_t i = 0; i < ahead.weeks; ++i) {
      weeks_.push_back({.from = calendar_.begin_of(i), .until = calendar_.begin_of(i + 1)});
      weeks_[i].at_work = calendar_.at_work(i, weeks_[i].from, weeks_[i].until);
    }
  }

  void add(const fb::CaseTimeT& one) {
    double booked_sessions = 0;
    for (const auto& booking : one.bookings) {
      const bool session = booking->session != 0 || booking->review.empty();
      const std::int64_t until = booking->starts + static_cast<std::int64_t>(booking->minutes * 60e6);
      if (until <= ahead_.now) continue;
      if (session) booked_sessions += booking->minutes;
      for (Week& week : weeks_) {
        if (booking->starts < week.from || booking->starts >= week.until) continue;
        week.booked += booking->minutes;
        week.cases.insert(&one);
        week.items.push_back({&one, fb::Work::in_person, booking->minutes, booking.get()});
      }
    }
    const double sessions = left_of(one, fb::Work::in_person);
    const double rest = one.account->remaining - std::min(sessions, booked_sessions);
    if (rest <= 0) return;
    const auto ends = end_of_plan(one, rest, ahead_.now);
    if (!ends) {
      ++without_end_;
      return;
    }
    spread(one, rest, *ends);
  }

  Load made() {
    Load load;
    load.without_end = without_end_;
    const double own_per_week = own();
    for (Week& week : weeks_) week.rest += own_per_week * week.at_work / 5;
    for (std::size_t i = 0; i < weeks_.size(); ++i) {
      const Week& week = weeks_[i];
      auto row = std::make_unique<fb::WeekLoadT>();
      row->from = week.from;
      row->until = week.until;
      row->needed = week.booked + week.rest;
      row->booked = week.booked;
      row->capacity = capacity(i);
      if (row->capacity) row->over = std::max(0.0, *row->needed - *row->capacity);
      load.weeks.push_back(std::move(row));
      load.clients.push_back(static_cast<std::uint32_t>(week.cases.size()));
    }
    offer_moves(load);
    return load;
  }

 private:
  flatbuffers::Optional<double> capacity(std::size_t i) const {
    if (own_ == nullptr || !own_->capacity_per_week) return flatbuffers::nullopt;
    return *own_->capacity_per_week * weeks_[i].at_work / 5;
  }

  double own() const {
    double minutes = 0;
    if (own_ == nullptr) return 0;
    for (const auto& spent : own_->recent) {
      if (spent->time > ahead_.now - 56 * day_length && spent->time <= ahead_.now) minutes += spent->minutes;
    }
    return minutes / own_weeks;
  }

  // In proportion to the working time until the end, so that leave leaves more for the other weeks. Where all of it is
  // leave, to time itself: the work is there all the same.
  void spread(const fb::CaseTimeT& one, double rest, std::int64_t ends) {
    std::vector<double> at_work, length;
    double all_work = 0, all_length = 0;
    for (std::size_t i = 0; i < most_weeks_ahead && calendar_.begin_of(i) < ends; ++i) {
      const std::int64_t from = calendar_.begin_of(i), until = std::min(calendar_.begin_of(i + 1), ends);
      at_work.push_back(calendar_.at_work(i, from, until));
      length.push_back(static_cast<double>(until - std::max(from, ahead_.now)));
      all_work += at_work.back();
      all_length += length.back();
    }
    const double reviews = left_of(one, fb::Work::online_review);
    for (std::size_t i = 0; i < std::min(at_work.size(), weeks_.size()); ++i) {
      const double share = all_work > 0 ? at_work[i] / all_work : length[i] / all_length;
      if (share <= 0) continue;
      weeks_[i].rest += rest * share;
      weeks_[i].cases.insert(&one);
      if (reviews * share >= least_move)
        weeks_[i].items.push_back({&one, fb::Work::online_review, reviews * share, nullptr});
    }
  }

  // Reviews that are not booked first, then what is booked, the largest first: few moves.
  void offer_moves(Load& load) {
    std::vector<double> room;
    for (const auto& week : load.weeks) room.push_back(week->capacity.value_or(0) - *week->needed);
    for (std::size_t i = 0; i < weeks_.size(); ++i) {
      double excess = load.weeks[i]->over;
      auto& items = weeks_[i].items;
      std::sort(items.begin(), items.end(), [](const Item& a, const Item& b) {
        return std::tuple(a.booking != nullptr, -a.minutes, a.of->id) <
               std::tuple(b.booking != nullptr, -b.minutes, b.of->id);
      });
      for (const Item& item : items) {
        if (excess < least_move) break;
        auto move = std::make_unique<fb::CouldMoveT>();
        move->case_ = item.of->id;
        move->work = item.work;
        move->minutes = item.minutes;
        if (item.booking != nullptr) {
          move->session = item.booking->session;
          move->starts = item.booking->starts;
        }
        if (const auto to = nearest(room, i, item.minutes)) {
          room[*to] -= item.minutes;
          room[i] += item.minutes;
          excess -= item.minutes;
          move->to = weeks_[*to].from;
        }
        load.weeks[i]->could_move.push_back(std::move(move));
      }
    }
  }
  static std::optional<std::size_t> nearest(const std::vector<double>& room, std::size_t from, double minutes) {
    for (std::size_t apart = 1; apart < room.size(); ++apart) {
      if (from + apart < room.size() && room[from + apart] >= minutes) return from + apart;
      if (from >= apart && room[from - apart] >= minutes) return from - apart;
    }
    return std::nullopt;
  }

  const Ahead& ahead_;
  const fb::CaseTimeT* own_;
  Calendar calendar_;
  std::vector<Week> weeks_;
  std::uint32_t without_end_ = 0;
};

}  // namespace

Load weeks_ahead(const Ahead& ahead, std::span<const fb::CaseTimeT* const> cases, const fb::CaseTimeT* own) {
  Forecast forecast(ahead, own);
  for (const fb::CaseTimeT* one : cases) {
    if (one->closed == 0) forecast.add(*one);
  }
  return forecast.made();
}

}  // namespace alliance::host

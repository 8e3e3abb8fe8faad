// SPDX-License-Identifier: Apache-2.0
#include "timers.h"

#include <algorithm>
#include <set>
#include <tuple>

#include "../shared/tables.h"
#include "anchors.h"

namespace alliance::timing {
namespace {

using shared::each;
using shared::view;

// Time that counts already: spans in order, apart from each other.
class Cover {
 public:
  void take(Instant from, Instant until) {
    if (until <= from) return;
    auto first = std::lower_bound(spans_.begin(), spans_.end(), from,
                                  [](const Span& span, Instant at) { return span.until < at; });
    auto last = first;
    while (last != spans_.end() && last->from <= until) {
      from = std::min(from, last->from);
      until = std::max(until, last->until);
      ++last;
    }
    spans_.insert(spans_.erase(first, last), Span{from, until});
  }
  Instant free(Instant from, Instant until) const {
    Instant left = std::max<Instant>(0, until - from);
    for (auto span = std::lower_bound(spans_.begin(), spans_.end(), from,
                                      [](const Span& one, Instant at) { return one.until < at; });
         span != spans_.end() && span->from < until; ++span) {
      left -= std::min(span->until, until) - std::max(span->from, from);
    }
    return left;
  }

 private:
  struct Span {
    Instant from, until;
  };
  std::vector<Span> spans_;
};

struct Run {
  Instant from, until;
  std::string_view id, stream;
  const fb::Timer* own;  // null: another case's
};

double in_minutes(Instant length) { return static_cast<double>(length) / static_cast<double>(minute); }

// What a corrected timer takes is as long as it was said to be, and within the time that it ran if that is known.
Instant taken_until(const fb::Timer& timer) {
  if (!timer.corrected()) return timer.stopped();
  const Instant said = timer.started() + static_cast<Instant>(*timer.corrected() * static_cast<double>(minute));
  return timer.stopped() == 0 ? said : std::clamp(timer.stopped(), timer.started(), said);
}

}  // namespace

Timers timers(const fb::Case& state, Instant longest, Instant now) {
  Timers found;
  Cover own, all;
  std::set<std::uint16_t> held;
  for (const fb::Session* session : each(state.sessions())) {
    if (session->state() != fb::SessionState::held) continue;
    if (session->number() != 0) held.insert(session->number());
    own.take(session->starts(), end_of(*session));
    all.take(session->starts(), end_of(*session));
  }
  std::vector<Run> runs;
  for (const fb::Timer* timer : each(state.timers())) {
    if (timer->started() == 0 || timer->started() > now) continue;
    if (timer->work() == fb::Work::in_person && held.count(timer->session()) != 0) continue;
    const bool stopped = timer->stopped() != 0 && timer->stopped() <= now;
    if (!timer->corrected() && (stopped ? timer->stopped() : now) - timer->started() > longest) {
      found.forgotten.emplace_back(view(timer->timer()));
    } else if (stopped || timer->corrected()) {
      runs.push_back({timer->started(), taken_until(*timer), view(timer->timer()), view(state.id()), timer});
    }
  }
  for (const fb::Busy* busy : each(state.busy())) {
    if (busy->session()) {
      all.take(busy->from(), busy->until());
    } else if (busy->sure() || busy->until() - busy->from() <= longest) {
      runs.push_back({busy->from(), busy->until(), view(busy->timer()), view(busy->stream()), nullptr});
    }
  }
  std::sort(runs.begin(), runs.end(), [](const Run& a, const Run& b) {
    return std::tie(a.from, a.id, a.stream) < std::tie(b.from, b.id, b.stream);
  });
  for (const Run& run : runs) {
    if (!run.own) {
      all.take(run.from, run.until);
      continue;
    }
    if (run.own->corrected()) {
      found.counted.push_back({run.own->work(), *run.own->corrected(), std::max(run.from, run.own->stopped())});
    } else {
      const Instant counts = all.free(run.from, run.until);
      found.elsewhere += in_minutes(own.free(run.from, run.until) - counts);
      if (counts > 0) found.counted.push_back({run.own->work(), in_minutes(counts), run.until});
    }
    own.take(run.from, run.until);
    all.take(run.from, run.until);
  }
  return found;
}

}  // namespace alliance::timing

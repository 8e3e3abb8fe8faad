// SPDX-License-Identifier: Apache-2.0
#include "windows.h"

#include <algorithm>
#include <tuple>

#include "../shared/tables.h"

namespace alliance::timing {
namespace {

using shared::each;

void merge(std::vector<Span>& spans) {
  std::sort(spans.begin(), spans.end(),
            [](const Span& a, const Span& b) { return std::tie(a.from, a.until) < std::tie(b.from, b.until); });
  std::vector<Span> apart;
  for (const Span& span : spans) {
    if (span.until <= span.from) continue;
    if (!apart.empty() && span.from <= apart.back().until) {
      apart.back().until = std::max(apart.back().until, span.until);
    } else {
      apart.push_back(span);
    }
  }
  spans = std::move(apart);
}

// `length` after `from` on a clock that stands still while the client is away.
Instant after(Instant from, Instant length, const std::vector<Span>& away) {
  Instant end = from + length;
  for (const Span& span : away) {
    if (span.until <= from || span.from >= end) continue;
    end += span.until - std::max(span.from, from);
  }
  return end;
}

}  // namespace

std::vector<Span> unasked(const fb::Case& state) {
  std::vector<Span> off;
  Instant enrolled = state.consents() && state.consents()->size() > 0 ? 0 : state.consent_given();
  Instant since = never;  // of the withdrawal that holds
  for (const fb::ConsentChange* change : each(state.consents())) {
    if (change->given()) {
      if (enrolled == 0) enrolled = change->time();
      if (since != never) off.push_back({since, change->time()});
      since = never;
    } else if (since == never) {
      since = change->time();
    }
  }
  if (!state.consents() && state.consent_withdrawn() != 0) {
    const bool again = state.consent_given() > state.consent_withdrawn();
    if (again) {
      enrolled = 0;
      off.push_back({state.consent_withdrawn(), state.consent_given()});
    } else {
      since = state.consent_withdrawn();
    }
  }
  if (since != never) off.push_back({since, never});
  if (enrolled != 0) off.push_back({-1, enrolled});
  if (state.closed() != 0) off.push_back({state.closed(), never});
  merge(off);
  return off;
}

std::vector<Span> absences(const fb::Case& state) {
  std::vector<Span> away;
  for (const fb::Leave* leave : each(state.leave())) {
    if (leave->from() < leave->until()) away.push_back({leave->from(), leave->until()});
  }
  merge(away);
  return away;
}

bool set_window(fb::OccasionT& occasion, const Anchored& anchor, const fb::ScheduleRuleT& rule, bool repeats,
                const std::vector<Span>& off, const std::vector<Span>& away, const Zone& zone) {
  const auto mode = rule.absence != fb::Absence::unset ? rule.absence
                    : repeats                          ? fb::Absence::falls_away
                                                       : fb::Absence::waits;
  static const std::vector<Span> nowhere;
  const auto& stops = mode == fb::Absence::waits ? away : nowhere;
  occasion.due = anchor.due;
  occasion.opens = anchor.due - rule.opens_hours * hour;
  const auto in = std::find_if(away.begin(), away.end(),
                               [&](const Span& span) { return span.from <= anchor.due && anchor.due < span.until; });
  if (in != away.end() && mode == fb::Absence::falls_away) occasion.gives_way = "absence";
  if (in != away.end() && mode == fb::Absence::waits) {
    occasion.due = rule.due_local.empty() ? in->until : zone.next(in->until, clock_minutes(rule.due_local));
    occasion.reason += " It waited for the end of an absence.";
  }
  const auto closing = [&] {
    occasion.closes = after(occasion.due, rule.expires_hours * hour, stops);
    occasion.expires = after(occasion.due, (rule.expires_hours + rule.grace_hours) * hour, stops);
  };
  closing();
  for (const Span& span : off) {
    if (occasion.opens <= span.from || occasion.opens >= span.until) continue;
    if (occasion.expires <= span.until) return false;
    occasion.opens = span.until;
    if (occasion.due < span.until) {
      occasion.due = span.until;
      occasion.reason += " Nothing could be asked before.";
    }
  }
  // What is asked late ends when it would have ended, so its steps do not pass its end.
  occasion.overdue = std::min(after(occasion.due, rule.overdue_hours * hour, stops), occasion.expires);
  for (const std::uint32_t hours : rule.reminders_hours) {
    const Instant at = after(occasion.due, hours * hour, stops);
    if (at < occasion.closes) occasion.reminders.push_back(at);
  }
  return true;
}

bool cancelled(const fb::OccasionT& occasion, const std::vector<Span>& off, Instant now) {
  return std::any_of(off.begin(), off.end(), [&](const Span& span) {
    const bool within = span.from >= occasion.opens && span.from < occasion.expires;
    return within && now >= span.from && (now < span.until || span.until >= occasion.expires);
  });
}

}  // namespace alliance::timing

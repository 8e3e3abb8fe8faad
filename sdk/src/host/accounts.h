// SPDX-License-Identifier: Apache-2.0
// A stream's time account as it is kept beside its last event, and what it adds to sums over streams. Pure. [F1, B1]
#pragma once

#include <alliance_schema/time_generated.h>

#include <cstdint>
#include <vector>

#include "store/store.h"

namespace alliance::host {

// Whole numbers, so that a sum is the same in whatever order it was made. Minutes are kept in milliseconds.
// What is there per kind of work stands `work_kinds` long, in the order of Work without `unset`.
inline constexpr std::size_t work_kinds = static_cast<std::size_t>(fb::Work::training);
namespace figure {
enum Figure : std::size_t {
  cases,
  open_cases,
  sessions_planned,
  sessions_held,
  modules_planned,
  modules_reviewed,
  waiting_reviews,
  foretold,  // cases of which a spread is known
  forecast,
  forecast_variance,  // minutes squared, times a million
  planned,
  booked = planned + work_kinds,
  used = booked + work_kinds,
  remaining = used + work_kinds,
  people = remaining + work_kinds,  // of each of the four: for how many cases there is any
  count = people + 4 * work_kinds
};
}  // namespace figure
using Figures = std::vector<std::int64_t>;  // figure::count long

inline constexpr std::int64_t one_day = INT64_C(86'400'000'000);
inline constexpr double milliseconds = 60'000;       // in a minute
inline constexpr const char* figures_version = "1";  // changes with the meaning of a figure: all are then made anew

// `account` as the policy made it. What depends on the day is left out, so that days that pass change nothing.
fb::CaseTimeT case_time(const fb::CaseT& state, const fb::TimeAccountT& account);
Figures figures_of(const fb::CaseTimeT& time);
// Observed cases and practice clients are part of no figure.
bool in_figures(const fb::CaseTimeT& time);
store::Account kept(const fb::CaseTimeT& time);

// When the practitioner's time was counted by this stream: sessions held, and timers that ended.
store::SpansOf spans_of(const fb::CaseT& state);
// From the first begin to the last end of this stream's own timers; 0 and 0 where there are none.
store::Span timers_of(const fb::CaseT& state);

}  // namespace alliance::host

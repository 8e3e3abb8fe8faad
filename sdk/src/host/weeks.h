// SPDX-License-Identifier: Apache-2.0
// A practitioner's weeks to come, if nothing changes: what they need, what there is, and what could move. Pure. [B1]
//
// needed    what is booked in the week, and what the plans still need and is not booked, spread evenly over the
//           working time that is left until each plan ends; where a plan is past its end, at the pace that it had.
//           Of what belongs to no case, the mean of the last eight weeks.
// capacity  the contracted minutes, by working days (Monday to Friday) without leave
// The week that has begun counts from now on. Of a case without an end only bookings are foreseen.
#pragma once

#include <alliance_schema/time_generated.h>

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace alliance::host {

inline constexpr std::uint32_t most_weeks_ahead = 104;
inline constexpr std::uint32_t usual_weeks_ahead = 12;

struct Ahead {
  std::int64_t now = 0;
  std::uint32_t weeks = 0;
  std::string zone;  // IANA; empty: UTC
};

struct Load {
  std::vector<std::unique_ptr<fb::WeekLoadT>> weeks;
  std::vector<std::uint32_t> clients;  // per week, how many cases need something in it
  std::uint32_t without_end = 0;       // cases of which only bookings are foreseen
};

// `cases` of one practitioner; closed ones are passed over. `own` may be null: nothing is known of capacity and leave.
Load weeks_ahead(const Ahead& ahead, std::span<const fb::CaseTimeT* const> cases, const fb::CaseTimeT* own);

}  // namespace alliance::host

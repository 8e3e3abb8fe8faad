// SPDX-License-Identifier: Apache-2.0
// From a policy's plan to what has to be reported now. Pure: no clock, no I/O.
#pragma once

#include <alliance_schema/case_generated.h>
#include <alliance_schema/instrument_generated.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "common/result.h"

namespace alliance::timing {

// What changed between the occasions that the case remembers (those that were asked for) and the plan of now:
//   became due, overdue or expired    each once; only the state of now counts, so what went from planned to overdue
//                                     between two looks is overdue and not due as well
//   reminded                          a reminder's time has come while it is due or overdue
//   answered                          also after it expired: the answer was given in time and arrived late
//   cancelled                         what was asked for is asked for no longer: the case or the consent ended, it
//                                     gives way, its session was cancelled or moved to later, or its rule is gone
// What was cancelled can fall due again, in a new round. What was answered stays so, unless its time moved to later.
struct Transition {
  enum class To { due, overdue, expired, reminded, answered, cancelled };
  To to = To::due;
  fb::OccasionT occasion;
  std::uint16_t round = 0;  // 0: the first time that it is asked for
};
std::vector<Transition> transitions(const fb::CaseT& before, const fb::PlanT& plan);

// Ranges that the Verifier does not look at: windows in order, known states, keys not repeated.
Result<void> check(const fb::PlanT& plan);
Result<void> check(const fb::TimeAccountT& account);

// Who plays a role: the first of `prefer` that can, else the first by id, each in its newest version. Before the id
// counts, who yields to another that can (`yields_to`) comes later, and so does an unverified key that was accepted.
// Null when nobody can: who may not score cannot.
const fb::InstrumentT* player(const std::vector<std::unique_ptr<fb::InstrumentT>>& instruments,
                              const std::vector<std::string>& prefer, const std::string& role, fb::Rater rater,
                              fb::Target target);

}  // namespace alliance::timing

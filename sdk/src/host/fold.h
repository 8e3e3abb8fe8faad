// SPDX-License-Identifier: Apache-2.0
// A case is the fold of its events and of the reports that followed from them. Pure, and total: what passed
// check() can always be folded, so a log can always be replayed.
#pragma once

#include <alliance_schema/case_generated.h>

#include <cstdint>

#include "common/result.h"

namespace alliance::host {

// From 2000 to 2099. What somebody gives in milliseconds lies before, and would be taken for a day in 1970.
bool is_instant(std::int64_t time);
// A name of this machine's database of time zones.
bool is_zone(const std::string& name);
// What the schema does not say about an event by itself: ids, ranges, who it is about.
Result<void> check(const fb::EventT& event);
Result<void> check(const fb::AnswersGivenT& answers);
// What only the case can tell: is it open, does the proposal or the flag exist.
Result<void> check(const fb::EventT& event, const fb::CaseT& state);

void fold(fb::CaseT& state, const fb::EventT& event);
void fold(fb::CaseT& state, const fb::ReportT& report, std::int64_t time);

// "case" for a client's stream, or "practitioner/ID" for what belongs to no case. Empty: it names neither as check()
// would have it.
std::string stream_of(const fb::Event& event);

// Whether its source took the event back; it may not have arrived yet.
bool taken_back(const fb::CaseT& state, const std::string& event);

// A decision may name its proposal by id or by key, an acknowledgement its flag by id.
fb::ProposalRecordT* find_proposal(const fb::CaseT& state, const std::string& id_or_key);
// The practitioner's own, by the event that told of it.
fb::OwnAdaptationT* find_own_adaptation(const fb::CaseT& state, const std::string& event);
fb::OccasionRecordT* find_occasion(const fb::CaseT& state, const std::string& key);
fb::FlagRecordT* find_flag(const fb::CaseT& state, const std::string& id);

}  // namespace alliance::host

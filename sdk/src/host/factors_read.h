// SPDX-License-Identifier: Apache-2.0
// One function per indicator: streams in, a reading out.
#pragma once

#include "host/factors.h"

namespace alliance::host::indicators::read {

// F1, B1: time
Reading minutes_per_week(Streams, std::int64_t as_of);
Reading minutes_in_sessions(Streams, std::int64_t as_of);
Reading minutes_online(Streams, std::int64_t as_of);
Reading minutes_planned(Streams, std::int64_t as_of);
Reading days_since_contact(Streams, std::int64_t as_of);
Reading minutes_remaining(Streams, std::int64_t as_of);
Reading used_of_planned(Streams, std::int64_t as_of);
Reading unreviewed(Streams, std::int64_t as_of);
Reading oldest_unreviewed(Streams, std::int64_t as_of);
Reading minutes_last_week(Streams, std::int64_t as_of);
Reading capacity_used(Streams, std::int64_t as_of);

// F2, F3, B3: the programme and what was made of it
Reading tools_used(Streams, std::int64_t as_of);
Reading online_work_discussed(Streams, std::int64_t as_of);
Reading adaptations(Streams, std::int64_t as_of);
Reading on_default_path(Streams, std::int64_t as_of);
Reading irrelevant(Streams, std::int64_t as_of);
Reading changes_refused(Streams, std::int64_t as_of);
Reading stuck(Streams, std::int64_t as_of);

// F3, B2: what was answered
Reading agreement_on_tasks(Streams, std::int64_t as_of);
Reading usability_of_client(Streams, std::int64_t as_of);
Reading usability_of_practitioner(Streams, std::int64_t as_of);

// F4, B2, B4: people
Reading days_since_training(Streams, std::int64_t as_of);
Reading hours_to_resolve(Streams, std::int64_t as_of);
Reading open_requests(Streams, std::int64_t as_of);
Reading supervision_held(Streams, std::int64_t as_of);
Reading onboarding_steps(Streams, std::int64_t as_of);
Reading training_left(Streams, std::int64_t as_of);
Reading training_gap(Streams, std::int64_t as_of);
Reading fallbacks_offered(Streams, std::int64_t as_of);
Reading usability_difficulties(Streams, std::int64_t as_of);
Reading technical_difficulties(Streams, std::int64_t as_of);
Reading login_difficulties(Streams, std::int64_t as_of);
Reading error_free(Streams, std::int64_t as_of);
Reading confidence_latest(Streams, std::int64_t as_of);
Reading confidence_change(Streams, std::int64_t as_of);
Reading nudges_taken(Streams, std::int64_t as_of);

// Shared: instants far apart must not overflow, and what lies ahead is 0 away.
inline constexpr double microseconds_per_hour = 3.6e9;
inline constexpr double microseconds_per_day = 24 * microseconds_per_hour;
double days_between(std::int64_t from, std::int64_t to);
// A closed case is read as at its closing.
std::int64_t end_of(const fb::CaseT& state, std::int64_t as_of);
Reading nothing(std::string why);
bool blended(const fb::CaseT& state);  // there is a digital programme in it
// "2 components", "1 component"
std::string count_of(std::size_t count, const char* thing);

}  // namespace alliance::host::indicators::read

// SPDX-License-Identifier: Apache-2.0
// Names for readers: factors, roles, states, numbers and dates. Not one of them is an instrument's text.
#pragma once

#include <alliance_schema/review_generated.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "sidecar/words.h"

namespace alliance::tools::review {

using sidecar::Words;
inline const Words in_english;

inline constexpr std::string_view not_validated =
    "The indicators and signals are the SDK's own, inspired by Doukani et al. 2022 (doi 10.1192/bjo.2022.546). "
    "They are not validated. A signal is a reason to ask the client, never a verdict and never a rating of a "
    "practitioner.";

std::string number(double value, int decimals = 1);                         // "12.5", "12", never "12.0"
std::string day(std::int64_t instant, const Words& words = in_english);     // "3 Mar 2026" in UTC; "" for 0
std::string moment(std::int64_t instant, const Words& words = in_english);  // "3 Mar 2026 14:05 UTC"; "" for 0

std::string_view factor_code(fb::Factor factor);  // "F1"
std::string_view factor_name(fb::Factor factor);  // what helps or hinders
bool helps(fb::Factor factor);
std::string role_name(std::string_view role, const Words& words = in_english);  // "alliance.total" -> "Alliance, total"
std::string_view name(fb::Rater rater);
std::string_view name(fb::Work work);
std::string_view name(fb::SignalKind kind);
std::string_view name(fb::Decision decision);
std::string_view name(fb::ActionKind kind);
std::string_view name(fb::Audience audience);
std::string_view name(fb::Delivery delivery);
std::string_view name(fb::SafetyState state);

}  // namespace alliance::tools::review

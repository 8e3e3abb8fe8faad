// SPDX-License-Identifier: Apache-2.0
// The IRIs that the adapter knows. docs/xapi.md says what each is taken for.
#pragma once

#define ALLIANCE_XAPI "https://alliance-sdk.org/xapi/"

namespace alliance::xapi {

inline constexpr const char* voided = "http://adlnet.gov/expapi/verbs/voided";
inline constexpr const char* progress = "https://w3id.org/xapi/cmi5/result/extensions/progress";

// Our own, for what no vocabulary has.
inline constexpr const char* met_difficulty = ALLIANCE_XAPI "verbs/met-difficulty";
inline constexpr const char* found_irrelevant = ALLIANCE_XAPI "verbs/found-irrelevant";
inline constexpr const char* skipped = ALLIANCE_XAPI "verbs/skipped";
inline constexpr const char* added = ALLIANCE_XAPI "verbs/added";
inline constexpr const char* reordered = ALLIANCE_XAPI "verbs/reordered";
inline constexpr const char* difficulty_kind = ALLIANCE_XAPI "extensions/difficulty-kind";
inline constexpr const char* difficulty_code = ALLIANCE_XAPI "extensions/difficulty-code";
inline constexpr const char* sender = ALLIANCE_XAPI "extensions/sender";
inline constexpr const char* replacement = ALLIANCE_XAPI "extensions/replacement";
inline constexpr const char* before = ALLIANCE_XAPI "extensions/before";
inline constexpr const char* proposal_key = ALLIANCE_XAPI "extensions/proposal";
inline constexpr const char* reverts = ALLIANCE_XAPI "extensions/reverts";

}  // namespace alliance::xapi

// SPDX-License-Identifier: Apache-2.0
// What the checker hands to plugins that are given bytes. Nobody's data: made up for this.
#pragma once

namespace alliance::check {

extern const char* const case_json;       // Case: seven days old, with a session, a component, scores and minutes
extern const char* const programme_json;  // Programme: three components
extern const char* const proposals_json;  // Proposals: one, to skip a component
extern const char* const payload_text;  // what a programme might export: a line of JSON, one that is none, an empty one

}  // namespace alliance::check

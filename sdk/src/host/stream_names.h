// SPDX-License-Identifier: Apache-2.0
// What streams are called: a case by its own id, and these.
#pragma once

#include <string>
#include <string_view>

namespace alliance::host {

// Of the host itself: that time has passed. The store takes what begins so for no case and no practitioner.
inline constexpr const char* time_stream = "host/time";

// Of a practitioner, for what belongs to no case: this and the practitioner's id.
inline constexpr std::string_view practitioner_prefix = "practitioner/";

inline bool of_practitioner(std::string_view stream) { return stream.starts_with(practitioner_prefix); }
inline std::string stream_of_practitioner(std::string_view id) { return std::string(practitioner_prefix).append(id); }

}  // namespace alliance::host

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace alliance::jsonl {

// How every line begins: by this a torn line of ours is told from somebody else's text.
inline constexpr std::string_view beginning = "{\"id\":\"";

struct Line {
  std::string_view id, tenant, case_id, kind;
  std::int64_t epoch;
  std::uint64_t sequence;
  std::int64_t time;
  std::string_view report;  // a Report as JSON
};

// The line that `alliance listen` prints, with its break: id, tenant, case, epoch, seq, time, kind, payload.
void append(std::string& out, const Line& line);

}  // namespace alliance::jsonl

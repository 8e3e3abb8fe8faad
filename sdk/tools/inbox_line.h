// SPDX-License-Identifier: Apache-2.0
// A report as the one line of JSON that `alliance listen` prints.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace alliance::tools {

struct InboxReport {
  std::string id, tenant, case_id, kind;
  std::int64_t epoch = 0;
  std::uint64_t sequence = 0;
  std::int64_t time = 0;
  std::span<const std::uint8_t> report;  // verified bytes of a Report
};

// With its line break. `payload` is the report's body; null, and `why` says so, when this version has no word
// for it, which is so when the sender is newer.
std::string inbox_line(const InboxReport& report, std::string& why);

// A member's text as it stands in a JSON object, so that numbers keep their form; empty when it is not there.
std::string_view json_member(std::string_view object, std::string_view name);

}  // namespace alliance::tools

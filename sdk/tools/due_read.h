// SPDX-License-Identifier: Apache-2.0
// Asks a host what is due in a case, through host.hpp alone; instants to and from text, in UTC.
#pragma once

#include <alliance_schema/review_generated.h>

#include <cstdint>
#include <optional>
#include <string>

#include "common/result.h"

namespace alliance {
class Host;
}

namespace alliance::tools::due {

struct Request {
  std::string store, tenant, config, plugins, case_id;
  std::int64_t at = 0;  // 0: now
  int role = 0;         // 0: as the case's own practitioner
  std::string viewer;
};

struct Answer {
  std::string json;
  fb::DueListT list;
};

// Nothing is recorded; the read is noted in the store's access log.
Result<Answer> ask(const Request& request);

// The practitioner of a case, by the list of cases; empty when there is no such case.
std::string practitioner_of(const Host& host, const std::string& case_id);

// "2026-03-01", "2026-03-01T09:30" or "2026-03-01T09:30:00", with or without a Z; without an hour the day's first
// instant.
std::optional<std::int64_t> instant_of(const std::string& text);
std::string day_of(std::int64_t instant);   // "2026-03-01"
std::string text_of(std::int64_t instant);  // "2026-03-01 09:30"

// What has become of it, in one word: planned, due, sent, shown, answered, expired or cancelled.
std::string stage_of(const fb::OccasionRecordT& record);

}  // namespace alliance::tools::due

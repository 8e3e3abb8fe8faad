// SPDX-License-Identifier: Apache-2.0
// A batch as lines of COPY's text format. Knows no database.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include <alliance/base.h>
#include <alliance/kinds.hpp>

namespace alliance::postgresql {

struct Row {
  std::string report;     // id
  std::string line;       // `columns`, without a break
  std::string tombstone;  // of which report, as a field; "\\N" for a report
  bool safety = false;
  bool for_the_first_time = true;  // it is a report, and was never sent under another number
};

inline constexpr const char* columns = "tenant, case_id, epoch, sequence, lane, id, kind, time, first_sequence, body";

// `body` makes JSON of a Report's bytes. Throws what it throws, and Error for what is no batch.
using Body = std::function<std::string(const Bytes& report)>;
std::vector<Row> rows_of(ByteView batch, const Body& body);

// "2023-11-14 22:13:20.000000+00". Throws for a year that PostgreSQL would write otherwise.
std::string timestamp(alliance_instant microseconds);

}  // namespace alliance::postgresql

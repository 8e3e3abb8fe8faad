// SPDX-License-Identifier: Apache-2.0
#include "rows.h"

#include <alliance_schema/envelope_generated.h>

#include <chrono>
#include <cstdio>

#include "../../shared/member.h"
#include "../../shared/tables.h"

namespace alliance::postgresql {
namespace {

void put(std::string& line, std::string_view text) {
  for (const char c : text) {
    switch (c) {
      case '\\':
        line += "\\\\";
        break;
      case '\n':
        line += "\\n";
        break;
      case '\r':
        line += "\\r";
        break;
      case '\t':
        line += "\\t";
        break;
      default:
        line += c;
    }
  }
}

}  // namespace

std::string timestamp(alliance_instant microseconds) {
  using namespace std::chrono;
  const sys_time<std::chrono::microseconds> instant{std::chrono::microseconds(microseconds)};
  const auto day = floor<days>(instant);
  const year_month_day date(day);
  const hh_mm_ss time(instant - day);
  if (microseconds < -62'135'596'800'000'000 || microseconds >= 253'402'300'800'000'000) {
    throw Error(ALLIANCE_E_BAD_INPUT, "a report's time is not between the years 1 and 9999");
  }
  char text[64];
  std::snprintf(text, sizeof text, "%04d-%02u-%02u %02d:%02d:%02d.%06d+00", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()),
                static_cast<int>(time.seconds().count()), static_cast<int>(time.subseconds().count()));
  return text;
}

std::vector<Row> rows_of(ByteView bytes, const Body& body) {
  const shared::Verified<fb::Batch> batch(bytes.data(), bytes.size(), fb::BatchIdentifier(), "batch");
  std::vector<Row> rows;
  rows.reserve(batch->envelopes()->size());
  for (const auto* envelope : *batch->envelopes()) {
    if (envelope->sequence() > INT64_MAX || envelope->first_sequence() > INT64_MAX) {
      throw Error(ALLIANCE_E_BAD_INPUT, "a report has a sequence number out of range");
    }
    Row row{envelope->id()->str(), {}, "\\N", envelope->lane() == fb::Lane::safety, true};
    auto& line = row.line;
    put(line, envelope->tenant()->string_view());
    line += '\t';
    put(line, envelope->case_()->string_view());
    line += '\t' + std::to_string(envelope->epoch()) + '\t' + std::to_string(envelope->sequence()) + '\t' +
            std::to_string(static_cast<int>(envelope->lane())) + '\t';
    put(line, envelope->id()->string_view());
    line += '\t';
    put(line, envelope->kind()->string_view());
    line += '\t' + timestamp(envelope->time()) + '\t';
    line += envelope->first_sequence() > 0 ? std::to_string(envelope->first_sequence()) : "\\N";
    line += '\t';
    const auto* gone = envelope->tombstone_of();
    row.for_the_first_time = gone == nullptr && envelope->first_sequence() == 0;
    if (gone != nullptr) row.tombstone.clear(), put(row.tombstone, gone->string_view());
    const auto* payload = envelope->payload();
    if (payload->size() == 0) {
      line += "\\N";
    } else {
      put(line, shared::member(body(Bytes(payload->begin(), payload->end())), "body"));
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace alliance::postgresql

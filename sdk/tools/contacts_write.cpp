// SPDX-License-Identifier: Apache-2.0
#include "contacts_write.h"

#include <array>
#include <cstdio>

#include "due_read.h"
#include "written.h"

namespace alliance::tools::contacts {
namespace {

std::string in_utc(std::int64_t instant) {
  constexpr std::int64_t second = 1'000'000, day = 86'400 * second;
  const std::int64_t clock = instant % day / second;
  std::array<char, 16> text{};
  std::snprintf(text.data(), text.size(), "T%02u:%02u:%02uZ", static_cast<unsigned>(clock / 3600) % 24u,
                static_cast<unsigned>(clock / 60 % 60), static_cast<unsigned>(clock % 60));
  return due::day_of(instant) + text.data();
}

}  // namespace

std::string written(const std::vector<calendar::Item>& entries, std::int64_t now) {
  std::string text = "id,kind,case,session,review,mode,start,end,changed\n";
  for (const auto& entry : entries) {
    const auto& labels = entry.labels;
    bool first = true;
    for (const std::string& cell : {entry.uid, labels.kind, labels.case_id, labels.session, labels.review, labels.mode,
                                    in_utc(entry.from), in_utc(entry.until), in_utc(now)}) {
      text += (first ? "" : ",") + written::csv_cell(cell);
      first = false;
    }
    text += "\n";
  }
  return text;
}

}  // namespace alliance::tools::contacts

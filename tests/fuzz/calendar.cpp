// SPDX-License-Identifier: Apache-2.0
// A calendar from anywhere, read twice: it comes out the same, and each appointment can be said.
#include <string_view>

#include "calendar_read.h"
#include "require.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace calendar = alliance::tools::calendar;
  namespace appointments = alliance::tools::appointments;
  using alliance::fuzz::require;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  calendar::Reading how;
  how.zone = "Europe/London";
  how.from = INT64_C(1'700'000'000'000'000);
  how.until = INT64_C(1'800'000'000'000'000);
  how.everything = true;
  const auto read = calendar::read(text, how);
  const auto again = calendar::read(text, how);
  require(static_cast<bool>(read) == static_cast<bool>(again), "what is read once is read twice");
  if (!read) {
    require(!read.error().message.empty(), "a refusal says why");
    return 0;
  }
  require(read->found.size() == again->found.size() && read->faults.size() == again->faults.size(),
          "twice is the same");
  for (const auto& one : read->found) {
    require(!one.uid.empty() && one.line > 0, "an appointment can be told again");
    require(one.from < how.until, "nothing beyond the time asked for");
  }
  for (const auto& fault : read->faults) require(fault.line > 0 && !fault.sentence.empty(), "a fault has its place");
  appointments::Terms terms;
  terms.now = INT64_C(1'750'000'000'000'000);
  terms.practitioner = "p";
  const auto made = appointments::events_of(read->found, terms);
  const auto twice = appointments::events_of(again->found, terms);
  require(made.statements.size() == twice.statements.size(), "the same events");
  for (std::size_t i = 0; i < made.statements.size(); ++i) {
    require(made.statements[i].event->id == twice.statements[i].event->id, "under the same ids");
    require(!appointments::shown(made.statements[i]).empty(), "each can be shown");
  }
  return 0;
}

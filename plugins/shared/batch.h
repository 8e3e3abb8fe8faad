// SPDX-License-Identifier: Apache-2.0
// What an adapter makes of one payload: events once by id, and a sentence for each record that is none. Pure.
#pragma once

#include <alliance_schema/event_generated.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace alliance::shared {

inline constexpr std::size_t most_payload = 16u << 20;  // bytes; a larger export is handed over in parts
inline constexpr std::size_t most_events = 25'000;      // of one payload
inline constexpr std::size_t most_unmapped = 10'000;    // named one by one; the rest is counted

// Throws alliance::Error (ALLIANCE_E_LIMIT).
void check_size(std::string_view payload);

class Batch {
 public:
  // Of two with one id the first counts; that they are about two people is listed. Throws alliance::Error
  // (ALLIANCE_E_LIMIT) past the limit.
  void add(std::uint32_t line, std::unique_ptr<fb::EventT> event);
  void no(std::uint32_t line, std::string reason);
  void need(std::uint32_t line, std::string url, std::string reason, const fb::TraceT& trace);
  // The event goes, if it is here; the host is told, for it may have been recorded. `by` names the taking back.
  void take_back(std::uint32_t line, const std::string& event, const std::string& by, std::int64_t time);
  bool has(const std::string& event) const { return seen_.contains(event); }

  fb::EventBatchT finish();

 private:
  std::vector<std::unique_ptr<fb::EventT>> events_;
  std::unordered_map<std::string, std::size_t> seen_;
  fb::EventBatchT made_;
};

}  // namespace alliance::shared

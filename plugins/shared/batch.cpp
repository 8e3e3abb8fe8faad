// SPDX-License-Identifier: Apache-2.0
#include "batch.h"

#include <alliance/base.h>

#include <algorithm>
#include <alliance/error.hpp>

namespace alliance::shared {
namespace {

void count_the_rest(std::vector<std::unique_ptr<fb::UnmappedT>>& unmapped) {
  if (unmapped.size() <= most_unmapped) return;
  const std::size_t rest = unmapped.size() - most_unmapped;
  auto made = std::make_unique<fb::UnmappedT>();
  made->line = unmapped[most_unmapped]->line;
  made->reason = "from this line on " + std::to_string(rest) + " more records could not be mapped";
  unmapped.resize(most_unmapped);
  unmapped.push_back(std::move(made));
}

void limit(std::size_t number, std::uint32_t line, const char* what) {
  if (number < most_events) return;
  throw Error(ALLIANCE_E_LIMIT, "the payload holds more than " + std::to_string(most_events) + " " + what + " (line " +
                                    std::to_string(line) + "): hand it over in parts");
}

}  // namespace

void check_size(std::string_view payload) {
  if (payload.size() <= most_payload) return;
  throw Error(ALLIANCE_E_LIMIT, "the payload has " + std::to_string(payload.size()) + " bytes, at most " +
                                    std::to_string(most_payload) + " are taken: hand it over in parts");
}

void Batch::add(std::uint32_t line, std::unique_ptr<fb::EventT> event) {
  if (const auto found = seen_.find(event->id); found != seen_.end()) {
    if (events_[found->second]->case_ != event->case_) {
      no(line, "its id was used before in this payload, about somebody else: the first counts");
    }
    return;
  }
  limit(events_.size(), line, "records");
  seen_.emplace(event->id, events_.size());
  events_.push_back(std::move(event));
}

void Batch::no(std::uint32_t line, std::string reason) {
  auto made = std::make_unique<fb::UnmappedT>();
  made->line = line;
  made->reason = std::move(reason);
  made_.unmapped.push_back(std::move(made));
}

void Batch::need(std::uint32_t line, std::string url, std::string reason, const fb::TraceT& trace) {
  limit(made_.needs.size(), line, "things to fetch");
  auto made = std::make_unique<fb::NeedT>();
  made->line = line;
  made->url = std::move(url);
  made->reason = std::move(reason);
  made->trace = std::make_unique<fb::TraceT>(trace);
  made_.needs.push_back(std::move(made));
}

void Batch::take_back(std::uint32_t line, const std::string& event, const std::string& by, std::int64_t time) {
  limit(made_.taken_back.size(), line, "statements that take others back");
  auto made = std::make_unique<fb::TakenBackT>();
  made->line = line;
  made->event = event;
  made->by = by;
  made->time = time;
  made_.taken_back.push_back(std::move(made));
}

fb::EventBatchT Batch::finish() {
  for (const auto& one : made_.taken_back) {
    if (const auto found = seen_.find(one->event); found != seen_.end()) events_[found->second].reset();
  }
  std::erase(events_, nullptr);
  made_.events = std::move(events_);
  std::stable_sort(made_.unmapped.begin(), made_.unmapped.end(),
                   [](const auto& a, const auto& b) { return a->line < b->line; });
  count_the_rest(made_.unmapped);
  return std::move(made_);
}

}  // namespace alliance::shared

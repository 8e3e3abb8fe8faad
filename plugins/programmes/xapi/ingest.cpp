// SPDX-License-Identifier: Apache-2.0
#include "ingest.h"

#include <alliance/base.h>

#include <algorithm>
#include <alliance/error.hpp>
#include <unordered_map>
#include <vector>

#include "records.h"
#include "statement.h"

namespace alliance::xapi {
namespace {

struct Place {
  std::size_t index;
  std::uint32_t line;
};

struct Batch {
  std::vector<std::unique_ptr<fb::EventT>> events;  // a null: it was voided
  std::vector<std::unique_ptr<fb::UnmappedT>> unmapped;
  std::unordered_map<std::string, Place> seen;  // statements by id; what made no event has no index
  std::vector<std::pair<std::uint32_t, std::string>> voids;

  static constexpr std::size_t none = static_cast<std::size_t>(-1);

  void no(std::uint32_t line, std::string reason) {
    auto made = std::make_unique<fb::UnmappedT>();
    made->line = line;
    made->reason = std::move(reason);
    unmapped.push_back(std::move(made));
  }
  // False for an id that came before: a repeat changes nothing.
  bool first(const std::string& id, std::size_t index, std::uint32_t line) {
    return seen.emplace(id, Place{index, line}).second;
  }

  void add(std::uint32_t line, Statement statement) {
    if (auto* unusable = std::get_if<Unusable>(&statement)) {
      no(line, std::move(unusable->reason));
    } else if (auto* unmappable = std::get_if<Unmappable>(&statement)) {
      if (first(unmappable->id, none, line)) no(line, std::move(unmappable->reason));
    } else if (auto* voiding = std::get_if<Voiding>(&statement)) {
      if (first(voiding->id, none, line)) voids.emplace_back(line, std::move(voiding->voids));
    } else if (auto* usable = std::get_if<Usable>(&statement)) {
      if (!first(usable->id, events.size(), line)) return;
      if (events.size() == most_events) {
        throw Error(ALLIANCE_E_LIMIT, "the payload holds more than " + std::to_string(most_events) +
                                          " statements (line " + std::to_string(line) + "): hand it over in parts");
      }
      events.push_back(std::move(usable->event));
    }
  }

  void carry_out_voids() {
    for (auto& [line, id] : voids) {
      const auto found = seen.find(id);
      if (found == seen.end()) {
        no(line, "it voids a statement that is not in this payload; take that event back by hand if it was recorded");
      } else if (found->second.index != none) {
        events[found->second.index].reset();
      }
    }
  }
};

void count_the_rest(std::vector<std::unique_ptr<fb::UnmappedT>>& unmapped) {
  if (unmapped.size() <= most_unmapped) return;
  const std::size_t rest = unmapped.size() - most_unmapped;
  auto made = std::make_unique<fb::UnmappedT>();
  made->line = unmapped[most_unmapped]->line;
  made->reason = "from this line on " + std::to_string(rest) + " more records could not be mapped";
  unmapped.resize(most_unmapped);
  unmapped.push_back(std::move(made));
}

}  // namespace

fb::EventBatchT ingest(std::string_view payload) {
  if (payload.size() > most_payload) {
    throw Error(ALLIANCE_E_LIMIT, "the payload has " + std::to_string(payload.size()) + " bytes, at most " +
                                      std::to_string(most_payload) + " are taken: hand it over in parts");
  }
  Batch batch;
  for (const Record& record : records(payload)) batch.add(record.line, read(record.text));
  batch.carry_out_voids();
  batch.events.erase(std::remove(batch.events.begin(), batch.events.end(), nullptr), batch.events.end());
  std::stable_sort(batch.unmapped.begin(), batch.unmapped.end(),
                   [](const auto& a, const auto& b) { return a->line < b->line; });
  count_the_rest(batch.unmapped);
  fb::EventBatchT made;
  made.events = std::move(batch.events);
  made.unmapped = std::move(batch.unmapped);
  return made;
}

}  // namespace alliance::xapi

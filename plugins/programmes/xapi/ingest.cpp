// SPDX-License-Identifier: Apache-2.0
#include "ingest.h"

#include <boost/json/parse.hpp>
#include <functional>
#include <set>
#include <unordered_map>

#include "../../shared/batch.h"
#include "../../shared/records.h"
#include "statement.h"

namespace alliance::xapi {
namespace {

std::size_t hash_of(const fb::EventT& event) {
  flatbuffers::FlatBufferBuilder builder(512);
  builder.Finish(fb::Event::Pack(builder, &event));
  return std::hash<std::string_view>()({reinterpret_cast<const char*>(builder.GetBufferPointer()), builder.GetSize()});
}

// The address of an answer's next page; empty where it says that there is none, or nothing that is an address.
std::string next_page(std::string_view payload) {
  const std::string_view quoted = shared::text_beside(payload, "more");
  boost::system::error_code bad;
  const auto more = quoted.empty() ? boost::json::value() : boost::json::parse({quoted.data(), quoted.size()}, bad);
  if (bad || !more.is_string() || more.get_string().size() > 2048) return {};
  const std::string address(more.get_string());
  for (const unsigned char c : address) {
    if (c <= 0x20 || c >= 0x7F || c == '"' || c == '<' || c == '>') return {};
  }
  return address;
}

struct Seen {
  std::uint32_t line;
  std::size_t hash;
};

}  // namespace

fb::EventBatchT ingest(std::string_view payload, const std::string& case_field) {
  shared::check_size(payload);
  shared::Batch batch;
  std::set<std::string> seen;  // what made no event, by id: a repeat is not listed again
  std::unordered_map<std::string, Seen> events;
  for (const shared::Record& record : shared::records(payload, "statements")) {
    Statement statement = read(record.text, case_field);
    if (auto* unusable = std::get_if<Unusable>(&statement)) {
      batch.no(record.line, std::move(unusable->reason));
    } else if (auto* unmappable = std::get_if<Unmappable>(&statement)) {
      if (seen.insert(unmappable->id).second) batch.no(record.line, std::move(unmappable->reason));
    } else if (auto* voiding = std::get_if<Voiding>(&statement)) {
      if (seen.insert(voiding->id).second) {
        batch.take_back(record.line, event_id(voiding->voids), event_id(voiding->id), voiding->time);
      }
    } else if (auto* usable = std::get_if<Usable>(&statement)) {
      const Seen now{record.line, hash_of(*usable->event)};
      const auto [first, fresh] = events.emplace(usable->event->id, now);
      if (!fresh && first->second.hash != now.hash) {
        batch.no(record.line, "its id is that of line " + std::to_string(first->second.line) +
                                  ", and it says something else: the first counts");
        continue;
      }
      batch.add(record.line, std::move(usable->event));
    }
  }
  if (const std::string more = next_page(payload); !more.empty()) {
    batch.need(0, more, "the answer goes on there", fb::TraceT());
  }
  return batch.finish();
}

}  // namespace alliance::xapi

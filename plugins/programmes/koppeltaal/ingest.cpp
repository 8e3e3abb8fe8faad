// SPDX-License-Identifier: Apache-2.0
#include "ingest.h"

#include <algorithm>
#include <boost/json.hpp>
#include <set>

#include "../../shared/batch.h"
#include "../../shared/iso8601.h"
#include "../../shared/json_field.h"
#include "../../shared/records.h"
#include "task.h"
#include "trace.h"

namespace alliance::koppeltaal {
namespace {

namespace json = boost::json;

// A search that a platform can send: no blank or control character, and of this server.
bool is_search(std::string_view url) {
  return !url.empty() && url.size() <= 2000 && std::none_of(url.begin(), url.end(), [](char c) {
    return static_cast<unsigned char>(c) <= 0x20 || c == 0x7F;
  });
}

class Reading {
 public:
  Reading(const Catalogue& catalogue, const std::string& case_field) : catalogue_(catalogue), case_field_(case_field) {}

  void record(const shared::Record& record) {
    json::value value, head;
    if (std::string why = shared::parse(record.text, value); !why.empty()) return batch_.no(record.line, why);
    if (!value.is_object()) return batch_.no(record.line, "the record is not a JSON object");
    fb::TraceT trace = trace_of(shared::find_field(value, "headers"));
    if (!record.head.empty() && shared::parse(std::string(record.head) + "[]}", head).empty()) {
      if (empty(trace)) trace = trace_of(shared::find_field(head, "headers"));
      next_page(record.line, head, trace);
    }
    if (shared::find_field(value, "notification") != nullptr) return notification(record.line, value, trace);
    const json::value* resource = shared::find_field(value, "resource");
    take(record.line, resource != nullptr && resource->is_object() ? *resource : value, trace);
  }
  fb::EventBatchT finish() { return batch_.finish(); }

 private:
  void fetch(std::uint32_t line, const std::string& url, const std::string& reason, const fb::TraceT& cause) {
    if (!fetched_.insert(url).second) return;
    batch_.need(line, url, reason, following(cause, url));
  }

  // Such a notification says that something changed, and nothing else: what, a search tells.
  void notification(std::uint32_t line, const json::value& value, const fb::TraceT& trace) {
    std::string search = shared::text_at(value, "notification.criteria");
    if (search.empty()) search = "Task";
    if (!is_search(search) || !(search == "Task" || search.starts_with("Task?"))) {
      return batch_.no(line, "the subscription's criteria are no search for Tasks");
    }
    const std::string since = shared::text_at(value, "notification.since");
    if (!since.empty()) {
      if (!shared::instant(since)) return batch_.no(line, "notification.since is no time with an offset or Z");
      std::string written = since;  // a plus would be read as a blank
      if (const std::size_t plus = written.find('+'); plus != std::string::npos) written.replace(plus, 1, "%2B");
      search += (search == "Task" ? "?_lastUpdated=ge" : "&_lastUpdated=ge") + written;
    }
    fetch(line, search, "a subscription says that something changed, and not what", trace);
  }

  void next_page(std::uint32_t line, const json::value& bundle, const fb::TraceT& trace) {
    const json::value* links = shared::find_field(bundle, "link");
    if (links == nullptr || !links->is_array()) return;
    for (const json::value& link : links->get_array()) {
      if (shared::text_at(link, "relation") != "next") continue;
      const std::string url = shared::text_at(link, "url");
      if (is_search(url)) fetch(line, url, "the next page of this answer", trace);
    }
  }

  // One that was handed over inside a record; without entries nothing changed.
  void bundle(std::uint32_t line, const json::value& of, const fb::TraceT& trace) {
    next_page(line, of, trace);
    const json::value* entries = shared::find_field(of, "entry");
    if (entries == nullptr || !entries->is_array()) return;
    for (const json::value& entry : entries->get_array()) {
      const json::value* resource = shared::find_field(entry, "resource");
      if (resource != nullptr) take(line, *resource, trace);
    }
  }

  void take(std::uint32_t line, const json::value& resource, const fb::TraceT& trace) {
    const std::string type = shared::text_at(resource, "resourceType");
    if (type == "ActivityDefinition") {
      if (catalogue_.component(shared::text_at(resource, "url")).empty()) {
        batch_.no(line,
                  "an ActivityDefinition that the catalogue lacks: it belongs into the file of the setting activities");
      }
      return;
    }
    if (type == "Bundle") return bundle(line, resource, trace);
    if (type == "OperationOutcome") return batch_.no(line, "the server answered with an OperationOutcome");
    if (type != "Task")
      return batch_.no(line, "the record is neither a Task, an ActivityDefinition nor a notification");
    Outcome outcome = event_of(resource, catalogue_, case_field_);
    if (auto* cannot = std::get_if<Cannot>(&outcome)) {
      batch_.no(line, std::move(cannot->why));
    } else if (auto* unknown = std::get_if<Unknown>(&outcome)) {
      if (is_search(unknown->url)) fetch(line, unknown->url, "the catalogue lacks this ActivityDefinition", trace);
      batch_.no(line, "the Task's ActivityDefinition is none of the catalogue's");
    } else if (auto* withdrawn = std::get_if<Withdrawn>(&outcome)) {
      for (const std::string& event : withdrawn->events) {
        batch_.take_back(line, event, withdrawn->by + ":" + event.substr(event.rfind(':') + 1), withdrawn->time);
      }
    } else {
      auto& event = std::get<std::unique_ptr<fb::EventT>>(outcome);
      if (!empty(trace)) event->trace = std::make_unique<fb::TraceT>(trace);
      batch_.add(line, std::move(event));
    }
  }

  const Catalogue& catalogue_;
  const std::string& case_field_;
  shared::Batch batch_;
  std::set<std::string> fetched_;
};

}  // namespace

fb::EventBatchT ingest(const Catalogue& catalogue, const std::string& case_field, std::string_view payload) {
  shared::check_size(payload);
  Reading reading(catalogue, case_field);
  for (const shared::Record& record : shared::records(payload, "entry")) reading.record(record);
  return reading.finish();
}

}  // namespace alliance::koppeltaal

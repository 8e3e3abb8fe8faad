// SPDX-License-Identifier: Apache-2.0
#include "task.h"

#include <algorithm>
#include <boost/json.hpp>

#include "../../shared/iso8601.h"
#include "../../shared/json_field.h"

namespace alliance::koppeltaal {
namespace {

namespace json = boost::json;

struct Refused {
  std::string why;
};

// What a status says of the work itself. Where several statuses say the same, the first to come counts.
struct Status {
  const char* code;
  fb::Progress progress;  // unset: it was offered
  const char* time;       // where it stands when; the Task's own time otherwise
};
constexpr Status statuses[] = {
    {"requested", fb::Progress::unset, "authoredOn"},
    {"received", fb::Progress::unset, "authoredOn"},
    {"accepted", fb::Progress::unset, "authoredOn"},
    {"ready", fb::Progress::unset, "authoredOn"},
    {"in-progress", fb::Progress::launched, "executionPeriod.start"},
    {"on-hold", fb::Progress::progressed, ""},
    {"completed", fb::Progress::completed, "executionPeriod.end"},
    {"rejected", fb::Progress::abandoned, ""},
    {"cancelled", fb::Progress::abandoned, ""},
    {"failed", fb::Progress::abandoned, ""},
};
constexpr const char* kinds[] = {"offered", "launched", "progressed", "completed", "abandoned"};

const char* kind_of(fb::Progress progress) {
  switch (progress) {
    case fb::Progress::launched:
      return kinds[1];
    case fb::Progress::progressed:
      return kinds[2];
    case fb::Progress::completed:
      return kinds[3];
    case fb::Progress::abandoned:
      return kinds[4];
    default:
      return kinds[0];
  }
}

std::int64_t time_of(const json::value& task, std::string_view first) {
  for (const std::string_view field : {first, std::string_view("lastModified"), std::string_view("meta.lastUpdated")}) {
    if (field.empty()) continue;
    const json::value* found = shared::find_field(task, field);
    if (found == nullptr) continue;
    const auto at = shared::instant(shared::word_of(found).value_or(""));
    // A date alone is no instant; the next one is.
    if (at && *at > 0) return *at;
  }
  throw Refused{"the Task has neither lastModified nor meta.lastUpdated with an offset or Z"};
}

std::string case_of(const json::value& task, const std::string& field) {
  std::string whose = shared::text_at(task, field);
  if (field.ends_with("reference")) {  // "Patient/c07", or the whole address of it
    const std::size_t at = whose.rfind("Patient/");
    if (at == std::string::npos) throw Refused{"the Task is not for a Patient"};
    whose = whose.substr(at + 8);
    whose = whose.substr(0, whose.find('/'));  // a version of the resource is no other person
  }
  if (!shared::is_case(whose)) throw Refused{"the Task does not say whose it is where that is looked for"};
  return whose;
}

// By the canonical, or in the manner of Koppeltaal by the extension `instantiates`.
std::string definition_of(const json::value& task) {
  if (std::string canonical = shared::text_at(task, "instantiatesCanonical"); !canonical.empty()) return canonical;
  const json::value* extensions = shared::find_field(task, "extension");
  if (extensions != nullptr && extensions->is_array()) {
    for (const json::value& one : extensions->get_array()) {
      if (shared::text_at(one, "url").ends_with("/instantiates"))
        return shared::text_at(one, "valueReference.reference");
    }
  }
  return {};
}

}  // namespace

Outcome event_of(const json::value& task, const Catalogue& catalogue, const std::string& case_field) {
  try {
    const std::string id = shared::text_at(task, "id");
    if (id.empty() || id.size() > 64) throw Refused{"the Task has no id"};
    const std::string begin = "koppeltaal:Task/" + id + ":";
    const std::string code = shared::text_at(task, "status");
    if (code == "entered-in-error") {
      Withdrawn made{{}, begin + "entered-in-error", time_of(task, "")};
      for (const char* kind : kinds) made.events.push_back(begin + kind);
      return made;
    }
    if (code == "draft") throw Refused{"a draft is no event yet"};
    const auto status =
        std::find_if(std::begin(statuses), std::end(statuses), [&](const Status& one) { return code == one.code; });
    if (status == std::end(statuses)) throw Refused{"the Task's status is none of FHIR R4's"};
    const std::string definition = definition_of(task);
    if (definition.empty()) throw Refused{"the Task instantiates no ActivityDefinition"};
    const std::string component = catalogue.component(definition);
    if (component.empty()) {
      const bool local = definition.starts_with("ActivityDefinition/");
      return Unknown{local ? definition : "ActivityDefinition?url=" + definition.substr(0, definition.find('|'))};
    }
    auto event = std::make_unique<fb::EventT>();
    event->id = begin + kind_of(status->progress);
    event->case_ = case_of(task, case_field);
    event->time = time_of(task, status->time);
    event->source = "koppeltaal";
    if (status->progress == fb::Progress::unset) {
      fb::ToolOfferedT offered;
      offered.tool = component;
      event->body.Set(std::move(offered));
    } else {
      fb::ComponentProgressT progress;
      progress.component = component;
      progress.progress = status->progress;
      event->body.Set(std::move(progress));
    }
    return event;
  } catch (const Refused& refused) {
    return Cannot{refused.why};
  }
}

}  // namespace alliance::koppeltaal

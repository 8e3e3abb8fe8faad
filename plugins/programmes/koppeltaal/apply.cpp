// SPDX-License-Identifier: Apache-2.0
#include "apply.h"

#include <alliance/base.h>

#include <algorithm>
#include <alliance/error.hpp>
#include <boost/json.hpp>

#include "../../shared/derived_id.h"
#include "../../shared/iso8601.h"
#include "trace.h"

namespace alliance::koppeltaal {
namespace {

namespace json = boost::json;
using Kind = fb::ActionKind;

[[noreturn]] void cannot(const std::string& why) { throw Error(ALLIANCE_E_UNSUPPORTED, "koppeltaal: " + why); }

// FHIR's ids: letters, digits, hyphens and dots.
bool is_fhir_id(const std::string& id) {
  return !id.empty() && id.size() <= 64 && std::all_of(id.begin(), id.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
  });
}

class Writer {
 public:
  Writer(const Parties& parties, const Catalogue& catalogue, const std::string& case_id, const fb::ProposalT& proposal,
         std::int64_t when)
      : parties_(parties), catalogue_(catalogue), case_(case_id), proposal_(proposal), when_(when) {}

  // The Tasks are the server's: the platform finds the one that is still open, and sends it back changed.
  std::string cancel(const std::string& component) const {
    known(component);
    json::object where{{"instantiatesCanonical", catalogue_.canonical.at(component)}};
    if (const auto& reference = catalogue_.reference.at(component); !reference.empty())
      where["instantiates"] = reference;
    return json::serialize(json::object{{"update",
                                         {{"find", "Task?patient=Patient/" + case_ +
                                                       "&status=requested,received,accepted,ready,in-progress,on-hold"},
                                          {"where", std::move(where)},
                                          {"set", {{"status", "cancelled"}, {"lastModified", shared::utc(when_)}}},
                                          {"method", "PUT"},
                                          {"headers", headers("cancel " + component)}}}}) +
           "\n";
  }

  std::string create(const std::string& component) const {
    known(component);
    const std::string identifier = shared::derived_id({"task", case_, proposal_.key, component, std::to_string(when_)});
    json::object task{
        {"resourceType", "Task"},
        {"identifier", json::array{json::object{{"system", parties_.system}, {"value", identifier}}}},
        {"instantiatesCanonical", catalogue_.canonical.at(component)},
        {"status", "requested"},
        {"intent", "order"},
        {"for", {{"reference", "Patient/" + case_}}},
        {"authoredOn", shared::utc(when_)},
        {"lastModified", shared::utc(when_)},
        {"owner", {{"reference", "Patient/" + case_}}},
    };
    if (!parties_.requester.empty()) task["requester"] = json::object{{"reference", parties_.requester}};
    if (const auto& reference = catalogue_.reference.at(component); !reference.empty()) {
      task["extension"] =
          json::array{json::object{{"url", "http://vzvz.nl/fhir/StructureDefinition/instantiates"},
                                   {"valueReference", {{"reference", reference}, {"type", "ActivityDefinition"}}}}};
    }
    json::object with = headers("create " + component);
    with["If-None-Exist"] = "identifier=" + parties_.system + "|" + identifier;
    return json::serialize(json::object{
               {"create",
                {{"method", "POST"}, {"url", "Task"}, {"headers", std::move(with)}, {"body", std::move(task)}}}}) +
           "\n";
  }

 private:
  void known(const std::string& component) const {
    if (!catalogue_.has(component))
      cannot("the catalogue has no component " + (component.empty() ? "of no name" : component));
  }
  json::object headers(const std::string& what) const {
    return headers_of(following({}, case_ + "/" + proposal_.key + "/" + std::to_string(when_) + "/" + what));
  }

  const Parties& parties_;
  const Catalogue& catalogue_;
  const std::string& case_;
  const fb::ProposalT& proposal_;
  std::int64_t when_;
};

}  // namespace

std::string apply(const Parties& parties, const Catalogue& catalogue, const std::string& case_id,
                  const fb::ProposalT& proposal, std::int64_t when) {
  if (!is_fhir_id(case_id)) throw Error(ALLIANCE_E_INVALID, "koppeltaal: the case id cannot be a Patient's id in FHIR");
  if (!proposal.action) throw Error(ALLIANCE_E_BAD_INPUT, "koppeltaal: the proposal has no action");
  if (when < 0 || when >= INT64_C(7'258'118'400'000'000)) {
    throw Error(ALLIANCE_E_INVALID, "koppeltaal: the instant of the decision is not between the years 1970 and 2200");
  }
  const fb::ActionT& action = *proposal.action;
  const Writer writer(parties, catalogue, case_id, proposal, when);
  switch (action.kind) {
    case Kind::skip:
      return writer.cancel(action.component) + (action.replacement.empty() ? "" : writer.create(action.replacement));
    case Kind::add:
      return writer.create(action.replacement.empty() ? action.component : action.replacement);
    default:
      cannot(std::string("a Task cannot be told to carry out ") + fb::EnumNameActionKind(action.kind) +
             "; it takes skip and add");
  }
}

}  // namespace alliance::koppeltaal

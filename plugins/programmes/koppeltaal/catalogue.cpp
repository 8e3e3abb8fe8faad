// SPDX-License-Identifier: Apache-2.0
#include "catalogue.h"

#include <alliance/base.h>

#include <alliance/error.hpp>
#include <boost/json.hpp>

#include "../../shared/json_field.h"

namespace alliance::koppeltaal {
namespace {

namespace json = boost::json;

std::string last_segment(std::string_view url) {
  url = url.substr(0, url.find('|'));
  return std::string(url.substr(url.find_last_of("/:#") == std::string_view::npos ? 0 : url.find_last_of("/:#") + 1));
}

// Kinds that a topic or a code names in its own words.
fb::ComponentKind kind_of(const json::value& definition) {
  const std::string kind = shared::text_at(definition, "kind");
  if (kind == "ServiceRequest" || kind == "Appointment") return fb::ComponentKind::unset;
  return fb::ComponentKind::module_;
}

}  // namespace

std::string Catalogue::component(std::string_view named) const {
  const std::string_view without = named.substr(0, named.find('|'));
  for (const auto& [id, url] : canonical) {
    if (named == url || without == std::string_view(url).substr(0, url.find('|'))) return id;
  }
  for (const auto& [id, at] : reference) {
    if (!at.empty() && (named == at || named.ends_with("/" + at))) return id;
  }
  return {};
}

Catalogue catalogue(const std::string& file, std::string_view text) {
  const auto refuse = [&](const std::string& why) { throw Error(ALLIANCE_E_BAD_INPUT, file + ": " + why); };
  boost::system::error_code bad;
  const json::value whole = json::parse({text.data(), text.size()}, bad);
  if (bad) refuse("it is not JSON");
  json::array list;
  if (const json::value* entries = shared::find_field(whole, "entry"); entries != nullptr && entries->is_array()) {
    for (const json::value& entry : entries->get_array()) {
      if (const json::value* resource = shared::find_field(entry, "resource")) list.push_back(*resource);
    }
  } else {
    list = whole.is_array() ? whole.get_array() : json::array{whole};
  }
  Catalogue made;
  made.programme.id = "koppeltaal";
  made.programme.version = "1";
  made.programme.title = "Modules of a FHIR care plan";
  for (std::size_t i = 0; i < list.size(); ++i) {
    const std::string where = "ActivityDefinition " + std::to_string(i + 1);
    const json::value& one = list[i];
    if (shared::text_at(one, "resourceType") != "ActivityDefinition") refuse(where + " is not one");
    const std::string url = shared::text_at(one, "url"), version = shared::text_at(one, "version"),
                      id = last_segment(url);
    if (id.empty()) refuse(where + " has no url that names it");
    if (shared::text_at(one, "status") == "retired") continue;
    if (made.has(id)) refuse(where + ": another one's url ends in the same word");
    auto component = std::make_unique<fb::ComponentT>();
    component->id = id;
    component->kind = kind_of(one);
    component->title = shared::text_at(one, "title");
    component->can_skip = true;  // a task may be cancelled, and another be made
    component->can_add = true;
    made.canonical[id] = url + (version.empty() ? "" : "|" + version);
    made.reference[id] = shared::text_at(one, "id").empty() ? "" : "ActivityDefinition/" + shared::text_at(one, "id");
    made.programme.default_path.push_back(id);
    made.programme.components.push_back(std::move(component));
  }
  if (made.programme.components.empty()) refuse("it holds no ActivityDefinition");
  return made;
}

}  // namespace alliance::koppeltaal

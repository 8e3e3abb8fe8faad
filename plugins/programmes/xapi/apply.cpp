// SPDX-License-Identifier: Apache-2.0
#include "apply.h"

#include <alliance/base.h>

#include <algorithm>
#include <alliance/error.hpp>
#include <boost/json.hpp>
#include <boost/uuid/name_generator_sha1.hpp>
#include <boost/uuid/uuid_io.hpp>

#include "../../shared/derived_id.h"
#include "../../shared/iso8601.h"
#include "words.h"

namespace alliance::xapi {
namespace {

namespace json = boost::json;
using Kind = fb::ActionKind;

[[noreturn]] void cannot(const std::string& why) { throw Error(ALLIANCE_E_UNSUPPORTED, "xapi: " + why); }

const fb::ComponentT& component(const fb::ProgrammeT& programme, const std::string& id) {
  for (const auto& found : programme.components) {
    if (found->id == id) return *found;
  }
  cannot("the programme " + programme.id + " has no component " + (id.empty() ? "of no name" : id));
}

// What the programme can do, and with which verb it is told.
struct Change {
  Kind kind;
  const char* verb;
  const char* display;
  bool fb::ComponentT::* allowed;
};
constexpr Change changes[] = {
    {Kind::skip, skipped, "skipped", &fb::ComponentT::can_skip},
    {Kind::add, added, "added", &fb::ComponentT::can_add},
    {Kind::reorder, reordered, "reordered", &fb::ComponentT::can_reorder},
};

// The same for the same case, proposal and instant: sending it again changes nothing.
std::string statement_id(const std::string& case_id, const std::string& proposal, std::int64_t when) {
  const boost::uuids::name_generator_sha1 ours(
      boost::uuids::name_generator_sha1(boost::uuids::ns::url())(ALLIANCE_XAPI));
  return boost::uuids::to_string(ours(std::to_string(case_id.size()) + ":" + case_id + std::to_string(proposal.size()) +
                                      ":" + proposal + std::to_string(when)));
}

}  // namespace

std::string apply(const Names& names, const fb::ProgrammeT& programme, const std::string& case_id,
                  const fb::ProposalT& proposal, std::int64_t when) {
  if (case_id.empty()) throw Error(ALLIANCE_E_INVALID, "xapi: the case id is empty");
  if (!proposal.action) throw Error(ALLIANCE_E_BAD_INPUT, "xapi: the proposal has no action");
  if (when < 0 || when >= INT64_C(7'258'118'400'000'000)) {
    throw Error(ALLIANCE_E_INVALID, "xapi: the instant of the decision is not between the years 1970 and 2200");
  }
  const fb::ActionT& action = *proposal.action;
  const auto change =
      std::find_if(std::begin(changes), std::end(changes), [&](const Change& one) { return one.kind == action.kind; });
  if (change == std::end(changes)) {
    cannot(std::string("the programme cannot be told to carry out ") + fb::EnumNameActionKind(action.kind) +
           "; it takes skip, add and reorder");
  }
  const bool adds_other = action.kind == Kind::add && !action.replacement.empty();
  const fb::ComponentT& about = component(programme, adds_other ? action.replacement : action.component);
  // What was done may be taken back, whatever else the catalogue allows.
  const bool back = !proposal.reverts.empty();
  if (!back && !(about.*(change->allowed))) cannot("the programme does not let " + about.id + " be " + change->display);

  json::object extensions;
  const auto activity = [&](const std::string& id) { return names.activities + component(programme, id).id; };
  if (action.kind == Kind::skip && !action.replacement.empty()) extensions[replacement] = activity(action.replacement);
  if (action.kind != Kind::skip && !action.before.empty()) extensions[before] = activity(action.before);
  if (action.kind == Kind::reorder && action.before.empty()) cannot("a reorder does not say what it goes before");
  extensions[proposal_key] = proposal.key;
  if (back) extensions[reverts] = proposal.reverts;

  const json::object statement{
      {"id", statement_id(case_id, proposal.key, when)},
      {"version", "1.0.3"},
      {"timestamp", shared::utc(when)},
      {"actor", {{"objectType", "Agent"}, {"account", {{"homePage", names.home_page}, {"name", case_id}}}}},
      {"verb", {{"id", change->verb}, {"display", {{"en", change->display}}}}},
      {"object", {{"objectType", "Activity"}, {"id", activity(about.id)}}},
      {"context", {{"extensions", std::move(extensions)}}},
  };
  std::string made = json::serialize(statement);
  const bool begins = action.kind == Kind::add || (action.kind == Kind::skip && !action.replacement.empty());
  if (names.launching.url.empty() || !begins || back) return made;
  const std::string& unit = action.kind == Kind::add ? about.id : action.replacement;
  const std::string session = shared::derived_id({"session", case_id, proposal.key, unit, std::to_string(when)});
  const Launch what{case_id, names.home_page, programme.id, unit, activity(unit), session};
  return made + "\n" + json::serialize(json::object{{"launch", launch(names.launching, what)}}) + "\n";
}

}  // namespace alliance::xapi

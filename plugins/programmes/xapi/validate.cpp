// SPDX-License-Identifier: Apache-2.0
// The specification's tables of properties, as tables.
#include "validate.h"

#include <algorithm>
#include <boost/json.hpp>
#include <cmath>
#include <set>
#include <span>

#include "forms.h"
#include "words.h"

namespace alliance::xapi {
namespace {

namespace json = boost::json;
using Object = json::object;

struct Fault {
  std::string why;
};
[[noreturn]] void no(const std::string& where, const std::string& why) { throw Fault{where + " " + why}; }

using Check = void (*)(const json::value&, const std::string& where);
struct Property {
  const char* name = nullptr;
  Check check = nullptr;
  bool needed = false;
};

std::string_view text_of(const json::value& value, const std::string& where) {
  if (!value.is_string()) no(where, "is not a text");
  return {value.get_string().data(), value.get_string().size()};
}

// An object with these properties and no other; nothing is null.
const Object& object(const json::value& value, const std::string& where, std::span<const Property> properties) {
  if (!value.is_object()) no(where, "is not an object");
  const Object& of = value.get_object();
  for (const auto& [key, member] : of) {
    const auto known =
        std::find_if(properties.begin(), properties.end(), [&](const Property& one) { return key == one.name; });
    if (known == properties.end()) no(where, "has a property that the specification does not know");
    if (member.is_null()) no(where + "." + known->name, "is null");
  }
  for (const Property& one : properties) {
    const json::value* found = of.if_contains(one.name);
    if (found == nullptr && one.needed) no(where, std::string("has no ") + one.name);
    if (found != nullptr && one.check != nullptr) one.check(*found, where + "." + one.name);
  }
  return of;
}

std::string_view type_of(const json::value& value, std::string_view otherwise) {
  const json::value* found = value.is_object() ? value.get_object().if_contains("objectType") : nullptr;
  if (found == nullptr) return otherwise;
  return found->is_string() ? std::string_view(found->get_string().data(), found->get_string().size())
                            : std::string_view("?");
}

template <bool (*Is)(std::string_view)>
void form(const json::value& value, const std::string& where, const char* what) {
  if (!Is(text_of(value, where))) no(where, std::string("is not ") + what);
}
void any_text(const json::value& value, const std::string& where) { text_of(value, where); }
void iri(const json::value& value, const std::string& where) { form<is_iri>(value, where, "an IRI with a scheme"); }
void uuid(const json::value& value, const std::string& where) { form<is_uuid>(value, where, "a UUID"); }
void language(const json::value& value, const std::string& where) {
  form<is_language>(value, where, "a language tag (RFC 5646)");
}
void timestamp(const json::value& value, const std::string& where) {
  form<is_timestamp>(value, where, "an ISO 8601 time with an offset or Z between 1970 and 2199");
}
void duration(const json::value& value, const std::string& where) {
  form<is_duration>(value, where, "an ISO 8601 duration");
}
void media_type(const json::value& value, const std::string& where) {
  form<is_media_type>(value, where, "a media type");
}
void mailto(const json::value& value, const std::string& where) { form<is_mailto>(value, where, "a mailto IRI"); }
void sha1(const json::value& value, const std::string& where) {
  if (!is_hex(text_of(value, where), 40)) no(where, "is not 40 hexadecimal digits");
}
void sha2(const json::value& value, const std::string& where) {
  const std::string_view text = text_of(value, where);
  const bool good = is_hex(text, 56) || is_hex(text, 64) || is_hex(text, 96) || is_hex(text, 128);
  if (!good) no(where, "is not a SHA-2 hash in hexadecimal");
}
void flag(const json::value& value, const std::string& where) {
  if (!value.is_bool()) no(where, "is neither true nor false");
}
void number(const json::value& value, const std::string& where) {
  if (!value.is_number() || !std::isfinite(value.to_number<double>())) no(where, "is not a number");
}
void length(const json::value& value, const std::string& where) {
  if ((!value.is_int64() && !value.is_uint64()) || (value.is_int64() && value.get_int64() < 0))
    no(where, "is not a whole number from 0 on");
}
void scaled(const json::value& value, const std::string& where) {
  number(value, where);
  if (std::fabs(value.to_number<double>()) > 1) no(where, "is not from -1 to 1");
}
void version(const json::value& value, const std::string& where) {
  if (major_of(text_of(value, where)) == 0) no(where, "is neither 1.0.x nor 2.0.x");
}
void language_map(const json::value& value, const std::string& where) {
  if (!value.is_object()) no(where, "is not a language map");
  for (const auto& [tag, text] : value.get_object()) {
    if (!is_language({tag.data(), tag.size()})) no(where, "has a key that is not a language tag (RFC 5646)");
    if (!text.is_string()) no(where, "has a value that is not a text");
  }
}
void extensions(const json::value& value, const std::string& where) {
  if (!value.is_object()) no(where, "is not an object");
  for (const auto& [key, any] : value.get_object()) {
    if (!is_iri({key.data(), key.size()})) no(where, "has a key that is not an IRI");
  }
}
template <Check Each>
void list(const json::value& value, const std::string& where) {
  if (!value.is_array()) no(where, "is not an array");
  for (std::size_t i = 0; i < value.get_array().size(); ++i)
    Each(value.get_array()[i], where + "[" + std::to_string(i) + "]");
}

// ---- Who -------------------------------------------------------------------------------------------

void account(const json::value& value, const std::string& where) {
  static constexpr Property properties[] = {{"homePage", iri, true}, {"name", any_text, true}};
  object(value, where, properties);
}
std::size_t identifiers(const Object& of) {
  std::size_t found = 0;
  for (const char* name : {"mbox", "mbox_sha1sum", "openid", "account"}) found += of.contains(name);
  return found;
}
void agent(const json::value& value, const std::string& where) {
  static constexpr Property properties[] = {{"objectType", nullptr}, {"name", any_text}, {"mbox", mailto},
                                            {"mbox_sha1sum", sha1},  {"openid", iri},    {"account", account}};
  if (type_of(value, "Agent") != "Agent") no(where, "is not an Agent");
  if (identifiers(object(value, where, properties)) != 1)
    no(where, "has not exactly one of mbox, mbox_sha1sum, openid and account");
}
void group(const json::value& value, const std::string& where) {
  static constexpr Property properties[] = {{"objectType", nullptr, true}, {"name", any_text}, {"mbox", mailto},
                                            {"mbox_sha1sum", sha1},        {"openid", iri},    {"account", account},
                                            {"member", list<agent>}};
  if (type_of(value, "") != "Group") no(where, "is not a Group");
  const Object& of = object(value, where, properties);
  const std::size_t found = identifiers(of);
  const json::value* members = of.if_contains("member");
  if (found > 1) no(where, "has more than one of mbox, mbox_sha1sum, openid and account");
  if (found == 0 && (members == nullptr || members->get_array().empty())) no(where, "is anonymous and has no members");
}
void actor(const json::value& value, const std::string& where) {
  type_of(value, "Agent") == "Group" ? group(value, where) : agent(value, where);
}
void authority(const json::value& value, const std::string& where) {
  actor(value, where);
  if (type_of(value, "Agent") != "Group") return;
  const Object& of = value.get_object();
  const bool two = of.contains("member") && of.at("member").get_array().size() == 2 && identifiers(of) == 0;
  if (!two) no(where, "is a group that is not the two of OAuth");
}

// ---- What ------------------------------------------------------------------------------------------

void verb(const json::value& value, const std::string& where) {
  static constexpr Property properties[] = {{"id", iri, true}, {"display", language_map}};
  object(value, where, properties);
}
void component(const json::value& value, const std::string& where) {
  static constexpr Property properties[] = {{"id", any_text, true}, {"description", language_map}};
  object(value, where, properties);
}
void components(const json::value& value, const std::string& where) {
  list<component>(value, where);
  std::set<std::string> ids;
  for (const json::value& one : value.get_array()) {
    if (!ids.insert(std::string(one.at("id").get_string())).second) no(where, "has two components with one id");
  }
}
void interaction(const json::value& value, const std::string& where) {
  static constexpr std::string_view known[] = {"true-false",  "choice",     "fill-in", "long-fill-in", "matching",
                                               "performance", "sequencing", "likert",  "numeric",      "other"};
  if (std::find(std::begin(known), std::end(known), text_of(value, where)) == std::end(known))
    no(where, "is no type of interaction");
}
void definition(const json::value& value, const std::string& where) {
  static constexpr Property properties[] = {{"name", language_map},
                                            {"description", language_map},
                                            {"type", iri},
                                            {"moreInfo", iri},
                                            {"extensions", extensions},
                                            {"interactionType", interaction},
                                            {"correctResponsesPattern", list<any_text>},
                                            {"choices", components},
                                            {"scale", components},
                                            {"source", components},
                                            {"target", components},
                                            {"steps", components}};
  const Object& of = object(value, where, properties);
  if (of.contains("interactionType")) return;
  for (const char* name : {"correctResponsesPattern", "choices", "scale", "source", "target", "steps"}) {
    if (of.contains(name)) no(where, "has parts of an interaction and no interactionType");
  }
}
void activity(const json::value& value, const std::string& where) {
  static constexpr Property properties[] = {{"objectType", nullptr}, {"id", iri, true}, {"definition", definition}};
  if (type_of(value, "Activity") != "Activity") no(where, "is not an Activity");
  object(value, where, properties);
}
void reference(const json::value& value, const std::string& where) {
  static constexpr Property properties[] = {{"objectType", nullptr, true}, {"id", uuid, true}};
  if (type_of(value, "") != "StatementRef") no(where, "is not a StatementRef");
  object(value, where, properties);
}

// ---- How it went, and around it --------------------------------------------------------------------

void score(const json::value& value, const std::string& where) {
  static constexpr Property properties[] = {{"scaled", scaled}, {"raw", number}, {"min", number}, {"max", number}};
  const Object& of = object(value, where, properties);
  const auto part = [&](const char* name, double otherwise) {
    return of.contains(name) ? of.at(name).to_number<double>() : otherwise;
  };
  const double least = part("min", -HUGE_VAL), most = part("max", HUGE_VAL);
  if (!(least < most)) no(where, "has a min that is not below its max");
  if (of.contains("raw") && !(part("raw", 0) >= least && part("raw", 0) <= most))
    no(where + ".raw", "is not from min to max");
}
void result(const json::value& value, const std::string& where) {
  static constexpr Property properties[] = {{"score", score},       {"success", flag},      {"completion", flag},
                                            {"response", any_text}, {"duration", duration}, {"extensions", extensions}};
  object(value, where, properties);
}
void activities(const json::value& value, const std::string& where) {  // a single one is taken for a list of one
  value.is_array() ? list<activity>(value, where) : activity(value, where);
}
void context_activities(const json::value& value, const std::string& where) {
  static constexpr Property properties[] = {
      {"parent", activities}, {"grouping", activities}, {"category", activities}, {"other", activities}};
  object(value, where, properties);
}
void types(const json::value& value, const std::string& where) {
  list<iri>(value, where);
  if (value.get_array().empty()) no(where, "is empty");
}
void context_agent(const json::value& value, const std::string& where) {
  static constexpr Property properties[] = {
      {"objectType", nullptr, true}, {"agent", agent, true}, {"relevantTypes", types}};
  if (type_of(value, "") != "contextAgent") no(where, "is not a contextAgent");
  object(value, where, properties);
}
void context_group(const json::value& value, const std::string& where) {
  static constexpr Property properties[] = {
      {"objectType", nullptr, true}, {"group", group, true}, {"relevantTypes", types}};
  if (type_of(value, "") != "contextGroup") no(where, "is not a contextGroup");
  object(value, where, properties);
}
void context(const json::value& value, const std::string& where) {
  static constexpr Property properties[] = {{"registration", uuid},
                                            {"instructor", actor},
                                            {"team", group},
                                            {"contextActivities", context_activities},
                                            {"revision", any_text},
                                            {"platform", any_text},
                                            {"language", language},
                                            {"statement", reference},
                                            {"extensions", extensions},
                                            {"contextAgents", list<context_agent>},
                                            {"contextGroups", list<context_group>}};
  object(value, where, properties);
}
void attachment(const json::value& value, const std::string& where) {
  static constexpr Property properties[] = {{"usageType", iri, true},
                                            {"display", language_map, true},
                                            {"description", language_map},
                                            {"contentType", media_type, true},
                                            {"length", length, true},
                                            {"sha2", sha2, true},
                                            {"fileUrl", iri}};
  object(value, where, properties);
}

// What depends on more than one property.
void together(const Object& of, const std::string& where) {
  const json::value* around = of.if_contains("context");
  const bool about_activity = type_of(of.at("object"), "Activity") == "Activity";
  for (const char* name : {"revision", "platform"}) {
    if (around != nullptr && !about_activity && around->get_object().contains(name)) {
      no(where + ".context." + name, "stands beside an object that is not an activity");
    }
  }
  const bool voids = of.at("verb").at("id").get_string() == voided;
  if (voids && type_of(of.at("object"), "Activity") != "StatementRef")
    no(where + ".object", "of a voiding statement refers to no statement");
}

void sub_statement(const json::value& value, const std::string& where);
void target(const json::value& value, const std::string& where) {
  const std::string_view type = type_of(value, "Activity");
  if (type == "Agent" || type == "Group") return actor(value, where);
  if (type == "StatementRef") return reference(value, where);
  if (type == "SubStatement") return sub_statement(value, where);
  activity(value, where);
}
void inner_target(const json::value& value, const std::string& where) {
  if (type_of(value, "Activity") == "SubStatement") no(where, "is a statement in a statement in a statement");
  target(value, where);
}
void sub_statement(const json::value& value, const std::string& where) {
  static constexpr Property properties[] = {{"objectType", nullptr, true},
                                            {"actor", actor, true},
                                            {"verb", verb, true},
                                            {"object", inner_target, true},
                                            {"result", result},
                                            {"context", context},
                                            {"timestamp", timestamp},
                                            {"attachments", list<attachment>}};
  together(object(value, where, properties), where);
}

}  // namespace

std::string fault_of(const Object& statement) {
  static constexpr Property properties[] = {{"id", uuid},
                                            {"actor", actor, true},
                                            {"verb", verb, true},
                                            {"object", target, true},
                                            {"result", result},
                                            {"context", context},
                                            {"timestamp", timestamp},
                                            {"stored", timestamp},
                                            {"authority", authority},
                                            {"version", version},
                                            {"attachments", list<attachment>}};
  try {
    together(object(statement, "statement", properties), "statement");
    const json::value* said = statement.if_contains("version");
    const json::value* around = statement.if_contains("context");
    const bool first = said == nullptr || major_of({said->get_string().data(), said->get_string().size()}) == 1;
    for (const char* name : {"contextAgents", "contextGroups"}) {
      if (first && around != nullptr && around->get_object().contains(name))
        no(std::string("statement.context.") + name, "came with version 2.0");
    }
    return {};
  } catch (const Fault& fault) {
    return fault.why;
  }
}

}  // namespace alliance::xapi

// SPDX-License-Identifier: Apache-2.0
// cmi5 (the "Quartz" text, sections 9.2 to 9.6): what each of its own statements carries. The statement as such is
// valid.
#include <algorithm>
#include <boost/json.hpp>

#include "validate.h"

namespace alliance::xapi {
namespace {

namespace json = boost::json;

#define ALLIANCE_CMI5 "https://w3id.org/xapi/cmi5/"
#define ALLIANCE_ADL_VERB "http://adlnet.gov/expapi/verbs/"
#define ALLIANCE_W3ID_VERB "https://w3id.org/xapi/adl/verbs/"

enum class Said { none, yes, no };
struct Rule {
  const char* verb;
  Said success, completion;
  bool duration, score;
};
constexpr Rule rules[] = {
    {ALLIANCE_ADL_VERB "launched", Said::none, Said::none, false, false},
    {ALLIANCE_ADL_VERB "initialized", Said::none, Said::none, false, false},
    {ALLIANCE_ADL_VERB "completed", Said::none, Said::yes, true, false},
    {ALLIANCE_ADL_VERB "passed", Said::yes, Said::none, true, true},
    {ALLIANCE_ADL_VERB "failed", Said::no, Said::none, true, true},
    {ALLIANCE_W3ID_VERB "abandoned", Said::none, Said::none, true, false},
    {ALLIANCE_W3ID_VERB "waived", Said::yes, Said::yes, false, false},
    {ALLIANCE_ADL_VERB "terminated", Said::none, Said::none, true, false},
    {ALLIANCE_W3ID_VERB "satisfied", Said::none, Said::none, false, false},
};

const json::value* in(const json::value* of, const char* name) {
  return of != nullptr && of->is_object() ? of->get_object().if_contains(name) : nullptr;
}

bool has_category(const json::value* context, const char* id) {
  const json::value* category = in(in(context, "contextActivities"), "category");
  if (category == nullptr) return false;
  const auto is_it = [&](const json::value& one) {
    return in(&one, "id") != nullptr && *in(&one, "id") == json::value(id);
  };
  if (!category->is_array()) return is_it(*category);
  return std::any_of(category->get_array().begin(), category->get_array().end(), is_it);
}

std::string flag(const json::value* found, const char* name, Said wanted) {
  if (wanted == Said::none)
    return found == nullptr ? "" : std::string("cmi5: result.") + name + " stands where its verb has none";
  const bool right = found != nullptr && found->is_bool() && found->get_bool() == (wanted == Said::yes);
  return right ? "" : std::string("cmi5: result.") + name + " is not " + (wanted == Said::yes ? "true" : "false");
}

}  // namespace

std::string cmi5_fault_of(const json::object& statement) {
  const json::value* context = statement.if_contains("context");
  if (!has_category(context, ALLIANCE_CMI5 "context/categories/cmi5")) return {};
  if (in(context, "registration") == nullptr) return "cmi5: there is no context.registration";
  const json::value* session = in(in(context, "extensions"), ALLIANCE_CMI5 "context/extensions/sessionid");
  if (session == nullptr || !session->is_string()) return "cmi5: the context has no session id";
  if (in(statement.if_contains("actor"), "account") == nullptr) return "cmi5: the actor is not given by an account";
  if (statement.if_contains("timestamp") == nullptr) return "cmi5: there is no timestamp";
  const json::value* verb = in(statement.if_contains("verb"), "id");
  const auto rule = std::find_if(std::begin(rules), std::end(rules),
                                 [&](const Rule& one) { return verb != nullptr && *verb == json::value(one.verb); });
  if (rule == std::end(rules)) return "cmi5: the verb is none of its nine";
  const json::value* result = statement.if_contains("result");
  if (std::string why = flag(in(result, "success"), "success", rule->success); !why.empty()) return why;
  if (std::string why = flag(in(result, "completion"), "completion", rule->completion); !why.empty()) return why;
  if (rule->duration && in(result, "duration") == nullptr) return "cmi5: result.duration is missing";
  const json::value* score = in(result, "score");
  if (score != nullptr && !rule->score) return "cmi5: result.score stands where its verb has none";
  if (in(score, "raw") != nullptr && (in(score, "min") == nullptr || in(score, "max") == nullptr)) {
    return "cmi5: result.score.raw stands without min and max";
  }
  const bool moves_on = rule->success != Said::none || rule->completion != Said::none;
  if (moves_on && !has_category(context, ALLIANCE_CMI5 "context/categories/moveon")) {
    return "cmi5: a statement with success or completion is not of the category moveon";
  }
  const bool waived = rule->verb == std::string_view(ALLIANCE_W3ID_VERB "waived");
  if (waived && in(in(result, "extensions"), ALLIANCE_CMI5 "result/extensions/reason") == nullptr) {
    return "cmi5: a waiver has no reason";
  }
  return {};
}

}  // namespace alliance::xapi

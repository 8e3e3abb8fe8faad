// SPDX-License-Identifier: Apache-2.0
#include "caseload.h"

#include <algorithm>
#include <boost/json/array.hpp>
#include <map>
#include <string>
#include <vector>

namespace alliance::sidecar {
namespace {

namespace json = boost::json;

// Kinds of reasons, the most urgent first.
constexpr const char* urgency[] = {"safety",          "signal",           "support_request", "proposal",
                                   "overdue_reviews", "forgotten_timers", "own_measures",    "overdue_measures"};

// Everything the host leaves out of its JSON is nought, or nothing.
const json::object& part_of(const json::object& from, std::string_view name) {
  static const json::object nothing;
  const auto* found = from.if_contains(name);
  return found != nullptr && found->is_object() ? found->get_object() : nothing;
}
const json::array& list_of(const json::object& from, std::string_view name) {
  static const json::array nothing;
  const auto* found = from.if_contains(name);
  return found != nullptr && found->is_array() ? found->get_array() : nothing;
}
std::string_view text_of(const json::object& from, std::string_view name) {
  const auto* found = from.if_contains(name);
  return found != nullptr && found->is_string() ? std::string_view(found->get_string()) : std::string_view();
}
std::int64_t instant_of(const json::object& from, std::string_view name) {
  const auto* found = from.if_contains(name);
  return found != nullptr && found->is_number() ? found->to_number<std::int64_t>() : 0;
}
bool true_in(const json::object& from, std::string_view name) {
  const auto* found = from.if_contains(name);
  return found != nullptr && found->is_bool() && found->get_bool();
}
void copy(json::object& to, const json::object& from, std::initializer_list<const char*> names) {
  for (const char* name : names) {
    if (const auto* found = from.if_contains(name)) to[name] = *found;
  }
}

// One reason of a kind: how many, and since when the first of them.
class Tally {
 public:
  void add(std::int64_t since) {
    since_ = count_ == 0 ? since : std::min(since_, since);
    ++count_;
  }
  void into(json::array& reasons, const char* kind) const {
    if (count_ > 0) reasons.push_back({{"kind", kind}, {"count", count_}, {"since", since_}});
  }

 private:
  std::int64_t count_ = 0, since_ = 0;
};

bool plays(const json::object& sheet, const json::object& signal) {
  if (text_of(sheet, "rater") != text_of(signal, "rater")) return false;
  if (text_of(sheet, "target") != text_of(signal, "target")) return false;
  for (const auto& score : list_of(sheet, "scores")) {
    for (const auto& role : list_of(score.get_object(), "roles")) {
      if (role.get_string() == text_of(signal, "role")) return true;
    }
  }
  return false;
}

// Of each curve its latest signal, unless what it is about is over: a drop that was repaired, a silence that was
// broken.
void add_signals(const json::object& course, json::array& reasons) {
  std::map<std::string, const json::object*> latest;
  for (const auto& one : list_of(course, "signals")) {
    const auto& signal = part_of(one.get_object(), "signal");
    const bool silence = text_of(signal, "kind") == "non_response";
    std::string curve = silence ? "silence" : "level";
    for (const char* name : {"role", "rater", "target"}) curve += "/" + std::string(text_of(signal, name));
    latest[curve] = &one.get_object();
  }
  for (const auto& [curve, record] : latest) {
    const auto& signal = part_of(*record, "signal");
    if (text_of(signal, "kind") == "repaired") continue;
    const auto since = instant_of(*record, "time");
    const auto& sheets = list_of(course, "sheets");
    const bool broken = std::any_of(sheets.begin(), sheets.end(), [&](const json::value& sheet) {
      return instant_of(sheet.get_object(), "time") > since && plays(sheet.get_object(), signal);
    });
    if (text_of(signal, "kind") == "non_response" && broken) continue;
    reasons.push_back({{"kind", "signal"}, {"count", 1}, {"since", since}, {"signal", signal}});
  }
}

void add_measures(const json::object& course, json::array& reasons, json::object& row) {
  Tally own, overdue;
  std::int64_t due = 0;
  for (const auto& one : list_of(course, "occasions")) {
    const auto& occasion = part_of(one.get_object(), "occasion");
    const auto state = text_of(occasion, "state");
    if (state != "due" && state != "overdue") continue;
    ++due;
    if (text_of(occasion, "rater") == "practitioner") {
      own.add(instant_of(occasion, "due"));
    } else if (state == "overdue") {
      overdue.add(instant_of(occasion, "overdue"));
    }
  }
  row["measures_due"] = due;
  own.into(reasons, "own_measures");
  overdue.into(reasons, "overdue_measures");
}

json::array reasons_of(const json::object& course, std::int64_t as_of, json::object& row) {
  json::array out;
  Tally flags, proposals, support, reviews, timers;
  for (const auto& one : list_of(course, "flags")) {
    if (instant_of(one.get_object(), "acknowledged") == 0) flags.add(instant_of(one.get_object(), "raised"));
  }
  flags.into(out, "safety");
  add_signals(course, out);
  for (const auto& one : list_of(course, "support")) {
    if (instant_of(one.get_object(), "resolved") == 0) support.add(instant_of(one.get_object(), "opened"));
  }
  for (const auto& one : list_of(course, "proposals")) {
    const auto& record = one.get_object();
    const auto decision = text_of(record, "decision");
    if (!decision.empty() && decision != "unset") continue;
    if (text_of(part_of(record, "proposal"), "audience") == "practitioner")
      proposals.add(instant_of(record, "reported"));
  }
  const auto& account = part_of(course, "account");
  for (const auto& id : list_of(account, "overdue_reviews")) {
    for (const auto& one : list_of(course, "components")) {
      if (one.get_object().at("id") == id) reviews.add(instant_of(one.get_object(), "completed"));
    }
  }
  for (const auto& id : list_of(account, "forgotten_timers")) {
    for (const auto& one : list_of(course, "timers")) {
      if (one.get_object().at("timer") == id) timers.add(instant_of(one.get_object(), "started"));
    }
  }
  support.into(out, "support_request");
  proposals.into(out, "proposal");
  reviews.into(out, "overdue_reviews");
  timers.into(out, "forgotten_timers");
  add_measures(course, out, row);
  row["as_of"] = as_of;
  return out;
}

// The client's curves, one per role that comes first among those that the client answered: what there is to see at a
// glance.
json::array curves_of(const json::object& course) {
  json::array out;
  for (const std::string_view wanted : {"alliance.pulse", "alliance.total", "symptom."}) {
    std::vector<json::object> found;  // a curve is one scale of one instrument
    for (const auto& one : list_of(course, "sheets")) {
      const auto& sheet = one.get_object();
      if (text_of(sheet, "rater") != "client" || text_of(sheet, "target") == "programme") continue;
      for (const auto& each : list_of(sheet, "scores")) {
        const auto& score = each.get_object();
        const auto& roles = list_of(score, "roles");
        const auto role = std::find_if(roles.begin(), roles.end(), [&](const json::value& is) {
          return is.get_string() == wanted ||
                 (wanted.ends_with('.') && std::string_view(is.get_string()).starts_with(wanted));
        });
        const auto* value = score.if_contains("value");
        if (role == roles.end() || value == nullptr) continue;
        auto at = std::find_if(found.begin(), found.end(), [&](const json::object& is) {
          return is.at("instrument") == sheet.at("instrument") && is.at("scale") == score.at("scale");
        });
        if (at == found.end()) {
          found.push_back({{"role", roles.back()},
                           {"instrument", sheet.at("instrument")},
                           {"scale", score.at("scale")},
                           {"values", json::array()}});
          at = std::prev(found.end());
        }
        at->at("values").get_array().push_back(*value);
      }
    }
    for (auto& one : found) out.push_back(std::move(one));
  }
  return out;
}

std::size_t rank_of(const json::object& row) {
  const auto& reasons = row.at("reasons").get_array();
  if (reasons.empty()) return std::size(urgency);
  const auto kind = text_of(reasons.front().get_object(), "kind");
  const auto* found = std::find(std::begin(urgency), std::end(urgency), kind);
  return static_cast<std::size_t>(found - std::begin(urgency));
}

std::int64_t waits_since(const json::object& row) {
  const auto& reasons = row.at("reasons").get_array();
  return reasons.empty() ? 0 : instant_of(reasons.front().get_object(), "since");
}

}  // namespace

json::object glance(const json::object& listed, const json::object& review) {
  json::object row = listed;
  const auto& course = part_of(review, "course");
  row["withheld"] = list_of(review, "withheld");
  row["practice"] = true_in(course, "practice");
  copy(row, course, {"planned_sessions", "last_contact", "consent_withdrawn"});
  const auto now = instant_of(review, "as_of");
  std::int64_t held = 0, next = 0;
  for (const auto& one : list_of(course, "sessions")) {
    const auto& session = one.get_object();
    held += text_of(session, "state") == "held";
    const auto starts = instant_of(session, "starts");
    if (text_of(session, "state") == "booked" && starts > now && (next == 0 || starts < next)) next = starts;
  }
  row["sessions_held"] = held;
  row["next_session"] = next;
  json::object minutes;
  copy(minutes, part_of(course, "account"), {"planned", "used", "remaining"});
  row["minutes"] = std::move(minutes);
  row["curves"] = curves_of(course);
  json::array reasons = reasons_of(course, now, row);
  if (instant_of(listed, "closed") != 0) {  // of a case that is over only a flag that nobody has answered
    const auto* rest = std::remove_if(reasons.begin(), reasons.end(), [](const json::value& one) {
      return text_of(one.get_object(), "kind") != "safety";
    });
    reasons.erase(rest, reasons.end());
  }
  row["reasons"] = std::move(reasons);
  return row;
}

void by_urgency(json::array& rows) {
  std::stable_sort(rows.begin(), rows.end(), [](const json::value& a, const json::value& b) {
    const auto& left = a.get_object();
    const auto& right = b.get_object();
    const auto one = rank_of(left), other = rank_of(right);
    return one != other ? one < other : waits_since(left) < waits_since(right);
  });
}

}  // namespace alliance::sidecar

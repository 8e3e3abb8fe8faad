// SPDX-License-Identifier: Apache-2.0
#include "fhir/response.h"

#include <algorithm>

#include "fhir/response_walk.h"

namespace alliance::fhir {
namespace {

std::size_t answer_count(const Json& item) {
  std::size_t count = 0;
  each(item, "answer", [&](const Json&, std::size_t) { ++count; });
  return count;
}

}  // namespace

void Walk::response(const Json& resource, const Path& place) {
  Object object;
  if (resource.get(object) != simdjson::SUCCESS || text_of(resource, "resourceType") != "QuestionnaireResponse") {
    return add("resource", place, "it is no QuestionnaireResponse: give one");
  }
  members(object, place, response_members);
  head(object, place);
  if (form_.has_conditions) gather(resource);
  if (form_.of_instrument) given_.assign(form_.items.size(), false);
  items(resource, place, -1, false);
}

void Walk::add(const char* rule, const Path& place, std::string sentence, Severity severity) {
  if (checked_.findings.size() >= most_findings) return;
  if (checked_.findings.size() + 1 == most_findings) {
    rule = "more";
    sentence = "there is more to find: mend these first";
  }
  checked_.findings.push_back({severity, rule, place.text(), std::move(sentence)});
}

void Walk::items(const Json& of, const Path& place, int parent, bool beneath_answer) {
  Seen seen;
  const Path list = place.member("item");
  each(of, "item", [&](const Json& one, std::size_t index) {
    if (!beneath_answer && plain(one)) return;
    if (checked_.findings.size() < most_findings) item(one, list.at(index), parent, beneath_answer, seen);
  });
  if (!form_.of_instrument && complete_) required(place, parent, seen);
}

void Walk::item(const Json& one, const Path& place, int parent, bool beneath_answer, Seen& seen) {
  Object object;
  if (one.get(object) != simdjson::SUCCESS) return add("type", place, "it is no object");
  const Parts parts = members(object, place, item_members);
  const auto link = parts.link ? text_of(*parts.link) : std::nullopt;
  if (!link || link->empty()) {
    return add("link-id", place, "it has no linkId: give it that of the question which it answers");
  }
  const bool answered = parts.answer.has_value(), nests = parts.item.has_value();
  if (answered && nests) {
    add("qrs-1", place, "it has answer and item side by side: what belongs to an answer stands in answer.item");
  }
  const auto index = which(*link);
  if (!index) return unknown(one, place, *link, parent, beneath_answer, answered, nests);
  if (form_.of_instrument) return of_instrument(parts, place, *index, beneath_answer);
  const FormItem& wanted = form_.items[*index];
  if (wanted.parent != parent) {
    add("nesting", place,
        "linkId " + named(*link) + " stands " + whereabouts(parent) + " and belongs " + whereabouts(wanted.parent));
  } else if (parent >= 0 && beneath_answer != (form_.items[static_cast<std::size_t>(parent)].kind != Kind::group)) {
    add("nesting", place,
        beneath_answer ? "an item of a group stands in its item, not beneath an answer"
                       : "linkId " + named(*link) + " belongs beneath the answer: put it into answer.item");
  }
  auto found = std::find_if(seen.begin(), seen.end(), [&](const auto& before) { return before.first == *index; });
  if (found == seen.end()) found = seen.insert(seen.end(), {*index, 0});
  const bool again = found->second > 0;
  if (again && !(wanted.kind == Kind::group && wanted.repeats)) {
    add("repeats", place,
        "linkId " + named(*link) + " stands twice" +
            (wanted.repeats ? ": put all its answers into one item" : " and may be answered once: keep one"));
  }
  found->second += wanted.kind == Kind::group ? 1 : answer_count(one);
  if (found->second == 0 && extension(one, data_absent)) found->second = 1;  // said why there is none
  if ((answered || nests) && !reachable(wanted)) {
    add("enable-when", place, "linkId " + named(*link) + " is not asked after these answers: leave it out");
  }
  if (wanted.kind == Kind::group || wanted.kind == Kind::display) {
    if (answered) {
      add("type", place.member("answer"),
          std::string(wanted.kind == Kind::group ? "a group" : "a display item") + " has no answer: take it out");
    }
  } else {
    answers(one, place, wanted, *index);
  }
  if (nests)
    items(one, place, static_cast<int>(*index), false);
  else if (wanted.kind == Kind::group && complete_)
    required(place, static_cast<int>(*index), {});
}

// Items mostly stand in the form's order.
std::optional<std::size_t> Walk::which(std::string_view link) {
  const auto expected = std::exchange(next_, next_ + 1);
  if (expected < form_.items.size() && form_.items[expected].found_by_link_id &&
      form_.items[expected].link_id == link) {
    return expected;
  }
  const auto found = find(form_, link);
  if (found) next_ = *found + 1;
  return found;
}

std::string Walk::whereabouts(int parent) const {
  return parent < 0 ? "at the top" : "in linkId " + named(form_.items[static_cast<std::size_t>(parent)].link_id);
}

void Walk::unknown(const Json& one, const Path& place, std::string_view link, int parent, bool beneath_answer,
                   bool answered, bool nests) {
  if (form_.of_instrument && nests && !answered && !beneath_answer) return items(one, place, parent, false);
  std::string known;
  constexpr std::size_t most = 12;
  std::size_t count = 0;
  for (const FormItem& item : form_.items) {
    if (item.kind == Kind::group || item.kind == Kind::display || item.kind == Kind::stated) continue;
    if (++count <= most) known += (known.empty() ? "" : ", ") + shown(item.link_id);
  }
  if (count > most) known += ", ...";
  add("unknown-link-id", place,
      "linkId " + named(link) + " is none of " + shown(form_.name) + "'s (" + known +
          "): give the linkId of the question, or take the item out");
}

bool Checked::valid() const {
  return std::none_of(findings.begin(), findings.end(),
                      [](const Finding& finding) { return finding.severity == Severity::error; });
}

Checked check(const Json& response, const Form& form, std::string_view path) {
  Checked checked;
  if (form.of_instrument) {
    const auto items = static_cast<std::size_t>(std::count_if(
        form.items.begin(), form.items.end(), [](const FormItem& item) { return item.kind == Kind::scored; }));
    checked.values.assign(items, 0);
    checked.states.assign(items, ALLIANCE_SKIPPED);
    checked.stated.assign(form.items.size() - items, std::nullopt);
  }
  Walk(form, checked).response(response, Path{nullptr, path, -1});
  return checked;
}

}  // namespace alliance::fhir

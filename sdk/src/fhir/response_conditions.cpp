// SPDX-License-Identifier: Apache-2.0
// What is asked at all after the answers so far, and what is missing of it.
#include <algorithm>

#include "fhir/response_walk.h"

namespace alliance::fhir {

// Every answer, for enableWhen, wherever its question stands.
void Walk::gather(const Json& of) {
  each(of, "item", [&](const Json& one, std::size_t) {
    const auto index = find(form_, text_of(one, "linkId").value_or(""));
    each(one, "answer", [&](const Json& answer, std::size_t) {
      const auto value = value_of(answer);
      if (index && value) answers_.emplace_back(*index, *value);
      gather(answer);
    });
    gather(one);
  });
}

bool Walk::enabled(const FormItem& item) const {
  if (item.conditions.empty()) return true;
  const auto met = [&](const Condition& condition) {
    const auto index = find(form_, condition.question);
    bool answered = false, found = false;
    for (const auto& [which, value] : answers_) {
      if (!index || which != *index) continue;
      answered = true;
      found = found || holds(condition, value);
    }
    if (condition.comparator == "exists") return answered == condition.yes;
    return found;
  };
  return item.all_conditions ? std::all_of(item.conditions.begin(), item.conditions.end(), met)
                             : std::any_of(item.conditions.begin(), item.conditions.end(), met);
}

// An item is enabled only where those around it are.
bool Walk::reachable(const FormItem& item) const {
  for (const FormItem* one = &item;; one = &form_.items[static_cast<std::size_t>(one->parent)]) {
    if (!enabled(*one)) return false;
    if (one->parent < 0) return true;
  }
}

void Walk::required(const Path& place, int parent, const Seen& seen) {
  const auto& wanted = parent < 0 ? form_.top : form_.items[static_cast<std::size_t>(parent)].children;
  for (const std::size_t index : wanted) {
    const FormItem& item = form_.items[index];
    const auto found = std::find_if(seen.begin(), seen.end(), [&](const auto& one) { return one.first == index; });
    const auto times = found == seen.end() ? 0.0 : static_cast<double>(found->second);
    const bool missing = (item.required && times == 0) ||
                         (item.least_times && times < *item.least_times && (times > 0 || item.required));
    if (missing && item.kind != Kind::display && reachable(item)) {
      add("required", place,
          "the answer to linkId " + named(item.link_id) + " is missing (at least " +
              number_text(std::max(1.0, item.least_times.value_or(1))) +
              "): ask for it, or give the response the status in-progress");
    }
    if (item.most_times && times > *item.most_times) {
      add("repeats", place,
          "linkId " + named(item.link_id) + " is answered more than " + number_text(*item.most_times) + " times");
    }
  }
}

}  // namespace alliance::fhir

// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>

#include "check.h"
#include "faults.h"
#include "key.h"

namespace alliance::instruments {
namespace {

void check_items(Faults& faults, const fb::ContentPackT& pack, const fb::InstrumentT& definition) {
  std::set<std::string> seen;
  for (std::size_t i = 0; i < pack.items.size(); ++i) {
    const auto& item = *pack.items[i];
    const std::string field = at("items", i);
    if (!fresh(faults, field + ".item", item.item, seen)) continue;
    if (std::none_of(definition.items.begin(), definition.items.end(),
                     [&](const auto& own) { return own->id == item.item; })) {
      faults.add(field + ".item", in_quotes(item.item) + " is no item of " + definition.id);
    }
    if (item.text.empty()) faults.add(field + ".text", "is empty");
  }
  for (const auto& own : definition.items) {
    if (!seen.contains(own->id)) faults.add("items", "the text of item " + in_quotes(own->id) + " is missing");
  }
}

void check_labels(Faults& faults, const std::string& field, const fb::ResponseTextT& labels,
                  const fb::ResponseT& response) {
  const Range range = range_of(response);
  std::set<double> seen;
  for (std::size_t i = 0; i < labels.options.size(); ++i) {
    const auto& option = *labels.options[i];
    const std::string place = at(field + ".options", i);
    if (!option.value || !range.allows(*option.value)) {
      faults.add(place + ".value", "is no answer of response " + in_quotes(response.id));
    } else if (!seen.insert(*option.value).second) {
      faults.add(place + ".value", text(*option.value) + " stands twice");
    }
    if (option.text.empty()) faults.add(place + ".text", "is empty");
  }
  for (const auto& option : response.options) {
    if (!seen.contains(*option->value)) faults.add(field, "the label of " + text(*option->value) + " is missing");
  }
}

bool good_last_day(const std::string& text) {
  if (text == "never") return true;
  constexpr std::string_view form = "dddd-dd-dd";
  return text.size() == form.size() && std::equal(text.begin(), text.end(), form.begin(), [](char c, char wanted) {
           return wanted == '-' ? c == '-' : c >= '0' && c <= '9';
         });
}

}  // namespace

bool good_language(const std::string& language) {
  return language.size() >= 2 && language.size() <= 35 && language.front() != '-' && language.back() != '-' &&
         std::all_of(language.begin(), language.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
         });
}

std::vector<std::string> check(const fb::ContentPackT& pack, const fb::InstrumentT& definition) {
  Faults faults;
  if (!good_language(pack.language))
    faults.add("language", in_quotes(pack.language) + ": give a tag such as en or zh-Hans");
  if (pack.title.empty()) faults.add("title", "is empty");
  if (pack.source.empty()) faults.add("source", "say where the words come from");
  if (pack.licence->holder.empty() || pack.licence->terms.empty()) {
    faults.add("licence", "name the holder and the terms of these words");
  }
  if (pack.record != nullptr && !good_last_day(pack.record->expires)) {
    faults.add("record.expires", in_quotes(pack.record->expires) + ": give the last day as 2027-12-31, or never");
  }
  check_items(faults, pack, definition);
  std::set<std::string> seen;
  for (std::size_t i = 0; i < pack.responses.size(); ++i) {
    const auto& labels = *pack.responses[i];
    const std::string field = at("responses", i);
    const auto own = std::find_if(definition.responses.begin(), definition.responses.end(),
                                  [&](const auto& response) { return response->id == labels.response; });
    if (own == definition.responses.end()) {
      faults.add(field + ".response", in_quotes(labels.response) + " is no response of " + definition.id);
    } else if (fresh(faults, field + ".response", labels.response, seen)) {
      check_labels(faults, field, labels, **own);
    }
  }
  for (const auto& response : definition.responses) {
    if (!response->options.empty() && !seen.contains(response->id)) {
      faults.add("responses", "the labels of response " + in_quotes(response->id) + " are missing");
    }
  }
  return faults.take();
}

}  // namespace alliance::instruments

// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "fhir/form.h"

namespace alliance::fhir {
namespace {

// A definition's options have codes without a system. "LA6568-5" is LOINC's manner to name an answer, and nobody
// else's.
bool is_loinc_answer(std::string_view code) {
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  return code.size() > 4 && code.starts_with("LA") && code[code.size() - 2] == '-' && digit(code.back()) &&
         std::all_of(code.begin() + 2, code.end() - 2, digit);
}

Result<FormItem> item_of(const fb::InstrumentT& definition, const fb::ItemT& from) {
  FormItem item;
  item.kind = Kind::scored;
  item.link_id = from.id;
  for (const auto& code : from.codes) item.codes.push_back({code->system, code->code});
  const auto response = std::find_if(definition.responses.begin(), definition.responses.end(),
                                     [&](const auto& one) { return one->id == from.response; });
  if (response == definition.responses.end()) {
    return fail(ALLIANCE_E_BAD_INPUT, "the definition " + shown(definition.id) + ": item " + named(from.id) +
                                          " asks for response " + named(from.response) + ", which it has not");
  }
  const fb::ResponseT& given = **response;
  for (const auto& option : given.options) {
    Option made;
    made.code = option->code;
    if (is_loinc_answer(made.code)) made.system = loinc;
    if (option->value) made.value = *option->value;
    item.options.push_back(std::move(made));
  }
  if (given.options.empty()) {
    if (given.min) item.least = Bound{*given.min, {}};
    if (given.max) item.most = Bound{*given.max, {}};
    item.decimals = given.decimals;
  }
  return item;
}

void answers_to(Form& form, std::size_t item, const std::string& name) {
  if (!name.empty()) form.by_link.emplace(name, item);
}

}  // namespace

Result<Form> form_of(const fb::InstrumentT& definition, const std::vector<std::string>& link_ids) {
  if (!link_ids.empty() && link_ids.size() != definition.items.size()) {
    return fail(ALLIANCE_E_INVALID, std::to_string(link_ids.size()) + " linkIds are named and " + shown(definition.id) +
                                        " has " + std::to_string(definition.items.size()) + " items");
  }
  Form form;
  form.name = form.id = definition.id;
  form.version = definition.version;
  form.title = definition.title;
  form.of_instrument = true;
  for (const auto& from : definition.items) {
    auto item = item_of(definition, *from);
    if (!item) return tl::unexpected(item.error());
    form.top.push_back(form.items.size());
    form.items.push_back(std::move(*item));
  }
  // What was named comes first, then ids, then codes: an earlier name is not taken away by a later one.
  for (std::size_t i = 0; i < link_ids.size(); ++i) {
    if (!form.by_link.emplace(link_ids[i], i).second) {
      return fail(ALLIANCE_E_INVALID, "the linkId " + named(link_ids[i]) + " is named for two items");
    }
  }
  if (link_ids.empty()) {
    for (std::size_t i = 0; i < definition.items.size(); ++i) answers_to(form, i, definition.items[i]->id);
    for (std::size_t i = 0; i < definition.items.size(); ++i) {
      for (const auto& code : definition.items[i]->codes) answers_to(form, i, code->code);
    }
  }
  for (const auto& scale : definition.scales) {
    FormItem stated;
    stated.kind = Kind::stated;
    stated.link_id = scale->id;
    for (const auto& code : scale->codes) answers_to(form, form.items.size(), code->code);
    answers_to(form, form.items.size(), scale->id);
    form.items.push_back(std::move(stated));
  }
  for (const auto& [name, item] : form.by_link) {
    if (form.items[item].link_id == name) form.items[item].found_by_link_id = true;
  }
  return form;
}

std::optional<std::size_t> find(const Form& form, std::string_view link_id) {
  auto found = form.by_link.find(link_id);
  if (found == form.by_link.end() && form.of_instrument) {
    const auto slash = link_id.rfind('/');
    if (slash != std::string_view::npos) found = form.by_link.find(link_id.substr(slash + 1));
  }
  if (found == form.by_link.end()) return std::nullopt;
  return found->second;
}

}  // namespace alliance::fhir

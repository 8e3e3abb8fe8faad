// SPDX-License-Identifier: Apache-2.0
// A FHIR Questionnaire, R4 or R5, to a Form.
#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "fhir/form.h"
#include "fhir/values.h"
#include "fhir/weights.h"

namespace alliance::fhir {
namespace {

constexpr std::size_t most_form_items = 10'000;
constexpr std::size_t most_options_in_all = 100'000;

constexpr std::array<std::pair<std::string_view, Kind>, 18> types = {{
    {"group", Kind::group},
    {"display", Kind::display},
    {"question", Kind::question},
    {"boolean", Kind::boolean},
    {"decimal", Kind::decimal},
    {"integer", Kind::integer},
    {"date", Kind::date},
    {"dateTime", Kind::date_time},
    {"time", Kind::time},
    {"string", Kind::string},
    {"text", Kind::text},
    {"url", Kind::url},
    {"choice", Kind::choice},
    {"open-choice", Kind::choice},
    {"coding", Kind::choice},
    {"attachment", Kind::attachment},
    {"reference", Kind::reference},
    {"quantity", Kind::quantity},
}};

constexpr std::string_view core = "http://hl7.org/fhir/StructureDefinition/";
constexpr std::string_view sdc = "http://hl7.org/fhir/uv/sdc/StructureDefinition/";
constexpr std::array<std::string_view, 4> calculations = {"sdc-questionnaire-calculatedExpression",
                                                          "questionnaire-calculatedExpression", "cqf-expression",
                                                          "cqf-calculatedValue"};

std::optional<Value> extended(const Json& of, std::string_view name) {
  for (const std::string_view stem : {core, sdc}) {
    if (const auto found = extension(of, std::string(stem) + std::string(name))) return value_of(*found);
  }
  return std::nullopt;
}
std::optional<double> extended_number(const Json& of, std::string_view name) {
  const auto value = extended(of, name);
  if (!value) return std::nullopt;
  return value->type == "Quantity" ? number_of(value->value, "value") : number_of(value->value);
}

std::optional<Bound> bound(const Json& item, const char* plain, const char* of_quantity) {
  auto value = extended(item, plain);
  if (!value) value = extended(item, of_quantity);
  if (!value) return std::nullopt;
  if (const auto number = value->type == "Quantity" ? number_of(value->value, "value") : number_of(value->value)) {
    return Bound{number, {}};
  }
  const auto text = text_of(value->value);
  return text ? std::optional(Bound{std::nullopt, std::string(*text)}) : std::nullopt;
}

std::vector<Coding> codings(const Json& of) {
  std::vector<Coding> made;
  each(of, "code", [&](const Json& one, std::size_t) {
    if (!string_of(one, "code").empty()) made.push_back({string_of(one, "system"), string_of(one, "code")});
  });
  return made;
}

class QuestionnaireReader {
 public:
  explicit QuestionnaireReader(const Json& resource) : contained_(resource) {}

  Result<Form> read(const Json& resource) {
    form_.id = string_of(resource, "id");
    form_.url = string_of(resource, "url");
    form_.version = string_of(resource, "version");
    form_.title = string_of(resource, "title");
    form_.copyright = string_of(resource, "copyright");
    form_.publisher = string_of(resource, "publisher");
    form_.language = string_of(resource, "language");
    const std::string name = string_of(resource, "name");
    if (form_.title.empty()) form_.title = name;
    form_.name = !form_.url.empty() ? form_.url
                 : !name.empty()    ? name
                 : form_.id.empty() ? "the Questionnaire"
                                    : form_.id;
    form_.codes = codings(resource);
    const Path root{nullptr, "Questionnaire", -1};
    items(resource, root, -1);
    if (!refusal_ && form_.items.empty()) refuse(root, "it has no item: there is nothing to answer");
    if (refusal_) return fail(ALLIANCE_E_BAD_INPUT, *refusal_);
    return std::move(form_);
  }

 private:
  void refuse(const Path& place, const std::string& sentence) {
    if (!refusal_) refusal_ = place.text() + ": " + sentence;
  }

  void items(const Json& of, const Path& place, int parent) {
    const auto list = member(of, "item");
    if (!list) return;
    const Path here = place.member("item");
    if (!list->is_array()) return refuse(here, "it is no array: give the items in [ ]");
    each(of, "item", [&](const Json& one, std::size_t index) {
      if (!refusal_) item(one, here.at(index), parent);
    });
  }

  void item(const Json& from, const Path& place, int parent) {
    if (!from.is_object()) return refuse(place, "it is no object: an item is { \"linkId\": ..., \"type\": ... }");
    const std::string link = string_of(from, "linkId");
    if (link.empty()) return refuse(place, "it has no linkId: give it one that no other item has");
    const std::size_t index = form_.items.size();
    if (index == most_form_items) {
      return refuse(place, "it has more than " + std::to_string(most_form_items) + " items: no such form is read");
    }
    if (!form_.by_link.emplace(link, index).second) {
      return refuse(place.member("linkId"), named(link) + " stands twice: give each item a linkId of its own");
    }
    FormItem made;
    made.link_id = link;
    made.parent = parent;
    const std::string type = string_of(from, "type");
    const auto known = std::find_if(types.begin(), types.end(), [&](const auto& one) { return one.first == type; });
    if (known == types.end()) return refuse(place, "its type " + named(type) + " is none of FHIR's: give it one");
    made.kind = known->second;
    if (type == "open-choice") made.open = "String";
    read_rest(from, place, made);
    if (refusal_) return;
    (parent < 0 ? form_.top : form_.items[static_cast<std::size_t>(parent)].children).push_back(index);
    form_.items.push_back(std::move(made));
    items(from, place, static_cast<int>(index));
  }

  void read_rest(const Json& from, const Path& place, FormItem& made) {
    made.text = string_of(from, "text");
    made.codes = codings(from);
    made.required = true_at(from, "required");
    made.repeats = true_at(from, "repeats");
    made.read_only = true_at(from, "readOnly");
    made.calculated = std::any_of(calculations.begin(), calculations.end(),
                                  [&](std::string_view name) { return extended(from, name).has_value(); });
    made.least = bound(from, "minValue", "sdc-questionnaire-minQuantity");
    made.most = bound(from, "maxValue", "sdc-questionnaire-maxQuantity");
    made.step = extended_number(from, "questionnaire-sliderStepValue");
    if (const auto count = extended_number(from, "maxDecimalPlaces"); count && *count >= 0 && *count <= 15) {
      made.decimals = static_cast<unsigned>(*count);
    }
    made.longest = number_of(from, "maxLength");
    made.shortest = extended_number(from, "minLength");
    made.least_times = extended_number(from, "questionnaire-minOccurs");
    made.most_times = extended_number(from, "questionnaire-maxOccurs");
    conditions(from, place, made);
    options(from, place, made);
  }

  void conditions(const Json& from, const Path& place, FormItem& made) {
    made.all_conditions = text_of(from, "enableBehavior") == "all";
    const Path list = place.member("enableWhen");
    each(from, "enableWhen", [&](const Json& one, std::size_t index) {
      Condition condition;
      condition.question = string_of(one, "question");
      condition.comparator = string_of(one, "operator");
      const auto expected = value_of(one, "answer");
      if (condition.question.empty() || condition.comparator.empty() || !expected) {
        return refuse(list.at(index), "it needs question, operator and answer[x]");
      }
      const Json& value = expected->value;
      condition.type = expected->type;
      condition.system = string_of(value, "system");
      condition.code = condition.type == "Coding"      ? string_of(value, "code")
                       : condition.type == "Reference" ? string_of(value, "reference")
                                                       : std::string(text_of(value).value_or(""));
      condition.number = condition.type == "Quantity" ? number_of(value, "value") : number_of(value);
      condition.yes = true_at(one, "answerBoolean");
      made.conditions.push_back(std::move(condition));
      form_.has_conditions = true;
    });
  }

  void options(const Json& from, const Path& place, FormItem& made) {
    const auto constraint = text_of(from, "answerConstraint");  // R5
    if (constraint == "optionsOrString") made.open = "String";
    if (constraint == "optionsOrType") made.open = "any";
    const Path list = place.member("answerOption");
    each(from, "answerOption", [&](const Json& one, std::size_t index) {
      const Path here = list.at(index);
      const auto value = value_of(one);
      if (!value) return refuse(here, "it has no value[x]: give the option's valueCoding or valueInteger");
      if (made.options.size() == most_options) return refuse(here, "no list of so many options is read");
      Option option;
      option.type = value->type;
      if (option.type == "Coding") {
        option.system = string_of(value->value, "system");
        option.code = string_of(value->value, "code");
        option.label = string_of(value->value, "display");
      } else if (const auto number = number_of(value->value)) {
        option.code = number_text(*number);
        option.value = number;
      } else {
        option.code = option.type == "Reference" ? string_of(value->value, "reference")
                                                 : std::string(text_of(value->value).value_or(""));
        option.label = option.code;
      }
      const auto exclusive = extended(one, "questionnaire-optionExclusive");
      bool yes = false;
      option.exclusive = exclusive && exclusive->value.get(yes) == simdjson::SUCCESS && yes;
      if (const auto own = weight_in(one); own && option.type == "Integer") option.value = own;
      auto done = join(option, weight_in(one), "the option");
      if (done) done = join(option, weight_in(value->value), "its coding");
      if (done) done = contained_.weigh(option);
      if (!done) return refuse(here, done.error().message);
      made.options.push_back(std::move(option));
    });
    const auto set = text_of(from, "answerValueSet");
    if (set && made.options.empty()) {
      auto found = contained_.options(*set);
      if (!found) {
        made.elsewhere = *set;
      } else if (!*found) {
        return refuse(place.member("answerValueSet"), found->error().message);
      } else {
        made.options = std::move(**found);
      }
    }
    options_in_all_ += made.options.size();
    if (options_in_all_ > most_options_in_all) refuse(place, "the form has too many options to be read");
  }

  const Contained contained_;
  Form form_;
  std::size_t options_in_all_ = 0;
  std::optional<std::string> refusal_;
};

}  // namespace

Result<Form> form_of(const Json& questionnaire) {
  if (text_of(questionnaire, "resourceType") != "Questionnaire") {
    return fail(ALLIANCE_E_BAD_INPUT, "it is a " + shown(text_of(questionnaire, "resourceType").value_or("thing")) +
                                          " and no Questionnaire: give the form itself");
  }
  return QuestionnaireReader(questionnaire).read(questionnaire);
}

}  // namespace alliance::fhir

// SPDX-License-Identifier: Apache-2.0
// What a response, an item or an answer consists of.
#include <algorithm>
#include <array>

#include "fhir/primitives.h"
#include "fhir/response_walk.h"

namespace alliance::fhir {
namespace {

constexpr std::array<std::string_view, 20> of_a_response = {
    "resourceType",      "id",         "meta",    "implicitRules", "language",      "text",   "contained", "extension",
    "modifierExtension", "identifier", "basedOn", "partOf",        "questionnaire", "status", "subject",   "encounter",
    "authored",          "author",     "source",  "item"};
constexpr std::array<std::string_view, 9> looked_at = {"status",    "id",     "authored", "questionnaire", "subject",
                                                       "encounter", "author", "source",   "identifier"};
constexpr std::size_t objects = 5;  // the last of these
constexpr std::array<std::string_view, 7> of_an_item = {
    "id", "extension", "modifierExtension", "linkId", "definition", "text", "item"};
constexpr std::array<std::string_view, 4> of_an_answer = {"id", "extension", "modifierExtension", "item"};
constexpr std::array<std::string_view, 5> statuses = {"in-progress", "completed", "amended", "entered-in-error",
                                                      "stopped"};

template <class List>
bool among(const List& list, std::string_view name) {
  return std::find(list.begin(), list.end(), name) != list.end();
}

// The names of an object's members, as they come.
class Names {  // NOLINT(cppcoreguidelines-pro-type-member-init): a view is not filled in before it is needed
 public:
  bool twice(std::string_view name) {
    const auto same = [name](const Key& other) {
      return other.size == name.size() &&
             (name.empty() || (*other.first == name.front() && name == std::string_view(other.first, other.size)));
    };
    if (std::any_of(seen_.begin(), seen_.begin() + count_, same)) return true;
    if (count_ < seen_.size()) seen_[count_++] = {name.data(), name.size()};
    return false;
  }

 private:
  struct Key {
    const char* first;
    std::size_t size;
  };
  std::array<Key, 32> seen_;
  std::size_t count_ = 0;
};

void keep_first(std::optional<Json>& to, const Json& what) {
  if (!to) to = what;
}

}  // namespace

constexpr Members response_members = {of_a_response, "a QuestionnaireResponse"};
constexpr Members item_members = {of_an_item, "an item", true, false};
constexpr Members answer_members = {of_an_answer, "an answer", false, true};

std::optional<std::uint8_t> absent(const std::optional<Json>& extensions) {
  if (!extensions) return std::nullopt;
  const auto found = extension_in(*extensions, data_absent);
  if (!found) return std::nullopt;
  const auto reason = text_of(*found, "valueCode").value_or("");
  if (reason == "asked-declined") return ALLIANCE_REFUSED;
  if (reason == "not-applicable") return ALLIANCE_NOT_APPLICABLE;
  if (reason == "not-asked" || reason == "not-permitted") return ALLIANCE_NOT_PRESENTED;
  return ALLIANCE_SKIPPED;
}

void Parts::take(std::string_view name, const Json& what) {
  if (is(name, "linkId")) return keep_first(link, what);
  if (is(name, "answer")) return keep_first(answer, what);
  if (is(name, "item")) return keep_first(item, what);
  if (is(name, "extension")) return keep_first(extensions, what);
  const bool beside = is(name.substr(0, 6), "_value");
  if (!beside && !is(name.substr(0, 5), "value")) return;
  if (!state) state = absent(member(what, "extension"));
  value_beside = value_beside || beside;
  if (beside || name.size() == 5) return;
  ++values;
  value = Value{name.substr(5), what};
}

Parts Walk::members(const Object& object, const Path& place, const Members& known) {
  Names seen;
  Parts parts;
  for (const auto field : object) {
    parts.take(field.key, field.value);
    const Path here = place.member(field.key);
    const std::string_view name = field.key.starts_with('_') ? field.key.substr(1) : field.key;
    const bool answers = known.of_item && is(name, "answer");
    const bool valued = known.of_answer && name.size() > 5 && is(name.substr(0, 5), "value");
    const bool links = known.of_item && is(name, "linkId");
    if (!answers && !valued && !links && !among(known.names, name)) {
      add("unknown-member", here,
          "there is no " + named(field.key) + " in " + known.of + ": correct the name or take it out");
      continue;
    }
    if (seen.twice(field.key)) add("unknown-member", here, "it stands twice: keep one");
    if (answers || is(name, "item") || is(name, "answer")) {
      Array array;
      if (field.value.get(array) != simdjson::SUCCESS) {
        add("type", here, "it is no array: put it into [ ]");
      } else if (array.size() == 0) {
        add("empty", here, "an empty array says nothing: leave it out");
      }
    } else {
      looked_into(field.value, here);
    }
  }
  return parts;
}

void Walk::looked_into(const Json& value, const Path& place) {
  std::size_t count = 0;
  const auto type = value.type();
  if (type == simdjson::dom::element_type::ARRAY) {
    for (const Json one : Array(value)) looked_into(one, place.at(count++));
    if (count == 0) add("empty", place, "an empty array says nothing: leave it out");
  } else if (type == simdjson::dom::element_type::OBJECT) {
    Names seen;
    for (const auto field : Object(value)) {
      const Path here = place.member(field.key);
      if (seen.twice(field.key)) add("unknown-member", here, "it stands twice: keep one");
      looked_into(field.value, here);
      ++count;
    }
    if (count == 0) add("empty", place, "an empty object says nothing: leave it out");
  } else if (type == simdjson::dom::element_type::STRING && text_of(value)->empty()) {
    add("empty", place, "an empty text says nothing: leave it out");
  }
}

void Walk::head(const Object& object, const Path& place) {
  std::array<std::optional<Json>, looked_at.size()> found;  // of what stands twice the first
  for (const auto field : object) {
    const auto at = std::find(looked_at.begin(), looked_at.end(), field.key) - looked_at.begin();
    if (at < std::ssize(looked_at) && !found[static_cast<std::size_t>(at)]) {
      found[static_cast<std::size_t>(at)] = field.value;
    }
  }
  const auto &status = found[0], &id = found[1], &authored = found[2], &questionnaire = found[3];
  const auto word = status ? text_of(*status).value_or("") : std::string_view();
  complete_ = word == "completed" || word == "amended";
  const char* const choices = "in-progress, completed, amended, entered-in-error or stopped";
  if (!status) {
    add("status", place, std::string("it has no status: give one of ") + choices);
  } else if (!among(statuses, word)) {
    add("status", place.member("status"), named(word) + " is no status: give one of " + choices);
  }
  const auto text_when = [&](const std::optional<Json>& part, const char* name, bool (*good)(std::string_view),
                             const char* wanted) {
    if (part && !good(text_of(*part).value_or(""))) add("type", place.member(name), wanted);
  };
  text_when(id, "id", is_id, "an id is letters, digits, '-' and '.', 64 at most");
  text_when(authored, "authored", is_date_time,
            "give a date, or a date and time with its zone: 2026-11-24T09:30:00+01:00");
  text_when(questionnaire, "questionnaire", is_code, "give the canonical URL of the Questionnaire as text");
  other_form(questionnaire ? text_of(*questionnaire).value_or("") : std::string_view(), place);
  for (std::size_t at = looked_at.size() - objects; at < looked_at.size(); ++at) {
    if (found[at] && !found[at]->is_object()) add("type", place.member(looked_at[at]), "it is no object");
  }
}

// Which form was answered is the sender's word; its items decide.
void Walk::other_form(std::string_view told, const Path& place) {
  const auto bar = told.find('|');
  const auto version = bar == std::string_view::npos ? std::string_view() : told.substr(bar + 1);
  if (form_.of_instrument && told.starts_with(instrument_urn) &&
      told.substr(0, bar).substr(instrument_urn.size()) != form_.id) {
    return add("questionnaire", place.member("questionnaire"),
               "it answers " + named(told) + " and not " + shown(form_.id) + ": hold it against its own instrument");
  }
  if (form_.url.empty() || told.empty()) return;
  if (told.substr(0, bar) != form_.url) {
    add("questionnaire", place.member("questionnaire"),
        "it names another form than " + named(form_.url) + ", against which it is held", Severity::warning);
  } else if (!version.empty() && !form_.version.empty() && version != form_.version) {
    add("questionnaire", place.member("questionnaire"),
        "it names version " + named(version) + " and is held against " + named(form_.version), Severity::warning);
  }
}

}  // namespace alliance::fhir

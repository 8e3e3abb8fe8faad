// SPDX-License-Identifier: Apache-2.0
#include "fhir/response.h"

#include <alliance/base.h>

#include <algorithm>
#include <array>
#include <span>
#include <utility>

#include "fhir/answer.h"
#include "fhir/primitives.h"
#include "fhir/values.h"

namespace alliance::fhir {
namespace {

constexpr std::array<std::string_view, 20> response_members = {
    "resourceType",      "id",         "meta",    "implicitRules", "language",      "text",   "contained", "extension",
    "modifierExtension", "identifier", "basedOn", "partOf",        "questionnaire", "status", "subject",   "encounter",
    "authored",          "author",     "source",  "item"};
constexpr std::array<std::string_view, 9> looked_at = {"status",    "id",     "authored", "questionnaire", "subject",
                                                       "encounter", "author", "source",   "identifier"};
constexpr std::size_t objects = 5;  // the last of these
constexpr std::array<std::string_view, 7> item_members = {
    "id", "extension", "modifierExtension", "linkId", "definition", "text", "item"};
constexpr std::array<std::string_view, 4> answer_members = {"id", "extension", "modifierExtension", "item"};
constexpr std::array<std::string_view, 5> statuses = {"in-progress", "completed", "amended", "entered-in-error",
                                                      "stopped"};
constexpr std::string_view data_absent = "http://hl7.org/fhir/StructureDefinition/data-absent-reason";

template <class List>
bool among(const List& list, std::string_view name) {
  return std::find(list.begin(), list.end(), name) != list.end();
}

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

// What this file looks at of an item or an answer, sorted in one pass; of what stands twice the first.
struct Parts {
  std::optional<Json> link, answer, item, extensions;
  std::optional<Value> value;  // the last
  std::size_t values = 0;
  bool value_beside = false;          // _value[x]
  std::optional<std::uint8_t> state;  // why there is no value, as one of these says it

  void take(std::string_view name, const Json& what) {
    if (is(name, "linkId")) return keep(link, what);
    if (is(name, "answer")) return keep(answer, what);
    if (is(name, "item")) return keep(item, what);
    if (is(name, "extension")) return keep(extensions, what);
    const bool beside = is(name.substr(0, 6), "_value");
    if (!beside && !is(name.substr(0, 5), "value")) return;
    if (!state) state = absent(member(what, "extension"));
    value_beside = value_beside || beside;
    if (beside || name.size() == 5) return;
    ++values;
    value = Value{name.substr(5), what};
  }

 private:
  static void keep(std::optional<Json>& to, const Json& what) {
    if (!to) to = what;
  }
};

class Walk {
 public:
  Walk(const Form& form, Checked& checked) : form_(form), checked_(checked) {}

  void response(const Json& resource, const Path& place) {
    Object object;
    if (resource.get(object) != simdjson::SUCCESS || text_of(resource, "resourceType") != "QuestionnaireResponse") {
      return add("resource", place, "it is no QuestionnaireResponse: give one");
    }
    members(object, place, response_members, "a QuestionnaireResponse");
    head(object, place);
    if (form_.has_conditions) gather(resource);
    if (form_.of_instrument) given_.assign(form_.items.size(), false);
    items(resource, place, -1, false);
  }

 private:
  using Seen = std::vector<std::pair<std::size_t, std::size_t>>;  // form item, how many there were

  void add(const char* rule, const Path& place, std::string sentence, Severity severity = Severity::error) {
    if (checked_.findings.size() >= most_findings) return;
    if (checked_.findings.size() + 1 == most_findings) {
      rule = "more";
      sentence = "there is more to find: mend these first";
    }
    checked_.findings.push_back({severity, rule, place.text(), std::move(sentence)});
  }

  // Unknown and doubled members, and what is empty, of anything that this file does not look into.
  template <class Known>
  Parts members(const Object& object, const Path& place, const Known& known, const char* of) {
    struct Key {  // a view that is not filled in before it is needed
      const char* first;
      std::size_t size;
    };
    std::array<Key, 32> seen;  // NOLINT(cppcoreguidelines-pro-type-member-init)
    std::size_t count = 0;
    Parts parts;
    for (const auto field : object) {
      parts.take(field.key, field.value);
      const Path here = place.member(field.key);
      const std::string_view name = field.key.starts_with('_') ? field.key.substr(1) : field.key;
      const bool answers = known.data() == item_members.data() && is(name, "answer");
      const bool valued = known.data() == answer_members.data() && name.size() > 5 && is(name.substr(0, 5), "value");
      const bool links = known.data() == item_members.data() && is(name, "linkId");
      if (!answers && !valued && !links && !among(known, name)) {
        add("unknown-member", here,
            "there is no " + named(field.key) + " in " + of + ": correct the name or take it out");
        continue;
      }
      const auto same = [key = field.key](const Key& other) {
        return other.size == key.size() && *other.first == key.front() &&
               key == std::string_view(other.first, other.size);
      };
      if (std::any_of(seen.begin(), seen.begin() + count, same)) {
        add("unknown-member", here, "it stands twice: keep one");
      }
      if (count < seen.size()) seen[count++] = {field.key.data(), field.key.size()};
      if (answers || is(name, "item") || is(name, "answer")) {
        Array array;
        if (field.value.get(array) != simdjson::SUCCESS) {
          add("type", here, "it is no array: put it into [ ]");
        } else if (array.size() == 0) {
          add("empty", here, "an empty array says nothing: leave it out");
        }
      } else {
        nothing_empty(field.value, here);
      }
    }
    return parts;
  }

  void nothing_empty(const Json& value, const Path& place) {
    std::size_t count = 0;
    const auto type = value.type();
    if (type == simdjson::dom::element_type::ARRAY) {
      for (const Json one : Array(value)) nothing_empty(one, place.at(count++));
      if (count == 0) add("empty", place, "an empty array says nothing: leave it out");
    } else if (type == simdjson::dom::element_type::OBJECT) {
      for (const auto field : Object(value)) {
        nothing_empty(field.value, place.member(field.key));
        ++count;
      }
      if (count == 0) add("empty", place, "an empty object says nothing: leave it out");
    } else if (type == simdjson::dom::element_type::STRING && text_of(value)->empty()) {
      add("empty", place, "an empty text says nothing: leave it out");
    }
  }

  void head(const Object& object, const Path& place) {
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
  void other_form(std::string_view told, const Path& place) {
    const auto bar = told.find('|');
    const auto version = bar == std::string_view::npos ? std::string_view() : told.substr(bar + 1);
    if (form_.url.empty() || told.empty()) return;
    if (told.substr(0, bar) != form_.url) {
      add("questionnaire", place.member("questionnaire"),
          "it names another form than " + named(form_.url) + ", against which it is held", Severity::warning);
    } else if (!version.empty() && !form_.version.empty() && version != form_.version) {
      add("questionnaire", place.member("questionnaire"),
          "it names version " + named(version) + " and is held against " + named(form_.version), Severity::warning);
    }
  }

  // Every answer, for enableWhen, wherever its question stands.
  void gather(const Json& of) {
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

  bool enabled(const FormItem& item) const {
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
  bool reachable(const FormItem& item) const {
    for (const FormItem* one = &item;; one = &form_.items[static_cast<std::size_t>(one->parent)]) {
      if (!enabled(*one)) return false;
      if (one->parent < 0) return true;
    }
  }

  void items(const Json& of, const Path& place, int parent, bool beneath_answer) {
    Seen seen;
    const Path list = place.member("item");
    each(of, "item", [&](const Json& one, std::size_t index) {
      if (checked_.findings.size() < most_findings) item(one, list.at(index), parent, beneath_answer, seen);
    });
    if (!form_.of_instrument && complete_) required(place, parent, seen);
  }

  void required(const Path& place, int parent, const Seen& seen) {
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

  void item(const Json& one, const Path& place, int parent, bool beneath_answer, Seen& seen) {
    Object object;
    if (one.get(object) != simdjson::SUCCESS) return add("type", place, "it is no object");
    const Parts parts = members(object, place, item_members, "an item");
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
  std::optional<std::size_t> which(std::string_view link) {
    const auto expected = std::exchange(next_, next_ + 1);
    if (expected < form_.items.size() && form_.items[expected].found_by_link_id &&
        form_.items[expected].link_id == link) {
      return expected;
    }
    const auto found = find(form_, link);
    if (found) next_ = *found + 1;
    return found;
  }

  static std::size_t answer_count(const Json& item) {
    std::size_t count = 0;
    each(item, "answer", [&](const Json&, std::size_t) { ++count; });
    return count;
  }

  std::string whereabouts(int parent) const {
    return parent < 0 ? "at the top" : "in linkId " + named(form_.items[static_cast<std::size_t>(parent)].link_id);
  }

  void unknown(const Json& one, const Path& place, std::string_view link, int parent, bool beneath_answer,
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

  void answers(const Json& one, const Path& place, const FormItem& wanted, std::size_t index) {
    const Path list = place.member("answer");
    std::size_t count = 0, exclusive = 0;
    if (!wanted.elsewhere.empty() && member(one, "answer")) {
      add("option", list,
          "its options stand in " + named(wanted.elsewhere) +
              ", which is not contained in the Questionnaire: not checked",
          Severity::warning);
    }
    each(one, "answer", [&](const Json& answer, std::size_t at) {
      ++count;
      const Path here = list.at(at);
      Parts parts;
      if (const auto value = value_at(answer, here, parts)) {
        const Option* chosen = nullptr;
        if (auto bad = misfit(wanted, *value, chosen)) {
          add(bad->rule, here.member(value_name(*value)), "linkId " + named(wanted.link_id) + ": " + bad->sentence);
        }
        if (chosen != nullptr && chosen->exclusive) ++exclusive;
      }
      if (parts.item)
        items(answer, here, static_cast<int>(index), true);
      else if (complete_)
        required(here, static_cast<int>(index), {});
    });
    if (count > 1 && !wanted.repeats) {
      add("repeats", list,
          "linkId " + named(wanted.link_id) + " may be answered once and has " + std::to_string(count) +
              " answers: keep one");
    }
    if (count > 1 && exclusive > 0) {
      add("exclusive", list,
          "linkId " + named(wanted.link_id) +
              ": an option that excludes all others was chosen beside another: keep the one or the others");
    }
  }

  static std::string_view value_name(const Value& value) {  // "Coding" is the end of "valueCoding"
    return {value.type.data() - 5, value.type.size() + 5};
  }

  // The one well-formed value[x] of an answer; what else it may be is found.
  std::optional<Value> value_at(const Json& answer, const Path& place, Parts& parts) {
    Object object;
    if (answer.get(object) != simdjson::SUCCESS) {
      add("type", place, "it is no object: an answer is { \"valueCoding\": ... }");
      return std::nullopt;
    }
    parts = members(object, place, answer_members, "an answer");
    const std::optional<Value>& value = parts.value;
    if (parts.values > 1) {
      add("two-values", place, "it has " + std::to_string(parts.values) + " values: an answer has one value[x]");
      return std::nullopt;
    }
    if (parts.values == 0) {
      if (!parts.extensions && !parts.value_beside)
        add("no-value", place, "it has no value[x]: give one, or leave the answer out");
      return std::nullopt;
    }
    if (auto bad = malformed(*value)) {
      add(bad->rule, place.member(value_name(*value)), bad->sentence);
      return std::nullopt;
    }
    return value;
  }

  void of_instrument(const Parts& parts, const Path& place, std::size_t index, bool beneath_answer) {
    const FormItem& wanted = form_.items[index];
    if (beneath_answer || parts.item) {
      add("nesting", beneath_answer ? place : place.member("item"),
          "the items of " + shown(form_.name) + " stand beside each other or in groups, never in one another");
    }
    if (given_[index]) {
      add("repeats", place, "linkId " + named(wanted.link_id) + " is answered twice: keep one");
      return;
    }
    given_[index] = true;
    if (const auto state = absent(parts.extensions)) keep_state(index, *state);
    const Path list = place.member("answer");
    std::size_t count = 0;
    each_of(parts.answer, [&](const Json& answer, std::size_t at) {
      ++count;
      const Path here = list.at(at);
      Parts inner;
      const auto value = value_at(answer, here, inner);
      if (inner.item) items(answer, here, static_cast<int>(index), true);
      // Why there is no value, as the answer or its value says it.
      const auto state = absent(inner.extensions);
      if (state || inner.state) return keep_state(index, state ? *state : *inner.state);
      if (!value) return;
      const auto number = scored(wanted, *value);
      if (number) {
        keep(index, *number);
      } else {
        add(number.error().rule, here.member(value_name(*value)),
            "linkId " + named(wanted.link_id) + ": " + number.error().sentence);
      }
    });
    if (count > 1) {
      add("repeats", list,
          "linkId " + named(wanted.link_id) + " may be answered once and has " + std::to_string(count) +
              " answers: keep one");
    }
  }

  void keep(std::size_t index, double value) {
    if (index >= checked_.values.size()) {
      checked_.stated[index - checked_.values.size()] = value;
      return;
    }
    checked_.values[index] = value;
    checked_.states[index] = ALLIANCE_ANSWERED;
  }
  void keep_state(std::size_t index, std::uint8_t state) {
    if (index < checked_.states.size()) checked_.states[index] = state;
  }

  const Form& form_;
  Checked& checked_;
  bool complete_ = false;
  std::size_t next_ = 0;                                // the item that is expected
  std::vector<std::pair<std::size_t, Value>> answers_;  // gathered for enableWhen
  std::vector<bool> given_;                             // an instrument's items
};

}  // namespace

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

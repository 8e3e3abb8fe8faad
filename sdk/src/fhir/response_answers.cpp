// SPDX-License-Identifier: Apache-2.0
// The answers to one question.
#include "fhir/response_walk.h"

namespace alliance::fhir {
namespace {

std::string_view value_name(const Value& value) {  // "Coding" is the end of "valueCoding"
  return {value.type.data() - 5, value.type.size() + 5};
}

// Goes on to the next member where this one is called so and is a text that says something: that text, or nothing.
template <std::size_t Size>
std::string_view text_next(Object::iterator& at, const Object::iterator& end, const char (&name)[Size]) {
  if (at == end || !is(at.key(), name)) return {};
  const auto text = text_of(at.value()).value_or(std::string_view());
  if (!text.empty()) ++at;
  return text;
}

}  // namespace

// What most items of an instrument are: the one that is expected, with one answer that is a code of it, and nothing
// that would have to be found. Whatever is not goes the long way, and is found there.
bool Walk::plain(const Json& one) {
  if (!form_.of_instrument || next_ >= form_.items.size() || given_[next_]) return false;
  const FormItem& wanted = form_.items[next_];
  Object item, answer, coding;
  Array answers;
  if (!wanted.found_by_link_id || wanted.kind != Kind::scored || one.get(item) != simdjson::SUCCESS) return false;
  auto at = item.begin();
  const auto item_end = item.end();
  const auto link = text_next(at, item_end, "linkId");
  if (link.empty() || link != wanted.link_id) return false;
  text_next(at, item_end, "text");
  if (at == item_end || !is(at.key(), "answer") || at.value().get(answers) != simdjson::SUCCESS) return false;
  if (++at != item_end || answers.size() != 1 || answers.at(0).get(answer) != simdjson::SUCCESS) return false;
  const auto given = answer.begin();
  if (answer.size() != 1 || !is(given.key(), "valueCoding")) return false;
  if (given.value().get(coding) != simdjson::SUCCESS) return false;
  auto part = coding.begin();
  const auto coding_end = coding.end();
  const auto system = text_next(part, coding_end, "system"), code = text_next(part, coding_end, "code");
  if (system.empty() || code.empty()) return false;
  text_next(part, coding_end, "display");
  if (part != coding_end) return false;
  const auto number = by_code(wanted, system, code);
  if (!number) return false;
  given_[next_] = true;
  keep(next_++, *number);
  return true;
}

void Walk::answers(const Json& one, const Path& place, const FormItem& wanted, std::size_t index) {
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

// The one well-formed value[x] of an answer; what else it may be is found.
std::optional<Value> Walk::value_at(const Json& answer, const Path& place, Parts& parts) {
  Object object;
  if (answer.get(object) != simdjson::SUCCESS) {
    add("type", place, "it is no object: an answer is { \"valueCoding\": ... }");
    return std::nullopt;
  }
  parts = members(object, place, answer_members);
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

void Walk::of_instrument(const Parts& parts, const Path& place, std::size_t index, bool beneath_answer) {
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

void Walk::keep(std::size_t index, double value) {
  if (index >= checked_.values.size()) {
    checked_.stated[index - checked_.values.size()] = value;
    return;
  }
  checked_.values[index] = value;
  checked_.states[index] = ALLIANCE_ANSWERED;
}

void Walk::keep_state(std::size_t index, std::uint8_t state) {
  if (index < checked_.states.size()) checked_.states[index] = state;
}

}  // namespace alliance::fhir

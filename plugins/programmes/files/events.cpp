// SPDX-License-Identifier: Apache-2.0
#include "events.h"

#include <algorithm>
#include <boost/json.hpp>
#include <charconv>
#include <cmath>

#include "../../shared/derived_id.h"
#include "../../shared/json_field.h"
#include "times.h"

namespace alliance::files {
namespace {

namespace json = boost::json;

struct Refused {
  std::string why;
};
[[noreturn]] void cannot(const std::string& field, const std::string& why) {
  throw Refused{"field " + field + ": " + why};
}

std::optional<double> number(std::string_view text) {
  double value = 0;
  const auto [end, bad] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (bad != std::errc() || end != text.data() + text.size() || !std::isfinite(value)) return std::nullopt;
  return value;
}

// A number as JSON has it: whole where it is whole, so that it fits members that count.
json::value plain(double value) {
  const bool whole = value == std::floor(value) && std::fabs(value) < 9e15;
  return whole ? json::value(static_cast<std::int64_t>(value)) : json::value(value);
}

const std::string* meant(const std::vector<std::unique_ptr<fb::WordT>>& words, const std::string& said) {
  const auto found = std::find_if(words.begin(), words.end(), [&](const auto& word) { return word->from == said; });
  return found == words.end() ? nullptr : &(*found)->to;
}

// What the field says, in the mapping's words where it has some.
std::string said(const std::vector<std::unique_ptr<fb::WordT>>& words, const std::string& field, std::string text) {
  if (words.empty() || text.empty()) return text;
  const std::string* means = meant(words, text);
  if (means == nullptr) cannot(field, "what it says is none of the mapping's words");
  return *means;
}

bool plain_word(std::string_view text) {
  return text.size() <= 128 && std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
                  c == '.' || c == ':' || c == '/' || c == '+';
         });
}

// The host refuses what lies outside of these (sdk/src/host/check.cpp); here the line and the field are known.
struct Limits {
  std::string_view event, member;  // an event "" is any
  double least, most;
};
constexpr Limits all_limits[] = {{"", "minutes", 0, 1440},
                                 {"", "minutes_per_week", 0, 10'080},
                                 {"", "fraction", 0, 1},
                                 {"ConfidenceCheckIn", "value", 1, 5}};
constexpr std::int64_t earliest = 946'684'800'000'000, latest = 4'102'444'800'000'000;  // 2000, 2100

double within(const std::string& event, const fb::ValueFromT& value, double given) {
  for (const Limits& one : all_limits) {
    if (one.member != value.member || (!one.event.empty() && one.event != event)) continue;
    if (given >= one.least && given <= one.most) continue;
    cannot(value.field.empty() ? value.member : value.field,
           value.member + " must be from " + json::serialize(plain(one.least)) + " to " +
               json::serialize(plain(one.most)) + ": correct it, or the factor of the mapping");
  }
  return given;
}

std::int64_t within(const std::string& field, std::int64_t at) {
  if (at >= earliest && at < latest) return at;
  cannot(field, "it lies before 2000 or after 2099: correct it, or the format that the mapping gives");
}

json::value typed(const std::string& event, const fb::ValueFromT& value, const std::string& text) {
  const std::string& name = value.field.empty() ? value.member : value.field;
  switch (value.kind) {
    case fb::ValueKind::text:
      // What a person wrote has blanks in it: it is nobody's to store.
      if (value.constant.empty() && value.words.empty() && !plain_word(text)) {
        cannot(name, "it is no code or id; only what the mapping's words name is taken from it");
      }
      return json::value(text);
    case fb::ValueKind::number: {
      const auto read = number(text);
      if (!read) cannot(name, "it is no number");
      return plain(within(event, value, *read * value.factor));
    }
    case fb::ValueKind::flag:
      if (text == "1" || text == "true" || text == "TRUE" || text == "yes") return true;
      if (text == "0" || text == "false" || text == "FALSE" || text == "no") return false;
      cannot(name, "it is neither 1 nor 0, true nor false, yes nor no");
    case fb::ValueKind::instant:
      break;
  }
  const auto at = instant_of(*value.time, text);
  if (!at) cannot(name, "it is no time of the format that the mapping gives");
  return within(name, *at);
}

bool holds(const fb::ConditionT& condition, const Row& row) {
  const std::string text = row.field(condition.field);
  if (condition.not_blank && text.empty()) return false;
  return condition.equals.empty() ||
         std::find(condition.equals.begin(), condition.equals.end(), text) != condition.equals.end();
}

std::int64_t when(const std::vector<std::unique_ptr<fb::TimeFromT>>& times, const Row& row) {
  for (const auto& from : times) {
    const std::string text = row.field(from->field);
    if (text.empty()) continue;
    const auto at = instant_of(*from, text);
    if (!at) cannot(from->field, "it is no time of the format that the mapping gives");
    return within(from->field, *at);
  }
  cannot(times.front()->field, "it is blank, and nothing else says when it happened");
}

// False when not one item has an answer: nobody filled it in.
bool answers(const fb::FileMappingT& mapping, const fb::EventRuleT& rule, const Row& row, json::array& into) {
  bool any = false;
  for (const auto& from : rule.answers) {
    const std::string text = row.field(from->field);
    const auto missing = std::find_if(mapping.missing.begin(), mapping.missing.end(),
                                      [&](const auto& code) { return code->value == text; });
    json::object answer{{"item", from->item}};
    if (text.empty()) {
      answer["state"] = fb::EnumNameAnswerState(rule.blank);
    } else if (missing != mapping.missing.end()) {
      answer["state"] = fb::EnumNameAnswerState((*missing)->state);
      any = true;
    } else {
      const auto read = number(said(from->words, from->field, text));
      if (!read) cannot(from->field, "it is no number, and the mapping has no word for it");
      answer["value"] = plain(*read);
      any = true;
    }
    into.push_back(std::move(answer));
  }
  return any;
}

std::string identity(const fb::FileMappingT& mapping, const fb::EventRuleT& rule, const std::string& whose,
                     const Row& row) {
  std::vector<std::string> parts = {mapping.programme->id, rule.id, whose};
  for (const std::string& field : rule.key.empty() ? mapping.key : rule.key) parts.push_back(row.field(field));
  return "files:" + rule.id + ":" + shared::derived_id(parts);
}

}  // namespace

bool is_rule_id(std::string_view id) { return id.size() <= 40 && shared::is_code(id); }

Outcome event_of(const fb::FileMappingT& mapping, const fb::EventRuleT& rule, const std::string& case_field,
                 const Row& row) {
  const bool so = std::all_of(rule.when.begin(), rule.when.end(), [&](const auto& one) { return holds(*one, row); });
  if (!so) return NotSo{};
  try {
    json::object event{{"source", "files:" + mapping.programme->id}, {"body_type", rule.event}}, body;
    const std::string& whose_field = rule.practitioner.empty() ? case_field : rule.practitioner;
    const std::string whose = row.field(whose_field);
    if (!shared::is_case(whose)) cannot(whose_field, "it is no id of whom the record is about");
    event[rule.practitioner.empty() ? "case" : "practitioner"] = whose;
    event["time"] = when(rule.time.empty() ? mapping.time : rule.time, row);
    for (const auto& value : rule.values) {
      const std::string text =
          value->field.empty() ? value->constant : said(value->words, value->field, row.field(value->field));
      if (text.empty() && value->optional) continue;
      if (text.empty()) cannot(value->field, "it is blank");
      body[value->member] = typed(rule.event, *value, text);
    }
    if (!rule.answers.empty()) {
      json::array list;
      if (!answers(mapping, rule, row, list)) return NotSo{};
      body["answers"] = std::move(list);
    }
    const std::string id = identity(mapping, rule, whose, row);
    event["id"] = id;
    event["body"] = std::move(body);
    return Made{id, json::serialize(event)};
  } catch (const Refused& refused) {
    return Cannot{"rule " + rule.id + ": " + refused.why};
  }
}

std::string imagined(const fb::EventRuleT& rule) {
  json::object body;
  for (const auto& value : rule.values) {
    const std::string text = !value->constant.empty() ? value->constant
                             : !value->words.empty()  ? value->words.front()->to
                                                      : "1";
    switch (value->kind) {
      case fb::ValueKind::text:
        body[value->member] = text;
        break;
      case fb::ValueKind::number:
        body[value->member] = plain(number(text).value_or(1));
        break;
      case fb::ValueKind::flag:
        body[value->member] = true;
        break;
      case fb::ValueKind::instant:
        body[value->member] = 1;
        break;
    }
  }
  json::array list;
  for (const auto& answer : rule.answers) list.push_back({{"item", answer->item}, {"value", 1}});
  if (!list.empty()) body["answers"] = std::move(list);
  return json::serialize(json::object{
      {"id", "imagined"}, {"case", "imagined"}, {"time", 1}, {"body_type", rule.event}, {"body", std::move(body)}});
}

}  // namespace alliance::files

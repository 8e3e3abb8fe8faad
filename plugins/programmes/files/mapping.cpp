// SPDX-License-Identifier: Apache-2.0
#include "mapping.h"

#include <alliance/base.h>
#include <alliance_schema/event_generated.h>

#include <algorithm>
#include <alliance/error.hpp>
#include <cmath>
#include <set>

#include "../../shared/place.h"
#include "../../shared/tables.h"
#include "events.h"
#include "times.h"

namespace alliance::files {
namespace {

// Said by a person, or made by the host: no export may say it.
constexpr const char* not_from_files[] = {"NONE", "TimePassed", "EventTakenBack", "SafetyAcknowledged",
                                          "ProposalDecided"};

class Check {
 public:
  Check(const Encode& encode, const std::string& file, std::string_view text, const fb::FileMappingT& of)
      : encode_(encode), file_(file), text_(text), of_(of) {}

  void all() const {
    if (of_.format == fb::FileFormat::unset) no("format", "say csv or json");
    if (of_.delimiter.size() > 1 || of_.delimiter == "\"") no("delimiter", "it is one character, and no quote");
    if (of_.case_field.empty()) no("case_field", "name the field that says whose the record is");
    if (of_.key.empty()) no("key", "name the fields that tell one record from another");
    fields("key", of_.key);
    times("time", of_.time);
    for (std::size_t i = 0; i < of_.missing.size(); ++i) {
      if (of_.missing[i]->state == fb::AnswerState::unset || of_.missing[i]->state == fb::AnswerState::answered) {
        no(at("missing", i) + ".state", "say skipped, not_applicable, refused or not_presented");
      }
    }
    if (of_.rules.empty()) no("rules", "a mapping without rules makes no event");
    std::set<std::string> ids;
    for (std::size_t i = 0; i < of_.rules.size(); ++i) {
      rule(at("rules", i), *of_.rules[i]);
      if (!ids.insert(of_.rules[i]->id).second) no(at("rules", i) + ".id", "another rule has this id");
    }
  }

 private:
  static std::string at(const std::string& list, std::size_t i) { return list + "[" + std::to_string(i) + "]"; }

  [[noreturn]] void no(const std::string& field, const std::string& why) const {
    throw Error(ALLIANCE_E_BAD_INPUT, file_ + ", " + shared::place(text_, field) + ", " + field + ": " + why);
  }
  void fields(const std::string& where, const std::vector<std::string>& names) const {
    for (std::size_t i = 0; i < names.size(); ++i) {
      if (names[i].empty()) no(at(where, i), "a field has a name");
    }
  }
  void times(const std::string& where, const std::vector<std::unique_ptr<fb::TimeFromT>>& all) const {
    for (std::size_t i = 0; i < all.size(); ++i) time(at(where, i), *all[i]);
  }
  void time(const std::string& where, const fb::TimeFromT& from) const {
    if (const TimeFault fault = wrong(from); !fault.why.empty()) no(where + "." + fault.field, fault.why);
  }
  void rule(const std::string& where, const fb::EventRuleT& one) const {
    if (!is_rule_id(one.id)) no(where + ".id", "give 1 to 40 of a-z, 0-9, - and _");
    const bool known = std::any_of(std::begin(fb::EnumValuesEventBody()), std::end(fb::EnumValuesEventBody()),
                                   [&](fb::EventBody kind) { return one.event == fb::EnumNameEventBody(kind); });
    const bool allowed = std::none_of(std::begin(not_from_files), std::end(not_from_files),
                                      [&](const char* name) { return one.event == name; });
    if (!known || !allowed) no(where + ".event", "this is no kind of event that a file can tell of");
    if (one.time.empty() && of_.time.empty()) no(where, "neither the rule nor the mapping says when it happened");
    times(where + ".time", one.time);
    fields(where + ".key", one.key);
    for (std::size_t i = 0; i < one.when.size(); ++i) {
      if (one.when[i]->equals.empty() && !one.when[i]->not_blank) {
        no(at(where + ".when", i), "say what the field equals, or that it is not_blank");
      }
    }
    for (std::size_t i = 0; i < one.values.size(); ++i) value(at(where + ".values", i), *one.values[i]);
    if (one.event == "AnswersGiven" && one.answers.empty()) no(where + ".answers", "name the items and their fields");
    if (one.event != "AnswersGiven" && !one.answers.empty()) no(where + ".answers", "only AnswersGiven has answers");
    std::set<std::string> items;
    for (std::size_t i = 0; i < one.answers.size(); ++i) {
      if (!items.insert(one.answers[i]->item).second) no(at(where + ".answers", i) + ".item", "it is answered twice");
    }
    trial(where, one);
  }
  void value(const std::string& where, const fb::ValueFromT& one) const {
    if (one.field.empty() == one.constant.empty()) no(where, "give either a constant or a field");
    if (!std::isfinite(one.factor)) no(where + ".factor", "it is no finite number");
    if (one.factor != 1 && one.kind != fb::ValueKind::number) no(where + ".factor", "only a number has one");
    if ((one.time != nullptr) != (one.kind == fb::ValueKind::instant))
      no(where + ".time", "an instant needs it, nothing else has it");
    if (one.time != nullptr) {
      time(where + ".time", *one.time);
      if (one.time->field != one.field) no(where + ".time.field", "it is the value's own field");
    }
  }
  // The event of an imagined record: what the schema refuses it refuses here.
  void trial(const std::string& where, const fb::EventRuleT& one) const {
    try {
      encode_("Event", imagined(one));
    } catch (const Error& error) {
      no(where, std::string("the schema says of its event: ") + error.message());
    }
  }

  const Encode& encode_;
  const std::string& file_;
  std::string_view text_;
  const fb::FileMappingT& of_;
};

}  // namespace

fb::FileMappingT mapping(const Encode& encode, const std::string& file, std::string_view text) {
  std::vector<std::uint8_t> bytes;
  try {
    bytes = encode("FileMapping", text);
  } catch (const Error& error) {
    throw Error(error.status(), file + ": " + error.message(), error.detail());
  }
  fb::FileMappingT made;
  shared::Verified<fb::FileMapping>(bytes.data(), bytes.size(), fb::FileMappingIdentifier(), file)->UnPackTo(&made);
  Check(encode, file, text, made).all();
  return made;
}

}  // namespace alliance::files

// SPDX-License-Identifier: Apache-2.0
// What may be answered, ready to be held against a response: read from a FHIR Questionnaire (R4 or R5), or made
// from an instrument's definition.
#pragma once

#include <alliance_schema/instrument_generated.h>

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/result.h"
#include "fhir/json.h"

namespace alliance::fhir {

struct Coding {
  std::string system, code;
};

enum class Kind : std::uint8_t {
  group,
  display,
  question,  // of any type
  boolean,
  decimal,
  integer,
  date,
  date_time,
  time,
  string,
  text,
  url,
  choice,
  attachment,
  reference,
  quantity,
  scored,  // an instrument's item: a code, or a number
  stated,  // not asked: a scale's score as whoever wrote the response has it
};

struct Option {
  std::string type = "Coding";  // the x of value[x]
  std::string system, code;     // of another type than Coding: `code` is its value as text
  std::string label;
  std::optional<double> value;  // its weight, or the value that an instrument gives it
  bool exclusive = false;       // nothing else may be answered beside it
};

// An end of a range: of numbers, or of dates and times.
struct Bound {
  std::optional<double> number;
  std::string text;
};

struct Condition {
  std::string question;    // a linkId
  std::string comparator;  // "exists", "=", "!=", ">", "<", ">=", "<="
  std::string type;        // the x of answer[x]
  std::string system, code;
  std::optional<double> number;
  bool yes = false;
};

struct FormItem {
  std::string link_id, text;
  bool found_by_link_id = false;  // find() gives this one for its link_id
  std::vector<Coding> codes;
  Kind kind = Kind::group;
  bool required = false, repeats = false, read_only = false, calculated = false;
  std::string open;  // what else a choice may be answered with: "" nothing, "String", or "any" of its type
  std::vector<Option> options;
  std::string elsewhere;  // the value set of its options where it is not at hand: nothing can be said of them
  std::optional<Bound> least, most;
  std::optional<double> step;
  std::optional<unsigned> decimals;
  std::optional<double> shortest, longest;        // of text, in characters
  std::optional<double> least_times, most_times;  // answers, or repeats of a group
  std::vector<Condition> conditions;              // enableWhen
  bool all_conditions = false;
  int parent = -1;  // index into Form::items; -1: the form itself
  std::vector<std::size_t> children;
};

struct Form {
  std::string name;  // for sentences: an instrument's id, a Questionnaire's url or name
  std::string id, url, version, title, copyright, publisher, language;
  std::vector<Coding> codes;
  std::vector<FormItem> items;   // in their order, parents before children
  std::vector<std::size_t> top;  // those that stand in no other
  std::map<std::string, std::size_t, std::less<>> by_link;
  bool of_instrument = false;  // groups around its items make no difference
  bool has_conditions = false;
};

// The code system of an answer that is given by its value: {"system": ..., "code": "3"}.
inline constexpr std::string_view answer_value_system = "urn:alliance-sdk:answer-value";
// An instrument as a response's questionnaire: the URN with the id behind it, and "|VERSION".
inline constexpr std::string_view instrument_urn = "urn:alliance-sdk:instrument:";
inline constexpr std::string_view loinc = "http://loinc.org";
// What a definition says of a linkId that is no good name for an item.
inline constexpr std::string_view link_id_system = "urn:alliance-sdk:link-id";

// Items in the instrument's order, then one of Kind::stated for each scale. An item answers to its id and to its
// codes, with or without a path before them ("44250-9", "/44250-9"). `link_ids` (empty, or one for each item) take
// the place of these. ALLIANCE_E_INVALID: link_ids do not fit.
Result<Form> form_of(const fb::InstrumentT& definition, const std::vector<std::string>& link_ids = {});

// ALLIANCE_E_BAD_INPUT names the first thing in the Questionnaire that cannot be used, with its path.
Result<Form> form_of(const Json& questionnaire);

// The item that a linkId names: as it stands or, for an instrument, by what comes after its last '/'.
std::optional<std::size_t> find(const Form& form, std::string_view link_id);

}  // namespace alliance::fhir

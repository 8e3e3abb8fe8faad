// SPDX-License-Identifier: Apache-2.0
// One response on its way past a form: response.cpp goes from item to item, response_members.cpp looks at what anything
// consists of, response_answers.cpp at answers, response_conditions.cpp at what is asked at all.
#pragma once

#include <alliance/base.h>

#include <span>
#include <utility>

#include "fhir/answer.h"
#include "fhir/response.h"
#include "fhir/values.h"

namespace alliance::fhir {

inline constexpr std::string_view data_absent = "http://hl7.org/fhir/StructureDefinition/data-absent-reason";

// The state that a data-absent-reason among these extensions stands for.
std::optional<std::uint8_t> absent(const std::optional<Json>& extensions);

// What an item or an answer consists of, sorted in one pass; of what stands twice the first.
struct Parts {
  std::optional<Json> link, answer, item, extensions;
  std::optional<Value> value;  // the last
  std::size_t values = 0;
  bool value_beside = false;          // _value[x]
  std::optional<std::uint8_t> state;  // why there is no value, as one of these says it

  void take(std::string_view name, const Json& what);
};

// What may stand in one of them.
struct Members {
  std::span<const std::string_view> names;
  const char* of;  // "an item"
  bool of_item = false, of_answer = false;
};
extern const Members item_members, answer_members, response_members;

class Walk {
 public:
  Walk(const Form& form, Checked& checked) : form_(form), checked_(checked) {}

  void response(const Json& resource, const Path& place);

 private:
  using Seen = std::vector<std::pair<std::size_t, std::size_t>>;  // form item, how many there were

  void add(const char* rule, const Path& place, std::string sentence, Severity severity = Severity::error);

  // Unknown and doubled members, and what is empty, of anything that is not looked into elsewhere.
  Parts members(const Object& object, const Path& place, const Members& known);
  void looked_into(const Json& value, const Path& place);
  void head(const Object& object, const Path& place);
  void other_form(std::string_view told, const Path& place);

  void gather(const Json& of);
  bool enabled(const FormItem& item) const;
  bool reachable(const FormItem& item) const;
  void required(const Path& place, int parent, const Seen& seen);

  void items(const Json& of, const Path& place, int parent, bool beneath_answer);
  void item(const Json& one, const Path& place, int parent, bool beneath_answer, Seen& seen);
  std::optional<std::size_t> which(std::string_view link);
  std::string whereabouts(int parent) const;
  void unknown(const Json& one, const Path& place, std::string_view link, int parent, bool beneath_answer,
               bool answered, bool nests);

  bool plain(const Json& one);
  void answers(const Json& one, const Path& place, const FormItem& wanted, std::size_t index);
  std::optional<Value> value_at(const Json& answer, const Path& place, Parts& parts);
  void of_instrument(const Parts& parts, const Path& place, std::size_t index, bool beneath_answer);
  void keep(std::size_t index, double value);
  void keep_state(std::size_t index, std::uint8_t state);

  const Form& form_;
  Checked& checked_;
  bool complete_ = false;
  std::size_t next_ = 0;                                // the item that is expected
  std::vector<std::pair<std::size_t, Value>> answers_;  // gathered for enableWhen
  std::vector<bool> given_;                             // an instrument's items
};

}  // namespace alliance::fhir

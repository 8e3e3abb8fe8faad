// SPDX-License-Identifier: Apache-2.0
// One answer's value against what its item asks for.
#pragma once

#include <optional>
#include <string>
#include <tl/expected.hpp>

#include "fhir/form.h"
#include "fhir/values.h"

namespace alliance::fhir {

struct Misfit {
  const char* rule;
  std::string sentence;
};

// Whether `value` is a well-formed value of the type that its name says ("Integer": a whole number of 32 bits).
std::optional<Misfit> malformed(const Value& value);

// A Questionnaire's item. `chosen` becomes the option that was taken, if one was. The value is well-formed.
std::optional<Misfit> misfit(const FormItem& item, const Value& value, const Option*& chosen);

// An instrument's item, or a stated score: the number. By code, by a weight that the coding carries, or by value.
tl::expected<double, Misfit> scored(const FormItem& item, const Value& value);
// The same of a coding, for an instrument's item; `weight`: that it carries.
tl::expected<double, Misfit> by_code(const FormItem& item, std::string_view system, std::string_view code,
                                     std::optional<double> weight = std::nullopt);

// Whether the condition holds of this answer.
bool holds(const Condition& condition, const Value& value);

}  // namespace alliance::fhir

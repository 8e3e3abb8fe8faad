// SPDX-License-Identifier: Apache-2.0
// Scores of answer options. They stand in many places, under several names that changed over the years.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "common/result.h"
#include "fhir/form.h"
#include "fhir/values.h"

namespace alliance::fhir {

inline constexpr std::size_t most_options = 5000;  // of one question

// In an extension of `of`: ordinalValue, itemWeight and their forerunners. The first that is a number.
std::optional<double> weight_in(const Json& of);

// What a Questionnaire contains: value sets by "#id" and by URL, code systems by URL.
class Contained {
 public:
  explicit Contained(const Json& questionnaire);

  // The options of a value set; nothing when it is not here. Weights come with it.
  std::optional<Result<std::vector<Option>>> options(std::string_view value_set) const;
  // A coding's weights as contained code systems have them are added to those that `option` has.
  Result<void> weigh(Option& option) const;

 private:
  struct Known {
    std::string system, label;
    std::optional<double> weight;
    std::size_t rank;  // in the order of the concepts
  };
  const Json* find(std::string_view reference) const;
  void concepts(const Json& of, const std::string& system, const std::vector<std::string>& properties);

  Result<void> whole_system(std::vector<Option>& options, const std::string& system) const;

  std::vector<Json> value_sets_;
  std::multimap<std::string, Known, std::less<>> known_;  // by code
  std::vector<std::string> systems_;                      // of the code systems
};

// Joins what two places say. They must not differ.
Result<void> join(Option& option, std::optional<double> weight, std::string_view where);

}  // namespace alliance::fhir

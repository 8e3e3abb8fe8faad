// SPDX-License-Identifier: Apache-2.0
// What a rule found in a case: one table of detectors, one function each. Pure.
#pragma once

#include <alliance_schema/policy_generated.h>

#include <optional>
#include <string>
#include <vector>

#include "facts.h"

namespace alliance::tailoring {

struct Finding {
  std::string anchor;     // the same whenever the same evidence is found: a component, a signal's key, an event
  std::string component;  // what it is about; empty where it is about none
  std::string what;       // one phrase, without anything that a person wrote
  std::vector<std::string> events{};
  std::optional<double> value{};
  std::optional<double> threshold{};
  fb::Comparator comparator = fb::Comparator::unset;  // unset: at least, or below zero at most
  std::string signal{}, method{};                     // where a signal of the SDK is the evidence
  std::vector<fb::ConsideredT> considered{};          // what else was looked at, and why not
};

// In the order of their anchors.
std::vector<Finding> detect(const fb::RuleT& rule, const Facts& facts);

}  // namespace alliance::tailoring

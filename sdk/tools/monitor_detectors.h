// SPDX-License-Identifier: Apache-2.0
// The table of detectors. Each finds places in one person's series and says what led to it.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "monitor_settings.h"

namespace alliance::tools::monitor {

// One person's occasions in the order of time. A score that is not a number is an occasion without an answer.
struct Course {
  std::vector<double> times, scores;
  bool higher_is_better = true;
};

struct Number {
  const char* name;
  double value;
};
// In the units and the direction of the scale. What does not apply is absent.
struct Signal {
  std::size_t at = 0;
  std::optional<double> value{}, before{}, change{}, threshold{};
  std::vector<Number> numbers{};  // what else led to it
  std::string why{};              // worded as a reason to ask
};

struct Detector {
  const char* name;
  const char* finds;  // in one sentence
  const char* formula;
  const char* source;
  std::span<const Parameter> parameters;
  // Absent: the settings are in order.
  std::optional<std::string> (*wrong)(const Settings& settings);
  std::vector<Signal> (*run)(const Course& course, const Settings& settings);
};

std::span<const Detector> detectors();

}  // namespace alliance::tools::monitor

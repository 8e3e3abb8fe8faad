// SPDX-License-Identifier: Apache-2.0
// The figures of a sample, and how they are shown.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "measure/icc.h"
#include "measure/reliability.h"

namespace alliance::tools::psychometrics {

struct Omega {
  const char* estimator = "";
  std::optional<double> value{};
  std::vector<double> loadings{};
  std::string why{};  // there is none
};

struct Figures {
  std::vector<std::string> names;
  std::uint64_t incomplete = 0, wrong = 0;  // rows left out
  double level = 0.95;
  measure::Reliability reliability;
  std::array<Omega, 2> omegas;
  bool icc_asked = false;
  std::optional<std::array<measure::Icc, 6>> icc;
  std::vector<std::string> notes;  // what a reader must know, in sentences
};

// `names` are the items', in the order of the sample's.
Figures figures(const measure::Sample& sample, std::vector<std::string> names, double level, bool icc);

std::string table(const Figures& figures);
std::string json(const Figures& figures);  // one line

}  // namespace alliance::tools::psychometrics

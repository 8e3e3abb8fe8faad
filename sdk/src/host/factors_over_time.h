// SPDX-License-Identifier: Apache-2.0
// The figures of a group as they stood at several instants. Pure.
//
// What is suppressed at one instant must not come back from two: of points that are shown, the difference between any
// two rests on five clients and five practitioners at least, or on nobody. What all have in common, as a week more
// since their last training, is no difference between people and gives nobody away.
#pragma once

#include <functional>
#include <map>

#include "host/factors.h"

namespace alliance::host::indicators {

class OverTime {
 public:
  // In any order. The newest is the present.
  void add(const Group& group, std::int64_t at);
  std::vector<std::int64_t> instants() const;  // the oldest first, as the points of rows()
  std::vector<std::unique_ptr<fb::FactorOverTimeT>> rows() const;

 private:
  struct Value {
    double value = 0;
    std::string practitioner;
  };
  using Values = std::map<std::string, Value>;  // by person
  using Moments = std::map<std::int64_t, Values, std::greater<>>;
  struct Figure {
    std::map<std::string, Moments> by_series;  // instruments are never joined
  };
  static bool may_be_told_apart(const Values& one, const Values& other);
  void put(const IndicatorSpec& spec, const Figure& figure, fb::FactorOverTimeT& row) const;

  struct Size {
    bool large = false, nobody = false;
  };
  std::map<std::int64_t, Size, std::greater<>> sizes_;  // of the group, at each instant
  std::map<const IndicatorSpec*, Figure> figures_;
};

}  // namespace alliance::host::indicators

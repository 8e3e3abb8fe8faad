// SPDX-License-Identifier: Apache-2.0
// Whether a value keeps the rule of a cut-off or a flag.
#pragma once

#include <alliance_schema/words_generated.h>

namespace alliance::schema {

inline bool holds(fb::Comparator comparator, double value, double threshold) {
  switch (comparator) {
    case fb::Comparator::at_least:
      return value >= threshold;
    case fb::Comparator::more_than:
      return value > threshold;
    case fb::Comparator::at_most:
      return value <= threshold;
    case fb::Comparator::less_than:
      return value < threshold;
    case fb::Comparator::unset:
      break;
  }
  return true;  // a rule without a comparator is broken: better one flag too many than one too few
}

}  // namespace alliance::schema

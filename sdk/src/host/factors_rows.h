// SPDX-License-Identifier: Apache-2.0
// What rows of all scopes are made of.
#pragma once

#include "host/factors.h"

namespace alliance::host::indicators {

Rows eight_rows();  // with what can be done, and no indicators yet
fb::FactorRowT& row_of(Rows& rows, fb::Factor factor);
std::unique_ptr<fb::IndicatorT> indicator_of(const IndicatorSpec& spec, const Reading& reading);

inline constexpr const char* not_of_groups = "belongs to each practitioner alone and is in no group figure";
std::string slug(const std::string& text);
double mean_of(std::vector<double> values);  // the same bytes in whatever order they come; not of none

struct Part {
  Reading reading;
  std::string practitioner{};
};

struct Mean {
  Reading reading;  // without a value when no part has one
  std::string id, title;
  std::size_t people = 0, practitioners = 0;
};

// One mean per series, in the order of their names; one without a value when there is none at all. The same
// bytes in whatever order the parts come.
std::vector<Mean> means(const IndicatorSpec& spec, const std::vector<Part>& parts);
std::unique_ptr<fb::IndicatorT> indicator_of(const IndicatorSpec& spec, const Mean& mean);

}  // namespace alliance::host::indicators

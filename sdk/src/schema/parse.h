// SPDX-License-Identifier: Apache-2.0
// JSON text to a value, with numbers read exactly.
#pragma once

#include <boost/json/value.hpp>
#include <cstddef>
#include <string>
#include <string_view>

namespace alliance::schema {

struct Parsed {
  boost::json::value value;
  std::string problem;     // empty: it is JSON
  std::size_t offset = 0;  // where the problem is
};

Parsed parse_json(std::string_view text, std::size_t max_depth);

}  // namespace alliance::schema

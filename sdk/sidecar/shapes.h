// SPDX-License-Identifier: Apache-2.0
// The part of JSON Schema that the OpenAPI document uses. A schema that uses more is refused when it is read, so that
// nothing in it goes unchecked.
#pragma once

#include <boost/json/value.hpp>

#include "values.h"

namespace alliance::sidecar {

// A text as JSON, or a sentence that says where it is none: "is no JSON: syntax error at line 3, column 7".
Result<boost::json::value> json_of(std::string_view text);

class Shapes {
 public:
  // `root`: the document that references point into. It must outlive this.
  explicit Shapes(const boost::json::value& root) : root_(&root) {}

  // Sentences about keywords that are not understood, in this schema and what it refers to.
  Result<void> understood(const boost::json::value& schema) const;
  // What is wrong with the value; at most a dozen faults. `at`: where it stands, "" or "/answers".
  std::vector<Fault> check(const boost::json::value& schema, const boost::json::value& value,
                           const std::string& at = {}) const;

  // The schema itself, or what it refers to; null where that is nowhere.
  const boost::json::object* resolve(const boost::json::value& schema) const;

 private:
  const boost::json::value* root_;
};

}  // namespace alliance::sidecar

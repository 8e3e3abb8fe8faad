// SPDX-License-Identifier: Apache-2.0
// What a detector may be told: NAME:k=v,... against the table of its parameters.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "common/result.h"

namespace alliance::tools::monitor {

struct Parameter {
  const char* name = "";
  const char* standard = "";  // as it would be typed; empty: none
  const char* values = "";    // "number", "count" (a whole number), or the words that it may be: "before|all"
  const char* what = "";
  bool needed = false;
};

class Settings {
 public:
  // `text` is what stands after the detector's name. Names what is unknown, wrong or missing, and what there is.
  static Result<Settings> parse(std::string_view text, std::span<const Parameter> parameters);

  // Of a parameter in the table; nothing where it was given neither by hand nor by the table, or as "none".
  std::optional<double> given(const std::string& name) const;
  double number(const std::string& name) const { return given(name).value_or(0); }
  int count(const std::string& name) const { return static_cast<int>(number(name)); }
  bool is(const std::string& name, std::string_view word) const;

 private:
  std::map<std::string, std::string> values_;
};

}  // namespace alliance::tools::monitor

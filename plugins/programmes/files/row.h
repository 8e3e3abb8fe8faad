// SPDX-License-Identifier: Apache-2.0
// One record of an export, whatever its form: fields by name, as text.
#pragma once

#include <boost/json/value.hpp>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace alliance::files {

class Row {
 public:
  Row(const std::map<std::string, std::size_t, std::less<>>& columns, const std::vector<std::string>& cells)
      : columns_(&columns), cells_(&cells) {}
  explicit Row(const boost::json::value& record) : record_(&record) {}

  // Without the blanks around it; empty where there is nothing, a null, or no such field.
  std::string field(std::string_view name) const;

 private:
  const std::map<std::string, std::size_t, std::less<>>* columns_ = nullptr;
  const std::vector<std::string>* cells_ = nullptr;
  const boost::json::value* record_ = nullptr;
};

}  // namespace alliance::files

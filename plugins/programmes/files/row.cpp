// SPDX-License-Identifier: Apache-2.0
#include "row.h"

#include <boost/json/serialize.hpp>

#include "../../shared/json_field.h"

namespace alliance::files {
namespace {

std::string trimmed(std::string_view text) {
  const std::size_t from = text.find_first_not_of(" \t");
  if (from == std::string_view::npos) return {};
  return std::string(text.substr(from, text.find_last_not_of(" \t") - from + 1));
}

}  // namespace

std::string Row::field(std::string_view name) const {
  if (columns_ != nullptr) {
    const auto found = columns_->find(name);
    return found == columns_->end() || found->second >= cells_->size() ? std::string()
                                                                       : trimmed((*cells_)[found->second]);
  }
  const boost::json::value* found = shared::find_field(*record_, name);
  if (found == nullptr || found->is_null() || found->is_structured()) return {};
  if (const auto word = shared::word_of(found)) return trimmed(*word);
  return boost::json::serialize(*found);  // a number with a fraction, true or false
}

}  // namespace alliance::files

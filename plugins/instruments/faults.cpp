// SPDX-License-Identifier: Apache-2.0
#include "faults.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "check.h"

namespace alliance::instruments {

bool good_name(const std::string& name) {
  return !name.empty() && name.size() <= 64 && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
           c == '-';
  });
}

std::string text(double value) {
  char digits[32];
  return std::string(digits, std::to_chars(digits, digits + sizeof digits, value).ptr);
}

bool fresh(Faults& faults, const std::string& field, const std::string& id, Names& seen) {
  if (!good_name(id)) {
    faults.add(field, in_quotes(id) + ": use letters, digits, '.', '_' and '-', 64 at most");
    return false;
  }
  if (!seen.insert(id).second) {
    faults.add(field, in_quotes(id) + " stands twice");
    return false;
  }
  return true;
}

bool has_number(const flatbuffers::Optional<double>& value) { return value && std::isfinite(*value); }

void check_provenance(Faults& faults, const std::string& field, const fb::ProvenanceT* provenance,
                      const std::string& what) {
  if (provenance == nullptr || provenance->certainty == fb::Certainty::unset || provenance->source.empty()) {
    faults.add(field,
               "say where " + what + " comes from: certainty (verified, computed, unverified or own) and source");
  }
}

void check_comparator(Faults& faults, const std::string& field, fb::Comparator comparator) {
  if (comparator == fb::Comparator::unset) {
    faults.add(field + ".comparator", "choose at_least, more_than, at_most or less_than");
  }
}

void check_codes(Faults& faults, const std::string& field, const std::vector<std::unique_ptr<fb::CodeT>>& codes) {
  for (std::size_t i = 0; i < codes.size(); ++i) {
    if (codes[i]->system.empty() || codes[i]->code.empty()) {
      faults.add(at(field, i), "a code needs its system and itself");
    }
  }
}

}  // namespace alliance::instruments

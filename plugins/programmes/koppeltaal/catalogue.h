// SPDX-License-Identifier: Apache-2.0
// ActivityDefinitions as a catalogue. Pure.
#pragma once

#include <alliance_schema/programme_generated.h>

#include <boost/json/value.hpp>
#include <map>
#include <string>
#include <string_view>

namespace alliance::koppeltaal {

struct Catalogue {
  fb::ProgrammeT programme;
  std::map<std::string, std::string> canonical;  // of each component: url, with |version where it has one
  std::map<std::string, std::string> reference;  // of each component: "ActivityDefinition/ID"

  bool has(const std::string& component) const { return canonical.contains(component); }
  // By canonical (with or without a version) or by "ActivityDefinition/ID"; empty when it is none of these.
  std::string component(std::string_view canonical_or_reference) const;
};

// A Bundle, an array, or one ActivityDefinition. Throws alliance::Error (ALLIANCE_E_BAD_INPUT) that names `file`.
Catalogue catalogue(const std::string& file, std::string_view json);

}  // namespace alliance::koppeltaal

// SPDX-License-Identifier: Apache-2.0
// The definitions of one or more folders, and the content packs and key packs in their folders `content`.
#pragma once

#include <alliance_schema/instrument_generated.h>

#include <alliance/plugin.hpp>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "key.h"
#include "settings.h"

namespace alliance::instruments {

// One version of an instrument. Immutable once it is loaded; every instance shares it.
struct Loaded {
  std::string id, version, title;
  std::string denied;  // why it does not score
  Bytes bytes;         // of the definition, with hash and languages, and what the settings put in force
  Key key;
  std::map<std::string, Bytes> content;  // packs that fit this version, by language
};

// What is refused is logged by file and field and left out; the others load. A folder that the settings
// name and that is not there is an error.
std::vector<std::shared_ptr<const Loaded>> load(const Services& services, const Settings& settings);

}  // namespace alliance::instruments

// SPDX-License-Identifier: Apache-2.0
// Pieces of pages that need no script.
#pragma once

#include <boost/json/object.hpp>

#include "words.h"

namespace alliance::sidecar {

std::string html_escaped(std::string_view text);  // also for attributes in double quotes

// Where to find help in a crisis: what the deployment tells clients, or what holds everywhere.
std::string crisis_box(const boost::json::object* told, const Words& words);

// Links to the same page in the other languages; nothing where there is one alone.
std::string language_links(const AllWords& all, const Words& words);

}  // namespace alliance::sidecar

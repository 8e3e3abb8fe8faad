// SPDX-License-Identifier: Apache-2.0
// Where the plugins are, where no --plugins says it.
#pragma once

#include <string>

namespace alliance::tools {

std::string plugins_beside();  // the command: BIN/alliance and LIB/alliance/plugins, as build and packages lay it out
std::string plugins_by_default();  // ALLIANCE_PLUGINS, else those

}  // namespace alliance::tools

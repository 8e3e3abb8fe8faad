// SPDX-License-Identifier: Apache-2.0
// The manifest that somebody means by a file or a folder.
#pragma once

#include <string>

#include "common/result.h"

namespace alliance::tools {

// A manifest is taken as it is; of a folder, the one manifest in it; of a library, the manifest beside it that names
// it.
Result<std::string> manifest_of(const std::string& path);

}  // namespace alliance::tools

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "review_model.h"

namespace alliance::tools::review {

// Columns padded to the width of their longest cell; widths are counted in characters, not bytes.
std::string table(const std::vector<std::vector<std::string>>& rows);

std::string terminal(const Pages& pages);

}  // namespace alliance::tools::review

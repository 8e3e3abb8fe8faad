// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace alliance::tools::review {

extern const std::string_view style_sheet;

}  // namespace alliance::tools::review

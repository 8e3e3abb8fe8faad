// SPDX-License-Identifier: Apache-2.0
// Text that came from anywhere, made harmless.
#pragma once

#include <string>
#include <string_view>

namespace alliance::tools::review {

// For HTML text and for attributes in double quotes. Control characters become spaces.
std::string html_text(std::string_view text);

// For a terminal: no control character gets through, so no text moves the cursor or changes a colour.
std::string terminal_text(std::string_view text);

// For an id or a fragment: letters, digits and hyphens; different ids stay different.
std::string fragment(std::string_view id);

}  // namespace alliance::tools::review

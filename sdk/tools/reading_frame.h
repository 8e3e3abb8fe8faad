// SPDX-License-Identifier: Apache-2.0
// What the pages for reading have in common.
#pragma once

#include <string>
#include <vector>

#include "review_words.h"
#include "sidecar/sidecar.h"

namespace alliance::tools::reading {

using review::Words;
using sidecar::Drawn;
using sidecar::Reading;

struct Frame {
  std::string title;       // in the page's words
  std::string first = {};  // what the link back to the first page is called; empty: this is the first page
  bool crisis = false;     // where to find help stands on it
};
Drawn framed(const Reading& reading, const Frame& frame, const std::string& inside);

std::string address(std::string_view from, std::string_view id);  // "/reading/cases/", "c 1" -> "/reading/cases/c%201"
std::string link_to(const std::string& address, const std::string& words);

// Heads and cells are HTML; the first cell of a row names it. `figures`: the columns from which on cells are figures.
std::string table(const std::string& caption, const std::vector<std::string>& heads,
                  const std::vector<std::vector<std::string>>& rows, std::size_t figures = SIZE_MAX);

// The title of an instrument in the page's language as far as there are words of it, marked with its language.
std::string instrument_title(const Host& host, const fb::InstrumentT& instrument, const Words& words);

// A page each, of whoever has the role.
Result<Drawn> client_page(const Host& host, const Viewer& viewer, const Reading& reading);
Result<Drawn> services_page(const Host& host, const Viewer& viewer, const Reading& reading);
Result<Drawn> service_page(const Host& host, const Viewer& viewer, const Reading& reading, const std::string& service);
Result<Drawn> study_page(const Host& host, const Reading& reading);

// Definitions of all instruments.
Result<std::vector<fb::InstrumentT>> instruments_of(const Host& host);

}  // namespace alliance::tools::reading

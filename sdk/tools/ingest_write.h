// SPDX-License-Identifier: Apache-2.0
// What was taken in, for people and for programs.
#pragma once

#include "ingest_host.h"

namespace alliance::tools::ingest {

std::string as_table(const Taken& taken, const std::optional<Tally>& tally);
std::string left_out(const Taken& taken, const std::optional<Tally>& tally);  // a sentence per line
std::string as_json(const Taken& taken, const std::optional<Tally>& tally);   // one line

}  // namespace alliance::tools::ingest

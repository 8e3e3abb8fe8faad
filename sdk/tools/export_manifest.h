// SPDX-License-Identifier: Apache-2.0
// What an export was made from and by which rules.
#pragma once

#include <string>

#include "export_read.h"

namespace alliance::tools::study {

// JSON. `freeze` in it is one hash over the definitions, the plugins (which bring schedules and rules) and the
// configuration: it is the same as long as none of them changed.
std::string manifest(const Read& read, const Files& files, const std::string& format, const Request& request);

}  // namespace alliance::tools::study

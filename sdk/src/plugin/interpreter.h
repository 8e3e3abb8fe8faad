// SPDX-License-Identifier: Apache-2.0
// The interpreter that runs a plugin in Python: a runner like the native one, but for the program.
#pragma once

#include <string>

#include "common/result.h"
#include "plugin/starter.h"

namespace alliance::plugin {

// `named`: a path, or a name to look for in PATH; "": the environment's ALLIANCE_PYTHON, else python3.
Result<Program> python_program(const std::string& named);

// What it ends with where the package alliance is not there, and what is said of that.
inline constexpr int no_package = 40;
inline constexpr const char* no_package_words =
    "its interpreter has no package alliance that can run plugins: install it there (pip install bindings/python of "
    "the SDK), "
    "or name an interpreter that has it with python in the host's configuration, or with ALLIANCE_PYTHON";

}  // namespace alliance::plugin

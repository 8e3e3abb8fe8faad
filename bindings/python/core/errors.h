// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core.h"

namespace alliance::python {

// What was raised in Python while the host called. The GIL is held.
Error from_python(nb::python_error& raised, const std::string& where);

}  // namespace alliance::python

// SPDX-License-Identifier: Apache-2.0
// What a sidecar shows to whoever reads without JavaScript: the words and plots of `alliance review`, for one viewer.
#pragma once

#include "sidecar/sidecar.h"

namespace alliance::tools {

Result<sidecar::Drawn> reading_page(const Host& host, const Viewer& viewer, const sidecar::Reading& asked);

}  // namespace alliance::tools

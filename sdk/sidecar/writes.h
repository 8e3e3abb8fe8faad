// SPDX-License-Identifier: Apache-2.0
// Who may record what, as one table. Who may see what is the host's.
#pragma once

#include <alliance/host.hpp>
#include <boost/json/object.hpp>

#include "values.h"

namespace alliance::sidecar {

// Fills in who did it, where the event leaves that out, and refuses what this viewer may not record. A service records
// anything but the passing of time; the others what is theirs, of their own cases.
Result<void> may_record(const Host& host, const Viewer& viewer, boost::json::object& event);

}  // namespace alliance::sidecar

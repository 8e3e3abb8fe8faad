// SPDX-License-Identifier: Apache-2.0
// A link to the program that the host is embedded in: its callback is the receiver.
#pragma once

#include <memory>

#include "host/handing.h"
#include "messaging/delivery.h"

namespace alliance::host {

std::unique_ptr<messaging::Link> local_link(const Taker& taker);

}  // namespace alliance::host

// SPDX-License-Identifier: Apache-2.0
// Where the store's outbox, the transports of plugins and the delivery loop meet.
#pragma once

#include <memory>
#include <string>

#include "messaging/delivery.h"
#include "plugin/registry.h"
#include "store/store.h"

namespace alliance::host {

class StoreOutbox : public messaging::Outbox {
 public:
  explicit StoreOutbox(store::Store& store) : store_(store) {}
  Result<std::vector<messaging::Chunk>> after(messaging::Lane lane, std::uint64_t position, std::size_t most) override;
  Result<void> acknowledged(const std::string& endpoint, messaging::Lane lane, std::uint64_t position) override;

 private:
  store::Store& store_;
};

// A transport that a plugin offers, as a link. `id` is the scheme, `rest` what stands after it.
std::unique_ptr<messaging::Link> plugin_link(plugin::Plugin& plugin, std::string id, std::string rest);

// True when the plugin offers a transport of that id.
bool offers_transport(const plugin::Plugin& plugin, const std::string& id);

}  // namespace alliance::host

// SPDX-License-Identifier: Apache-2.0
// Where the store's outbox, the transports of plugins and the delivery loop meet.
#pragma once

#include <memory>
#include <string>

#include "host/leaving.h"
#include "messaging/delivery.h"
#include "plugin/registry.h"
#include "store/store.h"

namespace alliance::host {

class StoreOutbox : public messaging::Outbox {
 public:
  // `now` is asked when something is put aside, and `log` told.
  StoreOutbox(store::Store& store, const fb::HostConfigT& config, std::function<std::int64_t()> now,
              messaging::Delivery::Log log)
      : store_(store), leaving_(config), now_(std::move(now)), log_(std::move(log)) {}
  const Leaving& leaving() const { return leaving_; }
  Result<std::vector<messaging::Chunk>> after(const std::string& endpoint, messaging::Lane lane, std::uint64_t position,
                                              std::size_t most) override;
  Result<void> acknowledged(const std::string& endpoint, messaging::Lane lane, std::uint64_t position) override;
  Result<void> give_up(const std::string& endpoint, messaging::Lane lane, const messaging::Refusal& refusal,
                       unsigned tries) override;
  Result<std::uint64_t> last(messaging::Lane lane, std::uint64_t from) override;

 private:
  // With tombstones, and otherwise as it was put there.
  Result<std::vector<messaging::Chunk>> whole(const std::string& endpoint, messaging::Lane lane, std::uint64_t position,
                                              std::size_t most);
  store::Store& store_;
  const Leaving leaving_;
  std::function<std::int64_t()> now_;
  messaging::Delivery::Log log_;
};

store::Lane lane_of(messaging::Lane lane);

// A transport that a plugin offers, as a link. `id` is the scheme, `rest` what stands after it.
std::unique_ptr<messaging::Link> plugin_link(plugin::Plugin& plugin, std::string id, std::string rest);

// True when the plugin offers a transport of that id.
bool offers_transport(const plugin::Plugin& plugin, const std::string& id);

}  // namespace alliance::host

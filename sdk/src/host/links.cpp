// SPDX-License-Identifier: Apache-2.0
#include "host/links.h"

#include <algorithm>

#include "host/tombstones.h"

namespace alliance::host {
namespace {

class PluginLink : public messaging::Link {
 public:
  PluginLink(plugin::Plugin& plugin, std::string id, std::string rest)
      : plugin_(plugin), id_(std::move(id)), rest_(std::move(rest)) {
    callbacks_ = {sizeof callbacks_, 0, this, &acknowledged, &failed, &refused, &under_way};
  }
  ~PluginLink() override { close(); }

  Result<void> open(Events events) override {
    close();
    events_ = std::move(events);
    alliance_error error = ALLIANCE_ERROR_INIT;
    const auto* table = plugin_.transport;
    const auto status =
        table->open(table, &plugin_.services, id_.c_str(), rest_.c_str(), &callbacks_, &transport_, &error);
    if (status != ALLIANCE_OK) {
      transport_ = nullptr;
      return fail(status, "transport " + id_ + " could not be opened: " + error.message, error.detail);
    }
    events_.opened();
    return {};
  }

  Result<void> send(const messaging::Chunk& chunk) override {
    if (transport_ == nullptr) return fail(ALLIANCE_E_STATE, "transport " + id_ + " is not open");
    alliance_error error = ALLIANCE_ERROR_INIT;
    const auto status =
        plugin_.transport->send(transport_, chunk.position, chunk.batch.data(), chunk.batch.size(), &error);
    if (status != ALLIANCE_OK) return fail(status, "transport " + id_ + ": " + error.message, error.detail);
    return {};
  }

  void close() override {
    if (transport_ != nullptr) plugin_.transport->close(transport_);
    transport_ = nullptr;
  }

 private:
  static void acknowledged(void* context, uint64_t position) noexcept {
    auto& self = *static_cast<PluginLink*>(context);
    if (self.events_.acknowledged) self.events_.acknowledged(position);
  }
  static void failed(void* context, int32_t status, const char* message) noexcept {
    auto& self = *static_cast<PluginLink*>(context);
    if (!self.events_.failed) return;
    try {
      self.events_.failed(Failure{status, message == nullptr ? "the transport failed" : message, {}});
    } catch (...) {  // out of memory: the acknowledgement time-out finds the broken link
    }
  }
  static void refused(void* context, uint64_t position, const char* report, int32_t status,
                      const char* message) noexcept {
    auto& self = *static_cast<PluginLink*>(context);
    if (!self.events_.refused) return;
    try {
      self.events_.refused({position, report == nullptr ? "" : report,
                            Failure{status, message == nullptr ? "the far side refused it" : message, {}}});
    } catch (...) {  // as above
    }
  }
  static void under_way(void* context) noexcept {
    auto& self = *static_cast<PluginLink*>(context);
    if (self.events_.under_way) self.events_.under_way();
  }

  plugin::Plugin& plugin_;
  std::string id_, rest_;
  Events events_;
  alliance_transport_events callbacks_{};
  alliance_transport* transport_ = nullptr;
};

}  // namespace

store::Lane lane_of(messaging::Lane lane) {
  return lane == messaging::Lane::safety ? store::Lane::safety : store::Lane::normal;
}

Result<std::vector<messaging::Chunk>> StoreOutbox::after(const std::string& endpoint, messaging::Lane lane,
                                                         std::uint64_t position, std::size_t most) {
  auto chunks = whole(endpoint, lane, position, most);
  if (!chunks || lane == messaging::Lane::safety || !leaving_.rules(endpoint)) return chunks;
  for (auto& chunk : *chunks) {
    chunk.reports = 0;
    auto batch = leaving_.batch(endpoint, std::move(chunk.batch));
    if (!batch) return tl::unexpected(batch.error());
    chunk.batch = std::move(*batch);
  }
  return chunks;
}

Result<std::vector<messaging::Chunk>> StoreOutbox::whole(const std::string& endpoint, messaging::Lane lane,
                                                         std::uint64_t position, std::size_t most) {
  auto chunks = store_.outbox(lane_of(lane), position, most);
  if (!chunks) return tl::unexpected(chunks.error());
  std::vector<messaging::Chunk> out;
  out.reserve(chunks->size());
  for (auto& chunk : *chunks) {
    const auto buried = store_.buried(endpoint, lane_of(lane), chunk.position);
    if (buried.empty()) {
      out.push_back({chunk.position, std::move(chunk.batch), chunk.reports});
    } else {
      out.push_back({chunk.position, with_tombstones(chunk.batch, buried)});
    }
  }
  return out;
}

Result<void> StoreOutbox::give_up(const std::string& endpoint, messaging::Lane lane, const messaging::Refusal& refusal,
                                  unsigned tries) {
  const auto chunks = whole(endpoint, lane, refusal.position - 1, 1);
  if (!chunks) return tl::unexpected(chunks.error());
  if (chunks->empty() || chunks->front().position != refusal.position) {
    return fail(ALLIANCE_E_NOT_FOUND, "what was refused is no longer in the outbox");
  }
  auto letters = dead_letters_of(chunks->front().batch, refusal.report);
  // What never left was not refused.
  std::erase_if(letters, [&](const auto& letter) { return !leaving_.leaves(endpoint, letter.kind); });
  if (letters.empty()) return fail(ALLIANCE_E_BAD_INPUT, "the receiver refused a report that it was not sent");
  for (auto& letter : letters) {
    letter.endpoint = endpoint;
    letter.lane = lane_of(lane);
    letter.position = refusal.position;
    letter.status = refusal.why.status;
    letter.reason = refusal.why.message;
    letter.tries = tries;
    letter.since = now_();
  }
  const auto count = letters.size();
  const bool damaged = letters.front().report.empty();
  if (auto ok = store_.bury(std::move(letters)); !ok) return ok;
  if (log_) {
    const std::string what = damaged ? "a damaged part of the outbox is passed over"
                                     : (count == 1 ? "a report was" : std::to_string(count) + " reports were") +
                                           std::string(" refused and put among the dead letters");
    const bool safety = lane == messaging::Lane::safety;
    log_(safety ? ALLIANCE_LOG_ERROR : ALLIANCE_LOG_WARNING,
         (safety ? "SAFETY: " : "") + what + ": " + refusal.why.message +
             (safety && !damaged ? "; it is sent again until it is taken" : "; see alliance outbox list"));
  }
  return {};
}

Result<std::uint64_t> StoreOutbox::last(messaging::Lane lane, std::uint64_t from) {
  return std::max(from, store_.last(lane_of(lane)));
}

Result<void> StoreOutbox::acknowledged(const std::string& endpoint, messaging::Lane lane, std::uint64_t position) {
  return store_.acknowledge(endpoint, lane_of(lane), position);
}

std::unique_ptr<messaging::Link> plugin_link(plugin::Plugin& plugin, std::string id, std::string rest) {
  return std::make_unique<PluginLink>(plugin, std::move(id), std::move(rest));
}

bool offers_transport(const plugin::Plugin& plugin, const std::string& id) {
  if (plugin.transport == nullptr) return false;
  for (std::uint64_t i = 0, count = plugin.transport->count(plugin.transport); i < count; ++i) {
    alliance_descriptor descriptor = ALLIANCE_DESCRIPTOR_INIT;
    if (plugin.transport->describe(plugin.transport, i, &descriptor, nullptr) == ALLIANCE_OK && descriptor.id == id) {
      return true;
    }
  }
  return false;
}

}  // namespace alliance::host

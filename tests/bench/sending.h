// SPDX-License-Identifier: Apache-2.0
// Reports of one producer, stored and delivered, without what makes them.
#pragma once

#include <cstring>
#include <memory>

#include "content.h"
#include "messaging/delivery.h"
#include "pairs.h"
#include "store/store.h"

namespace bench {

namespace messaging = alliance::messaging;
namespace store = alliance::store;
inline constexpr std::uint64_t many = 1'024;
inline constexpr std::int64_t start = INT64_C(1'772'409'600'000'000);

template <class Value>
Value must(alliance::Result<Value> result) {
  if (!result) give_up(result.error().message);
  if constexpr (!std::is_void_v<Value>) return std::move(*result);
}

class StoreOutbox final : public messaging::Outbox {
 public:
  explicit StoreOutbox(store::Store& of) : store_(of) {}
  alliance::Result<std::vector<messaging::Chunk>> after(const std::string&, messaging::Lane, std::uint64_t position,
                                                        std::size_t most) override {
    auto chunks = store_.outbox(store::Lane::normal, position, most);
    if (!chunks) return tl::unexpected(chunks.error());
    std::vector<messaging::Chunk> out;
    for (auto& chunk : *chunks) out.push_back({chunk.position, std::move(chunk.batch), chunk.reports});
    return out;
  }
  alliance::Result<void> acknowledged(const std::string& endpoint, messaging::Lane, std::uint64_t position) override {
    return store_.acknowledge(endpoint, store::Lane::normal, position);
  }
  alliance::Result<std::uint64_t> last(messaging::Lane, std::uint64_t from) override {
    return std::max(from, store_.last(store::Lane::normal));
  }

 private:
  store::Store& store_;
};

// The store and its delivery, without what makes the reports.
class Sender {
 public:
  Sender(const std::string& path, const std::string& address, bool plaintext)
      : store_(must(store::Store::open(path, "bench", {{{}, plaintext}, start, {}}))), outbox_(*store_) {
    if (address.empty()) return;
    delivery_ = messaging::Delivery::create(outbox_, {});
    const auto from = must(store_->acknowledged(address, store::Lane::normal));
    delivery_->add(address, messaging::Lane::normal,
                   must(messaging::socket_link(address, "bench", messaging::Lane::normal)), from);
  }
  void commit(std::uint64_t reports) {
    store::Entry entry;
    entry.stream = "case-17";
    entry.event_id = "e" + std::to_string(++events_);
    entry.time = start;
    entry.event = {1, 2, 3, 4, 5, 6, 7, 8};
    for (std::uint64_t i = 0; i < reports; ++i, ++next_) {  // made beforehand, but for its number
      std::memcpy(&made_[number_at_], &next_, sizeof next_);
      entry.normal.push_back(made_);
    }
    entry.next_sequence = next_;
    std::vector<store::Entry> entries;
    entries.push_back(std::move(entry));
    must(store_->commit(std::move(entries), store_->new_epoch(start)));
    if (delivery_) delivery_->wake();
  }
  void drain() {
    if (!delivery_->drain(std::chrono::minutes(1), [] { return false; })) give_up("not everything arrived");
  }

 private:
  Bytes made_ = one_envelope("case-17", 1, report(short_content()));
  const std::size_t number_at_ = static_cast<std::size_t>(
      flatbuffers::GetRoot<flatbuffers::Table>(made_.data())->GetAddressOf(alliance::fb::Envelope::VT_SEQUENCE) -
      made_.data());
  std::unique_ptr<store::Store> store_;
  StoreOutbox outbox_;
  std::unique_ptr<messaging::Delivery> delivery_;
  std::uint64_t next_ = 1, events_ = 0;
};

inline const Bytes message = one_envelope("case-17", 1, report(short_content()));

// Reports, 1,024 a commit, until all are acknowledged.
inline auto flow(Sender& sender) {
  return [&sender](std::uint64_t times) {
    while (times-- > 0) sender.commit(many);
    sender.drain();
  };
}

}  // namespace bench

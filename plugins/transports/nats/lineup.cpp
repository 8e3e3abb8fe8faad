// SPDX-License-Identifier: Apache-2.0
#include "lineup.h"

#include "../../shared/tables.h"

namespace alliance::nats {
namespace {

constexpr std::size_t around_an_envelope = 256;  // offsets, padding and the tables that share nothing with others

// FNV-1a over what makes a message this message and no other.
class Digest {
 public:
  void add(std::string_view text) {
    for (const char c : text) byte(static_cast<unsigned char>(c));
    byte(0);
  }
  std::string text() const {
    constexpr char digits[] = "0123456789abcdef";
    std::string out;
    for (int shift = 60; shift >= 0; shift -= 4) out += digits[(hash_ >> shift) & 15];
    return out;
  }

 private:
  void byte(unsigned char value) { hash_ = (hash_ ^ value) * 0x100000001b3u; }
  std::uint64_t hash_ = 0xcbf29ce484222325u;
};

// A report's own id. Where it is sent again, or stands with others, what tells these apart comes after it: a server
// that took the two for one would drop a report.
std::string id_of(const fb::BatchT& batch) {
  const auto& first = *batch.envelopes.front();
  if (batch.envelopes.size() == 1 && first.first_sequence == 0 && first.tombstone_of.empty()) return first.id;
  Digest digest;
  for (const auto& one : batch.envelopes) {
    digest.add(one->id);
    digest.add(one->tombstone_of);
    digest.add(std::to_string(one->epoch) + "/" + std::to_string(one->sequence));
  }
  return first.id + "-" + digest.text();
}

}  // namespace

void Lineup::add(std::uint64_t position, ByteView bytes) {
  const shared::Verified<fb::Batch> batch(bytes.data(), bytes.size(), fb::BatchIdentifier(), "batch");
  auto& left = left_[position];
  for (const auto* table : *batch->envelopes()) {
    Item item{position, Envelope(table->UnPack()), 0};
    const auto& envelope = *item.envelope;
    item.size = envelope.payload.size() + envelope.id.size() + envelope.tenant.size() + envelope.case_.size() +
                envelope.kind.size() + envelope.tombstone_of.size() + around_an_envelope;
    const auto key = token(envelope.tenant) + "." + token(envelope.case_);
    auto& one = cases_[key];
    if (one.waiting.empty() && !one.under_way) ready_.push_back(key);
    one.waiting.push_back(std::move(item));
    ++left;
  }
}

std::optional<Outgoing> Lineup::next() {
  if (ready_.empty()) return std::nullopt;
  const auto key = ready_.front();
  ready_.pop_front();
  auto& one = cases_.at(key);
  fb::BatchT batch;
  UnderWay under_way{key, {}};
  std::size_t size = 0;
  while (!one.waiting.empty()) {
    auto& item = one.waiting.front();
    const bool fits =
        batch.envelopes.empty() || (batch.envelopes.front()->kind == item.envelope->kind && size + item.size <= most_);
    if (!fits) break;
    size += item.size;
    under_way.positions.push_back(item.position);
    batch.envelopes.push_back(std::move(item.envelope));
    one.waiting.pop_front();
  }
  const auto& first = *batch.envelopes.front();
  Outgoing out;
  out.id = id_of(batch);
  out.tenant = first.tenant;
  out.subject = prefix_ + ".report." + key + "." + token(first.kind);
  out.first_report = first.id;
  out.position = under_way.positions.front();
  out.batch = shared::packed<fb::Batch>(batch, fb::BatchIdentifier());
  one.under_way = true;
  under_way_.emplace(out.id, std::move(under_way));
  return out;
}

std::optional<std::uint64_t> Lineup::taken(const std::string& id) {
  const auto found = under_way_.find(id);
  if (found == under_way_.end()) return std::nullopt;
  for (const auto position : found->second.positions) --left_.at(position);
  const auto key = found->second.case_key;
  under_way_.erase(found);
  auto& one = cases_.at(key);
  one.under_way = false;
  if (one.waiting.empty()) {
    cases_.erase(key);
  } else {
    ready_.push_back(key);
  }
  return forward();
}

std::optional<std::uint64_t> Lineup::forward() {
  std::optional<std::uint64_t> out;
  while (!left_.empty() && left_.begin()->second == 0) {
    out = left_.begin()->first;
    left_.erase(left_.begin());
  }
  return out;
}

}  // namespace alliance::nats

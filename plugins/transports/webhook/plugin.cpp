// SPDX-License-Identifier: Apache-2.0
// The transport `webhook`: "webhook:NAME" posts reports as CloudEvents to the hook of that name in the plugin's
// settings. Answers are waited for, one request after the other; the host serves it on a thread of its own.
#include <alliance/plugin.hpp>
#include <map>
#include <mutex>
#include <optional>
#include <tuple>

#include "../../shared/cloud_event.h"
#include "../../shared/tables.h"
#include "http.h"
#include "sign.h"

namespace {

using namespace alliance;
using alliance::shared::CloudEvent;
using webhook::Hook;
using webhook::Mode;

// What outlives one opening: a receiver that asked to be left alone is, and what it took of a batch it does not get
// again when the batch is sent again for what stands behind. Only the lane's own transport touches it at any time.
struct Lane {
  std::int64_t not_before = 0;
  std::string batch;  // the one that `taken` and `singly` are about
  std::size_t taken = 0;
  bool singly = false;  // it refused several at once: which one it was is found
};
Lane& lane_of(const std::string& tenant, const std::string& hook, bool safety) {
  static std::mutex mutex;
  static std::map<std::tuple<std::string, std::string, bool>, Lane> lanes;
  const std::lock_guard lock(mutex);
  return lanes[{tenant, hook, safety}];
}

class Webhook final : public Transport {
 public:
  Webhook(const Services& services, const std::string& endpoint, TransportEvents events)
      : services_(services),
        events_(events),
        hook_(webhook::find_hook(services.config(), endpoint)),
        keys_(webhook::read_keys(hook_.secrets)),
        http_(hook_) {}

  void send(std::uint64_t position, ByteView bytes) override {
    const shared::Verified<fb::Batch> batch(bytes.data(), bytes.size(), fb::BatchIdentifier(), "batch");
    const auto* envelopes = batch->envelopes();
    if (envelopes->size() == 0) return events_.acknowledged(position);
    const bool safety = envelopes->Get(0)->lane() == fb::Lane::safety;
    const auto& first = *envelopes->Get(0);
    Lane& lane = lane_of(first.tenant()->str(), hook_.name, safety);
    // By its first report too: another store of this process numbers its batches likewise.
    if (auto name = std::to_string(position) + " " + first.id()->str(); lane.batch != name) {
      lane.batch = std::move(name);
      lane.taken = 0;
      lane.singly = false;
    }
    if (services_.now() < lane.not_before) throw Error(ALLIANCE_E_STATE, "the receiver asked to be left alone");
    while (lane.taken < envelopes->size()) {
      const std::size_t most = hook_.mode == Mode::batched && !lane.singly ? hook_.most : 1;
      std::vector<CloudEvent> events;
      std::size_t end = lane.taken;
      for (; end < envelopes->size() && events.size() < most; ++end) {
        const auto& envelope = *envelopes->Get(static_cast<flatbuffers::uoffset_t>(end));
        if (envelope.tombstone_of() == nullptr) events.push_back(event_of(envelope));
      }
      const auto refusal = events.empty() ? std::nullopt : deliver(events, lane, safety);
      if (!refusal) {
        lane.taken = end;
        events_.under_way();  // many requests, each with a time limit of its own
      } else if (events.size() > 1) {
        lane.singly = true;
      } else {
        return events_.refused(position, events.front().id, refusal->status, refusal->sentence);
      }
    }
    events_.acknowledged(position);
  }

 private:
  CloudEvent event_of(const fb::Envelope& envelope) const {
    const Bytes report(envelope.payload()->begin(), envelope.payload()->end());
    return shared::cloud_event(
        envelope, hook_.source.empty() ? shared::source_of(envelope.tenant()->string_view()) : hook_.source,
        report.empty() ? std::string() : services_.decode("Report", report));
  }

  // Why it will not have what was sent; nothing when it took it. Throws when it is not about that.
  std::optional<webhook::Meaning> deliver(const std::vector<CloudEvent>& events, Lane& lane, bool safety) {
    std::string id = events.front().id, body;
    webhook::Headers headers;
    if (hook_.mode == Mode::binary) {
      headers = shared::binary_headers(events.front());
      body = events.front().data;
    } else if (hook_.mode == Mode::structured) {
      headers = {{"content-type", "application/cloudevents+json; charset=utf-8"}};
      body = shared::structured(events.front());
    } else {
      headers = {{"content-type", "application/cloudevents-batch+json; charset=utf-8"}};
      if (events.size() > 1) id += "+" + std::to_string(events.size() - 1);
      for (const auto& event : events) body += (body.empty() ? "[" : ",") + shared::structured(event);
      body += "]";
    }
    const auto seconds = std::to_string(services_.now() / 1'000'000);
    headers.emplace_back("webhook-id", id);
    headers.emplace_back("webhook-timestamp", seconds);
    headers.emplace_back("webhook-signature", webhook::signature(keys_, id, seconds, body));
    const auto answer = http_.post(headers, body);
    auto meaning = webhook::meaning_of(answer);
    if (meaning.status == ALLIANCE_OK) return std::nullopt;
    lane.not_before = services_.now() + webhook::pause_of(answer, safety) * 1'000'000;
    if (!meaning.about_data) throw Error(meaning.status, meaning.sentence);
    return meaning;
  }

  Services services_;
  TransportEvents events_;
  Hook hook_;
  std::vector<webhook::Key> keys_;
  webhook::Http http_;
};

void offer(alliance::Plugin& plugin) {
  plugin.add<Webhook>({"webhook", "1.0.0", "Reports as CloudEvents over HTTPS, signed"});
}

}  // namespace

ALLIANCE_PLUGIN(offer);

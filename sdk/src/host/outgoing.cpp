// SPDX-License-Identifier: Apache-2.0
#include "host/outgoing.h"

#include <algorithm>

#include "host/local_link.h"
#include "store/outbox_view.h"

namespace alliance::host {
namespace {

constexpr std::string_view here = "here:";

messaging::Pace pace_of(const fb::HostConfigT& config) {
  messaging::Pace pace;
  if (config.delivery) pace.tries = config.delivery->tries;
  return pace;
}

messaging::TlsFiles tls_of(const fb::HostConfigT& config, const std::string& endpoint) {
  if (!config.delivery) return {};
  const fb::TlsConfigT* tls = config.delivery->tls.get();
  for (const auto& one : config.delivery->endpoints) {
    if (one->endpoint == endpoint && one->tls) tls = one->tls.get();
  }
  if (tls == nullptr) return {};
  return {tls->certificate, tls->private_key, tls->ca, tls->name};
}

}  // namespace

Outgoing::Outgoing(Means means)
    : means_(std::move(means)), outbox_(means_.store, means_.config, means_.now, means_.log) {}

Result<std::unique_ptr<messaging::Link>> Outgoing::link(const std::string& endpoint, messaging::Lane lane) {
  if (const auto known = endpoints_.find(endpoint); known != endpoints_.end() && known->second) {
    return local_link(*known->second);
  }
  if (endpoint.starts_with("tls://") || endpoint.starts_with("tcp://") || endpoint.starts_with("unix://")) {
    return messaging::socket_link(
        endpoint, means_.tenant, lane, {}, tls_of(means_.config, endpoint),
        [this, endpoint](const messaging::Ask& ask, Asking::Done done) {
          asking_.ask(ask, [this, endpoint](const auto& one) { return reply(endpoint, one); }, std::move(done));
        });
  }
  const std::size_t colon = endpoint.find(':');
  if (colon == std::string::npos) {
    return fail(
        ALLIANCE_E_INVALID,
        "endpoint " + endpoint + ": write tls://HOST:PORT, tcp://HOST:PORT, unix:///PATH, or ID:ENDPOINT for a plugin");
  }
  const std::string id = endpoint.substr(0, colon);
  for (plugin::Plugin* plugin : means_.plugins.plugins()) {
    if (offers_transport(*plugin, id)) return plugin_link(*plugin, id, endpoint.substr(colon + 1));
  }
  return fail(ALLIANCE_E_NOT_FOUND, "endpoint " + endpoint + ": no loaded plugin offers a transport called " + id);
}

// An endpoint has of a report what it would have been sent, and the person who asks there what the access table says.
messaging::Reply Outgoing::reply(const std::string& endpoint, const messaging::Ask& ask) {
  auto body = means_.report(ask.case_id, ask.report, {ask.role, ask.viewer}).and_then([&](OneReport report) {
    return outbox_.leaving().body(endpoint, report.kind, std::move(report.payload));
  });
  if (!body) return {ask.number, body.error().status, body.error().message};
  return {ask.number, ALLIANCE_OK, {}, std::move(*body)};
}

Result<void> Outgoing::deliver(const std::string& endpoint) {
  for (const auto lane : {messaging::Lane::safety, messaging::Lane::normal}) {
    auto way = link(endpoint, lane);
    if (!way) return tl::unexpected(way.error());
    const auto position = means_.store.acknowledged(endpoint, lane_of(lane));
    if (!position) return tl::unexpected(position.error());
    delivery_->add(endpoint, lane, std::move(*way), *position);
  }
  return {};
}

Result<void> Outgoing::add(const std::string& endpoint, const Taker* taker) {
  if (endpoints_.contains(endpoint)) return fail(ALLIANCE_E_INVALID, "endpoint " + endpoint + " is connected already");
  if (taker == nullptr) {  // a wrong endpoint is refused here, not when it is used
    if (auto probe = link(endpoint, messaging::Lane::normal); !probe) return tl::unexpected(probe.error());
  }
  endpoints_.emplace(endpoint, taker == nullptr ? std::nullopt : std::optional(*taker));
  if (!delivery_) return {};
  auto done = deliver(endpoint);
  if (!done) {
    delivery_->remove(endpoint);
    endpoints_.erase(endpoint);
  }
  return done;
}

Result<void> Outgoing::connect(const std::string& endpoint) {
  if (endpoint.starts_with(here)) {
    return fail(ALLIANCE_E_INVALID, "endpoint " + endpoint +
                                        ": reports for this program go to its callback, see "
                                        "alliance_host_receive");
  }
  return add(endpoint, nullptr);
}

Result<void> Outgoing::receive(const std::string& name, const Taker& taker) {
  const bool plain = !name.empty() && name.size() <= 64 && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  });
  if (!plain) return fail(ALLIANCE_E_INVALID, "a receiver's name is up to 64 of a-z, 0-9 and -");
  return add(std::string(here) + name, &taker);
}

Result<void> Outgoing::forget(const std::string& endpoint) {
  const bool connected = endpoints_.contains(endpoint);
  if (!connected) {
    const auto known = status();
    if (!known) return tl::unexpected(known.error());
    const auto& all = known->endpoints;
    if (std::none_of(all.begin(), all.end(), [&](const auto& one) { return one->endpoint == endpoint; })) {
      return fail(ALLIANCE_E_NOT_FOUND, "endpoint " + endpoint + " has no place in this outbox");
    }
  }
  if (delivery_) delivery_->remove(endpoint);
  endpoints_.erase(endpoint);
  return means_.store.forget(endpoint);
}

Result<void> Outgoing::run() {
  delivery_ = messaging::Delivery::create(outbox_, means_.log, pace_of(means_.config));
  for (const auto& [endpoint, taker] : endpoints_) {
    if (auto done = deliver(endpoint); !done) {
      delivery_.reset();
      return done;
    }
  }
  name_the_forgotten();
  delivery_->wake();
  return {};
}

// Whoever was connected once and is not now keeps every report waiting, and the file growing.
void Outgoing::name_the_forgotten() {
  const auto known = status();
  if (!known) return;
  if (means_.config.delivery) {
    for (const auto& one : means_.config.delivery->endpoints) {
      if (endpoints_.contains(one->endpoint)) continue;
      means_.log(ALLIANCE_LOG_WARNING, "HostConfig: delivery.endpoints names " +
                                           messaging::without_secrets(one->endpoint) +
                                           ", which is not connected under that very text");
    }
  }
  std::map<std::string, std::uint64_t> absent;
  for (const auto& one : known->endpoints) {
    if (!endpoints_.contains(one->endpoint)) absent[one->endpoint] += one->waiting;
  }
  for (const auto& [endpoint, waiting] : absent) {
    means_.log(ALLIANCE_LOG_WARNING,
               messaging::without_secrets(endpoint) +
                   " was connected before and is not now: what it has not acknowledged is kept (" +
                   std::to_string(waiting) + " reports); connect it again or forget it");
  }
}

void Outgoing::wake() {
  if (delivery_) delivery_->wake();
}

bool Outgoing::drain(std::chrono::microseconds timeout, const std::function<bool()>& cancelled) {
  return delivery_->drain(timeout, cancelled);
}

std::uint64_t Outgoing::sent() const { return delivery_ ? delivery_->sent() : 0; }

Result<fb::OutboxStatusT> Outgoing::status() {
  if (auto ok = means_.store.flush(); !ok) return tl::unexpected(ok.error());
  auto view = store::OutboxView::open(means_.store.path());
  if (!view) return tl::unexpected(view.error());
  auto out = view->status();
  if (!out || !delivery_) return out;
  for (const auto& link : delivery_->status()) {
    for (const auto& one : out->endpoints) {
      if (one->endpoint != link.endpoint || one->lane != static_cast<fb::Lane>(link.lane)) continue;
      one->connected = link.connected;
      one->sent = link.sent;
      one->trouble = link.trouble;
    }
  }
  return out;
}

Result<fb::DeadLetterListT> Outgoing::dead_letters(std::uint64_t number) {
  const auto letters = means_.store.dead_letters();
  if (!letters) return tl::unexpected(letters.error());
  fb::DeadLetterListT out;
  for (const auto& letter : *letters) {
    if (number != 0 && letter.number != number) continue;
    out.letters.push_back(std::make_unique<fb::DeadLetterT>(store::described(letter, number != 0)));
  }
  if (number != 0 && out.letters.empty()) {
    return fail(ALLIANCE_E_NOT_FOUND, "there is no dead letter " + std::to_string(number));
  }
  return out;
}

Result<std::uint64_t> Outgoing::resend(std::uint64_t number) {
  auto letters = means_.store.dead_letters();
  if (!letters) return tl::unexpected(letters.error());
  if (number != 0) {
    std::erase_if(*letters, [&](const auto& letter) { return letter.number != number; });
    if (letters->empty()) return fail(ALLIANCE_E_NOT_FOUND, "there is no dead letter " + std::to_string(number));
  } else {
    std::erase_if(*letters, [](const auto& letter) { return letter.report.empty(); });
  }
  return send_again(std::move(*letters));
}

Result<std::uint64_t> Outgoing::resend_safety(std::int64_t now) {
  const auto counts = means_.store.counts();
  if (!counts) return tl::unexpected(counts.error());
  if (counts->safety_dead_letters == 0) return 0;
  auto letters = means_.store.dead_letters();
  if (!letters) return tl::unexpected(letters.error());
  const std::int64_t pause =
      1'000'000 * std::int64_t{means_.config.delivery ? means_.config.delivery->safety_retry_seconds
                                                      : fb::DeliveryConfigT().safety_retry_seconds};
  std::erase_if(*letters, [&](const store::DeadLetter& letter) {
    return letter.lane != store::Lane::safety || letter.report.empty() || letter.since + pause > now;
  });
  return send_again(std::move(*letters));
}

// A report that several endpoints refused goes out once: each of them is waiting for its id.
Result<std::uint64_t> Outgoing::send_again(std::vector<store::DeadLetter> letters) {
  std::map<std::string, std::vector<store::DeadLetter>> by_case;
  for (auto& letter : letters) by_case[letter.case_id].push_back(std::move(letter));
  std::uint64_t sent = 0;
  for (auto& [id, group] : by_case) {
    const auto found = means_.streams.get(id);
    if (!found) return tl::unexpected(found.error());
    Stream& stream = **found;
    const std::lock_guard lock(stream.mutex);
    auto again = store::again(group, stream.head.next_sequence);
    if (!again) return tl::unexpected(again.error());
    const auto next = again->next_sequence;
    sent += again->normal.size() + again->safety.size();
    if (auto ok = means_.store.resend(std::move(*again)); !ok) return tl::unexpected(ok.error());
    stream.head.next_sequence = next;
  }
  if (sent > 0) wake();
  return sent;
}

}  // namespace alliance::host

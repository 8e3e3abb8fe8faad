// SPDX-License-Identifier: Apache-2.0
// libnats, with owners for what it hands out and an Error for what it says.
#pragma once

#include <nats/nats.h>

#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "address.h"

namespace alliance::nats {

void check(natsStatus status, const std::string& what);

struct Destroy {
  void operator()(natsConnection* one) const noexcept { natsConnection_Destroy(one); }
  void operator()(natsOptions* one) const noexcept { natsOptions_Destroy(one); }
  void operator()(natsSubscription* one) const noexcept {
    natsSubscription_Unsubscribe(one);
    natsSubscription_Destroy(one);
  }
  void operator()(natsMsg* one) const noexcept { natsMsg_Destroy(one); }
  void operator()(jsCtx* one) const noexcept { jsCtx_Destroy(one); }
  void operator()(jsStreamInfo* one) const noexcept { jsStreamInfo_Destroy(one); }
};
template <class Type>
using Owned = std::unique_ptr<Type, Destroy>;

using Heard = std::function<void(natsMsg* message)>;  // borrowed

// Both call back on libnats' threads. What they hold lives until the library lets go of it.
Owned<natsConnection> connect(const Address& address, std::function<void()> closed);
Owned<natsSubscription> subscribe(natsConnection* connection, const std::string& subject, Heard heard);

// Throws where the stream is not there, or does not take the subjects of reports.
Owned<jsStreamInfo> stream_of(natsConnection* connection, const Address& address);

// The servers that keep it, by name; none where there is no cluster.
std::set<std::string> keepers(const jsStreamInfo& stream);

// What each of these servers says of its JetStream, asked with the credentials of the system account; of no names: what
// the first one says. Empty when not all of them answer within 3 s.
std::vector<std::string> ask_system(const Address& address, std::set<std::string> servers);

std::string header(natsMsg* message, const char* name);
std::string_view data(natsMsg* message);

}  // namespace alliance::nats

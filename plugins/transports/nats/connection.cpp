// SPDX-License-Identifier: Apache-2.0
#include "connection.h"

#include <alliance/error.hpp>
#include <vector>

namespace alliance::nats {
namespace {

template <class Function>
void* kept(Function function) {
  return new Function(std::move(function));
}

void on_closed(natsConnection*, void* closure) noexcept {
  const std::unique_ptr<std::function<void()>> closed(static_cast<std::function<void()>*>(closure));
  (*closed)();
}
void on_message(natsConnection*, natsSubscription*, natsMsg* message, void* closure) noexcept {
  const Owned<natsMsg> owner(message);
  (*static_cast<Heard*>(closure))(message);
}
void on_complete(void* closure) noexcept { delete static_cast<Heard*>(closure); }
void on_error(natsConnection*, natsSubscription*, natsStatus, void*) noexcept {}  // else it goes to standard error

}  // namespace

void check(natsStatus status, const std::string& what) {
  if (status == NATS_OK) return;
  throw Error(status == NATS_TIMEOUT ? ALLIANCE_E_TIMEOUT : ALLIANCE_E_IO, what + ": " + natsStatus_GetText(status));
}

Owned<natsConnection> connect(const Address& address, std::function<void()> closed) {
  natsOptions* made = nullptr;
  check(natsOptions_Create(&made), "no connection can be prepared");
  const Owned<natsOptions> options(made);
  std::vector<const char*> servers;
  for (const auto& server : address.servers) servers.push_back(server.c_str());
  check(natsOptions_SetServers(made, servers.data(), static_cast<int>(servers.size())), "the servers' addresses");
  check(natsOptions_SetName(made, "alliance"), "options");
  check(natsOptions_SetTimeout(made, 5000), "options");
  // What was under way when a connection breaks is sent again from the outbox, by a new one.
  check(natsOptions_SetAllowReconnect(made, false), "options");
  check(natsOptions_SetPingInterval(made, 3000), "options");
  check(natsOptions_SetMaxPingsOut(made, 2), "options");
  check(natsOptions_SetWriteDeadline(made, 10'000), "options");
  check(natsOptions_SetErrorHandler(made, &on_error, nullptr), "options");
  if (address.tls) {
    check(natsOptions_SetSecure(made, true), "TLS");
    if (!address.ca.empty()) {
      check(natsOptions_LoadCATrustedCertificates(made, address.ca.c_str()), "the authority " + address.ca);
    }
    if (!address.cert.empty()) {
      check(natsOptions_LoadCertificatesChain(made, address.cert.c_str(), address.key.c_str()),
            "the certificate " + address.cert + " and its key");
    }
    if (!address.name.empty()) check(natsOptions_SetExpectedHostname(made, address.name.c_str()), "TLS");
  }
  if (!address.creds.empty()) {
    check(natsOptions_SetUserCredentialsFromFiles(made, address.creds.c_str(), nullptr),
          "the credentials " + address.creds);
  }
  void* closure = kept(std::move(closed));
  auto status = natsOptions_SetClosedCB(made, &on_closed, closure);
  natsConnection* connection = nullptr;
  if (status == NATS_OK) status = natsConnection_Connect(&connection, made);
  if (status != NATS_OK) {  // a connection that never was is not closed either
    delete static_cast<std::function<void()>*>(closure);
    check(status, "no server can be reached");
  }
  return Owned<natsConnection>(connection);
}

Owned<natsSubscription> subscribe(natsConnection* connection, const std::string& subject, Heard heard) {
  natsSubscription* made = nullptr;
  void* closure = kept(std::move(heard));
  const auto status = natsConnection_Subscribe(&made, connection, subject.c_str(), &on_message, closure);
  if (status != NATS_OK) {
    delete static_cast<Heard*>(closure);
    check(status, "nothing can be heard on " + subject);
  }
  natsSubscription_SetOnCompleteCB(made, &on_complete, closure);
  natsSubscription_SetPendingLimits(made, -1, -1);
  return Owned<natsSubscription>(made);
}

Owned<jsStreamInfo> stream_of(natsConnection* connection, const Address& address) {
  jsCtx* context = nullptr;
  jsOptions options;
  jsOptions_Init(&options);
  options.Wait = 5000;
  check(natsConnection_JetStream(&context, connection, &options), "JetStream");
  const Owned<jsCtx> owner(context);
  jsStreamInfo* info = nullptr;
  jsErrCode code{};
  const auto status = js_GetStreamInfo(&info, context, address.stream.c_str(), nullptr, &code);
  if (status == NATS_NOT_FOUND) {
    throw Error(ALLIANCE_E_NOT_FOUND, "the servers have no stream " + address.stream + ": make one for the subjects " +
                                          address.prefix + ".report.> (docs/nats.md)");
  }
  check(status, "the stream " + address.stream + " cannot be asked");
  return Owned<jsStreamInfo>(info);
}

std::string header(natsMsg* message, const char* name) {
  const char* value = nullptr;
  return natsMsgHeader_Get(message, name, &value) == NATS_OK && value != nullptr ? value : "";
}

std::string_view data(natsMsg* message) {
  const char* bytes = natsMsg_GetData(message);
  return bytes == nullptr ? std::string_view()
                          : std::string_view(bytes, static_cast<std::size_t>(natsMsg_GetDataLength(message)));
}

}  // namespace alliance::nats

// SPDX-License-Identifier: Apache-2.0
#include "connection.h"

#include <alliance/error.hpp>
#include <chrono>
#include <fstream>

#include "../../shared/member.h"

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

// A file that nsc made, or one line USER:PASSWORD.
void show_credentials(natsOptions* options, const std::string& path) {
  std::ifstream file(path);
  std::string line;
  if (!std::getline(file, line)) throw Error(ALLIANCE_E_IO, "the credentials " + path + " cannot be read");
  const auto colon = line.find(':');
  if (line.starts_with("-----") || colon == std::string::npos) {
    return check(natsOptions_SetUserCredentialsFromFiles(options, path.c_str(), nullptr), "the credentials " + path);
  }
  while (line.ends_with('\r') || line.ends_with(' ')) line.pop_back();
  check(natsOptions_SetUserInfo(options, line.substr(0, colon).c_str(), line.substr(colon + 1).c_str()),
        "the credentials " + path);
}

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
  if (!address.creds.empty()) show_credentials(made, address.creds);
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

std::set<std::string> keepers(const jsStreamInfo& stream) {
  std::set<std::string> out;
  if (stream.Cluster == nullptr) return out;
  if (stream.Cluster->Leader != nullptr) out.insert(stream.Cluster->Leader);
  for (int i = 0; i < stream.Cluster->ReplicasLen; ++i) out.insert(stream.Cluster->Replicas[i]->Name);
  return out;
}

std::vector<std::string> ask_system(const Address& address, std::set<std::string> servers) {
  constexpr auto patience = std::chrono::seconds(3);
  std::vector<std::string> out;
  try {
    Address as_system = address;
    as_system.creds = address.system;
    const auto connection = connect(as_system, [] {});
    natsInbox* inbox = nullptr;
    check(natsInbox_Create(&inbox), "no inbox");
    const std::string answers = inbox;
    natsInbox_Destroy(inbox);
    natsSubscription* made = nullptr;
    check(natsConnection_SubscribeSync(&made, connection.get(), answers.c_str()), "nothing can be heard");
    const Owned<natsSubscription> subscription(made);
    check(natsConnection_PublishRequestString(connection.get(), "$SYS.REQ.SERVER.PING.JSZ", answers.c_str(),
                                              R"({"config":true})"),
          "the servers cannot be asked");
    const auto end = std::chrono::steady_clock::now() + patience;
    for (;;) {
      const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - std::chrono::steady_clock::now());
      natsMsg* message = nullptr;
      if (left.count() <= 0 || natsSubscription_NextMsg(&message, made, left.count()) != NATS_OK) return {};
      const Owned<natsMsg> owner(message);
      if (natsMsg_IsNoResponders(message)) return {};
      const auto name = shared::member(shared::member(data(message), "server"), "name");
      const bool one_of_them = servers.erase(std::string(name.substr(name.starts_with('"'), name.size() - 2))) > 0;
      if (one_of_them || servers.empty()) out.emplace_back(data(message));
      if (servers.empty()) return out;
    }
  } catch (const Error&) {
    return {};  // unknown, which counts as not durable
  }
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

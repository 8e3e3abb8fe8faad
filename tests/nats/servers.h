// SPDX-License-Identifier: Apache-2.0
// NATS servers on loopback, one or a cluster of three, with JetStream in a folder of their own.
#pragma once

#include <nats/nats.h>

#include <algorithm>
#include <fstream>
#include <functional>
#include <vector>

#include "faults/process.h"
#include "loopback.h"

namespace alliance::test {

// "debian": the one of Debian's package. "current": the one that ALLIANCE_NATS_SERVER names. Empty where it is absent.
inline std::string nats_server(const std::string& which) {
  if (which == "current") {
    const char* named = std::getenv("ALLIANCE_NATS_SERVER");
    return named == nullptr ? "" : named;
  }
  for (const char* path : {"/usr/sbin/nats-server", "/usr/bin/nats-server"}) {
    if (std::filesystem::exists(path)) return path;
  }
  return {};
}
inline std::string nats_absent(const std::string& which) {
  return which == "current" ? "ALLIANCE_NATS_SERVER names no server"
                            : "no NATS server is installed (tests/install broker)";
}

class Servers {
 public:
  using Prepare = std::function<void(natsOptions*)>;
  // `more` stands in each one's configuration besides.
  Servers(std::string program, int count, std::string more = "")
      : program_(std::move(program)), more_(std::move(more)), nodes_(static_cast<std::size_t>(count)) {
    // A port that somebody took after all ends its server: then with others.
    for (int tries = 0; tries < 5; ++tries) {
      configure();
      for (int i = 0; i < count; ++i) start(i);
      if (eventually([this] { return answer() || !alive(); }) && alive()) return;
    }
    ADD_FAILURE() << program_ << " does not start; " << said();
  }

  void start(int i) {
    auto& node = nodes_.at(static_cast<std::size_t>(i));
    node.process =
        faults::Process({program_, "-c", config(i), "-l", folder_ / ("log" + std::to_string(i))}, folder_ / "out");
  }
  void end(int i, int signal) { nodes_.at(static_cast<std::size_t>(i)).process.end(signal); }
  // The end of each one's log.
  std::string said() const {
    std::string out;
    for (std::size_t i = 0; i < nodes_.size(); ++i) out += end_of(folder_ / ("log" + std::to_string(i)), 1500) + "\n";
    return out;
  }
  std::string address(int i = 0) const {
    return "nats://127.0.0.1:" + std::to_string(nodes_.at(static_cast<std::size_t>(i)).port);
  }
  std::string all() const {
    std::string out;
    for (std::size_t i = 0; i < nodes_.size(); ++i) out += (i ? "," : "") + address(static_cast<int>(i));
    return out;
  }
  std::string folder() const { return folder_ / ""; }
  std::string monitor() const { return "http://127.0.0.1:" + std::to_string(nodes_.front().monitor); }

  // How many messages of a subject a stream has.
  std::uint64_t messages(const char* stream, const std::string& subject) const {
    natsConnection* connection = nullptr;
    jsCtx* context = nullptr;
    jsStreamInfo* info = nullptr;
    jsOptions options;
    jsOptions_Init(&options);
    options.Stream.Info.SubjectsFilter = subject.c_str();
    std::uint64_t out = 0;
    if (natsConnection_ConnectTo(&connection, address().c_str()) == NATS_OK &&
        natsConnection_JetStream(&context, connection, nullptr) == NATS_OK &&
        js_GetStreamInfo(&info, context, stream, &options, nullptr) == NATS_OK && info->State.Subjects != nullptr) {
      for (int i = 0; i < info->State.Subjects->Count; ++i) out += info->State.Subjects->List[i].Msgs;
    }
    jsStreamInfo_Destroy(info);
    jsCtx_Destroy(context);
    natsConnection_Destroy(connection);
    return out;
  }

  // The stream of the reports; also true once a leader answers. `prepare`: as whom, over which connection.
  bool make_stream(int replicas, const Prepare& prepare = {}, const char* name = "ALLIANCE",
                   const char* subject = "alliance.report.>") const {
    return eventually([&] {
      natsOptions* options = nullptr;
      natsConnection* connection = nullptr;
      jsCtx* context = nullptr;
      jsStreamInfo* info = nullptr;
      jsStreamConfig config;
      jsStreamConfig_Init(&config);
      config.Name = name;
      config.Subjects = &subject;
      config.SubjectsLen = 1;
      config.Replicas = replicas;
      bool made = natsOptions_Create(&options) == NATS_OK && natsOptions_SetURL(options, address().c_str()) == NATS_OK;
      if (made && prepare) prepare(options);
      made = made && natsConnection_Connect(&connection, options) == NATS_OK &&
             natsConnection_JetStream(&context, connection, nullptr) == NATS_OK &&
             js_AddStream(&info, context, &config, nullptr, nullptr) == NATS_OK;
      jsStreamInfo_Destroy(info);
      jsCtx_Destroy(context);
      natsConnection_Destroy(connection);
      natsOptions_Destroy(options);
      return made;
    });
  }

 private:
  struct Node {
    int port = 0, monitor = 0, route = 0;
    faults::Process process;
  };
  void configure() {
    std::string all;
    for (auto& node : nodes_) {
      node.process.end(SIGKILL);
      node.port = free_port(), node.monitor = free_port(), node.route = free_port();
      all += (all.empty() ? "" : ", ") + ("nats-route://127.0.0.1:" + std::to_string(node.route));
    }
    for (std::size_t i = 0; i < nodes_.size(); ++i) {
      const auto& node = nodes_[i];
      std::ofstream file(config(static_cast<int>(i)));
      file << "server_name: n" << i << "\nlisten: 127.0.0.1:" << node.port << "\nhttp: 127.0.0.1:" << node.monitor
           << "\njetstream { store_dir: \"" << folder_ / ("js" + std::to_string(i))
           << "\", max_file: 512MB, max_mem: 64MB }\n"
           << more_;
      if (nodes_.size() > 1) {
        file << "cluster { name: alliance, listen: 127.0.0.1:" << node.route << ", routes: [" << all << "] }\n";
      }
    }
  }
  bool alive() {
    return std::all_of(nodes_.begin(), nodes_.end(), [](Node& node) { return node.process.alive(); });
  }
  bool answer() const {
    return std::all_of(nodes_.begin(), nodes_.end(), [](const Node& node) { return listens_on(node.port); });
  }
  std::string config(int i) const { return folder_ / ("config" + std::to_string(i)); }

  const std::string program_, more_;
  TemporaryFolder folder_{"nats"};
  std::vector<Node> nodes_;
};

}  // namespace alliance::test

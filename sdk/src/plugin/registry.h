// SPDX-License-Identifier: Apache-2.0
// From a manifest or a linked-in entry to tables that can be called without looking.
#pragma once

#include <alliance/measure.h>
#include <alliance/plugin.h>
#include <alliance/programme.h>
#include <alliance/tailoring.h>
#include <alliance/timing.h>
#include <alliance/transport.h>

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "common/result.h"

namespace alliance::plugin {

enum class State { loaded, refused, quarantined };

struct Info {
  std::string id, name, version;
  std::vector<std::string> kinds;
  State state = State::loaded;
  std::string reason;  // of a refusal or quarantine
  std::string manifest;
  std::string signature;  // whose, if anybody's
  std::string isolation;  // where it runs, and what holds it back there
};

struct Manifest;
struct RunnerSettings;

// A plugin that was loaded, negotiated with and initialised. Absent kinds are null; every slot of a table
// that is there can be called.
struct Plugin {
  Info info;
  alliance_services services{};  // what every create() and open() of this plugin is given
  const alliance_measure_factory* measure = nullptr;
  const alliance_timing_factory* timing = nullptr;
  const alliance_tailoring_factory* tailoring = nullptr;
  const alliance_programme_factory* programme = nullptr;
  const alliance_transport_factory* transport = nullptr;
};

// What the host offers to plugins and knows about their settings.
struct HostSide {
  std::function<const void*(const std::string& plugin, const char* service)> service;
  std::function<std::string(const std::string& plugin)> settings;  // JSON object
  // Before any of its code is loaded: what is to be said of its signature, or why it is refused. Absent: not looked at.
  std::function<Result<std::string>(const Manifest& manifest)> admit{};
  // How a plugin runs in a process of its own; nothing, or absent: in this one.
  std::function<std::optional<RunnerSettings>(const std::string& plugin)> runner{};
  // What outlives this host about libraries, by their hash: why one is called no more, or nothing; and that it is.
  std::function<std::optional<std::string>(const std::string& library)> in_quarantine{};
  std::function<void(const std::string& plugin, const std::string& library, const std::string& reason)> quarantined{};
  // How one in Python runs, whatever `runner` says: never in this process. Absent: it is refused.
  std::function<RunnerSettings(const std::string& plugin)> python{};
};

class Registry {
 public:
  explicit Registry(HostSide host);
  ~Registry();  // deinit in the reverse order of init; instances are gone by then
  Registry(const Registry&) = delete;
  Registry& operator=(const Registry&) = delete;

  // [control] Both. What is refused stays in infos() with the reason.
  Result<Plugin*> load(const std::string& manifest_path);
  Result<Plugin*> add_static(const std::string& name, const alliance_plugin_entry* entry);
  // Manifests directly in a folder, in the order of their names.
  static Result<std::vector<std::string>> manifests(const std::string& folder);

  // Nothing of it is called any more, deinit() neither: its instances are the caller's to forget.
  void quarantine(Plugin& plugin, const std::string& reason);
  std::vector<Plugin*> plugins() const;  // loaded ones, in the order of loading
  std::vector<Info> infos() const;       // refused ones too

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// What a plugin wrote, gathered; refuses to grow past `most` bytes. Bytes are aligned to 8.
class Gather {
 public:
  explicit Gather(std::size_t most = 16u << 20);
  Gather(const Gather&) = delete;  // the sink points into it
  Gather& operator=(const Gather&) = delete;
  const alliance_sink* sink() const { return &sink_; }
  std::span<const std::uint8_t> bytes() const { return bytes_; }
  std::vector<std::uint8_t> take() { return std::move(bytes_); }

 private:
  static std::int32_t write(void* context, const std::uint8_t* bytes, std::uint64_t length) noexcept;

  alliance_sink sink_;
  std::size_t most_;
  std::vector<std::uint8_t> bytes_;
};

}  // namespace alliance::plugin

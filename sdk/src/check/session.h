// SPDX-License-Identifier: Apache-2.0
// A plugin from its manifest to what can be called, as a host does it, in steps that a test can stop at.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "check/host_side.h"
#include "check/test.h"
#include "plugin/kinds.h"
#include "plugin/manifest.h"

namespace alliance::check {

// The manifest is good and the library is loaded; none of its functions was called but the entry's.
struct Loaded {
  plugin::Manifest manifest;
  const alliance_plugin_entry* entry = nullptr;
};
Result<Loaded> load(const Subject& subject);

// That the table can be used at all: what the entry tests look at one by one.
Result<void> check_entry(const alliance_plugin_entry* entry);

struct Offered {  // one thing that a factory can make
  std::string kind, id, version, title;
};

class Session {
 public:
  struct Choice {
    bool services = true;  // false: a host that offers none
  };
  static Result<std::unique_ptr<Session>> open(const Subject& subject);
  static Result<std::unique_ptr<Session>> open(const Subject& subject, Choice choice);
  ~Session() { end(); }
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  // deinit(); what calls the host afterwards is noted.
  void end();

  const Subject& subject() const { return subject_; }
  const plugin::Manifest& manifest() const { return loaded_.manifest; }
  const alliance_plugin_entry& entry() const { return *loaded_.entry; }
  const plugin::Tables& tables() const { return tables_; }
  HostSide& host() { return *host_; }
  bool has(std::string_view kind) const;
  // Of every kind but transports unless they are asked for; what cannot be described is left out.
  std::vector<Offered> offered(std::string_view kind = "") const;

 private:
  explicit Session(const Subject& subject) : subject_(subject) {}

  Subject subject_;
  Loaded loaded_;
  plugin::Tables tables_;
  std::unique_ptr<HostSide> host_;
  bool started_ = false;
};

// A kind's slots that all kinds have, without its type.
struct Making {
  const char* kind;
  std::uint64_t (*count)(const plugin::Tables& tables);
  std::int32_t (*describe)(const plugin::Tables& tables, std::uint64_t index, alliance_descriptor* out,
                           alliance_error* error);
  // Null for transports, which are opened.
  std::int32_t (*create)(const plugin::Tables& tables, const alliance_services* services, const char* id,
                         const char* version, void** out, alliance_error* error);
  void (*destroy)(const plugin::Tables& tables, void* instance);
};
std::span<const Making> makings();
const Making* find_making(std::string_view kind);

// One instance, destroyed with this.
class Instance {
 public:
  static Result<Instance> make(Session& session, const Offered& what);
  Instance(Instance&& other) noexcept
      : session_(other.session_), making_(other.making_), handle_(std::exchange(other.handle_, nullptr)) {}
  Instance& operator=(Instance&&) = delete;
  ~Instance();
  void* get() const { return handle_; }

 private:
  Instance(Session& session, const Making& making, void* handle)
      : session_(&session), making_(&making), handle_(handle) {}
  Session* session_;
  const Making* making_;
  void* handle_;
};

// A test that needs a plugin that was initialised.
template <Outcome (*Body)(Session&)>
Outcome in_session(const Subject& subject) {
  auto session = Session::open(subject);
  if (!session) return skipped("the plugin does not get so far: " + session.error().message);
  return Body(**session);
}

std::string text_of(const alliance_error& error);  // its message, as far as it goes

}  // namespace alliance::check

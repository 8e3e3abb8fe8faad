// SPDX-License-Identifier: Apache-2.0
// The policies and programmes that a host asks, and how it asks them: one call at a time per instance, timed,
// with what the plugin stored and reported kept only if the call succeeded.
#pragma once

#include <alliance_schema/case_generated.h>
#include <alliance_schema/config_generated.h>
#include <alliance_schema/programme_generated.h>

#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "host/instruments.h"
#include "host/services.h"
#include "plugin/registry.h"

namespace alliance::host {

using Bytes = std::vector<std::uint8_t>;

Bytes case_bytes(const fb::CaseT& state);  // as policies read it

struct Asked {  // an instance of a plugin
  plugin::Plugin* plugin = nullptr;
  std::string id, version;
  void* instance = nullptr;
  std::mutex mutex;
};

struct Programme : Asked {
  Bytes catalogue_bytes;
  fb::ProgrammeT catalogue;
};

class Policies {
 public:
  Policies(plugin::Registry& registry, const fb::HostConfigT& config);
  ~Policies();

  // Makes the instances that a plugin offers; sentences about those that could not be made.
  std::vector<std::string> add(plugin::Plugin& plugin);

  Asked* timing() const;  // the one that the configuration names, else the first by its id; null: none
  Asked* tailoring() const;
  Asked* tailoring(const std::string& id) const;  // null: not loaded
  Programme* programme(const std::string& id) const;
  std::vector<std::string> programmes() const;
  std::vector<std::string> programmes(const std::string& plugin) const;

  Result<Bytes> plan(Asked& asked, const Bytes& state, std::int64_t now, CallScope& scope);
  Result<Bytes> account(Asked& asked, const Bytes& state, std::int64_t now, CallScope& scope);
  Result<Bytes> propose(Asked& asked, const Bytes& state, const Programme* programme, std::int64_t now,
                        CallScope& scope);
  Result<Bytes> ingest(Programme& programme, const std::uint8_t* payload, std::uint64_t length);
  Result<Bytes> apply(Programme& programme, const std::string& case_id, const Bytes& proposal, std::int64_t when,
                      CallScope& scope);

 private:
  template <class Call>
  Result<Bytes> ask(Asked& asked, const char* name, CallScope* scope, Call call);
  Asked* choose(const std::map<std::string, std::unique_ptr<Asked>>& all, const std::string& wanted) const;

  plugin::Registry& registry_;
  const fb::HostConfigT& config_;
  std::map<std::string, std::unique_ptr<Asked>> timing_, tailoring_;
  std::map<std::string, std::unique_ptr<Programme>> programmes_;
};

}  // namespace alliance::host

// SPDX-License-Identifier: Apache-2.0
// What the host offers to plugins: one set of tables per plugin, found by id.
#pragma once

#include <alliance/plugin.h>
#include <alliance_schema/report_generated.h>

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "store/store.h"

namespace alliance::host {

// While the host asks a plugin, this is what the plugin may store and report. It counts only if the call
// succeeds, and goes into the transaction of the event that the call was made for.
struct CallScope {
  std::string plugin;
  const std::map<std::string, store::PluginValue>* known = nullptr;
  std::vector<store::PluginValue> puts;
  std::vector<fb::ReportT> reports;
};

// Makes a scope the current one of this thread.
class InScope {
 public:
  explicit InScope(CallScope& scope);
  ~InScope();
  InScope(const InScope&) = delete;
  InScope& operator=(const InScope&) = delete;

 private:
  CallScope* before_;
};

struct Outside {  // what the services stand on
  std::function<void(std::int32_t level, const std::string& line)> log;
  std::function<alliance_instant()> now;
};

class Services {
 public:
  explicit Services(Outside outside);
  ~Services();
  // Valid as long as this object. Null for a service that the host does not offer.
  const void* find(const std::string& plugin, const char* service);

 private:
  struct Tables;
  Outside outside_;
  std::thread::id control_;
  std::mutex mutex_;
  std::map<std::string, std::unique_ptr<Tables>> tables_;
};

}  // namespace alliance::host

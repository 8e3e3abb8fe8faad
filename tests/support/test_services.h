// SPDX-License-Identifier: Apache-2.0
// A host's side for tests of plugins: every service works, in memory, and can be looked into.
//
//   alliance::test::Services services;                       // must outlive the registry
//   services.settings("org.example.thing", R"({"a":1})");
//   alliance::plugin::Registry registry(services.host());
//   auto plugin = registry.load(alliance::test::manifest("thing"));
//
// The store and reports take only inside `auto call = services.call();`, as in a real host. Dropping a
// call that was not committed forgets what was put and reported in it.
#pragma once

#include <alliance/plugin.h>

#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "plugin/registry.h"
#include "schema/json.h"

namespace alliance::test {

// Manifest of a plugin built by alliance_add_plugin(NAME).
#ifdef ALLIANCE_PLUGIN_DIR
inline std::string manifest(const std::string& name) {
  return std::string(ALLIANCE_PLUGIN_DIR) + "/" + name + ".alliance.json";
}
#endif

struct Line {
  std::int32_t level;
  std::string plugin, text;
};
struct Kept {
  std::uint32_t version;
  std::vector<std::uint8_t> bytes;
};
struct Reported {
  std::string plugin;
  std::vector<std::uint8_t> bytes;
};

class Services {
 public:
  Services() = default;
  Services(const Services&) = delete;
  Services& operator=(const Services&) = delete;

  plugin::HostSide host() {
    return {[this](const std::string& plugin, const char* id) { return find(plugin, id); },
            [this](const std::string& plugin) {
              const std::lock_guard lock(mutex_);
              const auto found = settings_.find(plugin);
              return found == settings_.end() ? std::string("{}") : found->second;
            }};
  }

  void settings(const std::string& plugin, std::string json) {
    const std::lock_guard lock(mutex_);
    settings_[plugin] = std::move(json);
  }
  // This host does not offer the service (ALLIANCE_SERVICE_...).
  void withhold(const std::string& id) {
    const std::lock_guard lock(mutex_);
    withheld_[id] = true;
  }
  void now(alliance_instant instant) {
    const std::lock_guard lock(mutex_);
    now_ = instant;
  }
  std::vector<Line> log() const {
    const std::lock_guard lock(mutex_);
    return log_;
  }
  std::vector<Reported> reports() const {
    const std::lock_guard lock(mutex_);
    return reports_;
  }
  // By plugin and key.
  std::map<std::pair<std::string, std::string>, Kept> store() const {
    const std::lock_guard lock(mutex_);
    return store_;
  }

  class Call {
   public:
    explicit Call(Services& services) : services_(services) {
      const std::lock_guard lock(services_.mutex_);
      services_.in_call_ = true;
      store_ = services_.store_;
      reports_ = services_.reports_.size();
    }
    ~Call() {
      const std::lock_guard lock(services_.mutex_);
      services_.in_call_ = false;
      if (committed_) return;
      services_.store_ = std::move(store_);
      services_.reports_.resize(reports_);
    }
    Call(const Call&) = delete;
    Call& operator=(const Call&) = delete;
    void commit() { committed_ = true; }

   private:
    Services& services_;
    std::map<std::pair<std::string, std::string>, Kept> store_;
    std::size_t reports_ = 0;
    bool committed_ = false;
  };
  Call call() { return Call(*this); }

 private:
  // A plugin's own tables; their context says whose they are.
  struct Tables {
    Services* all;
    std::string plugin;
    alliance_log_service log;
    alliance_clock_service clock;
    alliance_codec_service codec;
    alliance_store_service store;
    alliance_report_service report;
    alliance_thread_check_service thread_check;

    Tables(Services* services, std::string name)
        : all(services),
          plugin(std::move(name)),
          log{sizeof log, 0, this, &Services::write_line},
          clock{sizeof clock, 0, this, &Services::read_clock},
          codec{sizeof codec, 0, this, &Services::encode, &Services::decode},
          store{sizeof store, 0, this, &Services::get, &Services::put},
          report{sizeof report, 0, this, &Services::take_report},
          thread_check{sizeof thread_check, 0, this, &Services::is_control} {}
  };
  static Tables& tables(void* context) { return *static_cast<Tables*>(context); }

  const void* find(const std::string& plugin, const std::string& id) {
    const std::lock_guard lock(mutex_);
    if (withheld_.count(id) != 0) return nullptr;
    auto& own = tables_[plugin];
    if (!own) own = std::make_unique<Tables>(this, plugin);
    if (id == ALLIANCE_SERVICE_LOG) return &own->log;
    if (id == ALLIANCE_SERVICE_CLOCK) return &own->clock;
    if (id == ALLIANCE_SERVICE_CODEC) return &own->codec;
    if (id == ALLIANCE_SERVICE_STORE) return &own->store;
    if (id == ALLIANCE_SERVICE_REPORT) return &own->report;
    if (id == ALLIANCE_SERVICE_THREAD_CHECK) return &own->thread_check;
    return nullptr;
  }

  static std::int32_t refuse(alliance_error* error, std::int32_t status, const std::string& message,
                             const std::string& detail = {}) {
    if (ALLIANCE_HAS(alliance_error, error, detail)) {
      error->code = status;
      error->message[message.copy(error->message, ALLIANCE_TEXT_CAPACITY - 1)] = '\0';
      error->detail[detail.copy(error->detail, ALLIANCE_TEXT_CAPACITY - 1)] = '\0';
    }
    return status;
  }
  static std::int32_t refuse(alliance_error* error, const Failure& failure) {
    return refuse(error, failure.status, failure.message, failure.detail);
  }

  static void write_line(void* context, std::int32_t level, const char* message) noexcept {
    Tables& own = tables(context);
    const std::lock_guard lock(own.all->mutex_);
    own.all->log_.push_back({level, own.plugin, message});
  }
  static alliance_instant read_clock(void* context) noexcept {
    Tables& own = tables(context);
    const std::lock_guard lock(own.all->mutex_);
    return own.all->now_;
  }
  static std::int32_t encode(void*, const char* table, const std::uint8_t* json, std::uint64_t length,
                             const alliance_sink* out, alliance_error* error) noexcept {
    auto bytes = schema::json_to_bytes(table, {reinterpret_cast<const char*>(json), static_cast<std::size_t>(length)});
    if (!bytes) return refuse(error, bytes.error());
    return out->write(out->context, bytes->data(), bytes->size());
  }
  static std::int32_t decode(void*, const char* table, const std::uint8_t* bytes, std::uint64_t length,
                             const alliance_sink* out, alliance_error* error) noexcept {
    const std::vector<std::uint8_t> aligned(bytes, bytes + length);
    if (auto good = schema::verify(table, aligned); !good) return refuse(error, good.error());
    auto json = schema::bytes_to_json(table, aligned);
    if (!json) return refuse(error, json.error());
    return out->write(out->context, reinterpret_cast<const std::uint8_t*>(json->data()), json->size());
  }
  static std::int32_t get(void* context, const char* key, std::uint32_t* version, const alliance_sink* out,
                          alliance_error* error) noexcept {
    Tables& own = tables(context);
    Kept kept;
    {
      const std::lock_guard lock(own.all->mutex_);
      if (!own.all->in_call_) return refuse(error, ALLIANCE_E_STATE, "no call of the host is under way");
      const auto found = own.all->store_.find({own.plugin, key});
      if (found == own.all->store_.end()) return refuse(error, ALLIANCE_E_NOT_FOUND, "this key was never put");
      kept = found->second;
    }
    const std::int32_t status = out->write(out->context, kept.bytes.data(), kept.bytes.size());
    if (status == ALLIANCE_OK && version != nullptr) *version = kept.version;
    return status;
  }
  static std::int32_t put(void* context, const char* key, std::uint32_t version, const std::uint8_t* bytes,
                          std::uint64_t length, alliance_error* error) noexcept {
    Tables& own = tables(context);
    const std::lock_guard lock(own.all->mutex_);
    if (!own.all->in_call_) return refuse(error, ALLIANCE_E_STATE, "no call of the host is under way");
    own.all->store_[{own.plugin, key}] = Kept{version, std::vector<std::uint8_t>(bytes, bytes + length)};
    return ALLIANCE_OK;
  }
  static std::int32_t take_report(void* context, const std::uint8_t* bytes, std::uint64_t length,
                                  alliance_error* error) noexcept {
    Tables& own = tables(context);
    std::vector<std::uint8_t> aligned(bytes, bytes + length);
    if (auto good = schema::verify("Report", aligned); !good) return refuse(error, good.error());
    const std::lock_guard lock(own.all->mutex_);
    if (!own.all->in_call_) return refuse(error, ALLIANCE_E_STATE, "no call of the host is under way");
    own.all->reports_.push_back({own.plugin, std::move(aligned)});
    return ALLIANCE_OK;
  }
  static std::int32_t is_control(void* context) noexcept {
    return tables(context).all->control_ == std::this_thread::get_id() ? 1 : 0;
  }

  mutable std::mutex mutex_;
  const std::thread::id control_ = std::this_thread::get_id();
  bool in_call_ = false;
  alliance_instant now_ = 0;
  std::map<std::string, std::string> settings_;
  std::map<std::string, bool> withheld_;
  std::vector<Line> log_;
  std::vector<Reported> reports_;
  std::map<std::pair<std::string, std::string>, Kept> store_;
  std::map<std::string, std::unique_ptr<Tables>> tables_;
};

}  // namespace alliance::test

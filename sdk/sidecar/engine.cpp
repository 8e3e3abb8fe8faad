// SPDX-License-Identifier: Apache-2.0
#include "engine.h"

#include <stdlib.h>

#include <boost/json/parse.hpp>
#include <cstdlib>
#include <filesystem>

namespace alliance::sidecar {
namespace {

namespace fs = std::filesystem;

// As the build and the packages lay it out: BIN/alliance and LIB/alliance/plugins beside each other.
std::string plugin_folder(const std::string& named) {
  if (!named.empty()) return named;
  if (const char* variable = std::getenv("ALLIANCE_PLUGINS"); variable != nullptr && *variable != '\0') return variable;
  std::error_code bad;
  const auto self = fs::read_symlink("/proc/self/exe", bad);
  return bad ? std::string() : (self.parent_path().parent_path() / "lib" / "alliance" / "plugins").string();
}

std::int32_t keep(void* context, const alliance_report* report, alliance_error*) noexcept {
  try {
    Kept kept{0,
              report->id,
              report->case_id,
              report->kind,
              report->lane == ALLIANCE_LANE_SAFETY ? "safety" : "normal",
              report->time,
              {reinterpret_cast<const char*>(report->body), static_cast<std::size_t>(report->length)}};
    static_cast<Feed*>(context)->put(std::move(kept));
    return ALLIANCE_OK;
  } catch (...) {
    return ALLIANCE_E_IO;  // no memory now: it comes again
  }
}

}  // namespace

Result<std::shared_ptr<const boost::json::value>> Tenant::definition(const std::string& id,
                                                                     const std::string& version) {
  const std::string key = version.empty() ? id : id + "@" + version;
  const std::lock_guard lock(mutex_);
  if (const auto found = definitions_.find(key); found != definitions_.end()) return found->second;
  return asked([&]() -> std::shared_ptr<const boost::json::value> {
    alliance_measure_ref ref = ALLIANCE_MEASURE_REF_INIT;
    alliance_error error = ALLIANCE_ERROR_INIT;
    glue::throw_if(
        alliance_host_find_measure(host.raw(), id.c_str(), version.empty() ? nullptr : version.c_str(), &ref, &error),
        error, "finding an instrument");
    glue::Collector bytes;
    glue::throw_if(ref.table->definition(ref.measure, bytes.sink(), &error), error, "reading a definition");
    auto made = std::make_shared<const boost::json::value>(boost::json::parse(to_json("Instrument", bytes.take())));
    return definitions_.emplace(key, std::move(made)).first->second;
  });
}

Result<std::unique_ptr<Engine>> Engine::open(const Settings& settings, Outside outside) {
  const std::string plugins = plugin_folder(settings.plugins);
  std::unique_ptr<Engine> made(new Engine(settings.advance_seconds, plugins, std::move(outside)));
  for (const TenantSettings& tenant : settings.tenants) {
    const auto folder = made->tenants_.empty() ? Result<std::string>(plugins) : made->copy_of(plugins);
    if (!folder) return tl::unexpected(folder.error());
    if (auto fine = made->add(settings, tenant, *folder); !fine) {
      Failure failure = fine.error();
      failure.message = "tenant " + tenant.tenant + ": " + failure.message;
      return tl::unexpected(std::move(failure));
    }
  }
  if (made->every_ > 0) made->time_ = std::thread([engine = made.get()] { engine->keep_time(); });
  return made;
}

// A library serves one host of a process: the next tenant's is the same file in another place.
Result<std::string> Engine::copy_of(const std::string& plugins) {
  std::error_code bad;
  if (copies_.empty()) {
    std::string name = (fs::temp_directory_path(bad) / "alliance-plugins-XXXXXX").string();
    if (bad || ::mkdtemp(name.data()) == nullptr) {
      return fail(ALLIANCE_E_IO, "no temporary folder could be made for the plugins of a second tenant");
    }
    copies_ = name;
  }
  const fs::path to = fs::path(copies_) / std::to_string(tenants_.size());
  fs::copy(plugins, to, fs::copy_options::recursive, bad);
  if (bad) return fail(ALLIANCE_E_IO, "the plugins of " + plugins + " cannot be copied: " + bad.message());
  return to.string();
}

Result<void> Engine::add(const Settings& settings, const TenantSettings& tenant, const std::string& plugins) {
  return asked([&] {
    HostOptions options;
    options.tenant = tenant.tenant;
    options.store_path = tenant.store;
    options.config = tenant.host;
    options.key_file = tenant.key_file;
    options.log = outside_.log;
    options.now = outside_.now;
    auto one = std::make_unique<Tenant>(tenant.tenant, Host(options), settings.limits.kept_reports);
    const auto loaded = one->host.load_folder(plugins);
    if (loaded.loaded == 0) {
      throw Error(ALLIANCE_E_NOT_FOUND, "no plugin was loaded from " + (plugins.empty() ? "nowhere" : plugins) +
                                            ": name their folder in plugins or ALLIANCE_PLUGINS");
    }
    const auto list = boost::json::parse(one->host.plugins());
    for (const auto& plugin : list.at("plugins").as_array()) {
      const auto* where = plugin.as_object().if_contains("isolation");
      if (where != nullptr && where->as_string().starts_with("process")) in_process_ = false;
    }
    for (const auto& endpoint : tenant.reports_to) one->host.connect(endpoint);
    alliance_error error = ALLIANCE_ERROR_INIT;
    glue::throw_if(alliance_host_receive(one->host.raw(), "sidecar", ALLIANCE_JSON, keep, &one->feed, &error), error,
                   "receiving reports");
    one->host.run();
    outside_.log(ALLIANCE_LOG_INFO,
                 "tenant " + tenant.tenant + " is open, with " + std::to_string(loaded.loaded) + " plugins" +
                     (loaded.refused == 0 ? "" : ", " + std::to_string(loaded.refused) + " refused"));
    tenants_.push_back(std::move(one));
  });
}

Engine::~Engine() {
  close(std::chrono::seconds(0));
  std::error_code ignored;
  if (!copies_.empty()) fs::remove_all(copies_, ignored);
}

Tenant* Engine::find(const std::string& tenant) {
  for (const auto& one : tenants_) {
    if (one->name == tenant) return one.get();
  }
  return nullptr;
}

void Engine::on_news(const std::function<void()>& news) {
  for (const auto& one : tenants_) one->feed.on_news(news);
}

void Engine::speak(AllWords& words) const {
  for (const auto& fault : words.add_folders(plugins_)) outside_.log(ALLIANCE_LOG_WARNING, fault);
}

void Engine::advance() {
  bool stuck = false;
  for (const auto& one : tenants_) {
    const auto done = asked([&] { one->host.advance(outside_.now()); });
    if (done || done.error().status == ALLIANCE_E_CANCELLED) continue;
    stuck = true;
    outside_.log(ALLIANCE_LOG_ERROR, "time does not pass: " + done.error().message);
  }
  stuck_ = stuck;
}

void Engine::keep_time() {
  std::unique_lock lock(mutex_);
  while (!ended_) {
    lock.unlock();
    advance();
    lock.lock();
    ending_.wait_for(lock, std::chrono::seconds(every_), [this] { return ended_; });
  }
}

void Engine::close(std::chrono::seconds patience) {
  {
    const std::lock_guard lock(mutex_);
    ended_ = true;
  }
  ending_.notify_all();
  for (const auto& one : tenants_) one->host.cancel();
  if (time_.joinable()) time_.join();
  on_news({});
  for (const auto& one : tenants_) {
    if (patience.count() == 0) break;
    const auto drained = asked([&] { return one->host.drain(patience); });
    if (!drained || !*drained)
      outside_.log(ALLIANCE_LOG_WARNING, "some reports were not acknowledged and stay in the outbox");
  }
  tenants_.clear();
}

}  // namespace alliance::sidecar

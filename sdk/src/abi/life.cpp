// SPDX-License-Identifier: Apache-2.0
#include <chrono>

#include "abi/face.h"
#include "abi/logging.h"
#include "host/config.h"

using namespace alliance;
using namespace alliance::abi;

namespace {

std::int64_t system_now() {
  return std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::system_clock::now().time_since_epoch())
      .count();
}

}  // namespace

int32_t alliance_host_create(const alliance_host_options* options, alliance_host** out,
                             alliance_error* error) noexcept {
  return guarded(error, [&]() -> int32_t {
    if (options == nullptr || out == nullptr) {
      return answer(error, ALLIANCE_E_INVALID, "alliance_host_create needs options and a place for the host");
    }
    if (!ALLIANCE_HAS(alliance_host_options, options, now_context)) {
      return answer(error, ALLIANCE_E_INVALID, "options.size is too small: start from ALLIANCE_HOST_OPTIONS_INIT");
    }
    auto config = host::read_config(options->config);
    if (!config) return answer(error, config.error());
    host::Settings settings;
    settings.tenant = options->tenant == nullptr ? "" : options->tenant;
    settings.store_path = options->store_path == nullptr ? "" : options->store_path;
    settings.config = std::move(*config);
    if (ALLIANCE_HAS(alliance_host_options, options, key_file) && options->key_file != nullptr) {
      settings.keys.file = options->key_file;
    }
    if (ALLIANCE_HAS(alliance_host_options, options, flags)) {
      if ((options->flags & ~ALLIANCE_HOST_PLAINTEXT) != 0) {
        return answer(error, ALLIANCE_E_INVALID, "options.flags holds a flag that this version does not know");
      }
      settings.keys.plaintext = (options->flags & ALLIANCE_HOST_PLAINTEXT) != 0;
    }
    settings.log = log_to(options->log_level, options->log, options->log_context);
    settings.now = [now = options->now, context = options->now_context]() -> alliance_instant {
      return now != nullptr ? now(context) : system_now();
    };
    auto made = host::Host::create(std::move(settings));
    if (!made) return answer(error, made.error());
    *out = new alliance_host{std::move(*made)};
    return ALLIANCE_OK;
  });
}

int32_t alliance_host_load_folder(alliance_host* self, const char* folder, uint64_t* loaded, uint64_t* refused,
                                  alliance_error* error) noexcept {
  return guarded(error, [&]() -> int32_t {
    if (self == nullptr || folder == nullptr) return answer(error, ALLIANCE_E_INVALID, "no host, or no folder");
    uint64_t taken = 0, turned_away = 0;
    const auto done = self->host->load_folder(folder, taken, turned_away);
    if (loaded != nullptr) *loaded = taken;
    if (refused != nullptr) *refused = turned_away;
    return done ? ALLIANCE_OK : answer(error, done.error());
  });
}

int32_t alliance_host_load_plugin(alliance_host* self, const char* manifest_path, alliance_error* error) noexcept {
  return guarded(error, [&]() -> int32_t {
    if (self == nullptr || manifest_path == nullptr) return answer(error, ALLIANCE_E_INVALID, "no host, or no path");
    const auto done = self->host->load_plugin(manifest_path);
    return done ? ALLIANCE_OK : answer(error, done.error());
  });
}

int32_t alliance_host_add_static(alliance_host* self, const char* name, const alliance_plugin_entry* entry,
                                 alliance_error* error) noexcept {
  return guarded(error, [&]() -> int32_t {
    if (self == nullptr || name == nullptr) return answer(error, ALLIANCE_E_INVALID, "no host, or no name");
    const auto done = self->host->add_static(name, entry);
    return done ? ALLIANCE_OK : answer(error, done.error());
  });
}

int32_t alliance_host_connect(alliance_host* self, const char* endpoint, alliance_error* error) noexcept {
  return guarded(error, [&]() -> int32_t {
    if (self == nullptr || endpoint == nullptr) return answer(error, ALLIANCE_E_INVALID, "no host, or no endpoint");
    const auto done = self->host->connect(endpoint);
    return done ? ALLIANCE_OK : answer(error, done.error());
  });
}

int32_t alliance_host_run(alliance_host* self, alliance_error* error) noexcept {
  return guarded(error, [&]() -> int32_t {
    if (self == nullptr) return answer(error, ALLIANCE_E_INVALID, "no host");
    const auto done = self->host->run();
    return done ? ALLIANCE_OK : answer(error, done.error());
  });
}

int32_t alliance_host_drain(alliance_host* self, alliance_duration timeout, alliance_error* error) noexcept {
  return guarded(error, [&]() -> int32_t {
    if (self == nullptr) return answer(error, ALLIANCE_E_INVALID, "no host");
    const auto done = self->host->drain(std::chrono::microseconds(timeout.microseconds));
    return done ? ALLIANCE_OK : answer(error, done.error());
  });
}

void alliance_host_cancel(alliance_host* self) noexcept {
  if (self != nullptr) self->host->cancel();
}

void alliance_host_close(alliance_host* self) noexcept { delete self; }

// SPDX-License-Identifier: Apache-2.0
// plugin.hpp: a plugin in C++.
//
// Derive from Measure, TimingPolicy, TailoringPolicy, ProgrammeAdapter or Transport (kinds.hpp), write a function that
// offers what you have, and name it in one macro:
//
//   class Mood final : public alliance::Measure { ... };
//   static void offer(alliance::Plugin& plugin) { plugin.add<Mood>({"mood-3", "1.0.0", "Mood, three questions"}); }
//   ALLIANCE_PLUGIN(offer);
//
// `offer` runs once, in init(), and may read plugin.services().folder() to learn what there is. Throw
// alliance::Error, or any std::exception: it becomes a status and a sentence, and never crosses to the
// host. A function's bytes are handed to the host only when it has returned. Which thread may call what
// stands in the kind's C header; a [serial] kind may keep state, a Measure is const.
#pragma once

#include <alliance/glue.hpp>

namespace alliance {

// ---- What a plugin offers -----------------------------------------------------------------------

class Plugin {
 public:
  explicit Plugin(Services services) : services_(services) {}
  const Services& services() const { return services_; }

  // T is constructed with (Services, more...), or with (more...) alone where it needs no services; a
  // Transport with (Services, std::string, TransportEvents, more...). `more` is copied for each instance.
  template <class T, class... More>
  void add(Descriptor what, const More&... more) {
    if constexpr (std::is_base_of_v<Transport, T>) {
      glue::add(tables_.transport, std::move(what),
                [more...](const Services& services, const std::string& endpoint, TransportEvents events) {
                  return std::unique_ptr<Transport>(std::make_unique<T>(services, endpoint, events, more...));
                });
    } else {
      using Base = glue::BaseOf<T>;
      glue::add(tables_.template of<Base>(), std::move(what), [more...](const Services& services) {
        if constexpr (std::is_constructible_v<T, const Services&, const More&...>) {
          return std::unique_ptr<Base>(std::make_unique<T>(services, more...));
        } else {
          return std::unique_ptr<Base>(std::make_unique<T>(more...));
        }
      });
    }
  }

  // Says that the plugin is of this kind although it has nothing to offer today: an empty folder.
  template <class Base>
  void kind() {
    tables_.template of<Base>().offered = true;
  }

  // A factory of a vendor's own, by its reverse-DNS id. Borrowed until deinit().
  void add_table(std::string id, const void* table) { tables_.own.emplace_back(std::move(id), table); }

  const void* factory(std::string_view id) const noexcept { return tables_.find(id); }

 private:
  Services services_;
  glue::Tables tables_;
};

namespace glue {

// One of each per plugin, also where several are linked into one program: the function tells them apart.
template <void (*Offer)(Plugin&)>
class Entry {
 public:
  static const alliance_plugin_entry* get() noexcept { return &table; }

 private:
  static std::int32_t init(const alliance_services* services, alliance_error* error) noexcept {
    return guarded(error, Text::to_message, [&] {
      if (running != nullptr) throw Error(ALLIANCE_E_STATE, "init() was called twice without deinit()");
      auto made = std::make_unique<Plugin>(Services(services));
      Offer(*made);
      running = made.release();
    });
  }
  static void deinit() noexcept { delete std::exchange(running, nullptr); }
  static const void* get_factory(const char* id) noexcept {
    return running == nullptr || id == nullptr ? nullptr : running->factory(id);
  }

  // No smart pointer: a host may outlive this library's statics at the end of the process.
  static inline Plugin* running = nullptr;
  static constexpr alliance_plugin_entry table = {
      sizeof(alliance_plugin_entry), ALLIANCE_ABI_MAJOR, ALLIANCE_ABI_MINOR, 0,
      ALLIANCE_LAYOUT_CHECK,         &Entry::init,       &Entry::deinit,     &Entry::get_factory};
};

}  // namespace glue
}  // namespace alliance

// The plugin's one exported function.
#define ALLIANCE_PLUGIN(offer)                                                                  \
  extern "C" ALLIANCE_EXPORT const alliance_plugin_entry* alliance_plugin_entry_v1() noexcept { \
    return ::alliance::glue::Entry<offer>::get();                                               \
  }                                                                                             \
  static_assert(true, "")

// For a plugin that is linked into the program: hand `name()` to alliance_host_add_static().
#define ALLIANCE_LINKED_PLUGIN(name, offer)                                                      \
  const alliance_plugin_entry* name() noexcept { return ::alliance::glue::Entry<offer>::get(); } \
  static_assert(true, "")

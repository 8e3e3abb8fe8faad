// SPDX-License-Identifier: Apache-2.0
// plugin.hpp: a plugin in C++.
//
// Derive from Measure, TimingPolicy, TailoringPolicy, ProgrammeAdapter or Transport, write a function that
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

#include <alliance/measure.h>
#include <alliance/programme.h>
#include <alliance/tailoring.h>
#include <alliance/timing.h>
#include <alliance/transport.h>
#include <alliance/error.hpp>
#include <alliance/services.hpp>

#include <functional>
#include <memory>

namespace alliance {

// One thing that a plugin makes. `id`: lower-case letters, digits and hyphens. `version` is that of the
// definition, numbers with dots between them.
struct Descriptor {
  std::string id, version, title;
};

// ---- Measure ------------------------------------------------------------------------------------

// One answer sheet, in the order of the definition's items. The glue has seen to it that every state is
// known and every answer is a finite number; whether it is one of the options is the instrument's to say.
class Sheet {
 public:
  Sheet(std::span<const double> values, std::span<const std::uint8_t> states) : values_(values), states_(states) {}
  std::size_t size() const { return values_.size(); }
  bool answered(std::size_t item) const { return state(item) == ALLIANCE_ANSWERED; }
  std::uint8_t state(std::size_t item) const { return states_.empty() ? ALLIANCE_ANSWERED : states_[item]; }
  double value(std::size_t item) const { return values_[item]; }

 private:
  std::span<const double> values_;
  std::span<const std::uint8_t> states_;
};

struct Score {
  double value = 0;
  std::uint8_t state = ALLIANCE_NOT_SCORABLE;
  std::uint32_t answered = 0;
  std::int32_t band = ALLIANCE_NO_BAND;
};

class Measure {
 public:
  virtual ~Measure() = default;
  // Bytes of an Instrument: services.encode("Instrument", json) makes them.
  virtual Bytes definition() const = 0;
  virtual std::size_t items() const = 0;
  virtual std::size_t scales() const = 0;
  // `missing` is null where the definition's own rule holds. `out` has one place per scale. An answer that
  // is none of the options: throw Error(ALLIANCE_E_BAD_INPUT, "item item-2: ...", "the value").
  virtual void score(const Sheet& sheet, const alliance_missing* missing, std::span<Score> out) const = 0;
  // Shapes have been checked. Override it where scoring row by row is too slow.
  virtual void score_batch(const alliance_sheets& sheets, const alliance_missing* missing,
                           const alliance_scores& out) const;
};

// ---- The other kinds ----------------------------------------------------------------------------

class TimingPolicy {
 public:
  virtual ~TimingPolicy() = default;
  virtual Bytes plan(ByteView case_bytes, alliance_instant now) = 0;
  virtual Bytes account(ByteView case_bytes, alliance_instant now) {
    static_cast<void>(case_bytes), static_cast<void>(now);
    throw Error(ALLIANCE_E_UNSUPPORTED, "this timing policy keeps no account of time");
  }
};

class TailoringPolicy {
 public:
  virtual ~TailoringPolicy() = default;
  // `programme` is empty where the case has none.
  virtual Bytes propose(ByteView case_bytes, ByteView programme, alliance_instant now) = 0;
};

class ProgrammeAdapter {
 public:
  virtual ~ProgrammeAdapter() = default;
  virtual Bytes catalogue() const = 0;
  virtual Bytes ingest(ByteView payload) = 0;
  virtual Bytes apply(const std::string& case_id, ByteView proposal, alliance_instant when) {
    static_cast<void>(case_id), static_cast<void>(proposal), static_cast<void>(when);
    throw Error(ALLIANCE_E_UNSUPPORTED, "this programme cannot be changed from outside");
  }
};

// The host's side of an open transport. Usable until the transport's destructor has returned.
class TransportEvents {
 public:
  explicit TransportEvents(const alliance_transport_events* raw) : raw_(raw) {}
  void acknowledged(std::uint64_t position) const noexcept { raw_->acknowledged(raw_->context, position); }
  void failed(std::int32_t status, const std::string& message) const noexcept {
    raw_->failed(raw_->context, status, message.c_str());
  }

 private:
  const alliance_transport_events* raw_;
};

// Constructed with (Services, std::string endpoint, TransportEvents); the destructor closes it.
class Transport {
 public:
  virtual ~Transport() = default;
  virtual void send(std::uint64_t position, ByteView batch) = 0;
};

}  // namespace alliance

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
  void add(Descriptor what, More... more) {
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
  static const alliance_plugin_entry* get() noexcept { return &entry_; }

 private:
  static std::int32_t init(const alliance_services* services, alliance_error* error) noexcept {
    return guarded(error, Text::to_message, [&] {
      if (plugin_ != nullptr) throw Error(ALLIANCE_E_STATE, "init() was called twice without deinit()");
      auto made = std::make_unique<Plugin>(Services(services));
      Offer(*made);
      plugin_ = made.release();
    });
  }
  static void deinit() noexcept { delete std::exchange(plugin_, nullptr); }
  static const void* get_factory(const char* id) noexcept {
    return plugin_ == nullptr || id == nullptr ? nullptr : plugin_->factory(id);
  }

  // No smart pointer: a host may outlive this library's statics at the end of the process.
  static inline Plugin* plugin_ = nullptr;
  static constexpr alliance_plugin_entry entry_ = {
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

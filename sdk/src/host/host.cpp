// SPDX-License-Identifier: Apache-2.0
#include "host/host.h"

#include <chrono>

#include "host/accounts.h"
#include "host/config.h"
#include "host/fold.h"
#include "host/scoring.h"
#include "host/taken_back.h"
#include "schema/json.h"
#include "store/quarantine.h"

namespace alliance::host {
namespace {

constexpr std::uint64_t usual_events_in_memory = 500'000;  // HostConfig, too

std::string list(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text.empty() ? "none" : text;
}

}  // namespace

Host::Host(Settings settings) : settings_(std::move(settings)) {
  services_ = std::make_unique<Services>(Outside{settings_.log, settings_.now});
  registry_ = std::make_unique<plugin::Registry>(plugin::HostSide{
      [this](const std::string& plugin, const char* service) { return services_->find(plugin, service); },
      [this](const std::string& plugin) { return settings_of(settings_.config, plugin); },
      [this](const plugin::Manifest& manifest) { return admit(manifest); },
      [this](const std::string& plugin) {
        auto runner = runner_of(settings_.config, plugin);
        if (runner) complete(*runner);
        return runner;
      },
      [this](const std::string& library) { return why_in_quarantine(library); },
      [this](const std::string& plugin, const std::string& library, const std::string& reason) {
        keep_quarantine(plugin, library, reason);
      },
      [this](const std::string& plugin) {
        auto runner = python_of(settings_.config, plugin);
        complete(runner);
        return runner;
      }});
  instruments_ = std::make_unique<Instruments>();
  policies_ = std::make_unique<Policies>(*registry_, settings_.config);
  deriver_ = std::make_unique<Deriver>(*instruments_, *policies_, settings_.config, settings_.tenant);
}

void Host::complete(plugin::RunnerSettings& runner) const {
  runner.log = settings_.log;
  if (store_) runner.quarantine_lasts = "until it is lifted (alliance store quarantine)";
}

Result<std::unique_ptr<Host>> Host::create(Settings settings) {
  if (!settings.store_path.empty() && settings.tenant.empty()) {
    return fail(ALLIANCE_E_INVALID, "a host with a store needs a tenant: set options.tenant");
  }
  auto host = std::unique_ptr<Host>(new Host(std::move(settings)));
  if (const auto& path = host->settings_.config.trust; !path.empty()) {
    auto trust = plugin::Trust::read(path);
    if (!trust) return tl::unexpected(trust.error());
    host->trust_ = std::move(*trust);
  }
  if (!host->settings_.store_path.empty()) {
    store::Opening how;
    how.keys = host->settings_.keys;
    how.now = host->settings_.now();
    how.progress = [&log = host->settings_.log](const std::string& what, std::uint64_t done, std::uint64_t of) {
      log(ALLIANCE_LOG_INFO, what + ": " + std::to_string(done) + " of " + std::to_string(of));
    };
    auto store = store::Store::open(host->settings_.store_path, host->settings_.tenant, how);
    if (!store) return tl::unexpected(store.error());
    host->store_ = std::move(*store);
    if (auto kept = host->keep_retention(); !kept) return tl::unexpected(kept.error());
    host->streams_ = std::make_unique<Streams>(
        *host->store_, host->settings_.config.events_in_memory.value_or(usual_events_in_memory));
    host->recorder_ = std::make_unique<Recorder>(host->settings_.tenant, *host->store_, *host->streams_,
                                                 *host->deriver_, host->settings_.now);
    host->outgoing_ = std::make_unique<Outgoing>(
        Outgoing::Means{host->settings_.tenant, host->settings_.config, *host->store_, *host->streams_,
                        *host->registry_, host->settings_.now, host->settings_.log,
                        [self = host.get()](const auto& stream, const auto& id, const Viewer& viewer) {
                          return self->report(stream, id, viewer);
                        }});
  }
  return host;
}

Host::~Host() {
  outgoing_.reset();
  recorder_.reset();
  streams_.reset();
  deriver_.reset();
  policies_.reset();     // instances end before
  instruments_.reset();  // their plugins do
  registry_.reset();
}

Result<std::string> Host::admit(const plugin::Manifest& manifest) const {
  if (!trust_) return plugin::signature_words(manifest);
  return trust_->judge(manifest, settings_.now(), settings_.config.signed_only);
}

std::optional<std::string> Host::why_in_quarantine(const std::string& library) const {
  if (!store_) return std::nullopt;
  const auto list = store::quarantines(*store_);
  if (!list) return list.error().message;  // what cannot be read may name this one
  const auto* found = store::standing(*list, library);
  if (found == nullptr) return std::nullopt;
  return found->reason + "; once it is mended or trusted again: alliance store quarantine --store STORE --lift " +
         library.substr(0, 12) + " --by WHO --reason WHY";
}

void Host::keep_quarantine(const std::string& plugin, const std::string& library, const std::string& reason) {
  if (!store_) return;
  fb::QuarantineT one;
  one.library = library;
  one.plugin = plugin;
  one.reason = reason;
  one.since = settings_.now();
  if (auto kept = store::put_into_quarantine(*store_, std::move(one)); !kept) {
    settings_.log(ALLIANCE_LOG_ERROR,
                  "plugin " + plugin + ": its quarantine ends with this process: " + kept.error().message);
  }
}

Result<void> Host::adopt(plugin::Plugin& plugin) {
  std::vector<std::string> refused;
  if (plugin.measure != nullptr) {
    refused = instruments_->add(plugin, settings_.config.safety != nullptr || store_ == nullptr);
    instruments_->cast(settings_.config.prefer);
  }
  for (auto& sentence : policies_->add(plugin)) refused.push_back(std::move(sentence));
  for (const auto& sentence : refused) settings_.log(ALLIANCE_LOG_WARNING, sentence);
  if (!refused.empty()) return fail(ALLIANCE_E_DENIED, refused.front());
  return {};
}

Result<void> Host::load_plugin(const std::string& manifest) {
  if (running_) return fail(ALLIANCE_E_STATE, "plugins are loaded before run()");
  auto plugin = registry_->load(manifest);
  if (!plugin) return tl::unexpected(plugin.error());
  if (const auto& info = (*plugin)->info; info.isolation != "in process") {
    const bool less = info.isolation.find("no ") != std::string::npos;
    settings_.log(less ? ALLIANCE_LOG_WARNING : ALLIANCE_LOG_INFO,
                  "plugin " + info.id + " runs in a " + info.isolation);
  }
  return adopt(**plugin);
}

Result<void> Host::load_folder(const std::string& folder, std::uint64_t& loaded, std::uint64_t& refused) {
  const auto manifests = plugin::Registry::manifests(folder);
  if (!manifests) return tl::unexpected(manifests.error());
  Result<void> first;
  for (const std::string& manifest : *manifests) {
    auto done = load_plugin(manifest);
    ++(done ? loaded : refused);
    if (!done) {
      settings_.log(ALLIANCE_LOG_WARNING, done.error().message);
      if (first) first = done;
    }
  }
  return first;
}

Result<void> Host::add_static(const std::string& name, const alliance_plugin_entry* entry) {
  if (running_) return fail(ALLIANCE_E_STATE, "plugins are added before run()");
  auto plugin = registry_->add_static(name, entry);
  if (!plugin) return tl::unexpected(plugin.error());
  return adopt(**plugin);
}

Result<Outgoing*> Host::outgoing() {
  if (!store_) return fail(ALLIANCE_E_STATE, "a host without a store has nothing to send: set options.store_path");
  return outgoing_.get();
}

Result<void> Host::connect(const std::string& endpoint) {
  return outgoing().and_then([&](Outgoing* out) { return out->connect(endpoint); });
}

Result<void> Host::run() {
  if (!store_) return fail(ALLIANCE_E_STATE, "a host without a store cannot run: set options.store_path");
  if (running_) return fail(ALLIANCE_E_STATE, "the host is running already");
  const auto named = [&](const std::string& wanted, const Asked* chosen, const char* what) -> Result<void> {
    if (wanted.empty() || chosen != nullptr) return {};
    return fail(ALLIANCE_E_NOT_FOUND,
                "HostConfig: " + std::string(what) + " names " + wanted + ", which no loaded plugin offers");
  };
  if (auto fine = named(settings_.config.timing_policy, policies_->timing(), "timing_policy"); !fine) return fine;
  if (auto fine = named(settings_.config.tailoring_policy, policies_->tailoring(), "tailoring_policy"); !fine) {
    return fine;
  }
  streams_->set_roles(instruments_->roles());
  if (auto version = store_->zone_data()) zone_data_ = *version;
  deriver_->on_elsewhere([this](const std::string& practitioner, std::int64_t from, std::int64_t until) {
    auto spans = store_->spans(practitioner, from, until);
    if (spans) return std::move(*spans);
    settings_.log(ALLIANCE_LOG_ERROR, "when time counts elsewhere cannot be read: " + spans.error().message);
    return std::vector<store::Span>{};
  });
  deriver_->on_weeks_ahead([this](const fb::CaseT& own, std::int64_t now) { return weeks_of(own, now); });
  if (auto kept = keep_carriers(); !kept) return kept;
  if (auto kept = keep_accounts(); !kept) return kept;
  deriver_->on_zone_data([this](const std::string& version) { note_zone_data(version); });
  if (auto fine = outgoing_->run(); !fine) return fine;
  running_ = true;
  return {};
}

// A host without a timing policy that records something leaves accounts that are no longer right.
Result<void> Host::disown_accounts() {
  return disown_.exchange(false) ? store_->set_accounts_version("") : Result<void>{};
}

Recorder::Progress Host::told_of(const char* what) const {
  return [this, what](std::size_t done, std::size_t of) {
    settings_.log(ALLIANCE_LOG_INFO, what + (": " + std::to_string(done)) + " of " + std::to_string(of));
  };
}

// Of a store that an older version wrote.
Result<void> Host::keep_carriers() {
  const auto known = store_->knows_carriers();
  if (!known) return tl::unexpected(known.error());
  if (*known) return {};
  settings_.log(ALLIANCE_LOG_INFO, "looking who carries each case, once for this store");
  const auto all = recorder_->tell_carriers(told_of("who carries each case"));
  if (!all) return tl::unexpected(all.error());
  carriers_known_ = *all;
  if (*all) return store_->set_knows_carriers();
  settings_.log(ALLIANCE_LOG_WARNING, "some cases cannot be read: who carries them is looked for again next time");
  return {};
}

// Accounts of a store that an older version wrote, or that a host without a timing policy wrote to, are made anew.
Result<void> Host::keep_accounts() {
  const auto version = store_->accounts_version();
  if (!version) return tl::unexpected(version.error());
  disown_ = policies_->timing() == nullptr && !version->empty();
  if (policies_->timing() == nullptr) return {};
  if (*version == figures_version) return {};
  const auto streams = streams_->all();
  if (!streams) return tl::unexpected(streams.error());
  if (const auto many = streams->size(); many > 0) {
    settings_.log(ALLIANCE_LOG_INFO, "making time accounts of " + std::to_string(many) + " streams");
  }
  return recorder_->make_accounts(told_of("time accounts"));
}

Result<void> Host::needs_run() const {
  if (running_) return {};
  return fail(ALLIANCE_E_STATE, "the host is not running: call run() first");
}

// What a log was computed by is part of it: the store says so, and a change is told.
void Host::note_zone_data(const std::string& version) {
  const std::lock_guard lock(zone_mutex_);
  if (version.empty() || version == zone_data_) return;
  if (!zone_data_.empty()) {
    settings_.log(ALLIANCE_LOG_WARNING, "the time zone data changed from " + zone_data_ + " to " + version +
                                            ": measures are due by the new ones from here on");
  }
  if (store_->set_zone_data(version)) zone_data_ = version;
}

std::function<bool()> Host::cancelled() const {
  return [this, before = cancels_.load()] { return cancels_.load() != before; };
}

Result<void> Host::drain(std::chrono::microseconds timeout) {
  if (auto fine = needs_run(); !fine) return fine;
  const auto is_cancelled = cancelled();
  if (outgoing_->drain(timeout, is_cancelled)) return {};
  if (is_cancelled()) return fail(ALLIANCE_E_CANCELLED, "drain was cancelled: what is left stays in the outbox");
  return fail(ALLIANCE_E_TIMEOUT, "some reports are not acknowledged yet: they stay in the outbox");
}

fb::PluginListT Host::plugins() const {
  fb::PluginListT made;
  for (const plugin::Info& info : registry_->infos()) {
    auto one = std::make_unique<fb::PluginInfoT>();
    one->id = info.id;
    one->name = info.name;
    one->version = info.version;
    one->kinds = info.kinds;
    one->state = info.state == plugin::State::loaded    ? fb::PluginState::loaded
                 : info.state == plugin::State::refused ? fb::PluginState::refused
                                                        : fb::PluginState::quarantined;
    one->reason = info.reason;
    one->manifest = info.manifest;
    one->signature = info.signature;
    one->isolation = info.isolation;
    one->programmes = policies_->programmes(info.id);
    made.plugins.push_back(std::move(one));
  }
  return made;
}

Result<const Instrument*> Host::find(const std::string& id, const std::string& version) const {
  if (const Instrument* found = instruments_->find(id, version)) return found;
  return fail(ALLIANCE_E_NOT_FOUND, "no instrument " + id + (version.empty() ? "" : " version " + version) +
                                        " is loaded; there are: " + list(instruments_->ids()));
}

Result<fb::ScoredAnswersT> Host::score(const fb::AnswersGivenT& given) const {
  if (auto fine = check(given); !fine) return tl::unexpected(fine.error());
  const auto instrument = find(given.instrument, given.version);
  if (!instrument) return tl::unexpected(instrument.error());
  auto scored = host::score(**instrument, given, "");
  if (!scored) return tl::unexpected(scored.error());
  fb::ScoredAnswersT out;
  out.scored = std::make_unique<fb::ScoredT>(std::move(*scored));
  for (auto& flag : safety_flags(**instrument, given, "")) {
    out.safety.push_back(std::make_unique<fb::SafetyFlagT>(std::move(flag)));
  }
  return out;
}

Result<Recorded> Host::record(std::span<const fb::Event* const> events, std::span<std::int32_t> statuses) {
  if (auto fine = needs_run(); !fine) return tl::unexpected(fine.error());
  if (auto done = disown_accounts(); !done) return tl::unexpected(done.error());
  Recorded recorded = recorder_->record(events, statuses, cancelled());
  if (recorded.reports > 0) outgoing_->wake();
  return recorded;
}

Result<Recorded> Host::advance(alliance_instant now, std::chrono::microseconds timeout) {
  if (auto fine = needs_run(); !fine) return tl::unexpected(fine.error());
  if (!host::is_instant(now)) {
    return fail(
        ALLIANCE_E_INVALID,
        "advance: now is no instant from 2000 to 2099: give microseconds since 1970, not milliseconds or seconds");
  }
  const auto is_cancelled = cancelled();
  const auto deadline = std::chrono::steady_clock::now() + timeout;
  bool late = false;
  auto recorded = recorder_->advance(now, [&] {
    late = std::chrono::steady_clock::now() > deadline;
    return late || is_cancelled();
  });
  if (recorded && recorded->unreadable > 0) {
    settings_.log(ALLIANCE_LOG_ERROR, std::to_string(recorded->unreadable) +
                                          " cases cannot be read and time does not pass for them: the store is "
                                          "damaged, see alliance store check");
  }
  if (auto again = outgoing_->resend_safety(settings_.now()); !again) {
    settings_.log(ALLIANCE_LOG_ERROR, "SAFETY: refused reports cannot be sent again: " + again.error().message);
  }
  outgoing_->wake();
  if (!recorded && late) {
    return fail(ALLIANCE_E_TIMEOUT, "advance did not end in time: call it again with the same instant");
  }
  return recorded;
}

Result<Bytes> Host::ingest(const std::string& programme, const std::uint8_t* payload, std::uint64_t length) {
  Programme* adapter = policies_->programme(programme);
  if (adapter == nullptr) {
    return fail(ALLIANCE_E_NOT_FOUND,
                "no programme " + programme + " is loaded; there are: " + list(policies_->programmes()));
  }
  auto bytes = policies_->ingest(*adapter, payload, length);
  if (!bytes) return bytes;
  if (auto fine = schema::verify("EventBatch", *bytes); !fine) {
    return fail(ALLIANCE_E_INSTANCE, "programme " + programme + " answered with " + fine.error().message);
  }
  if (streams_ == nullptr || flatbuffers::GetRoot<fb::EventBatch>(bytes->data())->taken_back() == nullptr) return bytes;
  return with_those_taken_back(*streams_, *bytes);
}

Result<alliance_host_counts> Host::count() {
  if (!store_) return fail(ALLIANCE_E_STATE, "a host without a store has nothing to count");
  const auto counts = store_->counts();
  if (!counts) return tl::unexpected(counts.error());
  alliance_host_counts out = ALLIANCE_HOST_COUNTS_INIT;
  out.events = counts->events;
  out.reports = counts->reports;
  out.acknowledged = counts->acknowledged;
  out.waiting = counts->waiting;
  out.sent = outgoing_->sent();
  out.dead_letters = counts->dead_letters;
  out.safety_dead_letters = counts->safety_dead_letters;
  return out;
}

}  // namespace alliance::host

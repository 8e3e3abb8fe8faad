// SPDX-License-Identifier: Apache-2.0
// host.hpp: the SDK inside a therapy platform, in C++20. Header-only over host.h, which says what each call
// means and which thread may make it; the program links the alliance library.
//
//   alliance::Host host({.tenant = "clinic", .store_path = "alliance.db", .config = config_json});
//   host.load_folder("plugins");
//   host.connect("tcp://127.0.0.1:7070");
//   host.run();
//   auto recorded = host.record(event_json);   // recorded.safety holds the flags to look at now
//   host.drain(std::chrono::seconds(10));
//
// A call that fails throws alliance::Error with the status, a sentence that is safe to log, and a detail
// that is not. Data go in and come out as JSON, by the schema's field names (sdk/schema); who wants
// FlatBuffers calls the C functions with raw(). The destructor closes the host: no other call may be under
// way then.
#pragma once

#include <alliance/host.h>
#include <alliance/error.hpp>
#include <alliance/score.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>

namespace alliance {

struct HostOptions {
  std::string tenant = {};      // needed with a store
  std::string store_path = {};  // empty: nothing can be recorded
  std::string config = {};      // JSON of a HostConfig; empty: defaults
  std::int32_t log_level = 0;   // ALLIANCE_LOG_ ...; 0: warnings and errors
  // On any thread, without waiting. What they throw is dropped; a clock that throws has stopped at 1970.
  std::function<void(std::int32_t level, const std::string& line)> log = {};  // empty: standard error
  std::function<alliance_instant()> now = {};                                 // empty: the system's clock
  std::string key_file = {};  // of the master key; empty: the environment, else beside the store
  bool plaintext = false;     // the store is not encrypted
};

struct LoadedFolder {
  std::uint64_t loaded = 0, refused = 0;
  std::optional<Error> first_refusal;  // plugins() has all of them
};

struct Recorded {
  bool repeated = false;           // recorded before: nothing changed
  std::uint64_t reports = 0;       // how many reports this led to
  std::uint64_t safety_flags = 0;  // how many of them are safety flags
  std::string safety;              // JSON of a ReportList with those flags; empty when there are none
};

struct RecordedMany {
  Recorded total;
  std::vector<std::int32_t> statuses;  // one per event
  std::optional<Error> first_refusal;
};

struct Viewer {
  std::int32_t role;  // ALLIANCE_ROLE_ ...
  std::string id;
};

class Host {
 public:
  explicit Host(const HostOptions& options = {})
      : callbacks_(std::make_unique<Callbacks>(Callbacks{options.log, options.now})) {
    alliance_host_options raw = ALLIANCE_HOST_OPTIONS_INIT;
    raw.log_level = options.log_level;
    raw.tenant = options.tenant.empty() ? nullptr : options.tenant.c_str();
    raw.store_path = options.store_path.empty() ? nullptr : options.store_path.c_str();
    raw.config = options.config.empty() ? nullptr : options.config.c_str();
    if (callbacks_->log) raw.log = &Host::log_line, raw.log_context = callbacks_.get();
    if (callbacks_->now) raw.now = &Host::read_clock, raw.now_context = callbacks_.get();
    raw.key_file = options.key_file.empty() ? nullptr : options.key_file.c_str();
    raw.flags = options.plaintext ? ALLIANCE_HOST_PLAINTEXT : 0;
    alliance_host* host = nullptr;
    alliance_error error = ALLIANCE_ERROR_INIT;
    check(alliance_host_create(&raw, &host, &error), error);
    host_.reset(host);
  }

  Host(Host&&) noexcept = default;
  Host& operator=(Host&& other) noexcept {  // the old host is closed with `other`, before its callbacks go
    std::swap(host_, other.host_);
    std::swap(callbacks_, other.callbacks_);
    return *this;
  }

  alliance_host* raw() const noexcept { return host_.get(); }

  // ---- Life ---------------------------------------------------------------------------------------

  // Throws only when the folder cannot be read: a plugin that is refused does not stop the others.
  LoadedFolder load_folder(const std::string& folder) {
    LoadedFolder result;
    alliance_error error = ALLIANCE_ERROR_INIT;
    const auto status = alliance_host_load_folder(raw(), folder.c_str(), &result.loaded, &result.refused, &error);
    if (status != ALLIANCE_OK && result.refused == 0) check(status, error);
    if (status != ALLIANCE_OK) result.first_refusal = to_error(status, error);
    return result;
  }
  void load_plugin(const std::string& manifest_path) {
    call([&](alliance_error* error) { return alliance_host_load_plugin(raw(), manifest_path.c_str(), error); });
  }
  void add_static(const std::string& name, const alliance_plugin_entry* entry) {
    call([&](alliance_error* error) { return alliance_host_add_static(raw(), name.c_str(), entry, error); });
  }
  void connect(const std::string& endpoint) {
    call([&](alliance_error* error) { return alliance_host_connect(raw(), endpoint.c_str(), error); });
  }
  void run() {
    call([&](alliance_error* error) { return alliance_host_run(raw(), error); });
  }
  // False when receivers have not acknowledged everything in time; nothing is lost by that.
  bool drain(std::chrono::microseconds timeout) {
    alliance_error error = ALLIANCE_ERROR_INIT;
    const auto status = alliance_host_drain(raw(), alliance_duration{timeout.count()}, &error);
    if (status == ALLIANCE_E_TIMEOUT) return false;
    check(status, error);
    return true;
  }
  void cancel() noexcept { alliance_host_cancel(raw()); }

  // ---- What is loaded -----------------------------------------------------------------------------

  std::string plugins() const { return json(&alliance_host_plugins); }          // a PluginList
  std::string instruments() const { return json(&alliance_host_instruments); }  // an InstrumentList

  // A ContentPack; `version` empty: the newest.
  std::string content(const std::string& instrument, const std::string& version, const std::string& language) const {
    return json([&](alliance_host* host, std::int32_t format, const alliance_sink* out, alliance_error* error) {
      return alliance_host_content(host, instrument.c_str(), version.empty() ? nullptr : version.c_str(),
                                   language.c_str(), format, out, error);
    });
  }

  // ---- Scoring ------------------------------------------------------------------------------------

  // One sheet, in the order of the instrument's items; a score per scale, in the order of its scales.
  // `states` empty: every item was answered. `version` empty: the newest. `missing` null: the
  // definition's own rule.
  std::vector<Score> score(const std::string& instrument, std::span<const double> answers,
                           std::span<const std::uint8_t> states = {}, const alliance_missing* missing = nullptr,
                           const std::string& version = {}) const {
    if (!states.empty() && states.size() != answers.size()) {
      throw Error(ALLIANCE_E_INVALID, std::to_string(states.size()) + " states were given for " +
                                          std::to_string(answers.size()) + " answers");
    }
    const char* wanted = version.empty() ? nullptr : version.c_str();
    alliance_measure_ref ref = ALLIANCE_MEASURE_REF_INIT;
    call([&](alliance_error* error) {
      return alliance_host_find_measure(raw(), instrument.c_str(), wanted, &ref, error);
    });
    const auto scales = static_cast<std::size_t>(ref.scales);
    std::vector<double> values(scales);
    std::vector<std::uint8_t> reached(scales);
    std::vector<std::uint32_t> answered(scales);
    std::vector<std::int32_t> bands(scales);
    const alliance_sheets sheets = {
        sizeof(alliance_sheets), 0, 1, answers.size(), answers.data(), states.empty() ? nullptr : states.data()};
    const alliance_scores out = {sizeof(alliance_scores), 0,           1, ref.scales, values.data(), reached.data(),
                                 answered.data(),         bands.data()};
    call([&](alliance_error* error) {
      return alliance_host_score(raw(), instrument.c_str(), wanted, &sheets, missing, &out, error);
    });
    std::vector<Score> result;
    for (std::size_t at = 0; at < scales; ++at) result.push_back({values[at], reached[at], answered[at], bands[at]});
    return result;
  }

  // An AnswersGiven to ScoredAnswers. Nothing is stored, and nobody is told.
  std::string score_answers(std::string_view answers) const {
    return json([&](alliance_host* host, std::int32_t format, const alliance_sink* out, alliance_error* error) {
      return alliance_host_score_answers(host, data(answers), answers.size(), format, out, error);
    });
  }

  // ---- Events -------------------------------------------------------------------------------------

  Recorded record(std::string_view event) {
    glue::Collector safety;
    alliance_recorded result = ALLIANCE_RECORDED_INIT;
    call([&](alliance_error* error) {
      return alliance_host_record(raw(), data(event), event.size(), ALLIANCE_JSON, safety.sink(), &result, error);
    });
    return recorded(result, safety);
  }

  // An EventBatch. `room` is how many events it holds, or more. What is refused does not stop the others: it
  // throws only when the batch as a whole was refused.
  RecordedMany record_many(std::string_view batch, std::size_t room) {
    constexpr std::int32_t untouched = -1;
    RecordedMany many;
    many.statuses.assign(room, untouched);
    glue::Collector safety;
    alliance_recorded result = ALLIANCE_RECORDED_INIT;
    alliance_error error = ALLIANCE_ERROR_INIT;
    const auto status = alliance_host_record_many(raw(), data(batch), batch.size(), ALLIANCE_JSON, many.statuses.data(),
                                                  room, safety.sink(), &result, &error);
    while (!many.statuses.empty() && many.statuses.back() == untouched) many.statuses.pop_back();
    if (status != ALLIANCE_OK && many.statuses.empty()) check(status, error);
    if (status != ALLIANCE_OK) many.first_refusal = to_error(status, error);
    many.total = recorded(result, safety);
    return many;
  }

  // Time has passed up to `now`.
  Recorded advance(alliance_instant now, std::chrono::microseconds timeout = std::chrono::minutes(1)) {
    glue::Collector safety;
    alliance_recorded result = ALLIANCE_RECORDED_INIT;
    call([&](alliance_error* error) {
      return alliance_host_advance(raw(), now, alliance_duration{timeout.count()}, safety.sink(), ALLIANCE_JSON,
                                   &result, error);
    });
    return recorded(result, safety);
  }

  // What a programme exported, to an EventBatch. Records nothing.
  std::string ingest(const std::string& programme, std::string_view payload) const {
    return json([&](alliance_host* host, std::int32_t format, const alliance_sink* out, alliance_error* error) {
      return alliance_host_ingest(host, programme.c_str(), data(payload), payload.size(), format, out, error);
    });
  }

  // ---- Reading ------------------------------------------------------------------------------------

  std::string review(std::int32_t scope, const std::string& id, const Viewer& viewer) const {
    const alliance_viewer who = {sizeof(alliance_viewer), viewer.role, viewer.id.c_str()};
    return json([&](alliance_host* host, std::int32_t format, const alliance_sink* out, alliance_error* error) {
      return alliance_host_review(host, scope, id.c_str(), &who, format, out, error);
    });
  }
  std::string cases(const Viewer& viewer) const {
    const alliance_viewer who = {sizeof(alliance_viewer), viewer.role, viewer.id.c_str()};
    return json([&](alliance_host* host, std::int32_t format, const alliance_sink* out, alliance_error* error) {
      return alliance_host_cases(host, &who, format, out, error);
    });
  }
  // Whether the case is the viewer's own; false too where there is none.
  bool owns(const std::string& case_id, const Viewer& viewer) const {
    const alliance_viewer who = {sizeof(alliance_viewer), viewer.role, viewer.id.c_str()};
    alliance_error error = ALLIANCE_ERROR_INIT;
    const auto status = alliance_host_owns(raw(), case_id.c_str(), &who, &error);
    if (status == ALLIANCE_E_DENIED || status == ALLIANCE_E_NOT_FOUND) return false;
    check(status, error);
    return true;
  }
  // A Report by its id.
  std::string report(const std::string& case_id, const std::string& id, const Viewer& viewer) const {
    const alliance_viewer who = {sizeof(alliance_viewer), viewer.role, viewer.id.c_str()};
    return json([&](alliance_host* host, std::int32_t format, const alliance_sink* out, alliance_error* error) {
      return alliance_host_report(host, case_id.c_str(), id.c_str(), &who, format, out, error);
    });
  }
  // A DueList; `at` 0: now.
  std::string due(const std::string& case_id, alliance_instant at, const Viewer& viewer) const {
    const alliance_viewer who = {sizeof(alliance_viewer), viewer.role, viewer.id.c_str()};
    return json([&](alliance_host* host, std::int32_t format, const alliance_sink* out, alliance_error* error) {
      return alliance_host_due(host, case_id.c_str(), at, &who, format, out, error);
    });
  }
  // An InForce; `at` 0: now.
  std::string in_force(const std::string& case_id, alliance_instant at, const Viewer& viewer) const {
    const alliance_viewer who = {sizeof(alliance_viewer), viewer.role, viewer.id.c_str()};
    return json([&](alliance_host* host, std::int32_t format, const alliance_sink* out, alliance_error* error) {
      return alliance_host_in_force(host, case_id.c_str(), at, &who, format, out, error);
    });
  }
  // A Simulation of a tailoring policy over a case that lies in the past.
  std::string simulate(const std::string& case_id, const std::string& policy, const Viewer& viewer) const {
    const alliance_viewer who = {sizeof(alliance_viewer), viewer.role, viewer.id.c_str()};
    return json([&](alliance_host* host, std::int32_t format, const alliance_sink* out, alliance_error* error) {
      return alliance_host_simulate(host, case_id.c_str(), policy.c_str(), &who, format, out, error);
    });
  }
  // A TimeView; `at` 0: now; `weeks` 0: twelve.
  std::string time(std::int32_t scope, const std::string& id, alliance_instant at, std::uint32_t weeks,
                   const Viewer& viewer) const {
    const alliance_viewer who = {sizeof(alliance_viewer), viewer.role, viewer.id.c_str()};
    return json([&](alliance_host* host, std::int32_t format, const alliance_sink* out, alliance_error* error) {
      return alliance_host_time(host, scope, id.c_str(), at, weeks, &who, format, out, error);
    });
  }
  // A StudyExtract. `key`: 16 bytes at least; `consent` empty: any scope.
  std::string study(std::string_view key, std::uint32_t shift_days, const std::string& consent, const Viewer& viewer,
                    bool blinded = false) const {
    const alliance_viewer who = {sizeof(alliance_viewer), viewer.role, viewer.id.c_str()};
    const alliance_study terms = study_terms(key, shift_days, consent, blinded);
    return json([&](alliance_host* host, std::int32_t format, const alliance_sink* out, alliance_error* error) {
      return alliance_host_study(host, &terms, &who, format, out, error);
    });
  }
  // A StudyOverview, on the same terms.
  std::string study_overview(std::string_view key, std::uint32_t shift_days, const std::string& consent,
                             const Viewer& viewer, bool blinded = false) const {
    const alliance_viewer who = {sizeof(alliance_viewer), viewer.role, viewer.id.c_str()};
    const alliance_study terms = study_terms(key, shift_days, consent, blinded);
    return json([&](alliance_host* host, std::int32_t format, const alliance_sink* out, alliance_error* error) {
      return alliance_host_study_overview(host, &terms, &who, format, out, error);
    });
  }
  // A FactorsOverTime; `weeks` 0: twelve.
  std::string factors_over_time(const std::string& service, std::uint32_t weeks, const Viewer& viewer) const {
    const alliance_viewer who = {sizeof(alliance_viewer), viewer.role, viewer.id.c_str()};
    return json([&](alliance_host* host, std::int32_t format, const alliance_sink* out, alliance_error* error) {
      return alliance_host_factors_over_time(host, service.c_str(), weeks, &who, format, out, error);
    });
  }
  // A RecordExtract of what happened from `from` to before `until`. `instruments`: "phq-9,gad-7", or empty.
  std::string extract(std::int64_t from, std::int64_t until, const std::string& instruments,
                      const Viewer& viewer) const {
    const alliance_viewer who = {sizeof(alliance_viewer), viewer.role, viewer.id.c_str()};
    const alliance_extract terms = {sizeof(alliance_extract), 0, from, until, instruments.c_str()};
    return json([&](alliance_host* host, std::int32_t format, const alliance_sink* out, alliance_error* error) {
      return alliance_host_extract(host, &terms, &who, format, out, error);
    });
  }

  // ---- What a controller instructs ----------------------------------------------------------------

  // `act`: ALLIANCE_ACT_ ...; `reference` empty: none.
  void instruct(std::int32_t act, const std::string& subject, const std::string& reason, const std::string& reference,
                const Viewer& viewer) {
    const alliance_viewer who = {sizeof(alliance_viewer), viewer.role, viewer.id.c_str()};
    const alliance_instruction what = {sizeof(alliance_instruction), act, subject.c_str(), reason.c_str(),
                                       reference.empty() ? nullptr : reference.c_str()};
    call([&](alliance_error* error) { return alliance_host_instruct(raw(), &what, &who, error); });
  }
  // Everything that is kept, as a tar archive.
  Bytes export_case(const std::string& subject, const Viewer& viewer) const {
    const alliance_viewer who = {sizeof(alliance_viewer), viewer.role, viewer.id.c_str()};
    glue::Collector out;
    call([&](alliance_error* error) { return alliance_host_export(raw(), subject.c_str(), &who, out.sink(), error); });
    return out.take();
  }
  std::string access(const std::string& subject, const Viewer& viewer) const {  // an AccessLog
    const alliance_viewer who = {sizeof(alliance_viewer), viewer.role, viewer.id.c_str()};
    return json([&](alliance_host* host, std::int32_t format, const alliance_sink* out, alliance_error* error) {
      return alliance_host_access(host, subject.c_str(), &who, format, out, error);
    });
  }

  alliance_host_counts count() const {
    alliance_host_counts counts = ALLIANCE_HOST_COUNTS_INIT;
    call([&](alliance_error* error) { return alliance_host_count(raw(), &counts, error); });
    return counts;
  }

 private:
  struct Callbacks {
    std::function<void(std::int32_t, const std::string&)> log;
    std::function<alliance_instant()> now;
  };
  struct Close {
    void operator()(alliance_host* host) const noexcept { alliance_host_close(host); }
  };

  static alliance_study study_terms(std::string_view key, std::uint32_t shift_days, const std::string& consent,
                                    bool blinded) {
    return {sizeof(alliance_study), shift_days, key.size(), data(key), consent.empty() ? nullptr : consent.c_str(),
            blinded ? 1 : 0,        0};
  }
  static void log_line(void* context, std::int32_t level, const char* line) noexcept {
    glue::guarded(nullptr, glue::Text::to_detail, [&] { static_cast<Callbacks*>(context)->log(level, line); });
  }
  static alliance_instant read_clock(void* context) noexcept {
    alliance_instant instant = 0;
    glue::guarded(nullptr, glue::Text::to_detail, [&] { instant = static_cast<Callbacks*>(context)->now(); });
    return instant;
  }

  static Error to_error(std::int32_t status, const alliance_error& error) {
    return Error(status, error.message[0] != '\0' ? error.message : alliance_status_text(status), error.detail,
                 error.vendor_code);
  }
  static void check(std::int32_t status, const alliance_error& error) {
    if (status != ALLIANCE_OK) throw to_error(status, error);
  }
  template <class Call>
  static void call(Call&& work) {
    alliance_error error = ALLIANCE_ERROR_INIT;
    check(work(&error), error);
  }
  template <class Call>
  std::string json(Call&& work) const {
    glue::Collector out;
    alliance_error error = ALLIANCE_ERROR_INIT;
    check(work(raw(), ALLIANCE_JSON, out.sink(), &error), error);
    return out.text();
  }
  static const std::uint8_t* data(std::string_view text) { return reinterpret_cast<const std::uint8_t*>(text.data()); }
  static Recorded recorded(const alliance_recorded& from, const glue::Collector& safety) {
    return {from.repeated != 0, from.reports, from.safety_flags, safety.text()};
  }

  std::unique_ptr<Callbacks> callbacks_;  // the host calls them to its end: it is closed first
  std::unique_ptr<alliance_host, Close> host_;
};

// JSON to the bytes of a schema table ("Event", "Report", ...), and verified bytes to one line of JSON.
inline Bytes to_bytes(const char* table, std::string_view json) {
  glue::Collector out;
  alliance_error error = ALLIANCE_ERROR_INIT;
  glue::throw_if(alliance_convert(table, reinterpret_cast<const std::uint8_t*>(json.data()), json.size(), ALLIANCE_JSON,
                                  out.sink(), &error),
                 error, "converting JSON");
  return out.take();
}
inline std::string to_json(const char* table, ByteView bytes) {
  glue::Collector out;
  alliance_error error = ALLIANCE_ERROR_INIT;
  glue::throw_if(alliance_convert(table, bytes.data(), bytes.size(), ALLIANCE_FLATBUFFERS, out.sink(), &error), error,
                 "converting to JSON");
  return out.text();
}

}  // namespace alliance

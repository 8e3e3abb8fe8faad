// SPDX-License-Identifier: Apache-2.0
// The only place where all rooms meet. Its C face is sdk/src/abi.
#pragma once

#include <alliance/host.h>
#include <alliance_schema/custody_generated.h>

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "host/derive.h"
#include "host/extract.h"
#include "host/outgoing.h"
#include "host/recorder.h"
#include "host/review.h"
#include "host/streams.h"
#include "host/study.h"
#include "host/time_view.h"
#include "plugin/signature.h"

namespace alliance::host {

struct Settings {
  std::string tenant, store_path;
  store::KeySource keys;
  fb::HostConfigT config;
  std::function<void(std::int32_t level, const std::string& line)> log;
  std::function<alliance_instant()> now;
};

class Host {
 public:
  static Result<std::unique_ptr<Host>> create(Settings settings);
  ~Host();

  Result<void> load_plugin(const std::string& manifest);
  Result<void> load_folder(const std::string& folder, std::uint64_t& loaded, std::uint64_t& refused);
  Result<void> add_static(const std::string& name, const alliance_plugin_entry* entry);
  Result<void> connect(const std::string& endpoint);
  Result<Outgoing*> outgoing();  // ALLIANCE_E_STATE without a store
  Result<void> run();
  Result<void> drain(std::chrono::microseconds timeout);
  void cancel() { ++cancels_; }

  fb::PluginListT plugins() const;
  fb::InstrumentListT instruments() const { return instruments_->list(); }
  Result<const Instrument*> find(const std::string& id, const std::string& version) const;

  Result<fb::ScoredAnswersT> score(const fb::AnswersGivenT& given) const;
  Result<Recorded> record(std::span<const fb::Event* const> events, std::span<std::int32_t> statuses);
  Result<Recorded> advance(alliance_instant now, std::chrono::microseconds timeout);
  Result<Bytes> ingest(const std::string& programme, const std::uint8_t* payload, std::uint64_t length);

  Result<fb::ReviewT> review(fb::Scope scope, const std::string& id, const Viewer& viewer);
  Result<fb::CaseListT> cases(const Viewer& viewer);
  Result<void> owns(const std::string& id, const Viewer& viewer);
  Result<fb::StudyExtractT> study(StudyTerms terms, const Viewer& viewer);
  Result<fb::StudyOverviewT> study_overview(StudyTerms terms, const Viewer& viewer);
  Result<fb::FactorsOverTimeT> factors_over_time(const std::string& service, std::uint32_t weeks, const Viewer& viewer);
  Result<fb::RecordExtractT> extract(const ExtractTerms& terms, const Viewer& viewer);
  Result<fb::DueListT> due(const std::string& id, alliance_instant at, const Viewer& viewer);
  Result<fb::InForceT> in_force(const std::string& id, alliance_instant at, const Viewer& viewer);
  Result<fb::SimulationT> simulate(const std::string& id, const std::string& policy, const Viewer& viewer);
  Result<fb::TimeViewT> time(fb::Scope scope, const std::string& id, alliance_instant at, std::uint32_t weeks,
                             const Viewer& viewer);
  Result<OneReport> report(const std::string& case_id, const std::string& id, const Viewer& viewer);
  Result<alliance_host_counts> count();

  // For the controller alone (custody.cpp).
  Result<void> instruct(store::Act act, const Viewer& viewer);
  Result<void> export_case(const std::string& id, const Viewer& viewer,
                           const std::function<Result<void>(const Bytes&)>& out);
  Result<fb::AccessLogT> access(const std::string& id, const Viewer& viewer);
  Result<fb::DeadLetterListT> dead_letters(std::uint64_t number);

 private:
  explicit Host(Settings settings);
  Result<void> adopt(plugin::Plugin& plugin);
  Result<std::string> admit(const plugin::Manifest& manifest) const;
  void complete(plugin::RunnerSettings& runner) const;
  std::optional<std::string> why_in_quarantine(const std::string& library) const;
  void keep_quarantine(const std::string& plugin, const std::string& library, const std::string& reason);
  Result<void> note_read(const char* what, const std::string& id, const Viewer& viewer);
  Result<void> readable(const std::string& id);  // neither restricted nor damaged
  // As it was then, where there is such a case and, for who may see it, where it was open.
  Result<fb::CaseT> case_at(const std::string& what, const std::string& id, alliance_instant at, const Viewer& viewer);
  static bool restricted(const Stream& stream) { return (stream.head.standing & store::standing_restricted) != 0; }
  Result<void> keep_retention();
  Result<void> controller_only(const char* what, const Viewer& viewer) const;
  Result<void> may_erase(Stream& stream, std::int64_t now);
  Result<std::int64_t> retention_days();
  // Loads a stream that its caller has locked; false: it is restricted, damaged or empty, and in no list.
  Result<bool> shown(Stream& stream);
  // Whom a review of that scope looks at, in the order of ids.
  Result<std::vector<Stream*>> those_of(fb::Scope scope, const std::string& id);
  // Of these the ones that are shown.
  Result<void> with_those(const std::vector<Stream*>& those, const std::function<void(const Everyone&)>& use);
  using Taken = std::function<Result<void>(Stream& stream, const fb::StudyCaseT& one)>;  // with the stream locked
  Result<fb::StudyExtractT> taken_for(StudyTerms terms, const char* what, const Viewer& viewer, const Taken& taken);
  Result<fb::TimeViewT> case_time_of(const Ahead& ahead, const std::string& id, const Viewer& viewer);
  Result<fb::TimeViewT> practitioner_time_of(const Ahead& ahead, const std::string& id, const Viewer& viewer);
  Result<fb::TimeViewT> service_time_of(const Ahead& ahead, const std::string& id, const Viewer& viewer);
  std::vector<std::unique_ptr<fb::WeekAheadT>> weeks_of(const fb::CaseT& own, std::int64_t now);
  Recorder::Progress told_of(const char* what) const;
  Result<void> keep_carriers();
  Result<void> keep_accounts();
  Result<void> disown_accounts();
  Result<void> needs_run() const;
  void note_zone_data(const std::string& version);
  std::function<bool()> cancelled() const;

  Settings settings_;
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<Services> services_;
  std::optional<plugin::Trust> trust_;
  std::unique_ptr<plugin::Registry> registry_;
  std::unique_ptr<Instruments> instruments_;
  std::unique_ptr<Policies> policies_;
  std::unique_ptr<Deriver> deriver_;
  std::unique_ptr<Streams> streams_;
  std::unique_ptr<Recorder> recorder_;
  std::unique_ptr<Outgoing> outgoing_;  // first to go: its links use plugins
  std::mutex zone_mutex_;
  std::string zone_data_;            // the version that the store holds
  std::atomic<bool> disown_{false};  // accounts are no longer kept from the next event on
  std::atomic<bool> running_ = false;
  bool carriers_known_ = true;             // else every case is looked at for whose it is
  std::atomic<std::uint64_t> cancels_{0};  // a call under way ends when it sees the number change
};

}  // namespace alliance::host

// SPDX-License-Identifier: Apache-2.0
// What follows from an event: scores, flags, measures due, minutes, signals, proposals. The plugins that apply
// are asked here; what a plugin fails to say becomes a fault report, and the event stands all the same.
#pragma once

#include <alliance_schema/case_generated.h>
#include <alliance_schema/config_generated.h>

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "host/instruments.h"
#include "host/policies.h"
#include "host/series.h"

namespace alliance::host {

struct TakingBack;

// A report, and what its id is derived from: where it comes from must make the same id again.
struct Finding {
  fb::ReportT report;
  std::int64_t time = 0;   // when what it says happened
  std::string occurrence;  // the event, occasion, signal or proposal that it is about
  std::string versions;    // of the plugin and definition that were asked
};

struct Outcome {
  std::vector<Finding> findings;
  std::vector<store::PluginValue> values;
  std::int64_t wake = 0;                                              // when time alone may change something; 0: never
  std::optional<store::Account> account;                              // where the minutes go, if that is not as it was
  std::optional<store::SpansOf> spans;                                // when they were spent, likewise
  std::vector<store::Span> moved;                                     // what is new or gone among these
  bool silent() const { return findings.empty() && values.empty(); }  // nothing to remember but when to look again
};

// A stream in memory: the fold, and what is waiting for an instrument that was not there.
struct Folded {
  bool restricted = false;  // by the controller: nothing is computed, safety excepted
  fb::CaseT state;
  std::vector<fb::EventT> unscored;
  std::map<std::string, store::PluginValue> values;
  Bytes account;                   // as it is kept; empty: not known since the stream was read
  std::vector<store::Span> spans;  // likewise
  AllianceWatch watch;             // of the sheets as they stand
};

// A stream as one commit works on it. What happened is folded into the stream itself, whatever its length: where the
// commit fails, the stream is read from its log again. Time that passes changes nothing most often and must leave
// nothing behind then: it is read where it lies until something is written, and only then copied.
class Draft {
 public:
  enum class On : std::uint8_t { original, copy };
  Draft(Folded& original, On on) : original_(&original), on_(on) {}
  const Folded& now() const { return copy_ ? *copy_ : *original_; }
  Folded& edit() {
    if (on_ == On::original) {
      touched_ = true;
      return *original_;
    }
    if (!copy_) copy_.emplace(*original_);
    return *copy_;
  }
  bool touched() const { return touched_; }                     // the original
  std::optional<Folded> take() && { return std::move(copy_); }  // nothing: it is in its place

 private:
  Folded* original_;
  On on_;
  bool touched_ = false;
  std::optional<Folded> copy_;
};

class Deriver {
 public:
  Deriver(const Instruments& instruments, Policies& policies, const fb::HostConfigT& config, std::string tenant)
      : instruments_(instruments), policies_(policies), config_(config), tenant_(std::move(tenant)) {}

  // Folds the event and everything that follows into the draft. A refusal (answers that are no answers) leaves it
  // untouched; so does time that passes and changes nothing, where the draft is on a copy.
  Result<Outcome> derive(Draft& draft, const fb::EventT& event) const;

  // What the answers of an event flag, of a case that cannot be read: it is told, and cannot be kept. Or, of an event
  // that is in the log already, in a case that stands as `recorded`: the flags that it raised and no person has taken
  // charge of. Whoever sends it again may have lost the answer that told of them.
  Outcome flags_alone(const std::string& stream, const fb::EventT& event, const fb::CaseT* recorded) const;

  // The plan of a case as the policy makes it, checked, with the instruments that play the roles.
  // `bytes` are those of the case.
  Result<fb::PlanT> planned(const Bytes& bytes, std::int64_t now, CallScope& scope) const;

  // Where the minutes go as the policy says, checked.
  Result<fb::TimeAccountT> accounted(const Bytes& bytes, std::int64_t now, CallScope& scope) const;
  // Fills in what of the practitioner's time counts elsewhere while timers of this case ran.
  void look_elsewhere(fb::CaseT& state) const;
  // What is kept of it, whether or not it is as it was.
  Result<Outcome> kept_of(Folded& folded) const;

  // Asked for what of a practitioner's time counts elsewhere than in a stream. On any thread.
  using Elsewhere =
      std::function<std::vector<store::Span>(const std::string& practitioner, std::int64_t from, std::int64_t until)>;
  void on_elsewhere(Elsewhere asked) { elsewhere_ = std::move(asked); }

  // Asked for a practitioner's weeks to come over all cases; the stream is the practitioner's own. On any thread.
  using WeeksAhead =
      std::function<std::vector<std::unique_ptr<fb::WeekAheadT>>(const fb::CaseT& own, std::int64_t now)>;
  void on_weeks_ahead(WeeksAhead asked) { weeks_ahead_ = std::move(asked); }

  // Told with each plan which version of the zone data it was made by. On any thread.
  void on_zone_data(std::function<void(const std::string&)> told) { zone_data_ = std::move(told); }

 private:
  struct Work;
  Result<Finding> score(const fb::AnswersGivenT& given, const std::string& event) const;
  void flags(Work& work, const fb::EventT& event) const;
  void escalate(Work& work) const;
  void plan(Work& work) const;
  void account(Work& work, const fb::EventT& event) const;
  void keep(Draft& draft, const fb::TimeAccountT& account, Outcome& outcome) const;
  void propose(Work& work) const;
  Bytes asked_about(Work& work) const;
  void decided(Work& work, const fb::EventT& event, const TakingBack& back) const;
  void carry_out(Work& work, fb::AdaptationT& made, std::int64_t when) const;
  Result<std::string> told(Work& work, const fb::ProposalT& change, std::int64_t when) const;
  std::optional<fb::AdaptationT> take_back(Work& work, fb::AdaptationT& made, const TakingBack& back,
                                           const fb::EventT& event) const;

  const Instruments& instruments_;
  Policies& policies_;
  const fb::HostConfigT& config_;
  std::string tenant_;
  std::function<void(const std::string&)> zone_data_;
  Elsewhere elsewhere_;
  WeeksAhead weeks_ahead_;
};

}  // namespace alliance::host

// SPDX-License-Identifier: Apache-2.0
// What follows from an event: scores, flags, measures due, minutes, signals, proposals. The plugins that apply
// are asked here; what a plugin fails to say becomes a fault report, and the event stands all the same.
#pragma once

#include <alliance_schema/case_generated.h>
#include <alliance_schema/config_generated.h>

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "host/instruments.h"
#include "host/policies.h"

namespace alliance::host {

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
  std::int64_t wake = 0;  // when time alone may change something; 0: never
};

// A stream in memory: the fold, and what is waiting for an instrument that was not there.
struct Folded {
  bool restricted = false;  // by the controller: nothing is computed, safety excepted
  fb::CaseT state;
  std::vector<fb::EventT> unscored;
  std::map<std::string, store::PluginValue> values;
};

class Deriver {
 public:
  Deriver(const Instruments& instruments, Policies& policies, const fb::HostConfigT& config, std::string tenant)
      : instruments_(instruments), policies_(policies), config_(config), tenant_(std::move(tenant)) {}

  // Folds the event and everything that follows into `folded`. A refusal (answers that are no answers) leaves it
  // untouched.
  Result<Outcome> derive(Folded& folded, const fb::EventT& event) const;

  // The plan of a case as the policy makes it, checked, with the instruments that play the roles.
  Result<fb::PlanT> planned(const fb::CaseT& state, std::int64_t now, CallScope& scope) const;

  // Told with each plan which version of the zone data it was made by. On any thread.
  void on_zone_data(std::function<void(const std::string&)> told) { zone_data_ = std::move(told); }

 private:
  struct Work;
  Result<Finding> score(const fb::AnswersGivenT& given, const std::string& event) const;
  void flags(Work& work, const fb::EventT& event) const;
  void escalate(Work& work) const;
  void plan(Work& work) const;
  void account(Work& work) const;
  void propose(Work& work) const;
  void decided(Work& work, const fb::EventT& event) const;
  void carry_out(Work& work, fb::AdaptationT& made, std::int64_t when) const;

  const Instruments& instruments_;
  Policies& policies_;
  const fb::HostConfigT& config_;
  std::string tenant_;
  std::function<void(const std::string&)> zone_data_;
};

}  // namespace alliance::host

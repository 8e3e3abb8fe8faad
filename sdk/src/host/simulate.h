// SPDX-License-Identifier: Apache-2.0
// What a policy would have proposed in a course that is over, held beside what its practitioner did. Nothing is
// recorded.
#pragma once

#include <alliance_schema/programme_generated.h>
#include <alliance_schema/review_generated.h>

#include <functional>
#include <set>
#include <string>

#include "common/result.h"

namespace alliance::host {

class Simulator {
 public:
  using Ask = std::function<Result<fb::ProposalsT>(const fb::CaseT& state, std::int64_t now)>;

  // `policy` as "id@version". `programme` null: the case has none that is loaded.
  Simulator(const std::string& case_id, const std::string& policy, const fb::ProgrammeT* programme, Ask ask);

  // Around each event, in the order of the log: the policy is asked once a day between events and after each, as a host
  // asks it whose platform lets time pass once a day. It sees the case as it was, what was really adapted included.
  void before(const fb::CaseT& state, const fb::EventT& event);
  void after(const fb::CaseT& state);

  fb::SimulationT finish(const fb::CaseT& state);

 private:
  void look(const fb::CaseT& state, std::int64_t now);

  Ask ask_;
  const fb::ProgrammeT* programme_;
  fb::SimulationT made_;
  std::set<std::string> seen_, refused_;
  std::int64_t last_ = 0;
};

}  // namespace alliance::host

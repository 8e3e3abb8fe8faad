// SPDX-License-Identifier: Apache-2.0
// What a study may take out of a case: its sheets, under a keyed hash in place of every id. No service, practitioner,
// minute, signal or safety flag.
#pragma once

#include <alliance_schema/case_generated.h>
#include <alliance_schema/study_generated.h>

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "common/result.h"

namespace alliance::host {

struct StudyTerms {
  std::vector<std::uint8_t> key;  // of the hashes, 16 bytes at least
  std::string tenant;             // hashed with the id, so that tenants share no pseudonym
  std::uint32_t shift_days = 0;   // dates are moved by up to so many days either way, the same throughout a case
  std::string consent;            // the scope that must have been given; empty: any
  bool blinded = false;
};

// ALLIANCE_E_INVALID names what is wrong with the terms.
Result<void> check(const StudyTerms& terms);

// One case: its events in the order of the log, each with what was derived from it; then `add_to`.
class StudyCase {
 public:
  StudyCase(const StudyTerms& terms, std::string id);

  void event(const fb::EventT& event);
  void report(const fb::ReportT& report);

  // `confidential`: whether an instrument asks practitioners about themselves; such sheets are left out and counted.
  // A case without the consent that was asked for, or that took one back, adds nothing but to the count: false.
  bool add_to(fb::StudyExtractT& extract, const std::function<bool(const fb::StudySheetT&)>& confidential);

 private:
  struct Consent {
    std::int64_t time = 0;
    bool given = false;
  };
  std::string pseudonym(const std::string& kind, const std::string& id) const;
  void consent(const std::string& scope, bool given, std::int64_t time);
  std::int64_t moved(std::int64_t instant) const { return instant == 0 ? 0 : instant + shift_; }

  const StudyTerms& terms_;
  std::string id_;
  std::int64_t shift_ = 0;
  bool practice_ = false;  // no client, and no part of a study
  std::int64_t allocated_ = 0;
  fb::StudyCaseT case_;
  std::map<std::string, Consent> consents_;
  std::map<std::string, std::size_t> sheets_;  // by event
  std::set<std::string> taken_back_;           // events that their source took back
};

// Which version a sheet is, or will be, scored by; empty: the newest.
const std::string& version_of(const fb::StudySheetT& sheet);

// Takes every answer and score out, how long answering took, and what says in which arm a case is.
void blind(fb::StudyExtractT& extract);

// How a study stands. `occasions` as they were last told, of one case that is part of it.
class StudyCounts {
 public:
  void add(const fb::StudyCaseT& one, const std::vector<std::unique_ptr<fb::OccasionRecordT>>& occasions);
  void put(fb::StudyOverviewT& overview) const;

 private:
  struct Measure {
    std::uint32_t answered = 0, missed = 0, open = 0;
  };
  struct Arm {
    std::uint32_t cases = 0, open = 0;
    bool observe_only = false;
  };
  std::map<std::string, Arm> arms_;
  std::map<std::string, std::uint32_t> protocols_, sites_;
  std::map<std::tuple<std::string, fb::Rater, fb::Target, std::string>, Measure> measures_;
  std::uint32_t cases_ = 0, sheets_ = 0;
};

}  // namespace alliance::host

// SPDX-License-Identifier: Apache-2.0
// Who may see what: one table, role by datum, that every exit obeys. [B4]
#pragma once

#include <alliance_schema/case_generated.h>

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "host/review.h"

namespace alliance::host {

enum class Datum : std::uint8_t {
  case_list,
  course,
  scores,
  signals,
  safety_flags,
  minutes,
  proposals,
  difficulties,
  training,
  confidence,
  capacity,
  factors,
  practitioner_page,
  group_figures,
  study_sheets,
  custody,
  record_extract
};
inline constexpr std::size_t data_kinds = 17;
inline constexpr std::size_t role_kinds = 6;

enum class Reach : std::uint8_t {
  none,
  own,    // of the cases and the page that are the viewer's own
  given,  // own, as far as the viewer gave the answers
  all
};

struct AccessRow {
  Datum datum;
  const char* name;
  std::array<Reach, role_kinds> by_role;  // client, practitioner, supervisor, service, researcher, controller
  const char* why;
};

std::span<const AccessRow, data_kinds> access_table();
const AccessRow& access_row(Datum datum);
// None for a role that host.h does not know.
Reach reach(std::int32_t role, Datum datum);

// A client's own case bears the client's id; a practitioner's own are those that name the practitioner.
bool owns(const Viewer& viewer, const fb::CaseT& subject);
bool may_see(const Viewer& viewer, Datum datum, const fb::CaseT& subject);

// Why a datum is left out, one sentence for each; empty where it is shown.
class Withheld {
 public:
  const std::string& operator[](Datum datum) const { return why_[static_cast<std::size_t>(datum)]; }
  std::string& operator[](Datum datum) { return why_[static_cast<std::size_t>(datum)]; }
  bool has(Datum datum) const { return !(*this)[datum].empty(); }
  // Of what a course consists of, each sentence once. The same whether or not there was anything to leave out.
  std::vector<std::string> sentences() const;

 private:
  std::array<std::string, data_kinds> why_;
};

// What nobody may see, whoever asks: by the client's consent, and in an observe-only arm everything.
Withheld withheld_from_all(const fb::CaseT& subject);
// That, and what the table keeps from this viewer.
Withheld withheld(const Viewer& viewer, const fb::CaseT& subject);

Datum whose(const fb::ProposalT& proposal);

// A measure of confidence is confidence, whichever instrument it comes from.
bool about_confidence(const std::string& role);

bool consent_withdrawn(const fb::CaseT& state);

// The client said who may see the answers, and this viewer is not among them. The client's own page shows them still.
bool outside_the_audience(const Viewer& viewer, const fb::CaseT& subject);

// A copy with what the viewer may see and nothing else: what is not named in access.cpp is left out, so a new
// field of the schema is shown to nobody until somebody has decided whose it is.
fb::CaseT as_seen(const fb::CaseT& state, const Viewer& viewer, const Withheld& left_out);

// The table for docs/safety.md.
std::string access_markdown();

}  // namespace alliance::host

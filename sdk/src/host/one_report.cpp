// SPDX-License-Identifier: Apache-2.0
#include "host/one_report.h"

#include <alliance_schema/envelope_generated.h>
#include <alliance_schema/report_generated.h>

#include <algorithm>
#include <optional>

#include "messaging/message.h"
#include "schema/json.h"

namespace alliance::host {
namespace {

bool confident(const std::vector<std::string>& roles) {
  return std::any_of(roles.begin(), roles.end(), about_confidence);
}

Datum of_measure(const fb::OccasionT& occasion) {
  return about_confidence(occasion.role) ? Datum::confidence : Datum::course;
}

// Whose a report is. What a plugin said of its own is for those who treat and supervise.
Datum datum_of(const fb::ReportBodyUnion& body, bool withdrawn) {
  switch (body.type) {
    case fb::ReportBody::MeasureDue:
      return of_measure(*body.AsMeasureDue()->occasion);
    case fb::ReportBody::MeasureOverdue:
      return of_measure(*body.AsMeasureOverdue()->occasion);
    case fb::ReportBody::MeasureExpired:
      return of_measure(*body.AsMeasureExpired()->occasion);
    case fb::ReportBody::MeasureReminded:
      return of_measure(*body.AsMeasureReminded()->occasion);
    case fb::ReportBody::MeasureAnswered:
      return of_measure(*body.AsMeasureAnswered()->occasion);
    case fb::ReportBody::MeasureCancelled:
      return of_measure(*body.AsMeasureCancelled()->occasion);
    case fb::ReportBody::Scored: {
      const auto& scores = body.AsScored()->scores;
      const auto own = [](const auto& score) { return confident(score->roles); };
      return std::any_of(scores.begin(), scores.end(), own) ? Datum::confidence : Datum::scores;
    }
    case fb::ReportBody::ReliablyChanged:
      return confident(body.AsReliablyChanged()->roles) ? Datum::confidence : Datum::scores;
    case fb::ReportBody::AllianceSignal:
      return about_confidence(body.AsAllianceSignal()->role) ? Datum::confidence : Datum::signals;
    case fb::ReportBody::SafetyFlag:
    case fb::ReportBody::SafetyEscalated:
    case fb::ReportBody::SafetyClosed:
      return Datum::safety_flags;
    case fb::ReportBody::TimeAccounted:
      return body.AsTimeAccounted()->account->capacity_per_week ? Datum::capacity : Datum::minutes;
    case fb::ReportBody::Proposed:
      return withdrawn ? Datum::scores : whose(*body.AsProposed()->proposal);  // it may rest on answers
    case fb::ReportBody::FactorReviewed:
      return Datum::factors;
    default:
      return Datum::proposals;
  }
}

std::optional<fb::Rater> rater_of(const fb::ReportBodyUnion& body) {
  if (const auto* scored = body.AsScored()) return scored->rater;
  return std::nullopt;
}

}  // namespace

Result<OneReport> find_report(store::Store& store, const std::string& stream, const std::string& id) {
  const auto rows = store.log(stream);
  if (!rows) return tl::unexpected(rows.error());
  for (const auto& row : *rows) {
    if (row.derived.empty()) continue;
    // Not read_batch(): what is shown to nobody has no sequence number here.
    flatbuffers::Verifier verifier(row.derived.data(), row.derived.size());
    if (!fb::VerifyBatchBuffer(verifier)) return fail(ALLIANCE_E_IO, "the log of a case holds what is no batch");
    for (const auto* envelope : *fb::GetBatch(row.derived.data())->envelopes()) {
      if (envelope->id()->string_view() != id || envelope->sequence() == 0) continue;
      OneReport out{envelope->kind()->str(), {envelope->payload()->begin(), envelope->payload()->end()}};
      if (auto fine = schema::verify("Report", out.payload); !fine) return tl::unexpected(fine.error());
      return out;
    }
  }
  return fail(ALLIANCE_E_NOT_FOUND, "report: the case has none of that id");
}

Result<void> may_see_report(const fb::CaseT& state, const OneReport& report, const Viewer& viewer) {
  fb::ReportT body;
  fb::GetReport(report.payload.data())->UnPackTo(&body);
  const Datum datum = datum_of(body.body, consent_withdrawn(state));
  const auto left_out = withheld(viewer, state);
  if (left_out.has(datum)) return fail(ALLIANCE_E_DENIED, "report: " + left_out[datum]);
  if (datum == Datum::scores && reach(viewer.role, datum) == Reach::given && rater_of(body.body) != fb::Rater::client) {
    return fail(ALLIANCE_E_DENIED, std::string("report: ") + access_row(datum).name + ": not shown to this viewer; " +
                                       access_row(datum).why);
  }
  return {};
}

}  // namespace alliance::host

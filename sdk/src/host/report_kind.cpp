// SPDX-License-Identifier: Apache-2.0
#include "host/report_kind.h"

#include <iterator>

namespace alliance::host {
namespace {

// An observed case is measured like any other, so its measures fall due; what they say is shown to nobody.
// After a withdrawal nothing about the client's answers leaves; safety, minutes and faults do.
constexpr ReportKind kinds[] = {
    {fb::ReportBody::MeasureDue, "measure-due", false, true, false},
    {fb::ReportBody::MeasureOverdue, "measure-overdue", false, true, false},
    {fb::ReportBody::MeasureExpired, "measure-expired", false, true, false},
    {fb::ReportBody::Scored, "scored", false, false, false},
    {fb::ReportBody::ReliablyChanged, "reliable-change", false, false, false},
    {fb::ReportBody::AllianceSignal, "alliance-signal", false, false, false},
    {fb::ReportBody::SafetyFlag, "safety-flag", true, true, true},
    {fb::ReportBody::SafetyEscalated, "safety-escalated", true, true, true},
    {fb::ReportBody::SafetyClosed, "safety-closed", true, true, true},
    {fb::ReportBody::TimeAccounted, "time-account", false, false, true},
    {fb::ReportBody::Proposed, "proposal", false, false, false},
    {fb::ReportBody::Adaptation, "adaptation", false, false, true},
    {fb::ReportBody::FactorReviewed, "factor-review", false, false, false},
    {fb::ReportBody::PluginFault, "plugin-fault", false, true, true},
    {fb::ReportBody::MeasureReminded, "measure-reminded", false, true, false},
    {fb::ReportBody::MeasureAnswered, "measure-answered", false, true, false},
    // The platform must learn that it is to stop asking, above all after a withdrawal.
    {fb::ReportBody::MeasureCancelled, "measure-cancelled", false, true, true},
    // What a controller instructed concerns whoever received anything.
    {fb::ReportBody::CaseErased, "case-erased", false, true, true},
    {fb::ReportBody::CaseRestricted, "case-restricted", false, true, true},
    {fb::ReportBody::CaseRestored, "case-restored", false, true, true},
    {fb::ReportBody::Custom, "custom", false, false, false},
};

}  // namespace

const ReportKind& kind_of(fb::ReportBody body) {
  for (const ReportKind& kind : kinds) {
    if (kind.body == body) return kind;
  }
  return kinds[std::size(kinds) - 1];
}

}  // namespace alliance::host

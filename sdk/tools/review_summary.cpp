// SPDX-License-Identifier: Apache-2.0
#include "review_summary.h"

#include "review_html.h"
#include "review_words.h"

namespace alliance::tools::review {
namespace {

// The longest curve says most about the course.
std::optional<Series> longest(std::vector<Series> all, fb::Rater rater) {
  std::optional<Series> out;
  for (auto& one : all) {
    if (one.rater == rater && (!out || one.points.size() > out->points.size())) out = std::move(one);
  }
  return out;
}

void count_signals(const fb::CaseT& course, Summary& out) {
  for (const auto& record : course.signals) {
    if (!record || !record->signal) continue;
    switch (record->signal->kind) {
      case fb::SignalKind::drop:
        ++out.drops;
        break;
      case fb::SignalKind::repaired:
        ++out.repaired;
        break;
      case fb::SignalKind::unrepaired:
        ++out.unrepaired;
        break;
      case fb::SignalKind::non_response:
        ++out.silent;
        break;
      default:
        break;
    }
  }
}

void count_proposals(const fb::CaseT& course, Summary& out) {
  for (const auto& record : course.proposals) {
    if (!record) continue;
    switch (record->decision) {
      case fb::Decision::accepted:
        ++out.accepted;
        break;
      case fb::Decision::declined:
        ++out.declined;
        break;
      case fb::Decision::withdrawn:
        break;
      default:
        ++out.undecided;
        break;
    }
  }
}

}  // namespace

fb::CaseSummaryT summary_of(const Pages& pages, const std::string& id) {
  for (const auto& one : pages.summaries) {
    if (one.id == id) return one;
  }
  fb::CaseSummaryT out;
  out.id = id;
  return out;
}

Summary summary(const fb::ReviewT& review, const Pages& pages, const Words& w) {
  const auto listed = summary_of(pages, review.id);
  const auto& instruments = pages.instruments;
  Summary out;
  out.id = review.id;
  out.stop = stopped(review, listed, w);
  out.service = review.course ? review.course->service : listed.service;
  out.practitioner = review.course ? review.course->practitioner : listed.practitioner;
  out.delivery = name(review.course ? review.course->delivery : listed.delivery);
  if (!review.course) return out;
  const auto& course = *review.course;
  for (const auto& record : course.flags) {
    if (!record) continue;
    ++out.flags;
    out.flags_open += record->acknowledged == 0;
  }
  if (!out.stop.empty()) return out;
  out.closed = course.closed != 0;
  out.sessions_planned = course.planned_sessions;
  for (const auto& session : course.sessions) out.sessions_held += session && session->state == fb::SessionState::held;
  for (const char* role : {"alliance.pulse", "alliance.total"}) {
    if (out.alliance) break;
    out.alliance =
        longest(series(course, instruments, role, fb::Target::practitioner, Axis::session), fb::Rater::client);
  }
  out.symptoms = longest(series(course, instruments, "symptom.", fb::Target::none, Axis::week), fb::Rater::client);
  if (course.account) {
    out.minutes_used = course.account->used;
    out.minutes_planned = course.account->planned;
  }
  count_signals(course, out);
  count_proposals(course, out);
  return out;
}

std::string first_to_last(const std::optional<Series>& series) {
  if (!series || series->points.empty()) return "-";
  return number(series->points.front().y) + " to " + number(series->points.back().y);
}

}  // namespace alliance::tools::review

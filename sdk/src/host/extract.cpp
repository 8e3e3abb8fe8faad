// SPDX-License-Identifier: Apache-2.0
#include "host/extract.h"

#include <algorithm>

#include "host/access.h"

namespace alliance::host {
namespace {

double online(const fb::TimeAccountT& account) {
  double minutes = 0;
  for (const auto& row : account.work) {
    if (row->work == fb::Work::online_review || row->work == fb::Work::messaging) minutes += row->used;
  }
  return minutes;
}

// A sheet goes with all its scales, those without a role included.
bool never_extracted(const fb::SheetT& sheet) {
  if (sheet.target != fb::Target::none) return true;
  return std::any_of(sheet.scores.begin(), sheet.scores.end(), [](const auto& score) {
    return std::any_of(score->roles.begin(), score->roles.end(), [](const std::string& role) {
      return role == "alliance" || role.starts_with("alliance.") || about_confidence(role);
    });
  });
}

// As the practitioner corrected it, where that was done.
double minutes_of(const fb::CaseT& state, const fb::SessionT& session) {
  for (const auto& timer : state.timers) {
    if (timer->corrected && timer->timer == session.event) return *timer->corrected;
  }
  return session.minutes;
}

void contacts(fb::ExtractCaseT& made, const fb::CaseT& state, const ExtractTerms& terms) {
  for (const auto& session : state.sessions) {
    const bool over = session->state == fb::SessionState::held || session->state == fb::SessionState::missed ||
                      session->state == fb::SessionState::cancelled;
    // Of one that nobody booked it is known only when it was said.
    const auto booked = session->booked != 0 ? session->booked : session->told;
    const auto starts = session->starts != 0 ? session->starts : booked;
    if (!over || starts < terms.from || starts >= terms.until) continue;
    auto one = std::make_unique<fb::ExtractContactT>();
    one->session = session->number;
    one->state = session->state;
    one->starts = starts;
    one->minutes = session->state == fb::SessionState::held ? minutes_of(state, *session) : 0;
    one->mode = session->mode;
    one->event = session->event;
    made.contacts.push_back(std::move(one));
  }
  std::stable_sort(made.contacts.begin(), made.contacts.end(),
                   [](const auto& a, const auto& b) { return a->starts < b->starts; });
}

void scores(fb::ExtractCaseT& made, const fb::CaseT& state, const ExtractTerms& terms) {
  for (const auto& sheet : state.sheets) {
    const bool asked_for =
        std::find(terms.instruments.begin(), terms.instruments.end(), sheet->instrument) != terms.instruments.end();
    const bool within = sheet->time >= terms.from && sheet->time < terms.until;
    if (!asked_for || !within || sheet->rater != fb::Rater::client || never_extracted(*sheet)) continue;
    for (const auto& score : sheet->scores) {
      if (!score->value) continue;
      auto one = std::make_unique<fb::ExtractScoreT>();
      one->time = sheet->time;
      one->session = sheet->session;
      one->instrument = sheet->instrument;
      one->version = sheet->version;
      one->scale = score->scale;
      one->value = *score->value;
      one->event = sheet->event;
      made.scores.push_back(std::move(one));
    }
  }
  std::stable_sort(made.scores.begin(), made.scores.end(),
                   [](const auto& a, const auto& b) { return a->time < b->time; });
}

}  // namespace

Result<void> check(const ExtractTerms& terms) {
  constexpr std::int64_t latest = INT64_C(4'102'444'800'000'000);  // 2100
  if (terms.from <= 0 || terms.until > latest || terms.from >= terms.until) {
    return fail(ALLIANCE_E_INVALID, "extract: it must begin after 1970 and end after its beginning, before 2100");
  }
  return {};
}

Result<void> may_extract(const Viewer& viewer) {
  const auto& row = access_row(Datum::record_extract);
  if (reach(viewer.role, row.datum) == Reach::all) return {};
  return fail(ALLIANCE_E_DENIED, std::string("extract: ") + row.name + ": not for this viewer; " + row.why);
}

std::unique_ptr<fb::ExtractCaseT> extract(const fb::CaseT& state, const ExtractTerms& terms, const Viewer& viewer,
                                          const fb::TimeAccountT& before, const fb::TimeAccountT& after) {
  auto made = std::make_unique<fb::ExtractCaseT>();
  made->id = state.id;
  made->service = state.service;
  made->practitioner = state.practitioner;
  made->programme = state.programme;
  made->opened = state.opened;
  made->closed = state.closed;
  contacts(*made, state, terms);
  made->scores_withheld = consent_withdrawn(state) || outside_the_audience(viewer, state);
  if (!made->scores_withheld) scores(*made, state, terms);
  made->online_minutes = std::max(0.0, online(after) - online(before));
  const bool nothing = made->contacts.empty() && made->scores.empty() && made->online_minutes == 0;
  return nothing ? nullptr : std::move(made);
}

}  // namespace alliance::host

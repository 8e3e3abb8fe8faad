// SPDX-License-Identifier: Apache-2.0
// Of what follows from an event, where the minutes go.
#include <algorithm>

#include "host/accounts.h"
#include "host/derive.h"
#include "schema/json.h"
#include "timing/plan.h"

namespace alliance::host {

Result<fb::TimeAccountT> Deriver::accounted(const Bytes& bytes, std::int64_t now, CallScope& scope) const {
  Asked* timing = policies_.timing();
  if (timing == nullptr) return fail(ALLIANCE_E_NOT_FOUND, "no timing policy is loaded");
  const auto answer = policies_.account(*timing, bytes, now, scope);
  if (!answer) return tl::unexpected(answer.error());
  if (auto fine = schema::verify("Report", *answer); !fine) return tl::unexpected(fine.error());
  fb::ReportT made;
  fb::GetReport(answer->data())->UnPackTo(&made);
  auto* accounted = made.body.AsTimeAccounted();
  if (accounted == nullptr) return fail(ALLIANCE_E_BAD_INPUT, "account gave no TimeAccounted");
  if (auto sound = timing::check(*accounted->account); !sound) return tl::unexpected(sound.error());
  return std::move(*accounted->account);
}

void Deriver::look_elsewhere(fb::CaseT& state) const {
  state.busy.clear();
  const store::Span hull = timers_of(state);
  if (!elsewhere_ || hull.until == 0) return;
  for (const store::Span& span : elsewhere_(state.practitioner, hull.from, hull.until)) {
    const bool meets = std::any_of(state.timers.begin(), state.timers.end(), [&](const auto& timer) {
      return timer->started != 0 && timer->started < span.until && span.from < timer->stopped;
    });
    if (span.stream == state.id || !meets) continue;
    auto busy = std::make_unique<fb::BusyT>();
    busy->from = span.from;
    busy->until = span.until;
    busy->session = span.session;
    busy->sure = span.sure;
    busy->timer = span.id;
    busy->stream = span.stream;
    state.busy.push_back(std::move(busy));
  }
}

void Deriver::keep(Draft& draft, const fb::TimeAccountT& account, Outcome& outcome) const {
  store::Account made = kept(case_time(draft.now().state, account));
  if (made.bytes != draft.now().account) {
    draft.edit().account = made.bytes;
    outcome.account = std::move(made);
  }
  const auto missing_in = [&](const std::vector<store::Span>& others, const std::vector<store::Span>& ones) {
    for (const store::Span& one : ones) {
      if (std::find(others.begin(), others.end(), one) == others.end()) outcome.moved.push_back(one);
    }
  };
  store::SpansOf spans = spans_of(draft.now().state);
  missing_in(draft.now().spans, spans.spans);
  missing_in(spans.spans, draft.now().spans);
  if (outcome.moved.empty()) return;
  draft.edit().spans = spans.spans;
  outcome.spans = std::move(spans);
}

Result<Outcome> Deriver::kept_of(Folded& folded) const {
  Outcome outcome;
  CallScope scope;
  scope.known = &folded.values;
  look_elsewhere(folded.state);
  const auto account = accounted(case_bytes(folded.state), folded.state.last_event, scope);
  if (!account) return tl::unexpected(account.error());
  folded.account.clear();
  Draft draft(folded, Draft::On::original);
  keep(draft, *account, outcome);
  return outcome;
}

}  // namespace alliance::host

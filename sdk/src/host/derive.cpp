// SPDX-License-Identifier: Apache-2.0
#include "host/derive.h"

#include <algorithm>

#include "host/decisions.h"
#include "host/envelopes.h"
#include "host/fold.h"
#include "host/report_kind.h"
#include "host/review.h"
#include "host/scoring.h"
#include "host/series.h"
#include "schema/json.h"
#include "tailoring/check.h"
#include "timing/plan.h"

namespace alliance::host {
namespace {

constexpr std::int64_t minute = 60'000'000;
constexpr std::int64_t day = 1440 * minute;

template <class Body>
fb::ReportT report(Body body) {
  fb::ReportT made;
  made.body.Set(std::move(body));
  return made;
}

std::string versions_of(const Asked& asked) {
  return asked.plugin->info.id + "@" + asked.plugin->info.version + "/" + asked.id + "@" + asked.version;
}

// Whether an account says something new. Days alone pass for everybody and are no news.
bool same(const fb::TimeAccountT& a, const fb::TimeAccountT& b) {
  if (a.work.size() != b.work.size() || a.unreviewed != b.unreviewed || a.overdue_reviews != b.overdue_reviews ||
      a.forgotten_timers != b.forgotten_timers) {
    return false;
  }
  for (std::size_t i = 0; i < a.work.size(); ++i) {
    if (a.work[i]->work != b.work[i]->work || a.work[i]->planned != b.work[i]->planned ||
        a.work[i]->booked != b.work[i]->booked || a.work[i]->used != b.work[i]->used) {
      return false;
    }
  }
  return a.planned == b.planned && a.booked == b.booked && a.used == b.used && a.remaining == b.remaining;
}

// What may change when this practitioner's time counts elsewhere: timers, and, since others may have changed, days.
bool touches_timers(fb::EventBody type) {
  return type == fb::EventBody::TimerStarted || type == fb::EventBody::TimerStopped ||
         type == fb::EventBody::TimeCorrected || type == fb::EventBody::TimePassed;
}

}  // namespace

// One event's work: the stream so far, and what was found.
struct Deriver::Work {
  Draft& draft;
  std::string event;
  std::int64_t time;  // of the event: when what follows from it is said to have happened
  std::int64_t now;   // up to when the case is known
  Outcome outcome{};
  CallScope scope{};
  Bytes packed{};  // of the case as it stands; empty: not made yet

  const fb::CaseT& state() { return draft.now().state; }
  fb::CaseT& edit() {
    packed.clear();
    return draft.edit().state;
  }
  const Bytes& bytes() {
    if (packed.empty()) packed = case_bytes(state());
    return packed;
  }
  bool withdrawn() { return state().consent_withdrawn != 0; }

  void found(fb::ReportT made, std::string occurrence, std::string versions = {}) {
    fold(edit(), made, time);
    outcome.findings.push_back({std::move(made), time, std::move(occurrence), std::move(versions)});
  }
  void fault(const plugin::Info& info, const char* call, const Failure& failure) {
    if (failure.status == ALLIANCE_E_UNSUPPORTED) return;  // a kind of answer that this plugin does not offer
    fb::PluginFaultT made;
    made.plugin = info.id;
    made.version = info.version;
    made.call = call;
    made.status = failure.status;
    made.message = failure.message;
    made.quarantined = failure.status == ALLIANCE_E_LIBRARY;
    found(report(std::move(made)), event + "/" + info.id + "/" + call, info.version);
  }
  void wake(std::int64_t at) {
    if (at > 0 && (outcome.wake == 0 || at < outcome.wake)) outcome.wake = at;
  }
};

Result<Finding> Deriver::score(const fb::AnswersGivenT& given, const std::string& event) const {
  const Instrument* instrument = instruments_.find(given.instrument, given.version);
  if (instrument == nullptr) {
    return fail(ALLIANCE_E_NOT_FOUND, "instrument " + given.instrument +
                                          (given.version.empty() ? "" : " version " + given.version) +
                                          " is not loaded: the answers are kept and scored when it is");
  }
  auto scored = host::score(*instrument, given, event);
  if (!scored) return tl::unexpected(scored.error());
  if (config_.delivery && config_.delivery->answers) scored->answers = answers_of(*instrument, given);
  return Finding{report(std::move(*scored)), 0, event, instrument->versions};
}

void Deriver::flags(Work& work, const fb::EventT& event) const {
  const auto* given = event.body.AsAnswersGiven();
  if (given == nullptr) return;
  // A flag does not wait for the version that scores: another version's rules are better than silence.
  const Instrument* instrument = instruments_.find(given->instrument, given->version);
  if (instrument == nullptr) instrument = instruments_.find(given->instrument, "");
  if (instrument == nullptr) return;
  for (auto& flag : safety_flags(*instrument, *given, event.id)) {
    if (find_flag(work.state(), flag.flag) != nullptr) continue;  // raised before it could be scored
    flag.practice = work.state().practice;
    if (config_.safety) {
      flag.contact = config_.safety->contact;
      flag.respond_by = event.time + config_.safety->respond_minutes * minute;
    }
    const std::string occurrence = flag.flag;
    work.found(report(std::move(flag)), occurrence);
  }
}

Outcome Deriver::flags_alone(const std::string& stream, const fb::EventT& event, const fb::CaseT* recorded) const {
  Folded unread;
  unread.state.id = stream;
  Draft draft(unread, Draft::On::original);
  Work work{draft, event.id, event.time, event.time};
  if (recorded == nullptr) flags(work, event);
  for (std::size_t i = 0; recorded != nullptr && i < recorded->flags.size(); ++i) {
    const fb::FlagRecordT& record = *recorded->flags[i];
    if (record.flag->event != event.id || record.acknowledged != 0) continue;
    Finding& told = work.outcome.findings.emplace_back();
    told.report.body.Set(*record.flag);
    told.time = record.raised;
    told.occurrence = record.flag->flag;
  }
  return std::move(work.outcome);
}

// A flag that no person took charge of goes to the contact, again and again.
void Deriver::escalate(Work& work) const {
  if (!config_.safety) return;
  for (std::size_t i = 0; i < work.state().flags.size(); ++i) {
    const fb::FlagRecordT& record = *work.state().flags[i];
    if (record.acknowledged != 0) continue;
    const std::int64_t step = config_.safety->escalate_minutes * minute;
    const std::int64_t first = record.flag->respond_by;
    std::uint16_t level = record.level;
    if (work.now >= first) {
      level = static_cast<std::uint16_t>(std::min<std::int64_t>(1 + (work.now - first) / step, 65'535));
    }
    if (level > record.level) {
      fb::SafetyEscalatedT made;
      made.flag = record.flag->flag;
      made.contact = config_.safety->contact;
      made.level = level;
      made.raised = record.raised;
      work.found(report(std::move(made)), record.flag->flag + "/" + std::to_string(level));
    }
    work.wake(first + level * step);
  }
}

namespace {

fb::ReportT report_of(timing::Transition::To to, const fb::OccasionT& occasion) {
  using To = timing::Transition::To;
  const auto made = [&](auto body) {
    body.occasion = std::make_unique<fb::OccasionT>(occasion);
    return report(std::move(body));
  };
  switch (to) {
    case To::due:
      return made(fb::MeasureDueT{});
    case To::overdue:
      return made(fb::MeasureOverdueT{});
    case To::expired:
      return made(fb::MeasureExpiredT{});
    case To::reminded:
      return made(fb::MeasureRemindedT{});
    case To::answered:
      return made(fb::MeasureAnsweredT{});
    case To::cancelled:
      break;
  }
  return made(fb::MeasureCancelledT{});
}

}  // namespace

Result<fb::PlanT> Deriver::planned(const Bytes& state, std::int64_t now, CallScope& scope) const {
  Asked* timing = policies_.timing();
  if (timing == nullptr) return fail(ALLIANCE_E_NOT_FOUND, "no timing policy is loaded");
  const auto bytes = policies_.plan(*timing, state, now, scope);
  if (!bytes) return tl::unexpected(bytes.error());
  if (auto fine = schema::verify("Plan", *bytes); !fine) return tl::unexpected(fine.error());
  fb::PlanT plan;
  fb::GetPlan(bytes->data())->UnPackTo(&plan);
  if (auto sound = timing::check(plan); !sound) return tl::unexpected(sound.error());
  for (auto& occasion : plan.occasions) {
    for (const auto& playable : instruments_.roles()) {
      if (playable->role != occasion->role || playable->rater != occasion->rater ||
          playable->target != occasion->target) {
        continue;
      }
      occasion->instrument = playable->instrument;
      occasion->items = playable->items;
    }
  }
  return plan;
}

// Asked after a withdrawal as well: what was asked for is then taken back, and nothing new begins.
void Deriver::plan(Work& work) const {
  const Asked* timing = policies_.timing();
  if (timing == nullptr || work.state().subject != fb::Subject::client) return;
  auto plan = planned(work.bytes(), work.now, work.scope);
  if (!plan) return work.fault(timing->plugin->info, "plan", plan.error());
  if (zone_data_) zone_data_(plan->zone_data);
  for (const auto& [to, occasion, round] : timing::transitions(work.state(), *plan)) {
    std::string occurrence = occasion.key;
    if (round > 0) occurrence += "#" + std::to_string(round);
    if (to == timing::Transition::To::reminded) occurrence += "/reminder-" + std::to_string(occasion.reminded);
    work.found(report_of(to, occasion), occurrence, versions_of(*timing));
  }
  if (work.withdrawn()) return;
  for (auto& signal : non_response(work.state(), *plan)) {
    const std::string occurrence = signal.key;
    work.found(report(std::move(signal)), occurrence);
  }
  work.wake(plan->next_change);
}

// A practitioner's own stream is accounted for as well, and nothing is reported of it: it is on the own page.
void Deriver::account(Work& work, const fb::EventT& event) const {
  Asked* timing = policies_.timing();
  if (timing == nullptr) return;
  const bool timers = !work.state().timers.empty() || !work.state().busy.empty();
  if (timers && (work.draft.now().account.empty() || touches_timers(event.body.type))) look_elsewhere(work.edit());
  auto account = accounted(work.bytes(), work.now, work.scope);
  if (!account) return work.fault(timing->plugin->info, "account", account.error());
  const bool news = !work.state().account || !same(*work.state().account, *account);
  if (work.state().subject == fb::Subject::client && news) {
    fb::TimeAccountedT body;
    body.account = std::make_unique<fb::TimeAccountT>(*account);
    work.found(report(std::move(body)), work.event, versions_of(*timing));
  }
  keep(work.draft, *account, work.outcome);
}

// A practitioner's weeks are looked at over all cases, and kept in none.
Bytes Deriver::asked_about(Work& work) const {
  const bool own = work.state().subject == fb::Subject::practitioner && work.state().capacity_per_week;
  if (!own || !weeks_ahead_) return work.bytes();
  fb::CaseT state = work.state();
  state.weeks_ahead = weeks_ahead_(state, work.now);
  return case_bytes(state);
}

void Deriver::propose(Work& work) const {
  Asked* tailoring = policies_.tailoring();
  if (tailoring == nullptr || work.withdrawn() || work.state().closed != 0) return;
  const Programme* programme = policies_.programme(work.state().programme);
  const auto bytes = policies_.propose(*tailoring, asked_about(work), programme, work.now, work.scope);
  const auto fine = bytes ? schema::verify("Proposals", *bytes) : Result<void>{};
  if (!bytes || !fine) return work.fault(tailoring->plugin->info, "propose", bytes ? fine.error() : bytes.error());
  fb::ProposalsT proposals;
  fb::GetProposals(bytes->data())->UnPackTo(&proposals);
  for (auto& proposal : proposals.proposals) {
    if (find_proposal(work.state(), proposal->key) != nullptr) continue;
    const auto sound =
        tailoring::check(*proposal, work.state(), programme == nullptr ? nullptr : &programme->catalogue);
    if (!sound) {
      const std::string call = "propose " + proposal->rule;
      work.fault(tailoring->plugin->info, call.c_str(), sound.error());
      continue;
    }
    const std::string key = proposal->key;
    proposal->id = proposal_id(tenant_, work.state().id, key);
    if (programme != nullptr) proposal->fidelity = tailoring::fidelity_of(*proposal->action, programme->catalogue);
    fb::ProposedT body;
    body.proposal = std::move(proposal);
    work.found(report(std::move(body)), key, versions_of(*tailoring));
  }
}

// What a decision sets in motion. Nothing is applied that a practitioner did not accept.
void Deriver::decided(Work& work, const fb::EventT& event, const TakingBack& back) const {
  auto made = consequence(event, work.state());
  if (made && made->state == fb::AdaptationState::sent && tailoring::changes_programme(made->action->kind)) {
    carry_out(work, *made, event.time);
  }
  std::optional<fb::AdaptationT> kept;  // by the programme, which does not take the way back
  if (made && made->state == fb::AdaptationState::reverted) kept = take_back(work, *made, back, event);
  if (made) work.found(report(std::move(*made)), event.id);
  if (kept) work.found(report(std::move(*kept)), event.id + "/back");
  if (auto done = effect(event, work.state())) work.found(report(std::move(*done)), event.id + "/effect");
}

void Deriver::carry_out(Work& work, fb::AdaptationT& made, std::int64_t when) const {
  const auto refused = [&](const std::string& reason) {
    made.state = fb::AdaptationState::refused;
    made.reason = reason;
  };
  fb::ProposalT decided_on = *find_proposal(work.state(), made.proposal)->proposal;
  decided_on.action = std::make_unique<fb::ActionT>(*made.action);
  auto payload = told(work, decided_on, when);
  if (!payload) return refused(payload.error().message);
  made.payload = std::move(*payload);
}

// What the programme's adapter writes for a change.
Result<std::string> Deriver::told(Work& work, const fb::ProposalT& change, std::int64_t when) const {
  Programme* programme = policies_.programme(work.state().programme);
  if (programme == nullptr) return fail(ALLIANCE_E_UNSUPPORTED, "no adapter of this case's programme is loaded");
  fb::ProposalsT one;
  one.proposals.push_back(std::make_unique<fb::ProposalT>(change));
  flatbuffers::FlatBufferBuilder builder;
  builder.Finish(fb::Proposals::Pack(builder, &one), "ALPP");
  const Bytes bytes(builder.GetBufferPointer(), builder.GetBufferPointer() + builder.GetSize());
  const auto payload = policies_.apply(*programme, work.state().id, bytes, when, work.scope);
  if (payload) return std::string(payload->begin(), payload->end());
  if (payload.error().status != ALLIANCE_E_UNSUPPORTED) work.fault(programme->plugin->info, "apply", payload.error());
  return tl::unexpected(payload.error());
}

// What is reverted goes back in the programme too, all of it or nothing. Where the programme does not take that, the
// decision stands and is carried out by hand: what the programme would not do is kept as its inflexibility.
std::optional<fb::AdaptationT> Deriver::take_back(Work& work, fb::AdaptationT& made, const TakingBack& back,
                                                  const fb::EventT& event) const {
  const auto kept = [&](const fb::ActionT& what, const std::string& why) {
    fb::AdaptationT out;
    out.state = fb::AdaptationState::refused;
    out.proposal = made.proposal;
    out.action = std::make_unique<fb::ActionT>(what);
    out.reason = why;
    out.reverts = event.body.AsAdaptationReverted()->proposal;
    made.payload.clear();
    return out;
  };
  if (!back.refused.empty()) return kept(back.what, back.refused);
  for (const fb::ProposalT& change : back.told) {
    const auto payload = told(work, change, event.time);
    if (!payload) return kept(*change.action, payload.error().message);
    if (!made.payload.empty() && !made.payload.ends_with('\n')) made.payload += '\n';
    made.payload += *payload;
  }
  return std::nullopt;
}

Result<Outcome> Deriver::derive(Draft& draft, const fb::EventT& event) const {
  // What can be refused comes first: after it, nothing fails.
  std::optional<Finding> scored;
  std::optional<Failure> unscored;
  if (const auto* given = event.body.AsAnswersGiven()) {
    auto result = score(*given, event.id);
    if (result) {
      scored = std::move(*result);
    } else if (result.error().status == ALLIANCE_E_BAD_INPUT) {
      return tl::unexpected(result.error());
    } else {
      unscored = result.error();
    }
  }
  const fb::CaseT& before = draft.now().state;
  const Programme* adapted = policies_.programme(before.programme);
  if (auto fine = check_decision(event, before, adapted == nullptr ? nullptr : &adapted->catalogue); !fine) {
    return tl::unexpected(fine.error());
  }

  const TakingBack back = taking_back(event, before, adapted == nullptr ? nullptr : &adapted->catalogue);
  Work work{draft, event.id, event.time, std::max(before.last_event, event.time)};
  work.scope.known = &draft.now().values;
  const bool only_time = event.body.type == fb::EventBody::TimePassed;  // all that it changes is the latest instant
  if (!only_time) fold(work.edit(), event);
  flags(work, event);
  if (taken_back(work.state(), event.id)) {  // before it arrived: it is kept, and counts for nothing
    scored.reset();
    unscored.reset();
  }
  if (!only_time) {
    std::erase_if(draft.edit().unscored, [&](const auto& waiting) { return taken_back(work.state(), waiting.id); });
  }
  if (event.body.type == fb::EventBody::EventTakenBack) draft.edit().watch.begin_again();

  const auto scored_now = [&](Finding finding) {
    const std::string of = finding.report.body.AsScored()->event;
    work.found(std::move(finding.report), finding.occurrence, finding.versions);
    const auto& sheets = work.state().sheets;
    if (sheets.back()->event != of) draft.edit().watch.begin_again();  // later ones were there
    const auto latest = std::find_if(sheets.rbegin(), sheets.rend(), [&](const auto& s) { return s->event == of; });
    for (auto& change : reliable_changes(work.state(), **latest, instruments_)) {
      const std::string occurrence = of + "/" + change.scale;
      work.found(report(std::move(change)), occurrence);
    }
  };
  if (!work.withdrawn() && !draft.now().restricted) {
    if (scored) scored_now(std::move(*scored));
    if (unscored) {
      fb::PluginFaultT fault;
      fault.plugin = event.body.AsAnswersGiven()->instrument;
      fault.call = "score";
      fault.status = unscored->status;
      fault.message = unscored->message;
      fault.quarantined = unscored->status == ALLIANCE_E_LIBRARY;
      work.found(report(std::move(fault)), event.id + "/score");
      draft.edit().unscored.push_back(event);
    } else if (!draft.now().unscored.empty()) {
      // Answers that found no instrument, or a failing one, are tried again.
      std::vector<fb::EventT> still;
      for (auto& waiting : std::exchange(draft.edit().unscored, {})) {
        auto result = score(*waiting.body.AsAnswersGiven(), waiting.id);
        if (result) {
          work.time = waiting.time;
          flags(work, waiting);
          scored_now(std::move(*result));
          work.time = event.time;
        } else {
          still.push_back(std::move(waiting));
        }
      }
      draft.edit().unscored = std::move(still);
    }
    if (!draft.now().watch.up_to_date(work.state())) {
      AllianceWatch passing;  // for where it came to alone no stream is copied
      AllianceWatch& watch = only_time ? passing : draft.edit().watch;
      for (auto& signal : watch.signals(work.state(), instruments_)) {
        const std::string occurrence = signal.key;
        work.found(report(std::move(signal)), occurrence);
      }
    }
  }
  if (const auto* acknowledged = event.body.AsSafetyAcknowledged()) {
    fb::SafetyClosedT closed;
    closed.flag = acknowledged->flag;
    closed.person = acknowledged->person;
    if (const auto* record = find_flag(work.state(), acknowledged->flag)) closed.raised = record->raised;
    work.found(report(std::move(closed)), event.id);
  }
  if (draft.now().restricted) {
    escalate(work);
    if (only_time && !work.outcome.silent()) fold(work.edit(), event);
    return std::move(work.outcome);
  }
  decided(work, event, back);
  escalate(work);
  plan(work);
  account(work, event);
  propose(work);
  if (event.body.type == fb::EventBody::CaseClosed) {
    fb::FactorReviewedT reviewed;
    reviewed.rows = factors(work.state(), work.now);
    work.found(report(std::move(reviewed)), event.id);
  }
  // Rules that count days are asked once a day while the case is open.
  if (work.state().closed == 0 && !work.withdrawn()) work.wake(work.now + day);

  for (auto& made : work.scope.reports) {
    const std::string occurrence = event.id + "/" + made.body.AsCustom()->kind;
    work.found(std::move(made), occurrence);
  }
  work.outcome.values = std::move(work.scope.puts);
  for (const auto& value : work.outcome.values) draft.edit().values[value.key] = value;
  if (only_time && !work.outcome.silent()) fold(work.edit(), event);
  return std::move(work.outcome);
}

}  // namespace alliance::host

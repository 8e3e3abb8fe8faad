// SPDX-License-Identifier: Apache-2.0
#include "host/fold.h"

#include <algorithm>
#include <tuple>

#include "host/fold_steps.h"
#include "host/fold_time.h"
#include "tailoring/path.h"

namespace alliance::host {
namespace {

using std::make_unique;

template <class Item, class Key>
Item& upsert(std::vector<std::unique_ptr<Item>>& items, Key Item::* key, const Key& value) {
  for (auto& item : items) {
    if ((*item).*key == value) return *item;
  }
  items.push_back(make_unique<Item>());
  (*items.back()).*key = value;
  return *items.back();
}

struct EventFolder {
  fb::CaseT& state;
  const fb::EventT& event;

  fb::SessionT& session(std::uint16_t number) { return upsert(state.sessions, &fb::SessionT::number, number); }
  fb::ComponentStateT& component(const std::string& id) {
    auto& found = upsert(state.components, &fb::ComponentStateT::id, id);
    if (found.events.empty() || found.events.back() != event.id) found.events.push_back(event.id);
    return found;
  }
  void spent(fb::Work work, double minutes, std::uint16_t session_number = 0) {
    auto row = make_unique<fb::MinutesT>();
    row->time = event.time;
    row->work = work;
    row->minutes = minutes;
    row->event = event.id;
    row->session = session_number;
    state.minutes.push_back(std::move(row));
  }
  void latest(std::int64_t& instant) const { instant = std::max(instant, event.time); }
  void contact() { state.last_contact = std::max(state.last_contact, event.time); }
  void tool(const std::string& name, bool used, std::uint16_t session_number) {
    auto row = make_unique<fb::ToolUseT>();
    row->time = event.time;
    row->tool = name;
    row->used = used;
    row->session = session_number;
    row->event = event.id;
    state.tools.push_back(std::move(row));
  }

  void operator()(const fb::EventTakenBackT& b) { take_back(state, b.event); }

  template <class Body>
  void operator()(const Body&) {}  // kinds that only count as having happened

  void operator()(const fb::CaseOpenedT& b) {
    state.opened = event.time;
    state.service = b.service;
    state.practitioner = b.practitioner;
    state.delivery = b.delivery;
    if (!b.zone.empty()) state.zone = b.zone;
    state.weeks = b.weeks;
    state.planned_sessions = b.planned_sessions;
    state.planned_modules = b.planned_modules;
    state.programme = b.programme;
    state.practice = b.practice;
  }
  void operator()(const fb::CaseClosedT&) { state.closed = event.time; }
  void operator()(const fb::AllocatedT& b) {
    state.arm = b.arm;
    state.protocol_version = b.protocol_version;
    state.observe_only = b.observe_only;
  }
  void operator()(const fb::InformationShownT&) { state.information_shown = event.time; }
  // By time, not by arrival; of two at one instant the withdrawal holds.
  void consent(bool consented) {
    auto row = make_unique<fb::ConsentChangeT>();
    row->time = event.time;
    row->given = consented;
    const auto place = std::find_if(state.consents.begin(), state.consents.end(), [&](const auto& other) {
      return other->time > event.time || (other->time == event.time && consented && !other->given);
    });
    state.consents.insert(place, std::move(row));
  }
  void operator()(const fb::ConsentGivenT&) {
    consent(true);
    if (event.time < state.consent_given) return;
    state.consent_given = event.time;
    if (state.consent_withdrawn < event.time) state.consent_withdrawn = 0;
  }
  void operator()(const fb::ConsentWithdrawnT&) {
    consent(false);
    if (event.time >= state.consent_given) state.consent_withdrawn = event.time;
  }
  void operator()(const fb::AudienceSetT& b) { state.audiences = b.audiences; }
  // Of what is said about a session the later holds, by the events' own times and not by their arrival; that it was
  // held outweighs the rest.
  bool newer(const fb::SessionT& s) const { return std::tie(event.time, event.id) > std::tie(s.told, s.event); }
  void settle(fb::SessionT& s, fb::SessionState how) {
    s.state = how;
    s.event = event.id;
    s.told = event.time;
  }
  void operator()(const fb::SessionBookedT& b) {
    auto& s = session(b.session);
    if (std::tie(event.time, event.id) <= std::tie(s.told_booking, s.booking)) return;
    s.told_booking = event.time;
    s.booking = event.id;
    s.booked = b.starts;
    s.booked_minutes = b.minutes;
    if (s.state == fb::SessionState::held) {
      if (s.mode == fb::Mode::unset) s.mode = b.mode;
      return measure(state, s);
    }
    s.starts = b.starts;
    s.minutes = b.minutes;
    s.mode = b.mode;
    if (newer(s)) settle(s, fb::SessionState::booked);
  }
  void operator()(const fb::SessionHeldT& b) {
    auto& s = session(b.session);
    contact();
    const bool again = s.state == fb::SessionState::held && b.session != 0;
    if (again && !newer(s)) return;
    if (again) std::erase_if(state.minutes, [&](const auto& row) { return row->event == s.event; });
    s.said_minutes = b.minutes;
    if (b.mode != fb::Mode::unset) s.mode = b.mode;
    settle(s, fb::SessionState::held);
    measure(state, s);
  }
  void lapsed(std::uint16_t number, fb::SessionState how) {
    auto& s = session(number);
    if (s.state != fb::SessionState::held && newer(s)) settle(s, how);
  }
  void operator()(const fb::SessionMissedT& b) { lapsed(b.session, fb::SessionState::missed); }
  void operator()(const fb::SessionCancelledT& b) { lapsed(b.session, fb::SessionState::cancelled); }
  void operator()(const fb::ReviewBookedT& b) {
    auto& row = upsert(state.reviews, &fb::ReviewDateT::review, b.review);
    if (std::tie(event.time, event.id) <= std::tie(row.told, row.event)) return;
    row.starts = b.starts;
    row.minutes = b.minutes;
    row.cancelled = b.cancelled;
    row.told = event.time;
    row.event = event.id;
  }
  void operator()(const fb::ZoneChangedT& b) {
    auto row = make_unique<fb::ZoneChangeT>();
    row->time = event.time;
    row->zone = b.zone;
    row->event = event.id;
    const auto place = std::find_if(state.zones.begin(), state.zones.end(), [&](const auto& other) {
      return std::tie(other->time, other->event) > std::tie(event.time, event.id);
    });
    state.zones.insert(place, std::move(row));
  }
  void operator()(const fb::MeasureShownT& b) {
    auto* record = find_occasion(state, b.occasion);
    if (record != nullptr && (record->shown == 0 || event.time < record->shown)) record->shown = event.time;
  }
  fb::TimerT& timer(const std::string& id) { return upsert(state.timers, &fb::TimerT::timer, id); }
  void operator()(const fb::TimerStartedT& b) {
    auto& row = timer(b.timer);
    if (row.started != 0 && row.started <= event.time) return;  // two devices: the first start counts
    row.started = event.time;
    row.work = b.work;
    row.component = b.component;
    row.session = b.session;
    row.event = event.id;
    ran(row);
  }
  void operator()(const fb::TimerStoppedT& b) {
    auto& row = timer(b.timer);
    if (row.stopped == 0 || event.time < row.stopped) row.stopped = event.time;
    ran(row);
  }
  void ran(const fb::TimerT& row) {
    if (const std::int64_t when = host::ran(state, row); when != 0) {
      auto& c = component(row.component);
      c.reviewed = std::max(c.reviewed, when);
    }
  }
  void operator()(const fb::TimeCorrectedT& b) {
    auto& row = timer(b.timer);
    if (row.corrected && event.time < row.told) return;
    row.corrected = b.minutes;
    row.told = event.time;
    ran(row);
  }
  void operator()(const fb::ComponentProgressT& b) { step(b.component, b.progress, b.fraction, b.minutes); }
  void operator()(const fb::ComponentIrrelevantT& b) { step(b.component, fb::Progress::unset, {}, 0); }
  void step(const std::string& id, fb::Progress progress, flatbuffers::Optional<double> fraction, double minutes) {
    auto& of = component(id);
    auto made = make_unique<fb::ComponentStepT>();
    made->event = event.id;
    made->time = event.time;
    made->progress = progress;
    made->fraction = fraction;
    made->minutes = minutes;
    went(of, *made);
    of.steps.push_back(std::move(made));
  }
  void operator()(const fb::ToolOfferedT& b) { tool(b.tool, false, 0); }
  void operator()(const fb::ToolUsedT& b) { tool(b.tool, true, b.session); }
  void operator()(const fb::OnlineWorkDiscussedT& b) { latest(component(b.component).discussed); }
  void operator()(const fb::MessageExchangedT& b) {
    auto row = make_unique<fb::MessageRecordT>();
    row->time = event.time;
    row->sender = b.sender;
    row->event = event.id;
    state.messages.push_back(std::move(row));
    if (b.sender == fb::Rater::practitioner) contact();
  }
  void operator()(const fb::ActivityLoggedT& b) {
    spent(b.work, b.minutes, b.session);
    if (b.work == fb::Work::online_review && !b.component.empty()) latest(component(b.component).reviewed);
  }
  void operator()(const fb::GoalSetT& b) {
    auto row = make_unique<fb::GoalT>();
    row->time = event.time;
    row->goal = b.goal;
    row->revised = b.revised;
    row->event = event.id;
    state.goals.push_back(std::move(row));
  }
  void operator()(const fb::DifficultyMetT& b) {
    auto row = make_unique<fb::DifficultyT>();
    row->time = event.time;
    row->kind = b.kind;
    row->code = b.code;
    row->component = b.component;
    row->event = event.id;
    state.difficulties.push_back(std::move(row));
  }
  void operator()(const fb::SupportRequestedT& b) {
    auto& row = upsert(state.support, &fb::SupportT::request, b.request);
    row.topic = b.topic;
    row.opened = event.time;
    row.event = event.id;
    row.component = b.component;
    if (row.owner.empty()) row.owner = b.owner;
  }
  void operator()(const fb::SupportAssignedT& b) {
    upsert(state.support, &fb::SupportT::request, b.request).owner = b.owner;
  }
  void operator()(const fb::SupportResolvedT& b) {
    auto& row = upsert(state.support, &fb::SupportT::request, b.request);
    row.resolved = event.time;
    row.resolution = b.resolution;
    if (row.event.empty()) row.event = event.id;
  }
  void operator()(const fb::FallbackOfferedT& b) {
    auto row = make_unique<fb::FallbackT>();
    row->time = event.time;
    row->option = b.option;
    row->component = b.component;
    row->event = event.id;
    state.fallbacks.push_back(std::move(row));
  }
  void operator()(const fb::OnboardingStepT& b) {
    if (std::find(state.onboarding.begin(), state.onboarding.end(), b.step) == state.onboarding.end()) {
      state.onboarding.push_back(b.step);
    }
  }
  void operator()(const fb::TrainingCompletedT& b) {
    constexpr std::int64_t one_day = 86'400'000'000;
    auto& row = upsert(state.trainings, &fb::TrainingT::training, b.training);
    row.completed = event.time;
    row.expires = b.valid_days == 0 ? 0 : event.time + b.valid_days * one_day;
    row.event = event.id;
  }
  void operator()(const fb::TrainingExpiredT& b) {
    auto& row = upsert(state.trainings, &fb::TrainingT::training, b.training);
    row.expires = event.time;
    row.event = event.id;
  }
  void operator()(const fb::SupervisionHeldT& b) {
    state.supervisions.push_back(event.time);
    if (b.minutes > 0) spent(fb::Work::supervision, b.minutes);
  }
  void operator()(const fb::ConfidenceCheckInT& b) {
    auto row = make_unique<fb::ConfidenceT>();
    row->time = event.time;
    row->value = b.value;
    row->about = b.about;
    row->event = event.id;
    state.confidence.push_back(std::move(row));
  }
  void operator()(const fb::NudgeShownT& b) { upsert(state.nudges, &fb::NudgeT::nudge, b.nudge).shown = event.time; }
  void operator()(const fb::NudgeTakenT& b) { upsert(state.nudges, &fb::NudgeT::nudge, b.nudge).taken = event.time; }
  void operator()(const fb::CapacitySetT& b) { state.capacity_per_week = b.minutes_per_week; }
  void operator()(const fb::LeaveTakenT& b) {
    if (b.leave.empty()) state.leave.push_back(make_unique<fb::LeaveT>());
    auto& row = b.leave.empty() ? *state.leave.back() : upsert(state.leave, &fb::LeaveT::leave, b.leave);
    if (std::tie(event.time, event.id) <= std::tie(row.told, row.event)) return;
    row.from = b.from;
    row.until = b.cancelled ? b.from : b.until;
    row.told = event.time;
    row.event = event.id;
  }
  // The order in which decisions came to be known is the order in which they hold.
  std::uint32_t next_order() const {
    std::uint32_t last = 0;
    for (const auto& record : state.proposals) last = std::max(last, record->order);
    for (const auto& unasked : state.own_adaptations) last = std::max(last, unasked->order);
    return last + 1;
  }
  void operator()(const fb::ProposalDecidedT& b) {
    auto* record = find_proposal(state, b.proposal);
    if (record == nullptr) return;
    // Accepted once more while it stands: nothing new was decided, and nothing goes out a second time.
    if (b.decision == fb::Decision::accepted && tailoring::stands(*record)) return;
    record->decision = b.decision;
    record->decided = event.time;
    record->reason = b.reason;
    record->by = b.by;
    record->order = next_order();
    record->edited = b.action ? make_unique<fb::ActionT>(*b.action) : nullptr;
    record->sent = record->applied = record->refused = record->reverted = record->effect = 0;
    record->effect_event.clear();
  }
  void operator()(const fb::ProposalShownT& b) {
    auto* record = find_proposal(state, b.proposal);
    if (record != nullptr && (record->shown == 0 || event.time < record->shown)) record->shown = event.time;
  }
  std::unique_ptr<fb::ActionT> copy(const std::unique_ptr<fb::ActionT>& action) const {
    return action ? make_unique<fb::ActionT>(*action) : make_unique<fb::ActionT>();
  }
  void operator()(const fb::AdaptationAppliedT& b) {
    if (!b.proposal.empty()) {
      auto* record = find_proposal(state, b.proposal);
      if (record != nullptr && record->applied == 0) record->applied = event.time;  // once, however often it is said
      return;
    }
    auto row = make_unique<fb::OwnAdaptationT>();
    row->time = event.time;
    row->action = copy(b.action);
    row->event = event.id;
    row->by = b.by;
    row->order = next_order();
    state.own_adaptations.push_back(std::move(row));
  }
  void operator()(const fb::AdaptationRefusedT& b) {
    auto* record = find_proposal(state, b.proposal);
    if (record != nullptr && record->reverted == 0) record->refused = event.time;
    auto row = make_unique<fb::RefusalT>();
    row->time = event.time;
    row->action = copy(b.action);
    row->reason = b.reason;
    row->event = event.id;
    row->proposal = b.proposal;
    state.refusals.push_back(std::move(row));
  }
  void operator()(const fb::AdaptationRevertedT& b) {
    if (auto* record = find_proposal(state, b.proposal)) {
      if (record->reverted == 0) record->reverted = event.time;
    } else if (auto* unasked = find_own_adaptation(state, b.proposal)) {
      if (unasked->reverted == 0) unasked->reverted = event.time;
    }
  }
  void operator()(const fb::SafetyAcknowledgedT& b) {
    auto* flag = find_flag(state, b.flag);
    if (flag == nullptr || flag->acknowledged != 0) return;
    flag->acknowledged = event.time;
    flag->person = b.person;
  }
};

}  // namespace

void fold(fb::CaseT& state, const fb::EventT& event) {
  if (taken_back(state, event.id)) return;
  EventFolder folder{state, event};
  switch (event.body.type) {
#define ALLIANCE_EVENT(Name)        \
  case fb::EventBody::Name:         \
    folder(*event.body.As##Name()); \
    break;
#include "host/event_kinds.inc"
#undef ALLIANCE_EVENT
    case fb::EventBody::NONE:
      break;
  }
  if (auto* record = event.proposal.empty() ? nullptr : find_proposal(state, event.proposal)) {
    if (record->effect == 0) {
      record->effect = event.time;
      record->effect_event = event.id;
    }
  }
  state.last_event = std::max(state.last_event, event.time);
}

}  // namespace alliance::host

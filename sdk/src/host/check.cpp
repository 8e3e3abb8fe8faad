// SPDX-License-Identifier: Apache-2.0
// What the schema cannot say about an event: refused here, before anything is folded or stored.
#include <date/tz.h>

#include <algorithm>
#include <cmath>
#include <string_view>
#include <vector>

#include "host/errors.h"
#include "host/fold.h"
#include "host/stream_names.h"
#include "tailoring/path.h"

namespace alliance::host {
namespace {

constexpr std::size_t longest_id = 128;
constexpr std::int64_t earliest_instant = 946'684'800'000'000;  // 2000
constexpr std::int64_t latest_instant = 4'102'444'800'000'000;  // 2100
constexpr double most_minutes = 24 * 60;

tl::unexpected<Failure> refuse(const std::string& field, const std::string& reason) {
  return fail(ALLIANCE_E_BAD_INPUT, "event: " + field + " " + reason);
}

bool is_id(std::string_view id) {
  if (id.empty() || id.size() > longest_id) return false;
  for (const unsigned char c : id) {
    if (c < 0x20 || c == 0x7F) return false;
  }
  return true;
}

bool is_case(std::string_view id) { return is_id(id) && id.find('/') == std::string_view::npos; }

// Without a database of zones nothing can be said against a name: the event is not lost for that.
Result<void> zone_at(const char* field, const std::string& zone) {
  if (is_zone(zone) || (is_id(zone) && !is_zone("Etc/UTC"))) return {};
  return refuse(field, "is no IANA time zone: write one such as Europe/London");
}

Result<void> within_a_day(const char* field, double value) {
  if (value >= 0 && value <= most_minutes) return {};
  return refuse(field, "must be from 0 to 1440 minutes");
}

// One overload per body that has a rule of its own; the others pass.
template <class Body>
Result<void> body(const Body&) {
  return {};
}
Result<void> body(const fb::CaseOpenedT& b) {
  if (!is_id(b.service)) return refuse("body.service", "is missing or too long");
  if (!is_id(b.practitioner)) return refuse("body.practitioner", "is missing or too long");
  if (b.delivery == fb::Delivery::unset) return refuse("body.delivery", "must be blended or face_to_face");
  if (!b.zone.empty()) return zone_at("body.zone", b.zone);
  return {};
}
Result<void> body(const fb::SessionBookedT& b) {
  if (!is_instant(b.starts)) return refuse("body.starts", "is no instant from 2000 on in microseconds since 1970");
  return within_a_day("body.minutes", b.minutes);
}
Result<void> body(const fb::SessionHeldT& b) { return within_a_day("body.minutes", b.minutes); }
Result<void> body(const fb::ComponentProgressT& b) {
  if (b.progress == fb::Progress::unset) return refuse("body.progress", "is missing");
  if (b.fraction && !(*b.fraction >= 0 && *b.fraction <= 1)) return refuse("body.fraction", "must be from 0 to 1");
  return within_a_day("body.minutes", b.minutes);
}
Result<void> body(const fb::ActivityLoggedT& b) {
  if (b.work == fb::Work::unset) return refuse("body.work", "is missing");
  return within_a_day("body.minutes", b.minutes);
}
Result<void> body(const fb::MessageExchangedT& b) {
  if (b.sender == fb::Rater::unset) return refuse("body.sender", "is missing");
  return {};
}
Result<void> body(const fb::SupervisionHeldT& b) { return within_a_day("body.minutes", b.minutes); }
Result<void> body(const fb::ConfidenceCheckInT& b) {
  if (!(b.value >= 1 && b.value <= 5)) return refuse("body.value", "must be from 1 to 5");
  return {};
}
Result<void> body(const fb::CapacitySetT& b) {
  if (!(b.minutes_per_week >= 0 && b.minutes_per_week <= 7 * most_minutes)) {
    return refuse("body.minutes_per_week", "must be from 0 to 10080");
  }
  return {};
}
Result<void> body(const fb::LeaveTakenT& b) {
  if (!is_instant(b.from) || !is_instant(b.until) || b.until < b.from) {
    return refuse("body.until", "must be an instant that is not before body.from");
  }
  if (!b.leave.empty() && !is_id(b.leave)) return refuse("body.leave", "is too long");
  return {};
}
Result<void> body(const fb::AnswersGivenT& b) {
  if (!is_id(b.instrument)) return refuse("body.instrument", "is missing or too long");
  std::vector<std::string_view> items;
  items.reserve(b.answers.size());
  for (const auto& answer : b.answers) {
    if (answer->state == fb::AnswerState::unset) return refuse("body.answers", "holds an answer without a state");
    if (!std::isfinite(answer->value)) return refuse("body.answers", "holds a value that is no finite number");
    items.push_back(answer->item);
  }
  std::sort(items.begin(), items.end());
  if (const auto twice = std::adjacent_find(items.begin(), items.end()); twice != items.end()) {
    const std::string item(*twice);
    return fail(ALLIANCE_E_BAD_INPUT, "event: body.answers answers item " + nameable(item) + " twice", item);
  }
  if ((b.begun != 0 && !is_instant(b.begun)) || (b.finished != 0 && !is_instant(b.finished))) {
    return refuse("body.begun and body.finished", "must be instants from 2000 on in microseconds since 1970, or 0");
  }
  if (b.begun != 0 && b.finished != 0 && b.finished < b.begun) return refuse("body.finished", "lies before body.begun");
  return {};
}
Result<void> body(const fb::ProposalDecidedT& b) {
  if (b.decision == fb::Decision::unset) return refuse("body.decision", "is missing");
  if (!is_id(b.by)) return refuse("body.by", "must name the person who decided");
  if (b.action && b.decision != fb::Decision::accepted) {
    return refuse("body.action", "goes with accepted alone: what is declined or withdrawn is not edited");
  }
  if (b.decision == fb::Decision::declined && b.reason.find_first_not_of(" \t\r\n") == std::string::npos) {
    return refuse("body.reason", "must say why the proposal is declined: a few words are enough");
  }
  return {};
}
Result<void> body(const fb::SupportAssignedT& b) {
  if (!is_id(b.request)) return refuse("body.request", "is missing or too long");
  if (!is_id(b.owner)) return refuse("body.owner", "must name who looks after the request");
  return {};
}
Result<void> body(const fb::FallbackOfferedT& b) {
  if (b.option == "paper" || b.option == "phone") return {};
  return refuse("body.option", "must be paper or phone");
}
Result<void> body(const fb::ActionDoneT& b) {
  if (!is_id(b.by)) return refuse("body.by", "must name the person who did it");
  return {};
}
Result<void> body(const fb::AdaptationAppliedT& b) {
  if (!b.proposal.empty() || (b.action && b.action->kind != fb::ActionKind::unset)) return {};
  return refuse("body.action", "must say what was adapted, where no proposal does");
}
Result<void> body(const fb::SafetyAcknowledgedT& b) {
  if (!is_id(b.person)) return refuse("body.person", "must name the person who took charge");
  return {};
}
Result<void> body(const fb::MeasureShownT& b) {
  if (b.occasion.empty()) return refuse("body.occasion", "must name the measure by its key");
  return {};
}
Result<void> body(const fb::ZoneChangedT& b) { return zone_at("body.zone", b.zone); }
Result<void> body(const fb::ReviewBookedT& b) {
  if (!is_id(b.review)) return refuse("body.review", "is missing or too long");
  if (!b.cancelled && !is_instant(b.starts)) {
    return refuse("body.starts", "is no instant from 2000 on in microseconds since 1970");
  }
  return within_a_day("body.minutes", b.minutes);
}
Result<void> body(const fb::TimerStartedT& b) {
  if (!is_id(b.timer)) return refuse("body.timer", "is missing or too long");
  if (b.work == fb::Work::unset) return refuse("body.work", "is missing");
  return {};
}
Result<void> body(const fb::TimerStoppedT& b) {
  if (!is_id(b.timer)) return refuse("body.timer", "is missing or too long");
  return {};
}
Result<void> body(const fb::TimeCorrectedT& b) {
  if (!is_id(b.timer)) return refuse("body.timer", "must name the timer, or the event that gave the minutes");
  return within_a_day("body.minutes", b.minutes);
}
Result<void> body(const fb::EventTakenBackT& b) {
  if (!is_id(b.event)) return refuse("body.event", "must name the event that was taken back");
  return {};
}
Result<void> body(const fb::TimePassedT&) { return refuse("body", "TimePassed is made by the host: call advance()"); }

template <class Visit>
Result<void> visit(const fb::EventBodyUnion& body, Visit use) {
  switch (body.type) {
#define ALLIANCE_EVENT(Name) \
  case fb::EventBody::Name:  \
    return use(*body.As##Name());
#include "host/event_kinds.inc"
#undef ALLIANCE_EVENT
    case fb::EventBody::NONE:
      break;
  }
  return refuse("body", "is missing");
}

// Kinds that say something about a client and therefore need a case.
bool needs_case(fb::EventBody type) {
  switch (type) {
    case fb::EventBody::TrainingCompleted:
    case fb::EventBody::TrainingExpired:
    case fb::EventBody::OnboardingStep:
    case fb::EventBody::SupervisionHeld:
    case fb::EventBody::ConfidenceCheckIn:
    case fb::EventBody::NudgeShown:
    case fb::EventBody::NudgeTaken:
    case fb::EventBody::CapacitySet:
    case fb::EventBody::LeaveTaken:
    case fb::EventBody::ActivityLogged:
    case fb::EventBody::AnswersGiven:
    case fb::EventBody::DifficultyMet:
    case fb::EventBody::SupportRequested:
    case fb::EventBody::SupportResolved:
    case fb::EventBody::ProposalDecided:
    case fb::EventBody::SafetyAcknowledged:
    case fb::EventBody::TimerStarted:
    case fb::EventBody::TimerStopped:
    case fb::EventBody::TimeCorrected:
    case fb::EventBody::SupportAssigned:
    case fb::EventBody::ProposalShown:
    case fb::EventBody::ActionDone:
    case fb::EventBody::EventTakenBack:
      return false;
    default:
      return true;
  }
}

tl::unexpected<Failure> no_proposal(const std::string& field, const std::string& named) {
  return fail(ALLIANCE_E_NOT_FOUND, "event: " + field + " names no proposal of this case", named);
}

// Nothing is applied that nobody decided on, and nothing is decided that nobody was shown.
Result<void> about_proposals(const fb::EventT& event, const fb::CaseT& state) {
  const auto not_now = [](const char* why) { return fail(ALLIANCE_E_STATE, std::string("event: ") + why); };
  if (!event.proposal.empty()) {
    const auto* record = find_proposal(state, event.proposal);
    if (record == nullptr) return no_proposal("proposal", event.proposal);
    if (!tailoring::stands(*record)) return not_now("its proposal is not accepted, so nothing can be its effect");
  }
  if (const auto* shown = event.body.AsProposalShown()) {
    if (find_proposal(state, shown->proposal) == nullptr) return no_proposal("body.proposal", shown->proposal);
    if (state.observe_only) return not_now("the case is observed only: no proposal of it is shown to anybody");
  }
  if (const auto* decided = event.body.AsProposalDecided()) {
    const auto* record = find_proposal(state, decided->proposal);
    if (record == nullptr) return no_proposal("body.proposal", decided->proposal);
    if (state.observe_only) return not_now("the case is observed only: no proposal of it is shown to anybody");
    if (decided->decision != fb::Decision::accepted && record->applied != 0 && record->reverted == 0) {
      return not_now("the proposal is applied already: record an AdaptationReverted");
    }
  }
  if (const auto* applied = event.body.AsAdaptationApplied(); applied && !applied->proposal.empty()) {
    const auto* record = find_proposal(state, applied->proposal);
    if (record == nullptr) return no_proposal("body.proposal", applied->proposal);
    const bool again = record->applied != 0 && record->reverted != 0;  // what was reverted was applied once
    if (!tailoring::stands(*record) && !again) {
      return not_now("nothing is applied without a decision: record that the proposal was accepted first");
    }
  }
  if (const auto* refused = event.body.AsAdaptationRefused(); refused && !refused->proposal.empty()) {
    const auto* record = find_proposal(state, refused->proposal);
    if (record == nullptr) return no_proposal("body.proposal", refused->proposal);
    // What is reverted may be refused as well: the programme does not take the way back.
    if (record->decision != fb::Decision::accepted || (record->applied != 0 && record->reverted == 0)) {
      return not_now("only what was accepted and is not applied yet, or is reverted, can be refused by the programme");
    }
  }
  if (const auto* reverted = event.body.AsAdaptationReverted()) {
    const auto* record = find_proposal(state, reverted->proposal);
    if (record == nullptr && find_own_adaptation(state, reverted->proposal) == nullptr) {
      return fail(ALLIANCE_E_NOT_FOUND,
                  "event: body.proposal names no proposal of this case and no event of an adaptation of one's own",
                  reverted->proposal);
    }
    if (record != nullptr && record->applied == 0) {
      return not_now("the proposal is not applied: what is only accepted is withdrawn by a ProposalDecided");
    }
  }
  return {};
}

}  // namespace

bool is_instant(std::int64_t time) { return time >= earliest_instant && time < latest_instant; }

bool is_zone(const std::string& name) {
  try {
    date::locate_zone(name);
    return true;
  } catch (const std::exception&) {
    return false;
  }
}

std::string stream_of(const fb::Event& event) {
  const auto view = [](const flatbuffers::String* text) {
    return text == nullptr ? std::string_view() : text->string_view();
  };
  const auto of = view(event.case_()), practitioner = view(event.practitioner());
  if (!of.empty()) return is_case(of) ? std::string(of) : std::string();
  return is_id(practitioner) ? stream_of_practitioner(practitioner) : std::string();
}

Result<void> check(const fb::AnswersGivenT& answers) { return body(answers); }

Result<void> check(const fb::EventT& event) {
  if (!is_id(event.id)) return refuse("id", "must have 1 to 128 characters, none of them a control character");
  if (!is_instant(event.time)) {
    return refuse("time", "is no instant from 2000 to 2099: give microseconds since 1970, not milliseconds or seconds");
  }
  if (event.case_.empty() && event.practitioner.empty()) return refuse("case", "or practitioner is needed");
  if (!event.case_.empty() && !is_case(event.case_)) {
    return refuse("case", "must have 1 to 128 characters, none of them a slash or control character");
  }
  if (!event.practitioner.empty() && !is_id(event.practitioner)) return refuse("practitioner", "is too long");
  if (event.case_.empty() && needs_case(event.body.type)) return refuse("case", "is missing: this event needs one");
  if (event.body.type == fb::EventBody::ActionDone && event.proposal.empty()) {
    return refuse("proposal", "must name the accepted proposal that this was done for");
  }
  return visit(event.body, [](const auto& b) { return body(b); });
}

Result<void> check(const fb::EventT& event, const fb::CaseT& state) {
  const bool opens = event.body.type == fb::EventBody::CaseOpened;
  if (state.subject == fb::Subject::client) {
    if (opens && state.opened != 0) return fail(ALLIANCE_E_STATE, "event: the case is open already", event.case_);
    if (!opens && state.opened == 0) {
      return fail(ALLIANCE_E_STATE, "event: the case is not open: record its CaseOpened first", event.case_);
    }
  }
  if (auto fine = about_proposals(event, state); !fine) return fine;
  if (const auto* shown = event.body.AsMeasureShown()) {
    if (find_occasion(state, shown->occasion) == nullptr) {
      return fail(ALLIANCE_E_NOT_FOUND, "event: body.occasion names no measure that was asked of this case",
                  shown->occasion);
    }
  }
  if (const auto* acknowledged = event.body.AsSafetyAcknowledged()) {
    if (find_flag(state, acknowledged->flag) == nullptr) {
      return fail(ALLIANCE_E_NOT_FOUND, "event: body.flag names no safety flag of this case", acknowledged->flag);
    }
  }
  return {};
}

}  // namespace alliance::host

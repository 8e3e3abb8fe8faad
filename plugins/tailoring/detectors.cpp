// SPDX-License-Identifier: Apache-2.0
#include "detectors.h"

#include <algorithm>
#include <cmath>
#include <tuple>

#include "../shared/tables.h"
#include "capacity.h"
#include "levels.h"
#include "next_tool.h"

namespace alliance::tailoring {
namespace {

using shared::each;
using shared::text;
using shared::view;
using Findings = std::vector<Finding>;

constexpr std::size_t most_events = 64;  // that one finding names

bool recent(const fb::RuleT& rule, const Facts& facts, std::int64_t instant) {
  return instant <= facts.now && (rule.within_days == 0 || facts.days_since(instant) <= rule.within_days);
}

// ---- Signals ---------------------------------------------------------------------------------------

bool under(std::string_view role, std::string_view prefix) {
  return prefix.empty() || role == prefix || (role.substr(0, prefix.size()) == prefix && role[prefix.size()] == '.');
}

bool repaired_since(const Facts& facts, const fb::SignalRecord& record) {
  for (const fb::SignalRecord* other : each(facts.state.signals())) {
    facts.spend();
    const fb::AllianceSignal& later = *other->signal();
    const fb::AllianceSignal& signal = *record.signal();
    if (later.kind() == fb::SignalKind::repaired && other->time() >= record.time() &&
        view(later.role()) == view(signal.role()) && later.rater() == signal.rater() &&
        later.target() == signal.target()) {
      return true;
    }
  }
  return false;
}

// The latest answers behind a signal.
std::string sheet_of(const Facts& facts, const fb::SignalRecord& record) {
  const fb::Sheet* found = nullptr;
  for (const fb::Sheet* sheet : each(facts.state.sheets())) {
    facts.spend();
    if (view(sheet->instrument()) != view(record.signal()->instrument()) ||
        sheet->rater() != record.signal()->rater() || sheet->time() > record.time()) {
      continue;
    }
    if (!found ||
        std::make_tuple(found->time(), view(found->event())) < std::make_tuple(sheet->time(), view(sheet->event()))) {
      found = sheet;
    }
  }
  return found ? text(found->event()) : std::string();
}

Findings signals(const fb::RuleT& rule, const Facts& facts, fb::SignalKind kind, const char* what) {
  Findings found;
  for (const fb::SignalRecord* record : each(facts.state.signals())) {
    const fb::AllianceSignal& signal = *record->signal();
    if (signal.kind() != kind || !under(view(signal.role()), rule.role) || !recent(rule, facts, record->time()))
      continue;
    if (rule.target != fb::Target::none && signal.target() != rule.target) continue;
    if (rule.rater != fb::Rater::unset && signal.rater() != rule.rater) continue;
    if (kind == fb::SignalKind::non_response && signal.missed() < rule.at_least) continue;
    if (kind != fb::SignalKind::non_response && repaired_since(facts, *record)) continue;
    Finding made{
        text(signal.key()), {}, text(signal.role()) + " of the " + fb::EnumNameRater(signal.rater()) + " " + what};
    if (signal.target() == fb::Target::programme) made.what += ", about the programme";
    made.signal = text(signal.key());
    made.method = text(signal.rule());
    if (const std::string event = sheet_of(facts, *record); !event.empty()) made.events.push_back(event);
    if (kind == fb::SignalKind::non_response) {
      made.value = signal.missed();
      made.threshold = rule.at_least;
    } else {
      if (signal.change()) made.value = *signal.change();
      if (signal.threshold()) made.threshold = *signal.threshold();
    }
    found.push_back(std::move(made));
  }
  return found;
}

Findings alliance_drop(const fb::RuleT& rule, const Facts& facts) {
  return signals(rule, facts, fb::SignalKind::drop, "fell from one session to the next");
}
Findings alliance_unrepaired(const fb::RuleT& rule, const Facts& facts) {
  return signals(rule, facts, fb::SignalKind::unrepaired, "fell and has not come back");
}
Findings non_response(const fb::RuleT& rule, const Facts& facts) {
  return signals(rule, facts, fb::SignalKind::non_response, "was not answered several times in a row");
}

// ---- Components ------------------------------------------------------------------------------------

Finding about(const fb::ComponentState& component, std::string what) {
  Finding made{text(component.id()), text(component.id()), std::move(what)};
  for (const flatbuffers::String* event : each(component.events())) made.events.push_back(text(event));
  return made;
}

Findings component_irrelevant(const fb::RuleT& rule, const Facts& facts) {
  Findings found;
  for (const fb::ComponentState* component : each(facts.state.components())) {
    if (component->irrelevant() == 0 || component->completed() != 0 || !facts.concerns(view(component->id())) ||
        !recent(rule, facts, component->irrelevant())) {
      continue;
    }
    found.push_back(about(*component, "the client found " + text(component->id()) + " not relevant"));
  }
  return found;
}

Findings stuck(const fb::RuleT& rule, const Facts& facts) {
  Findings found;
  for (const fb::ComponentState* component : each(facts.state.components())) {
    facts.spend();
    const std::int64_t last = std::max(component->last(), component->launched());
    if (component->launched() == 0 || component->completed() != 0 || !facts.concerns(view(component->id()))) continue;
    if (facts.days_since(last) < rule.at_least || !recent(rule, facts, last)) continue;
    Finding made = about(*component, "days since anything moved in " + text(component->id()));
    made.value = std::floor(facts.days_since(last));
    made.threshold = rule.at_least;
    found.push_back(std::move(made));
  }
  return found;
}

Findings unreviewed(const fb::RuleT& rule, const Facts& facts) {
  Findings found;
  for (const fb::ComponentState* component : each(facts.state.components())) {
    if (component->completed() == 0 || component->reviewed() != 0) continue;
    if (facts.days_since(component->completed()) < rule.at_least || !recent(rule, facts, component->completed()))
      continue;
    Finding made = about(*component, "days since " + text(component->id()) + " was completed and not yet reviewed");
    made.value = std::floor(facts.days_since(component->completed()));
    made.threshold = rule.at_least;
    found.push_back(std::move(made));
  }
  return found;
}

// Work that was there when the last session was held, and that no session has taken up since.
Findings online_work_undiscussed(const fb::RuleT& rule, const Facts& facts) {
  Findings found;
  if (facts.held.empty()) return found;
  const std::int64_t session = facts.held.back()->starts();
  if (facts.days_since(session) < rule.at_least || !recent(rule, facts, session)) return found;
  for (const fb::ComponentState* component : each(facts.state.components())) {
    if (component->completed() == 0 || component->completed() > session || component->discussed() != 0) continue;
    Finding made = about(*component, text(component->id()) + " was completed and not taken up in the last session");
    if (facts.held.back()->event()) made.events.push_back(text(facts.held.back()->event()));
    found.push_back(std::move(made));
  }
  return found;
}

Findings on_default_path(const fb::RuleT& rule, const Facts& facts) {
  if (!facts.programme || facts.state.delivery() != fb::Delivery::blended) return {};
  const auto sessions = static_cast<double>(facts.held.size());
  if (facts.held.empty() || sessions < rule.at_least || !recent(rule, facts, facts.held.back()->starts())) return {};
  for (const fb::ProposalRecord* record : each(facts.state.proposals())) {
    if (record->applied() != 0 && record->reverted() == 0) return {};
  }
  for (const fb::OwnAdaptation* own : each(facts.state.own_adaptations())) {
    if (own->reverted() == 0) return {};
  }
  Finding made{"path", {}, "sessions held while the programme went its default way"};
  for (const fb::Session* session : facts.held) made.events.push_back(text(session->event()));
  made.value = sessions;
  made.threshold = rule.at_least;
  return {std::move(made)};
}

// ---- Difficulties ----------------------------------------------------------------------------------

// Each run of so many difficulties within the time is found once, under the event that made it complete.
Findings difficulties(const fb::RuleT& rule, const Facts& facts) {
  std::vector<const fb::Difficulty*> met;
  for (const fb::Difficulty* difficulty : each(facts.state.difficulties())) met.push_back(difficulty);
  std::sort(met.begin(), met.end(), [](const fb::Difficulty* a, const fb::Difficulty* b) {
    return std::make_tuple(a->time(), view(a->event())) < std::make_tuple(b->time(), view(b->event()));
  });
  const auto count = static_cast<std::size_t>(std::ceil(rule.at_least));
  const std::int64_t window = rule.within_days == 0 ? facts.now : rule.within_days * day;
  Findings found;
  std::size_t first = 0;
  for (std::size_t last = 0; last < met.size(); ++last) {
    while (met[last]->time() - met[first]->time() > window) ++first;
    if (last - first + 1 < count) continue;
    if (recent(rule, facts, met[last]->time())) {
      Finding made{text(met[last]->event()), text(met[last]->component()), "difficulties met within the time"};
      for (std::size_t i = first; i <= last; ++i) made.events.push_back(text(met[i]->event()));
      made.value = static_cast<double>(last - first + 1);
      made.threshold = rule.at_least;
      found.push_back(std::move(made));
    }
    first = last + 1;
  }
  return found;
}

// ---- Time ------------------------------------------------------------------------------------------

Findings over_plan(const fb::RuleT& rule, const Facts& facts) {
  const fb::TimeAccount* account = facts.state.account();
  if (!account || facts.practitioner()) return {};
  const bool week = rule.within_days == 7;
  if (week && facts.state.weeks() == 0) return {};
  const double planned = week ? account->planned() / facts.state.weeks() : account->planned();
  const double used = week ? account->minutes_last_week() : account->used();
  if (!(planned > 0) || !std::isfinite(used)) return {};
  const double over = 100 * (used / planned - 1);
  if (over <= 0 || over < rule.at_least) return {};
  const std::int64_t number = (facts.now - facts.state.opened()) / (7 * day);
  Finding made{
      week ? "week-" + std::to_string(number) : "course",
      {},
      week ? "minutes of the last 7 days, percent over the plan of a week" : "minutes used, percent over plan"};
  for (const fb::Minutes* spent : each(facts.state.minutes())) {
    if (spent->event() && spent->time() <= facts.now && (!week || spent->time() > facts.now - 7 * day)) {
      made.events.push_back(text(spent->event()));
    }
  }
  made.value = std::round(over);
  made.threshold = rule.at_least;
  return {std::move(made)};
}

// ---- The practitioner's own ------------------------------------------------------------------------

Findings confidence_fell(const fb::RuleT& rule, const Facts& facts) {
  if (!facts.practitioner()) return {};
  std::vector<const fb::Confidence*> said;
  for (const fb::Confidence* one : each(facts.state.confidence())) said.push_back(one);
  std::sort(said.begin(), said.end(), [](const fb::Confidence* a, const fb::Confidence* b) {
    return std::make_tuple(a->time(), view(a->event())) < std::make_tuple(b->time(), view(b->event()));
  });
  if (said.size() < 2) return {};
  const fb::Confidence& before = *said[said.size() - 2];
  const fb::Confidence& latest = *said.back();
  const double fell = before.value() - latest.value();
  if (!(fell >= rule.at_least) || !recent(rule, facts, latest.time())) return {};
  Finding made{text(latest.event()), {}, "points lost between the last two check-ins of your own"};
  made.events = {text(before.event()), text(latest.event())};
  made.value = fell;
  made.threshold = rule.at_least;
  return {std::move(made)};
}

// When the practitioner is first seen at work; 0: not yet.
std::int64_t began(const fb::Case& state) {
  std::int64_t first = INT64_MAX;
  for (const fb::Minutes* spent : each(state.minutes())) first = std::min(first, spent->time());
  for (const fb::Confidence* said : each(state.confidence())) first = std::min(first, said->time());
  if (state.supervisions()) {
    for (const std::int64_t held : *state.supervisions()) first = std::min(first, held);
  }
  return first == INT64_MAX ? 0 : first;
}

Findings training_missing(const fb::RuleT& rule, const Facts& facts) {
  if (!facts.practitioner()) return {};
  const fb::Training* training = nullptr;
  for (const fb::Training* one : each(facts.state.trainings())) {
    if (view(one->training()) == rule.training) training = one;
  }
  if (training && training->expires() != 0 && training->expires() <= facts.now) {
    if (!recent(rule, facts, training->expires())) return {};
    Finding made{rule.training + "/" + std::to_string(training->expires()), {}, rule.training + " has expired"};
    if (training->event()) made.events.push_back(text(training->event()));
    return {std::move(made)};
  }
  if (training && training->completed() != 0) return {};
  const std::int64_t since = began(facts.state);
  if (since == 0 || facts.days_since(since) < rule.at_least || !recent(rule, facts, since)) return {};
  Finding made{rule.training, {}, "days at work without " + rule.training};
  made.value = std::floor(facts.days_since(since));
  made.threshold = rule.at_least;
  return {std::move(made)};
}

Findings training_due(const fb::RuleT& rule, const Facts& facts) {
  if (!facts.practitioner()) return {};
  Findings found;
  for (const fb::Training* one : each(facts.state.trainings())) {
    if (view(one->training()) != rule.training || one->expires() <= facts.now) continue;
    const double left = -facts.days_since(one->expires());
    if (left > rule.at_least) continue;
    Finding made{rule.training + "/" + std::to_string(one->expires()), {}, "days until " + rule.training + " expires"};
    if (one->event()) made.events.push_back(text(one->event()));
    made.value = std::floor(left);
    made.threshold = rule.at_least;
    made.comparator = fb::Comparator::at_most;
    found.push_back(std::move(made));
  }
  return found;
}

Findings onboarding_open(const fb::RuleT& rule, const Facts& facts) {
  if (!facts.practitioner()) return {};
  const std::int64_t since = began(facts.state);
  if (since == 0 || facts.days_since(since) < rule.at_least || !recent(rule, facts, since)) return {};
  for (const std::string& step : rule.steps) {
    bool done = false;
    for (const flatbuffers::String* one : each(facts.state.onboarding())) done = done || view(one) == step;
    if (done) continue;
    Finding made{step, {}, "days at work without the onboarding step " + step};
    made.value = std::floor(facts.days_since(since));
    made.threshold = rule.at_least;
    return {std::move(made)};
  }
  return {};
}

// ---- What the programme would not do ----------------------------------------------------------------

Findings change_refused(const fb::RuleT& rule, const Facts& facts) {
  Findings found;
  for (const fb::Refusal* refusal : each(facts.state.refusals())) {
    facts.spend();
    if (!recent(rule, facts, refusal->time())) continue;
    const fb::Action& action = *refusal->action();
    const std::string event = text(refusal->event());
    Finding made{event.empty() ? text(refusal->proposal()) + "/" + std::to_string(refusal->time()) : event,
                 text(action.component()),
                 std::string("the programme did not take ") + fb::EnumNameActionKind(action.kind())};
    if (action.component()) made.what += " of " + text(action.component());
    if (!event.empty()) made.events.push_back(event);
    found.push_back(std::move(made));
  }
  return found;
}

struct Detector {
  fb::When when;
  Findings (*find)(const fb::RuleT&, const Facts&);
};
constexpr Detector detectors[] = {
    {fb::When::alliance_drop, alliance_drop},
    {fb::When::alliance_unrepaired, alliance_unrepaired},
    {fb::When::non_response, non_response},
    {fb::When::component_irrelevant, component_irrelevant},
    {fb::When::stuck, stuck},
    {fb::When::difficulties, difficulties},
    {fb::When::unreviewed, unreviewed},
    {fb::When::over_plan, over_plan},
    {fb::When::confidence_fell, confidence_fell},
    {fb::When::training_missing, training_missing},
    {fb::When::online_work_undiscussed, online_work_undiscussed},
    {fb::When::on_default_path, on_default_path},
    {fb::When::change_refused, change_refused},
    {fb::When::onboarding_open, onboarding_open},
    {fb::When::training_due, training_due},
    {fb::When::score_level, score_level},
    {fb::When::not_on_track, not_on_track},
    {fb::When::next_tool, next_tool},
    {fb::When::over_capacity, over_capacity},
};

}  // namespace

std::vector<Finding> detect(const fb::RuleT& rule, const Facts& facts) {
  Findings found;
  for (const Detector& detector : detectors) {
    if (detector.when == rule.when) found = detector.find(rule, facts);
  }
  for (Finding& one : found) {
    std::sort(one.events.begin(), one.events.end());
    one.events.erase(std::unique(one.events.begin(), one.events.end()), one.events.end());
    one.events.erase(std::remove(one.events.begin(), one.events.end(), std::string()), one.events.end());
    if (one.events.size() > most_events) one.events.resize(most_events);
  }
  std::sort(found.begin(), found.end(), [](const Finding& a, const Finding& b) { return a.anchor < b.anchor; });
  found.erase(
      std::unique(found.begin(), found.end(), [](const Finding& a, const Finding& b) { return a.anchor == b.anchor; }),
      found.end());
  return found;
}

}  // namespace alliance::tailoring

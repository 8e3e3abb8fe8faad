// SPDX-License-Identifier: Apache-2.0
#include "host/access.h"

#include <alliance/host.h>

#include <algorithm>
#include <string_view>

#include "host/stream_names.h"

namespace alliance::host {
namespace {

constexpr std::array<const char*, role_kinds> role_names = {"client",  "practitioner", "supervisor",
                                                            "service", "researcher",   "controller"};

namespace rows {

constexpr auto no = Reach::none;
constexpr auto own = Reach::own;
constexpr auto given = Reach::given;
constexpr auto all = Reach::all;

// A researcher reads no review: the export, pseudonymised, is the researcher's way.
constexpr std::array<AccessRow, data_kinds> by_datum = {{
    {Datum::case_list,
     "case list",
     {own, own, all, all, no, no},
     "which cases there are and who carries them is what a service is run by; it holds nothing of a course"},
    {Datum::course,
     "sessions, components, goals and measures due",
     {own, own, all, no, no, no},
     "a course belongs to those who work on it: the client, the practitioner and whoever supervises"},
    {Datum::scores,
     "scores",
     {given, own, all, no, no, no},
     "a client sees the scores of the answers that the client gave; those who treat and supervise see all of them"},
    {Datum::signals,
     "alliance signals",
     {no, own, all, no, no, no},
     "a signal is a reason for the practitioner to ask, never a verdict, so it is put to the client in person"},
    {Datum::safety_flags,
     "safety flags",
     {no, own, all, no, no, no},
     "a flag is answered by a person who speaks with the client; apart from this table it goes to the contact"},
    {Datum::minutes,
     "minutes of work",
     {no, own, all, no, no, no},
     "time is planned by those who carry the work; a service sees means from five people on"},
    {Datum::proposals,
     "proposals, decisions and adaptations",
     {no, own, all, no, no, no},
     "a proposal is for the practitioner to decide and to talk over with the client"},
    {Datum::difficulties,
     "difficulties and support requests",
     {no, own, all, no, no, no},
     "the practitioner is told before the next session; a service sees means from five people on"},
    {Datum::training,
     "training and supervision",
     {no, own, no, no, no, no},
     "it is about the practitioner; a supervisor sees it by the practitioner's consent, which no event records yet"},
    {Datum::confidence,
     "confidence and private nudges",
     {no, own, no, no, no, no},
     "it belongs to that practitioner alone and is in no group figure"},
    {Datum::capacity,
     "capacity and leave",
     {no, own, no, no, no, no},
     "it belongs to that practitioner alone; a service sees the mean from five practitioners on"},
    {Datum::factors,
     "the eight factors of a case",
     {no, own, all, no, no, no},
     "they describe how the treatment is delivered, for those who deliver it"},
    {Datum::practitioner_page,
     "a practitioner's own page",
     {no, own, no, no, no, no},
     "nothing here rates a practitioner, so nobody else reads it"},
    {Datum::group_figures,
     "figures of a service",
     {no, no, all, all, no, no},
     "a practitioner or client could subtract what is known of the own cases, so the figures are not for them"},
    {Datum::study_sheets,
     "answers and scores for a study",
     {no, no, no, no, all, no},
     "under a keyed hash, of those who consented and took no consent back; a study asks about many, never about one"},
    {Datum::custody,
     "the whole record in one archive, its access log, erasure and restriction",
     {no, no, no, no, no, all},
     "whoever answers for the data answers the client's requests about them; each use is noted with its reason"},
    {Datum::record_extract,
     "contacts, online minutes and outcome scores for the service's own record",
     {no, no, no, all, no, no},
     "the service's record of the client is bound to hold them; nothing of an alliance or of confidence is among them"},
}};

}  // namespace rows

constexpr bool in_order() {
  for (std::size_t i = 0; i < rows::by_datum.size(); ++i) {
    if (static_cast<std::size_t>(rows::by_datum[i].datum) != i) return false;
  }
  return true;
}
static_assert(in_order(), "the access table has one row per datum, in the order of Datum");

// What a course consists of, in the order in which it is said that something was left out.
constexpr std::array course_data = {Datum::scores,    Datum::signals,  Datum::safety_flags, Datum::minutes,
                                    Datum::proposals, Datum::training, Datum::difficulties, Datum::confidence,
                                    Datum::capacity,  Datum::factors};

template <class Item>
using Items = std::vector<std::unique_ptr<Item>>;

template <class Item, class Keep>
void copy(Items<Item>& to, const Items<Item>& from, Keep keep) {
  for (const auto& item : from) {
    if (item && keep(*item)) to.push_back(std::make_unique<Item>(*item));
  }
}
template <class Item>
void copy(Items<Item>& to, const Items<Item>& from) {
  copy(to, from, [](const Item&) { return true; });
}

bool on_confidence(const fb::SheetT& sheet) {
  return std::any_of(sheet.scores.begin(), sheet.scores.end(), [](const auto& score) {
    return score && std::any_of(score->roles.begin(), score->roles.end(),
                                [](const std::string& role) { return about_confidence(role); });
  });
}

struct CourseParts {
  bool work;         // minutes and what was reviewed
  bool only_client;  // of the measures, those that the client answers
  bool confidence;
};

void copy_course(fb::CaseT& to, const fb::CaseT& from, const CourseParts& parts) {
  to.weeks = from.weeks;
  to.planned_sessions = from.planned_sessions;
  to.planned_modules = from.planned_modules;
  to.programme = from.programme;
  to.arm = from.arm;
  to.protocol_version = from.protocol_version;
  to.information_shown = from.information_shown;
  to.consent_given = from.consent_given;
  to.consent_withdrawn = from.consent_withdrawn;
  to.audiences = from.audiences;
  to.last_event = from.last_event;
  to.last_contact = from.last_contact;
  copy(to.sessions, from.sessions);
  copy(to.components, from.components);
  copy(to.messages, from.messages);
  copy(to.tools, from.tools);
  copy(to.goals, from.goals);
  copy(to.occasions, from.occasions, [&](const fb::OccasionRecordT& record) {
    return record.occasion && (!parts.only_client || record.occasion->rater == fb::Rater::client) &&
           (parts.confidence || !about_confidence(record.occasion->role));
  });
  if (parts.work) return;
  for (auto& session : to.sessions) session->minutes = session->booked_minutes = session->said_minutes = 0;
  for (auto& component : to.components) component->reviewed = 0;
}

// The client's answers may stand behind a proposal; once consent is withdrawn it goes with them.
bool rests_on_answers(const fb::CaseT& state, const fb::ProposalT& proposal) {
  if (proposal.action && proposal.action->kind == fb::ActionKind::ask_client) return true;
  for (const auto& evidence : proposal.evidence) {
    if (!evidence) continue;
    for (const auto& event : evidence->events) {
      const auto same = [&](const auto& sheet) { return sheet && sheet->event == event; };
      if (std::any_of(state.sheets.begin(), state.sheets.end(), same)) return true;
    }
  }
  return false;
}

}  // namespace

Datum whose(const fb::ProposalT& proposal) {
  const auto kind = proposal.action ? proposal.action->kind : fb::ActionKind::unset;
  if (proposal.factor == fb::Factor::b4_confidence || kind == fb::ActionKind::private_nudge) return Datum::confidence;
  if (proposal.factor == fb::Factor::f4_training_support || kind == fb::ActionKind::training ||
      kind == fb::ActionKind::extra_supervision) {
    return Datum::training;
  }
  return Datum::proposals;
}

std::span<const AccessRow, data_kinds> access_table() { return rows::by_datum; }

const AccessRow& access_row(Datum datum) { return rows::by_datum[static_cast<std::size_t>(datum)]; }

Reach reach(std::int32_t role, Datum datum) {
  if (role < ALLIANCE_ROLE_CLIENT || role > ALLIANCE_ROLE_CONTROLLER) return Reach::none;
  return access_row(datum).by_role[static_cast<std::size_t>(role - ALLIANCE_ROLE_CLIENT)];
}

bool owns(const Viewer& viewer, const fb::CaseT& subject) {
  if (viewer.id.empty()) return false;
  if (viewer.role == ALLIANCE_ROLE_PRACTITIONER) {
    return subject.subject == fb::Subject::practitioner ? subject.id == stream_of_practitioner(viewer.id)
                                                        : subject.practitioner == viewer.id;
  }
  return viewer.role == ALLIANCE_ROLE_CLIENT && subject.subject != fb::Subject::practitioner && subject.id == viewer.id;
}

bool may_see(const Viewer& viewer, Datum datum, const fb::CaseT& subject) {
  switch (reach(viewer.role, datum)) {
    case Reach::all:
      return true;
    case Reach::own:
    case Reach::given:
      return owns(viewer, subject);
    case Reach::none:
      break;
  }
  return false;
}

bool about_confidence(const std::string& role) { return role == "confidence" || role.starts_with("confidence."); }

bool consent_withdrawn(const fb::CaseT& state) { return state.consent_withdrawn != 0; }

Withheld withheld_from_all(const fb::CaseT& subject) {
  Withheld out;
  if (consent_withdrawn(subject)) {
    out[Datum::scores] = out[Datum::signals] =
        "consent was withdrawn: answers, scores, signals and what rests on them are left out";
  }
  if (subject.observe_only) {
    for (const auto& row : rows::by_datum) {
      out[row.datum] =
          "this case is observed only: it is collected and computed and shown to nobody; safety flags go to the "
          "contact all the same";
    }
  }
  return out;
}

bool outside_the_audience(const Viewer& viewer, const fb::CaseT& subject) {
  if (subject.audiences.empty() || viewer.role == ALLIANCE_ROLE_CLIENT) return false;
  const auto audience = viewer.role == ALLIANCE_ROLE_PRACTITIONER ? fb::Audience::practitioner
                        : viewer.role == ALLIANCE_ROLE_SUPERVISOR ? fb::Audience::supervisor
                                                                  : fb::Audience::service;
  return std::find(subject.audiences.begin(), subject.audiences.end(), audience) == subject.audiences.end();
}

Withheld withheld(const Viewer& viewer, const fb::CaseT& subject) {
  Withheld out = withheld_from_all(subject);
  if (subject.subject == fb::Subject::client && outside_the_audience(viewer, subject)) {
    for (const Datum datum : {Datum::scores, Datum::signals}) {
      if (!out.has(datum)) out[datum] = "the client did not name this viewer among those who may see the answers";
    }
  }
  for (const auto& row : rows::by_datum) {
    if (!out.has(row.datum) && !may_see(viewer, row.datum, subject)) {
      out[row.datum] = std::string(row.name) + ": not shown to this viewer; " + row.why;
    }
  }
  return out;
}

std::vector<std::string> Withheld::sentences() const {
  std::vector<std::string> out;
  for (const auto datum : course_data) {
    const auto& why = (*this)[datum];
    if (!why.empty() && std::find(out.begin(), out.end(), why) == out.end()) out.push_back(why);
  }
  return out;
}

fb::CaseT as_seen(const fb::CaseT& state, const Viewer& viewer, const Withheld& left_out) {
  fb::CaseT out;
  const auto shown = [&](Datum datum) { return !left_out.has(datum); };
  const bool own_answers = reach(viewer.role, Datum::scores) == Reach::given;
  out.id = state.id;
  out.subject = state.subject;
  out.service = state.service;
  out.practitioner = state.practitioner;
  out.delivery = state.delivery;
  out.zone = state.zone;
  out.opened = state.opened;
  out.closed = state.closed;
  out.observe_only = state.observe_only;
  out.practice = state.practice;
  if (shown(Datum::course)) {
    copy_course(out, state, {shown(Datum::minutes), own_answers, shown(Datum::confidence)});
  }
  if (shown(Datum::scores)) {
    copy(out.sheets, state.sheets, [&](const fb::SheetT& sheet) {
      return (!own_answers || sheet.rater == fb::Rater::client) && (shown(Datum::confidence) || !on_confidence(sheet));
    });
    copy(out.roles, state.roles,
         [&](const fb::PlayableT& role) { return !own_answers || role.rater == fb::Rater::client; });
  }
  if (shown(Datum::signals)) {
    copy(out.signals, state.signals, [&](const fb::SignalRecordT& record) {
      return record.signal && (shown(Datum::confidence) || !about_confidence(record.signal->role));
    });
  }
  if (shown(Datum::safety_flags)) {
    copy(out.flags, state.flags, [](const fb::FlagRecordT& record) { return record.flag != nullptr; });
  }
  if (shown(Datum::minutes)) {
    copy(out.minutes, state.minutes);
    copy(out.timers, state.timers);
    if (state.account) {
      out.account = std::make_unique<fb::TimeAccountT>(*state.account);
      if (!shown(Datum::capacity)) out.account->capacity_per_week = flatbuffers::nullopt;
    }
  }
  if (shown(Datum::proposals)) {
    copy(out.proposals, state.proposals, [&](const fb::ProposalRecordT& record) {
      return record.proposal && shown(whose(*record.proposal)) &&
             !(consent_withdrawn(state) && rests_on_answers(state, *record.proposal));
    });
    copy(out.own_adaptations, state.own_adaptations,
         [](const fb::OwnAdaptationT& one) { return one.action != nullptr; });
    copy(out.refusals, state.refusals, [](const fb::RefusalT& one) { return one.action != nullptr; });
  }
  if (shown(Datum::difficulties)) {
    copy(out.difficulties, state.difficulties);
    copy(out.support, state.support);
    copy(out.fallbacks, state.fallbacks);
  }
  if (shown(Datum::training)) {
    out.onboarding = state.onboarding;
    copy(out.trainings, state.trainings);
    out.supervisions = state.supervisions;
  }
  if (shown(Datum::confidence)) {
    copy(out.confidence, state.confidence);
    copy(out.nudges, state.nudges);
  }
  if (shown(Datum::capacity)) {
    out.capacity_per_week = state.capacity_per_week;
    copy(out.leave, state.leave);
  }
  return out;
}

std::string access_markdown() {
  constexpr std::array<std::string_view, 4> words = {"no", "own", "own answers", "yes"};
  std::string out = "| what |";
  for (const auto* role : role_names) out += std::string(" ") + role + " |";
  out += " why |\n|---|";
  for (std::size_t i = 0; i < role_kinds; ++i) out += "---|";
  out += "---|\n";
  for (const auto& row : rows::by_datum) {
    out += std::string("| ") + row.name + " |";
    for (const auto one : row.by_role) out += " " + std::string(words[static_cast<std::size_t>(one)]) + " |";
    out += std::string(" ") + row.why + " |\n";
  }
  return out;
}

}  // namespace alliance::host

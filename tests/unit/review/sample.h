// SPDX-License-Identifier: Apache-2.0
// Reviews as a host would answer them, made by hand.
#pragma once

#include <string>

#include "review_model.h"

namespace alliance::tools::review::sample {

inline constexpr std::int64_t day_us = 24LL * 3600 * 1'000'000;
inline constexpr std::int64_t start = 1'770'000'000'000'000;  // February 2026

inline std::unique_ptr<fb::SheetT> sheet(const std::string& instrument, fb::Rater rater, fb::Target target,
                                         std::uint16_t session, int on_day, const std::string& role, double value) {
  auto out = std::make_unique<fb::SheetT>();
  out->instrument = instrument;
  out->version = "1.0.0";
  out->rater = rater;
  out->target = target;
  out->session = session;
  out->time = start + on_day * day_us;
  out->event = "e-" + instrument + "-" + std::to_string(on_day);
  auto score = std::make_unique<fb::ScoreT>();
  score->scale = "total";
  score->roles = {role};
  score->value = value;
  score->state = fb::ScoreState::scored;
  out->scores.push_back(std::move(score));
  return out;
}

inline fb::InstrumentT instrument(const std::string& id, double min, double max, fb::Direction direction) {
  fb::InstrumentT out;
  out.id = id;
  out.version = "1.0.0";
  auto scale = std::make_unique<fb::ScaleT>();
  scale->id = "total";
  scale->min = min;
  scale->max = max;
  scale->direction = direction;
  out.scales.push_back(std::move(scale));
  return out;
}

inline std::vector<std::unique_ptr<fb::FactorRowT>> factors(bool suppressed = false) {
  std::vector<std::unique_ptr<fb::FactorRowT>> out;
  for (int i = 1; i <= 8; ++i) {
    auto row = std::make_unique<fb::FactorRowT>();
    row->factor = static_cast<fb::Factor>(i);
    auto one = std::make_unique<fb::IndicatorT>();
    one->id = "indicator-" + std::to_string(i);
    one->title = "indicator " + std::to_string(i);
    one->suppressed = suppressed;
    if (!suppressed) one->value = 1.5 * i;
    one->unit = "per week";
    row->indicators.push_back(std::move(one));
    row->events = {"s-c01-00" + std::to_string(i)};
    row->actions = {"what can be done about " + std::to_string(i)};
    out.push_back(std::move(row));
  }
  return out;
}

inline fb::ReviewT client(const std::string& id) {
  fb::ReviewT out;
  out.scope = fb::Scope::case_;
  out.id = id;
  out.as_of = start + 80 * day_us;
  out.note = "A note of the host.";
  out.factors = factors();
  out.course = std::make_unique<fb::CaseT>();
  auto& c = *out.course;
  c.id = id;
  c.service = "north";
  c.practitioner = "p1";
  c.delivery = fb::Delivery::blended;
  c.weeks = 11;
  c.planned_sessions = 6;
  c.planned_modules = 5;
  c.opened = start;
  const double pulse[] = {22, 23, 24, 12, 21, 25}, own[] = {20, 21, 21, 18, 21, 22};
  for (std::uint16_t i = 1; i <= 6; ++i) {
    auto session = std::make_unique<fb::SessionT>();
    session->number = i;
    session->state = fb::SessionState::held;
    c.sessions.push_back(std::move(session));
    c.sheets.push_back(sheet("pulse-of-client", fb::Rater::client, fb::Target::practitioner, i, 14 * i - 12,
                             "alliance.pulse", pulse[i - 1]));
    c.sheets.push_back(sheet("pulse-of-practitioner", fb::Rater::practitioner, fb::Target::practitioner, i, 14 * i - 12,
                             "alliance.pulse", own[i - 1]));
  }
  for (int week = 0; week < 11; ++week) {
    c.sheets.push_back(
        sheet("mood", fb::Rater::client, fb::Target::none, 0, 7 * week, "symptom.depression", 16 - week + week % 3));
  }
  auto signal = std::make_unique<fb::SignalRecordT>();
  signal->time = start + 44 * day_us;
  signal->signal = std::make_unique<fb::AllianceSignalT>();
  signal->signal->kind = fb::SignalKind::drop;
  signal->signal->role = "alliance.pulse";
  signal->signal->rater = fb::Rater::client;
  signal->signal->target = fb::Target::practitioner;
  signal->signal->session = 4;
  signal->signal->change = -12.0;
  signal->signal->threshold = -6.0;
  signal->signal->rule = "drop_sd(k=1)";
  signal->signal->wording = "The pulse fell by 12 points: ask the client how the work together is going.";
  c.signals.push_back(std::move(signal));
  auto flag = std::make_unique<fb::FlagRecordT>();
  flag->raised = start + 21 * day_us;
  flag->level = 2;
  flag->flag = std::make_unique<fb::SafetyFlagT>();
  flag->flag->instrument = "mood";
  flag->flag->item = "9";
  flag->flag->state = fb::SafetyState::positive;
  flag->flag->contact = "duty-desk";
  flag->flag->respond_by = start + 21 * day_us + 3'600'000'000;
  c.flags.push_back(std::move(flag));
  auto proposal = std::make_unique<fb::ProposalRecordT>();
  proposal->reported = start + 45 * day_us;
  proposal->decision = fb::Decision::accepted;
  proposal->decided = start + 46 * day_us;
  proposal->by = "p1";
  proposal->reason = "fits the client's goals";
  proposal->proposal = std::make_unique<fb::ProposalT>();
  proposal->proposal->factor = fb::Factor::b3_inflexibility;
  proposal->proposal->rule = "irrelevant";
  proposal->proposal->audience = fb::Audience::practitioner;
  proposal->proposal->action = std::make_unique<fb::ActionT>();
  proposal->proposal->action->kind = fb::ActionKind::skip;
  proposal->proposal->action->component = "module-4";
  auto evidence = std::make_unique<fb::EvidenceT>();
  evidence->what = "judged irrelevant by the client";
  proposal->proposal->evidence.push_back(std::move(evidence));
  c.proposals.push_back(std::move(proposal));
  c.account = std::make_unique<fb::TimeAccountT>();
  c.account->planned = 315;
  c.account->used = 338;
  for (const auto& [work, planned, used] :
       {std::tuple{fb::Work::in_person, 180.0, 195.0}, std::tuple{fb::Work::online_review, 50.0, 30.0},
        std::tuple{fb::Work::messaging, 55.0, 21.0}}) {
    auto row = std::make_unique<fb::WorkMinutesT>();
    row->work = work;
    row->planned = planned;
    row->used = used;
    c.account->work.push_back(std::move(row));
  }
  return out;
}

inline Pages pages() {
  Pages out;
  out.tenant = "course";
  out.seen_as = "Each part is shown as the person whom it is for sees it.";
  out.instruments.push_back(instrument("pulse-of-client", 0, 30, fb::Direction::higher_is_better));
  out.instruments.push_back(instrument("pulse-of-practitioner", 0, 30, fb::Direction::higher_is_better));
  out.instruments.push_back(instrument("mood", 0, 27, fb::Direction::lower_is_better));
  out.cases.push_back(client("c01"));
  fb::ReviewT service;
  service.scope = fb::Scope::service;
  service.id = "harbour";
  service.factors = factors(true);
  service.note = "A note.";
  out.services.push_back(std::move(service));
  return out;
}

}  // namespace alliance::tools::review::sample

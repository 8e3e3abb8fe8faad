// SPDX-License-Identifier: Apache-2.0
// F4, B2 and B4: what was answered, learnt, asked for and met with.
#include <algorithm>
#include <cmath>

#include "host/factors_read.h"

namespace alliance::host::indicators::read {
namespace {

const fb::ScoreT* playing(const fb::SheetT& sheet, std::string_view role) {
  for (const auto& score : sheet.scores) {
    if (score && score->value && std::isfinite(*score->value) &&
        std::find(score->roles.begin(), score->roles.end(), role) != score->roles.end()) {
      return score.get();
    }
  }
  return nullptr;
}

Reading latest(Streams streams, std::string_view role, fb::Rater rater, fb::Target target) {
  const fb::SheetT* sheet = nullptr;
  const fb::ScoreT* score = nullptr;
  for (const auto* stream : streams) {
    for (const auto& one : stream->sheets) {
      if (!one || one->rater != rater || (target != fb::Target::none && one->target != target)) continue;
      const auto* found = playing(*one, role);
      if (found == nullptr || (sheet != nullptr && one->time < sheet->time)) continue;
      sheet = one.get();
      score = found;
    }
  }
  if (sheet == nullptr) return nothing("nothing answered yet");
  Reading out{.value = score->value, .events = {sheet->event}};
  out.series = sheet->instrument + " " + sheet->version + ", " + score->scale;
  out.text = out.series;
  if (sheet->session != 0) out.text += ", session " + std::to_string(sheet->session);
  return out;
}

Reading difficulties(Streams streams, fb::DifficultyKind kind) {
  const auto& state = *streams.front();
  if (state.difficulties.empty() && state.components.empty()) {
    return nothing(blended(state) ? "nothing recorded yet" : "no digital programme in this case");
  }
  Reading out{.value = 0};
  for (const auto& one : state.difficulties) {
    if (!one || one->kind != kind) continue;
    ++*out.value;
    out.events.push_back(one->event);
  }
  return out;
}

struct CheckIns {
  std::vector<const fb::ConfidenceT*> in_time;
  std::vector<std::string> events;
};

CheckIns check_ins(Streams streams) {
  CheckIns out;
  for (const auto* stream : streams) {
    for (const auto& one : stream->confidence) {
      if (one && std::isfinite(one->value)) out.in_time.push_back(one.get());
    }
  }
  std::stable_sort(out.in_time.begin(), out.in_time.end(),
                   [](const auto* a, const auto* b) { return a->time < b->time; });
  for (const auto* one : out.in_time) out.events.push_back(one->event);
  return out;
}

}  // namespace

Reading agreement_on_tasks(Streams streams, std::int64_t) {
  return latest(streams, "alliance.task", fb::Rater::client, fb::Target::practitioner);
}
Reading usability_of_client(Streams streams, std::int64_t) {
  return latest(streams, "usability.total", fb::Rater::client, fb::Target::none);
}
Reading usability_of_practitioner(Streams streams, std::int64_t) {
  return latest(streams, "usability.total", fb::Rater::practitioner, fb::Target::none);
}

Reading days_since_training(Streams streams, std::int64_t as_of) {
  std::int64_t last = 0;
  std::size_t expired = 0;
  Reading out;
  for (const auto* stream : streams) {
    for (const auto& one : stream->trainings) {
      if (!one) continue;
      last = std::max(last, one->completed);
      expired += one->expires != 0 && one->expires <= as_of;
      out.events.push_back(one->event);
    }
  }
  if (expired > 0) out.text = count_of(expired, "training") + " expired";
  if (last == 0) {
    out.text = out.text.empty() ? "no training recorded yet" : "no training completed, " + out.text;
    return out;
  }
  out.value = days_between(last, as_of);
  return out;
}

Reading hours_to_resolve(Streams streams, std::int64_t) {
  double hours = 0;
  std::size_t resolved = 0;
  Reading out;
  for (const auto* stream : streams) {
    for (const auto& one : stream->support) {
      if (!one || one->opened == 0 || one->resolved < one->opened) continue;
      hours += (static_cast<double>(one->resolved) - static_cast<double>(one->opened)) / microseconds_per_hour;
      ++resolved;
      out.events.push_back(one->event);
    }
  }
  if (resolved == 0) return nothing("no support request resolved yet");
  out.value = hours / static_cast<double>(resolved);
  out.text = "mean of " + count_of(resolved, "request");
  return out;
}

Reading open_requests(Streams streams, std::int64_t as_of) {
  std::size_t open = 0, asked = 0, without = 0;
  double oldest = 0;
  Reading out;
  for (const auto* stream : streams) {
    for (const auto& one : stream->support) {
      if (!one) continue;
      ++asked;
      if (one->opened == 0 || one->resolved >= one->opened) continue;
      ++open;
      without += one->owner.empty() ? 1 : 0;
      oldest = std::max(oldest, days_between(one->opened, as_of));
      out.events.push_back(one->event);
    }
  }
  if (asked == 0) return nothing("no support request recorded yet");
  out.value = static_cast<double>(open);
  if (open > 0) out.text = "the oldest for " + count_of(static_cast<std::size_t>(oldest), "day");
  if (without > 0) out.text += ", " + std::to_string(without) + " without an owner";
  return out;
}

Reading supervision_held(Streams streams, std::int64_t as_of) {
  std::size_t held = 0;
  std::int64_t last = 0;
  for (const auto* stream : streams) {
    held += stream->supervisions.size();
    for (const auto when : stream->supervisions) last = std::max(last, when);
  }
  if (held == 0) return nothing("no supervision recorded yet");
  return {.value = static_cast<double>(held),
          .text = "the last " + count_of(static_cast<std::size_t>(days_between(last, as_of)), "day") + " ago"};
}

Reading onboarding_steps(Streams streams, std::int64_t) {
  std::size_t done = 0;
  for (const auto* stream : streams) done += stream->onboarding.size();
  if (done == 0) return nothing("no onboarding step recorded yet");
  return {.value = static_cast<double>(done)};
}

// A warning and never a lock: nothing in the SDK asks for it before it works.
Reading training_left(Streams streams, std::int64_t as_of) {
  std::int64_t next = 0;
  Reading out;
  for (const auto* stream : streams) {
    for (const auto& one : stream->trainings) {
      if (!one || one->expires == 0 || (next != 0 && one->expires >= next)) continue;
      next = one->expires;
      out.events = {one->event};
      out.text = one->expires <= as_of ? one->training + " has run out; nothing is locked" : one->training;
    }
  }
  if (next == 0) return nothing("no training that runs out");
  out.value = next <= as_of ? 0 : days_between(as_of, next);
  return out;
}

Reading training_gap(Streams streams, std::int64_t as_of) {
  const auto at_work = [](const auto* stream) { return stream->opened != 0 || stream->last_event != 0; };
  if (std::none_of(streams.begin(), streams.end(), at_work)) return nothing("nothing recorded yet");
  for (const auto* stream : streams) {
    for (const auto& one : stream->trainings) {
      const bool holds = one && one->completed != 0 && (one->expires == 0 || one->expires > as_of);
      if (holds) return {.value = 0, .text = "no", .events = {one->event}};
    }
  }
  return {.value = 100, .text = "yes; nothing is locked"};
}

Reading fallbacks_offered(Streams streams, std::int64_t) {
  const auto& state = *streams.front();
  if (!blended(state)) return nothing("no digital programme in this case");
  if (state.fallbacks.empty() && state.components.empty()) return nothing("nothing recorded yet");
  Reading out{.value = static_cast<double>(state.fallbacks.size())};
  for (const auto& one : state.fallbacks) out.events.push_back(one->event);
  return out;
}

Reading usability_difficulties(Streams streams, std::int64_t) {
  return difficulties(streams, fb::DifficultyKind::usability);
}
Reading technical_difficulties(Streams streams, std::int64_t) {
  return difficulties(streams, fb::DifficultyKind::technical);
}
Reading login_difficulties(Streams streams, std::int64_t) { return difficulties(streams, fb::DifficultyKind::login); }

// Of all turns to the programme, those in which nothing went wrong: a difficulty met is a turn that failed,
// and so is a component that was abandoned.
Reading error_free(Streams streams, std::int64_t) {
  const auto& state = *streams.front();
  Reading out;
  double turns = 0, failed = 0;
  for (const auto& component : state.components) {
    if (!component) continue;
    turns += static_cast<double>(component->events.size());
    failed += std::min<double>(component->abandoned, static_cast<double>(component->events.size()));
  }
  for (const auto& one : state.difficulties) {
    if (!one) continue;
    ++turns;
    ++failed;
    out.events.push_back(one->event);
  }
  if (turns == 0) return nothing(blended(state) ? "nothing recorded yet" : "no digital programme in this case");
  out.value = 100 * (turns - failed) / turns;
  return out;
}

Reading confidence_latest(Streams streams, std::int64_t) {
  auto all = check_ins(streams);
  if (all.in_time.empty()) return nothing("nothing recorded yet");
  const auto& last = *all.in_time.back();
  return {.value = last.value, .text = last.about, .events = std::move(all.events)};
}

Reading confidence_change(Streams streams, std::int64_t) {
  auto all = check_ins(streams);
  if (all.in_time.size() < 2) return nothing("two check-ins are needed to see a change");
  return {.value = all.in_time.back()->value - all.in_time.front()->value,
          .text = "since the first of " + count_of(all.in_time.size(), "check-in"),
          .events = std::move(all.events)};
}

Reading nudges_taken(Streams streams, std::int64_t) {
  std::size_t shown = 0, taken = 0;
  for (const auto* stream : streams) {
    for (const auto& one : stream->nudges) {
      if (!one) continue;
      ++shown;
      taken += one->taken != 0;
    }
  }
  if (shown == 0) return nothing("no nudge shown yet");
  return {.value = static_cast<double>(taken), .text = "of " + count_of(shown, "nudge") + " shown"};
}

}  // namespace alliance::host::indicators::read

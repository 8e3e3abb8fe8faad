// SPDX-License-Identifier: Apache-2.0
// Timing, tailoring and programmes: what their answers say.
#include <alliance_schema/event_generated.h>
#include <alliance_schema/plan_generated.h>
#include <alliance_schema/programme_generated.h>
#include <alliance_schema/proposal_generated.h>
#include <alliance_schema/report_generated.h>

#include <cmath>
#include <set>

#include "check/question.h"
#include "check/tests.h"
#include "plugin/registry.h"

namespace alliance::check {
namespace {

const Question& named(std::string_view kind, std::string_view name) {
  for (const Question& question : questions()) {
    if (kind == question.kind && name == question.name) return question;
  }
  return questions()[0];
}

// What each policy or programme answers to the sample, unpacked; skipped where it answers nothing.
template <class Table, class Look>
Outcome each_answer(Session& session, const Question& question, const Look& look) {
  bool any = false;
  for (const Offered& what : session.offered(question.kind)) {
    const auto instance = Instance::make(session, what);
    if (!instance) continue;
    const Answer answer = ask(session, *instance, question, sample(session, question));
    if (answer.status != ALLIANCE_OK || !wrong_with(question, answer.bytes).empty()) continue;  // answers-are-tables
    any = true;
    typename Table::NativeTableType table;
    flatbuffers::GetRoot<Table>(answer.bytes.data())->UnPackTo(&table);
    const Outcome outcome = look(table);
    if (outcome.verdict == Verdict::passed) continue;
    return {outcome.verdict, "'" + what.id + "': " + outcome.text};
  }
  return any ? passed() : skipped(std::string("the plugin answers nothing to ") + called(question));
}

}  // namespace

Outcome plan_keys(Session& session) {
  return each_answer<fb::Plan>(session, named("timing", "plan"), [](const fb::PlanT& plan) {
    std::set<std::string> keys;
    for (const auto& occasion : plan.occasions) {
      if (occasion->key.empty() || !keys.insert(occasion->key).second) {
        return failed("the key '" + occasion->key + "' is empty or stands there twice");
      }
      if (occasion->role.empty()) return failed("occasion " + occasion->key + " asks for no role");
      if (occasion->rule.empty()) return failed("occasion " + occasion->key + " names no rule");
    }
    return passed();
  });
}

Outcome plan_windows(Session& session) {
  return each_answer<fb::Plan>(session, named("timing", "plan"), [](const fb::PlanT& plan) {
    for (const auto& occasion : plan.occasions) {
      const bool after = occasion->expires == 0 || occasion->expires > occasion->opens;
      const bool due = occasion->due == 0 || occasion->due >= occasion->opens;
      if (!after || !due) return failed("occasion " + occasion->key + " ends or is due before it opens");
      if (occasion->state == fb::OccasionState::unset) return failed("occasion " + occasion->key + " has no state");
    }
    return passed();
  });
}

Outcome plan_next_change(Session& session) {
  return each_answer<fb::Plan>(session, named("timing", "plan"), [](const fb::PlanT& plan) {
    return plan.next_change == 0 || plan.next_change > asked_at
               ? passed()
               : failed("its next change lies before the instant that it was asked at");
  });
}

Outcome account_finite(Session& session) {
  return each_answer<fb::Report>(session, named("timing", "account"), [](const fb::ReportT& report) {
    const auto* body = report.body.AsTimeAccounted();
    if (body == nullptr || body->account == nullptr) return failed("its report is no TimeAccount");
    const auto& account = body->account;
    std::vector<double> minutes = {account->planned, account->booked, account->used, account->remaining};
    for (const auto& work : account->work) {
      minutes.insert(minutes.end(), {work->planned, work->booked, work->used, work->remaining});
    }
    for (const double value : minutes) {
      if (!std::isfinite(value) || value < 0) return failed("it has minutes that are negative or no number");
    }
    return passed();
  });
}

Outcome proposals_keys(Session& session) {
  return each_answer<fb::Proposals>(session, named("tailoring", "propose"), [](const fb::ProposalsT& all) {
    std::set<std::string> keys;
    for (const auto& one : all.proposals) {
      if (one->key.empty() || !keys.insert(one->key).second) {
        return failed("the key '" + one->key + "' is empty or stands there twice: the host reports each key once");
      }
    }
    return passed();
  });
}

Outcome proposals_evidence(Session& session) {
  return each_answer<fb::Proposals>(session, named("tailoring", "propose"), [](const fb::ProposalsT& all) {
    for (const auto& one : all.proposals) {
      if (one->rule.empty()) return failed("proposal " + one->key + " names no rule");
      if (one->evidence.empty()) return failed("proposal " + one->key + " names no evidence");
      if (one->audience == fb::Audience::unset) return failed("proposal " + one->key + " is for nobody");
      if (one->action->kind == fb::ActionKind::unset) return failed("proposal " + one->key + " asks for nothing");
    }
    return passed();
  });
}

Outcome proposals_catalogue(Session& session) {
  return each_answer<fb::Proposals>(session, named("tailoring", "propose"), [](const fb::ProposalsT& all) {
    fb::ProgrammeT programme;
    flatbuffers::GetRoot<fb::Programme>(sample_programme().data())->UnPackTo(&programme);
    std::set<std::string> known = {""};
    for (const auto& component : programme.components) known.insert(component->id);
    for (const auto& one : all.proposals) {
      for (const auto& name : {one->action->component, one->action->replacement, one->action->before}) {
        if (known.count(name) == 0) {
          return failed("proposal " + one->key + " is about component '" + name + "', which the catalogue has not");
        }
      }
    }
    return passed();
  });
}

Outcome propose_without_programme(Session& session) {
  const Question& question = named("tailoring", "propose");
  bool any = false;
  for (const Offered& what : session.offered("tailoring")) {
    const auto instance = Instance::make(session, what);
    if (!instance) continue;
    any = true;
    const Bytes& a_case = sample(session, question);
    plugin::Gather out;
    alliance_error error = ALLIANCE_ERROR_INIT;
    session.host().in_call(true);
    at("tailoring.propose() for a case without a programme");
    const auto status =
        session.tables().tailoring.propose(static_cast<alliance_tailoring*>(instance->get()), a_case.data(),
                                           a_case.size(), nullptr, 0, asked_at, out.sink(), &error);
    session.host().in_call(false);
    if (status != ALLIANCE_OK) return failed("'" + what.id + "' fails: " + text_of(error));
    const auto wrong = wrong_with(question, out.bytes());
    if (!wrong.empty()) return failed("'" + what.id + "': " + wrong);
  }
  return any ? passed() : skipped("the plugin has no tailoring policy");
}

Outcome catalogue_sound(Session& session) {
  return each_answer<fb::Programme>(session, named("programme", "catalogue"), [](const fb::ProgrammeT& programme) {
    std::set<std::string> known;
    for (const auto& component : programme.components) {
      if (!known.insert(component->id).second) return failed("component " + component->id + " stands there twice");
      if (!std::isfinite(component->minutes) || component->minutes < 0) {
        return failed("component " + component->id + " takes no possible time");
      }
    }
    for (const auto& component : programme.components) {
      for (const auto& before : component->prerequisites) {
        if (known.count(before) == 0)
          return failed("component " + component->id + " needs '" + before + "', which there is not");
      }
    }
    for (const auto& step : programme.default_path) {
      if (known.count(step) == 0) return failed("its default path leads over '" + step + "', which there is not");
    }
    return passed();
  });
}

Outcome ingest_lines(Session& session) {
  return each_answer<fb::EventBatch>(session, named("programme", "ingest"), [](const fb::EventBatchT& batch) {
    std::set<std::string> ids;
    for (const auto& event : batch.events) {
      if (event->id.empty() || !ids.insert(event->id).second)
        return failed("the event id '" + event->id + "' is empty or stands there twice");
    }
    for (const auto& one : batch.unmapped) {
      if (one->reason.empty())
        return failed("line " + std::to_string(one->line) + " is no event, and nothing says why");
    }
    return passed();
  });
}

Outcome apply_unknown(Session& session) {
  bool any = false;
  for (const Offered& what : session.offered("programme")) {
    const auto instance = Instance::make(session, what);
    if (!instance) continue;
    any = true;
    const Question& question = named("programme", "apply");
    const Answer answer = ask(session, *instance, question, sample(session, question));
    if (answer.status == ALLIANCE_OK || answer.status == ALLIANCE_E_UNSUPPORTED) continue;
    if (answer.status == ALLIANCE_E_BAD_INPUT || answer.status == ALLIANCE_E_NOT_FOUND) continue;  // not its component
    return failed("'" + what.id + "' answers " + std::to_string(answer.status) +
                  " to a change that it may not know: " + text_of(answer.error));
  }
  return any ? passed() : skipped("the plugin has no programme");
}

}  // namespace alliance::check

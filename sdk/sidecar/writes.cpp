// SPDX-License-Identifier: Apache-2.0
#include "writes.h"

namespace alliance::sidecar {
namespace {

// What a member of the body must say: the viewer's id, or the word for the viewer's role.
enum class Says : std::uint8_t { nothing, viewer, role };

struct Row {
  const char* kind = "";
  bool client = false, practitioner = false, supervisor = false;
  Says says = Says::nothing;
  const char* member = nullptr;
};

// A supervisor's own deeds are few: what is done in a case is its practitioner's.
constexpr Row rows[] = {
    {"AnswersGiven", true, true, false, Says::role, "rater"},
    {"MessageExchanged", true, true, false, Says::role, "sender"},
    {"MeasureShown", true, true, false},
    {"InformationShown", true, true, false},
    {"ConsentGiven", true, false, false},
    {"ConsentWithdrawn", true, false, false},
    {"AudienceSet", true, false, false},
    {"ComponentProgress", true, false, false},
    {"ComponentIrrelevant", true, false, false},
    {"ToolUsed", true, true, false},
    {"DifficultyMet", true, true, false},
    {"SupportRequested", true, true, false},
    {"ZoneChanged", true, true, false},
    {"GoalSet", false, true, false},
    {"SessionBooked", false, true, false},
    {"SessionHeld", false, true, false},
    {"SessionMissed", false, true, false},
    {"SessionCancelled", false, true, false},
    {"ReviewBooked", false, true, false},
    {"ToolOffered", false, true, false},
    {"OnlineWorkDiscussed", false, true, false},
    {"ActivityLogged", false, true, false},
    {"TimerStarted", false, true, false},
    {"TimerStopped", false, true, false},
    {"TimeCorrected", false, true, false},
    {"SupportResolved", false, true, false},
    {"FallbackOffered", false, true, false},
    {"OnboardingStep", false, true, false},
    {"TrainingCompleted", false, true, false},
    {"SupervisionHeld", false, true, false},
    {"ConfidenceCheckIn", false, true, false},
    {"NudgeShown", false, true, false},
    {"NudgeTaken", false, true, false},
    {"CapacitySet", false, true, false},
    {"LeaveTaken", false, true, false},
    {"ProposalShown", false, true, false, Says::viewer, "by"},
    {"ProposalDecided", false, true, false, Says::viewer, "by"},
    {"ActionDone", false, true, false, Says::viewer, "by"},
    {"AdaptationApplied", false, true, false, Says::viewer, "by"},
    {"AdaptationReverted", false, true, false, Says::viewer, "by"},
    {"SafetyAcknowledged", false, true, true, Says::viewer, "person"},
};

std::string word_in(const boost::json::object& from, std::string_view name) {
  const auto* found = from.if_contains(name);
  return found != nullptr && found->is_string() ? std::string(found->get_string()) : std::string();
}

const Row* row_of(const std::string& kind, std::int32_t role) {
  for (const Row& row : rows) {
    if (kind != row.kind) continue;
    const bool may = role == ALLIANCE_ROLE_CLIENT         ? row.client
                     : role == ALLIANCE_ROLE_PRACTITIONER ? row.practitioner
                                                          : role == ALLIANCE_ROLE_SUPERVISOR && row.supervisor;
    return may ? &row : nullptr;
  }
  return nullptr;
}

Result<void> whose(const Host& host, const Viewer& viewer, const boost::json::object& event) {
  const std::string subject = word_in(event, "case"), practitioner = word_in(event, "practitioner");
  if (!practitioner.empty() && (viewer.role != ALLIANCE_ROLE_PRACTITIONER || practitioner != viewer.id)) {
    return fail(ALLIANCE_E_DENIED, "practitioner names another person than the one who records this");
  }
  if (viewer.role == ALLIANCE_ROLE_SUPERVISOR) return {};
  if (subject.empty()) {
    if (!practitioner.empty()) return {};
    return fail(ALLIANCE_E_BAD_INPUT, "event: case or practitioner is needed");
  }
  if (host.owns(subject, viewer)) return {};
  return fail(ALLIANCE_E_DENIED, "it is not this viewer's own case");
}

}  // namespace

Result<void> may_record(const Host& host, const Viewer& viewer, boost::json::object& event) {
  const std::string kind = word_in(event, "body_type");
  if (kind == "TimePassed") return fail(ALLIANCE_E_DENIED, "TimePassed is the host's own to record");
  if (viewer.role == ALLIANCE_ROLE_SERVICE) return {};
  if (viewer.id.empty()) {
    return fail(ALLIANCE_E_BAD_INPUT, "the header Alliance-Viewer must say who records this: the token names nobody");
  }
  const Row* row = row_of(kind, viewer.role);
  if (row == nullptr) return fail(ALLIANCE_E_DENIED, "a " + std::string(kind) + " is not for this role to record");
  if (auto fine = whose(host, viewer, event); !fine) return fine;
  if (row->says == Says::nothing) return {};
  const std::string wanted = row->says == Says::viewer             ? viewer.id
                             : viewer.role == ALLIANCE_ROLE_CLIENT ? "client"
                                                                   : "practitioner";
  auto& body = event.at("body").as_object();
  const auto* said = body.if_contains(row->member);
  if (said == nullptr) {
    body[row->member] = wanted;
  } else if (!said->is_string() || said->get_string() != wanted) {
    return fail(ALLIANCE_E_DENIED, "body." + std::string(row->member) + " says another than the one who records this");
  }
  return {};
}

}  // namespace alliance::sidecar

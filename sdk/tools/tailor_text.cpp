// SPDX-License-Identifier: Apache-2.0
#include "tailor_text.h"

#include <algorithm>
#include <cstdio>

#include "due_read.h"
#include "review_escape.h"

namespace alliance::tools::tailor {
namespace {

std::string short_number(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%g", value);
  return text;
}

std::string tailor_line(const std::string& text) { return review::terminal_text(text) + "\n"; }

std::string outcome(const fb::WouldT& would) {
  if (!would.made) return "not proposed then";
  std::string out = "proposed then as well, ";
  out += would.decision == fb::Decision::unset ? "not decided" : fb::EnumNameDecision(would.decision);
  if (would.decided != 0) out += " " + due::day_of(would.decided);
  if (!would.reason.empty()) out += " (" + would.reason + ")";
  if (would.effect != 0) out += ", effect seen " + due::day_of(would.effect);
  return out;
}

std::string evidence_in_words(const fb::EvidenceT& evidence) {
  std::string out = evidence.what;
  if (evidence.value) out += " " + short_number(*evidence.value);
  if (evidence.threshold) out += ", threshold " + short_number(*evidence.threshold);
  if (evidence.provenance) {
    out += std::string(" (") + fb::EnumNameCertainty(evidence.provenance->certainty);
    if (!evidence.provenance->source.empty()) out += ", " + evidence.provenance->source;
    out += ")";
  }
  return out;
}

std::string tailor_listed(const std::vector<std::string>& ids) {
  std::string out;
  for (const auto& id : ids) out += (out.empty() ? "" : " ") + id;
  return out.empty() ? "-" : out;
}

std::string change_line(const fb::ChangeT& change) {
  std::string out = "  " + due::text_of(change.since) + "  " + in_words(*change.action);
  out += change.proposal.empty() ? "  own" : "  proposal " + change.proposal;
  if (!change.by.empty()) out += " by " + change.by;
  if (!change.reason.empty()) out += ": " + change.reason;
  return tailor_line(out);
}

}  // namespace

std::string in_words(const fb::ActionT& action) {
  std::string out = fb::EnumNameActionKind(action.kind);
  if (!action.component.empty()) out += " " + action.component;
  if (!action.replacement.empty()) out += ", " + action.replacement + " in its place";
  if (!action.before.empty()) out += " before " + action.before;
  if (action.value) out += " to " + short_number(*action.value);
  if (!action.option.empty()) out += ": " + action.option;
  return out;
}

std::string as_text(const fb::SimulationT& simulation) {
  std::string out =
      tailor_line("Case " + simulation.id + ", " + due::day_of(simulation.from) + " to " + due::day_of(simulation.to) +
                  ": " + simulation.policy + " asked " + std::to_string(simulation.asked) +
                  " times, would have proposed " + std::to_string(simulation.would.size()));
  if (!simulation.withheld.empty()) return tailor_line("Case " + simulation.id + ": " + simulation.withheld);
  for (const auto& would : simulation.would) {
    const fb::ProposalT& proposal = *would->proposal;
    out += tailor_line("  " + due::text_of(would->time) + "  " + proposal.rule + ": " + in_words(*proposal.action) +
                       ", " + short_number(proposal.action->minutes) + " min, for " +
                       fb::EnumNameAudience(proposal.audience) + "; " + outcome(*would));
    for (const auto& evidence : proposal.evidence) out += tailor_line("      because " + evidence_in_words(*evidence));
    for (const auto& other : proposal.considered) {
      out += tailor_line("      not " + in_words(*other->action) + ": " + other->why_not);
    }
  }
  for (const auto& did : simulation.did) {
    std::string text = "  " + due::text_of(did->time) + "  done: " + in_words(*did->action);
    text += did->rule.empty() ? ", the practitioner's own" : ", after " + did->rule;
    if (did->reverted != 0) text += ", reverted " + due::day_of(did->reverted);
    text += did->near.empty() ? "; nothing of the kind would have been proposed in the 14 days before"
                              : "; would have been proposed: " + tailor_listed(did->near);
    out += tailor_line(text);
  }
  for (const auto& why : simulation.refused) out += tailor_line("  refused: " + why);
  return out;
}

std::string as_text(const fb::InForceT& table) {
  std::string out = tailor_line("Case " + table.id + " as of " + due::text_of(table.as_of) + "Z, programme " +
                                (table.programme.empty() ? "none" : table.programme + " " + table.version));
  if (!table.note.empty()) out += tailor_line(table.note);
  if (table.note.empty()) {
    out += tailor_line("path     " + tailor_listed(table.path));
    out += tailor_line("default  " + tailor_listed(table.default_path));
  }
  const auto part = [&](const char* head, const std::vector<std::unique_ptr<fb::ChangeT>>& changes) {
    if (changes.empty()) return;
    out += std::string(head) + "\n";
    for (const auto& change : changes) out += change_line(*change);
  };
  part("in force:", table.changes);
  part("accepted, not answered by the programme:", table.under_way);
  part("refused by the programme:", table.refused);
  if (table.changes.empty() && table.under_way.empty() && table.refused.empty()) out += "nothing was adapted\n";
  return out;
}

}  // namespace alliance::tools::tailor

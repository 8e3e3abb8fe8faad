// SPDX-License-Identifier: Apache-2.0
// One client's part of the page.
#include <algorithm>

#include "review_escape.h"
#include "review_html.h"
#include "review_words.h"

namespace alliance::tools::review {
namespace {

std::string evidence_of(const fb::ProposalT& proposal) {
  std::string out;
  for (const auto& one : proposal.evidence) {
    if (!one) continue;
    if (!out.empty()) out += "; ";
    out += html_text(one->what);
    if (one->value) out += " (" + number(*one->value, 2) + ")";
  }
  return out;
}

std::string outcome_of(const fb::ProposalRecordT& record) {
  const char* style = record.decision == fb::Decision::accepted ? "good" : "soft";
  std::string out = tag(style, name(record.decision));
  if (record.decided != 0) out += " " + day(record.decided);
  if (!record.by.empty()) out += " by " + html_text(record.by);
  if (!record.reason.empty()) out += ": " + html_text(record.reason);
  if (record.applied != 0) out += "; applied " + day(record.applied);
  if (record.refused != 0) out += "; refused by the programme " + day(record.refused);
  if (record.reverted != 0) out += "; reverted " + day(record.reverted);
  if (record.effect != 0) out += "; effect seen " + day(record.effect);
  if (record.edited) out += "; edited";
  return out;
}

std::string proposals_of(const fb::CaseT& course) {
  if (course.proposals.empty() && course.own_adaptations.empty()) return {};
  std::string out =
      "<h4>Proposals and decisions</h4><div class=\"wide\"><table><thead><tr><th></th><th>When</th><th>Proposed</th>"
      "<th>For</th><th>Evidence</th><th>Decision</th></tr></thead><tbody>";
  for (const auto& record : course.proposals) {
    if (!record || !record->proposal || !record->proposal->action) continue;
    const auto& proposal = *record->proposal;
    std::string what = std::string(name(proposal.action->kind));
    if (!proposal.action->component.empty()) what += " " + html_text(proposal.action->component);
    if (!proposal.action->replacement.empty()) what += ", instead " + html_text(proposal.action->replacement);
    if (!proposal.action->text.empty()) what += "<br><small>" + html_text(proposal.action->text) + "</small>";
    out += "<tr>" + cell(factor_code(proposal.factor), "k") + cell(day(record->reported)) + cell(what) +
           cell(name(proposal.audience)) + cell(evidence_of(proposal)) + cell(outcome_of(*record)) + "</tr>";
  }
  for (const auto& own : course.own_adaptations) {
    if (!own || !own->action) continue;
    std::string what = std::string(name(own->action->kind));
    if (!own->action->component.empty()) what += " " + html_text(own->action->component);
    if (!own->action->before.empty()) what += " before " + html_text(own->action->before);
    out +=
        "<tr>" + cell("F3", "k") + cell(day(own->time)) + cell(what) + cell("client") + cell("the practitioner's own") +
        cell(own->reverted != 0 ? tag("soft", "reverted") + " " + day(own->reverted) : tag("good", "made")) + "</tr>";
  }
  return out + "</tbody></table></div>";
}

// An occasion is answered by a sheet that plays its role within its window.
bool answered(const fb::CaseT& course, const fb::OccasionT& occasion) {
  return std::any_of(course.sheets.begin(), course.sheets.end(), [&](const auto& sheet) {
    if (!sheet || sheet->rater != occasion.rater || sheet->target != occasion.target) return false;
    if (sheet->time < occasion.opens || sheet->time >= occasion.expires) return false;
    return std::any_of(sheet->scores.begin(), sheet->scores.end(), [&](const auto& score) {
      return score && std::find(score->roles.begin(), score->roles.end(), occasion.role) != score->roles.end();
    });
  });
}

}  // namespace

std::string client_facts(const fb::CaseT& course) {
  std::string out = std::string(name(course.delivery)) + ", practitioner " + html_text(course.practitioner) +
                    ", service " + html_text(course.service) + ", since " + day(course.opened);
  if (course.closed != 0) out += ", closed " + day(course.closed);
  std::size_t held = 0;
  for (const auto& session : course.sessions) held += session && session->state == fb::SessionState::held;
  out += ". " + std::to_string(held) + " of " + std::to_string(course.planned_sessions) + " sessions held";
  if (course.planned_modules > 0) {
    std::size_t done = 0;
    for (const auto& component : course.components) done += component && component->completed != 0;
    out += ", " + std::to_string(done) + " of " + std::to_string(course.planned_modules) + " modules completed";
  }
  return "<p>" + out + ".</p>";
}

std::string client_signals(const fb::CaseT& course, std::size_t most) {
  if (course.signals.empty()) return {};
  std::string out = "<h4>Signals <small>a reason to ask the client</small></h4><ul>";
  for (std::size_t i = course.signals.size() - std::min(most, course.signals.size()); i < course.signals.size(); ++i) {
    const auto& record = course.signals[i];
    if (!record || !record->signal) continue;
    const auto& signal = *record->signal;
    const bool good = signal.kind == fb::SignalKind::repaired;
    out += "<li>" + day(record->time) + (signal.session ? ", session " + std::to_string(signal.session) : "") + ": " +
           tag(good ? "good" : "warn", name(signal.kind)) + " " + html_text(signal.wording) + " <small>" +
           html_text(signal.rule);
    if (signal.change) out += ", change " + number(*signal.change, 2);
    if (signal.threshold) out += ", threshold " + number(*signal.threshold, 2);
    out += "</small></li>";
  }
  return out + "</ul>";
}

std::string client_flags(const fb::CaseT& course) {
  if (course.flags.empty()) return {};
  std::string out = "<h4>Safety</h4><ul>";
  for (const auto& record : course.flags) {
    if (!record || !record->flag) continue;
    const auto& flag = *record->flag;
    out += "<li>" + moment(record->raised) + ": " + tag("safety", name(flag.state)) + " item " + html_text(flag.item) +
           " of " + html_text(flag.instrument) + ". ";
    if (record->level > 0) {
      out += "Escalated " + std::to_string(record->level) + (record->level == 1 ? " time" : " times") + " to " +
             html_text(flag.contact) + ". ";
    }
    out += record->acknowledged != 0
               ? "Acknowledged by " + html_text(record->person) + " at " + moment(record->acknowledged) + "."
               : "<b>Not acknowledged by a person yet</b>; answer by " + moment(flag.respond_by) + ".";
    out += "</li>";
  }
  return out + "</ul>";
}

std::string client_measures(const fb::CaseT& course, std::int64_t as_of) {
  std::size_t done = 0, missed = 0;
  std::string open;
  for (const auto& record : course.occasions) {
    if (!record || !record->occasion) continue;
    const auto& occasion = *record->occasion;
    if (occasion.state == fb::OccasionState::cancelled) continue;  // it was taken back: nobody missed it
    if (occasion.state == fb::OccasionState::answered || answered(course, occasion)) {
      ++done;
    } else if (occasion.expires <= as_of) {
      ++missed;
    } else if (course.closed == 0) {
      open += "<li>" + html_text(role_name(occasion.role)) + " of the " + std::string(name(occasion.rater)) + ": due " +
              moment(occasion.due) + "</li>";
    }
  }
  if (done + missed == 0 && open.empty()) return {};
  std::string out = "<p>Measures that fell due: " + std::to_string(done) + " answered, " + std::to_string(missed) +
                    " expired without an answer" + (open.empty() ? "." : "; open:") + "</p>";
  return open.empty() ? out : out + "<ul>" + open + "</ul>";
}

std::string tag(std::string_view style, std::string_view words) {
  return "<span class=\"tag " + std::string(style) + "\">" + html_text(words) + "</span>";
}

std::string paragraph(std::string_view words, std::string_view style) {
  return "<p" + (style.empty() ? std::string{} : " class=\"" + std::string(style) + "\"") + ">" + html_text(words) +
         "</p>";
}

std::string stopped(const fb::ReviewT& review, const fb::CaseSummaryT& summary) {
  const auto* course = review.course.get();
  if (summary.observe_only || (course && course->observe_only)) {
    return "Observed only: this case is collected and computed, and shown to nobody, safety excepted.";
  }
  if (!course) return review.withheld.empty() ? "The course is not shown to this viewer." : review.withheld.front();
  if (course->consent_withdrawn != 0 && course->consent_withdrawn >= course->consent_given) {
    return "Consent was withdrawn on " + day(course->consent_withdrawn) +
           ": measures and signals have stopped, and nothing more is shown.";
  }
  return {};
}

std::string client_section(const fb::ReviewT& review, const Pages& pages) {
  std::string out =
      "<section class=\"client\" id=\"case-" + fragment(review.id) + "\"><h3>Client " + html_text(review.id) + "</h3>";
  const std::string stop = stopped(review, summary_of(pages, review.id));
  if (!stop.empty())
    return out + paragraph(stop, "stop") + (review.course ? client_flags(*review.course) : "") + "</section>";
  const auto& course = *review.course;
  for (const auto& sentence : review.withheld) out += "<p class=\"soft\">Withheld: " + html_text(sentence) + "</p>";
  out += client_facts(course) + client_plots(course, pages.instruments) + client_flags(course) +
         client_signals(course) + proposals_of(course) + client_measures(course, review.as_of) +
         "<h4>The eight factors</h4>" + factor_table(review.factors);
  if (!review.note.empty()) out += paragraph(review.note, "soft");
  return out + "</section>";
}

}  // namespace alliance::tools::review

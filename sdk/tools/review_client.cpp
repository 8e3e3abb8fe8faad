// SPDX-License-Identifier: Apache-2.0
// One client's part of the page.
#include <algorithm>

#include "review_escape.h"
#include "review_html.h"
#include "review_words.h"

namespace alliance::tools::review {
namespace {

std::string evidence_of(const fb::ProposalT& proposal, const Words& w) {
  std::string out;
  for (const auto& one : proposal.evidence) {
    if (!one) continue;
    if (!out.empty()) out += w("; ");
    out += told(one->what, w);
    if (one->value) out += " (" + number(*one->value, 2) + ")";
  }
  return out;
}

std::string outcome_of(const fb::ProposalRecordT& record, const Words& w) {
  const char* style = record.decision == fb::Decision::accepted ? "good" : "soft";
  std::string out = tag(style, w(name(record.decision)));
  const auto add = [&](const char* words, std::int64_t on) {
    if (on != 0) out += w("; ") + w(words, {day(on, w)});
  };
  if (record.decided != 0) out += " " + day(record.decided, w);
  if (!record.by.empty()) out += " " + w("by {}", {html_text(record.by)});
  if (!record.reason.empty()) out += w(": ") + told(record.reason, w);
  add("applied {}", record.applied);
  add("refused by the programme {}", record.refused);
  add("reverted {}", record.reverted);
  add("effect seen {}", record.effect);
  if (record.edited) out += w("; ") + w("edited");
  return out;
}

std::string proposals_of(const fb::CaseT& course, const Words& w) {
  if (course.proposals.empty() && course.own_adaptations.empty()) return {};
  std::string out = "<h4>" + w("Proposals and decisions") +
                    "</h4><div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"" +
                    w("Proposals and decisions") + "\"><table><thead><tr>";
  for (const char* head : {"Factor", "When", "Proposed", "For", "Evidence", "Decision"}) {
    out += "<th scope=\"col\">" + w(head) + "</th>";
  }
  out += "</tr></thead><tbody>";
  for (const auto& record : course.proposals) {
    if (!record || !record->proposal || !record->proposal->action) continue;
    const auto& proposal = *record->proposal;
    std::string what = w(name(proposal.action->kind));
    if (!proposal.action->component.empty()) what += " " + html_text(proposal.action->component);
    if (!proposal.action->replacement.empty()) what += w(", instead {}", {html_text(proposal.action->replacement)});
    if (!proposal.action->text.empty()) what += "<br><small>" + told(proposal.action->text, w) + "</small>";
    out += "<tr>" + cell(factor_code(proposal.factor), "k") + cell(day(record->reported, w)) + cell(what) +
           cell(w(name(proposal.audience))) + cell(evidence_of(proposal, w)) + cell(outcome_of(*record, w)) + "</tr>";
  }
  for (const auto& own : course.own_adaptations) {
    if (!own || !own->action) continue;
    std::string what = w(name(own->action->kind));
    if (!own->action->component.empty()) what += " " + html_text(own->action->component);
    if (!own->action->before.empty()) what += " " + w("before {}", {html_text(own->action->before)});
    out +=
        "<tr>" + cell("F3", "k") + cell(day(own->time, w)) + cell(what) + cell(w("client")) +
        cell(w("the practitioner's own")) +
        cell(own->reverted != 0 ? tag("soft", w("reverted")) + " " + day(own->reverted, w) : tag("good", w("made"))) +
        "</tr>";
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

std::string client_facts(const fb::CaseT& course, const Words& w) {
  std::string out =
      w("{}, practitioner {}, service {}, since {}",
        {w(name(course.delivery)), html_text(course.practitioner), html_text(course.service), day(course.opened, w)});
  if (course.closed != 0) out += w(", closed {}", {day(course.closed, w)});
  std::size_t held = 0;
  for (const auto& session : course.sessions) held += session && session->state == fb::SessionState::held;
  out += w(". ") + w("{} of {} sessions held", {std::to_string(held), std::to_string(course.planned_sessions)});
  if (course.planned_modules > 0) {
    std::size_t done = 0;
    for (const auto& component : course.components) done += component && component->completed != 0;
    out += w(", {} of {} modules completed", {std::to_string(done), std::to_string(course.planned_modules)});
  }
  return "<p>" + out + w(".") + "</p>";
}

std::string client_signals(const fb::CaseT& course, const Words& w, std::size_t most) {
  if (course.signals.empty()) return {};
  std::string out =
      "<h4>" + w("Signals") + " <small>" + w("a reason to ask the client, not validated") + "</small></h4><ul>";
  for (std::size_t i = course.signals.size() - std::min(most, course.signals.size()); i < course.signals.size(); ++i) {
    const auto& record = course.signals[i];
    if (!record || !record->signal) continue;
    const auto& signal = *record->signal;
    const bool good = signal.kind == fb::SignalKind::repaired;
    out += "<li>" + day(record->time, w) + (signal.session ? w(", session {}", {std::to_string(signal.session)}) : "") +
           w(": ") + tag(good ? "good" : "warn", w(name(signal.kind))) + " " + told(signal.wording, w) + " <small>" +
           html_text(signal.rule);
    if (signal.change) out += w(", change {}", {number(*signal.change, 2)});
    if (signal.threshold) out += w(", threshold {}", {number(*signal.threshold, 2)});
    out += "</small></li>";
  }
  return out + "</ul>";
}

std::string client_flags(const fb::CaseT& course, const Words& w) {
  if (course.flags.empty()) return {};
  std::string out = "<h4>" + w("Safety") + "</h4><ul>";
  for (const auto& record : course.flags) {
    if (!record || !record->flag) continue;
    const auto& flag = *record->flag;
    out += "<li>" + moment(record->raised, w) + w(": ") + tag("safety", w(name(flag.state))) + " " +
           w("item {} of {}. ", {html_text(flag.item), html_text(flag.instrument)});
    if (record->level > 0) {
      out += w(record->level == 1 ? "Escalated {} time to {}. " : "Escalated {} times to {}. ",
               {std::to_string(record->level), html_text(flag.contact)});
    }
    out += record->acknowledged != 0
               ? w("Acknowledged by {} at {}.", {html_text(record->person), moment(record->acknowledged, w)})
               : "<b>" + w("Not acknowledged by a person yet") + "</b>" +
                     w("; answer by {}.", {moment(flag.respond_by, w)});
    out += "</li>";
  }
  return out + "</ul>";
}

std::string client_measures(const fb::CaseT& course, std::int64_t as_of, const Words& w) {
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
      open += "<li>" +
              w("{} of the {}: due {}",
                {html_text(role_name(occasion.role, w)), w(name(occasion.rater)), moment(occasion.due, w)}) +
              "</li>";
    }
  }
  if (done + missed == 0 && open.empty()) return {};
  std::string out = "<p>" +
                    w("Measures that fell due: {} answered, {} expired without an answer",
                      {std::to_string(done), std::to_string(missed)}) +
                    w(open.empty() ? "." : "; open:") + "</p>";
  return open.empty() ? out : out + "<ul>" + open + "</ul>";
}

std::string tag(std::string_view style, std::string_view words) {
  return "<span class=\"tag " + std::string(style) + "\">" + html_text(words) + "</span>";
}

std::string paragraph(std::string_view words, std::string_view style) {
  return "<p" + (style.empty() ? std::string{} : " class=\"" + std::string(style) + "\"") + ">" + html_text(words) +
         "</p>";
}

std::string told(std::string_view sentence, const Words& w) {
  if (w.english()) return html_text(sentence);
  if (const std::string known = w.said(sentence); !known.empty()) return html_text(known);
  return "<span lang=\"en\">" + html_text(sentence) + "</span>";
}

std::string stopped(const fb::ReviewT& review, const fb::CaseSummaryT& summary, const Words& w) {
  const auto* course = review.course.get();
  if (summary.observe_only || (course && course->observe_only)) {
    return w("Observed only: this case is collected and computed, and shown to nobody, safety excepted.");
  }
  if (!course) {
    if (review.withheld.empty()) return w("The course is not shown to this viewer.");
    const std::string known = w.said(review.withheld.front());
    return known.empty() ? review.withheld.front() : known;
  }
  if (course->consent_withdrawn != 0 && course->consent_withdrawn >= course->consent_given) {
    return w("Consent was withdrawn on {}: measures and signals have stopped, and nothing more is shown.",
             {day(course->consent_withdrawn, w)});
  }
  return {};
}

std::string client_section(const fb::ReviewT& review, const Pages& pages, const Words& w) {
  std::string out = "<section class=\"client\" id=\"case-" + fragment(review.id) + "\"><h3>" +
                    w("Client {}", {html_text(review.id)}) + "</h3>";
  const std::string stop = stopped(review, summary_of(pages, review.id), w);
  if (!stop.empty())
    return out + paragraph(stop, "stop") + (review.course ? client_flags(*review.course, w) : "") + "</section>";
  const auto& course = *review.course;
  for (const auto& sentence : review.withheld) {
    out += "<p class=\"soft\">" + w("Withheld: {}", {told(sentence, w)}) + "</p>";
  }
  out += client_facts(course, w) + client_plots(course, pages.instruments, w) + client_flags(course, w) +
         client_signals(course, w) + proposals_of(course, w) + client_measures(course, review.as_of, w) + "<h4>" +
         w("The eight factors") + "</h4>" + factor_table(review.factors, w);
  if (!review.note.empty()) out += "<p class=\"soft\">" + told(review.note, w) + "</p>";
  return out + "</section>";
}

}  // namespace alliance::tools::review

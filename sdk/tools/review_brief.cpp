// SPDX-License-Identifier: Apache-2.0
// What to know before the next session, on one page.
#include <algorithm>

#include "review_escape.h"
#include "review_html.h"
#include "review_series.h"
#include "review_summary.h"
#include "review_words.h"

namespace alliance::tools::review {
namespace {

constexpr std::size_t most_of_brief = 4;  // lines per heading, so that it stays a page

const fb::ProposalT* waiting(const fb::ProposalRecordT* record) {
  if (!record || !record->proposal || !record->proposal->action || record->decision != fb::Decision::unset)
    return nullptr;
  return record->proposal->audience == fb::Audience::practitioner ? record->proposal.get() : nullptr;
}

std::string sentence_of(const fb::ProposalT& proposal, const Words& w) {
  if (!proposal.action->text.empty()) return told(proposal.action->text, w);
  std::string out = w(name(proposal.action->kind));
  if (!proposal.action->component.empty()) out += " " + html_text(proposal.action->component);
  return out;
}

// One thing to take up: a talking point if there is one, else what to ask, else the first proposal.
const fb::ProposalT* point_of(const fb::CaseT& course) {
  const fb::ProposalT* found = nullptr;
  const auto rank = [](const fb::ProposalT* one) {
    if (one == nullptr) return 3;
    return one->action->kind == fb::ActionKind::brief ? 0 : one->action->kind == fb::ActionKind::ask_client ? 1 : 2;
  };
  for (const auto& record : course.proposals) {
    const auto* one = waiting(record.get());
    if (one != nullptr && rank(one) < rank(found)) found = one;
  }
  return found;
}

std::string scores_of(const fb::CaseT& course, const std::vector<fb::InstrumentT>& instruments, const Words& w) {
  std::string rows;
  const auto add = [&](const char* role, fb::Target target, const char* more) {
    for (const auto& one : series(course, instruments, role, target, Axis::week)) {
      if (one.points.empty()) continue;
      const auto before = one.points.size() > 1 ? number(one.points[one.points.size() - 2].y) : std::string("–");
      std::string range = one.min && one.max ? w("{} to {}", {number(*one.min), number(*one.max)}) : std::string();
      if (one.lower_is_better) range += (range.empty() ? std::string() : w(", ")) + w("low is good");
      rows += "<tr>" +
              cell(html_text(role_name(one.role, w)) + w(", ") + w(name(one.rater)) + w(more) + " <small>" +
                   html_text(one.instrument) + "</small>") +
              cell(number(one.points.back().y), "n") + cell(before, "n") + cell(number(one.points.front().y), "n") +
              cell(range) + "</tr>";
    }
  };
  for (const char* role : {"alliance.pulse", "alliance.total"}) {
    add(role, fb::Target::practitioner, "");
    add(role, fb::Target::programme, ", with the programme");
  }
  add("symptom.", fb::Target::none, "");
  if (rows.empty()) return {};
  return "<h4>" + w("Latest scores") + "</h4><table><thead><tr><th>" + w("Questions") + "</th><th class=\"n\">" +
         w("Now") + "</th><th class=\"n\">" + w("Before") + "</th><th class=\"n\">" + w("First") + "</th><th>" +
         w("Range") + "</th></tr></thead><tbody>" + rows + "</tbody></table>";
}

std::string list_under(const char* heading, const std::vector<std::string>& lines, const Words& w) {
  if (lines.empty()) return {};
  std::string out = "<h4>" + w(heading) + "</h4><ul>";
  for (std::size_t i = 0; i < lines.size() && i < most_of_brief; ++i) out += "<li>" + lines[i] + "</li>";
  if (lines.size() > most_of_brief)
    out += "<li>" + w("and {} more", {std::to_string(lines.size() - most_of_brief)}) + "</li>";
  return out + "</ul>";
}

std::vector<std::string> online_of(const fb::CaseT& course, std::int64_t since, const Words& w) {
  std::vector<std::string> out;
  for (const auto& one : course.components) {
    if (one && one->last > since) {
      out.push_back(html_text(one->id) +
                    (one->completed ? w(", completed {}", {day(one->completed, w)}) : w(", begun")));
    }
  }
  return out;
}

}  // namespace

std::string client_brief(const fb::ReviewT& review, const Pages& pages, const Words& w) {
  std::string out =
      "<section class=\"client brief\"><h3>" + w("Client {}, before the session", {html_text(review.id)}) + "</h3>";
  const std::string stop = stopped(review, summary_of(pages, review.id), w);
  if (!stop.empty())
    return out + paragraph(stop, "stop") + (review.course ? client_flags(*review.course, w) : "") + "</section>";
  const auto& course = *review.course;
  std::int64_t since = 0;
  for (const auto& one : course.sessions) {
    if (one && one->state == fb::SessionState::held) since = std::max(since, one->starts);
  }
  const auto* point = point_of(course);
  std::vector<std::string> goals, proposals, help;
  for (const auto& one : course.goals) {
    if (one) goals.push_back(html_text(one->goal));
  }
  for (const auto& record : course.proposals) {
    const auto* one = waiting(record.get());
    if (one != nullptr && one != point) proposals.push_back(sentence_of(*one, w));
  }
  for (const auto& one : course.support) {
    if (one && one->resolved == 0)
      help.push_back(w("{}, asked {}", {told(one->topic.empty() ? one->request : one->topic, w), day(one->opened, w)}));
  }
  out += client_facts(course, w) + client_flags(course, w) + "<h4>" + w("One thing to take up") + "</h4><p>" +
         (point != nullptr ? sentence_of(*point, w) : w("Nothing in particular. Ask how the last weeks were.")) +
         "</p>" + client_signals(course, w, most_of_brief);
  out += list_under(since ? "Online since the last session" : "Online so far", online_of(course, since, w), w);
  out += list_under("Help that was asked for", help, w) + scores_of(course, pages.instruments, w) +
         list_under("Goals", goals, w);
  out += client_measures(course, review.as_of, w) + list_under("Proposals to decide", proposals, w);
  return out + "</section>";
}

}  // namespace alliance::tools::review

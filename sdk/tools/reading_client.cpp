// SPDX-License-Identifier: Apache-2.0
// The client's page for reading: what is asked today and why, who sees it, what was answered, and where to find help.
#include <algorithm>
#include <set>

#include "reading_frame.h"
#include "review_escape.h"
#include "review_html.h"
#include "table_of.h"

namespace alliance::tools::reading {
namespace {

using review::html_text;
using review::paragraph;

constexpr std::size_t most_of_past = 50;

const char* audience_to_client(fb::Audience audience) {
  switch (audience) {
    case fb::Audience::client:
      return "you";
    case fb::Audience::practitioner:
      return "your practitioner";
    case fb::Audience::supervisor:
      return "your practitioner’s supervisor";
    case fb::Audience::service:
      return "the team of the service";
    case fb::Audience::support:
      return "technical support";
    case fb::Audience::content_owner:
      return "the makers of the programme";
    default:
      return "nobody";
  }
}

std::string who_sees(const fb::CaseT* course, const Words& w) {
  std::vector<fb::Audience> audiences;
  if (course != nullptr) audiences = course->audiences;
  if (audiences.empty()) audiences = {fb::Audience::client, fb::Audience::practitioner, fb::Audience::supervisor};
  std::string out;
  for (std::size_t i = 0; i < audiences.size(); ++i) {
    if (i > 0) out += w(i + 1 == audiences.size() ? " and " : ", ");
    out += w(audience_to_client(audiences[i]));
  }
  return w("Who sees your answers: {}.", {out});
}

const fb::InstrumentT* instrument_named(const std::vector<fb::InstrumentT>& all, const std::string& id) {
  const auto found = std::find_if(all.begin(), all.end(), [&](const auto& one) { return one.id == id; });
  return found == all.end() ? nullptr : &*found;
}

// Two roles that one instrument plays are asked once.
std::string asked_today(const Host& host, const fb::DueListT& due, const std::vector<fb::InstrumentT>& instruments,
                        const Words& w) {
  std::string out;
  std::set<std::string> seen;
  for (const auto& record : due.occasions) {
    if (!record || !record->occasion) continue;
    const auto& one = *record->occasion;
    const bool open = one.state == fb::OccasionState::due || one.state == fb::OccasionState::overdue;
    if (!open || one.rater != fb::Rater::client || one.instrument.empty()) continue;
    if (!seen.insert(one.instrument + "/" + std::to_string(one.session)).second) continue;
    const auto* known = instrument_named(instruments, one.instrument);
    out += "<li><b>" + (known != nullptr ? instrument_title(host, *known, w) : html_text(one.instrument)) + "</b><br>" +
           (one.items == 1 ? w("1 question") : w("{} questions", {std::to_string(one.items)}));
    if (one.closes != 0) out += w(". Open until {}", {review::day(one.closes, w)});
    out += w(".") + "<br><small>" + w("Why today: ") +
           (one.session != 0 ? w("Session {} was held.", {std::to_string(one.session)})
                             : review::told(one.reason.empty() ? one.rule : one.reason, w)) +
           "</small></li>";
  }
  return out;
}

std::string score_shown(const fb::SheetT& sheet, const fb::InstrumentT* instrument, const Words& w) {
  const fb::ScoreT* shown = nullptr;
  for (const auto& score : sheet.scores) {
    if (score && (shown == nullptr || score->scale == "total")) shown = score.get();
  }
  if (shown == nullptr || !shown->value) return w("no score");
  std::string out = review::number(*shown->value);
  if (instrument == nullptr) return out;
  for (const auto& scale : instrument->scales) {
    if (!scale || scale->id != shown->scale || !scale->max) continue;
    out += " (" + w("{} to {}", {review::number(scale->min ? *scale->min : 0), review::number(*scale->max)}) + ")";
  }
  out = "<span class=\"whole\">" + out + "</span>";
  return instrument->not_validated ? out + " <small class=\"whole\">" + w("not validated") + "</small>" : out;
}

std::string past_answers(const Host& host, const fb::CaseT& course, const std::vector<fb::InstrumentT>& instruments,
                         const Words& w) {
  std::vector<const fb::SheetT*> sheets;
  for (const auto& one : course.sheets) {
    if (one && one->rater == fb::Rater::client) sheets.push_back(one.get());
  }
  if (sheets.empty()) return paragraph(w("You have not answered anything yet."));
  std::stable_sort(sheets.begin(), sheets.end(), [](const auto* a, const auto* b) { return a->time > b->time; });
  std::vector<std::vector<std::string>> rows;
  for (const auto* one : sheets) {
    if (rows.size() == most_of_past) break;
    const auto* known = instrument_named(instruments, one->instrument);
    rows.push_back({"<span class=\"whole\">" + review::day(one->time, w) + "</span>",
                    known != nullptr ? instrument_title(host, *known, w) : html_text(one->instrument),
                    score_shown(*one, known, w)});
  }
  return table(w("Your past answers"), {w("Date"), w("Questions"), w("Score")}, rows) +
         paragraph(w("A score is a number to talk about with your practitioner. It is no diagnosis."), "soft");
}

}  // namespace

Result<Drawn> client_page(const Host& host, const Viewer& viewer, const Reading& reading) {
  const Words& w = reading.words;
  auto instruments = instruments_of(host);
  if (!instruments) return tl::unexpected(instruments.error());
  const auto due = table_of<fb::DueList>("DueList", host.due(viewer.id, 0, viewer));
  if (!due) return tl::unexpected(due.error());
  const auto review = table_of<fb::Review>("Review", host.review(ALLIANCE_SCOPE_CASE, viewer.id, viewer));
  if (!review) return tl::unexpected(review.error());
  const std::string today = asked_today(host, *due, *instruments, w);
  std::string inside = "<h2>" + w("What is asked today") + "</h2>";
  if (today.empty()) {
    inside += paragraph(w("Nothing is asked of you today."));
  } else {
    inside += "<ul>" + today + "</ul>" + paragraph(who_sees(review->course.get(), w));
    const auto* watched = reading.told != nullptr ? reading.told->if_contains("watched") : nullptr;
    if (watched != nullptr && watched->is_string()) {
      inside += "<p>" + w("How they are read: ") + "<span lang=\"" +
                html_text(std::string_view(reading.told->at("language").get_string())) + "\">" +
                html_text(std::string_view(watched->get_string())) + "</span></p>";
    }
    inside += paragraph(
        w("Answering needs JavaScript. Go back to where you came from and open your questions in a browser in which "
          "it is switched on, or ask your practitioner for them on paper or by phone."),
        "note");
  }
  inside += "<h2>" + w("Your past answers") + "</h2>";
  const bool stopped = !review->course || review->course->consent_withdrawn != 0;
  if (stopped && !review->withheld.empty())
    inside += "<p class=\"soft\">" + w("Not shown: {}", {review::told(review->withheld.front(), w)}) + "</p>";
  if (review->course) inside += past_answers(host, *review->course, *instruments, w);
  return framed(reading, {w("Your questions"), "", true}, inside);
}

}  // namespace alliance::tools::reading

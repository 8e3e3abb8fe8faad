// SPDX-License-Identifier: Apache-2.0
#include "reading.h"

#include <boost/json/parse.hpp>

#include "reading_frame.h"
#include "review_escape.h"
#include "review_html.h"
#include "sidecar/caseload.h"
#include "table_of.h"

namespace alliance::tools {
namespace {

namespace json = boost::json;
using review::html_text;

std::string case_address(std::string_view id) { return reading::address("/reading/cases/", id); }

struct KindOfReason {
  std::string_view kind;
  const char* words;
};
constexpr KindOfReason reasons_in_words[] = {
    {"safety", "{} × answers about safety that nobody has acknowledged"},
    {"support_request", "{} × help asked for"},
    {"proposal", "{} × proposals to decide"},
    {"overdue_reviews", "{} × online work that waits for a review"},
    {"forgotten_timers", "{} × timers that were not stopped"},
    {"own_measures", "{} × questions for the practitioner"},
    {"overdue_measures", "{} × questions that the client has not answered"},
};

std::string reason_in_words(const json::object& reason, const review::Words& w) {
  const auto& kind = reason.at("kind").as_string();
  std::string out;
  if (const auto* signal = reason.if_contains("signal")) {
    const auto& said = signal->get_object();
    out = html_text(review::role_name(std::string(said.at("role").as_string()), w));
    if (said.contains("before") && said.contains("now")) {
      out += " (" +
             w("{} to {}", {review::number(said.at("before").to_number<double>()),
                            review::number(said.at("now").to_number<double>())}) +
             ")";
    }
  } else {
    const std::string count = std::to_string(reason.at("count").to_number<std::int64_t>());
    for (const auto& one : reasons_in_words) {
      if (one.kind == std::string_view(kind)) out = w(one.words, {count});
    }
  }
  out += w(", since {}", {review::day(reason.at("since").to_number<std::int64_t>(), w)});
  const auto* signal = reason.if_contains("signal");
  return signal == nullptr ? out : out + w(": ") + review::told(std::string_view(signal->at("wording").as_string()), w);
}

std::string reasons_list(const json::array& rows, const review::Words& w) {
  std::string out;
  for (const auto& one : rows) {
    const auto& row = one.get_object();
    const auto& reasons = row.at("reasons").as_array();
    if (reasons.empty()) continue;
    const std::string id(row.at("id").as_string());
    out += "<li>" + reading::link_to(case_address(id), id) + " (" +
           reading::link_to(case_address(id) + "/brief", w("Brief before the session")) + ")<ul>";
    for (const auto& reason : reasons) out += "<li>" + reason_in_words(reason.get_object(), w) + "</li>";
    out += "</ul></li>";
  }
  return out.empty() ? review::paragraph(w("Nothing waits.")) : "<ul>" + out + "</ul>";
}

// A page that names one case asks for that case alone: each reading is in the access log.
Result<review::Pages> gathered(const Host& host, const Viewer& viewer, const std::string& case_id, json::array& rows) {
  review::Pages pages;
  auto instruments = reading::instruments_of(host);
  if (!instruments) return tl::unexpected(instruments.error());
  pages.instruments = std::move(*instruments);
  const auto listed = json::parse(host.cases(viewer));
  const auto take = [&](const std::string& id, const std::string& text, const json::object& summary) -> Result<void> {
    auto read = table_of<fb::Review>("Review", text);
    if (!read) return tl::unexpected(read.error());
    rows.push_back(sidecar::glance(summary, json::parse(text).as_object()));
    fb::CaseSummaryT known;
    known.id = id;
    known.observe_only = summary.contains("observe_only") && summary.at("observe_only").as_bool();
    pages.summaries.push_back(std::move(known));
    pages.cases.push_back(std::move(*read));
    return {};
  };
  for (const auto& one : listed.at("cases").as_array()) {
    const std::string id(one.at("id").as_string());
    if (!case_id.empty() && id != case_id) continue;
    auto text = sidecar::asked([&] { return host.review(ALLIANCE_SCOPE_CASE, id, viewer); });
    if (!text && !case_id.empty()) return tl::unexpected(text.error());
    if (!text) continue;  // not for this viewer, or erased meanwhile
    if (auto taken = take(id, *text, one.as_object()); !taken) return tl::unexpected(taken.error());
  }
  if (pages.cases.empty() && !case_id.empty()) {  // not on the list: the host says why
    auto text = host.review(ALLIANCE_SCOPE_CASE, case_id, viewer);
    if (auto taken = take(case_id, text, {{"id", case_id}}); !taken) return tl::unexpected(taken.error());
  }
  sidecar::by_urgency(rows);
  return pages;
}

Result<sidecar::Drawn> caseload_page(const Host& host, const Viewer& viewer, const sidecar::Reading& asked) {
  json::array rows;
  const auto pages = gathered(host, viewer, "", rows);
  if (!pages) return tl::unexpected(pages.error());
  const auto& w = asked.words;
  return reading::framed(
      asked, {w("Your caseload")},
      "<p class=\"note\">" + html_text(w(review::not_validated)) + "</p><h2>" + w("A reason to look") + "</h2>" +
          reasons_list(rows, w) + "<h2>" + w("Clients at a glance") + "</h2>" +
          review::clients_overview(*pages, [](const std::string& id) { return case_address(id); }, w));
}

Result<sidecar::Drawn> case_page(const Host& host, const Viewer& viewer, const sidecar::Reading& asked) {
  json::array rows;
  const auto pages = gathered(host, viewer, asked.of, rows);
  if (!pages) return tl::unexpected(pages.error());
  const auto& w = asked.words;
  const auto& one = pages->cases.front();
  const bool brief = asked.page == sidecar::Page::brief;
  const std::string note = "<p class=\"note\">" + html_text(w(review::not_validated)) + "</p>";
  const std::string other = "<p class=\"way\">" +
                            (brief ? reading::link_to(case_address(one.id), w("The whole course"))
                                   : reading::link_to(case_address(one.id) + "/brief", w("Brief before the session"))) +
                            "</p>";
  return reading::framed(asked, {w(brief ? "Brief" : "A client's course"), w("Caseload")},
                         brief ? note + review::client_brief(one, *pages, w) + other
                               : note + other + review::client_section(one, *pages, w));
}

}  // namespace

Result<sidecar::Drawn> reading_page(const Host& host, const Viewer& viewer, const sidecar::Reading& asked) {
  if (asked.page == sidecar::Page::course || asked.page == sidecar::Page::brief) return case_page(host, viewer, asked);
  if (asked.page == sidecar::Page::service) return reading::service_page(host, viewer, asked, asked.of);
  switch (viewer.role) {
    case ALLIANCE_ROLE_CLIENT:
      return reading::client_page(host, viewer, asked);
    case ALLIANCE_ROLE_SERVICE:
      return reading::services_page(host, viewer, asked);
    case ALLIANCE_ROLE_RESEARCHER:
      return reading::study_page(host, asked);
    default:
      return caseload_page(host, viewer, asked);
  }
}

}  // namespace alliance::tools

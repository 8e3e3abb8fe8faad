// SPDX-License-Identifier: Apache-2.0
#include "reading.h"

#include <boost/json/parse.hpp>

#include "review_escape.h"
#include "review_html.h"
#include "review_style.h"
#include "review_words.h"
#include "sidecar/caseload.h"
#include "table_of.h"

namespace alliance::tools {
namespace {

namespace json = boost::json;
using review::html_text;

std::string reading_address(std::string_view id) {
  static constexpr char hex[] = "0123456789ABCDEF";
  std::string out = "/reading/cases/";
  for (const char c : id) {
    const auto byte = static_cast<unsigned char>(c);
    if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_') {
      out += c;
    } else {
      out += {'%', hex[byte >> 4], hex[byte & 15]};
    }
  }
  return out;
}

std::string link_to(const std::string& address, const std::string& words) {
  return "<a href=\"" + html_text(address) + "\">" + html_text(words) + "</a>";
}

struct KindOfReason {
  std::string_view kind;
  const char* words;
};
constexpr KindOfReason reasons_in_words[] = {
    {"safety", "answers about safety that nobody has acknowledged"},
    {"support_request", "help asked for"},
    {"proposal", "proposals to decide"},
    {"overdue_reviews", "online work that waits for a review"},
    {"forgotten_timers", "timers that were not stopped"},
    {"own_measures", "questions for the practitioner"},
    {"overdue_measures", "questions that the client has not answered"},
};

std::string reason_in_words(const json::object& reason) {
  const auto& kind = reason.at("kind").as_string();
  std::string out;
  if (const auto* signal = reason.if_contains("signal")) {
    const auto& said = signal->get_object();
    out = review::role_name(std::string(said.at("role").as_string()));
    if (said.contains("before") && said.contains("now")) {
      out += " (" + review::number(said.at("before").to_number<double>()) + " to " +
             review::number(said.at("now").to_number<double>()) + ")";
    }
  } else {
    out = std::to_string(reason.at("count").to_number<std::int64_t>()) + " × ";
    for (const auto& one : reasons_in_words) {
      if (one.kind == std::string_view(kind)) out += one.words;
    }
  }
  out += ", since " + review::day(reason.at("since").to_number<std::int64_t>());
  const auto* signal = reason.if_contains("signal");
  return signal == nullptr ? out : out + ": " + std::string(signal->at("wording").as_string());
}

std::string reasons_list(const json::array& rows) {
  std::string out;
  for (const auto& one : rows) {
    const auto& row = one.get_object();
    const auto& reasons = row.at("reasons").as_array();
    if (reasons.empty()) continue;
    const std::string id(row.at("id").as_string());
    out +=
        "<li>" + link_to(reading_address(id), id) + " (" + link_to(reading_address(id) + "/brief", "brief") + ")<ul>";
    for (const auto& reason : reasons) out += "<li>" + html_text(reason_in_words(reason.get_object())) + "</li>";
    out += "</ul></li>";
  }
  return out.empty() ? review::paragraph("Nothing waits.") : "<ul>" + out + "</ul>";
}

sidecar::Drawn framed(const std::string& title, std::int64_t now, const std::string& inside) {
  return {
      "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" "
      "content=\"width=device-width,initial-scale=1\"><title>" +
          html_text(title) + "</title><style>" + std::string(review::style_sheet) + "</style></head><body><main><h1>" +
          html_text(title) + "</h1><p class=\"soft\">As of " + review::moment(now) +
          ". This page is for reading; it does not change by itself.</p><p class=\"way\">" +
          link_to("/reading", "Caseload") + "</p><p class=\"note\">" + html_text(review::not_validated) + "</p>" +
          inside +
          "<footer><form method=\"post\" action=\"/reading\"><input type=\"hidden\" name=\"token\" value=\"\">"
          "<button>Close these pages</button></form></footer></main></body></html>\n",
      review::style_sheet};
}

// A page that names one case asks for that case alone: each reading is in the access log.
Result<review::Pages> gathered(const Host& host, const Viewer& viewer, const std::string& case_id, json::array& rows) {
  review::Pages pages;
  auto instruments = table_of<fb::InstrumentList>("InstrumentList", host.instruments());
  if (!instruments) return tl::unexpected(instruments.error());
  for (auto& one : instruments->instruments) {
    if (one) pages.instruments.push_back(std::move(*one));
  }
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

}  // namespace

Result<sidecar::Drawn> reading_page(const Host& host, const Viewer& viewer, sidecar::Page page,
                                    const std::string& case_id, std::int64_t now) {
  json::array rows;
  auto pages = gathered(host, viewer, case_id, rows);
  if (!pages) return tl::unexpected(pages.error());
  if (page == sidecar::Page::caseload) {
    return framed("Your caseload", now,
                  "<h2>A reason to look</h2>" + reasons_list(rows) + "<h2>Clients at a glance</h2>" +
                      review::clients_overview(*pages, [](const std::string& id) { return reading_address(id); }));
  }
  const auto& one = pages->cases.front();
  if (page == sidecar::Page::brief) {
    return framed("Brief", now,
                  review::client_brief(one, *pages) + "<p class=\"way\">" +
                      link_to(reading_address(one.id), "The whole course") + "</p>");
  }
  return framed("A client's course", now,
                "<p class=\"way\">" + link_to(reading_address(one.id) + "/brief", "Brief before the session") + "</p>" +
                    review::client_section(one, *pages));
}

}  // namespace alliance::tools

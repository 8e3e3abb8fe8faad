// SPDX-License-Identifier: Apache-2.0
#include "review_html.h"

#include <algorithm>

#include "review_escape.h"
#include "review_style.h"
#include "review_words.h"

namespace alliance::tools::review {
namespace {

std::string group_section(const fb::ReviewT& review, const char* kind, const char* title) {
  std::string out = std::string("<section id=\"") + kind + "-" + fragment(review.id) + "\"><h3>" + title + " " +
                    html_text(review.id) + "</h3>";
  if (review.scope == fb::Scope::service) {
    out += review.people ? paragraph("Figures are about " + std::to_string(*review.people) + " people.", "soft")
                         : paragraph("Figures about fewer than five people are suppressed.", "stop");
  }
  for (const auto& sentence : review.withheld) out += "<p class=\"soft\">Withheld: " + html_text(sentence) + "</p>";
  out += factor_table(review.factors);
  if (!review.note.empty()) out += paragraph(review.note, "soft");
  return out + "</section>";
}

std::string page_contents(const Pages& pages) {
  std::string out = "<nav aria-label=\"Contents\">";
  for (const auto& one : pages.services) {
    out += "<a href=\"#service-" + fragment(one.id) + "\">Service " + html_text(one.id) + "</a>";
  }
  for (const auto& one : pages.practitioners) {
    out += "<a href=\"#practitioner-" + fragment(one.id) + "\">Practitioner " + html_text(one.id) + "</a>";
  }
  for (const auto& one : pages.cases) {
    out += "<a href=\"#case-" + fragment(one.id) + "\">Client " + html_text(one.id) + "</a>";
  }
  return out + "</nav>";
}

std::int64_t as_of(const Pages& pages) {
  std::int64_t last = 0;
  for (const auto* group : {&pages.services, &pages.practitioners, &pages.cases}) {
    for (const auto& one : *group) last = std::max(last, one.as_of);
  }
  return last;
}

}  // namespace

std::string page(const Pages& pages) {
  std::string out =
      "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
      "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
      "<title>Alliance review: " +
      html_text(pages.tenant) + "</title><style>" + std::string(style_sheet) + "</style></head><body><main>";
  out += "<h1>Alliance review</h1><p class=\"soft\">Tenant " + html_text(pages.tenant);
  if (const auto last = as_of(pages)) out += ", as of " + moment(last);
  out += ". " + html_text(pages.seen_as) + "</p><p class=\"note\">" + html_text(not_validated) + "</p>";
  for (const auto& sentence : pages.left_out) out += "<p class=\"soft\">Left out: " + html_text(sentence) + "</p>";
  out += page_contents(pages);
  if (!pages.cases.empty())
    out += "<h2>Clients at a glance</h2>" +
           clients_overview(pages, [](const std::string& id) { return "#case-" + fragment(id); });
  if (!pages.services.empty()) {
    out += "<h2>Services</h2>";
    for (const auto& one : pages.services) out += group_section(one, "service", "Service");
  }
  if (!pages.practitioners.empty()) {
    out += "<h2>Practitioners</h2>" +
           paragraph(
               "Each table is for the practitioner whom it is about. Confidence and capacity belong to that "
               "practitioner; nobody is rated.",
               "soft");
    for (const auto& one : pages.practitioners) out += group_section(one, "practitioner", "Practitioner");
  }
  if (!pages.cases.empty()) {
    out += "<h2>Clients</h2>";
    for (const auto& one : pages.cases) out += client_section(one, pages);
  }
  out += "<footer><p class=\"soft\">" + html_text(not_validated) +
         " Made by the Alliance SDK; the file holds everything that it shows.</p></footer></main></body></html>\n";
  return out;
}

}  // namespace alliance::tools::review

// SPDX-License-Identifier: Apache-2.0
// All clients in one table.
#include <algorithm>

#include "review_escape.h"
#include "review_html.h"
#include "review_plot.h"
#include "review_summary.h"
#include "review_words.h"

namespace alliance::tools::review {
namespace {

std::string curve(const std::optional<Series>& series, const char* style, const Words& w) {
  if (!series || series->points.empty()) return "<span class=\"soft\">–</span>";
  std::vector<double> values;
  for (const auto& p : series->points) values.push_back(p.y);
  const double low = series->min ? *series->min : *std::min_element(values.begin(), values.end());
  const double high = series->max ? *series->max : *std::max_element(values.begin(), values.end());
  const std::string words = w("{} → {}", {number(series->points.front().y), number(series->points.back().y)});
  return sparkline(values, low, high, style, role_name(series->role, w) + w(": ") + words) + "<br><small>" + words +
         "</small>";
}

std::string signals(const Summary& one, const Words& w) {
  std::string out;
  const auto add = [&](std::size_t count, const char* style, const char* words) {
    if (count == 0) return;
    out += (out.empty() ? "" : " ") + tag(style, std::to_string(count) + " " + w(words));
  };
  add(one.drops, "warn", one.drops == 1 ? "drop" : "drops");
  add(one.repaired, "good", "repaired");
  add(one.unrepaired, "warn", "not repaired");
  add(one.silent, "soft", "no answers");
  return out.empty() ? "<span class=\"soft\">–</span>" : out;
}

std::string safety(const Summary& one, const Words& w) {
  if (one.flags == 0) return "<span class=\"soft\">–</span>";
  std::string words = w(one.flags == 1 ? "{} flag" : "{} flags", {std::to_string(one.flags)});
  words += one.flags_open ? w(", {} open", {std::to_string(one.flags_open)}) : w(", acknowledged");
  return tag("safety", words);
}

std::string row(const Summary& one, const std::string& address, const Words& w) {
  std::string out = "<tr>" + cell("<a href=\"" + html_text(address) + "\">" + html_text(one.id) + "</a>", "k");
  out += cell(html_text(one.practitioner)) + cell(html_text(w(one.delivery)));
  if (!one.stop.empty()) {
    return out + "<td colspan=\"5\" class=\"soft\">" + html_text(one.stop) + "</td>" + cell(safety(one, w)) + cell("") +
           "</tr>";
  }
  out += cell(w("{} of {}", {std::to_string(one.sessions_held), std::to_string(one.sessions_planned)}), "n");
  out += cell(curve(one.alliance, "client", w)) + cell(curve(one.symptoms, "symptom", w));
  out += cell(w("{} of {}", {number(one.minutes_used, 0), number(one.minutes_planned, 0)}), "n");
  out += cell(signals(one, w)) + cell(safety(one, w));
  std::string decided;
  const auto add = [&](std::size_t count, const char* words) {
    if (count) decided += (decided.empty() ? std::string() : w(", ")) + std::to_string(count) + " " + w(words);
  };
  add(one.accepted, "accepted");
  add(one.declined, "declined");
  add(one.undecided, "undecided");
  return out + cell(decided.empty() ? "<span class=\"soft\">–</span>" : decided) + "</tr>";
}

}  // namespace

std::string clients_overview(const Pages& pages, const std::function<std::string(const std::string&)>& address,
                             const Words& w) {
  std::string out = "<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"" + w("Clients at a glance") +
                    "\"><table><thead><tr>";
  for (const char* head : {"Client", "Pract.", "Delivery"}) out += "<th>" + w(head) + "</th>";
  out += "<th class=\"n\">" + w("Sessions") + "</th><th>" + w("Alliance, client's view") + "</th><th>" + w("Symptoms") +
         "</th><th class=\"n\">" + w("Minutes") + "</th>";
  for (const char* head : {"Signals", "Safety", "Proposals"}) out += "<th>" + w(head) + "</th>";
  out += "</tr></thead><tbody>";
  for (const auto& one : pages.cases) out += row(summary(one, pages, w), address(one.id), w);
  return out + "</tbody></table></div>";
}

}  // namespace alliance::tools::review

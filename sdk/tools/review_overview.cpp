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

std::string curve(const std::optional<Series>& series, const char* style) {
  if (!series || series->points.empty()) return "<span class=\"soft\">–</span>";
  std::vector<double> values;
  for (const auto& p : series->points) values.push_back(p.y);
  const double low = series->min ? *series->min : *std::min_element(values.begin(), values.end());
  const double high = series->max ? *series->max : *std::max_element(values.begin(), values.end());
  const std::string words = first_to_last(series);
  return sparkline(values, low, high, style, role_name(series->role) + ": " + words) + "<br><small>" + words +
         "</small>";
}

std::string signals(const Summary& one) {
  std::string out;
  const auto add = [&](std::size_t count, const char* style, const char* words) {
    if (count == 0) return;
    out += (out.empty() ? "" : " ") + tag(style, std::to_string(count) + " " + words);
  };
  add(one.drops, "warn", one.drops == 1 ? "drop" : "drops");
  add(one.repaired, "good", "repaired");
  add(one.unrepaired, "warn", "not repaired");
  add(one.silent, "soft", "no answers");
  return out.empty() ? "<span class=\"soft\">–</span>" : out;
}

std::string safety(const Summary& one) {
  if (one.flags == 0) return "<span class=\"soft\">–</span>";
  std::string words = std::to_string(one.flags) + (one.flags == 1 ? " flag" : " flags");
  words += one.flags_open ? ", " + std::to_string(one.flags_open) + " open" : ", acknowledged";
  return tag("safety", words);
}

std::string row(const Summary& one, const std::string& address) {
  std::string out = "<tr>" + cell("<a href=\"" + html_text(address) + "\">" + html_text(one.id) + "</a>", "k");
  out += cell(html_text(one.practitioner)) + cell(html_text(one.delivery));
  if (!one.stop.empty()) {
    return out + "<td colspan=\"5\" class=\"soft\">" + html_text(one.stop) + "</td>" + cell(safety(one)) + cell("") +
           "</tr>";
  }
  out += cell(std::to_string(one.sessions_held) + " of " + std::to_string(one.sessions_planned), "n");
  out += cell(curve(one.alliance, "client")) + cell(curve(one.symptoms, "symptom"));
  out += cell(number(one.minutes_used, 0) + " of " + number(one.minutes_planned, 0), "n");
  out += cell(signals(one)) + cell(safety(one));
  std::string decided;
  const auto add = [&](std::size_t count, const char* words) {
    if (count) decided += (decided.empty() ? "" : ", ") + std::to_string(count) + " " + words;
  };
  add(one.accepted, "accepted");
  add(one.declined, "declined");
  add(one.undecided, "open");
  return out + cell(decided.empty() ? "<span class=\"soft\">–</span>" : decided) + "</tr>";
}

}  // namespace

std::string clients_overview(const Pages& pages, const std::function<std::string(const std::string&)>& address) {
  std::string out =
      "<div class=\"wide\"><table><thead><tr><th>Client</th><th>Pract.</th><th>Delivery</th><th "
      "class=\"n\">Sessions</th>"
      "<th>Alliance, client's view</th><th>Symptoms</th><th class=\"n\">Minutes</th><th>Signals</th><th>Safety</th>"
      "<th>Proposals</th></tr></thead><tbody>";
  for (const auto& one : pages.cases) out += row(summary(one, pages), address(one.id));
  return out + "</tbody></table></div>";
}

}  // namespace alliance::tools::review

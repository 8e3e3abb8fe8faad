// SPDX-License-Identifier: Apache-2.0
// The eight factors as a table: what is measured, what lies behind it, what can be done.
#include "review_escape.h"
#include "review_html.h"
#include "review_words.h"

namespace alliance::tools::review {
namespace {

constexpr std::size_t events_shown = 6;

std::string value_of(const fb::IndicatorT& indicator, const Words& w) {
  if (indicator.suppressed) return "<span class=\"soft\">" + w("suppressed") + "</span>";
  if (!indicator.value) {
    return indicator.text.empty() ? "<span class=\"soft\">" + w("nothing recorded") + "</span>"
                                  : told(indicator.text, w);
  }
  std::string out = "<b>" + number(*indicator.value, 2) + "</b>";
  if (!indicator.unit.empty()) out += " " + told(indicator.unit, w);
  if (!indicator.text.empty()) out += " <small>" + told(indicator.text, w) + "</small>";
  return out;
}

std::string list(const std::vector<std::string>& items, const Words& w) {
  if (items.empty()) return "<span class=\"soft\">–</span>";
  std::string out = "<ul>";
  for (const auto& item : items) out += "<li>" + told(item, w) + "</li>";
  return out + "</ul>";
}

std::string events_of(const std::vector<std::string>& events, const Words& w) {
  if (events.empty()) return "<span class=\"soft\">–</span>";
  std::string out = w(events.size() == 1 ? "{} event" : "{} events", {std::to_string(events.size())}) + "<br><small>";
  for (std::size_t i = 0; i < events.size() && i < events_shown; ++i) {
    if (i) out += ", ";
    out += html_text(events[i]);
  }
  if (events.size() > events_shown) out += " " + w("and {} more", {std::to_string(events.size() - events_shown)});
  return out + "</small>";
}

std::string row_of(const fb::FactorRowT& row, const Words& w) {
  std::string indicators = "<ul>";
  for (const auto& one : row.indicators) {
    if (one) indicators += "<li>" + told(one->title, w) + w(": ") + value_of(*one, w) + "</li>";
  }
  indicators += "</ul>";
  if (row.indicators.empty()) indicators = "<span class=\"soft\">" + w("no indicator") + "</span>";
  const std::string name_ = row.title.empty() ? std::string(factor_name(row.factor)) : row.title;
  return "<tr>" + cell(factor_code(row.factor), "k") + cell(told(name_, w)) + cell(indicators) +
         cell(events_of(row.events, w)) + cell(list(row.actions, w)) + "</tr>";
}

}  // namespace

std::string cell(std::string_view html, std::string_view style) {
  return "<td" + (style.empty() ? std::string{} : " class=\"" + std::string(style) + "\"") + ">" + std::string(html) +
         "</td>";
}

std::string factor_table(const std::vector<std::unique_ptr<fb::FactorRowT>>& rows, const Words& w) {
  if (rows.empty()) return paragraph(w("No factors are shown to this viewer."), "soft");
  std::string out = "<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"" + w("The eight factors") +
                    "\"><table class=\"factors\"><thead><tr><th></th><th>" + w("What helps (F) or hinders (B)") +
                    "</th><th>" + w("Indicators") + " <small>" + w("(ours, not validated)") + "</small></th><th>" +
                    w("Events behind them") + "</th><th>" + w("What can be done") + "</th></tr></thead><tbody>";
  for (const auto& row : rows) {
    if (row) out += row_of(*row, w);
  }
  return out + "</tbody></table></div>";
}

}  // namespace alliance::tools::review

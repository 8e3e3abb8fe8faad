// SPDX-License-Identifier: Apache-2.0
// The eight factors as a table: what is measured, what lies behind it, what can be done.
#include "review_escape.h"
#include "review_html.h"
#include "review_words.h"

namespace alliance::tools::review {
namespace {

constexpr std::size_t events_shown = 6;

std::string value_of(const fb::IndicatorT& indicator) {
  if (indicator.suppressed) return "<span class=\"soft\">suppressed</span>";
  if (!indicator.value) {
    return indicator.text.empty() ? "<span class=\"soft\">nothing recorded</span>" : html_text(indicator.text);
  }
  std::string out = "<b>" + number(*indicator.value, 2) + "</b>";
  if (!indicator.unit.empty()) out += " " + html_text(indicator.unit);
  if (!indicator.text.empty()) out += " <small>" + html_text(indicator.text) + "</small>";
  return out;
}

std::string list(const std::vector<std::string>& items) {
  if (items.empty()) return "<span class=\"soft\">–</span>";
  std::string out = "<ul>";
  for (const auto& item : items) out += "<li>" + html_text(item) + "</li>";
  return out + "</ul>";
}

std::string events_of(const std::vector<std::string>& events) {
  if (events.empty()) return "<span class=\"soft\">–</span>";
  std::string out = std::to_string(events.size()) + (events.size() == 1 ? " event<br><small>" : " events<br><small>");
  for (std::size_t i = 0; i < events.size() && i < events_shown; ++i) {
    if (i) out += ", ";
    out += html_text(events[i]);
  }
  if (events.size() > events_shown) out += " and " + std::to_string(events.size() - events_shown) + " more";
  return out + "</small>";
}

std::string row_of(const fb::FactorRowT& row) {
  std::string indicators = "<ul>";
  for (const auto& one : row.indicators) {
    if (one) indicators += "<li>" + html_text(one->title) + ": " + value_of(*one) + "</li>";
  }
  indicators += "</ul>";
  if (row.indicators.empty()) indicators = "<span class=\"soft\">no indicator</span>";
  const std::string name_ = row.title.empty() ? std::string(factor_name(row.factor)) : row.title;
  return "<tr>" + cell(factor_code(row.factor), "k") + cell(html_text(name_)) + cell(indicators) +
         cell(events_of(row.events)) + cell(list(row.actions)) + "</tr>";
}

}  // namespace

std::string cell(std::string_view html, std::string_view style) {
  return "<td" + (style.empty() ? std::string{} : " class=\"" + std::string(style) + "\"") + ">" + std::string(html) +
         "</td>";
}

std::string factor_table(const std::vector<std::unique_ptr<fb::FactorRowT>>& rows) {
  if (rows.empty()) return paragraph("No factors are shown to this viewer.", "soft");
  std::string out =
      "<div class=\"wide\"><table class=\"factors\"><thead><tr><th></th><th>What helps (F) or hinders "
      "(B)</th><th>Indicators "
      "<small>(ours, not validated)</small></th><th>Events behind them</th><th>What can be "
      "done</th></tr></thead><tbody>";
  for (const auto& row : rows) {
    if (row) out += row_of(*row);
  }
  return out + "</tbody></table></div>";
}

}  // namespace alliance::tools::review

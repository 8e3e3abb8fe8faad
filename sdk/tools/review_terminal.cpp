// SPDX-License-Identifier: Apache-2.0
#include "review_terminal.h"

#include <algorithm>

#include "review_escape.h"
#include "review_summary.h"
#include "review_words.h"

namespace alliance::tools::review {
namespace {

std::size_t width_of(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

std::string terminal_signals(const Summary& one) {
  std::string out;
  const auto add = [&](std::size_t count, const char* words) {
    if (count) out += (out.empty() ? "" : ", ") + std::to_string(count) + " " + words;
  };
  add(one.drops, one.drops == 1 ? "drop" : "drops");
  add(one.repaired, "repaired");
  add(one.unrepaired, "not repaired");
  add(one.silent, "no answers");
  return out.empty() ? "-" : out;
}

std::string indicators(const fb::FactorRowT& row) {
  std::string out;
  for (const auto& one : row.indicators) {
    if (!one) continue;
    out += (out.empty() ? "" : "; ") + one->title + ": ";
    if (one->suppressed) {
      out += "suppressed";
    } else if (one->value) {
      out += number(*one->value, 2) + (one->unit.empty() ? "" : " " + one->unit);
    } else {
      out += one->text.empty() ? "nothing recorded" : one->text;
    }
  }
  return out.empty() ? "-" : out;
}

std::string factors(const fb::ReviewT& review) {
  std::vector<std::vector<std::string>> rows;
  for (const auto& row : review.factors) {
    if (row)
      rows.push_back({std::string(factor_code(row->factor)), std::string(factor_name(row->factor)), indicators(*row)});
  }
  std::string out = rows.empty() ? "  no factors are shown to this viewer\n" : table(rows);
  for (const auto& sentence : review.withheld) out += "  withheld: " + terminal_text(sentence) + "\n";
  return out;
}

std::string clients(const Pages& pages) {
  std::vector<std::vector<std::string>> rows = {{"client", "pract.", "delivery", "sessions", "alliance", "symptoms",
                                                 "minutes", "signals", "safety", "proposals"}};
  for (const auto& review : pages.cases) {
    const Summary one = summary(review, pages);
    const std::string safety = one.flags == 0
                                   ? "-"
                                   : std::to_string(one.flags) +
                                         (one.flags_open ? " open " + std::to_string(one.flags_open) : " acknowledged");
    if (!one.stop.empty()) {
      const bool observed = summary_of(pages, one.id).observe_only || (review.course && review.course->observe_only);
      rows.push_back({one.id, one.practitioner, one.delivery, "-", "-", "-", "-",
                      observed        ? "observed only"
                      : review.course ? "consent withdrawn"
                                      : "not shown to this viewer",
                      safety, "-"});
      continue;
    }
    rows.push_back({one.id, one.practitioner, one.delivery,
                    std::to_string(one.sessions_held) + "/" + std::to_string(one.sessions_planned),
                    first_to_last(one.alliance), first_to_last(one.symptoms),
                    number(one.minutes_used, 0) + "/" + number(one.minutes_planned, 0), terminal_signals(one), safety,
                    std::to_string(one.accepted) + " yes, " + std::to_string(one.declined) + " no, " +
                        std::to_string(one.undecided) + " open"});
  }
  return table(rows);
}

}  // namespace

std::string table(const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::size_t> widths;
  for (const auto& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], width_of(row[i]));
  }
  std::string out;
  for (const auto& row : rows) {
    out += " ";
    for (std::size_t i = 0; i < row.size(); ++i) {
      out += " " + terminal_text(row[i]);
      if (i + 1 < row.size()) out.append(widths[i] - width_of(row[i]) + 1, ' ');
    }
    out += "\n";
  }
  return out;
}

std::string terminal(const Pages& pages) {
  std::string out;
  if (!pages.cases.empty())
    out += "Clients (alliance in the client's view and symptoms: first to last score)\n" + clients(pages);
  for (const auto& one : pages.services) {
    out += "\nService " + terminal_text(one.id);
    out += one.people ? " (" + std::to_string(*one.people) + " people)\n" : " (suppressed: fewer than five people)\n";
    out += factors(one);
  }
  for (const auto& one : pages.practitioners) out += "\nPractitioner " + terminal_text(one.id) + "\n" + factors(one);
  for (const auto& one : pages.left_out) out += "\nLeft out: " + terminal_text(one) + "\n";
  out += "\n" + terminal_text(pages.seen_as) + "\n" + std::string(not_validated) + "\n";
  return out;
}

}  // namespace alliance::tools::review

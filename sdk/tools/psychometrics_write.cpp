// SPDX-License-Identifier: Apache-2.0
#include "psychometrics_write.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "measure/one_factor.h"
#include "score_columns.h"
#include "written.h"

namespace alliance::tools::psychometrics {
namespace {

using written::json_string;

std::string cell(const std::optional<double>& value) {
  if (!value) return "-";
  char text[64];
  std::snprintf(text, sizeof text, "%.7f", *value);
  return text;
}

std::string cell(const std::optional<measure::Interval>& interval) {
  return interval ? "[" + cell(interval->lower) + ", " + cell(interval->upper) + "]" : "-";
}

std::string line(const std::string& name, const std::string& value) {
  return name + std::string(name.size() < 24 ? 24 - name.size() : 1, ' ') + value + "\n";
}

// Columns as wide as they need to be; the first to the left, the others to the right.
std::string aligned(const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::size_t> widths(rows.front().size());
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  std::string text;
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      const std::string blanks(widths[i] - row[i].size(), ' ');
      text += i == 0 ? row[i] + blanks : "  " + blanks + row[i];
    }
    text += '\n';
  }
  return text;
}

Omega omega_of(const char* estimator, const Result<measure::OneFactor>& factor) {
  Omega found{estimator, {}, {}, {}};
  if (!factor) {
    found.why = factor.error().message;
    return found;
  }
  found.value = measure::omega(*factor);
  found.loadings = factor->loadings;
  return found;
}

std::string listed(const std::vector<std::string>& names) {
  std::string all;
  for (const std::string& name : names) all += (all.empty() ? "" : ", ") + score::shown(name);
  return all;
}

void add_notes(Figures& figures) {
  const auto& found = figures.reliability;
  std::vector<std::string> still, negative;
  for (std::size_t i = 0; i < found.items; ++i) {
    if (found.each[i].sd && *found.each[i].sd == 0) still.push_back(figures.names[i]);
    const auto& r = found.each[i].corrected_r;
    if (r && *r < 0) negative.push_back(figures.names[i]);
  }
  if (found.rows < 2) figures.notes.emplace_back("fewer than two complete rows: there is no spread to speak of");
  if (found.rows >= 2 && found.rows <= found.items) {
    figures.notes.emplace_back("there are no more rows than items: the figures say little");
  }
  if (!still.empty()) figures.notes.push_back("everybody gave the same answer to: " + listed(still));
  if (!negative.empty()) {
    figures.notes.push_back("goes against the other items, and may have been left unreversed: " + listed(negative));
  }
}

void figures_put(std::string& to, const char* name, const std::optional<double>& value) {
  if (value && std::isfinite(*value)) to += std::string(",\"") + name + "\":" + written::number(*value);
}

void figures_put(std::string& to, const char* name, const std::optional<measure::Interval>& interval) {
  if (!interval) return;
  to += std::string(",\"") + name + "\":[" + written::number(interval->lower) + "," + written::number(interval->upper) +
        "]";
}

}  // namespace

Figures figures(const measure::Sample& sample, std::vector<std::string> names, double level, bool icc) {
  Figures found;
  found.names = std::move(names);
  found.level = level;
  found.reliability = measure::reliability(sample, level);
  const auto r = measure::correlations(measure::covariances(sample), sample.items);
  const auto none = tl::unexpected(Failure{ALLIANCE_E_UNSUPPORTED, "an item that never moves has no correlations", {}});
  found.omegas = {omega_of("ML", r ? measure::one_factor_ml(*r, sample.items) : none),
                  omega_of("minres", r ? measure::one_factor_minres(*r, sample.items) : none)};
  found.icc_asked = icc;
  if (icc) found.icc = measure::intraclass_correlations(sample, level);
  if (icc && !found.icc)
    found.notes.emplace_back("intraclass correlations need two rows, two columns and some difference");
  add_notes(found);
  return found;
}

std::string table(const Figures& f) {
  const auto& found = f.reliability;
  const std::string percent = written::number(f.level * 100) + " %";
  std::string text = line("rows used", std::to_string(found.rows));
  text += line("rows left out", std::to_string(f.incomplete + f.wrong) + " (" + std::to_string(f.incomplete) +
                                    " with a missing answer, " + std::to_string(f.wrong) + " wrong)");
  text += line("items", std::to_string(found.items));
  text += line("mean of the sum", cell(found.rows > 0 ? std::optional(found.mean) : std::nullopt));
  text += line("sd of the sum", cell(found.sd));
  text += line("alpha", cell(found.alpha) + "  " + percent + " interval " + cell(found.alpha_interval) + " (Feldt)");
  text += line("standardised alpha", cell(found.standardised_alpha));
  text += line("mean correlation", cell(found.mean_correlation));
  for (const Omega& omega : f.omegas) {
    text += line(std::string("omega, one factor, ") + omega.estimator,
                 cell(omega.value) + (omega.why.empty() ? "" : "  " + omega.why));
  }
  std::vector<std::vector<std::string>> rows = {
      {"ITEM", "MEAN", "SD", "CORRECTED R", "ALPHA IF DROPPED", "LOADING ML", "LOADING MINRES"}};
  for (std::size_t i = 0; i < found.items; ++i) {
    const auto& one = found.each[i];
    const auto loading = [&](const Omega& omega) {
      return cell(omega.value ? std::optional(omega.loadings[i]) : std::nullopt);
    };
    rows.push_back({score::shown(f.names[i]), cell(found.rows > 0 ? std::optional(one.mean) : std::nullopt),
                    cell(one.sd), cell(one.corrected_r), cell(one.alpha_if_dropped), loading(f.omegas[0]),
                    loading(f.omegas[1])});
  }
  text += "\n" + aligned(rows);
  if (f.icc) {
    rows = {{"INTRACLASS", "VALUE", percent + " INTERVAL", "F", "DF1", "DF2"}};
    for (const auto& one : *f.icc) {
      rows.push_back({one.name, cell(one.value), cell(one.interval), cell(one.f), written::number(one.degrees_1),
                      written::number(one.degrees_2)});
    }
    text += "\n" + aligned(rows) + "\n";
    for (const auto& one : *f.icc) text += line(one.name, one.question);
  }
  for (const std::string& note : f.notes) text += "\nNote: " + note + ".";
  return text + (f.notes.empty() ? "" : "\n");
}

std::string json(const Figures& f) {
  const auto& found = f.reliability;
  std::string text = "{\"rows\":" + written::number(found.rows) + ",\"incomplete\":" + written::number(f.incomplete) +
                     ",\"wrong\":" + written::number(f.wrong) + ",\"level\":" + written::number(f.level);
  if (found.rows > 0) figures_put(text, "mean", std::optional(found.mean));
  figures_put(text, "sd", found.sd);
  figures_put(text, "alpha", found.alpha);
  figures_put(text, "alphaInterval", found.alpha_interval);
  figures_put(text, "standardisedAlpha", found.standardised_alpha);
  figures_put(text, "meanCorrelation", found.mean_correlation);
  text += ",\"omega\":[";
  for (const Omega& omega : f.omegas) {
    text += std::string(&omega == f.omegas.data() ? "" : ",") + "{\"estimator\":" + json_string(omega.estimator);
    figures_put(text, "value", omega.value);
    if (!omega.why.empty()) text += ",\"why\":" + json_string(omega.why);
    text += '}';
  }
  text += "],\"items\":[";
  for (std::size_t i = 0; i < found.items; ++i) {
    const auto& one = found.each[i];
    text += std::string(i == 0 ? "" : ",") + "{\"item\":" + json_string(f.names[i]);
    if (found.rows > 0) figures_put(text, "mean", std::optional(one.mean));
    figures_put(text, "sd", one.sd);
    figures_put(text, "correctedR", one.corrected_r);
    figures_put(text, "alphaIfDropped", one.alpha_if_dropped);
    if (f.omegas[0].value) figures_put(text, "loadingMl", std::optional(f.omegas[0].loadings[i]));
    if (f.omegas[1].value) figures_put(text, "loadingMinres", std::optional(f.omegas[1].loadings[i]));
    text += '}';
  }
  text += ']';
  if (f.icc) {
    text += ",\"icc\":[";
    for (std::size_t i = 0; i < f.icc->size(); ++i) {
      const auto& one = (*f.icc)[i];
      text += std::string(i == 0 ? "" : ",") + "{\"name\":" + json_string(one.name);
      figures_put(text, "value", one.value);
      figures_put(text, "interval", one.interval);
      figures_put(text, "f", one.f);
      figures_put(text, "df1", std::optional(one.degrees_1));
      figures_put(text, "df2", std::optional(one.degrees_2));
      text += '}';
    }
    text += ']';
  }
  text += ",\"notes\":[";
  for (std::size_t i = 0; i < f.notes.size(); ++i) text += (i == 0 ? "" : ",") + json_string(f.notes[i]);
  return text + "]}\n";
}

}  // namespace alliance::tools::psychometrics

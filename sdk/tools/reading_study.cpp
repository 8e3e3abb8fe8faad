// SPDX-License-Identifier: Apache-2.0
// The researcher's page for reading: how the study stands, and its export. Counts alone.
#include <algorithm>

#include <alliance_schema/study_generated.h>

#include "reading_frame.h"
#include "review_escape.h"
#include "review_html.h"
#include "table_of.h"

namespace alliance::tools::reading {
namespace {

using review::html_text;
using review::paragraph;

std::string count(std::uint32_t value) { return std::to_string(value); }

std::string arms_of(const fb::StudyOverviewT& study, const Words& w) {
  std::vector<std::vector<std::string>> rows;
  for (const auto& one : study.arms) {
    if (!one) continue;
    const std::string name = one->arm.empty() ? w("not allocated") : html_text(one->arm);
    rows.push_back({name + (one->observe_only ? " <small>" + w("observed only") + "</small>" : ""), count(one->cases),
                    count(one->open)});
  }
  return "<h2>" + w("Arms") + "</h2>" + table(w("Arms"), {w("Arm"), w("Cases"), w("Still open")}, rows, 1);
}

std::string measures_of(const Host& host, const fb::StudyOverviewT& study,
                        const std::vector<fb::InstrumentT>& instruments, const Words& w) {
  std::vector<std::vector<std::string>> rows;
  for (const auto& one : study.measures) {
    if (!one) continue;
    const auto known =
        std::find_if(instruments.begin(), instruments.end(), [&](const auto& is) { return is.id == one->instrument; });
    const std::string title =
        known != instruments.end() ? instrument_title(host, *known, w) : html_text(one->instrument);
    const auto over = one->asked > one->open ? one->asked - one->open : 0;
    rows.push_back({title + " <small>" + html_text(review::role_name(one->role, w)) + "</small>",
                    w(review::name(one->rater)), count(one->asked), count(one->answered), count(one->missed),
                    count(one->open), over == 0 ? "–" : review::number(100.0 * one->answered / over, 0) + " %"});
  }
  if (rows.empty()) return "<h2>" + w("Completeness of measures") + "</h2>" + paragraph(w("Nothing was asked yet."));
  return "<h2>" + w("Completeness of measures") + "</h2>" +
         table(w("Completeness of measures"),
               {w("Measure"), w("Answered by"), w("Asked"), w("Answered"), w("Missed"), w("Open"), w("Complete")}, rows,
               2) +
         paragraph(w("Over all arms. Complete is what was answered of what was asked and is no longer open."), "soft");
}

std::string counted(const std::vector<std::unique_ptr<fb::StudyCountT>>& all, const Words& w) {
  std::string out;
  for (const auto& one : all) {
    if (!one) continue;
    out += (out.empty() ? std::string() : w(", ")) + (one->name.empty() ? w("not named") : html_text(one->name)) +
           " (" + count(one->cases) + ")";
  }
  return out.empty() ? "–" : out;
}

std::string parts_of(const char* title, const std::vector<std::unique_ptr<fb::StudyPartT>>& all, const Words& w) {
  std::vector<std::vector<std::string>> rows;
  for (const auto& one : all) {
    if (!one) continue;
    rows.push_back({html_text(one->id), html_text(one->version.empty() ? "–" : one->version),
                    "<code>" + html_text(one->hash.empty() ? "–" : one->hash) + "</code>"});
  }
  return "<details><summary>" + w(title) + "</summary>" + table(w(title), {w(title), w("Version"), w("Hash")}, rows) +
         "</details>";
}

std::string in_force(const fb::StudyOverviewT& study, const Words& w) {
  const auto line = [&](const char* name, const std::string& value) {
    return "<dt>" + w(name) + "</dt><dd>" + value + "</dd>";
  };
  return "<h2>" + w("What is in force") + "</h2><dl>" + line("Protocol version", counted(study.protocols, w)) +
         line("Sites", counted(study.sites, w)) + line("Freeze hash", "<code>" + html_text(study.freeze) + "</code>") +
         line("Configuration", "<code>" + html_text(study.configuration) + "</code>") + "</dl>" +
         paragraph(w("The freeze hash stays the same as long as no definition, plugin or setting changes; the same "
                     "hash stands in the "
                     "manifest of an export by command."),
                   "soft") +
         parts_of("Definitions", study.definitions, w) + parts_of("Plugins", study.plugins, w);
}

}  // namespace

Result<Drawn> study_page(const Host& host, const Reading& reading) {
  const Words& w = reading.words;
  if (!reading.study) return fail(ALLIANCE_E_STATE, "there is no study here: the settings name no key for pseudonyms");
  const auto study = table_of<fb::StudyOverview>("StudyOverview", reading.study());
  if (!study) return tl::unexpected(study.error());
  const auto instruments = instruments_of(host);
  if (!instruments) return tl::unexpected(instruments.error());
  const std::string blinded = study->blinded
                                  ? "<b>" + w("The trial is blinded.") + "</b> " +
                                        w("Nothing about outcomes is shown or exported: no answer, no score, and of no "
                                          "case in which arm it is.")
                                  : "<b>" + w("The trial is not blinded.") + "</b> " +
                                        w("This page shows no outcome. The export holds answers and scores.");
  return framed(
      reading, {w("The study")},
      "<p class=\"note\">" + blinded + "</p>" +
          paragraph(w("{} cases and {} sheets are part of it.", {count(study->cases), count(study->sheets)})) +
          paragraph(w("Left out: {} cases without the consent that is needed, {} that took a consent back.",
                      {count(study->no_consent), count(study->withdrawn)}),
                    "soft") +
          arms_of(*study, w) + measures_of(host, *study, *instruments, w) + in_force(*study, w) + "<h2>" + w("Export") +
          "</h2>" +
          paragraph(w("Under pseudonyms, of those who consented. Whoever reads a case stands in its access log.")) +
          "<p class=\"way\"><a href=\"/reading/study/export\">" + w("Download the pseudonymised export") + "</a></p>" +
          "<p class=\"soft\">" +
          w("As files for a statistics program: {}", {"<code>alliance export study --help</code>"}) + "</p>");
}

}  // namespace alliance::tools::reading

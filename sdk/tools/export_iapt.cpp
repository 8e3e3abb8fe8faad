// SPDX-License-Identifier: Apache-2.0
// `alliance export iapt`: contacts, online minutes and scored assessments for the system that files them.
#include "export_iapt.h"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <set>

#include "calendar_zones.h"
#include "due_read.h"
#include "export_read.h"
#include "export_write.h"
#include "host_call.h"
#include "review_escape.h"
#include "written.h"

namespace alliance::tools {
namespace {

constexpr const char* what_it_is =
    "An extract for the record system that files NHS Talking Therapies, not a submission: it is not checked against "
    "the "
    "data set's own rules, and what the tables need besides is the record system's to fill.";

struct IaptOptions {
  score::Place place;
  std::string from, until, out, ids, codes, zone = "Europe/London", viewer = "export";
  bool accept = false, force = false;
};

int iapt_failed(const Failure& failure) {
  std::fprintf(stderr, "alliance export: %s\n", review::terminal_text(failure.message).c_str());
  if (failure.status == ALLIANCE_E_INVALID) return exit_usage;
  return exit_for(failure.status);
}

Result<fb::RecordExtractT> asked(const IaptOptions& chosen, const fb::RecordCodesT& codes, std::int64_t from,
                                 std::int64_t until) {
  const auto host = study::running(chosen.place);
  if (!host) return tl::unexpected(host.error());
  std::set<std::string> names;
  for (const auto& scale : codes.scales) names.insert(scale->instrument);
  std::string list;
  for (const auto& name : names) list += (list.empty() ? "" : ",") + name;
  alliance_extract terms = ALLIANCE_EXTRACT_INIT;
  terms.from = from;
  terms.until = until;
  terms.instruments = list.c_str();
  const alliance_viewer viewer{sizeof(alliance_viewer), ALLIANCE_ROLE_SERVICE, chosen.viewer.c_str()};
  const auto bytes = gather([&](const alliance_sink* sink, alliance_error* error) {
    return alliance_host_extract(host->get(), &terms, &viewer, ALLIANCE_FLATBUFFERS, sink, error);
  });
  if (!bytes) return tl::unexpected(bytes.error());
  return study::unpacked<fb::RecordExtract>(*bytes, "extract");
}

std::string manifest_of(const IaptOptions& chosen, const fb::RecordExtractT& extract, const fb::RecordCodesT& codes,
                        const iapt::Tables& tables) {
  const auto quoted = [](const std::string& text) { return written::json_string(text); };
  std::string out = "{\n  \"codes\": " + quoted(codes.id) + ",\n  \"note\": " + quoted(what_it_is) +
                    ",\n  \"from\": " + quoted(chosen.from) + ",\n  \"to\": " + quoted(chosen.until) +
                    ",\n  \"zone\": " + quoted(chosen.zone) +
                    ",\n  \"unverified_codes_accepted\": " + (chosen.accept ? "true" : "false") + ",\n  \"files\": {";
  const char* between = "\n";
  for (const auto& [name, file] : tables.files) {
    out += between + ("    " + quoted(name)) + ": {\"rows\": " + std::to_string(file.rows) +
           ", \"sha256\": " + quoted(study::sha256(file.text)) + "}";
    between = ",\n";
  }
  out += "\n  },\n  \"rows_refused\": " + std::to_string(tables.refused.size()) +
         ",\n  \"cases_observed_only_left_out\": " + std::to_string(extract.observed) +
         ",\n  \"cases_whose_scores_are_withheld\": " + std::to_string(extract.withheld) + ",\n  \"left_out\": [";
  between = "\n";
  for (const auto& sentence : codes.left_out) {
    out += between + ("    " + quoted(sentence));
    between = ",\n";
  }
  return out + "\n  ]\n}\n";
}

int run_iapt(const IaptOptions& chosen) {
  if (auto fine = study::may_write(chosen.out, chosen.force); !fine) return iapt_failed(fine.error());
  const auto zone = calendar::iana_zone(chosen.zone);
  if (!zone) return iapt_failed({ALLIANCE_E_INVALID, "--zone is not in the IANA time zone database", {}});
  std::int64_t bounds[2] = {};
  const std::string* texts[2] = {&chosen.from, &chosen.until};
  for (std::size_t i = 0; i < 2; ++i) {
    const auto when = calendar::when_of(*texts[i], zone.get());
    if (!when.instant || texts[i]->size() != 10) {
      return iapt_failed({ALLIANCE_E_INVALID, "--from and --to are days such as 2026-03-01", {}});
    }
    bounds[i] = *when.instant;
  }
  // The last day is in it, as it is in a reporting period.
  const auto end = calendar::when_of(due::day_of(*due::instant_of(chosen.until) + calendar::day), zone.get());
  if (!end.instant || *end.instant <= bounds[0]) {
    return iapt_failed({ALLIANCE_E_INVALID, "--to lies before --from", {}});
  }
  const auto codes = iapt::codes_in(chosen.codes);
  if (!codes) return iapt_failed(codes.error());
  const auto ids = iapt::ids_in(chosen.ids);
  if (!ids) return iapt_failed(ids.error());
  const auto extract = asked(chosen, *codes, bounds[0], *end.instant);
  if (!extract) return iapt_failed(extract.error());
  const auto offsets = calendar::offsets(chosen.zone, bounds[0], *end.instant);
  if (!offsets) return iapt_failed(offsets.error());
  const auto local = [&](std::int64_t instant) {
    std::int64_t offset = offsets->front().offset;
    for (const auto& one : *offsets) {
      if (one.from <= instant) offset = one.offset;
    }
    return instant + offset;
  };
  const auto tables = iapt::tables(*extract, *codes, *ids, chosen.accept, local);
  if (auto done = study::write(chosen.out, tables.files, manifest_of(chosen, *extract, *codes, tables), chosen.force);
      !done) {
    return iapt_failed(done.error());
  }
  for (const auto& [name, file] : tables.files) {
    std::printf("%s/%s: %zu rows\n", chosen.out.c_str(), name.c_str(), file.rows);
  }
  std::fprintf(stderr, "alliance export: %s\n", what_it_is);
  for (const auto& sentence : codes->left_out) std::fprintf(stderr, "alliance export: note: %s\n", sentence.c_str());
  if (extract->withheld > 0) {
    std::fprintf(stderr,
                 "alliance export: note: the scores of %u cases are left out, by the client's consent or audience\n",
                 extract->withheld);
  }
  if (extract->observed > 0) {
    std::fprintf(stderr, "alliance export: note: %u cases are observed only and left out\n", extract->observed);
  }
  for (const auto& sentence : tables.refused) {
    std::fprintf(stderr, "alliance export: refused: %s\n", review::terminal_text(sentence).c_str());
  }
  return tables.refused.empty() ? exit_done : exit_bad_input;
}

}  // namespace

void add_export_iapt(CLI::App& exports, Run& run) {
  auto chosen = std::make_shared<IaptOptions>();
  if (const char* user = std::getenv("USER"); user != nullptr) chosen->viewer = user;
  auto* command = exports.add_subcommand(
      "iapt", "Contacts, online minutes and scores for the system that files NHS Talking Therapies.");
  command->add_option("--store", chosen->place.store, "the platform's store")->required();
  command->add_option("--tenant", chosen->place.tenant, "whose data these are")->required();
  command->add_option("--from", chosen->from, "the first day, 2026-03-01")->required();
  command->add_option("--to", chosen->until, "the last day, 2026-03-31; it is in the extract")->required();
  command->add_option("--out", chosen->out, "folder to be made, a CSV file for each table in it")->required();
  command
      ->add_option("--ids", chosen->ids,
                   "CSV: case, session, LocalPatientId, ServiceRequestId, CareContactId, CareActId, CarePersLocalId")
      ->required();
  command->add_option("--codes", chosen->codes, "other codes than those that come with the command (JSON)");
  command->add_flag("--accept-unverified", chosen->accept, "also use codes that nobody has verified");
  command->add_option("--zone", chosen->zone, "whose days and times these are (Europe/London)");
  command->add_flag("--force", chosen->force, "replace an earlier export");
  command->add_option("--viewer", chosen->viewer,
                      "who takes the extract, for the access log (default: the user's name)");
  command->add_option("--plugins", chosen->place.plugins, "folder of the plugins (or ALLIANCE_PLUGINS)");
  command->add_option("--config", chosen->place.config_file, "the host's configuration (JSON)");
  command->footer(
      "An extract, not a submission. Rows that lack the patient's, the referral's or the contact's id, or are out of\n"
      "range, are refused by name; the rest is written, and the exit status is 3. docs/calendars.md says the rest.");
  command->callback([chosen, &run] { run = [chosen] { return run_iapt(*chosen); }; });
}

}  // namespace alliance::tools

// SPDX-License-Identifier: Apache-2.0
// `alliance export study`: what a store recorded, pseudonymised, as files for a study.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>

#include "commands.h"
#include "export_calendar.h"
#include "export_iapt.h"
#include "export_manifest.h"
#include "export_model.h"
#include "export_read.h"
#include "export_write.h"

namespace alliance::tools {
namespace {

struct ExportOptions {
  study::Request request;
  std::string out, key, format = "csv", study_id = "STUDY";
  bool blinded = false, force = false;
};

int say(const Failure& failure) {
  std::fprintf(stderr, "alliance export: %s\n", failure.message.c_str());
  if (failure.status == ALLIANCE_E_INVALID) return exit_usage;
  return exit_for(failure.status);
}

study::Files files_of(const study::Study& made, const std::string& format) {
  if (format == "redcap") return study::redcap_files(made);
  return format == "sdtm" ? study::sdtm_files(made) : study::long_files(made);
}

int run_export(ExportOptions& chosen) {
  if (auto fine = study::may_write(chosen.out, chosen.force); !fine) return say(fine.error());
  const std::string key_file = chosen.key.empty() ? chosen.out + ".key" : chosen.key;
  auto key = study::key_of(key_file, chosen.out);
  if (!key) return say(key.error());
  chosen.request.key = key->bytes;
  auto read = study::read(chosen.request);
  if (!read) return say(read.error());
  read->study.id = chosen.study_id;
  read->study.blinded = chosen.blinded;
  study::Files files = files_of(read->study, chosen.format);
  const std::string manifest = study::manifest(*read, files, chosen.format, chosen.request);
  if (auto done = study::write(chosen.out, files, manifest, chosen.force); !done) return say(done.error());

  const auto& extract = read->study.extract;
  std::size_t sheets = 0;
  for (const auto& one : extract.cases) sheets += one->sheets.size();
  std::printf("%s: %zu cases, %zu sheets; left out: %u cases without consent, %u that took it back\n",
              chosen.out.c_str(), extract.cases.size(), sheets, extract.no_consent, extract.withdrawn);
  if (key->made) {
    std::printf(
        "%s: the key of the hashes, made now. Keep it apart from the export: who has both can tell whose "
        "answers these are.\n",
        key_file.c_str());
  }
  for (const auto& name : read->study.not_loaded) {
    std::fprintf(stderr, "alliance export: note: %s is not loaded; its answers are exported as they were given\n",
                 name.c_str());
  }
  return exit_done;
}

}  // namespace

void add_export(CLI::App& app, Run& run) {
  auto* group = app.add_subcommand("export", "Exports for others to work with.");
  group->require_subcommand(1);
  add_export_calendar(*group, run);
  add_export_iapt(*group, run);
  auto chosen = std::make_shared<ExportOptions>();
  auto& request = chosen->request;
  if (const char* user = std::getenv("USER"); user != nullptr) request.viewer = user;
  auto* command = group->add_subcommand("study", "Answers and scores of a store, pseudonymised, for a study.");
  command->add_option("--store", request.store, "the platform's store")->required();
  command->add_option("--tenant", request.tenant, "whose data these are")->required();
  command->add_option("--out", chosen->out, "folder to be made")->required();
  command
      ->add_option("--format", chosen->format,
                   "csv: one row per score and one per answer, with a codebook (default); redcap: data dictionary and "
                   "import file; sdtm: CDISC SDTM, domain QS")
      ->check(CLI::IsMember({"csv", "redcap", "sdtm"}));
  command->add_option("--study", chosen->study_id, "what the study is called (STUDYID)");
  command->add_option("--key", chosen->key,
                      "file with the key of the hashes, made when there is none (default: OUT.key, beside the folder)");
  command
      ->add_option("--shift-days", request.shift_days, "move dates by up to so many days, the same throughout a case")
      ->check(CLI::Range(0, 366));
  command->add_option("--consent", request.consent, "only cases that gave consent in this scope (default: in any)");
  command->add_flag("--blinded", chosen->blinded, "leave out which arm a case is in");
  command->add_flag("--force", chosen->force, "replace an earlier export");
  command->add_option("--viewer", request.viewer,
                      "who takes the export, for the access log (default: the user's name)");
  command->add_option("--plugins", request.plugins, "folder of the plugins (or ALLIANCE_PLUGINS)");
  command->add_option("--config", request.config_file, "the host's configuration (JSON)");
  command->footer(
      "Cases that took back a consent, of whatever scope, are left out, as are sheets in which practitioners rate\n"
      "their own confidence. Cases that are observed only are in. Every case that is read is in the access log.");
  command->callback([chosen, &run] { run = [chosen] { return run_export(*chosen); }; });
}

}  // namespace alliance::tools

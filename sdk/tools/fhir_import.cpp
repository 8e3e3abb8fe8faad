// SPDX-License-Identifier: Apache-2.0
// `alliance import fhir-questionnaire`: an instrument's definition from a FHIR Questionnaire.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>

#include "commands.h"
#include "fhir/import.h"
#include "fhir_files.h"
#include "import_time.h"
#include "schema/json.h"

namespace alliance::tools {
namespace {

struct Importing {
  std::string input, out = "-", texts, id;
};

template <class Table, class Made>
Result<std::string> json_of(const char* table, const Made& made) {
  flatbuffers::FlatBufferBuilder builder;
  builder.Finish(Table::Pack(builder, &made));
  const auto json = schema::bytes_to_json(table, {builder.GetBufferPointer(), builder.GetSize()});
  if (!json) return tl::unexpected(json.error());
  return fhir_files::pretty(*json);
}

int run_import(const Importing& chosen) {
  const std::string name = fhir_files::name_of(chosen.input);
  const auto say = [&](const Failure& failure) {
    std::fprintf(stderr, "alliance import: %s\n", failure.message.c_str());
    return exit_for(failure.status);
  };
  const auto say_of_file = [&](const Failure& failure) {
    return say({failure.status, name + ": " + failure.message, {}});
  };
  const auto text = fhir_files::text_of(chosen.input);
  if (!text) return say(text.error());
  fhir::Reader reader;
  const auto whole = reader.parse(*text);
  if (!whole) return say_of_file(whole.error());
  const auto form = fhir::form_of(**whole);
  if (!form) return say_of_file(form.error());
  const auto made = fhir::import_form(*form, chosen.id);
  if (!made) return say_of_file(made.error());

  const auto definition = json_of<fb::Instrument>("Instrument", made->definition);
  if (!definition) return say_of_file(definition.error());
  if (const auto done = fhir_files::write(chosen.out, *definition); !done) return say(done.error());
  for (const std::string& sentence : made->unsure) std::fprintf(stderr, "%s\n", fhir::shown_line(sentence).c_str());
  if (chosen.texts.empty()) {
    std::fprintf(stderr, "texts: none were written; --texts FILE writes them as a content pack\n");
    return exit_done;
  }
  const auto pack = json_of<fb::ContentPack>("ContentPack", made->texts);
  if (!pack) return say_of_file(pack.error());
  if (const auto done = fhir_files::write(chosen.texts, *pack); !done) return say(done.error());
  std::fprintf(stderr,
               "texts: whether they may be used, kept or shown is between you and their holder; the plugin looks for "
               "them as content/%s.%s.json beside the definition\n",
               made->definition.id.c_str(), made->texts.language.c_str());
  return exit_done;
}

}  // namespace

void add_import(CLI::App& app, Run& run) {
  auto chosen = std::make_shared<Importing>();
  auto* import = app.add_subcommand(
      "import", "Takes in what others publish or keep: Questionnaires, calendars, lists of contacts.");
  import->require_subcommand(1);
  add_import_time(*import, run);
  auto* command = import->add_subcommand("fhir-questionnaire", "From a FHIR Questionnaire, R4 or R5.");
  command->add_option("file", chosen->input, "the Questionnaire in JSON; - is standard input")->required();
  command->add_option("--out", chosen->out, "the definition (default: standard output)");
  command->add_option("--id", chosen->id, "of the instrument (default: made from the Questionnaire's own id or URL)");
  command->add_option("--texts", chosen->texts, "write the Questionnaire's words to this file, as a content pack");
  command->footer(
      "What the resource does not tell is said on standard error, a sentence each. The key is marked unverified: the\n"
      "definition loads, and refuses to score until somebody has checked and accepted it.");
  command->callback([chosen, &run] { run = [chosen] { return run_import(*chosen); }; });
}

}  // namespace alliance::tools

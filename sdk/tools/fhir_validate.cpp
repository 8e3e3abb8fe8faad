// SPDX-License-Identifier: Apache-2.0
// `alliance validate`: QuestionnaireResponses held against an instrument or a Questionnaire, without a network.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>

#include "commands.h"
#include "fhir/values.h"
#include "fhir_files.h"

namespace alliance::tools {
namespace {

struct Validation {
  std::string input, against;
  bool json = false;
  score::Place place;
};

// Findings as lines, or as members of one JSON object.
class Findings {
 public:
  Findings(std::string input, bool json) : input_(std::move(input)), json_(json) {}

  void response(const fhir::Place& place, const fhir::Checked& checked) {
    ++responses_;
    if (!checked.valid()) ++invalid_;
    for (const fhir::Finding& finding : checked.findings) one(place, finding);
  }
  void unread(const fhir::Place& place, const std::string& sentence) {
    ++responses_;
    ++invalid_;
    one(place, {fhir::Severity::error, "unread", place.path, sentence});
  }
  void skip() { ++others_; }

  int end() {
    std::string text;
    if (json_) {
      text = "{\"responses\":" + std::to_string(responses_) + ",\"invalid\":" + std::to_string(invalid_) +
             ",\"otherResources\":" + std::to_string(others_) + ",\"findings\":[" + list_ + "]}\n";
    } else {
      text = list_ + input_ + ": " + std::to_string(responses_) + (responses_ == 1 ? " response, " : " responses, ") +
             std::to_string(invalid_) + " invalid";
      if (others_ > 0) text += "; " + std::to_string(others_) + " other resources were not looked at";
      text += '\n';
    }
    if (const auto done = fhir_files::write("-", text); !done) {
      std::fprintf(stderr, "alliance validate: %s\n", done.error().message.c_str());
      return exit_failed;
    }
    if (responses_ == 0) {
      std::fprintf(stderr, "alliance validate: %s: there is no QuestionnaireResponse in it\n", input_.c_str());
      return exit_bad_input;
    }
    return invalid_ > 0 ? exit_bad_input : exit_done;
  }

 private:
  void one(const fhir::Place& place, const fhir::Finding& finding) {
    const bool error = finding.severity == fhir::Severity::error;
    if (!json_) {
      const std::string text =
          finding.path.empty() ? fhir_files::where(place) + finding.sentence : fhir_files::sentence(place, finding);
      list_ += text + (error ? " [" : " [warning: ") + finding.rule + "]\n";
      return;
    }
    list_ += list_.empty() ? "{" : ",{";
    list_ += "\"response\":" + std::to_string(place.number);
    if (place.line > 0) list_ += ",\"line\":" + std::to_string(place.line);
    for (const auto& [name, value] : {std::pair<const char*, std::string>{"severity", error ? "error" : "warning"},
                                      {"rule", finding.rule},
                                      {"path", finding.path},
                                      {"message", finding.sentence}}) {
      list_ += std::string(",\"") + name + "\":";
      fhir::put_string(list_, value);
    }
    list_ += '}';
  }

  const std::string input_;
  const bool json_;
  std::string list_;
  std::size_t responses_ = 0, invalid_ = 0, others_ = 0;
};

int run_validate(const Validation& chosen) {
  const auto say = [](const Failure& failure) {
    std::fprintf(stderr, "alliance validate: %s\n", failure.message.c_str());
    if (failure.status == ALLIANCE_E_INVALID) return exit_usage;
    return exit_for(failure.status);
  };
  auto form = fhir_files::form_named(chosen.against, chosen.place);
  if (!form) return say(form.error());
  if (form->of_instrument) form->url = std::string(fhir::instrument_urn) + form->id;
  const auto text = fhir_files::text_of(chosen.input);
  if (!text) return say(text.error());
  Findings findings(fhir_files::name_of(chosen.input), chosen.json);
  fhir::Reader reader;
  const auto read = reader.read(
      *text, {[&](const fhir::Json& resource, const fhir::Place& place) {
                if (fhir::text_of(resource, "resourceType") != "QuestionnaireResponse") return findings.skip();
                findings.response(place, fhir::check(resource, *form, place.path));
              },
              [&](const fhir::Place& place, const std::string& sentence) { findings.unread(place, sentence); }});
  if (!read) {
    return say({read.error().status, fhir_files::name_of(chosen.input) + ": " + read.error().message, {}});
  }
  return findings.end();
}

}  // namespace

void add_validate(CLI::App& app, Run& run) {
  auto chosen = std::make_shared<Validation>();
  auto* command = app.add_subcommand("validate", "Checks FHIR QuestionnaireResponses without a network.");
  command->add_option("file", chosen->input, "one response, a Bundle, or one response a line; - is standard input")
      ->required();
  command
      ->add_option("--against", chosen->against,
                   "an instrument's id, the file of a definition, or of a FHIR Questionnaire (R4 or R5)")
      ->required();
  command->add_flag("--json", chosen->json, "the findings as one JSON object");
  command->add_option("--plugins", chosen->place.plugins, "folder of the plugins (or ALLIANCE_PLUGINS)");
  command->add_option("--config", chosen->place.config_file, "the host's configuration (JSON)");
  command->footer(
      "A finding a line: where, what is wrong and how to mend it. Codes and linkIds are named, never what a person\n"
      "wrote. Exit status 0: all are valid; 3: some are not.");
  command->callback([chosen, &run] { run = [chosen] { return run_validate(*chosen); }; });
}

}  // namespace alliance::tools

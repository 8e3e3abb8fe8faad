// SPDX-License-Identifier: Apache-2.0
#include "export_manifest.h"

#include <alliance/host.h>

#include "export_write.h"
#include "written.h"

namespace alliance::tools::study {
namespace {

using written::json_string;
using written::number;

// {"name":value,...}: values are ready.
std::string object(const std::vector<std::pair<const char*, std::string>>& members) {
  std::string text;
  for (const auto& [name, value] : members) text += (text.empty() ? "" : ",") + json_string(name) + ":" + value;
  return "{" + text + "}";
}

std::string array(const std::vector<std::string>& values) {
  std::string text;
  for (const auto& value : values) text += (text.empty() ? "\n    " : ",\n    ") + value;
  return "[" + text + (values.empty() ? "]" : "\n  ]");
}

std::string manifest_certainty_of(const fb::InstrumentT& definition) {
  if (!definition.keys_provenance) return "unset";
  return fb::EnumNameCertainty(definition.keys_provenance->certainty);
}

}  // namespace

std::string manifest(const Read& read, const Files& files, const std::string& format, const Request& request) {
  const auto& study = read.study;
  std::vector<std::string> definitions, plugins, written_files, not_loaded;
  for (const auto& [key, definition] : study.definitions) {
    definitions.push_back(object({{"instrument", json_string(definition.id)},
                                  {"version", json_string(definition.version)},
                                  {"hash", json_string(definition.hash)},
                                  {"key", json_string(manifest_certainty_of(definition))},
                                  {"not_validated", definition.not_validated ? "true" : "false"}}));
  }
  for (const auto& plugin : read.plugins) {
    plugins.push_back(object({{"id", json_string(plugin.id)},
                              {"version", json_string(plugin.version)},
                              {"manifest_sha256", json_string(plugin.manifest_sha256)}}));
  }
  for (const auto& [name, rows] : files) {
    written_files.push_back(
        object({{"file", json_string(name)}, {"rows", number(rows.rows)}, {"sha256", json_string(sha256(rows.text))}}));
  }
  for (const auto& name : study.not_loaded) not_loaded.push_back(json_string(name));
  std::size_t sheets = 0, scored = 0;
  for (const auto& one : study.extract.cases) {
    sheets += one->sheets.size();
    for (const auto& sheet : one->sheets) scored += sheet->scored != nullptr;
  }
  const std::vector<std::pair<const char*, std::string>> members = {
      {"study", json_string(study.id)},
      {"format", json_string(format)},
      {"made_by", json_string(std::string("alliance ") + alliance_version())},
      {"freeze", json_string(read.freeze)},
      {"blinded", study.blinded ? "true" : "false"},
      {"shift_days", number(study.extract.shift_days)},
      {"consent", json_string(request.consent.empty() ? "any" : request.consent)},
      {"key_fingerprint", json_string(sha256("fingerprint " + request.key).substr(0, 16))},
      {"cases", number(study.extract.cases.size())},
      {"sheets", number(sheets)},
      {"sheets_scored", number(scored)},
      {"left_out", object({{"cases_without_consent", number(study.extract.no_consent)},
                           {"cases_withdrawn", number(study.extract.withdrawn)},
                           {"confidence_sheets", number(study.extract.confidence_sheets)}})},
      {"configuration_sha256", json_string(read.config_sha256)},
      {"definitions", array(definitions)},
      {"not_loaded", array(not_loaded)},
      {"plugins", array(plugins)},
      {"files", array(written_files)},
  };
  std::string text = "{";
  for (const auto& [name, value] : members) {
    text += (text.size() == 1 ? "\n  " : ",\n  ") + json_string(name) + ": " + value;
  }
  return text + "\n}\n";
}

}  // namespace alliance::tools::study

// SPDX-License-Identifier: Apache-2.0
// alliance inspect: what a plugin is, without running any of its code.
#include <alliance/plugin.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdio>
#include <optional>

#include "plugin/elf.h"
#include "plugin/manifest.h"
#include "plugin/sandbox.h"
#include "plugin/signature.h"
#include "plugin_commands.h"
#include "plugin_path.h"
#include "written.h"

namespace alliance::tools {
namespace {

using written::json_string;

std::string joined(const std::vector<std::string>& names, bool json) {
  std::string text;
  for (const auto& name : names) text += (text.empty() ? "" : json ? "," : ", ") + (json ? json_string(name) : name);
  return json ? "[" + text + "]" : text.empty() ? "none" : text;
}

// What a host would stumble over, each a sentence.
std::vector<std::string> oddities(const plugin::Elf& elf) {
  std::vector<std::string> found;
  bool entry = false;
  for (const auto& name : elf.exported) entry = entry || name == ALLIANCE_PLUGIN_ENTRY_SYMBOL;
  if (!entry) found.emplace_back("it exports no " ALLIANCE_PLUGIN_ENTRY_SYMBOL ": no host can load it");
  if (elf.exported.size() > 1) found.emplace_back("it exports more than its entry");
  if (!elf.unique.empty()) found.emplace_back("symbols of the kind GNU_UNIQUE bind it to other libraries");
  if (!elf.run_path.empty()) found.emplace_back("it looks for libraries in " + elf.run_path);
  if (elf.executable_stack) found.emplace_back("its stack is executable");
  if (elf.text_relocations) found.emplace_back("its code is written to when it is loaded");
  return found;
}

// What a host with this trust file would say of its signature.
std::string signature_of(const plugin::Manifest& manifest, const std::optional<plugin::Trust>& trust, bool& refused) {
  if (!trust) return plugin::signature_words(manifest);
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  const auto said = trust->judge(manifest, std::chrono::duration_cast<std::chrono::microseconds>(now).count(), false);
  refused = !said;
  return said ? *said : "refused: " + said.error().message;
}

int inspect(const std::string& path, const std::string& trust_file, bool json) {
  const auto refuse = [](const std::string& sentence) {
    std::fprintf(stderr, "alliance inspect: %s\n", sentence.c_str());
    return exit_bad_input;
  };
  const auto place = manifest_of(path);
  if (!place) return refuse(place.error().message);
  plugin::Manifest seen;
  const auto manifest = plugin::read_manifest(*place, seen);
  if (!manifest) return refuse(*place + ": " + manifest.error().message);
  Result<plugin::Elf> elf;
  if (!manifest->python) elf = plugin::read_elf(manifest->library);
  if (!elf) return refuse(manifest->library_name + ": " + elf.error().message);
  std::optional<plugin::Trust> trust;
  if (!trust_file.empty()) {
    auto read = plugin::Trust::read(trust_file);
    if (!read) return refuse(read.error().message);
    trust = std::move(*read);
  }
  bool refused = false;
  const std::string signature = signature_of(*manifest, trust, refused);
  const auto odd = manifest->python ? std::vector<std::string>() : oddities(*elf);
  const std::pair<const char*, std::string> texts[] = {{"id", manifest->id},
                                                       {"name", manifest->name},
                                                       {"vendor", manifest->vendor},
                                                       {"version", manifest->version},
                                                       {"licence", manifest->licence},
                                                       {"manifest", *place},
                                                       {"runtime", manifest->python ? "python" : "native"},
                                                       {"library", manifest->library_name},
                                                       {"sha256", manifest->library_hash},
                                                       {"signature", signature},
                                                       {"run_path", elf->run_path}};
  const std::pair<const char*, std::vector<std::string>> lists[] = {
      {"kinds", manifest->kinds}, {"files", manifest->files}, {"asks", manifest->asks},
      {"exports", elf->exported}, {"needs", elf->needed},     {"oddities", odd}};
  std::string line;
  for (const auto& [name, text] : texts) {
    if (json) line += (line.empty() ? "{" : ",") + json_string(name) + ":" + json_string(text);
    if (!json && !text.empty()) std::printf("%-10s %s\n", name, text.c_str());
  }
  for (const auto& [name, list] : lists) {
    if (json) line += "," + json_string(name) + ":" + joined(list, true);
    if (!json) std::printf("%-10s %s\n", name, joined(list, false).c_str());
  }
  const std::string held = plugin::kernel_words();
  if (json) line += ",\"isolation_here\":" + json_string(held);
  if (!json)
    std::printf("%-10s %s\n", "isolation",
                ((manifest->python ? "it runs in a process of its own, held back by "
                                   : "a process of its own would be held back by ") +
                 held)
                    .c_str());
  if (json) std::printf("%s}\n", line.c_str());
  if (!json) std::printf("\nNothing of it was run. Whether it works: alliance check %s\n", place->c_str());
  return refused ? exit_failed : exit_done;
}

}  // namespace

void add_inspect(CLI::App& app, Run& run) {
  auto* command = app.add_subcommand("inspect", "What a plugin is, without running any of its code");
  struct Choice {
    std::string plugin, trust;
    bool json = false;
  };
  auto choice = std::make_shared<Choice>();
  command->add_option("plugin", choice->plugin, "Its manifest, its library, or the folder with one manifest")
      ->required();
  command->add_option("--trust", choice->trust, "A trust file: status 1 where it refuses the plugin");
  command->add_flag("--json", choice->json, "One JSON object");
  command->callback(
      [&run, choice] { run = [choice] { return inspect(choice->plugin, choice->trust, choice->json); }; });
}

}  // namespace alliance::tools

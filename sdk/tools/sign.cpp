// SPDX-License-Identifier: Apache-2.0
// alliance sign: makes a key, and signs a plugin's manifest and library with it.
#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>

#include "child.h"
#include "plugin/manifest.h"
#include "plugin/manifest_text.h"
#include "plugin/signature.h"
#include "plugin_commands.h"
#include "plugin_path.h"
#include "written.h"

namespace alliance::tools {
namespace {

struct SignChoice {
  std::string plugin, key, make_key, name, until;
};

int sign_failed(const std::string& sentence, int status = exit_bad_input) {
  std::fprintf(stderr, "alliance sign: %s\n", sentence.c_str());
  return status;
}

std::string in_two_years() {
  const auto today = std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now());
  const std::chrono::year_month_day date(today + std::chrono::days(730));
  char text[48];
  std::snprintf(text, sizeof text, "%04d-%02u-%02u", static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                static_cast<unsigned>(date.day()));
  return text;
}

int make_one(const SignChoice& choice) {
  const std::string until = choice.until.empty() ? in_two_years() : choice.until;
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  const auto end = plugin::end_of_day(until);
  if (end <= std::chrono::duration_cast<std::chrono::microseconds>(now).count()) {
    return sign_failed(
        "--until " + until + (end == 0 ? " is no day; write one such as 2028-12-31" : " is over already"), exit_usage);
  }
  const auto made = plugin::make_key(choice.make_key);
  if (!made) return sign_failed(made.error().message, exit_failed);
  std::printf("{\"keys\": [{\"name\": %s, \"key\": %s, \"not_after\": %s}]}\n",
              written::json_string(choice.name).c_str(), written::json_string(made->text()).c_str(),
              written::json_string(until).c_str());
  std::fprintf(
      stderr,
      "The private key is in %s: whoever has it signs in your name. Its public half, above, is what an operator "
      "puts into a trust file.\n",
      choice.make_key.c_str());
  return exit_done;
}

int sign_one(const SignChoice& choice) {
  const auto place = manifest_of(choice.plugin);
  if (!place) return sign_failed(place.error().message);
  plugin::Manifest seen;
  const auto manifest = plugin::read_manifest(*place, seen);
  if (!manifest) return sign_failed(*place + ": " + manifest.error().message);
  // Over the text with an empty signature in it, which is what a host sees when it takes the signature out.
  const auto blank = plugin::with_signature(whole_file(*place), "");
  if (!blank) return sign_failed(*place + ": " + blank.error().message);
  plugin::Manifest signed_one;
  signed_one.signed_hash = plugin::sha256_of(*blank);
  signed_one.library_hash = manifest->library_hash;
  const auto signature = plugin::sign(signed_one, choice.key);
  if (!signature) return sign_failed(signature.error().message);
  const auto whole = plugin::with_signature(*blank, *signature);
  if (!whole) return sign_failed(*place + ": " + whole.error().message);
  const std::string beside = *place + ".new";  // replaced by renaming: nobody reads half a manifest
  std::ofstream out(beside, std::ios::binary);
  out << *whole;
  out.close();
  std::error_code bad;
  if (out) std::filesystem::rename(beside, *place, bad);
  if (!out || bad) return sign_failed(*place + " cannot be written", exit_failed);
  std::printf("%s: %s %s is signed, %s\n", place->c_str(), manifest->id.c_str(), manifest->version.c_str(),
              signature->substr(0, signature->rfind(':')).c_str());
  return exit_done;
}

}  // namespace

void add_sign(CLI::App& app, Run& run) {
  auto* command = app.add_subcommand("sign", "Makes a key, or signs a plugin with one");
  auto choice = std::make_shared<SignChoice>();
  auto* plugin =
      command->add_option("plugin", choice->plugin, "Its manifest, its library, or the folder with one manifest");
  auto* key = command->add_option("--key", choice->key, "The private key, a PEM file; the plugin's manifest is signed");
  auto* make = command->add_option("--make-key", choice->make_key,
                                   "Writes a new private key there, and prints what a trust file says of it");
  auto* name = command->add_option("--name", choice->name, "With --make-key: whose key it is");
  command->add_option("--until", choice->until, "With --make-key: its last day (default: two years from today)")
      ->needs(make);
  key->needs(plugin);
  plugin->needs(key);
  make->needs(name)->excludes(plugin);
  command->callback([&run, choice] {
    if (choice->plugin.empty() && choice->make_key.empty()) {
      throw CLI::ValidationError("sign", "name a plugin and --key, or --make-key and --name");
    }
    run = [choice] { return choice->make_key.empty() ? sign_one(*choice) : make_one(*choice); };
  });
}

}  // namespace alliance::tools

// SPDX-License-Identifier: Apache-2.0
// What can be told without loading the plugin.
#include "check/tests.h"
#include "plugin/elf.h"
#include "plugin/manifest.h"

namespace alliance::check {
namespace {

using plugin::Step;

Outcome step(const Subject& subject, Step wanted) {
  plugin::Manifest seen;
  Step reached{};
  const auto manifest = plugin::read_manifest(subject.manifest, seen, &reached);
  if (reached == wanted) return failed(manifest.error().message);
  if (reached < wanted) return skipped("the manifest is refused before that: " + manifest.error().message);
  return passed();
}

template <class Look>
Outcome look(const Subject& subject, const Look& at_it) {
  plugin::Manifest seen;
  const auto manifest = plugin::read_manifest(subject.manifest, seen);
  if (!manifest) return skipped("the manifest is refused: " + manifest.error().message);
  if (manifest->python) return skipped("it is written in Python");
  const auto elf = plugin::read_elf(manifest->library);
  if (!elf) return skipped(elf.error().message);
  return at_it(*elf);
}

std::string listed(const std::vector<std::string>& names) {
  constexpr std::size_t shown = 5;
  std::string text;
  for (std::size_t at = 0; at < names.size() && at < shown; ++at) text += (at == 0 ? "" : ", ") + names[at];
  if (names.size() > shown) text += " and " + std::to_string(names.size() - shown) + " more";
  return text;
}

}  // namespace

Outcome manifest_readable(const Subject& subject) { return step(subject, Step::readable); }
Outcome manifest_words(const Subject& subject) { return step(subject, Step::words); }
Outcome manifest_runtime(const Subject& subject) { return step(subject, Step::runtime); }
Outcome manifest_abi(const Subject& subject) { return step(subject, Step::abi); }
Outcome manifest_kinds(const Subject& subject) { return step(subject, Step::kinds); }
Outcome manifest_paths(const Subject& subject) { return step(subject, Step::paths); }
Outcome manifest_hashes(const Subject& subject) { return step(subject, Step::hashes); }
Outcome manifest_library(const Subject& subject) { return step(subject, Step::library); }

Outcome manifest_version(const Subject& subject) {
  plugin::Manifest seen;
  if (const auto manifest = plugin::read_manifest(subject.manifest, seen); !manifest && seen.version.empty()) {
    return skipped("the manifest is refused: " + manifest.error().message);
  }
  const bool numbers = seen.version.find_first_not_of("0123456789.") == std::string::npos;
  return numbers ? passed() : warned("the version is '" + seen.version + "'");
}

Outcome library_exports_entry(const Subject& subject) {
  return look(subject, [](const plugin::Elf& elf) {
    for (const auto& name : elf.exported) {
      if (name == ALLIANCE_PLUGIN_ENTRY_SYMBOL) return passed();
    }
    return failed(elf.exported.empty() ? "it exports nothing" : "it exports " + listed(elf.exported));
  });
}

Outcome library_exports_nothing_else(const Subject& subject) {
  return look(subject, [](const plugin::Elf& elf) {
    std::vector<std::string> others;
    for (const auto& name : elf.exported) {
      if (name != ALLIANCE_PLUGIN_ENTRY_SYMBOL) others.push_back(name);
    }
    return others.empty() ? passed() : failed("it exports " + listed(others) + " besides");
  });
}

Outcome library_has_no_unique_symbols(const Subject& subject) {
  return look(subject, [](const plugin::Elf& elf) {
    return elf.unique.empty() ? passed() : failed("of that kind: " + listed(elf.unique));
  });
}

Outcome library_has_no_run_path(const Subject& subject) {
  return look(subject, [](const plugin::Elf& elf) {
    return elf.run_path.empty() ? passed() : warned("its run path is " + elf.run_path);
  });
}

Outcome library_has_no_executable_stack(const Subject& subject) {
  return look(subject, [](const plugin::Elf& elf) {
    return elf.executable_stack ? failed("its stack is marked as executable, or not marked at all") : passed();
  });
}

Outcome library_has_no_text_relocations(const Subject& subject) {
  return look(subject, [](const plugin::Elf& elf) {
    return elf.text_relocations ? failed("its code is written to when it is loaded") : passed();
  });
}

}  // namespace alliance::check

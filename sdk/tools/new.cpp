// SPDX-License-Identifier: Apache-2.0
// alliance new: a plugin's project to begin with, which builds against an installed SDK and passes the checker.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>

#include "plugin/file.h"
#include "plugin_commands.h"

namespace alliance::tools {
namespace {

namespace fs = std::filesystem;

struct Template {
  const char* name;  // "cpp/measure.cpp"
  const unsigned char* bytes;
  std::size_t size;
};
#include "templates.h"  // made by CMakeLists.txt of templates/

struct NewKind {
  const char* name;
  const char* what;
  const char* edit;
  const char* options;  // of `alliance check`
  const char* file;     // one more file of the project, and what it holds
  const char* holds;
  const char* row;  // of the README, about that file
  const char* use;  // how to see it at work; @NAME@ is the name
};

constexpr NewKind kinds_to_begin_with[] = {
    {"measure", "an instrument that scores answers",
     "the definition (items, answers, scales, worked examples) and `score`", "", "", "", "",
     "With answers in a CSV file whose columns are called as the items are:\n\n"
     "    alliance score @NAME@ --input answers.csv --plugins build/lib/alliance/plugins"},
    {"timing", "a policy that says when a measure is due", "`plan`, which gives occasions with their windows", "", "",
     "", "",
     "A host that loads the folder uses it. Where it has several such policies,\n"
     "`\"timing_policy\": \"@NAME@\"` in its configuration chooses."},
    {"tailoring", "a policy that proposes to adapt the treatment", "`propose`, and the settings that it reads",
     "\n    --settings ${CMAKE_SOURCE_DIR}/settings.json", "settings.json",
     "{\"days_without_contact\": 3, \"source\": \"a number to test with: put your service's own here\"}\n",
     "| `settings.json` | what the operator gives it; the threshold needs a source |\n",
     "A host that loads the folder uses it. Where it has several such policies,\n"
     "`\"tailoring_policy\": \"@NAME@\"` in its configuration chooses, and `plugins` there holds its settings."},
    {"programme", "an adapter to one digital programme",
     "the catalogue, and `ingest`, which turns its export into events",
     "\n    --payload ${CMAKE_SOURCE_DIR}/sample.txt", "sample.txt",
     "fact-1 case-1 module-1 1700000000\nfact-2 case-1 module-2 1700600000\na line that is no fact\n",
     "| `sample.txt` | an export of the programme to test with; no person's data |\n",
     "What it makes of an export, and what it cannot use:\n\n"
     "    alliance ingest sample.txt --programme @NAME@ --plugins build/lib/alliance/plugins"},
    {"transport", "a way for reports to leave", "`send`, which acknowledges what is safe",
     "\n    --endpoint ${CMAKE_BINARY_DIR}/reports.jsonl", "", "", "",
     "A host that loads the folder is connected with `@NAME@:` and what its `open` takes:\n"
     "`alliance_host_connect(host, \"@NAME@:/var/spool/reports.jsonl\", &error)`."},
};

struct NewChoice {
  std::string kind, name, lang = "cpp", folder;
};

int new_refuse(const std::string& sentence, int status) {
  std::fprintf(stderr, "alliance new: %s\n", sentence.c_str());
  return status;
}

bool good_name(const std::string& name) {
  const bool letters = name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == std::string::npos;
  return !name.empty() && name.size() <= 40 && letters && name.front() >= 'a' && name.front() <= 'z' &&
         name.back() != '-' && name.find("--") == std::string::npos;
}

// "sleep-diary" as a person writes it: "Sleep diary".
std::string title_of(std::string name) {
  for (char& c : name) c = c == '-' ? ' ' : c;
  name.front() = static_cast<char>(name.front() - 'a' + 'A');
  return name;
}

std::string filled(const Template& from, const std::map<std::string, std::string>& words) {
  std::string text(reinterpret_cast<const char*>(from.bytes), from.size);
  for (const auto& [word, value] : words) {
    const std::string mark = "@" + word + "@";
    for (auto at = text.find(mark); at != std::string::npos; at = text.find(mark, at + value.size())) {
      text.replace(at, mark.size(), value);
    }
  }
  return text;
}

bool new_write_file(const fs::path& path, const std::string& text) {
  std::ofstream out(path, std::ios::binary);
  out << text;
  return out.flush().good();
}

// The prefix that this command was installed to, where the package lies beside it.
std::string sdk_prefix() {
  std::error_code bad;
  const fs::path prefix = fs::read_symlink("/proc/self/exe", bad).parent_path().parent_path();
  for (const char* lib : {"lib", "lib64"}) {
    if (fs::exists(prefix / lib / "cmake/AllianceSDK/AllianceSDKConfig.cmake", bad)) return prefix.string();
  }
  return "/where/the/sdk/is";
}

std::string template_text(const std::string& name, const std::map<std::string, std::string>& words) {
  for (const Template& one : templates) {
    if (one.name == name) return filled(one, words);
  }
  return {};  // never: the tests write every kind
}

// In Python: no build, and a manifest with the file's hash from the beginning.
std::map<std::string, std::string> python_files(const NewChoice& choice,
                                                const std::map<std::string, std::string>& words) {
  const std::string source = choice.name + ".py", code = template_text("python/" + choice.kind + ".py", words);
  const std::string hash = plugin::sha256_of(code);
  const std::string manifest =
      "{\n  \"format\": 1,\n  \"id\": \"" + words.at("ID") + "\",\n  \"name\": \"" + words.at("TITLE") +
      "\",\n  \"vendor\": \"not said\",\n  \"version\": \"0.1.0\",\n  \"licence\": \"not said\",\n  \"kinds\": [\"" +
      choice.kind + "\"],\n  \"abi_major\": 1,\n  \"abi_minor\": 0,\n  \"runtime\": \"python\",\n  \"library\": \"" +
      source + "\",\n  \"files\": [{\"path\": \"" + source + "\", \"sha256\": \"" + hash + "\"}]\n}\n";
  return {{source, code},
          {choice.name + ".alliance.json", manifest},
          {"test_plugin.py",
           template_text("python/test_plugin.py", words) + template_text("python/test_" + choice.kind + ".py", words)},
          {"README.md", template_text("python/README.md", words)}};
}

int make(const NewChoice& choice) {
  const NewKind* kind = nullptr;
  for (const NewKind& one : kinds_to_begin_with) {
    if (choice.kind == one.name) kind = &one;
  }
  if (!good_name(choice.name)) {
    return new_refuse(
        "name " + choice.name + ": write lower-case letters, digits and single hyphens, a letter first, 40 at most",
        exit_usage);
  }
  const fs::path folder = choice.folder.empty() ? fs::path(choice.name) : fs::path(choice.folder);
  std::error_code bad;
  if (fs::exists(folder, bad) && !(fs::is_directory(folder, bad) && fs::is_empty(folder, bad))) {
    return new_refuse(folder.string() + " is there already: name another folder with --folder, or move it away",
                      exit_failed);
  }
  fs::create_directories(folder, bad);
  if (bad) return new_refuse("folder " + folder.string() + " cannot be made: " + bad.message(), exit_failed);
  const std::map<std::string, std::string> words = {
      {"AT_WORK", kind->use},  // filled in first, as the alphabet has it: it holds the name
      {"NAME", choice.name},
      {"TITLE", title_of(choice.name)},
      {"ID", "org.example." + choice.name},
      {"KIND", kind->name},
      {"LANG", choice.lang},
      {"LANGUAGE", choice.lang == "c" ? "C" : "CXX"},
      {"WHAT", kind->what},
      {"EDIT", kind->edit},
      {"OPTIONS", kind->options},
      {"ROWS", kind->row},
  };
  const bool in_python = choice.lang == "python";
  std::map<std::string, std::string> files;
  if (in_python) files = python_files(choice, words);
  for (const Template& one : templates) {
    if (in_python) break;
    const std::string name = one.name, main = choice.lang + "/" + choice.kind + "." + choice.lang;
    const bool shared = name.find('/') == std::string::npos;
    const bool plumbing =
        name == "c/glue.h" ? choice.lang == "c" : name == "cpp/json_field.hpp" && choice.lang == "cpp";
    const bool needed = choice.lang == "c" || choice.kind == "timing" || choice.kind == "tailoring";
    if (name == main) files[choice.name + "." + choice.lang] = filled(one, words);
    if (shared || (plumbing && needed)) files[fs::path(name).filename().string()] = filled(one, words);
  }
  if (*kind->file != '\0' && !in_python) files[kind->file] = kind->holds;
  for (const auto& [name, text] : files) {
    if (!new_write_file(folder / name, text))
      return new_refuse((folder / name).string() + " cannot be written", exit_failed);
    std::printf("%s\n", (folder / name).string().c_str());
  }
  const std::string in = folder.string();
  if (in_python) {
    std::printf(
        "\nTry it, with the package alliance of bindings/python:\n  python3 -m pytest %s\nThen edit %s: README.md "
        "says what.\n",
        in.c_str(), (choice.name + ".py").c_str());
    return exit_done;
  }
  std::printf(
      "\nBuild and check it:\n  cmake -S %s -B %s/build -D CMAKE_PREFIX_PATH=%s\n"
      "  cmake --build %s/build && ctest --test-dir %s/build --output-on-failure\nThen edit %s: README.md says what.\n",
      in.c_str(), in.c_str(), sdk_prefix().c_str(), in.c_str(), in.c_str(), (choice.name + "." + choice.lang).c_str());
  return exit_done;
}

}  // namespace

void add_new(CLI::App& app, Run& run) {
  auto* command = app.add_subcommand("new", "A plugin's project to begin with: it builds, has a test and passes it");
  auto choice = std::make_shared<NewChoice>();
  command->add_option("kind", choice->kind, "measure, timing, tailoring, programme or transport")
      ->required()
      ->check(CLI::IsMember({"measure", "timing", "tailoring", "programme", "transport"}));
  command->add_option("name", choice->name, "Its name: sleep-diary")->required();
  command->add_option("--lang", choice->lang, "c, cpp or python (default cpp)")
      ->check(CLI::IsMember({"c", "cpp", "python"}));
  command->add_option("--folder", choice->folder, "Where it is written (default: a folder of that name)");
  command->callback([&run, choice] { run = [choice] { return make(*choice); }; });
}

}  // namespace alliance::tools

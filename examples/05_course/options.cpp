// SPDX-License-Identifier: Apache-2.0
#include "options.h"

#include <filesystem>
#include <iostream>
#include <map>

#include "tables.h"

namespace course {
namespace {

constexpr const char* help = R"(05_course: runs a recorded course of blended CBT through the SDK, as a platform would.

  --store FILE        event log and outbox          (build/course/platform.db)
  --plugins DIR       manifests of plugins          (lib/alliance/plugins beside the program)
  --export FILE       the programme's export, xAPI  (examples/course/programme-export.jsonl)
  --events FILE       the service's own events      (examples/course/service-events.jsonl)
  --config FILE       the host's configuration      (examples/course/course.json)
  --programme ID      adapter of the export         (xapi)
  --connect ENDPOINT  where reports go, may be repeated: tcp://HOST:PORT, jsonl:FILE
  --instruments DIR   definitions to use in place of those that came with the plugin
  --until DATE        only what happened before this day (YYYY-MM-DD, UTC); no time passes beyond it
  --quiet             only errors and the last line
  --help

Exit status: 0 done, 1 failed, 2 wrong call, 3 done, but some input was bad.
Stop it at any moment and start it again with the same store: it goes on.
)";

}  // namespace

int parse_options(int argc, char** argv, Options& options) {
  const std::map<std::string, std::string*> values = {{"--store", &options.store},
                                                      {"--plugins", &options.plugins},
                                                      {"--export", &options.export_file},
                                                      {"--events", &options.events_file},
                                                      {"--config", &options.config},
                                                      {"--programme", &options.programme},
                                                      {"--instruments", &options.instruments},
                                                      {"--until", &options.until}};
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    if (word == "--help") {
      std::cout << help;
      return 0;
    }
    if (word == "--quiet") {
      options.quiet = true;
      continue;
    }
    const auto found = values.find(word);
    if (found == values.end() && word != "--connect") {
      std::cerr << "05_course: there is no option " << word << "; --help lists them\n";
      return 2;
    }
    if (i + 1 >= argc) {
      std::cerr << "05_course: " << word << " needs a value\n";
      return 2;
    }
    const std::string value = argv[++i];
    if (word == "--connect") {
      options.connect.push_back(value);
    } else {
      *found->second = value;
    }
  }
  if (!options.until.empty() && begin_of_day(options.until) == 0) {
    std::cerr << "05_course: --until needs a day such as 2026-03-25, and " << options.until << " is none\n";
    return 2;
  }
  if (options.plugins.empty()) {
    std::error_code problem;
    const auto self = std::filesystem::read_symlink("/proc/self/exe", problem);
    options.plugins = (self.parent_path().parent_path() / "lib" / "alliance" / "plugins").string();
  }
  return -1;
}

}  // namespace course

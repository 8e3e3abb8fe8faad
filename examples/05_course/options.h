// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace course {

struct Options {
  std::string store = "build/course/platform.db";
  std::string plugins;  // empty: lib/alliance/plugins beside the program's own folder
  std::string export_file = "examples/course/programme-export.jsonl";
  std::string events_file = "examples/course/service-events.jsonl";
  std::string config = "examples/course/course.json";
  std::string programme = "xapi";
  std::string instruments;  // empty: those that came with the plugin
  std::string until;        // YYYY-MM-DD: what happened from then on is left out; empty: all of it
  std::vector<std::string> connect;
  bool quiet = false;
};

// Returns -1 to go on, else the exit status: 0 after --help, 2 for a wrong call, which was explained.
int parse_options(int argc, char** argv, Options& options);

}  // namespace course

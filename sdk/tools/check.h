// SPDX-License-Identifier: Apache-2.0
// Runs tests of sdk/src/check, each in a child that is this command again.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "check/test.h"

namespace alliance::tools::check_run {

struct Result {
  enum class Kind { passed, failed, crashed, warned, skipped };
  const check::Test* test;
  Kind kind;
  std::string text;
  long milliseconds = 0;
};
const char* name_of(Result::Kind kind);

struct Excluded {
  std::string test, reason;
};

struct Order {
  std::string manifest, settings_file, payload_file, endpoint;
  std::vector<const check::Test*> tests;
  std::vector<Excluded> excluded;
  int seconds = 20;  // for one test
  int at_once = 2;
};

// Results in the order of the tests; `done` is told of each as soon as it is there.
std::vector<Result> run_all(const Order& order, const std::function<void(const Result&)>& done);

// What a child does: it runs one test and writes to the slate that it was given by number.
int run_in_child(const Order& order, const std::string& test, int slate);

}  // namespace alliance::tools::check_run

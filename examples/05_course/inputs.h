// SPDX-License-Identifier: Apache-2.0
// The two files of the recorded course as one list of events in the order of time.
#pragma once

#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <vector>

#include "platform.h"

namespace course {

struct Item {
  std::int64_t time = 0;
  std::string json;
  std::string where;  // "service-events.jsonl:12"
};

struct Inputs {
  std::vector<Item> items;
  std::size_t left_out = 0;  // sheets of instruments that are not in use here
};

// What is wrong with an input, in one sentence that names file and line. The rest goes on.
using Complain = std::function<void(const std::string& sentence)>;

std::string read_file(const std::string& path);  // throws Failed

Inputs read_inputs(Platform& platform, const std::string& programme, const std::string& export_path,
                   const std::string& events_path, const std::set<std::string>& in_use, const Complain& complain);

}  // namespace course

// SPDX-License-Identifier: Apache-2.0
// The kinds of things that a plugin can make, and which functions each must have.
#pragma once

#include <alliance/measure.h>
#include <alliance/programme.h>
#include <alliance/tailoring.h>
#include <alliance/timing.h>
#include <alliance/transport.h>

#include <span>
#include <string>
#include <string_view>

#include "common/result.h"

namespace alliance::plugin {

// A plugin's table, complete. It stands before the plugin's own: functions that take the factory are
// passed on to the original, which may carry more than the C part behind the pointer.
template <class Table>
struct Filled : Table {
  const Table* original;
};

struct Tables {
  Filled<alliance_measure_factory> measure{};
  Filled<alliance_timing_factory> timing{};
  Filled<alliance_tailoring_factory> tailoring{};
  Filled<alliance_programme_factory> programme{};
  Filled<alliance_transport_factory> transport{};
};

struct Kind {
  const char* name;     // in manifests: "measure"
  const char* factory;  // ALLIANCE_MEASURE_FACTORY
  Result<void> (*fill)(const void* from, Tables& to);
};

std::span<const Kind> kinds();
const Kind* find_kind(std::string_view name);  // or the factory's id
std::string kind_names();                      // "measure, timing, ..."

}  // namespace alliance::plugin

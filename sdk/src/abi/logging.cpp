// SPDX-License-Identifier: Apache-2.0
#include "abi/logging.h"

#include <alliance/plugin.h>

#include <cstdio>

namespace alliance::abi {
namespace {

const char* level_name(std::int32_t level) {
  switch (level) {
    case ALLIANCE_LOG_DEBUG:
      return "debug";
    case ALLIANCE_LOG_INFO:
      return "info";
    case ALLIANCE_LOG_WARNING:
      return "warning";
    default:
      return "error";
  }
}

}  // namespace

std::function<void(std::int32_t level, const std::string& line)> log_to(std::int32_t least, LogLine log,
                                                                        void* context) {
  if (least == 0) least = ALLIANCE_LOG_WARNING;
  return [least, log, context](std::int32_t level, const std::string& line) {
    if (level < least) return;
    if (log != nullptr) {
      log(context, level, line.c_str());
    } else {
      std::fprintf(stderr, "alliance: %s: %s\n", level_name(level), line.c_str());
    }
  };
}

}  // namespace alliance::abi

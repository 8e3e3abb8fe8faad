// SPDX-License-Identifier: Apache-2.0
#include "log.h"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

namespace alliance::sidecar {
namespace {

spdlog::level::level_enum level_of(std::int32_t level) {
  if (level <= ALLIANCE_LOG_DEBUG) return spdlog::level::debug;
  if (level == ALLIANCE_LOG_INFO) return spdlog::level::info;
  return level == ALLIANCE_LOG_WARNING ? spdlog::level::warn : spdlog::level::err;
}

}  // namespace

Log log_of(const LogSettings& settings) {
  const auto logger = std::make_shared<spdlog::logger>("alliance", std::make_shared<spdlog::sinks::stderr_sink_mt>());
  logger->set_pattern(
      settings.json ? R"({"time":"%Y-%m-%dT%H:%M:%S.%eZ","level":"%l","message":%v})" : "%Y-%m-%dT%H:%M:%S.%eZ %l %v",
      spdlog::pattern_time_type::utc);
  logger->set_level(level_of(settings.level));
  logger->flush_on(spdlog::level::debug);
  return [logger, json = settings.json](std::int32_t level, const std::string& line) {
    logger->log(level_of(level), json ? quoted(line) : line);
  };
}

}  // namespace alliance::sidecar

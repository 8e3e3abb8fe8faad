// SPDX-License-Identifier: Apache-2.0
#include "progress.h"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

namespace alliance::tools {

void Progress::say() const {
  static const auto logger = [] {
    auto made = std::make_shared<spdlog::logger>("progress", std::make_shared<spdlog::sinks::stderr_sink_mt>());
    made->set_pattern("%v");
    made->flush_on(spdlog::level::info);
    return made;
  }();
  logger->info("{}: {} {} ...", command_, done_, what_);
}

}  // namespace alliance::tools

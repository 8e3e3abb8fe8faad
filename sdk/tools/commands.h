// SPDX-License-Identifier: Apache-2.0
// The `alliance` command: one file per subcommand. Exit status everywhere: 0 done, 1 failed, 2 usage, 3 bad input.
#pragma once

#include <alliance/base.h>
#include <cstdint>

#include <functional>

namespace CLI {  // NOLINT(readability-identifier-naming): not our name
class App;
}

namespace alliance::tools {

inline constexpr int exit_done = 0;
inline constexpr int exit_failed = 1;
inline constexpr int exit_usage = 2;
inline constexpr int exit_bad_input = 3;

// What was given is not there, or is not what it should be: that is for whoever gave it to mend.
inline int exit_for(std::int32_t status) {
  return status == ALLIANCE_E_BAD_INPUT || status == ALLIANCE_E_NOT_FOUND ? exit_bad_input : exit_failed;
}

// Each adds its subcommand and sets `run` when it was chosen.
using Run = std::function<int()>;
void add_score(CLI::App& app, Run& run);
void add_rescore(CLI::App& app, Run& run);
void add_export(CLI::App& app, Run& run);
void add_instruments(CLI::App& app, Run& run);
void add_listen(CLI::App& app, Run& run);
void add_outbox(CLI::App& app, Run& run);
void add_serve(CLI::App& app, Run& run);
void add_store(CLI::App& app, Run& run);
void add_review(CLI::App& app, Run& run);
void add_due(CLI::App& app, Run& run);
void add_schedule(CLI::App& app, Run& run);
void add_tailor(CLI::App& app, Run& run);
void add_time(CLI::App& app, Run& run);
void add_validate(CLI::App& app, Run& run);
void add_import(CLI::App& app, Run& run);
void add_ingest(CLI::App& app, Run& run);
void add_monitor(CLI::App& app, Run& run);
void add_psychometrics(CLI::App& app, Run& run);

}  // namespace alliance::tools

// SPDX-License-Identifier: Apache-2.0
// What a person asked for, and a file's header, to what is scored (score_sheets.h).
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "csv_input.h"
#include "score_host.h"
#include "score_sheets.h"

namespace CLI {  // NOLINT(readability-identifier-naming): not our name
class App;
}

namespace alliance::tools::score {

// As they stand on the command line of `alliance score` and `alliance rescore`.
struct Wishes {
  std::string input, columns, delimiter = ",", labels, missing = "none", seconds;
};
void add_wishes(CLI::App& command, Wishes& wishes, bool needs_input = true);

struct Plan {
  std::string input;
  char delimiter = ',';
  std::vector<std::string> columns;
  Labels labels;
  std::optional<alliance_missing> missing;  // none: the definition's own rule
  std::string seconds;
};
// ALLIANCE_E_INVALID: the command line is wrong; ALLIANCE_E_BAD_INPUT: a file that it names.
Result<Plan> understand(const Wishes& wishes);

// "none", "prorate:N", "centre:N"; "definition" is the definition's own, which is then nothing.
Result<std::optional<alliance_missing>> missing_of(const std::string& text);

Result<Task> task_of(const Plan& plan, const Measure& measure, std::vector<std::string> header);

// Every record after the header; `header` first. Ends early, and without a failure, where `record` wants no more.
Result<void> read(const Plan& plan, const std::function<Result<void>(std::vector<std::string>)>& header,
                  const std::function<Result<void>(const csv::Record&)>& record);

}  // namespace alliance::tools::score

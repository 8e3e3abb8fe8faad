// SPDX-License-Identifier: Apache-2.0
#include "csv_table.h"

#include <algorithm>
#include <optional>

#include "commands.h"
#include "score_columns.h"

namespace alliance::tools::csv {

Result<std::vector<std::size_t>> places_of(const std::vector<std::string>& header,
                                           const std::vector<std::string>& wanted) {
  // As many columns as are wanted, each by its name.
  return score::choose_columns(header, wanted, wanted);
}

Result<void> read_table(const std::string& path, char delimiter, const Take& take) {
  Input input(path);
  const auto named = [&](const Failure& failure) {
    return fail(failure.status, input.name() + ": " + failure.message, failure.detail);
  };
  if (!input.problem().empty()) {
    return fail(ALLIANCE_E_BAD_INPUT, input.name() + " cannot be read: " + input.problem());
  }
  std::optional<Failure> failure;
  bool has_header = false;
  std::uint64_t row = 0;
  std::uint64_t blank = 0;  // they count only when something follows
  Record blank_line;
  Reader reader(delimiter, [&](const Record& record) {
    if (!has_header) {
      auto names = header_of(record);
      has_header = true;
      if (!names) failure = names.error();
      if (names) {
        if (const auto taken = take.header(std::move(*names)); !taken) failure = taken.error();
      }
      return !failure;
    }
    if (record.blank()) {
      blank_line = record;
      ++blank;
      return true;
    }
    for (; blank > 0; --blank) take.row(++row, blank_line);
    take.row(++row, record);
    return true;
  });
  bool more = true;
  for (std::string_view block = input.next(); more && !block.empty(); block = input.next()) more = reader.feed(block);
  if (!input.problem().empty()) return fail(ALLIANCE_E_IO, input.name() + " cannot be read: " + input.problem());
  if (more) reader.finish();
  if (failure) return named(*failure);
  if (!has_header) return fail(ALLIANCE_E_BAD_INPUT, input.name() + " is empty: it needs a header line");
  return {};
}

int exit_of(const Failure& failure) {
  if (failure.status == ALLIANCE_E_INVALID) return exit_usage;
  return exit_for(failure.status);
}

}  // namespace alliance::tools::csv

// SPDX-License-Identifier: Apache-2.0
// A file or an instrument that is not there is bad input, whichever command is given it: one sentence that names it,
// and nothing is made.
#include "command.h"

using command_test::Command;
using command_test::has;
using command_test::lines;

namespace {

class Missing : public Command {};

TEST_F(Missing, AFileIsBadInputForEveryCommand) {
  const std::string none = path("no-such-file");
  const std::vector<std::vector<std::string>> commands = {
      {"store", "check", "--store", none},
      {"store", "backup", "--store", none, path("copy")},
      {"store", "access", "--case", "c1", "--by", "a", "--store", none},
      {"store", "erase", "--case", "c1", "--by", "a", "--reason", "r", "--instruction", "i", "--store", none},
      {"store", "quarantine", "--store", none},
      {"store", "restore", "--store", path("new"), none},
      {"outbox", "status", "--store", none},
      {"outbox", "list", "--store", none},
      {"outbox", "resend", "--all", "--store", none},
      {"outbox", "forget", "tcp://127.0.0.1:1", "--store", none},
      {"listen", "--dump", "--inbox", none},
      {"serve", "--config", none},
      {"inspect", none},
      {"check", none},
      {"score", "gad-7", "--plugins", plugins(), "--input", none},
      {"score", "gad-7", "--plugins", none, "--input", "-"},
      {"instruments", "--plugins", none},
      // an instrument
      {"instruments", "show", "no-such-file", "--plugins", plugins()},
      {"score", "no-such-file", "--plugins", plugins(), "--input", file("empty.csv", "")},
      {"score", "no-such-file", "--plugins", plugins(), "--format", "fhir", "--input", file("empty.csv", "")},
      {"rescore", "no-such-file", "--from", "1.0.0", "--to", "1.0.0", "--plugins", plugins(), "--input", none},
      {"validate", file("empty.json", ""), "--against", "no-such-file", "--plugins", plugins()},
  };
  for (const auto& command : commands) {
    const auto said = run(command);
    std::string line;
    for (const auto& word : command) line += " " + word;
    EXPECT_EQ(said.exit, 3) << line << "\n" << said.err;
    EXPECT_EQ(lines(said.err), 1u) << line << "\n" << said.err;
    EXPECT_TRUE(has(said.err, "no-such-file")) << line << "\n" << said.err;
    EXPECT_EQ(said.out, "") << line;
    EXPECT_FALSE(std::filesystem::exists(none)) << line;
  }
}

}  // namespace

// SPDX-License-Identifier: Apache-2.0
// Commands whose --json is an object of a line or two.
#include "command.h"

using command_test::Command;
using command_test::has;
using command_test::lines;

namespace {

class Json : public Command {};

TEST_F(Json, ANewTokenComesWithItsHash) {
  const auto said = run({"serve", "--new-token", "--json"});
  EXPECT_EQ(said.exit, 0) << said.err;
  EXPECT_EQ(lines(said.out), 1u) << said.out;
  EXPECT_EQ(said.out.rfind(R"({"token":")", 0), 0u) << said.out;
  const auto hash = said.out.find(R"(","sha256":")");
  ASSERT_NE(hash, std::string::npos) << said.out;
  EXPECT_EQ(said.out.find("\"}", hash + 12), hash + 12 + 64) << said.out;
}

TEST_F(Json, ARoundOfFuzzingSaysWhatItFound) {
  const auto said = run({"fuzz", plugins() + "/instruments.alliance.json", "--round", "0", "--seed", "7", "--json"});
  EXPECT_EQ(said.exit, 0) << said.err << said.out;
  EXPECT_EQ(said.out, "{\"found\":null,\"rounds\":1,\"seed\":7}\n");
}

}  // namespace

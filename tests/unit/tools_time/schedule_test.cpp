// SPDX-License-Identifier: Apache-2.0
// `schedule check` and `schedule preview` as a program reads them.
#include "command.h"

#include <sstream>

using command_test::Command;
using command_test::has;
using command_test::lines;

namespace {

class Schedule : public Command {
 protected:
  command_test::Said schedule(const std::string& what, const std::string& file, const std::string& flag) {
    return run({"schedule", what, file, flag, "--plugins", ALLIANCE_PLUGIN_DIR});
  }
  const std::string shipped = std::string(ALLIANCE_SOURCE_DIR) + "/plugins/timing/data/schedules/e-compared.json";
};

TEST_F(Schedule, ACheckIsOneObjectWithTheFaultInIt) {
  const auto good = schedule("check", shipped, "--json");
  EXPECT_EQ(good.exit, 0) << good.err;
  EXPECT_EQ(lines(good.out), 1u) << good.out;
  EXPECT_TRUE(has(good.out, R"(e-compared.json","fault":null,"rules":)")) << good.out;
  EXPECT_TRUE(has(good.out, "unverified")) << good.out;
  std::ifstream in(shipped);
  std::string text(std::istreambuf_iterator<char>(in), {});
  text.replace(text.find("\"every_weeks\""), 13, "\"every_session\"");
  const auto bad = schedule("check", file("wrong.json", text), "--json");
  EXPECT_EQ(bad.exit, 3);
  EXPECT_TRUE(has(bad.out, R"(wrong.json","fault":")")) << bad.out;
  EXPECT_TRUE(has(bad.out, "every_session takes no number")) << bad.out;
  EXPECT_TRUE(has(bad.err, "every_session takes no number")) << bad.err;
  EXPECT_EQ(schedule("check", path("none.json"), "--json").out, "") << "no file is no fault in one";
}

TEST_F(Schedule, APreviewNamesTheDayOfEachMeasure) {
  const auto said = schedule("preview", shipped, "--json");
  EXPECT_EQ(said.exit, 0) << said.err;
  EXPECT_EQ(lines(said.out), 1u) << said.out;
  EXPECT_TRUE(has(said.out, R"("weeks":12,"sessions":["2026-01-06","2026-01-20",)")) << said.out;
  EXPECT_TRUE(has(said.out, R"("days":["2026-)")) << said.out;
}

}  // namespace

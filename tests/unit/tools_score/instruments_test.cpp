// SPDX-License-Identifier: Apache-2.0
// `alliance instruments`: what is not verified is marked, and one definition is shown with all its sources.
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <sstream>

#include "command.h"

using command_test::Command;
using command_test::has;
using command_test::lines;

namespace {

class Definitions : public Command {};

TEST_F(Definitions, SayWhatIsNotVerified) {
  const auto said = run({"instruments", "--plugins", plugins()});
  EXPECT_EQ(said.exit, 0) << said.err;
  std::istringstream text(said.out);
  std::map<std::string, std::string> by_id;
  for (std::string line; std::getline(text, line);) by_id[line.substr(0, line.find(' '))] = line;
  EXPECT_GE(by_id.size(), 26u);
  EXPECT_TRUE(has(by_id["haq-ii"], "key unverified"));
  EXPECT_TRUE(has(by_id["wsas"], "thresholds unverified"));
  EXPECT_TRUE(has(by_id["dwai"], "programme"));
  EXPECT_FALSE(has(by_id["gad-7"], "unverified"));
}

TEST_F(Definitions, OneIsShownWithEverySource) {
  const auto said = run({"instruments", "show", "core-10", "--plugins", plugins()});
  EXPECT_EQ(said.exit, 0) << said.err;
  EXPECT_TRUE(has(said.out, "reliable change nhs: >= 5")) << said.out;
  EXPECT_TRUE(has(said.out, "another reliable change barkham-2013: >= 6")) << said.out;
  EXPECT_TRUE(has(said.out, "unverified, off: Barkham")) << said.out;
  EXPECT_TRUE(has(said.out, "safety: raises a flag when >= 1")) << said.out;
  const auto json = run({"instruments", "show", "core-10", "--json", "--plugins", plugins()});
  EXPECT_EQ(json.exit, 0) << json.err;
  EXPECT_EQ(lines(json.out), 1u);
  EXPECT_TRUE(has(json.out, "\"id\":\"core-10\""));
  const auto none = run({"instruments", "show", "nine", "--plugins", plugins()});
  EXPECT_EQ(none.exit, 3);
  EXPECT_TRUE(has(none.err, "there is no instrument nine; there are alliance-pulse-client")) << none.err;
}

TEST_F(Definitions, AnotherVersionIsDroppedInBesideTheFirst) {
  const std::string folder = plugins() + "/instruments/";
  std::ifstream in(folder + "gad-7.json");
  std::stringstream text;
  text << in.rdbuf();
  std::string newer = text.str();
  newer.replace(newer.find("\"1.0.0\""), 7, "\"1.10.0\"");
  std::ofstream(folder + "gad-7-next.json") << newer;
  const auto said = run({"instruments", "show", "gad-7", "--plugins", folder + ".."});
  EXPECT_EQ(said.exit, 0) << said.err;
  EXPECT_TRUE(has(said.out, "gad-7 1.10.0: ")) << said.out;
  EXPECT_TRUE(has(said.out, "other versions: 1.0.0")) << said.out;
}

TEST_F(Definitions, AnUnverifiedKeyRefusesToScoreWithTheMend) {
  const auto said = score({"csq-8", "--input", file("a.csv", "1,2,3,4,5,6,7,8\n1,2,3,4,4,3,2,1\n")});
  EXPECT_NE(said.exit, 0);
  EXPECT_TRUE(has(said.err, "content/csq-8.key.json")) << said.err;
  EXPECT_TRUE(has(said.err, "accept_unverified")) << said.err;
}

}  // namespace

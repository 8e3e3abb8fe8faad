// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <string>

#include "host/access.h"

namespace {

TEST(Docs, TheAccessTableIsTheOneThatIsObeyed) {
  std::ifstream in(ALLIANCE_SOURCE_DIR "/docs/safety.md");
  const std::string page{std::istreambuf_iterator<char>(in), {}};
  const std::string table = alliance::host::access_markdown();
  ASSERT_FALSE(table.empty());
  EXPECT_NE(page.find(table), std::string::npos) << "docs/safety.md should show this table:\n" << table;
}

}  // namespace

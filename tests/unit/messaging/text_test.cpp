// SPDX-License-Identifier: Apache-2.0
// Eight characters at a time say the same as one by one.
#include "messaging/text.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

#include "schema/utf8.h"

namespace {

using alliance::messaging::is_name;

TEST(MessagingText, AFaultIsFoundWhereverItStands) {
  const std::string names[] = {"a", "seven77", "eight888", "nine99999", std::string(40, 'x'), "Zo\xc3\xab's ward"};
  for (const std::string& name : names) {
    EXPECT_TRUE(is_name(name, 512)) << name;
    EXPECT_FALSE(is_name(name, name.size() - 1)) << name;
    for (std::size_t at = 0; at < name.size(); ++at) {
      for (const char wrong : {'\0', '\n', '\x1f', '\x7f', '\xff'}) {
        std::string spoiled = name;
        spoiled[at] = wrong;
        EXPECT_FALSE(is_name(spoiled, 512)) << name << " at " << at;
      }
    }
  }
}

TEST(MessagingText, BytesAtRandomAreTextWhenEveryPartOfThemIs) {
  std::mt19937 random(3);
  for (int i = 0; i < 20'000; ++i) {
    std::string text;
    for (auto left = random() % 24; left > 0; --left) {
      text += random() % 6 == 0 ? static_cast<char>(random()) : static_cast<char>('a' + random() % 26);
    }
    bool plain = true;
    for (const char c : text) plain = plain && c >= 0x20 && c < 0x7f;
    EXPECT_TRUE(!plain || is_name(text, 512));
    EXPECT_TRUE(!is_name(text, 512) || alliance::schema::is_utf8(text));
    const std::string padded = text + "\xc3\xa9";  // seen together with what stands before it
    EXPECT_EQ(alliance::schema::is_utf8(padded), alliance::schema::is_utf8(text));
  }
}

}  // namespace

// SPDX-License-Identifier: Apache-2.0
#include "csv_reader.h"

#include <gtest/gtest.h>

using alliance::tools::csv::Reader;
using alliance::tools::csv::Record;
using alliance::tools::csv::split;

namespace {

using Rows = std::vector<std::vector<std::string>>;

// A record with a fault becomes {"!", fault}.
Rows read(const std::string& text, char delimiter = ',', std::size_t block = 1u << 20) {
  Rows rows;
  Reader reader(delimiter, [&](const Record& record) {
    rows.emplace_back();
    if (!record.fault().empty()) {
      rows.back() = {"!", record.fault()};
      return true;
    }
    for (std::size_t i = 0; i < record.size(); ++i) rows.back().emplace_back(record.cell(i));
    return true;
  });
  for (std::size_t at = 0; at < text.size(); at += block) {
    EXPECT_TRUE(reader.feed(std::string_view(text).substr(at, block)));
  }
  EXPECT_TRUE(reader.finish());
  return rows;
}

TEST(Csv, LineEndsOfEveryKindAndNoneAtTheEnd) {
  const Rows wanted = {{"a", "b"}, {"1", "2"}, {"3", "4"}};
  EXPECT_EQ(read("a,b\n1,2\n3,4\n"), wanted);
  EXPECT_EQ(read("a,b\r\n1,2\r\n3,4\r\n"), wanted);
  EXPECT_EQ(read("a,b\r1,2\r3,4\r"), wanted);
  EXPECT_EQ(read("a,b\n1,2\n3,4"), wanted);
}

TEST(Csv, QuotesMayHoldDelimitersQuotesAndLineBreaks) {
  EXPECT_EQ(read("\"a,b\",\"say \"\"so\"\"\",\"two\r\nlines\"\nx,\"\",z\n"),
            (Rows{{"a,b", "say \"so\"", "two\r\nlines"}, {"x", "", "z"}}));
  EXPECT_EQ(read("a;b\n\"1;2\";3", ';'), (Rows{{"a", "b"}, {"1;2", "3"}}));
}

TEST(Csv, AByteOrderMarkIsNoPartOfTheFirstName) {
  EXPECT_EQ(read("\xEF\xBB\xBF"
                 "a,b\n"),
            (Rows{{"a", "b"}}));
  EXPECT_EQ(read("\xEF\xBB\xBF"), Rows{});
  EXPECT_EQ(read("ab"), (Rows{{"ab"}}));
}

TEST(Csv, EmptyCellsAndBlankLinesAreKept) {
  EXPECT_EQ(read(",\n\n,x"), (Rows{{"", ""}, {""}, {"", "x"}}));
  EXPECT_EQ(read(""), Rows{});
  EXPECT_EQ(read("a,"), (Rows{{"a", ""}}));
}

TEST(Csv, WhatIsNotWellFormedIsSaidAndTheNextLineIsReadAgain) {
  const Rows rows = read("a,b\n1,\"2\"3\n4,5\n6\"7,8\n9,0\n");
  ASSERT_EQ(rows.size(), 5u);
  EXPECT_EQ(rows[1][0], "!");
  EXPECT_EQ(rows[2], (std::vector<std::string>{"4", "5"}));
  EXPECT_EQ(rows[3][0], "!");
  EXPECT_EQ(rows[4], (std::vector<std::string>{"9", "0"}));
}

TEST(Csv, AQuoteThatIsNeverClosedEndsInAFault) {
  const Rows rows = read("a,b\n1,\"2\n3,4\n");
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[1][0], "!");
}

TEST(Csv, ARecordWithoutEndIsCutAndTheReaderGoesOn) {
  std::string text = "a,b\n1,\"";
  while (text.size() < (3u << 20)) text += "0123456789,0123456789\n";
  text += "2,3\n";
  const Rows rows = read(text);
  ASSERT_GT(rows.size(), 3u);
  EXPECT_EQ(rows[1][0], "!");
  EXPECT_EQ(rows.back(), (std::vector<std::string>{"2", "3"}));
}

TEST(Csv, TheSizeOfTheBlocksChangesNothing) {
  const std::string text =
      "\xEF\xBB\xBF"
      "a,\"b\"\"c\"\r\n\"x\r\ny\",\r\n\r\n1,2\"\r\n\"3\",4";
  const Rows whole = read(text);
  for (std::size_t block = 1; block < text.size(); ++block) EXPECT_EQ(read(text, ',', block), whole) << block;
}

TEST(Csv, LinesAreCountedThroughQuotes) {
  std::vector<std::uint64_t> lines;
  Reader reader(',', [&](const Record& record) {
    lines.push_back(record.line());
    return true;
  });
  reader.feed("a\r\n\"x\r\ny\"\r\nz\r\n");
  reader.finish();
  EXPECT_EQ(lines, (std::vector<std::uint64_t>{1, 2, 4}));
}

TEST(Csv, AListOfNames) {
  std::string fault;
  EXPECT_EQ(split("A,\"B, C\",D", ',', fault), (std::vector<std::string>{"A", "B, C", "D"}));
  EXPECT_EQ(fault, "");
  EXPECT_TRUE(split("A,\"B", ',', fault).empty());
  EXPECT_NE(fault, "");
}

}  // namespace

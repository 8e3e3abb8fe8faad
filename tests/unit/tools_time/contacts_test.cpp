// SPDX-License-Identifier: Apache-2.0
// What comes in from a list of contacts.
#include "calendar.h"

using calendar_test::Calendar;
using command_test::has;
using command_test::lines;

namespace {

class Contacts : public Calendar {
 protected:
  command_test::Said list(const std::string& text, std::vector<std::string> more = {}) {
    std::vector<std::string> call = {"import", "contacts", file("in.csv", text), "--now", "2026-02-20"};
    call.insert(call.end(), more.begin(), more.end());
    return run(call);
  }
  command_test::Said recorded_list(const std::string& text, std::vector<std::string> more = {}) {
    more.insert(more.end(),
                {"--record", "--store", store(), "--tenant", "trial", "--config",
                 file("config.json", R"({"safety":{"contact":"duty-desk"}})"), "--plugins", with_schedule()});
    return list(text, more);
  }
};

const std::string header = "id,kind,case,start,minutes,mode,session,outcome,revision\n";

TEST_F(Contacts, AreSaidOnceInEveryWayThatTimesAreWritten) {
  const auto said = list(header +
                             "1,session,c1,2026-02-02T09:00,50,video,1,held,\n"
                             "2,messaging,c1,2026-02-03 10:00Z,5,,,,\n"
                             "3,online_review,c1,2026-07-03T10:00:00+02:00,10,,,,\n"
                             "4,online_review,c1,2026-02-03T10:00:00+02:00,10,,,,\n",
                         {"--zone", "America/St_Johns"});
  ASSERT_EQ(said.exit, 0) << said.err;
  EXPECT_TRUE(has(said.out, "2026-02-02 13:20  session 1 held, 50 min, video  case c1  (line 2)")) << said.out;
  EXPECT_TRUE(has(said.out, "2026-02-03 10:05  messaging, 5 min  case c1")) << said.out;
  EXPECT_TRUE(has(said.out, "2026-02-03 08:10  online_review, 10 min  case c1")) << said.out;
  EXPECT_FALSE(has(said.out, "booked")) << "nobody booked it";
  EXPECT_TRUE(has(said.err, "1 kinds of work lie ahead")) << said.err;
}

TEST_F(Contacts, ARevisedRowCorrectsAndDoesNotAdd) {
  open();
  opened("c1", "blended", "measures");
  close();
  const std::string row = "7,session,c1,2026-02-02T09:00Z,", rest = ",in_person,1,held,";
  ASSERT_EQ(recorded_list(header + row + "50" + rest + "\n").exit, 0);
  EXPECT_EQ(used("c1"), 50);
  EXPECT_TRUE(has(recorded_list(header + row + "50" + rest + "\n").out, "0 recorded, 1 known already"));
  const auto again = recorded_list(header + row + "35" + rest + "1\n");
  EXPECT_TRUE(has(again.out, "1 recorded, 1 known already")) << again.out << again.err;
  EXPECT_EQ(used("c1"), 35);
}

TEST_F(Contacts, WrongRowsAreNamedAndNothingIsRecorded) {
  const struct {
    std::string text;
    const char* sentence;
  } wrong[] = {
      {"", "is empty"},
      {"id,kind\n", "column start is missing"},
      {"id,kind,start,id\n", "column id stands twice"},
      {"id;kind;start;minutes\n", "name what does by --delimiter"},
      {"id,kind,start,name\n", "column 4 is none of case, changed, component"},
      {header + "1,session\n", "line 2 of the file has 2 cells"},
      {header + ",session,c1,2026-02-02T09:00Z,50,,1,held,\n", "line 2: column id is empty"},
      {header + "1,,c1,2026-02-02T09:00Z,50,,1,held,\n", "column kind is empty"},
      {header + "1,session,c1,,50,,1,held,\n", "column start is empty"},
      {header + "1,session,c1,2026-02-30T09:00Z,50,,1,held,\n", "column start is no time"},
      {header + "1,session,c1,2026-02-02T25:00Z,50,,1,held,\n", "column start is no time"},
      {header + "1,session,c1,2026-02-02T09:00,50,,1,held,\n",
       "column start has no zone: say whose clock it is by --zone"},
      {header + "1,session,c1,2026-02-02T09:00Z,,,1,held,\n", "columns end and minutes are both empty"},
      {header + "1,session,c1,2026-02-02T09:00Z,many,,1,held,\n", "column minutes is no number"},
      {header + "1,session,c1,2026-02-02T09:00Z,50,,1,held,x\n", "column revision is no number"},
      {header + "1,session,c1,2026-02-02T09:00Z,50,,1,done,\n", "its outcome is none of"},
      {header + "1,session,c1,2026-02-02T09:00Z,50,,1,,\n", "does not say when it was last changed"},
      {header + "1,admin,c1,2026-02-02T09:00Z,5,,,,\n1,admin,c1,2026-02-03T09:00Z,5,,,,\n",
       "line 3: its id stands on line 2 already"},
      {"id,kind,case,start,end,minutes\n1,admin,c1,2026-02-02T09:00Z,2026-02-02T10:00Z,5\n", "leave one empty"},
  };
  for (const auto& one : wrong) {
    const auto said = list(one.text);
    EXPECT_EQ(said.exit, 3) << one.sentence << ": " << said.out;
    EXPECT_TRUE(has(said.err, one.sentence)) << one.sentence << " in " << said.err;
  }
  EXPECT_EQ(list(header, {"--delimiter", "ab"}).exit, 2);
  EXPECT_EQ(list(header, {"--changed", "yesterday"}).exit, 2);
  EXPECT_EQ(lines(list(header + "1,session,c1,2026-03-02T09:00Z,50,,1,,\n", {"--changed", "2026-02-01"}).out), 2u);
}

}  // namespace

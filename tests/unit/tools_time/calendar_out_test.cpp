// SPDX-License-Identifier: Apache-2.0
// What goes out as a calendar: bookings and protected slots, read back by ourselves and by another reader.
#include "calendar.h"

using calendar_test::appointment;
using calendar_test::Calendar;
using calendar_test::calendar;
using command_test::has;
using command_test::lines;

namespace {

class Out : public Calendar {
 protected:
  void SetUp() override {
    Calendar::SetUp();
    with_schedule();
    open();
    planned("anna-1");
    planned("ben-2");
    // 3 March 2026, 10:00 in London, and 31 March, 10:00 there as well.
    booked("anna-1", 1, "1772532000000000", "video");
    booked("anna-1", 2, "1774947600000000", "in_person");
    booked("ben-2", 1, "1772442000000000", "phone");
    close();
  }
  void planned(const std::string& case_id) {
    ASSERT_EQ(record(case_id, "CaseOpened",
                     R"({"service":"s","practitioner":"p1","delivery":"blended","zone":"Europe/London","weeks":12,)"
                     R"("planned_sessions":6,"planned_modules":5})"),
              "");
    ASSERT_EQ(record(case_id, "ConsentGiven", R"({"scope":"measures"})"), "");
  }
  void booked(const std::string& case_id, int session, const std::string& starts, const std::string& mode) {
    ASSERT_EQ(record(case_id, "SessionBooked",
                     R"({"session":)" + std::to_string(session) + R"(,"starts":)" + starts +
                         R"(,"minutes":50,"mode":")" + mode + R"("})"),
              "");
  }
  command_test::Said exported(std::vector<std::string> more = {}) {
    std::vector<std::string> call = {"export", "calendar",       "--store",   store(),        "--tenant",
                                     "trial",  "--practitioner", "p1",        "--at",         "2026-02-26",
                                     "--out",  path("out.ics"),  "--plugins", with_schedule()};
    call.insert(call.end(), more.begin(), more.end());
    return run(call);
  }
  std::string office(const std::string& zone = "Europe/London") {
    return file("hours.json", R"({"zone":")" + zone +
                                  R"(","hours":[{"weekdays":["monday","tuesday"],"from":"09:00","until":"12:00"}]})");
  }
  command_test::Said slots(std::vector<std::string> more = {}, const std::string& at = "2026-02-26") {
    std::vector<std::string> call = {"schedule",  "slots",          "--store", store(), "--tenant",
                                     "trial",     "--practitioner", "p1",      "--at",  at,
                                     "--plugins", with_schedule(),  "--weeks", "6"};
    if (std::find(more.begin(), more.end(), "--hours") == more.end()) more.insert(more.end(), {"--hours", office()});
    call.insert(call.end(), more.begin(), more.end());
    return run(call);
  }
  // As another reader has it; nothing where there is none here.
  std::optional<std::string> read_back(const std::string& name) {
    const std::string call = "/usr/bin/python3 '" ALLIANCE_SOURCE_DIR "/tests/unit/tools_time/read_back.py' '" +
                             path(name) + "' >'" + path("read") + "' 2>&1";
    const int status = std::system(call.c_str());
    if (WIFEXITED(status) && WEXITSTATUS(status) == 77) return std::nullopt;
    EXPECT_EQ(status, 0) << text("read");
    return text("read");
  }
};

TEST_F(Out, BookingsComeBackAsTheyWentOut) {
  const auto said = exported();
  ASSERT_EQ(said.exit, 0) << said.err;
  EXPECT_TRUE(has(said.err, "3 entries")) << said.err;
  const auto again = run({"import", "calendar", path("out.ics"), "--now", "2026-02-26"});
  ASSERT_EQ(again.exit, 0) << again.err;
  EXPECT_TRUE(has(again.out, "2026-03-03 10:00  session 1 booked, 50 min, video  case anna-1")) << again.out;
  EXPECT_TRUE(has(again.out, "2026-03-31 09:00  session 2 booked, 50 min, in_person  case anna-1")) << again.out;
  EXPECT_TRUE(has(again.out, "2026-03-02 09:00  session 1 booked, 50 min, phone  case ben-2")) << again.out;
  EXPECT_EQ(lines(again.out), 4u) << again.out;
  const auto first = text("out.ics");
  for (const auto* word : {"CLASS:PRIVATE", "METHOD:PUBLISH", "X-ALLIANCE-CASE:anna-1", "\r\n"}) {
    EXPECT_TRUE(has(first, word)) << word << " in " << first;
  }
  std::istringstream in(first);
  for (std::string line; std::getline(in, line);) EXPECT_LE(line.size(), 76u) << line;
}

TEST_F(Out, AsAListTheyComeBackToo) {
  open();
  ASSERT_EQ(record("anna-1", "ReviewBooked", R"({"review":"r1","starts":1772719200000000,"minutes":30})"), "");
  close();
  const auto said = exported({"--csv"});
  ASSERT_EQ(said.exit, 0) << said.err;
  EXPECT_TRUE(has(text("out.ics"), ",session,anna-1,2,,in_person,2026-03-31T09:00:00Z,2026-03-31T09:50:00Z,"))
      << text("out.ics");
  const auto again =
      run({"import", "contacts", path("out.ics"), "--record", "--store", store(), "--tenant", "trial", "--config",
           file("host.json", R"({"safety":{"contact":"duty"}})"), "--plugins", with_schedule(), "--now", "2026-02-26"});
  ASSERT_EQ(again.exit, 0) << again.err << again.out;
  EXPECT_TRUE(has(again.out, "4 recorded")) << again.out;
  EXPECT_TRUE(has(exported({"--csv", "--all"}).err, "4 entries")) << "and not a second meeting";
  EXPECT_EQ(exported({"--csv", "--measures"}).exit, 2);
}

TEST_F(Out, AnotherReaderFindsTheSame) {
  ASSERT_EQ(exported().exit, 0);
  const auto read = read_back("out.ics");
  if (!read) GTEST_SKIP() << "Debian's python3-icalendar is not installed";
  EXPECT_EQ(
      *read,
      "VCALENDAR 2.0 PUBLISH\n"
      "VEVENT 2026-03-02T09:00:00+00:00 2026-03-02T09:50:00+00:00 Session 1, case ben-2 PRIVATE alliance.case=ben-2 "
      "alliance.kind=session alliance.mode=phone alliance.session=1\n"
      "VEVENT 2026-03-03T10:00:00+00:00 2026-03-03T10:50:00+00:00 Session 1, case anna-1 PRIVATE "
      "alliance.case=anna-1 alliance.kind=session alliance.mode=video alliance.session=1\n"
      "VEVENT 2026-03-31T09:00:00+00:00 2026-03-31T09:50:00+00:00 Session 2, case anna-1 PRIVATE "
      "alliance.case=anna-1 alliance.kind=session alliance.mode=in_person alliance.session=2\n");
}

TEST_F(Out, AReviewMeetingComesBackAsTheSame) {
  open();
  // 5 March 2026, 14:00 in London.
  ASSERT_EQ(record("anna-1", "ReviewBooked", R"({"review":"r1","starts":1772719200000000,"minutes":30})"), "");
  close();
  ASSERT_TRUE(has(exported().err, "4 entries"));
  const auto out = text("out.ics");
  for (const auto* line : {"SUMMARY:Review meeting\\, case anna-1\r\n", "DTSTART:20260305T140000Z\r\n",
                           "DTEND:20260305T143000Z\r\n", "X-ALLIANCE-KIND:review\r\n", "X-ALLIANCE-REVIEW:r1\r\n"}) {
    EXPECT_TRUE(has(out, line)) << line << " in " << out;
  }
  const auto again = recorded(out);
  ASSERT_EQ(again.exit, 0) << again.err << again.out;
  EXPECT_TRUE(has(exported({"--all"}).err, "4 entries")) << "and not a second meeting";
}

TEST_F(Out, WhatThePractitionerIsAskedGoesOutAsAThingToDo) {
  open();
  ASSERT_EQ(record("anna-1", "SessionHeld", R"({"session":3,"minutes":50,"mode":"video"})"), "");
  close();
  EXPECT_TRUE(has(exported().err, "3 entries")) << "bookings alone";
  EXPECT_TRUE(has(exported({"--measures"}).err, "4 entries"));
  const auto out = text("out.ics");
  for (const auto* line :
       {"BEGIN:VTODO\r\n", "SUMMARY:To answer: alliance-pulse-practitioner\\, case anna-1\r\n", "DUE:2026"}) {
    EXPECT_TRUE(has(out, line)) << line << " in " << out;
  }
  EXPECT_FALSE(has(out, "alliance-pulse-client")) << "what the client is asked is the client's";
  EXPECT_EQ(run({"import", "calendar", path("out.ics"), "--now", "2026-02-26"}).exit, 0);
}

TEST_F(Out, WhatCameFromACalendarGoesIntoNone) {
  const auto theirs = calendar(appointment("x",
                                           "DTSTART:20260309T100000Z\nDURATION:PT50M\nX-ALLIANCE-SESSION:4\n"
                                           "X-ALLIANCE-KIND:session\nX-ALLIANCE-CASE:anna-1\n"));
  ASSERT_EQ(recorded(theirs).exit, 0);
  const auto said = exported();
  EXPECT_TRUE(has(said.err, "3 entries; 1 bookings came from a calendar and were left out")) << said.err;
  EXPECT_TRUE(has(exported({"--all"}).err, "4 entries")) << said.err;
}

TEST_F(Out, NobodyElsesBookingsGoOut) {
  const auto said = exported({"--practitioner", "p2"});
  EXPECT_EQ(said.exit, 2) << "a practitioner is named once";
  const auto other = run({"export", "calendar", "--store", store(), "--tenant", "trial", "--practitioner", "p2", "--at",
                          "2026-02-26", "--plugins", with_schedule()});
  EXPECT_EQ(other.exit, 3) << other.out;
  EXPECT_FALSE(has(other.out, "anna")) << other.out;
  EXPECT_TRUE(has(other.err, "no such practitioner")) << other.err;
  EXPECT_EQ(run({"export", "calendar", "--store", path("none.db"), "--tenant", "trial", "--practitioner", "p1"}).exit,
            3);
  EXPECT_EQ(exported({"--at", "soon"}).exit, 2);
}

TEST_F(Out, SlotsStayClearOfBookingsAndFitTheHours) {
  const auto said = slots({"--out", path("slots.ics")});
  ASSERT_EQ(said.exit, 0) << said.err;
  // 2 cases of 5 modules and 10 minutes, spread over their 12 weeks: 100 minutes; 6 weeks of it are looked at. What a
  // slot has to spare counts for the next.
  EXPECT_TRUE(has(said.err, "min of online reviews are foreseen in 6 weeks")) << said.err;
  // Monday 2 March: 09:00 to 09:50 is booked.
  EXPECT_TRUE(said.out.starts_with("2026-03-02 10:00Z  15 min\n")) << said.out;
  EXPECT_EQ(said.out,
            "2026-03-02 10:00Z  15 min\n2026-03-09 09:00Z  15 min\n2026-03-23 09:00Z  15 min\n"
            "2026-04-06 08:00Z  15 min\n")
      << "09:00 in London, in summer time as well";
  const auto read = run({"import", "calendar", path("slots.ics"), "--now", "2026-07-01"});
  EXPECT_EQ(read.exit, 0) << read.err;
  EXPECT_TRUE(has(read.out, "0 events")) << "what is done in a slot is logged where it is done" << read.out;
  // Put into the calendar, they are not proposed again.
  const auto again = slots({"--busy", path("slots.ics")});
  EXPECT_TRUE(has(again.err, "0 slots are proposed")) << again.err << again.out;
}

TEST_F(Out, SlotsStayClearOfOtherCalendars) {
  const auto busy = file("busy.ics", calendar(appointment("m",
                                                          "DTSTART;TZID=Europe/London:20260302T090000\nDURATION:PT3H\n"
                                                          "RRULE:FREQ=WEEKLY\n") +
                                              appointment("f",
                                                          "DTSTART:20260303T090000Z\nDURATION:PT3H\n"
                                                          "TRANSP:TRANSPARENT\n")));
  const auto said = slots({"--busy", busy});
  ASSERT_EQ(said.exit, 0) << said.err;
  EXPECT_TRUE(said.out.starts_with("2026-03-03 09:00Z  15 min\n")) << said.out;
  EXPECT_FALSE(has(said.out, "2026-03-02")) << said.out;
  const auto nowhere = slots({"--busy", busy, "--hours",
                              file("mondays.json", R"({"zone":"Europe/London","hours":[{"weekdays":["monday"],)"
                                                   R"("from":"09:00","until":"12:00"}]})")});
  EXPECT_TRUE(has(nowhere.err, "there is no room for")) << nowhere.err;
}

TEST_F(Out, SlotsStayClearOfLeaveAndReviewMeetings) {
  open();
  // A meeting on Monday 2 March from 10:00 to 11:00, and leave from 9 March to the end of 23 March.
  ASSERT_EQ(record("anna-1", "ReviewBooked", R"({"review":"r1","starts":1772445600000000,"minutes":60})"), "");
  host().record(R"({"id":"away","practitioner":"p1","time":1772000400000000,"body_type":"LeaveTaken",)"
                R"("body":{"from":1773014400000000,"until":1774310400000000}})");
  close();
  const auto said = slots();
  ASSERT_EQ(said.exit, 0) << said.err;
  EXPECT_TRUE(said.out.starts_with("2026-03-02 11:00Z  15 min\n")) << said.out;
  for (const auto* day : {"2026-03-09", "2026-03-10", "2026-03-16", "2026-03-17", "2026-03-23"}) {
    EXPECT_FALSE(has(said.out, day)) << said.out;
  }
  EXPECT_TRUE(has(said.out, "2026-03-24 09:00Z")) << "after the leave: " << said.out;
}

TEST_F(Out, ADayIsCountedInOneWeek) {
  open();
  // Modules that wait for a review ask for more than a day takes.
  for (int i = 0; i < 5; ++i) {
    ASSERT_EQ(record("anna-1", "ComponentProgress",
                     R"({"component":"m)" + std::to_string(i) + R"(","progress":"completed"})"),
              "");
  }
  close();
  const auto said = slots({}, "2026-03-03T10:00Z");
  ASSERT_EQ(said.exit, 0) << said.err;
  std::map<std::string, int> by_day;
  std::istringstream in(said.out);
  for (std::string line; std::getline(in, line);) EXPECT_LE(++by_day[line.substr(0, 10)], 2) << said.out;
  EXPECT_FALSE(by_day.empty());
}

TEST_F(Out, SlotsAreOneObjectForAProgram) {
  open();
  close();
  const auto shown = slots({}, "2026-03-03T10:00Z"), said = slots({"--json"}, "2026-03-03T10:00Z");
  ASSERT_EQ(said.exit, 0) << said.err;
  EXPECT_EQ(lines(said.out), 1u) << said.out;
  EXPECT_TRUE(has(said.out, R"({"weeks":)")) << said.out;
  std::size_t named = 0;
  for (std::size_t at = 0; (at = said.out.find("\"minutes\":", at)) != std::string::npos; ++at) ++named;
  EXPECT_EQ(named, lines(shown.out)) << said.out << shown.out;
  EXPECT_GT(named, 0u);
  EXPECT_EQ(slots({"--json", "--out", path("s.ics")}).exit, 2) << "a calendar is a format of its own";
}

TEST_F(Out, WrongHoursAreNamed) {
  const auto with = [&](const std::string& hours) { return slots({"--hours", file("hours.json", hours)}); };
  const std::pair<const char*, const char*> wrong[] = {
      {"{", "hours.json"},
      {R"({"hours":[]})", "zone"},
      {R"({"zone":"Nowhere/Land","hours":[]})", "not in the IANA"},
      {R"({"zone":"Europe/London","hours":[{"weekdays":["monday"],"from":"9","until":"12:00"}]})",
       "hours[0]: from and until"},
      {R"({"zone":"Europe/London","hours":[{"weekdays":[],"from":"09:00","until":"12:00"}]})",
       "hours[0].weekdays is empty"},
      {R"({"zone":"Europe/London","hours":[{"weekdays":["monday"],"from":"12:00","until":"09:00"}]})",
       "until must come after"},
      {R"({"zone":"Europe/London","hours":[{"weekdays":["noday"],"from":"09:00","until":"12:00"}]})", "hours.json"}};
  for (const auto& [hours, sentence] : wrong) {
    const auto said = with(hours);
    EXPECT_EQ(said.exit, 3) << sentence << said.err;
    EXPECT_TRUE(has(said.err, sentence)) << sentence << " in " << said.err;
  }
  EXPECT_EQ(slots({"--hours", path("none.json")}).exit, 3);
  EXPECT_EQ(slots({"--shortest", "20"}).exit, 2) << "no whole steps";
  EXPECT_EQ(slots({"--busy", file("bad.ics", "nonsense\n")}).exit, 3);
}

}  // namespace

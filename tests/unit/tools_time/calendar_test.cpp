// SPDX-License-Identifier: Apache-2.0
// What comes in from calendars: which events it becomes, and that nothing is entered twice.
#include <algorithm>

#include "calendar.h"

using calendar_test::appointment;
using calendar_test::Calendar;
using calendar_test::calendar;
using calendar_test::later;
using command_test::has;
using command_test::lines;

namespace {

const std::string session = "X-ALLIANCE-KIND:session\nX-ALLIANCE-CASE:c1\n";

TEST_F(Calendar, ABookingIsShownAndNotRecorded) {
  const auto said = import(calendar(appointment("a", "DTSTART:20260302T100000Z\nDTEND:20260302T105000Z\n" + session +
                                                         "X-ALLIANCE-SESSION:3\nX-ALLIANCE-MODE:video\n")));
  ASSERT_EQ(said.exit, 0) << said.err;
  EXPECT_TRUE(has(said.out, "2026-03-02 10:00  session 3 booked, 50 min, video  case c1  (line 4)")) << said.out;
  EXPECT_TRUE(has(said.out, "nothing was recorded")) << said.out;
}

TEST_F(Calendar, CategoriesAndTheOperatorsListSayWhatThePropertiesDo) {
  const auto by_category = import(calendar(appointment(
      "a",
      "DTSTART:20260302T100000Z\nDURATION:PT50M\nCATEGORIES:Work,alliance.kind=session,alliance.case=c\\,1\n"
      "CATEGORIES:alliance.session=2\n")));
  ASSERT_EQ(by_category.exit, 0) << by_category.err;
  EXPECT_TRUE(has(by_category.out, "session 2 booked, 50 min  case c,1")) << by_category.out;
  const auto typed = import(calendar(
      appointment("a",
                  "DTSTART:20260302T100000Z\nDURATION:PT50M\nCATEGORIES:Work, Alliance.Kind=session,ALLIANCE.case=C3\n"
                  "CATEGORIES:alliance.session=2\n")));
  EXPECT_TRUE(has(typed.out, "session 2 booked, 50 min  case C3")) << typed.out << typed.err;
  const auto map = file("map.csv", "uid,kind,case,session\na,session,c2,7\n");
  const auto by_list =
      import(calendar(appointment("a", "DTSTART:20260302T100000Z\nDURATION:PT50M\n" + session)), {"--map", map});
  EXPECT_TRUE(has(by_list.out, "session 7 booked, 50 min  case c2")) << by_list.out << by_list.err;
}

TEST_F(Calendar, TimesAreRightAcrossClockChanges) {
  // Local time, zone, and the instant: before, in the gap, twice, after.
  struct {
    const char *zone, *local, *utc;
  } const cases[] = {{"Europe/London", "20260329T003000", "2026-03-29 00:30"},
                     {"Europe/London", "20260329T013000", "2026-03-29 01:30"},
                     {"Europe/London", "20260329T090000", "2026-03-29 08:00"},
                     {"Europe/London", "20261025T013000", "2026-10-25 00:30"},
                     {"Europe/London", "20261025T090000", "2026-10-25 09:00"},
                     {"America/St_Johns", "20260308T100000", "2026-03-08 12:30"},
                     {"America/St_Johns", "20261101T013000", "2026-11-01 04:00"},
                     {"Australia/Lord_Howe", "20261004T021500", "2026-10-03 15:45"},
                     {"Australia/Lord_Howe", "20260405T014500", "2026-04-04 14:45"},
                     {"Asia/Shanghai", "20260701T090000", "2026-07-01 01:00"},
                     {"Africa/Casablanca", "20260301T090000", "2026-03-01 09:00"},
                     {"Africa/Casablanca", "20260601T090000", "2026-06-01 08:00"}};
  for (const auto& one : cases) {
    const auto said = import(calendar(appointment("a", std::string("DTSTART;TZID=") + one.zone + ":" + one.local +
                                                           "\nDURATION:PT30M\nX-ALLIANCE-SESSION:1\n" + session)));
    EXPECT_TRUE(has(said.out, std::string(one.utc) + "  session 1 booked, 30 min")) << one.zone << said.out << said.err;
  }
}

TEST_F(Calendar, WhatTheClockLeavesOutIsNoAppointment) {
  const auto on_the_night = [&](const std::string& from, const std::string& until) {
    return import(calendar(appointment("a", "DTSTART;TZID=Europe/London:20260329T" + from +
                                                "\nDTEND;TZID=Europe/London:20260329T" + until +
                                                "\nX-ALLIANCE-SESSION:1\n" + session)));
  };
  for (const auto& [from, until] : {std::pair{"013000", "023000"}, {"010000", "020000"}, {"014500", "021500"}}) {
    const auto said = on_the_night(from, until);
    EXPECT_EQ(said.exit, 3) << from << said.out;
    EXPECT_TRUE(has(said.err, "line 9: DTEND is no later than DTSTART: the clock goes forward")) << said.err;
  }
  EXPECT_TRUE(has(on_the_night("013000", "033000").out, "2026-03-29 01:30  session 1 booked, 60 min"));
  EXPECT_TRUE(has(on_the_night("003000", "023000").out, "2026-03-29 00:30  session 1 booked, 60 min"));
}

TEST_F(Calendar, AWeeklySeriesKeepsItsHourOnTheClock) {
  const auto said = import(calendar(appointment(
      "w", "DTSTART;TZID=Europe/London:20260323T140000\nDURATION:PT1H\nRRULE:FREQ=WEEKLY;COUNT=3\n" + session)));
  EXPECT_TRUE(has(said.out, "2026-03-23 14:00  session 1 booked")) << said.out << said.err;
  EXPECT_TRUE(has(said.out, "2026-03-30 13:00  session 2 booked")) << said.out;
  EXPECT_TRUE(has(said.out, "2026-04-06 13:00  session 3 booked")) << said.out;
  EXPECT_EQ(lines(said.out), 4u) << said.out;
}

TEST_F(Calendar, AnEndInUtcIsHeldAgainstInstants) {
  // 14:00 in London is 13:00Z in summer: the last one begins exactly at the end.
  const std::string start = "DTSTART;TZID=Europe/London:20260601T140000\nDURATION:PT1H\nRRULE:FREQ=WEEKLY;UNTIL=";
  EXPECT_EQ(lines(import(calendar(appointment("w", start + "20260615T130000Z\n" + session))).out), 4u);
  EXPECT_EQ(lines(import(calendar(appointment("w", start + "20260615T125959Z\n" + session))).out), 3u);
  EXPECT_EQ(lines(import(calendar(appointment("w", start + "20260615\n" + session))).out), 4u);
}

TEST_F(Calendar, MovedAndCancelledOnesOfASeriesComeOutRight) {
  const std::string whole =
      appointment("w",
                  "DTSTART;TZID=Europe/London:20260323T140000\nDURATION:PT1H\nRRULE:FREQ=WEEKLY;COUNT=4\n"
                  "EXDATE;TZID=Europe/London:20260330T140000\nX-ALLIANCE-SESSION:5\n" +
                      session);
  // Calendars copy the words of the series into what they move.
  const std::string moved = appointment("w",
                                        "RECURRENCE-ID;TZID=Europe/London:20260406T140000\n"
                                        "DTSTART;TZID=Europe/London:20260407T090000\nDURATION:PT30M\nSEQUENCE:2\n"
                                        "X-ALLIANCE-SESSION:5\n" +
                                            session);
  const std::string older = appointment("w",
                                        "RECURRENCE-ID;TZID=Europe/London:20260406T140000\n"
                                        "DTSTART;TZID=Europe/London:20260408T090000\nDURATION:PT30M\nSEQUENCE:1\n" +
                                            session);
  const std::string gone = appointment("w",
                                       "RECURRENCE-ID;TZID=Europe/London:20260413T140000\n"
                                       "DTSTART;TZID=Europe/London:20260413T140000\nSTATUS:CANCELLED\n");
  for (const auto& order : {whole + moved + older + gone, gone + older + moved + whole}) {
    const auto said = import(calendar(order));
    ASSERT_EQ(said.exit, 0) << said.err;
    EXPECT_EQ(lines(said.out), 5u) << said.out;
    EXPECT_TRUE(has(said.out, "2026-03-23 14:00  session 5 booked, 60 min")) << said.out;
    EXPECT_TRUE(has(said.out, "session 6 cancelled")) << said.out;
    EXPECT_TRUE(has(said.out, "2026-04-07 08:00  session 7 booked, 30 min")) << said.out;
    EXPECT_TRUE(has(said.out, "session 8 cancelled")) << said.out;
  }
}

TEST_F(Calendar, AZoneThatTheFileDescribesCounts) {
  const std::string zone =
      "BEGIN:VTIMEZONE\nTZID:GMT Standard Time\nBEGIN:STANDARD\nDTSTART:16011028T020000\n"
      "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10\nTZOFFSETFROM:+0100\nTZOFFSETTO:+0000\nEND:STANDARD\n"
      "BEGIN:DAYLIGHT\nDTSTART:16010325T010000\nRRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3\nTZOFFSETFROM:+0000\n"
      "TZOFFSETTO:+0100\nEND:DAYLIGHT\nEND:VTIMEZONE\n";
  const auto at = [&](const std::string& local) {
    return import(calendar(zone + appointment("a", "DTSTART;TZID=\"GMT Standard Time\":" + local +
                                                       "\nDURATION:PT30M\nX-ALLIANCE-SESSION:1\n" + session)))
        .out;
  };
  EXPECT_TRUE(has(at("20260302T100000"), "2026-03-02 10:00  session 1")) << at("20260302T100000");
  EXPECT_TRUE(has(at("20260601T100000"), "2026-06-01 09:00  session 1")) << at("20260601T100000");
  EXPECT_TRUE(has(at("20261224T100000"), "2026-12-24 10:00  session 1")) << at("20261224T100000");
  const auto unknown = import(calendar(
      appointment("a", "DTSTART;TZID=Mars/Olympus:20260302T100000\nDURATION:PT30M\nX-ALLIANCE-SESSION:1\n" + session)));
  EXPECT_EQ(unknown.exit, 3);
  EXPECT_TRUE(has(unknown.err, "line 8: DTSTART names a zone that is neither")) << unknown.err;
}

TEST_F(Calendar, TimesWithoutAZoneAreRefusedUnlessTheOperatorSaysWhose) {
  const auto text =
      calendar(appointment("a", "DTSTART:20260601T100000\nDURATION:PT30M\nX-ALLIANCE-SESSION:1\n" + session) +
               appointment("b", "DTSTART;VALUE=DATE:20260720\nDTEND;VALUE=DATE:20260725\nX-ALLIANCE-KIND:leave\n"));
  const auto refused = import(text, {"--practitioner", "p1"});
  EXPECT_EQ(refused.exit, 3);
  EXPECT_TRUE(has(refused.err, "line 8: DTSTART has no zone: say whose clock it is by --zone")) << refused.err;
  EXPECT_TRUE(has(refused.err, "DTSTART is a day, and no zone says when it begins")) << refused.err;
  const auto said = import(text, {"--practitioner", "p1", "--zone", "Europe/London"});
  EXPECT_EQ(said.exit, 0) << said.err;
  EXPECT_TRUE(has(said.out, "2026-06-01 09:00  session 1")) << said.out;
  EXPECT_TRUE(has(said.out, "2026-07-19 23:00  leave until 2026-07-24 23:00  practitioner p1")) << said.out;
  EXPECT_EQ(import(text, {"--zone", "Nowhere/Land"}).exit, 3);
  const auto mixed =
      import(calendar(appointment("a", "DTSTART:20260302T100000Z\nDTEND;VALUE=DATE:20260303\n" + session)),
             {"--zone", "Europe/London"});
  EXPECT_EQ(mixed.exit, 3);
  EXPECT_TRUE(has(mixed.err, "line 9: DTEND is a day where DTSTART is a time")) << mixed.err;
}

TEST_F(Calendar, NothingThatNamesAPersonGetsThrough) {
  const auto said = import(
      calendar(appointment("a",
                           "DTSTART:20260302T100000Z\nDURATION:PT50M\nSUMMARY:Anna Secret\n"
                           "DESCRIPTION:she said\n  something\nLOCATION:her home\nATTENDEE;CN=Anna Secret:mailto:a@x\n"
                           "ORGANIZER:mailto:b@x\nCOMMENT:Secret\nX-ALLIANCE-SESSION:1\n" +
                               session + "BEGIN:VALARM\nDESCRIPTION:Secret\nTRIGGER:-PT10M\nEND:VALARM\n")),
      {"--json"});
  EXPECT_EQ(said.exit, 0) << said.err;
  for (const char* word : {"Secret", "Anna", "something", "home", "mailto"}) {
    EXPECT_FALSE(has(said.out + said.err, word)) << word;
  }
  EXPECT_TRUE(has(said.out, R"("session":1)")) << said.out;
  // Not in an error either.
  const auto wrong = import(calendar("SUMMARY:fine\nAnna Secret\n"));
  EXPECT_EQ(wrong.exit, 3);
  EXPECT_TRUE(has(wrong.err, "line 5: it is no line of a calendar")) << wrong.err;
  EXPECT_FALSE(has(wrong.err, "Secret")) << wrong.err;
}

TEST_F(Calendar, ADayInExdateIsOneOfTheSeriesOwnClock) {
  const auto said = import(calendar(appointment(
      "a",
      "DTSTART;TZID=Europe/London:20260302T003000\nDURATION:PT50M\nRRULE:FREQ=WEEKLY;UNTIL=20260406T000000Z\n"
      "EXDATE;VALUE=DATE:20260330\n" +
          session)));
  ASSERT_EQ(said.exit, 0) << said.err;
  EXPECT_TRUE(has(said.out, "session 4 booked")) << said.out;
  EXPECT_TRUE(has(said.out, "2026-03-29 23:30  session 5 cancelled")) << said.out;  // a day earlier in UTC
}

TEST_F(Calendar, WhatHasNoKindIsLeftAlone) {
  const auto said = import(calendar(appointment("dentist", "DTSTART:20260302T100000\nDURATION:PT50M\n") +
                                    "BEGIN:VTODO\nUID:t\nEND:VTODO\n"));
  EXPECT_EQ(said.exit, 0) << said.err;
  EXPECT_TRUE(has(said.err, "1 appointments have no kind")) << said.err;
  EXPECT_TRUE(has(said.err, "1 tasks, journals and the like")) << said.err;
  EXPECT_TRUE(has(said.out, "0 events")) << said.out;
}

TEST_F(Calendar, WrongFilesAreRefusedByLine) {
  const std::string fine = "DTSTART:20260302T100000Z\nDURATION:PT50M\nX-ALLIANCE-SESSION:1\n";
  const struct {
    std::string text;
    const char* sentence;
  } wrong[] = {
      {"", "it holds no calendar"},
      {"id,kind\n", "line 1: it is no line of a calendar"},
      {" folded\n", "line 1: it continues a line"},
      {"BEGIN:VCARD\nEND:VCARD\n", "line 1: BEGIN:VCALENDAR is expected"},
      {"BEGIN:VCALENDAR\nBEGIN:VEVENT\n", "line 2: what begins here is not ended"},
      {"BEGIN:VCALENDAR\nEND:VEVENT\n", "line 2: it does not end what line 1 begins"},
      {calendar("BEGIN:VEVENT\nUID:a\nUID:b\nEND:VEVENT\n"), "line 6: UID stands a second time; the first is line 5"},
      {calendar("BEGIN:VEVENT\nUID:a\nX-ALLIANCE-CASE:a\x01\nEND:VEVENT\n"), "line 6: X-ALLIANCE-CASE holds a control"},
      {calendar(appointment("", fine + session)), "has no UID"},
      {calendar(appointment("a", "DURATION:PT1H\n" + session)),
       "line 4: the appointment that begins here has no DTSTART"},
      {calendar(appointment("a", "DTSTART:20260230T100000Z\n" + session)), "line 8: DTSTART"},
      {calendar(appointment("a", "DTSTART:tomorrow\n" + session)), "line 8: DTSTART"},
      {calendar(appointment("a", "DTSTART:20260302T100000Z\nDTEND:20260302T090000Z\n" + session)),
       "line 9: DTEND lies before DTSTART"},
      {calendar(appointment("a", fine + "DTEND:20260302T110000Z\n" + session)), "DURATION stands beside a DTEND"},
      {calendar(appointment("a", fine + session + "RRULE:FREQ=WEEKLY\n")), "RRULE goes on for ever"},
      {calendar(appointment("a", fine + session + "RRULE:FREQ=HOURLY;COUNT=2\n")), "RRULE repeats more often"},
      {calendar(appointment("a", fine + session + "RRULE:FREQ=SOMETIMES\n")), "RRULE"},
      {calendar(appointment("a", fine + session + "RRULE:FREQ=DAILY;COUNT=9999\n")), "more than 5000 times"},
      {calendar(appointment("a", fine + session + "RDATE:20260309T100000Z\n")), "RDATE is not taken"},
      {calendar(appointment("a", fine + session + "SEQUENCE:x\n")), "SEQUENCE is no number"},
      {calendar(appointment("a", fine + session + "RECURRENCE-ID;RANGE=THISANDFUTURE:20260302T100000Z\n")), "RANGE"},
      {calendar(appointment("a", fine + "X-ALLIANCE-KIND:session\n")), "line 4: no case"},
      {calendar(appointment("a", fine + "X-ALLIANCE-KIND:party\n")), "its kind is none of"},
      {calendar(appointment("a", "DTSTART:20260302T100000Z\nDURATION:PT50M\n" + session)), "no session's number"},
      {calendar(appointment("a", fine + session + "X-ALLIANCE-MODE:pigeon\n")), "its mode is none of"},
      {calendar(appointment("a", fine + session + "X-ALLIANCE-OUTCOME:held\n")), "is said to be held, and lies ahead"},
      {calendar(appointment("a", "DTSTART:20260302T100000Z\nDURATION:P3D\nX-ALLIANCE-SESSION:1\n" + session)),
       "takes longer than a day"},
      {calendar(appointment("a", fine + "X-ALLIANCE-KIND:leave\n")), "neither a case nor a practitioner"},
      {calendar("BEGIN:VEVENT\nUID:a\n" + fine + session + "END:VEVENT\n"), "does not say when it was last changed"},
  };
  for (const auto& one : wrong) {
    const auto said = import(one.text);
    EXPECT_EQ(said.exit, 3) << one.sentence << ": " << said.out;
    EXPECT_TRUE(has(said.err, one.sentence)) << one.sentence << " in " << said.err;
  }
  EXPECT_EQ(run({"import", "calendar", path("none.ics")}).exit, 3);
  EXPECT_EQ(import(calendar(""), {"--record"}).exit, 2) << "a store and the configuration are needed";
}

class Kept : public Calendar {
 protected:
  void SetUp() override {
    Calendar::SetUp();
    open();
    opened("c1", "blended", "measures");
    close();
  }
};

TEST_F(Kept, ImportedTwiceNothingChanges) {
  const auto text = calendar(
      appointment("w",
                  "DTSTART;TZID=Europe/London:20260323T140000\nDURATION:PT1H\nRRULE:FREQ=WEEKLY;COUNT=3\n" + session) +
      appointment("p", "DTSTART:20260202T090000Z\nDURATION:PT25M\nX-ALLIANCE-KIND:preparation\nX-ALLIANCE-CASE:c1\n") +
      appointment("l", "DTSTART:20260401T000000Z\nDTEND:20260408T000000Z\nX-ALLIANCE-KIND:leave\n"));
  const auto first = recorded(text);
  ASSERT_EQ(first.exit, 0) << first.err;
  EXPECT_TRUE(has(first.out, "5 recorded, 0 known already, 0 refused")) << first.out;
  // Another export of the same calendar bears another DTSTAMP.
  const auto second = recorded(later(text));
  EXPECT_TRUE(has(second.out, "0 recorded, 5 known already, 0 refused")) << second.out << second.err;
  open();
  EXPECT_EQ(host().count().events, 8u);
}

TEST_F(Kept, AMoveAndACancellationAreTakenOverFromALaterImport) {
  const auto at = [&](const std::string& start, const std::string& more) {
    return calendar(appointment("a", "DTSTART:" + start + "\nDURATION:PT50M\nX-ALLIANCE-SESSION:1\n" + more + session));
  };
  ASSERT_EQ(recorded(at("20260302T100000Z", "")).exit, 0);
  EXPECT_TRUE(has(course("c1"), R"("state":"booked","starts":1772445600000000)")) << course("c1");
  ASSERT_EQ(recorded(at("20260303T100000Z", "SEQUENCE:1\n")).exit, 0);
  EXPECT_TRUE(has(course("c1"), R"("state":"booked","starts":1772532000000000)")) << course("c1");
  // What is older does not come back.
  ASSERT_EQ(recorded(at("20260302T110000Z", "")).exit, 0);
  EXPECT_TRUE(has(course("c1"), R"("state":"booked","starts":1772532000000000)")) << course("c1");
  ASSERT_EQ(recorded(at("20260303T100000Z", "SEQUENCE:2\nSTATUS:CANCELLED\n")).exit, 0);
  EXPECT_TRUE(has(course("c1"), R"("state":"cancelled")")) << course("c1");
}

TEST_F(Kept, MinutesAreCorrectedAndNotAdded) {
  const auto lasting = [&](const std::string& duration, const std::string& more) {
    return calendar(appointment("r", "DTSTART:20260202T090000Z\nDURATION:" + duration +
                                         "\nX-ALLIANCE-KIND:online_review\nX-ALLIANCE-CASE:c1\n" + more));
  };
  ASSERT_EQ(recorded(lasting("PT10M", "")).exit, 0);
  EXPECT_EQ(used("c1"), 10);
  const auto again = recorded(lasting("PT25M", "SEQUENCE:1\n"));
  EXPECT_TRUE(has(again.out, "1 recorded, 1 known already")) << again.out << again.err;
  EXPECT_EQ(used("c1"), 25);
  ASSERT_EQ(recorded(lasting("PT25M", "SEQUENCE:2\nSTATUS:CANCELLED\n")).exit, 0);
  EXPECT_EQ(used("c1"), 0);
}

TEST_F(Kept, AnOutcomeMakesASessionHeldOrMissed) {
  const auto with = [&](const std::string& more) {
    return calendar(
        appointment("a", "DTSTART:20260202T090000Z\nDURATION:PT50M\nX-ALLIANCE-SESSION:1\n" + more + session));
  };
  ASSERT_EQ(recorded(with("X-ALLIANCE-OUTCOME:missed\n")).exit, 0);
  EXPECT_TRUE(has(course("c1"), R"("state":"missed")")) << course("c1");
  ASSERT_EQ(recorded(with("X-ALLIANCE-OUTCOME:held\n")).exit, 0);
  EXPECT_TRUE(has(course("c1"), R"("state":"held")")) << course("c1");
  EXPECT_EQ(used("c1"), 50);
  EXPECT_TRUE(has(import(with(""), {"--over-is-held"}).out, "session 1 held, 50 min"));
  EXPECT_FALSE(has(import(with("")).out, "held"));
}

TEST_F(Kept, CancelledLeaveIsNoLeave) {
  const auto with = [&](const std::string& more) {
    return calendar(appointment("l",
                                "DTSTART:20260401T000000Z\nDTEND:20260408T000000Z\nX-ALLIANCE-KIND:leave\n"
                                "X-ALLIANCE-PRACTITIONER:p1\n" +
                                    more));
  };
  ASSERT_EQ(recorded(with("")).exit, 0);
  const auto gone = recorded(with("SEQUENCE:1\nSTATUS:CANCELLED\n"));
  EXPECT_TRUE(has(gone.out, "leave until 2026-04-08 00:00 cancelled  practitioner p1")) << gone.out << gone.err;
}

TEST_F(Kept, WhatTheHostRefusesIsNamedByLineAndTheRestIsRecorded) {
  const auto text =
      calendar(appointment("a", "DTSTART:20260302T100000Z\nDURATION:PT50M\nX-ALLIANCE-SESSION:1\n" + session) +
               appointment("b",
                           "DTSTART:20260302T100000Z\nDURATION:PT50M\nX-ALLIANCE-SESSION:1\nX-ALLIANCE-KIND:session\n"
                           "X-ALLIANCE-CASE:nobody\n"));
  const auto said = recorded(text);
  EXPECT_EQ(said.exit, 1);
  EXPECT_TRUE(has(said.out, "1 recorded, 0 known already, 1 refused")) << said.out;
  EXPECT_TRUE(has(said.err, "the case is not open")) << said.err;
}

}  // namespace

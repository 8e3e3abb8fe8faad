// SPDX-License-Identifier: Apache-2.0
// The extract for the record system: what is in it, what is refused, and what is never in it.
#include "calendar.h"

using calendar_test::Calendar;
using command_test::has;
using export_test::start;
using export_test::table;

namespace {

constexpr std::int64_t hour = 3'600 * export_test::second;

class Iapt : public Calendar {
 protected:
  void SetUp() override {
    Calendar::SetUp();
    with_schedule();
    open();
    opened("anna-1", "blended", "measures");
    opened("ben-2", "blended", "measures", true);
    opened("cleo-3", "blended", "measures");
    opened("dan-4", "blended", "measures");
    // 25 February 2026, 07:13 in London.
    record("anna-1", "SessionHeld", R"({"session":1,"minutes":50,"mode":"video"})", hour);
    record("anna-1", "SessionMissed", R"({"session":2})", 30 * hour);
    record("anna-1", "SessionHeld", R"({"session":3,"minutes":30,"mode":"text"})", 60 * export_test::day);
    record("anna-1", "ActivityLogged", R"({"work":"online_review","minutes":12,"component":"m1"})", 2 * hour);
    record("anna-1", "ActivityLogged", R"({"work":"messaging","minutes":3.4})", 3 * hour);
    record("anna-1", "ActivityLogged", R"({"work":"preparation","minutes":100})", 3 * hour);
    record("anna-1", "AnswersGiven", sheet("phq-9", {1, 1, 1, 0, 0, 2, 0, 0, 1}, R"("rater":"client","session":1,)"),
           hour);
    record("anna-1", "AnswersGiven", sheet("gad-7", {3, 3, 3, 3, 3, 3, 3}, R"("rater":"client",)"), 4 * hour);
    record("anna-1", "AnswersGiven", sheet("alliance-pulse-client", {3, 3, 3}, R"("rater":"client","session":1,)"),
           hour);
    record("ben-2", "SessionHeld", R"({"session":1,"minutes":50,"mode":"video"})", hour);
    record("cleo-3", "SessionHeld", R"({"session":1,"minutes":50,"mode":"phone"})", hour);
    record("cleo-3", "AnswersGiven", sheet("gad-7", {1, 1, 1, 1, 1, 1, 1}, R"("rater":"client",)"), hour);
    record("cleo-3", "ConsentWithdrawn", R"({"scope":"measures"})", 2 * hour);
    record("dan-4", "SessionHeld", R"({"session":1,"minutes":50,"mode":"in_person"})", hour);
    close();
  }
  command_test::Said extracted(const std::string& ids, std::vector<std::string> more = {}) {
    std::vector<std::string> call = {
        "export",     "iapt",          "--store",    store(),  "--tenant",    "trial", "--from",
        "2026-02-01", "--to",          "2026-02-28", "--out",  path("march"), "--ids", file("ids.csv", ids),
        "--plugins",  with_schedule(), "--viewer",   "records"};
    call.insert(call.end(), more.begin(), more.end());
    return run(call);
  }
  static std::string text_of(const std::string& name) {
    std::ifstream in(name, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  std::vector<export_test::Row> rows(const std::string& name) { return table(text("march/" + name + ".csv")); }

  const std::string header = "case,session,LocalPatientId,ServiceRequestId,CareContactId,CareActId,CarePersLocalId\n";
  const std::string anna = "anna-1,1,P1,R1,C1,A1,S1\nanna-1,2,,,C2,,\n";
  const std::string cleo = "cleo-3,1,P3,R3,C3,A3,S1\n";
  const std::string dan = "dan-4,1,P4,R4,C4,A4,S1\n";
};

TEST_F(Iapt, ContactsMinutesAndScoresGoToTheirTables) {
  const auto said = extracted(header + anna + cleo + dan);
  ASSERT_EQ(said.exit, 0) << said.err;
  const auto contacts = rows("IDS201CareContact");
  ASSERT_EQ(contacts.size(), 4u);
  const export_test::Row first = {
      {"LocalPatientId", "P1"},        {"CareContactId", "C1"},      {"ServiceRequestId", "R1"},
      {"CareContDate", "2026-02-25"},  {"CareContTime", "06:23:00"}, {"AttendOrDNACode", "5"},
      {"ClinContDurOfCareCont", "50"}, {"ConsMechanism", "11"},      {"IntEnabledTherProg", ""}};
  EXPECT_EQ(contacts[0], first);
  EXPECT_EQ(contacts[1].at("AttendOrDNACode") + contacts[1].at("ClinContDurOfCareCont"), "3");
  EXPECT_EQ(contacts[2].at("ConsMechanism"), "02");
  EXPECT_EQ(contacts[3].at("ConsMechanism"), "01");
  const auto activities = rows("IDS202CareActivity");
  ASSERT_EQ(activities.size(), 3u) << "one that was missed had no activity";
  EXPECT_EQ(activities[0].at("CareActId") + activities[0].at("ClinContactDurOfCareAct"), "A150");
  EXPECT_EQ(activities[0].at("CarePersLocalId"), "S1");
  const auto online = rows("IDS205InternetTherLog");
  ASSERT_EQ(online.size(), 1u);
  EXPECT_EQ(online[0].at("DurationIntEnabledTher"), "15") << "reviews and messages, and nothing else";
  EXPECT_EQ(online[0].at("StartDateIntEnabledTherLog") + online[0].at("EndDateIntEnabledTherLog"),
            "2026-02-012026-02-28");
  const auto of_activities = rows("IDS607CodedScoreAssessmentAct"),
             of_referrals = rows("IDS606CodedScoreAssessmentRefer");
  ASSERT_EQ(of_activities.size(), 1u);
  EXPECT_EQ(of_activities[0].at("CareActId") + " " + of_activities[0].at("CodedAssToolType") + " " +
                of_activities[0].at("PersScore"),
            "A1 720433000 6");
  ASSERT_EQ(of_referrals.size(), 1u) << "cleo-3 withdrew";
  EXPECT_EQ(of_referrals[0].at("CodedAssToolType") + " " + of_referrals[0].at("PersScore") + " " +
                of_referrals[0].at("AssToolCompDate"),
            "445455005 21 2026-02-25");
}

TEST_F(Iapt, SaysThatItIsNoSubmissionAndWhatIsLeftOut) {
  const auto said = extracted(header + anna + cleo + dan);
  for (const auto* part : {"not a submission", "Alliance is not part of the national data set", "WSAS is left out",
                           "the scores of 1 cases are left out", "1 cases are observed only and left out"}) {
    EXPECT_TRUE(has(said.err, part)) << part << " in " << said.err;
  }
  const auto manifest = text("march/manifest.json");
  for (const auto* part : {"not a submission", R"("rows_refused": 0)", R"("cases_observed_only_left_out": 1)",
                           R"("unverified_codes_accepted": false)", "WSAS"}) {
    EXPECT_TRUE(has(manifest, part)) << part << " in " << manifest;
  }
}

TEST_F(Iapt, ARowWithoutAnIdIsRefusedByNameAndTheRestIsWritten) {
  const auto said = extracted(header + "anna-1,1,P1,R1,C1,,\nanna-1,2,,,,,\ncleo-3,1,,R3,C3,A3,S1\n");
  EXPECT_EQ(said.exit, 3);
  for (const auto* part :
       {"case anna-1, session 1: CareActId is missing: IDS202CareActivity",
        "case anna-1, session 2: CareContactId is missing", "case cleo-3, session 1: LocalPatientId is missing",
        "case dan-4, session 1: LocalPatientId is missing"}) {
    EXPECT_TRUE(has(said.err, part)) << part << " in " << said.err;
  }
  EXPECT_EQ(rows("IDS201CareContact").size(), 1u);
  EXPECT_EQ(rows("IDS202CareActivity").size(), 0u);
  EXPECT_EQ(rows("IDS606CodedScoreAssessmentRefer").size(), 2u) << "without an activity's id it goes with the referral";
  EXPECT_TRUE(has(text("march/manifest.json"), R"("rows_refused": 4)")) << text("march/manifest.json");
}

TEST_F(Iapt, WhatIsOutOfRangeIsRefusedAndUnverifiedCodesStayEmpty) {
  std::string codes = text_of(std::string(ALLIANCE_SOURCE_DIR) + "/sdk/tools/data/iapt-v2.1.json");
  const auto swapped = [&](const std::string& from, const std::string& to) {
    ASSERT_NE(codes.find(from), std::string::npos) << from;
    codes.replace(codes.find(from), from.size(), to);
  };
  swapped(R"("least": 0, "most": 27)", R"("least": 0, "most": 5)");
  swapped(R"("field": "ClinContDurOfCareCont", "least": 0, "most": 1440)",
          R"("field": "ClinContDurOfCareCont", "least": 0, "most": 40)");
  const auto mine = file("codes.json", codes);
  const auto said = extracted(header + anna + cleo + dan, {"--codes", mine});
  EXPECT_EQ(said.exit, 3);
  EXPECT_TRUE(has(said.err, "case anna-1, phq-9 of 2026-02-25: 6 is not from 0 to 5")) << said.err;
  EXPECT_TRUE(has(said.err, "case anna-1, session 1: ClinContDurOfCareCont 50 is not from 0 to 40")) << said.err;
  const auto april = [&](std::vector<std::string> more) {
    more.insert(more.end(), {"--from", "2026-04-01", "--to", "2026-04-30"});
    std::vector<std::string> call = {
        "export",  "iapt",      "--store",      store(), "--tenant",
        "trial",   "--out",     path("march"),  "--ids", file("ids.csv", header + "anna-1,3,P1,R1,C5,A5,S1\n"),
        "--force", "--plugins", with_schedule()};
    call.insert(call.end(), more.begin(), more.end());
    const auto april_said = run(call);
    EXPECT_EQ(april_said.exit, 0) << april_said.err;
    return rows("IDS201CareContact").at(0).at("ConsMechanism");
  };
  EXPECT_EQ(april({}), "");
  EXPECT_EQ(april({"--accept-unverified"}), "10");
}

TEST_F(Iapt, WrongInputIsNamed) {
  const struct {
    std::string ids;
    const char* sentence;
  } wrong[] = {{"case,session\n", "LocalPatientId"},
               {header + ",1,P,R,C,A,S\n", "line 2: column case is empty"},
               {header + "anna-1,x,P,R,C,A,S\n", "line 2: column session is no session's number"},
               {header + "anna-1,,P,R,C,,\n", "a contact's id needs the session"},
               {header + "anna-1,1,P,R,C,A,S\nanna-1,2,Q,R,D,B,S\n", "line 3: LocalPatientId is another than"},
               {header + "anna-1,1,P,R,C,A,S\nanna-1,2,P,R,C,B,S\n", "line 3: its CareContactId belongs to another"},
               {header + "anna-1,1\n", "line 2 of the file has 2 cells"}};
  for (const auto& one : wrong) {
    const auto said = extracted(one.ids);
    EXPECT_EQ(said.exit, 3) << one.sentence << said.err;
    EXPECT_TRUE(has(said.err, one.sentence)) << one.sentence << " in " << said.err;
    EXPECT_FALSE(std::filesystem::exists(path("march")));
  }
  EXPECT_EQ(extracted(header, {"--zone", "Nowhere/Land"}).exit, 2);
  EXPECT_EQ(extracted(header, {"--codes", file("bad.json", "{")}).exit, 3);
  std::vector<std::string> call = {"export",   "iapt",        "--store", store(),
                                   "--tenant", "trial",       "--ids",   file("ids.csv", header),
                                   "--out",    path("march"), "--from",  "2026-03-01"};
  auto backwards = call;
  backwards.insert(backwards.end(), {"--to", "2026-02-01"});
  EXPECT_EQ(run(backwards).exit, 2);
  auto nonsense = call;
  nonsense.insert(nonsense.end(), {"--to", "soon"});
  EXPECT_EQ(run(nonsense).exit, 2);
}

TEST_F(Iapt, OnlyTheServiceMayAndNoAllianceIsEverInIt) {
  open();
  for (const auto role :
       {ALLIANCE_ROLE_CLIENT, ALLIANCE_ROLE_PRACTITIONER, ALLIANCE_ROLE_SUPERVISOR, ALLIANCE_ROLE_RESEARCHER}) {
    try {
      host().extract(start, start + 90 * export_test::day, "phq-9", {role, "p1"});
      ADD_FAILURE() << "role " << role << " got it";
    } catch (const alliance::Error& refused) {
      EXPECT_EQ(refused.status(), ALLIANCE_E_DENIED);
    }
  }
  const auto made = host().extract(start, start + 90 * export_test::day, "phq-9,alliance-pulse-client",
                                   {ALLIANCE_ROLE_SERVICE, "records"});
  EXPECT_TRUE(has(made, R"("instrument":"phq-9")")) << made;
  EXPECT_FALSE(has(made, "alliance-pulse")) << made;
  EXPECT_FALSE(has(made, "ben-2")) << made;
  EXPECT_THROW(host().extract(start, start, "phq-9", {ALLIANCE_ROLE_SERVICE, "records"}), alliance::Error);
}

}  // namespace

// SPDX-License-Identifier: Apache-2.0
// What a row of the caseload says, and of whose case.
#include "sidecar/caseload.h"
#include "kit.h"

namespace {

namespace json = boost::json;
using alliance::sidecar::glance;

class Caseload : public kit::Sidecar {};

std::vector<std::string> kinds(const json::value& row) {
  std::vector<std::string> out;
  for (const auto& one : row.at("reasons").as_array()) out.emplace_back(one.at("kind").as_string());
  return out;
}

json::object row_of(const char* course, const char* listed = R"({"id":"c","closed":0})") {
  const auto review = json::parse(R"({"as_of":1000,"course":)" + std::string(course) + "}");
  return glance(json::parse(listed).as_object(), review.as_object());
}

TEST_F(Caseload, SaysWhoNeedsALookAndWhyTheMostUrgentFirst) {
  open_case("calm", "p1");
  open_case("asked", "p1");
  open_case("flagged", "p1");
  open_case("another", "p2");
  ASSERT_EQ(
      post("/events", "service", event("s", "asked", "SupportRequested", R"({"request":"r","topic":"login"})")).status,
      201);
  for (const char* id : {"flagged"}) {
    ASSERT_EQ(post("/events", "service", event("i", id, "InformationShown", R"({"version":"1"})")).status, 201);
    ASSERT_EQ(post("/events", "service", event("g", id, "ConsentGiven", R"({"scope":"measures"})")).status, 201);
    ASSERT_EQ(post("/cases/" + std::string(id) + "/answers", "service", kit::phq9(2).insert(1, R"("rater":"client",)"))
                  .status,
              201);
  }
  const auto said = get("/caseload", "practitioner", "p1");
  ASSERT_EQ(said.status, 200) << said.body;
  const auto rows = read(said).at("cases").as_array();
  ASSERT_EQ(rows.size(), 3U) << "another's case is not in it";
  EXPECT_EQ(rows[0].at("id").as_string(), "flagged");
  EXPECT_EQ(kinds(rows[0]).front(), "safety");
  EXPECT_EQ(rows[0].at("curves").at(0).at("values").at(0).to_number<double>(), 10);
  EXPECT_EQ(rows[1].at("id").as_string(), "asked");
  EXPECT_EQ(kinds(rows[1]), std::vector<std::string>{"support_request"});
  EXPECT_EQ(kinds(rows[2]), std::vector<std::string>{});
  // Once it is answered, it is no reason any more.
  ASSERT_EQ(post("/events", "service", event("r", "asked", "SupportResolved", R"({"request":"r"})")).status, 201);
  EXPECT_EQ(kinds(read(get("/caseload", "practitioner", "p1")).at("cases").at(1)), std::vector<std::string>{});
}

TEST_F(Caseload, HoldsNothingThatTheViewerMayNotSee) {
  open_case("c", "p1");
  const auto row = read(get("/caseload", "service", "s1")).at("cases").at(0);
  EXPECT_TRUE(kinds(row).empty());
  EXPECT_TRUE(row.at("curves").as_array().empty());
  ASSERT_EQ(row.at("withheld").as_array().size(), 1U);
  EXPECT_TRUE(read(get("/caseload", "researcher", "r1")).at("cases").as_array().empty());
  EXPECT_TRUE(read(get("/caseload", "practitioner", "p2")).at("cases").as_array().empty());
}

TEST_F(Caseload, ASignalThatIsOverIsNoReason) {
  const std::string drop =
      R"({"time":5,"signal":{"kind":"drop","role":"alliance.pulse","rater":"client","target":"practitioner"}})";
  const std::string back =
      R"({"time":9,"signal":{"kind":"repaired","role":"alliance.pulse","rater":"client","target":"practitioner"}})";
  const std::string silent =
      R"({"time":5,"signal":{"kind":"non_response","role":"symptom.anxiety","rater":"client","target":"none"}})";
  const std::string sheet =
      R"("sheets":[{"time":7,"rater":"client","target":"none","instrument":"i","scores":[{"scale":"t","roles":["symptom.anxiety"]}]}])";
  EXPECT_EQ(kinds(row_of((R"({"signals":[)" + drop + "]}").c_str())), std::vector<std::string>{"signal"});
  EXPECT_TRUE(kinds(row_of((R"({"signals":[)" + drop + "," + back + "]}").c_str())).empty());
  EXPECT_EQ(kinds(row_of((R"({"signals":[)" + silent + "]}").c_str())), std::vector<std::string>{"signal"});
  EXPECT_TRUE(kinds(row_of((R"({"signals":[)" + silent + "]," + sheet + "}").c_str())).empty());
}

TEST_F(Caseload, OfACaseThatIsOverOnlyAFlagThatNobodyAnsweredIsAReason) {
  const char* course =
      R"({"flags":[{"raised":3,"acknowledged":0}],"support":[{"request":"r","opened":2,"resolved":0}]})";
  EXPECT_EQ(kinds(row_of(course)), (std::vector<std::string>{"safety", "support_request"}));
  EXPECT_EQ(kinds(row_of(course, R"({"id":"c","closed":900})")), std::vector<std::string>{"safety"});
}

TEST_F(Caseload, ASessionThatLiesBehindIsNotTheNext) {
  const auto row =
      row_of(R"({"sessions":[{"number":1,"state":"booked","starts":500},{"number":2,"state":"booked","starts":2000},
                              {"number":3,"state":"booked","starts":3000}]})");
  EXPECT_EQ(row.at("next_session").to_number<std::int64_t>(), 2000);
}

}  // namespace

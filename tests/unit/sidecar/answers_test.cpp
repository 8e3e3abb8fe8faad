// SPDX-License-Identifier: Apache-2.0
// What each address answers, and to whom.
#include "kit.h"

using kit::phq9;
using kit::two_answers;

namespace {

class Served : public kit::Sidecar {};

TEST_F(Served, ScoresWithoutStoring) {
  const auto said = post("/score", "service", two_answers);
  ASSERT_EQ(said.status, 200) << said.body;
  const auto score = read(said).at("scored").at("scores").at(0);
  EXPECT_EQ(score.at("scale").as_string(), "total");
  EXPECT_EQ(score.at("value").to_number<double>(), 3);
  EXPECT_TRUE(read(said).at("safety").as_array().empty());
  EXPECT_EQ(engine_->find("north")->host.count().events, 0u);

  const auto flagged = read(post("/score", "anna", phq9(1)));
  ASSERT_EQ(flagged.at("safety").as_array().size(), 1u);
  EXPECT_EQ(flagged.at("safety").at(0).at("item").as_string(), "9");
}

TEST_F(Served, NamesEachFaultOfARequestAndRecordsNothing) {
  auto said = post("/score", "service", R"({"instrument":"phq-2","answers":[{"item":1}],"x":2})");
  EXPECT_EQ(said.status, 400);
  const auto faults = read(said).at("errors").as_array();
  ASSERT_EQ(faults.size(), 2u) << said.body;
  EXPECT_EQ(faults[0].at("at").as_string(), "/answers/0/item");
  EXPECT_EQ(faults[1].at("at").as_string(), "/x");
  EXPECT_EQ(detail(post("/score", "service", "{")), "/ is no JSON: incomplete JSON at line 1, column 2");
  EXPECT_EQ(detail(post("/score", "service", R"({"instrument":"phq-2","answers":[{"item":"1","value":7}]})")),
            "answers: item 1: the answer is none of its options (0, 1, 2 or 3)");
  EXPECT_EQ(post("/score", "service", R"({"instrument":"none","answers":[{"item":"1","value":0}]})").status, 404);
  EXPECT_NE(detail(post("/score", "service", R"({"instrument":"phq-2","answers":[{"item":"1"}]})"))
                .find("answers[0] has neither value nor code"),
            std::string::npos);
  EXPECT_EQ(call("POST", "/score", "service", two_answers, {{"content-type", "text/plain"}}).status, 415);
  EXPECT_EQ(call("POST", "/score", "service", two_answers, {{"content-encoding", "gzip"}}).status, 415);
  EXPECT_EQ(call("POST", "/score", "service", two_answers, {{"content-encoding", "identity"}}).status, 200);
  EXPECT_EQ(get("/cases?colour=red", "service", "x").status, 400);
  EXPECT_EQ(get("/cases/%ff/due", "service", "x").status, 400);
  EXPECT_EQ(get("/cases/a/due?at=soon", "service", "x").status, 400);
}

TEST_F(Served, KnowsItsAddressesAndTheirMethods) {
  EXPECT_EQ(get("/nowhere", "service").status, 404);
  const auto said = call("DELETE", "/events", "service");
  EXPECT_EQ(said.status, 405);
  EXPECT_EQ(header(said, "Allow"), "POST");
  EXPECT_EQ(header(call("DELETE", "/cases", "service"), "Allow"), "GET, HEAD");
  EXPECT_EQ(call("HEAD", "/health", "").status, 200);
  EXPECT_EQ(call("HEAD", "/events", "service").status, 405);
  const auto document = get("/openapi.json", "");
  EXPECT_EQ(document.status, 200);
  EXPECT_EQ(read(document).at("openapi").as_string(), "3.1.0");
}

TEST_F(Served, OnlyWithATokenThatIsGoodAndOfATenantOfItsOwn) {
  for (const char* target : {"/instruments", "/metrics", "/cases", "/reports"}) {
    const auto said = call("GET", target, "");
    EXPECT_EQ(said.status, 401) << target;
    EXPECT_EQ(header(said, "WWW-Authenticate"), "Bearer realm=\"alliance\"");
  }
  EXPECT_EQ(call("GET", "/instruments", "nobody").status, 401);
  EXPECT_EQ(get("/health", "").status, 200);
  EXPECT_EQ(get("/ready", "").status, 200);
  open_case("anna", "p-7");
  EXPECT_EQ(get("/cases/anna/review", "supervisor", "s").status, 200);
  EXPECT_EQ(get("/cases/anna/due", "other", "s").status, 404) << "another tenant has no such case";
}

TEST_F(Served, StrangersAreSlowedDown) {
  int last = 0;
  for (int i = 0; i < 30; ++i) last = call("GET", "/cases", "guess").status;
  EXPECT_EQ(last, 429);
  EXPECT_EQ(get("/cases", "supervisor", "s").status, 200) << "others are not";
}

TEST_F(Served, SaysWhoAsksByTokenOrHeaderAndNeverByBoth) {
  open_case("anna", "p-7");
  EXPECT_EQ(get("/cases/anna/due", "anna").status, 200);
  EXPECT_EQ(get("/cases/anna/due", "anna", "ben").status, 403) << "the token is Anna's";
  EXPECT_EQ(get("/cases/anna/due", "client", "anna").status, 200);
  EXPECT_EQ(get("/cases/anna/due", "client", "ben").status, 403);
  EXPECT_EQ(get("/cases/anna/due", "client").status, 400) << "nobody is named";
  EXPECT_EQ(get("/cases/anna/due", "practitioner", "p-7").status, 200);
  EXPECT_EQ(get("/cases/anna/due", "practitioner", "p-8").status, 403);
  EXPECT_EQ(get("/cases/anna/due", "service", "manager").status, 403);
  EXPECT_EQ(get("/practitioners/p-7/review", "practitioner", "p-8").status, 403);
  EXPECT_EQ(get("/services/s/review", "service", "manager").status, 200);
}

TEST_F(Served, RecordsAnEventOnceHoweverOftenItComes) {
  open_case("anna", "p-7");
  const std::string body =
      R"({"case":"anna","time":1772000100000000,"body_type":"SessionHeld","body":{"session":1,"minutes":50}})";
  const auto once = call("POST", "/events", "service", body, {{"idempotency-key", "s-1"}});
  ASSERT_EQ(once.status, 201) << once.body;
  EXPECT_EQ(read(once).at("id").as_string(), "s-1");
  EXPECT_FALSE(read(once).at("repeated").as_bool());
  const auto again = call("POST", "/events", "service", body, {{"idempotency-key", "s-1"}});
  EXPECT_EQ(again.status, 200);
  EXPECT_TRUE(read(again).at("repeated").as_bool());
  EXPECT_EQ(engine_->find("north")->host.count().events, 2u);
  EXPECT_EQ(call("POST", "/events", "service", R"({"id":"a","case":"anna","body_type":"CaseClosed","body":{}})",
                 {{"idempotency-key", "b"}})
                .status,
            400);
  const auto bad = post("/events", "service",
                        R"({"id":"a","case":"anna","body_type":"SessionHeld","body":{"session":1,"minutes":-5}})");
  EXPECT_EQ(bad.status, 400);
  EXPECT_NE(detail(bad).find("body.minutes"), std::string::npos) << bad.body;
  EXPECT_EQ(post("/events", "service", R"({"case":"anna","body_type":"TimePassed","body":{"to":1}})").status, 403);
}

TEST_F(Served, TellsOfASafetyFlagInTheSameAnswer) {
  open_case("anna", "p-7");
  const auto said = call("POST", "/cases/anna/answers", "anna", phq9(2), {{"idempotency-key", "sheet-1"}});
  ASSERT_EQ(said.status, 201) << said.body;
  const auto flags = read(said).at("safety").as_array();
  ASSERT_EQ(flags.size(), 1u);
  EXPECT_EQ(flags[0].at("state").as_string(), "positive");
  EXPECT_EQ(flags[0].at("contact").as_string(), "duty");
  // Whoever lost that answer and sends the sheet again is told as well, whatever it says now.
  const auto again = [&](int last) {
    const auto told = call("POST", "/cases/anna/answers", "anna", phq9(last), {{"idempotency-key", "sheet-1"}});
    EXPECT_EQ(told.status, 200) << told.body;
    return read(told).at("safety").as_array();
  };
  EXPECT_EQ(again(2), flags);
  EXPECT_EQ(again(0), flags);
  // Its own practitioner takes charge, and no other.
  const std::string flag(flags[0].at("flag").as_string());
  const auto acknowledge = [&](const std::string& who) {
    return post("/events", "practitioner",
                event("ack-" + who, "anna", "SafetyAcknowledged", R"({"flag":")" + flag + "\"}"), who)
        .status;
  };
  EXPECT_EQ(acknowledge("p-8"), 403);
  EXPECT_EQ(acknowledge("p-7"), 201);
}

TEST_F(Served, AClientsClockThatIsAheadMovesNoTime) {
  open_case("anna", "p1");
  const auto a_year_ahead = std::to_string(now_ + 365 * kit::day);
  const std::string sheet = R"({"instrument":"phq-2","time":)" + a_year_ahead +
                            R"(,"answers":[{"item":"1","value":2},{"item":"2","value":1}]})";
  ASSERT_EQ(call("POST", "/cases/anna/answers", "anna", sheet, {{"idempotency-key", "sheet-1"}}).status, 201);
  const auto review = read(get("/cases/anna/review", "practitioner", "p1"));
  EXPECT_LE(review.at("as_of").to_number<std::int64_t>(), now_.load());
}

TEST_F(Served, AFaultOfATenantsConfigurationNamesTheTenant) {
  alliance::sidecar::Settings settings;
  settings.tenants.push_back({"east", folder_ / "east.db", "", R"({"zone":"Europe/Nowhere"})", {}});
  settings.plugins = ALLIANCE_PLUGIN_DIR;
  settings.advance_seconds = 0;
  const auto engine = alliance::sidecar::Engine::open(
      settings, {[this] { return now_.load(); }, [](std::int32_t, const std::string&) {}});
  ASSERT_FALSE(engine);
  EXPECT_NE(engine.error().message.find("tenant east: "), std::string::npos) << engine.error().message;
  EXPECT_NE(engine.error().message.find("HostConfig: zone"), std::string::npos) << engine.error().message;
}

TEST_F(Served, WhatABackEndDatesFarAheadIsRefused) {
  open_case("anna", "p1");
  const auto dated = [&](const std::string& id, std::int64_t time) {
    return R"({"id":")" + id + R"(","case":"anna","time":)" + std::to_string(time) +
           R"(,"body_type":"ToolUsed","body":{"tool":"diary"}})";
  };
  const auto far = now_ + 30 * kit::day, near = now_ + kit::day / 2;
  const auto refused = post("/events", "service", dated("far", far));
  EXPECT_EQ(refused.status, 400) << refused.body;
  EXPECT_NE(refused.body.find("time lies more than a day ahead"), std::string::npos) << refused.body;
  EXPECT_EQ(post("/events", "practitioner", dated("far", far), "p1").status, 400);
  // A clock that is somewhat ahead is no reason to lose anything, nor is the neighbour in a batch.
  EXPECT_EQ(post("/events", "service", dated("near", near)).status, 201);
  for (const auto& batch : {dated("far", far) + "," + dated("now", now_), dated("far", far)}) {
    const auto said = post("/events/batch", "service", R"({"events":[)" + batch + "]}");
    ASSERT_EQ(said.status, 200) << said.body;
    const auto events = read(said).at("events").as_array();
    EXPECT_FALSE(events[0].at("recorded").as_bool());
    EXPECT_EQ(events[0].at("id"), "far");
    EXPECT_NE(said.body.find("more than a day ahead"), std::string::npos) << said.body;
    EXPECT_TRUE(events.size() == 1 || events[1].at("recorded").as_bool()) << said.body;
  }
  EXPECT_LE(read(get("/cases/anna/review", "practitioner", "p1")).at("as_of").to_number<std::int64_t>(), near);
}

TEST_F(Served, RecordsInNobodyElsesName) {
  open_case("anna", "p-7");
  open_case("ben", "p-8");
  const auto status = [&](const char* as, const std::string& who, const std::string& case_id, const std::string& kind,
                          const std::string& body) {
    static int number = 0;
    return post("/events", as, event("n-" + std::to_string(++number), case_id, kind, body), who).status;
  };
  EXPECT_EQ(status("client", "anna", "ben", "ToolUsed", R"({"tool":"diary"})"), 403);
  EXPECT_EQ(status("client", "anna", "anna", "ToolUsed", R"({"tool":"diary"})"), 201);
  EXPECT_EQ(status("client", "anna", "anna", "SessionHeld", R"({"session":1,"minutes":50})"), 403);
  EXPECT_EQ(status("client", "anna", "anna", "MessageExchanged", R"({"sender":"practitioner"})"), 403);
  EXPECT_EQ(status("client", "anna", "anna", "MessageExchanged", "{}"), 201);
  EXPECT_EQ(status("practitioner", "p-7", "anna", "SessionHeld", R"({"session":1,"minutes":50})"), 201);
  EXPECT_EQ(status("practitioner", "p-7", "ben", "SessionHeld", R"({"session":1,"minutes":50})"), 403);
  EXPECT_EQ(status("practitioner", "p-7", "anna", "CaseClosed", "{}"), 403);
  EXPECT_EQ(status("practitioner", "p-7", "anna", "ConsentGiven", R"({"scope":"measures"})"), 403);
  EXPECT_EQ(status("supervisor", "s-1", "anna", "SessionHeld", R"({"session":1,"minutes":50})"), 403);
  EXPECT_EQ(status("researcher", "r-1", "anna", "ToolUsed", R"({"tool":"diary"})"), 403);
  EXPECT_EQ(post("/events", "practitioner",
                 R"({"id":"c1","practitioner":"p-8","body_type":"ConfidenceCheckIn","body":{"value":3}})", "p-7")
                .status,
            403);
  EXPECT_EQ(post("/events", "practitioner",
                 R"({"id":"c2","practitioner":"p-7","body_type":"ConfidenceCheckIn","body":{"value":3}})", "p-7")
                .status,
            201);
  EXPECT_EQ(call("POST", "/cases/anna/answers", "practitioner", two_answers, {{"alliance-viewer", "p-7"}}).status, 400)
      << "the PHQ-2 is answered by the client";
}

// The first object in there with this member, wherever it stands.
const kit::json::object* with(const kit::json::value& value, const char* name, const std::string& says) {
  if (const auto* object = value.if_object()) {
    const auto* member = object->if_contains(name);
    if (member != nullptr && member->is_string() && says == std::string(member->as_string())) return object;
    for (const auto& one : *object) {
      if (const auto* found = with(one.value(), name, says)) return found;
    }
  }
  if (const auto* array = value.if_array()) {
    for (const auto& one : *array) {
      if (const auto* found = with(one, name, says)) return found;
    }
  }
  return nullptr;
}

TEST_F(Served, OnlyItsPractitionerDecidesOnAProposalAndDecliningNeedsAReason) {
  open_case("anna", "p-7");
  for (const char* id : {"d1", "d2", "d3"}) {
    ASSERT_EQ(
        post("/events", "client", event(id, "anna", "DifficultyMet", R"({"kind":"technical","code":"E1"})"), "anna")
            .status,
        201);
  }
  const auto review = read(get("/cases/anna/review", "practitioner", "p-7"));
  const auto* proposal = with(review, "rule", "b2-difficulties");
  ASSERT_NE(proposal, nullptr) << kit::json::serialize(review);
  const std::string target = "/cases/anna/proposals/" + std::string(proposal->at("id").as_string()) + "/decision";
  const std::string accept = R"({"decision":"accepted"})";
  EXPECT_EQ(post(target, "client", accept, "anna").status, 403);
  EXPECT_EQ(post(target, "supervisor", accept, "s").status, 403);
  EXPECT_EQ(post(target, "practitioner", accept, "p-8").status, 403);
  EXPECT_EQ(post(target, "practitioner", R"({"decision":"declined"})", "p-7").status, 400);
  EXPECT_EQ(post(target, "practitioner", R"({"decision":"maybe"})", "p-7").status, 400);
  const auto decided =
      call("POST", target, "practitioner", accept, {{"alliance-viewer", "p-7"}, {"idempotency-key", "decision-1"}});
  EXPECT_EQ(decided.status, 201) << decided.body;
  EXPECT_EQ(
      call("POST", target, "practitioner", accept, {{"alliance-viewer", "p-7"}, {"idempotency-key", "decision-1"}})
          .status,
      200);
}

TEST_F(Served, ABatchSaysWhatBecameOfEach) {
  const auto said = post("/events/batch", "service",
                         R"({"events":[
      {"id":"1","case":"anna","time":1772000000000000,"body_type":"CaseOpened","body":{"service":"s","practitioner":"p-7","delivery":"blended"}},
      {"id":"2","case":"anna","time":1772000001000000,"body_type":"SessionHeld","body":{"session":1,"minutes":-1}},
      {"id":"3","case":"anna","time":1772000002000000,"body_type":"SessionHeld","body":{"session":1,"minutes":50}}]})");
  ASSERT_EQ(said.status, 200) << said.body;
  const auto events = read(said).at("events").as_array();
  ASSERT_EQ(events.size(), 3u);
  EXPECT_TRUE(events[0].at("recorded").as_bool());
  EXPECT_FALSE(events[1].at("recorded").as_bool());
  EXPECT_NE(events[1].at("why").as_string().find("body.minutes"), std::string::npos) << said.body;
  EXPECT_TRUE(events[2].at("recorded").as_bool());
  EXPECT_EQ(post("/events/batch", "practitioner", R"({"events":[{"body_type":"CaseClosed","body":{}}]})", "p-7").status,
            403);
}

TEST_F(Served, WhatHasNotChangedIsNotSentAgain) {
  open_case("anna", "p-7");
  for (const char* target : {"/cases/anna/review", "/cases/anna/due", "/instruments/phq-2", "/openapi.json"}) {
    const auto first = call("GET", target, "practitioner", "", {{"alliance-viewer", "p-7"}});
    ASSERT_EQ(first.status, 200) << target << first.body;
    const std::string tag = header(first, "ETag");
    ASSERT_FALSE(tag.empty()) << target;
    now_ += kit::second;
    const auto again =
        call("GET", target, "practitioner", "", {{"alliance-viewer", "p-7"}, {"if-none-match", "W/\"x\", " + tag}});
    EXPECT_EQ(again.status, 304) << target;
    EXPECT_TRUE(again.body.empty());
  }
  const auto before = header(get("/cases/anna/review", "practitioner", "p-7"), "ETag");
  ASSERT_EQ(post("/events", "service", event("s-1", "anna", "SessionHeld", R"({"session":1,"minutes":50})")).status,
            201);
  EXPECT_NE(header(get("/cases/anna/review", "practitioner", "p-7"), "ETag"), before);
}

TEST_F(Served, ATokenForOnePersonAndAShortTime) {
  open_case("anna", "p-7");
  const auto made = post("/tokens", "service", R"({"role":"client","id":"anna","minutes":10})");
  ASSERT_EQ(made.status, 201) << made.body;
  const std::string issued(read(made).at("token").as_string());
  EXPECT_EQ(get("/cases/anna/due", issued).status, 200);
  EXPECT_EQ(get("/cases/anna/due", issued, "ben").status, 403);
  EXPECT_EQ(post("/tokens", issued, R"({"role":"client","id":"ben"})").status, 403);
  EXPECT_EQ(post("/tokens", "anna", R"({"role":"client","id":"ben"})").status, 403);
  EXPECT_EQ(post("/tokens", "practitioner", R"({"role":"supervisor","id":"x"})").status, 403);
  EXPECT_EQ(post("/tokens", "service", R"({"role":"researcher","id":"x"})").status, 403);
  EXPECT_EQ(post("/tokens", "researcher", R"({"role":"client","id":"anna"})").status, 403);
  EXPECT_EQ(post("/tokens", "researcher", R"({"role":"researcher","id":"r-1"})").status, 201);
  EXPECT_EQ(post("/tokens", "service", R"({"role":"nurse","id":"x"})").status, 400);
  now_ += 11 * 60 * kit::second;
  EXPECT_EQ(get("/cases/anna/due", issued).status, 401);
}

TEST_F(Served, AServicesTokenForAPageReadsAndRecordsNothing) {
  open_case("anna", "p-7");
  const auto made = post("/tokens", "service", R"({"role":"service","id":"m"})");
  ASSERT_EQ(made.status, 201) << made.body;
  const std::string issued(read(made).at("token").as_string());
  EXPECT_EQ(get("/cases", issued).status, 200);
  EXPECT_EQ(get("/cases/anna/review", issued).status, 403);
  EXPECT_EQ(post("/events", issued, event("s-1", "anna", "SessionHeld", R"({"session":1,"minutes":50})")).status, 403);
  EXPECT_EQ(post("/tokens", issued, R"({"role":"client","id":"anna"})").status, 403);
}

TEST_F(Served, FiguresNameNobody) {
  open_case("anna", "p-7");
  ASSERT_EQ(get("/cases/anna/due", "anna").status, 200);
  EXPECT_EQ(get("/metrics", "practitioner", "p-7").status, 403);
  const auto said = get("/metrics", "service");
  ASSERT_EQ(said.status, 200);
  EXPECT_NE(said.body.find("alliance_requests_total{operation=\"getDue\",status=\"2xx\"} 1"), std::string::npos);
  EXPECT_NE(said.body.find("alliance_events_total 1"), std::string::npos);
  for (const char* name : {"anna", "p-7", "north"}) EXPECT_EQ(said.body.find(name), std::string::npos) << name;
  EXPECT_EQ(log().find("anna"), std::string::npos) << log();
}

TEST_F(Served, FiguresOfAServiceOverTimeAreForItAloneAndNotOfFewerThanFive) {
  for (const char* who : {"anna", "ben", "cleo", "dan"}) open_case(who, "p-7");
  EXPECT_EQ(get("/services/s/factors", "practitioner", "p-7").status, 403);
  EXPECT_EQ(get("/services/s/factors", "client", "anna").status, 403);
  EXPECT_EQ(get("/services/none/factors", "service", "m").status, 404);
  EXPECT_EQ(get("/services/s/factors?weeks=53", "service", "m").status, 400);
  const auto said = get("/services/s/factors?weeks=3", "service", "m");
  ASSERT_EQ(said.status, 200) << said.body;
  EXPECT_EQ(read(said).at("factors").as_array().size(), 8u);
  EXPECT_EQ(said.body.find("\"value\""), std::string::npos) << said.body;
  for (const char* name : {"anna", "p-7"}) EXPECT_EQ(said.body.find(name), std::string::npos) << said.body;
}

TEST_F(Served, NoLongerWhenItStops) {
  sidecar_->stop();
  EXPECT_EQ(get("/health", "").status, 200);
  const auto ready = get("/ready", "");
  EXPECT_EQ(ready.status, 503);
  EXPECT_EQ(header(ready, "Retry-After"), "5");
  EXPECT_EQ(post("/score", "service", two_answers).status, 503);
}

class Narrow : public kit::Sidecar {
  void settle(alliance::sidecar::Settings& settings) override {
    settings.limits.requests_per_second = 1;
    settings.limits.burst = 2;
    settings.origins = {"https://portal.example.org"};
  }
};

TEST_F(Narrow, WhoAsksTooOftenIsToldWhenToComeBack) {
  EXPECT_EQ(get("/instruments/phq-2", "service").status, 200);
  EXPECT_EQ(get("/instruments/phq-2", "service").status, 200);
  const auto said = get("/instruments/phq-2", "service");
  EXPECT_EQ(said.status, 429);
  EXPECT_EQ(header(said, "Retry-After"), "1");
  EXPECT_EQ(get("/instruments/phq-2", "researcher").status, 200) << "another token";
  now_ += kit::second;
  EXPECT_EQ(get("/instruments/phq-2", "service").status, 200);
}

TEST_F(Narrow, PagesOfNamedOriginsMayCall) {
  const auto asks = [&](const std::string& origin) {
    return call("OPTIONS", "/cases/anna/answers", "", "",
                {{"origin", origin}, {"access-control-request-method", "POST"}});
  };
  const auto known = asks("https://portal.example.org");
  EXPECT_EQ(known.status, 204);
  EXPECT_EQ(header(known, "Access-Control-Allow-Origin"), "https://portal.example.org");
  EXPECT_EQ(header(known, "Access-Control-Allow-Methods"), "POST");
  EXPECT_EQ(header(asks("https://elsewhere.example.org"), "Access-Control-Allow-Origin"), "");
}

}  // namespace

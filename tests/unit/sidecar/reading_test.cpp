// SPDX-License-Identifier: Apache-2.0
// Pages without JavaScript: a cookie that reads them, and does nothing else.
#include "kit.h"

namespace {

namespace sidecar = alliance::sidecar;

class Reading : public kit::Sidecar {
 protected:
  sidecar::Draw drawer() override {
    return [](const alliance::Host& host, const alliance::Viewer& viewer, const sidecar::Reading& reading) {
      if (!reading.of.empty()) host.review(ALLIANCE_SCOPE_CASE, reading.of, viewer);
      std::string said = "<p>for " + viewer.id + "</p>";
      if (!reading.words.english()) said += reading.words.language() + reading.words("Caseload");
      if (reading.told != nullptr) said += std::string(reading.told->at("crisis").get_string());
      return alliance::Result<sidecar::Drawn>(sidecar::Drawn{said, "p{}"});
    };
  }
  void settle(sidecar::Settings& settings) override {
    settings.origins = {"https://platform.example"};
    if (!told_.empty()) settings.words = kit::json::parse(told_).as_array();
  }
  void tell_clients() {
    told_ = R"([{"language":"en","crisis":"Call <112>.","contacts":[{"label":"Line","href":"tel:112"}]},
                {"language":"zh-Hans","crisis":"请立即拨打电话。"}])";
    end();
    begin();
  }

  Response sign_in(const std::string& token, Headers headers = {}) {
    headers.emplace("content-type", "application/x-www-form-urlencoded");
    headers.emplace("host", "here.example");
    return call("POST", "/reading", "", "token=" + token, std::move(headers));
  }
  std::string person(const std::string& id) {
    const auto said = post("/tokens", "service", R"({"role":"practitioner","id":")" + id + R"(","minutes":5})");
    return std::string(read(said).at("token").as_string());
  }
  Response in_language(const std::string& target, const std::string& token, const std::string& wishes,
                       const std::string& cookie = "") {
    return call(
        "GET", target, "", "",
        {{"cookie", "alliance_reading=" + token + cookie}, {"accept", "text/html"}, {"accept-language", wishes}});
  }
  Response with_cookie(const std::string& target, const std::string& token) {
    return call("GET", target, "", "", {{"cookie", "a=b; alliance_reading=" + token}, {"accept", "text/html"}});
  }

  std::string told_;
};

TEST_F(Reading, APersonsTokenBecomesACookieThatNoScriptSeesAndNoOtherSiteSends) {
  const std::string token = person("p1");
  const auto said = sign_in(token);
  ASSERT_EQ(said.status, 200) << said.body;
  EXPECT_EQ(header(said, "Set-Cookie"), "alliance_reading=" + token + "; Path=/reading; HttpOnly; SameSite=Strict");
  EXPECT_EQ(said.body.find(token), std::string::npos);
  const auto page = with_cookie("/reading", token);
  EXPECT_EQ(page.status, 200);
  EXPECT_EQ(page.body, "<p>for p1</p>");
  EXPECT_EQ(header(page, "Cache-Control"), "no-store");
  EXPECT_EQ(header(page, "Content-Security-Policy").find("unsafe"), std::string::npos);
  EXPECT_EQ(header(sign_in(""), "Set-Cookie"),
            "alliance_reading=; Path=/reading; HttpOnly; SameSite=Strict; Max-Age=0");
}

TEST_F(Reading, TheCookieReadsPagesAloneAndRecordsNothing) {
  open_case("c", "p1");
  const std::string token = person("p1");
  EXPECT_EQ(with_cookie("/reading/cases/c", token).status, 200);
  for (const char* target : {"/cases", "/caseload", "/cases/c/review", "/reports", "/study"}) {
    EXPECT_EQ(with_cookie(target, token).status, 401) << target;
  }
  const auto sent = call("POST", "/events", "", event("e", "c", "GoalSet", R"({"goal":"g"})"),
                         {{"cookie", "alliance_reading=" + token}});
  EXPECT_EQ(sent.status, 401);
}

TEST_F(Reading, ObeysTheTableOfRolesAndTheTokensEnd) {
  open_case("c", "p1");
  EXPECT_EQ(with_cookie("/reading/cases/c", person("p2")).status, 403);
  EXPECT_EQ(with_cookie("/reading/cases/none", person("p2")).status, 404);
  const std::string token = person("p1");
  now_ += 6 * 60 * kit::second;
  const auto over = with_cookie("/reading", token);
  EXPECT_EQ(over.status, 401);
  EXPECT_NE(over.body.find("<form"), std::string::npos) << "what to do stands there";
  // A platform's own program shows the same under its own token, and names who reads.
  EXPECT_EQ(get("/reading", "practitioner", "p1").body, "<p>for p1</p>");
  EXPECT_EQ(get("/reading", "practitioner").status, 400);
}

TEST_F(Reading, TakesNoTokenThatIsNobodysAndNoFormOfAnotherSite) {
  EXPECT_EQ(sign_in(kit::token("practitioner")).status, 401) << "a back end's token has no business in a browser";
  EXPECT_EQ(with_cookie("/reading", kit::token("practitioner")).status, 401);
  EXPECT_EQ(sign_in("nonsense").status, 401);
  const std::string token = person("p1");
  EXPECT_EQ(sign_in(token, {{"origin", "https://elsewhere.example"}}).status, 403);
  EXPECT_EQ(sign_in(token, {{"origin", "null"}}).status, 403);
  EXPECT_EQ(sign_in(token, {{"origin", "https://here.example"}}).status, 200);
  EXPECT_EQ(sign_in(token, {{"origin", "https://platform.example"}}).status, 200);
  EXPECT_EQ(call("POST", "/reading", "", R"({"token":"x"})").status, 415);
  EXPECT_EQ(
      call("POST", "/reading", "", "token=a&more=b", {{"content-type", "application/x-www-form-urlencoded"}}).status,
      400);
}

TEST_F(Reading, SpeaksTheLanguageThatTheBrowserAsksForAndTheOneThatWasChosenFromThenOn) {
  const std::string token = person("p1");
  EXPECT_EQ(in_language("/reading", token, "zh-CN,zh;q=0.9,en;q=0.8").body, "<p>for p1</p>zh-Hans个案列表");
  EXPECT_EQ(in_language("/reading", token, "en-GB,en;q=0.9,zh;q=0.8").body, "<p>for p1</p>");
  EXPECT_EQ(in_language("/reading", token, "fr-FR").body, "<p>for p1</p>");
  const auto chosen = in_language("/reading?lang=zh-Hans", token, "en");
  EXPECT_EQ(chosen.body, "<p>for p1</p>zh-Hans个案列表");
  EXPECT_EQ(header(chosen, "Set-Cookie"), "alliance_language=zh-Hans; Path=/reading; HttpOnly; SameSite=Strict");
  EXPECT_EQ(header(chosen, "Content-Language"), "zh-Hans");
  EXPECT_EQ(in_language("/reading", token, "en", "; alliance_language=zh-Hans").body, chosen.body);
  EXPECT_EQ(in_language("/reading?lang=en", token, "zh", "; alliance_language=zh-Hans").body, "<p>for p1</p>");
  // What is said of a language is never sent back as it came.
  const auto odd = in_language("/reading?lang=%22%3B+x=y", token, "en");
  EXPECT_EQ(header(odd, "Set-Cookie").find('"'), std::string::npos);
}

TEST_F(Reading, WhereToFindHelpStandsOnEachPageThatIsInTheWayAndIsOpenToAnybody) {
  tell_clients();
  const std::string token = person("p1");
  for (const auto& page :
       {call("GET", "/reading/help", ""), in_language("/reading", "nonsense", "en"), sign_in(""), sign_in(token),
        in_language("/reading/cases/none", token, "en"), call("GET", "/reading", "", "", {{"accept", "text/html"}})}) {
    EXPECT_NE(page.body.find("Call &lt;112>."), std::string::npos) << page.status << page.body;
    EXPECT_NE(page.body.find("href=\"tel:112\""), std::string::npos) << page.body;
  }
  const auto chinese = call("GET", "/reading/help?lang=zh", "");
  EXPECT_NE(chinese.body.find("请立即拨打电话。"), std::string::npos) << chinese.body;
  EXPECT_NE(chinese.body.find("<html lang=\"zh-Hans\""), std::string::npos);
  told_.clear();
  end();
  begin();
  EXPECT_NE(call("GET", "/reading/help", "").body.find("call the emergency number of your country"), std::string::npos);
}

TEST_F(Reading, AStudyIsTakenAwayByResearchersAlone) {
  const auto issued = post("/tokens", "service", R"({"role":"client","id":"anna","minutes":5})");
  const std::string client(read(issued).at("token").as_string());
  EXPECT_EQ(with_cookie("/reading/study/export", client).status, 403);
  EXPECT_EQ(with_cookie("/reading/study/export", person("p1")).status, 403);
  EXPECT_EQ(get("/reading/study/export", "researcher", "r").status, 409) << "there is no study here";
}

TEST_F(Reading, AFormIsTakenFromAStrangerOnlyWhileItIsSmall) {
  const auto wants = [&](const std::string& length) {
    Request head{"POST", "/reading", {}, "", "127.0.0.1"};
    if (!length.empty()) head.headers["content-length"] = length;
    return sidecar_->wants_body(head);
  };
  EXPECT_TRUE(wants("300"));
  EXPECT_FALSE(wants("9000"));
  EXPECT_FALSE(wants(""));
}

}  // namespace

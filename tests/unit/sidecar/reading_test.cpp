// SPDX-License-Identifier: Apache-2.0
// Pages without JavaScript: a cookie that reads them, and does nothing else.
#include "kit.h"

namespace {

namespace sidecar = alliance::sidecar;

class Reading : public kit::Sidecar {
 protected:
  sidecar::Draw drawer() override {
    return [](const alliance::Host& host, const alliance::Viewer& viewer, sidecar::Page, const std::string& case_id,
              std::int64_t) {
      if (!case_id.empty()) host.review(ALLIANCE_SCOPE_CASE, case_id, viewer);
      return alliance::Result<sidecar::Drawn>(sidecar::Drawn{"<p>for " + viewer.id + "</p>", "p{}"});
    };
  }
  void settle(sidecar::Settings& settings) override { settings.origins = {"https://platform.example"}; }

  Response sign_in(const std::string& token, Headers headers = {}) {
    headers.emplace("content-type", "application/x-www-form-urlencoded");
    headers.emplace("host", "here.example");
    return call("POST", "/reading", "", "token=" + token, std::move(headers));
  }
  std::string person(const std::string& id) {
    const auto said = post("/tokens", "service", R"({"role":"practitioner","id":")" + id + R"(","minutes":5})");
    return std::string(read(said).at("token").as_string());
  }
  Response with_cookie(const std::string& target, const std::string& token) {
    return call("GET", target, "", "", {{"cookie", "a=b; alliance_reading=" + token}, {"accept", "text/html"}});
  }
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

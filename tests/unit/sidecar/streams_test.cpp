// SPDX-License-Identifier: Apache-2.0
// Streams of reports: what each viewer is told, and from where a stream goes on.
#include "kit.h"

namespace {

using alliance::sidecar::Subscription;

class Streams : public kit::Sidecar {
 protected:
  std::shared_ptr<Subscription> stream(const std::string& as, const std::string& who, const std::string& last = "",
                                       const std::string& target = "/reports") {
    kit::Sidecar::Headers headers = {{"alliance-viewer", who}};
    if (!last.empty()) headers["last-event-id"] = last;
    const auto said = call("GET", target, as, "", headers);
    EXPECT_EQ(said.status, 200) << said.body;
    EXPECT_EQ(said.type, "text/event-stream");
    return said.stream;
  }
  // Reports reach the feed on threads of the host.
  bool until(std::uint64_t reports) {
    return alliance::test::eventually([&] { return engine_->find("north")->feed.last() >= reports; });
  }
  std::uint64_t reports() { return engine_->find("north")->host.count().reports; }
  std::string all(Subscription& of) {
    std::string out;
    for (std::string more = sidecar_->next(of); !more.empty(); more = sidecar_->next(of)) out += more;
    return out;
  }
};

TEST_F(Streams, TellEachViewerWhatIsTheirsAndNothingOfTheRest) {
  open_case("anna", "p-7");
  open_case("ben", "p-8");
  ASSERT_TRUE(until(reports()));
  const auto hers = stream("client", "anna"), his = stream("practitioner", "p-7"),
             other = stream("practitioner", "p-8"), supervisor = stream("supervisor", "s"),
             of_ben = stream("supervisor", "s", "", "/reports?case=ben"), service = stream("service", "m");
  ASSERT_EQ(post("/cases/anna/answers", "client", kit::phq9(2), "anna").status, 201);
  ASSERT_TRUE(until(reports()));
  const std::string practitioner = all(*his), client = all(*hers);
  EXPECT_NE(practitioner.find("event: safety-flag\n"), std::string::npos) << practitioner;
  EXPECT_NE(practitioner.find("\"lane\":\"safety\""), std::string::npos);
  EXPECT_NE(practitioner.find("event: scored\n"), std::string::npos);
  EXPECT_NE(client.find("event: scored\n"), std::string::npos) << client;
  EXPECT_EQ(client.find("safety"), std::string::npos) << "it is for a person who speaks with the client";
  EXPECT_NE(all(*supervisor).find("event: scored\n"), std::string::npos);
  EXPECT_EQ(all(*other), "") << "not even that there was something";
  EXPECT_EQ(all(*of_ben), "");
  EXPECT_EQ(all(*service), "");
}

TEST_F(Streams, GoOnAfterTheLastEventAndSayWhenThatIsTooLongAgo) {
  open_case("anna", "p-7");
  ASSERT_TRUE(until(reports()));
  const auto first = stream("practitioner", "p-7");
  ASSERT_EQ(post("/cases/anna/answers", "client", kit::phq9(0), "anna").status, 201);
  ASSERT_TRUE(until(reports()));
  const std::string text = all(*first);
  const auto at = text.find("id: ");
  ASSERT_NE(at, std::string::npos) << text;
  const std::string id = text.substr(at + 4, text.find('\n', at) - at - 4);
  const auto second = stream("practitioner", "p-7", id);
  const std::string rest = all(*second);
  EXPECT_EQ(rest.find("id: " + id + "\n"), std::string::npos) << "the last one does not come twice";
  EXPECT_EQ(rest.find("event: missed"), std::string::npos);
  EXPECT_EQ(text.substr(text.find("\n\n", at) + 2), rest);
  EXPECT_EQ(all(*stream("practitioner", "p-7", "elsewhere.7")).find("event: missed"), 0u);
}

class Few : public Streams {
  void settle(alliance::sidecar::Settings& settings) override { settings.limits.kept_reports = 16; }
};

TEST_F(Few, WhoReadsTooSlowlyIsToldThatSomethingWasMissed) {
  open_case("anna", "p-7");
  ASSERT_TRUE(until(reports()));
  const auto slow = stream("practitioner", "p-7");
  for (int i = 0; i < 30; ++i) {
    now_ += kit::day;
    ASSERT_EQ(post("/cases/anna/answers", "client", kit::phq9(0), "anna").status, 201);
  }
  ASSERT_TRUE(until(reports()));
  EXPECT_EQ(all(*slow).find("event: missed\n"), 0u);
}

}  // namespace

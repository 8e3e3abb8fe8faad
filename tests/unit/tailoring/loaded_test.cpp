// SPDX-License-Identifier: Apache-2.0
// The policy through its loaded library, with the rules that it ships.
#include <fstream>
#include <random>
#include <set>
#include <sstream>

#include "schema/verify.h"
#include "story.h"
#include "tailoring/check.h"
#include "test_services.h"

namespace {

using namespace story;
using alliance::shared::packed;
using Bytes = std::vector<std::uint8_t>;

class Policy {
 public:
  explicit Policy(const std::string& settings = "{}") : registry_(services_.host()) {
    services_.settings("org.alliance-sdk.rules", settings);
    auto found = registry_.load(alliance::test::manifest("rules"));
    if (!found) throw std::runtime_error(found.error().message);
    plugin_ = *found;
    alliance_error error = ALLIANCE_ERROR_INIT;
    status = plugin_->tailoring->create(plugin_->tailoring, &plugin_->services, "rules", &policy_, &error);
    message = error.message;
  }
  ~Policy() {
    if (policy_) plugin_->tailoring->destroy(policy_);
  }
  Bytes propose(const Bytes& state, const Bytes& programme, std::int64_t now) {
    alliance::plugin::Gather out;
    alliance_error error = ALLIANCE_ERROR_INIT;
    status =
        plugin_->tailoring->propose(policy_, state.data(), state.size(), programme.empty() ? nullptr : programme.data(),
                                    programme.size(), now, out.sink(), &error);
    message = error.message;
    return out.take();
  }
  fb::ProposalsT propose(const fb::CaseT& state, const fb::ProgrammeT* programme, double day) {
    const Bytes bytes = propose(packed<fb::Case>(state, "ALCS"),
                                programme ? packed<fb::Programme>(*programme, "ALPG") : Bytes(), on(day));
    EXPECT_EQ(status, ALLIANCE_OK) << message;
    fb::ProposalsT made;
    const auto table = alliance::schema::verified<fb::Proposals>(bytes, "ALPP");
    EXPECT_TRUE(table);
    if (table) (*table)->UnPackTo(&made);
    return made;
  }
  std::int32_t status = 0;
  std::string message;

 private:
  alliance::test::Services services_;
  alliance::plugin::Registry registry_;
  alliance::plugin::Plugin* plugin_ = nullptr;
  alliance_tailoring* policy_ = nullptr;
};

Case everything() {
  Case state;
  state.signal(fb::SignalKind::drop, "alliance.pulse", 20)
      .signal(fb::SignalKind::unrepaired, "alliance.total", 20)
      .signal(fb::SignalKind::non_response, "alliance.pulse", 20, 2)
      .completed("m1", 5)
      .irrelevant("m3", 10)
      .launched("m2", 6, 6)
      .difficulty(15)
      .difficulty(16)
      .difficulty(17)
      .held(1, 7)
      .held(2, 14)
      .held(3, 20)
      .used(500, 345);
  return state;
}

TEST(ShippedRules, ServeEachFactorAndKeepToTheCatalogue) {
  Policy policy;
  ASSERT_EQ(policy.status, ALLIANCE_OK) << policy.message;
  const fb::ProgrammeT catalogue = programme();
  const Case state = everything();
  Case own = practitioner();
  own.sure(4, 1).sure(2, 15);
  std::set<fb::Factor> factors;
  std::set<std::string> seen;
  const fb::ProposalsT of_client = policy.propose(state, &catalogue, 24);
  const fb::ProposalsT of_practitioner = policy.propose(own, nullptr, 24);
  for (const auto* made : {&of_client, &of_practitioner}) {
    for (const auto& proposal : made->proposals) {
      factors.insert(proposal->factor);
      EXPECT_TRUE(seen.insert(proposal->key).second) << proposal->key;
      const bool client = made == &of_client;
      const auto sound = alliance::tailoring::check(*proposal, client ? static_cast<const fb::CaseT&>(state) : own,
                                                    client ? &catalogue : nullptr);
      EXPECT_TRUE(sound) << sound.error().message;
      EXPECT_TRUE(proposal->not_validated);
      EXPECT_EQ(proposal->evidence.at(0)->provenance->certainty, fb::Certainty::own);
      EXPECT_FALSE(proposal->evidence[0]->provenance->note.empty());
      EXPECT_TRUE(client || proposal->audience == fb::Audience::practitioner) << proposal->key;
    }
  }
  for (int factor = 0; factor <= 8; ++factor) {
    EXPECT_EQ(factors.count(static_cast<fb::Factor>(factor)), 1u)
        << fb::EnumNameFactor(static_cast<fb::Factor>(factor));
  }
  for (const char* key : {"b3-irrelevant/m3", "b2-difficulties/d-3", "b1-unreviewed/m1", "f1-unreviewed/m1",
                          "b3-stuck/m2", "f3-default-path/path", "b1-over-plan/course", "b4-confidence/sure-2"}) {
    EXPECT_EQ(seen.count(key), 1u) << key;
  }
  for (const auto& key : seen) EXPECT_EQ(key.find("b1-over-week"), std::string::npos);  // a level: off
}

TEST(ShippedRules, GiveTheSameBytesForTheSameCase) {
  Policy policy;
  const Bytes state = packed<fb::Case>(everything(), "ALCS");
  const Bytes catalogue = packed<fb::Programme>(programme(), "ALPG");
  const Bytes first = policy.propose(state, catalogue, on(24));
  ASSERT_FALSE(first.empty());
  EXPECT_EQ(policy.propose(state, catalogue, on(24)), first);
  Bytes shifted(state.size() + 1);  // an address that no table could be read from
  std::copy(state.begin(), state.end(), shifted.begin() + 1);
  EXPECT_EQ(policy.propose(Bytes(shifted.begin() + 1, shifted.end()), catalogue, on(24)), first);
}

TEST(ShippedRules, RefuseHostileBytes) {
  Policy policy;
  const Bytes state = packed<fb::Case>(everything(), "ALCS");
  const Bytes catalogue = packed<fb::Programme>(programme(), "ALPG");
  EXPECT_TRUE(policy.propose(Bytes(), catalogue, on(24)).empty());
  EXPECT_EQ(policy.status, ALLIANCE_E_BAD_INPUT);
  EXPECT_TRUE(policy.propose(catalogue, catalogue, on(24)).empty());
  EXPECT_EQ(policy.status, ALLIANCE_E_BAD_INPUT);
  EXPECT_TRUE(policy.propose(state, catalogue, -1).empty());
  EXPECT_EQ(policy.status, ALLIANCE_E_BAD_INPUT);
  std::mt19937 chance(5);
  for (int round = 0; round < 500; ++round) {
    Bytes hurt = state, other = catalogue;
    for (int i = 0; i < 4; ++i) hurt[chance() % hurt.size()] = static_cast<std::uint8_t>(chance());
    other[chance() % other.size()] = static_cast<std::uint8_t>(chance());
    const Bytes out = policy.propose(hurt, other, on(24));
    EXPECT_EQ(out.empty(), policy.status != ALLIANCE_OK);
  }
}

TEST(ShippedRules, AnotherFileIsNamedInTheSettingsAndRefusedByLineAndField) {
  EXPECT_EQ(Policy(R"({"rules":"/nowhere/rules.json"})").status, ALLIANCE_E_IO);
  EXPECT_EQ(Policy(R"({"rule":"x"})").status, ALLIANCE_E_BAD_INPUT);
  EXPECT_EQ(Policy("[]").status, ALLIANCE_E_BAD_INPUT);
  const Policy programme_for_rules(R"({"rules":")" + std::string(ALLIANCE_SOURCE_DIR) +
                                   "/plugins/timing/data/schedule.json\"}");
  EXPECT_NE(programme_for_rules.status, ALLIANCE_OK);
  EXPECT_NE(programme_for_rules.message.find("schedule.json"), std::string::npos) << programme_for_rules.message;
}

}  // namespace

// SPDX-License-Identifier: Apache-2.0
// plugin.hpp, seen from the host's side of the ABI.
#include <limits>

#include "folder.h"

namespace alliance::test {
namespace {

using Row = std::vector<double>;

class Glue : public testing::Test {
 protected:
  Services services;
  plugin::Registry registry{services.host()};
  plugin::Plugin* plugin = nullptr;
  alliance_error error = ALLIANCE_ERROR_INIT;

  void SetUp() override {
    const auto loaded = registry.load(built_manifest("every-kind"));
    ASSERT_TRUE(loaded) << loaded.error().message;
    plugin = *loaded;
  }

  // What timing.plan says to these bytes.
  std::int32_t plan(const std::string& text, plugin::Gather& out) {
    const auto* table = plugin->timing;
    alliance_timing* policy = nullptr;
    EXPECT_EQ(table->create(table, &plugin->services, "steady", &policy, nullptr), ALLIANCE_OK);
    const auto status =
        table->plan(policy, reinterpret_cast<const std::uint8_t*>(text.data()), text.size(), 77, out.sink(), &error);
    table->destroy(policy);
    return status;
  }

  std::string propose(const std::string& order, const std::string& argument = "") {
    const auto* table = plugin->tailoring;
    alliance_tailoring* policy = nullptr;
    EXPECT_EQ(table->create(table, &plugin->services, "servant", &policy, nullptr), ALLIANCE_OK);
    plugin::Gather out;
    const auto status =
        table->propose(policy, reinterpret_cast<const std::uint8_t*>(order.data()), order.size(),
                       reinterpret_cast<const std::uint8_t*>(argument.data()), argument.size(), 0, out.sink(), &error);
    table->destroy(policy);
    if (status != ALLIANCE_OK) return "status " + std::to_string(status) + ": " + error.message;
    const auto bytes = out.take();
    return {bytes.begin(), bytes.end()};
  }

  alliance_measure* wide(const char* version) {
    alliance_measure* measure = nullptr;
    EXPECT_EQ(plugin->measure->create(plugin->measure, &plugin->services, "wide", version, &measure, &error),
              ALLIANCE_OK)
        << error.message;
    return measure;
  }
};

TEST_F(Glue, HandsBytesOver) {
  plugin::Gather out;
  EXPECT_EQ(plan("case", out), ALLIANCE_OK);
  const auto bytes = out.take();
  EXPECT_EQ(std::string(bytes.begin(), bytes.end()), "case@77/3");
}

struct Thrown {
  const char* order;
  std::int32_t status;
  const char* message;
  const char* detail;
  std::int32_t vendor_code;
};

TEST_F(Glue, TurnsWhatIsThrownIntoAStatusAndWritesNothing) {
  const Thrown all[] = {
      {"throw error", ALLIANCE_E_DENIED, "refused on purpose", "what a person wrote", 42},
      {"throw ok", ALLIANCE_E_INTERNAL, "a failure that says it is none", "", 0},
      {"throw exception", ALLIANCE_E_INTERNAL, "an exception that was not expected; its text stands in the detail",
       "what a person wrote", 0},
      {"throw memory", ALLIANCE_E_LIMIT, "there was not enough memory for this call", "", 0},
      {"throw other", ALLIANCE_E_INTERNAL, "something was thrown that is no std::exception", "", 0},
  };
  for (const Thrown& one : all) {
    error = ALLIANCE_ERROR_INIT;
    plugin::Gather out;
    EXPECT_EQ(plan(one.order, out), one.status) << one.order;
    EXPECT_EQ(error.code, one.status);
    EXPECT_STREQ(error.message, one.message);
    EXPECT_STREQ(error.detail, one.detail);
    EXPECT_EQ(error.vendor_code, one.vendor_code);
    EXPECT_TRUE(out.bytes().empty());
  }
}

TEST_F(Glue, CutsTextAtACharacter) {
  plugin::Gather out;
  EXPECT_EQ(plan("throw cut", out), ALLIANCE_E_DENIED);
  EXPECT_EQ(std::string(error.message).size(), 254u) << "127 characters of two bytes";
  EXPECT_EQ(std::string(error.detail).size(), 255u);
  EXPECT_EQ(std::string(error.message).substr(252), "\xC3\xA4");
}

TEST_F(Glue, MakesTextOfWhatIsNoUtf8) {
  plugin::Gather out;
  EXPECT_EQ(plan("throw long", out), ALLIANCE_E_DENIED);
  EXPECT_EQ(std::string(error.message), "x" + std::string(254, '?'));
}

TEST_F(Glue, LeavesAnErrorAloneWhoseSizeItDoesNotKnow) {
  error.size = 16;
  plugin::Gather out;
  EXPECT_EQ(plan("throw error", out), ALLIANCE_E_DENIED);
  EXPECT_EQ(error.code, 0);
  EXPECT_EQ(error.message[0], '\0');
}

TEST_F(Glue, GivesBackTheSinksOwnAnswer) {
  plugin::Gather out(3);
  EXPECT_EQ(plan("four", out), ALLIANCE_E_LIMIT);
}

TEST_F(Glue, RefusesWrongCallsInsteadOfCrashing) {
  const auto* timing = plugin->timing;
  alliance_timing* policy = nullptr;
  ASSERT_EQ(timing->create(timing, &plugin->services, "steady", &policy, &error), ALLIANCE_OK);
  plugin::Gather out;
  EXPECT_EQ(timing->plan(policy, nullptr, 5, 0, out.sink(), &error), ALLIANCE_E_INVALID);
  EXPECT_EQ(timing->plan(policy, nullptr, 0, 0, nullptr, &error), ALLIANCE_E_INVALID);
  EXPECT_EQ(timing->plan(nullptr, nullptr, 0, 0, out.sink(), nullptr), ALLIANCE_E_INVALID);
  EXPECT_EQ(timing->account(policy, nullptr, 0, 0, out.sink(), &error), ALLIANCE_E_UNSUPPORTED);
  timing->destroy(policy);
  timing->destroy(nullptr);
  EXPECT_EQ(timing->create(timing, &plugin->services, "steady", nullptr, &error), ALLIANCE_E_INVALID);
  EXPECT_EQ(timing->create(timing, &plugin->services, nullptr, &policy, &error), ALLIANCE_E_INVALID);
  EXPECT_EQ(timing->create(timing, nullptr, "steady", &policy, &error), ALLIANCE_E_INVALID);
  policy = nullptr;
  EXPECT_EQ(timing->create(timing, &plugin->services, "other", &policy, &error), ALLIANCE_E_NOT_FOUND);
  EXPECT_STREQ(error.message, "this plugin makes no 'other'");
  EXPECT_EQ(policy, nullptr);
  alliance_descriptor what = ALLIANCE_DESCRIPTOR_INIT;
  EXPECT_EQ(timing->describe(timing, 1, &what, &error), ALLIANCE_E_NOT_FOUND);
  EXPECT_EQ(timing->describe(timing, 0, nullptr, &error), ALLIANCE_E_INVALID);
  EXPECT_EQ(what.id, nullptr);
}

TEST_F(Glue, CreatesTheNewestVersionUnlessOneIsNamed) {
  const auto definition = [&](const char* version) {
    alliance_measure* measure = wide(version);
    plugin::Gather out;
    EXPECT_EQ(plugin->measure->definition(measure, out.sink(), &error), ALLIANCE_OK);
    plugin->measure->destroy(measure);
    const auto bytes = out.take();
    return std::string(bytes.begin(), bytes.end());
  };
  EXPECT_EQ(definition(nullptr), "1.10.0");
  EXPECT_EQ(definition("1.2.0"), "1.2.0");
  alliance_measure* measure = nullptr;
  EXPECT_EQ(plugin->measure->create(plugin->measure, &plugin->services, "wide", "3.0.0", &measure, &error),
            ALLIANCE_E_NOT_FOUND);
  EXPECT_NE(std::string(error.message).find("of version 3.0.0"), std::string::npos);
}

TEST_F(Glue, ScoresASheetIntoArrays) {
  for (const auto& [version, width] : {std::pair{"1.2.0", std::uint64_t{2}}, std::pair{"1.10.0", std::uint64_t{20}}}) {
    alliance_measure* measure = wide(version);
    const Row answers = {3, 4};
    const alliance_sheets sheets = {sizeof(alliance_sheets), 0, 1, 2, answers.data(), nullptr};
    Row values(width, -1);
    std::vector<std::uint8_t> states(width);
    const alliance_scores out = {sizeof(alliance_scores), 0, 1, width, values.data(), states.data(), nullptr, nullptr};
    EXPECT_EQ(plugin->measure->score(measure, &sheets, nullptr, &out, &error), ALLIANCE_OK) << error.message;
    for (std::uint64_t scale = 0; scale < width; ++scale) {
      EXPECT_EQ(values[scale], 3 + static_cast<double>(scale));
      EXPECT_EQ(states[scale], ALLIANCE_SCORED);
    }
    plugin->measure->destroy(measure);
  }
}

TEST_F(Glue, RefusesSheetsThatNobodyFilledInAndLeavesScoresUntouched) {
  alliance_measure* measure = wide("1.9.0");
  Row answers = {3, 4};
  std::uint8_t filled[] = {ALLIANCE_ANSWERED, ALLIANCE_ANSWERED};
  alliance_sheets sheets = {sizeof(alliance_sheets), 0, 1, 2, answers.data(), filled};
  double value = -7;
  std::uint8_t state = 99;
  std::uint32_t answered = 99;
  std::int32_t band = 99;
  alliance_scores out = {sizeof(alliance_scores), 0, 1, 1, &value, &state, &answered, &band};
  alliance_missing missing = {sizeof(alliance_missing), ALLIANCE_MISSING_PRORATE, 1, 0};
  const auto score = [&] { return plugin->measure->score(measure, &sheets, &missing, &out, &error); };

  filled[1] = 0;
  EXPECT_EQ(score(), ALLIANCE_E_BAD_INPUT);
  EXPECT_STREQ(error.message, "answer 2 has no known state: it was never filled in");
  filled[1] = 6;
  EXPECT_EQ(score(), ALLIANCE_E_BAD_INPUT);
  filled[1] = ALLIANCE_ANSWERED;
  for (const double odd : {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()}) {
    answers[0] = odd;
    EXPECT_EQ(score(), ALLIANCE_E_BAD_INPUT);
    EXPECT_STREQ(error.message, "answer 1 is no number");
  }
  answers = {3, 9};
  EXPECT_EQ(score(), ALLIANCE_E_BAD_INPUT);
  EXPECT_STREQ(error.message, "item-2: 9 is no option");
  EXPECT_STREQ(error.detail, "9");
  answers = {3, 13};
  EXPECT_EQ(score(), ALLIANCE_E_INTERNAL);
  answers = {3, 4};
  missing.rule = 0;
  EXPECT_EQ(score(), ALLIANCE_E_INVALID);
  missing.rule = ALLIANCE_MISSING_NONE;
  sheets.items = 3;
  EXPECT_EQ(score(), ALLIANCE_E_INVALID);
  EXPECT_STREQ(error.message, "3 answers per sheet were given where 2 are needed");
  sheets.items = 2, out.scales = 2;
  EXPECT_EQ(score(), ALLIANCE_E_INVALID);
  out.scales = 1, out.rows = 2;
  EXPECT_EQ(score(), ALLIANCE_E_INVALID);
  out.rows = sheets.rows = 2;
  EXPECT_EQ(score(), ALLIANCE_E_INVALID);
  out.rows = sheets.rows = std::uint64_t{1} << 62;
  EXPECT_EQ(plugin->measure->score_batch(measure, &sheets, nullptr, &out, &error), ALLIANCE_E_LIMIT);
  out.rows = sheets.rows = 1;
  out.values = nullptr;
  EXPECT_EQ(score(), ALLIANCE_E_INVALID);
  out.values = &value, sheets.size = 8;
  EXPECT_EQ(score(), ALLIANCE_E_INVALID);
  sheets.size = sizeof sheets;

  EXPECT_EQ(value, -7);
  EXPECT_EQ(state, 99);
  EXPECT_EQ(answered, 99u);
  EXPECT_EQ(band, 99);
  EXPECT_EQ(score(), ALLIANCE_OK);
  EXPECT_EQ(value, 3);
  plugin->measure->destroy(measure);
}

TEST_F(Glue, ABatchMarksBadRowsAndScoresTheOthers) {
  alliance_measure* measure = wide("1.9.0");
  Row answers = {1, 0, 2, 9, 3, 0};
  const alliance_sheets sheets = {sizeof(alliance_sheets), 0, 3, 2, answers.data(), nullptr};
  Row values(3, -7);
  std::uint8_t states[3] = {};
  std::uint32_t answered[3] = {99, 99, 99};
  std::int32_t bands[3] = {99, 99, 99};
  const alliance_scores out = {sizeof(alliance_scores), 0, 3, 1, values.data(), states, answered, bands};
  EXPECT_EQ(plugin->measure->score_batch(measure, &sheets, nullptr, &out, &error), ALLIANCE_OK) << error.message;
  EXPECT_EQ(values, (Row{1, 0, 3}));
  EXPECT_EQ(states[0], ALLIANCE_SCORED);
  EXPECT_EQ(states[1], ALLIANCE_BAD_SHEET);
  EXPECT_EQ(bands[1], ALLIANCE_NO_BAND);
  EXPECT_EQ(states[2], ALLIANCE_SCORED);

  values = {-7, -7, -7};
  answers[5] = 13;  // a fault in the last row: nothing of the batch is written
  EXPECT_EQ(plugin->measure->score_batch(measure, &sheets, nullptr, &out, &error), ALLIANCE_E_INTERNAL);
  EXPECT_EQ(values, (Row{-7, -7, -7}));
  plugin->measure->destroy(measure);
}

TEST_F(Glue, ReachesTheHostsServices) {
  services.now(1'234);
  EXPECT_EQ(propose("clock"), "1234");
  EXPECT_EQ(propose("config"), "{}");
  EXPECT_EQ(propose("folder"), std::filesystem::canonical(built).string());
  EXPECT_EQ(propose("control"), "yes");
  propose("log");
  ASSERT_EQ(services.log().size(), 1u);
  EXPECT_EQ(services.log()[0].text, "asked for proposals");
  EXPECT_EQ(services.log()[0].level, ALLIANCE_LOG_WARNING);
  EXPECT_EQ(services.log()[0].plugin, "org.example.every-kind");
  const std::string bytes = propose("encode", R"({"zone": "Europe/London", "call_deadline_ms": 5})");
  EXPECT_NE(propose("decode", bytes).find("\"Europe/London\""), std::string::npos) << propose("decode", bytes);
  EXPECT_NE(propose("encode", R"({"zone": 3})").find("zone"), std::string::npos);
  EXPECT_NE(propose("decode", "garbage").find("status 2"), std::string::npos);
}

TEST_F(Glue, KeepsAndReportsOnlyDuringACallThatIsCommitted) {
  EXPECT_EQ(propose("put", "bytes").find("status 6"), 0u) << "ALLIANCE_E_STATE outside a call";
  {
    const auto call = services.call();
    EXPECT_EQ(propose("get"), "none");
    EXPECT_EQ(propose("put", "bytes"), "bytes");
    EXPECT_EQ(propose("get"), "7:bytes");
    EXPECT_EQ(propose("report", "no Report").find("status 2"), 0u);
  }
  EXPECT_TRUE(services.store().empty());
  {
    auto call = services.call();
    propose("put", "bytes");
    call.commit();
  }
  EXPECT_EQ(services.store().size(), 1u);
}

TEST_F(Glue, SaysWhichServiceIsNotOffered) {
  services.withhold(ALLIANCE_SERVICE_CLOCK);
  services.withhold(ALLIANCE_SERVICE_LOG);
  EXPECT_EQ(propose("clock"), "status 4: this host does not offer alliance.clock/1");
  EXPECT_EQ(propose("log", "silent"), "silent");
}

TEST_F(Glue, OpensSendsAndClosesATransport) {
  struct Far {
    std::uint64_t acknowledged = 0;
    std::string failed, refused;
    unsigned under_way = 0;
  } far;
  const alliance_transport_events events = {
      sizeof(alliance_transport_events),
      0,
      &far,
      [](void* context, std::uint64_t position) noexcept { static_cast<Far*>(context)->acknowledged = position; },
      [](void* context, std::int32_t, const char* message) noexcept { static_cast<Far*>(context)->failed = message; },
      [](void* context, std::uint64_t, const char* report, std::int32_t, const char*) noexcept {
        static_cast<Far*>(context)->refused = report;
      },
      [](void* context) noexcept { ++static_cast<Far*>(context)->under_way; }};
  const auto* table = plugin->transport;
  alliance_transport* wire = nullptr;
  EXPECT_EQ(table->open(table, &plugin->services, "wire", "nowhere", &events, &wire, &error), ALLIANCE_E_INTERNAL);
  EXPECT_STREQ(error.message, "nowhere cannot be reached");
  EXPECT_EQ(table->open(table, &plugin->services, "wire", nullptr, &events, &wire, &error), ALLIANCE_E_INVALID);
  EXPECT_EQ(table->open(table, &plugin->services, "wire", "here", nullptr, &wire, &error), ALLIANCE_E_INVALID);
  EXPECT_EQ(wire, nullptr);
  ASSERT_EQ(table->open(table, &plugin->services, "wire", "here", &events, &wire, &error), ALLIANCE_OK);
  const std::uint8_t batch[] = {'b'};
  EXPECT_EQ(table->send(wire, 12, batch, 1, &error), ALLIANCE_OK);
  EXPECT_EQ(far.acknowledged, 12u);
  EXPECT_EQ(far.under_way, 1u);
  EXPECT_EQ(table->send(wire, 13, batch, 1, &error), ALLIANCE_OK);
  EXPECT_EQ(far.refused, "r-1");
  table->close(wire);
  EXPECT_EQ(far.failed, "closing");
  alliance_transport_events older = events;  // a host that was built before these two
  older.size = offsetof(alliance_transport_events, refused);
  ASSERT_EQ(table->open(table, &plugin->services, "wire", "here", &older, &wire, &error), ALLIANCE_OK);
  EXPECT_EQ(table->send(wire, 13, batch, 1, &error), ALLIANCE_OK);
  EXPECT_EQ(far.failed, "unlucky");
  EXPECT_EQ(far.under_way, 1u);
  table->close(wire);
}

TEST_F(Glue, AnAdapterWithoutApplySaysSo) {
  const auto* table = plugin->programme;
  alliance_programme* programme = nullptr;
  ASSERT_EQ(table->create(table, &plugin->services, "mirror", &programme, &error), ALLIANCE_OK);
  plugin::Gather out;
  EXPECT_EQ(table->catalogue(programme, out.sink(), &error), ALLIANCE_OK);
  EXPECT_EQ(table->apply(programme, "case", nullptr, 0, 0, out.sink(), &error), ALLIANCE_E_UNSUPPORTED);
  EXPECT_STREQ(error.message, "this programme cannot be changed from outside");
  EXPECT_EQ(table->apply(programme, nullptr, nullptr, 0, 0, out.sink(), &error), ALLIANCE_E_INVALID);
  table->destroy(programme);
}

TEST(GlueInit, RefusesTheSameThingTwice) {
  Services services;
  services.settings("org.example.every-kind", R"({"twice": true})");
  plugin::Registry registry(services.host());
  const auto loaded = registry.load(built_manifest("every-kind"));
  ASSERT_FALSE(loaded);
  EXPECT_NE(loaded.error().message.find("'steady' version 1.0.0 is offered twice"), std::string::npos)
      << loaded.error().message;
}

}  // namespace
}  // namespace alliance::test

// SPDX-License-Identifier: Apache-2.0
// A safety flag while the broker is down: told by the call that recorded the answers, and in the application's hands
// once the broker is back.
#include <alliance/host.h>

#include "servers.h"

namespace alliance::test {
namespace {

struct Platform {
  ~Platform() { alliance_host_close(host); }
  // What it told at once.
  std::string record(const std::string& event) {
    std::string told;
    const alliance_sink sink{sizeof sink, 0, &told,
                             [](void* to, const std::uint8_t* bytes, std::uint64_t length) noexcept -> std::int32_t {
                               static_cast<std::string*>(to)->append(reinterpret_cast<const char*>(bytes), length);
                               return ALLIANCE_OK;
                             }};
    EXPECT_EQ(alliance_host_record(host, reinterpret_cast<const std::uint8_t*>(event.data()), event.size(),
                                   ALLIANCE_JSON, &sink, nullptr, &error),
              ALLIANCE_OK)
        << error.message;
    return told;
  }
  alliance_host* host = nullptr;
  alliance_error error = ALLIANCE_ERROR_INIT;
};

TEST(NatsSafety, AFlagIsToldWhileTheBrokerIsDownAndArrivesWhenItIsBack) {
  const auto program = nats_server("debian");
  if (program.empty()) GTEST_SKIP() << nats_absent("debian");
  if (!std::filesystem::exists(EXAMPLE)) GTEST_SKIP() << "the examples are not built";
  const TemporaryFolder folder("safety");
  Servers servers(program, 1);
  ASSERT_TRUE(servers.make_stream(1)) << servers.said();

  Platform platform;
  const std::string store = folder / "platform.db";
  alliance_host_options options = ALLIANCE_HOST_OPTIONS_INIT;
  options.tenant = "clinic";
  options.store_path = store.c_str();
  options.config = R"({"safety":{"contact":"duty-desk"}})";
  ASSERT_EQ(alliance_host_create(&options, &platform.host, &platform.error), ALLIANCE_OK) << platform.error.message;
  for (const char* plugin : {"instruments", "nats"}) {
    const auto path = std::string(ALLIANCE_PLUGIN_DIR) + "/" + plugin + ".alliance.json";
    ASSERT_EQ(alliance_host_load_plugin(platform.host, path.c_str(), &platform.error), ALLIANCE_OK)
        << platform.error.message;
  }
  ASSERT_EQ(alliance_host_connect(platform.host, ("nats:" + servers.address()).c_str(), &platform.error), ALLIANCE_OK);
  ASSERT_EQ(alliance_host_run(platform.host, &platform.error), ALLIANCE_OK) << platform.error.message;
  platform.record(R"({"id":"e1","case":"c1","time":1770022800000000,"body_type":"CaseOpened","body":{"service":"north",
    "practitioner":"p1","delivery":"blended","zone":"Europe/London","weeks":11}})");
  const alliance_duration patience{120'000'000};
  faults::Process desk({EXAMPLE, servers.all(), folder / "inbox"}, folder / "printed");
  ASSERT_TRUE(desk.read_error_line("listening on ").starts_with("listening on "));
  ASSERT_EQ(alliance_host_drain(platform.host, patience, &platform.error), ALLIANCE_OK) << platform.error.message;

  desk.end(SIGKILL);
  servers.end(0, SIGKILL);
  std::string answers;
  for (int item = 1; item <= 9; ++item) {
    answers += (item == 1 ? "" : ",") + (R"({"item":")" + std::to_string(item) + R"(","value":1})");
  }
  const auto told = platform.record(
      R"({"id":"e2","case":"c1","time":1770109200000000,"body_type":"AnswersGiven","body":{"instrument":"phq-9",
      "rater":"client","answers":[)" +
      answers + "]}}");
  EXPECT_NE(told.find("duty-desk"), std::string::npos) << "the flag is in the caller's hands: " << told;

  servers.start(0);
  ASSERT_TRUE(eventually([&] {
    desk = faults::Process({EXAMPLE, servers.all(), folder / "inbox"}, folder / "printed");
    return desk.read_error_line("listening on ").starts_with("listening on ");
  })) << servers.said();
  EXPECT_TRUE(eventually([&] { return end_of(folder / "printed").find(" safety-flag ") != std::string::npos; }))
      << end_of(folder / "printed");
  EXPECT_EQ(alliance_host_drain(platform.host, patience, &platform.error), ALLIANCE_OK) << platform.error.message;
}

}  // namespace
}  // namespace alliance::test

// SPDX-License-Identifier: Apache-2.0
// What leaves for an endpoint, and how the body of a notification is asked for.
#include <alliance/receiver.h>

#include <condition_variable>
#include <thread>

#include "kit.h"

namespace {

using namespace kit;

struct Came {
  std::string id, kind, body;
  bool withheld = false, safety = false;
};

// A desk that writes down what came.
struct Desk {
  std::mutex mutex;
  std::vector<Came> came;
  static std::int32_t take(void* context, const alliance_report* report, alliance_error*) noexcept {
    auto& self = *static_cast<Desk*>(context);
    const std::lock_guard lock(self.mutex);
    self.came.push_back({report->id,
                         report->kind,
                         {reinterpret_cast<const char*>(report->body), static_cast<std::size_t>(report->length)},
                         report->withheld != 0,
                         report->lane == ALLIANCE_LANE_SAFETY});
    return ALLIANCE_OK;
  }
  std::vector<Came> of(const std::string& kind) {
    const std::lock_guard lock(mutex);
    std::vector<Came> out;
    for (const auto& one : came) {
      if (one.kind == kind) out.push_back(one);
    }
    return out;
  }
};

class Leaving : public ::testing::Test {
 protected:
  void SetUp() override { reset(); }

  static std::string config(const std::string& rules, const std::string& endpoint = "here:desk") {
    return R"({"safety":{"contact":"duty-desk"},"delivery":{"endpoints":[{"endpoint":")" + endpoint + "\"," + rules +
           "}]}}";
  }
  void receive(Host& host) {
    ASSERT_EQ(alliance_host_receive(host.raw, "desk", ALLIANCE_JSON, Desk::take, &desk, &host.error), ALLIANCE_OK);
  }
  // One score and, with an answer of 2, one safety flag.
  static void one_sheet(Host& host, int second_item) {
    ASSERT_EQ(host.record(opened("c1")), ALLIANCE_OK) << host.error.message;
    ASSERT_EQ(host.record(answered("a1", "c1", start + day, 7, "\"value\":" + std::to_string(second_item))),
              ALLIANCE_OK)
        << host.error.message;
    host.drain();
  }
  std::string refused(const std::string& rules) {
    const auto text = config(rules);
    alliance_host_options options = ALLIANCE_HOST_OPTIONS_INIT;
    options.config = text.c_str();
    alliance_host* raw = nullptr;
    alliance_error error = ALLIANCE_ERROR_INIT;
    EXPECT_EQ(alliance_host_create(&options, &raw, &error), ALLIANCE_E_BAD_INPUT) << rules;
    alliance_host_close(raw);
    return error.message;
  }
  Desk desk;
  Folder folder;
  std::string store = folder.file("host.db");
};

std::string report(Host& host, const std::string& id, std::int32_t role, const char* who, std::int32_t expected,
                   const char* case_id = "c1") {
  const alliance_viewer viewer = {sizeof viewer, role, who};
  return text_sink_json(
      [&](const alliance_sink* out) {
        return alliance_host_report(host.raw, case_id, id.c_str(), &viewer, ALLIANCE_JSON, out, &host.error);
      },
      expected);
}

TEST_F(Leaving, ANotificationHasNoBodyAndAFlagAlwaysHasOne) {
  const auto text = config(R"("notify_only":true)");
  Host host(store, text.c_str());
  receive(host);
  one_sheet(host, 2);
  const auto scored = desk.of("scored"), flags = desk.of("safety-flag");
  ASSERT_EQ(scored.size(), 1u);
  EXPECT_TRUE(scored[0].withheld);
  EXPECT_EQ(scored[0].body, "");
  ASSERT_EQ(flags.size(), 1u);
  EXPECT_FALSE(flags[0].withheld);
  EXPECT_TRUE(contains(flags[0].body, "SafetyFlag")) << flags[0].body;
  EXPECT_TRUE(contains(arrived("scored")[0].json, "Scored")) << "another endpoint has it whole";

  EXPECT_TRUE(
      contains(report(host, scored[0].id, ALLIANCE_ROLE_SUPERVISOR, "s1", ALLIANCE_OK), R"("body_type":"Scored")"));
  EXPECT_TRUE(contains(report(host, scored[0].id, ALLIANCE_ROLE_CLIENT, "c1", ALLIANCE_OK), "Scored"));
  report(host, scored[0].id, ALLIANCE_ROLE_CLIENT, "c2", ALLIANCE_E_DENIED);
  report(host, scored[0].id, ALLIANCE_ROLE_SERVICE, "s", ALLIANCE_E_DENIED);
  report(host, scored[0].id, ALLIANCE_ROLE_PRACTITIONER, "somebody", ALLIANCE_E_DENIED);
  report(host, flags[0].id, ALLIANCE_ROLE_CLIENT, "c1", ALLIANCE_E_DENIED);
  report(host, "no-such-id", ALLIANCE_ROLE_SUPERVISOR, "s1", ALLIANCE_E_NOT_FOUND);
  report(host, scored[0].id, ALLIANCE_ROLE_SUPERVISOR, "s1", ALLIANCE_E_NOT_FOUND, "no-such-case");
}

TEST_F(Leaving, KindsAndFieldsAreLeftOutForThatEndpointAlone) {
  const auto text = config(R"("leave_out":[{"kind":"scored","fields":["scores.value","definition_hash"]},)"
                           R"({"kind":"measure-due"},{"kind":"measure-answered"}])");
  Host host(store, text.c_str());
  receive(host);
  one_sheet(host, 2);
  const auto scored = desk.of("scored");
  ASSERT_EQ(scored.size(), 1u);
  EXPECT_FALSE(contains(scored[0].body, R"("value")")) << scored[0].body;
  EXPECT_FALSE(contains(scored[0].body, "definition_hash")) << scored[0].body;
  EXPECT_TRUE(contains(scored[0].body, R"("scale")")) << scored[0].body;
  EXPECT_TRUE(contains(arrived("scored")[0].json, R"("value")"));
  EXPECT_EQ(host.counts().waiting, 0u);
}

TEST_F(Leaving, AWholeKindLeavesNothingAndHoldsNothingUp) {
  const auto text = config(R"("leave_out":[{"kind":"scored"}])");
  Host host(store, text.c_str());
  receive(host);
  one_sheet(host, 2);
  EXPECT_EQ(desk.of("scored").size(), 0u);
  EXPECT_EQ(desk.of("safety-flag").size(), 1u);
  EXPECT_EQ(host.counts().waiting, 0u);
  EXPECT_EQ(arrived("scored").size(), 1u);
}

TEST_F(Leaving, ARuleThatCannotBeIsRefusedByName) {
  EXPECT_TRUE(contains(refused(R"("leave_out":[{"kind":"score"}])"), "no kind of report called score"));
  EXPECT_TRUE(contains(refused(R"("leave_out":[{"kind":"safety-flag"}])"), "about safety and leave whole"));
  EXPECT_TRUE(contains(refused(R"("leave_out":[{"kind":"case-erased"}])"), "tell receivers what to do"));
  EXPECT_TRUE(contains(refused(R"("leave_out":[{"kind":"scored","fields":["colour"]}])"), "no field colour"));
  EXPECT_TRUE(
      contains(refused(R"("leave_out":[{"kind":"scored","fields":["scores.colour"]}])"), "no field scores.colour"));
  EXPECT_TRUE(contains(refused(R"("leave_out":[{"kind":"scored","fields":["scores"]}])"), "cannot be without scores"));
}

// Another program: it is told over the wire, and asks over the same connection.
TEST_F(Leaving, AReceiverAsksForTheBodyInTheNameOfAPerson) {
  const std::string address = "unix://" + folder.file("reports.sock"), inbox = folder.file("inbox.db");
  alliance_receiver_options options = ALLIANCE_RECEIVER_OPTIONS_INIT;
  options.address = address.c_str();
  options.inbox_path = inbox.c_str();
  options.flags = ALLIANCE_RECEIVER_KEEP_REPORTS;
  options.take = Desk::take;
  options.context = &desk;
  options.log = [](void*, std::int32_t, const char*) noexcept {};
  alliance_error error = ALLIANCE_ERROR_INIT;
  alliance_receiver* receiver = nullptr;
  ASSERT_EQ(alliance_receiver_open(&options, &receiver, &error), ALLIANCE_OK) << error.message;
  std::thread running([&] {
    alliance_error failed = ALLIANCE_ERROR_INIT;
    EXPECT_EQ(alliance_receiver_run(receiver, &failed), ALLIANCE_OK) << failed.message;
  });
  const auto fetch = [&](const std::string& id, const char* tenant, std::int32_t role, std::int32_t expected) {
    const alliance_viewer viewer = {sizeof viewer, role, "s1"};
    return text_sink_json(
        [&](const alliance_sink* out) {
          return alliance_receiver_fetch(receiver, tenant, "c1", id.c_str(), &viewer, {20 * second}, ALLIANCE_JSON, out,
                                         &error);
        },
        expected);
  };
  const auto text =
      config(R"("notify_only":true,"leave_out":[{"kind":"scored","fields":["definition_hash"]}])", address);
  std::string id;
  {
    Host host(store, text.c_str());
    ASSERT_EQ(alliance_host_connect(host.raw, address.c_str(), &host.error), ALLIANCE_OK) << host.error.message;
    one_sheet(host, 0);
    const auto scored = desk.of("scored");
    ASSERT_EQ(scored.size(), 1u);
    EXPECT_TRUE(scored[0].withheld);
    id = scored[0].id;
    const auto body = fetch(id, "clinic", ALLIANCE_ROLE_SUPERVISOR, ALLIANCE_OK);
    EXPECT_TRUE(contains(body, R"("body_type":"Scored")")) << body;
    EXPECT_FALSE(contains(body, "definition_hash")) << "what is left out is left out here too";
    fetch(id, "clinic", ALLIANCE_ROLE_SERVICE, ALLIANCE_E_DENIED);
    fetch("no-such-id", "clinic", ALLIANCE_ROLE_SUPERVISOR, ALLIANCE_E_NOT_FOUND);
    fetch(id, "another-clinic", ALLIANCE_ROLE_SUPERVISOR, ALLIANCE_E_STATE);
  }
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  std::int32_t status = ALLIANCE_OK;
  while (status != ALLIANCE_E_STATE && std::chrono::steady_clock::now() < deadline) {
    const alliance_viewer viewer = {sizeof viewer, ALLIANCE_ROLE_SUPERVISOR, "s1"};
    const alliance_sink none{sizeof none, 0, nullptr,
                             [](void*, const std::uint8_t*, std::uint64_t) noexcept -> std::int32_t { return 0; }};
    status =
        alliance_receiver_fetch(receiver, "clinic", "c1", id.c_str(), &viewer, {second}, ALLIANCE_JSON, &none, &error);
  }
  EXPECT_EQ(status, ALLIANCE_E_STATE) << "the platform has gone";
  alliance_receiver_stop(receiver);
  running.join();
  alliance_receiver_close(receiver);
}

}  // namespace

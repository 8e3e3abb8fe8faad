// SPDX-License-Identifier: Apache-2.0
// Reports as an application receives them: in its own process, over a socket, and what it refuses.
#include <alliance/receiver.h>

#include <algorithm>
#include <map>
#include <set>
#include <thread>

#include "../../support/certificates.h"
#include "kit.h"

namespace {

using namespace kit;

// An application: refuses what it is told to, and writes down what came.
struct Application {
  struct Came {
    std::string id, kind, case_id, body;
    std::uint64_t sequence = 0, first_sequence = 0;
    std::int32_t lane = 0;
  };
  std::mutex mutex;
  std::set<std::string> poison;  // kinds
  std::int32_t status = ALLIANCE_E_BAD_INPUT;
  std::vector<Came> taken;
  std::map<std::string, int> asked;  // by id

  static std::int32_t take(void* context, const alliance_report* report, alliance_error* error) noexcept {
    auto& self = *static_cast<Application*>(context);
    const std::lock_guard lock(self.mutex);
    ++self.asked[report->id];
    if (self.poison.contains(report->kind)) {
      std::snprintf(error->message, sizeof error->message, "no table for %s", report->kind);
      return self.status;
    }
    self.taken.push_back({report->id,
                          report->kind,
                          report->case_id,
                          {reinterpret_cast<const char*>(report->body), static_cast<std::size_t>(report->length)},
                          report->sequence,
                          report->first_sequence,
                          report->lane});
    return ALLIANCE_OK;
  }
  std::vector<Came> of(const std::string& kind) {
    const std::lock_guard lock(mutex);
    std::vector<Came> out;
    std::copy_if(taken.begin(), taken.end(), std::back_inserter(out),
                 [&](const Came& one) { return one.kind == kind; });
    return out;
  }
};

class HostDelivery : public ::testing::Test {
 protected:
  void SetUp() override { reset(); }

  void receive(Host& host, const char* name = "app") {
    ASSERT_EQ(alliance_host_receive(host.raw, name, ALLIANCE_JSON, Application::take, &app, &host.error), ALLIANCE_OK)
        << host.error.message;
  }
  std::string dead_letters(Host& host, std::uint64_t number = 0, std::int32_t expected = ALLIANCE_OK) {
    return text_sink_json(
        [&](const alliance_sink* to) {
          return alliance_host_dead_letters(host.raw, number, ALLIANCE_JSON, to, &host.error);
        },
        expected);
  }
  std::string outbox(Host& host) {
    return text_sink_json(
        [&](const alliance_sink* to) { return alliance_host_outbox(host.raw, ALLIANCE_JSON, to, &host.error); },
        ALLIANCE_OK);
  }
  static void three_sheets(Host& host, const std::string& id = "c1") {
    ASSERT_EQ(host.record(opened(id)), ALLIANCE_OK) << host.error.message;
    for (int i = 1; i <= 3; ++i) {
      const auto number = std::to_string(i);
      ASSERT_EQ(host.record(answered(id + "-" + number, id, start + i * day, i, R"("value":0)")), ALLIANCE_OK);
    }
  }
  Application app;
  Folder folder;
  std::string store = folder.file("host.db");
};

TEST_F(HostDelivery, TheProgramItselfIsAReceiverAndItsPlaceOutlivesIt) {
  {
    Host host(store);
    receive(host);
    three_sheets(host);
    host.drain();
    const auto scored = app.of("scored");
    ASSERT_EQ(scored.size(), 3u);
    EXPECT_TRUE(contains(scored[0].body, R"("body_type":"Scored")")) << scored[0].body;
    EXPECT_EQ(scored[0].case_id, "c1");
    EXPECT_LT(scored[0].sequence, scored[1].sequence);
    EXPECT_EQ(scored[0].id, arrived("scored")[0].id) << "another endpoint has the same report";
  }
  Host host(store);
  receive(host);
  ASSERT_EQ(host.record(answered("c1-4", "c1", start + 4 * day, 4, R"("value":0)")), ALLIANCE_OK);
  host.drain();
  EXPECT_EQ(app.of("scored").size(), 4u) << "what was acknowledged does not come again";
  EXPECT_EQ(alliance_host_receive(host.raw, "app", ALLIANCE_JSON, Application::take, &app, &host.error),
            ALLIANCE_E_INVALID);
  EXPECT_EQ(alliance_host_receive(host.raw, "Not a name", ALLIANCE_JSON, Application::take, &app, &host.error),
            ALLIANCE_E_INVALID);
  EXPECT_EQ(alliance_host_connect(host.raw, "here:other", &host.error), ALLIANCE_E_INVALID);
}

TEST_F(HostDelivery, AnswersTravelWithTheirScoresOnlyWhereTheSettingsSayIt) {
  {
    Host host(store);
    three_sheets(host);
    host.drain();
    ASSERT_EQ(arrived("scored").size(), 3u);
    EXPECT_FALSE(contains(arrived("scored")[0].json, "answers")) << "they do not unless somebody says so";
  }
  reset();
  Host host(folder.file("told.db"),
            R"({"safety":{"contact":"duty-desk"},"delivery":{"answers":true,"endpoints":[
                {"endpoint":"here:app","leave_out":[{"kind":"scored","fields":["answers"]}]}]}})");
  receive(host);
  three_sheets(host);
  ASSERT_EQ(host.record(answered("c1-4", "c1", start + 4 * day, 4, R"("state":"refused")")), ALLIANCE_OK);
  host.drain();
  ASSERT_EQ(arrived("scored").size(), 4u);
  const std::string json = arrived("scored")[3].json;
  EXPECT_TRUE(contains(json, R"("answers":[{"item":"1","value":4,"state":"answered"})")) << json;
  EXPECT_TRUE(contains(json, R"({"item":"2","value":0,"state":"refused"})")) << json;
  ASSERT_EQ(app.of("scored").size(), 4u);
  EXPECT_FALSE(contains(app.of("scored")[3].body, "answers")) << "left out for this endpoint";
}

TEST_F(HostDelivery, APoisonReportBecomesADeadLetterAndEverythingElseGoesOn) {
  app.poison = {"scored"};
  Host host(store);
  receive(host);
  three_sheets(host);
  host.drain();
  EXPECT_TRUE(app.of("scored").empty());
  EXPECT_EQ(arrived("scored").size(), 3u) << "the other endpoint took them";
  for (const auto& [id, times] : app.asked) EXPECT_EQ(times, 3) << "as often as the configuration says";
  EXPECT_EQ(host.counts().dead_letters, 3u);
  EXPECT_EQ(host.counts().safety_dead_letters, 0u);
  EXPECT_EQ(host.counts().waiting, 0u) << "they hold nothing back";
  const auto list = dead_letters(host);
  EXPECT_TRUE(contains(list, R"("endpoint":"here:app")")) << list;
  EXPECT_TRUE(contains(list, R"("reason":"no table for scored","tries":3)")) << list;
  EXPECT_FALSE(contains(list, R"("report":)")) << "a list holds no reports";
  EXPECT_TRUE(contains(dead_letters(host, 2), R"("report":{"body_type":"Scored")")) << dead_letters(host, 2);
  dead_letters(host, 99, ALLIANCE_E_NOT_FOUND);
  EXPECT_TRUE(contains(outbox(host), R"("dead_letters":3)")) << outbox(host);

  // Mended: they come under their first ids and new numbers, and nobody else takes them for news.
  const auto before = arrived("scored");
  {
    const std::lock_guard lock(app.mutex);
    app.poison.clear();
  }
  std::uint64_t sent = 0;
  ASSERT_EQ(alliance_host_resend(host.raw, 1, &sent, &host.error), ALLIANCE_OK) << host.error.message;
  EXPECT_EQ(sent, 1u);
  ASSERT_EQ(alliance_host_resend(host.raw, 0, &sent, &host.error), ALLIANCE_OK) << host.error.message;
  EXPECT_EQ(sent, 2u);
  EXPECT_EQ(alliance_host_resend(host.raw, 1, &sent, &host.error), ALLIANCE_E_NOT_FOUND);
  host.drain();
  const auto scored = app.of("scored");
  ASSERT_EQ(scored.size(), 3u);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(scored[i].id, before[i].id);
    EXPECT_EQ(scored[i].first_sequence, before[i].sequence);
    EXPECT_GT(scored[i].sequence, before[2].sequence);
  }
  EXPECT_EQ(host.counts().dead_letters, 0u);

  // A number is not given twice, also after a restart.
  host.close();
  Host later(store);
  ASSERT_EQ(later.record(answered("c1-9", "c1", start + 9 * day, 9, R"("value":0)")), ALLIANCE_OK);
  later.drain();
  EXPECT_GT(arrived("scored").back().sequence, scored[2].sequence);
}

TEST_F(HostDelivery, NotNowIsNoRefusal) {
  app.poison = {"scored"};
  app.status = ALLIANCE_E_STATE;
  Host host(store, R"({"safety":{"contact":"duty-desk"},"delivery":{"tries":1}})");
  receive(host);
  three_sheets(host);
  EXPECT_EQ(alliance_host_drain(host.raw, {second / 2}, &host.error), ALLIANCE_E_TIMEOUT);
  EXPECT_EQ(host.counts().dead_letters, 0u);
  {
    const std::lock_guard lock(app.mutex);
    app.poison.clear();
  }
  host.drain();
  EXPECT_EQ(app.of("scored").size(), 3u);
}

TEST_F(HostDelivery, ARefusedSafetyFlagIsSentAgainUntilItIsTaken) {
  app.poison = {"safety-flag"};
  Host host(store, R"({"safety":{"contact":"duty-desk"},"delivery":{"tries":2,"safety_retry_seconds":0}})");
  receive(host);
  ASSERT_EQ(host.record(opened("c1")), ALLIANCE_OK);
  ASSERT_EQ(host.record(answered("a1", "c1", start + day, 7, R"("value":2)")), ALLIANCE_OK) << host.error.message;
  ASSERT_EQ(host.recorded.safety_flags, 1u);
  host.drain();
  EXPECT_EQ(host.counts().safety_dead_letters, 1u);
  for (int i = 1; i <= 3; ++i) {
    ASSERT_EQ(host.advance(start + day + i * 60 * second), ALLIANCE_OK) << host.error.message;
    host.drain();
    EXPECT_EQ(host.counts().safety_dead_letters, 1u) << "it stays, round " << i;
  }
  {
    const std::lock_guard lock(app.mutex);
    ASSERT_EQ(app.asked.size(), 2u) << "the flag and the score";
    app.poison.clear();
  }
  ASSERT_EQ(host.advance(start + day + 10 * 60 * second), ALLIANCE_OK);
  host.drain();
  const auto flags = app.of("safety-flag");
  ASSERT_EQ(flags.size(), 1u);
  EXPECT_EQ(flags[0].lane, ALLIANCE_LANE_SAFETY);
  EXPECT_GT(flags[0].first_sequence, 0u);
  EXPECT_EQ(host.counts().safety_dead_letters, 0u);
}

TEST_F(HostDelivery, AnEndpointThatIsForgottenHoldsNothingBack) {
  const std::string gone = "unix://" + folder.file("gone.sock");
  {
    Host host(store);
    ASSERT_EQ(alliance_host_connect(host.raw, gone.c_str(), &host.error), ALLIANCE_OK) << host.error.message;
    three_sheets(host);
    EXPECT_EQ(alliance_host_drain(host.raw, {second / 5}, &host.error), ALLIANCE_E_TIMEOUT);
    EXPECT_TRUE(contains(outbox(host), R"("trouble":"No such file or directory")")) << outbox(host);
  }
  Host host(store);
  EXPECT_EQ(host.counts().waiting, 3u) << "it was connected once and holds them";
  ASSERT_EQ(alliance_host_forget(host.raw, gone.c_str(), &host.error), ALLIANCE_OK) << host.error.message;
  EXPECT_EQ(alliance_host_forget(host.raw, gone.c_str(), &host.error), ALLIANCE_E_NOT_FOUND);
  host.drain();
  EXPECT_EQ(host.counts().waiting, 0u);
  ASSERT_EQ(alliance_host_forget(host.raw, "keep:here", &host.error), ALLIANCE_OK) << "also one that is connected";
  EXPECT_TRUE(contains(outbox(host), R"("endpoints":[])")) << outbox(host);
}

// A receiver in this process, on a thread of its own.
class Receiver {
 public:
  explicit Receiver(const alliance_receiver_options& options) {
    alliance_error error = ALLIANCE_ERROR_INIT;
    EXPECT_EQ(alliance_receiver_open(&options, &raw_, &error), ALLIANCE_OK) << error.message;
    if (raw_ == nullptr) return;
    address = alliance_receiver_address(raw_);
    thread_ = std::thread([this] {
      alliance_error failed = ALLIANCE_ERROR_INIT;
      result = alliance_receiver_run(raw_, &failed);
    });
  }
  ~Receiver() {
    alliance_receiver_stop(raw_);
    if (thread_.joinable()) thread_.join();
    alliance_receiver_close(raw_);
  }
  void wait() {
    if (thread_.joinable()) thread_.join();
  }
  std::string address;
  std::int32_t result = -1;

 private:
  alliance_receiver* raw_ = nullptr;
  std::thread thread_;
};

alliance_receiver_options receiver_options(Application& app, const std::string& address, const char* inbox) {
  alliance_receiver_options options = ALLIANCE_RECEIVER_OPTIONS_INIT;
  options.address = address.c_str();
  options.inbox_path = inbox;
  options.take = Application::take;
  options.context = &app;
  options.log = [](void*, std::int32_t, const char*) noexcept {};
  return options;
}

TEST_F(HostDelivery, AReceiverInAnotherProgramTakesEachReportOnceOverRestarts) {
  const std::string address = "unix://" + folder.file("reports.sock"), inbox = folder.file("inbox.db");
  app.poison = {"safety-flag"};
  Host host(store, R"({"safety":{"contact":"duty-desk"},"delivery":{"tries":2,"safety_retry_seconds":3600}})");
  ASSERT_EQ(alliance_host_connect(host.raw, address.c_str(), &host.error), ALLIANCE_OK) << host.error.message;
  {
    Receiver receiver(receiver_options(app, address, inbox.c_str()));
    three_sheets(host);
    ASSERT_EQ(host.record(answered("c1-4", "c1", start + 4 * day, 4, R"("value":2)")), ALLIANCE_OK);
    host.drain();
  }
  EXPECT_EQ(app.of("scored").size(), 4u);
  EXPECT_EQ(host.counts().safety_dead_letters, 1u);
  {
    const std::lock_guard lock(app.mutex);
    app.poison.clear();
  }
  // Its place is lost, as after a crash of the sender: all comes again, and is dropped.
  ASSERT_EQ(alliance_host_resend(host.raw, 0, nullptr, &host.error), ALLIANCE_OK) << host.error.message;
  Receiver receiver(receiver_options(app, address, inbox.c_str()));
  host.drain();
  EXPECT_EQ(app.of("scored").size(), 4u);
  ASSERT_EQ(app.of("safety-flag").size(), 1u) << "the refused one is awaited by its id, over the restart";
}

TEST_F(HostDelivery, OverTlsBothSidesShowWhoTheyAre) {
  const certificates::Authority ca("the clinic's authority");
  const certificates::PemFolder pem;
  const certificates::Files receiver_files = pem.files("receiver", ca.issue("IP:127.0.0.1"), ca);
  const certificates::Files sender_files = pem.files("sender", ca.issue("DNS:platform.example"), ca);
  const std::string inbox = folder.file("inbox.db"), address = "tls://127.0.0.1:0";
  auto options = receiver_options(app, address, inbox.c_str());
  options.certificate = receiver_files.certificate.c_str();
  options.private_key = receiver_files.private_key.c_str();
  options.ca = receiver_files.ca.c_str();
  const char* tenants[] = {"clinic=Platform.Example", nullptr};
  options.tenants = tenants;
  Receiver receiver(options);
  const std::string config = R"({"safety":{"contact":"duty-desk"},"delivery":{"tls":{"certificate":")" +
                             sender_files.certificate + R"(","private_key":")" + sender_files.private_key +
                             R"(","ca":")" + sender_files.ca + R"("}}})";
  {
    Host without(folder.file("other.db"));
    EXPECT_EQ(alliance_host_connect(without.raw, receiver.address.c_str(), &without.error), ALLIANCE_E_INVALID);
    EXPECT_TRUE(contains(without.error.message, "needs a certificate")) << without.error.message;
  }
  Host host(store, config.c_str());
  ASSERT_EQ(alliance_host_connect(host.raw, receiver.address.c_str(), &host.error), ALLIANCE_OK) << host.error.message;
  three_sheets(host);
  host.drain();
  EXPECT_EQ(app.of("scored").size(), 3u);
}

TEST_F(HostDelivery, WithTheReceiverDownAFlagIsToldAtOnceEscalatesAndArrivesWhenItIsBack) {
  const std::string address = "unix://" + folder.file("reports.sock"), inbox = folder.file("inbox.db");
  Host host(store);
  ASSERT_EQ(alliance_host_connect(host.raw, address.c_str(), &host.error), ALLIANCE_OK) << host.error.message;
  ASSERT_EQ(host.record(opened("c1")), ALLIANCE_OK);
  ASSERT_EQ(host.record(answered("a1", "c1", start + day, 7, R"("value":2)")), ALLIANCE_OK) << host.error.message;
  EXPECT_EQ(host.recorded.safety_flags, 1u);
  EXPECT_TRUE(contains(host.safety, "SafetyFlag")) << host.safety;
  ASSERT_EQ(host.advance(start + day + 7200 * second), ALLIANCE_OK) << host.error.message;
  EXPECT_GE(host.recorded.safety_flags, 1u) << "nobody has answered";
  EXPECT_TRUE(contains(host.safety, "SafetyEscalated")) << host.safety;
  EXPECT_GT(host.counts().waiting, 1u);
  EXPECT_EQ(host.counts().safety_dead_letters, 0u) << "a receiver that is away refuses nothing";
  Receiver receiver(receiver_options(app, address, inbox.c_str()));
  host.drain();
  ASSERT_EQ(app.of("safety-flag").size(), 1u);
  EXPECT_GE(app.of("safety-escalated").size(), 1u);
  EXPECT_EQ(app.of("safety-flag")[0].lane, ALLIANCE_LANE_SAFETY);
  EXPECT_EQ(host.counts().waiting, 0u);
}

// A memory of the application's own.
struct OwnStore {
  std::map<std::string, std::uint64_t> marks;
  std::set<std::string> awaited;
  int begun = 0, committed = 0, abandoned = 0;
  bool full = false;
  static OwnStore& of(void* context) { return *static_cast<OwnStore*>(context); }
  alliance_receiver_store table() {
    alliance_receiver_store out{};
    out.size = sizeof out;
    out.context = this;
    out.begin = [](void* c, alliance_error*) noexcept { return ++of(c).begun, ALLIANCE_OK; };
    out.get_mark = [](void* c, const char* tenant, const char* id, std::int64_t epoch, std::int32_t lane,
                      std::uint64_t* sequence, alliance_error*) noexcept {
      *sequence = of(c).marks[std::string(tenant) + id + std::to_string(epoch) + std::to_string(lane)];
      return ALLIANCE_OK;
    };
    out.set_mark = [](void* c, const char* tenant, const char* id, std::int64_t epoch, std::int32_t lane,
                      std::uint64_t sequence, alliance_error*) noexcept {
      of(c).marks[std::string(tenant) + id + std::to_string(epoch) + std::to_string(lane)] = sequence;
      return ALLIANCE_OK;
    };
    out.get_awaited = [](void* c, const char*, const char* report, std::int32_t* is, alliance_error*) noexcept {
      *is = of(c).awaited.contains(report) ? 1 : 0;
      return ALLIANCE_OK;
    };
    out.set_awaited = [](void* c, const char*, const char* report, std::int32_t is, alliance_error*) noexcept {
      if (is != 0) of(c).awaited.insert(report);
      if (is == 0) of(c).awaited.erase(report);
      return ALLIANCE_OK;
    };
    out.commit = [](void* c, alliance_error* error) noexcept {
      ++of(c).committed;
      std::snprintf(error->message, sizeof error->message, "the table is full");
      return of(c).full ? ALLIANCE_E_IO : ALLIANCE_OK;
    };
    out.abandon = [](void* c) noexcept { ++of(c).abandoned; };
    return out;
  }
};

TEST_F(HostDelivery, AReceiverRemembersInAStoreOfTheApplicationsOwn) {
  const std::string address = "unix://" + folder.file("reports.sock");
  OwnStore own;
  const auto table = own.table();
  auto options = receiver_options(app, address, nullptr);
  options.store = &table;
  Host host(store);
  ASSERT_EQ(alliance_host_connect(host.raw, address.c_str(), &host.error), ALLIANCE_OK) << host.error.message;
  {
    own.full = true;
    Receiver receiver(options);
    three_sheets(host);
    receiver.wait();
    EXPECT_EQ(receiver.result, ALLIANCE_E_IO) << "a store that fails ends it";
    EXPECT_EQ(own.abandoned, 1);
  }
  EXPECT_EQ(host.counts().waiting, 3u) << "what was not kept was not acknowledged";
  own = OwnStore();
  app.taken.clear();
  Receiver receiver(options);
  host.drain();
  EXPECT_EQ(app.of("scored").size(), 3u);
  EXPECT_EQ(own.marks.size(), 1u);
  EXPECT_EQ(own.begun, own.committed);
}

TEST_F(HostDelivery, AReceiverThatIsAskedForWrongSaysWhatIsMissing) {
  const auto refused = [](const alliance_receiver_options& options) {
    alliance_receiver* raw = nullptr;
    alliance_error error = ALLIANCE_ERROR_INIT;
    EXPECT_EQ(alliance_receiver_open(&options, &raw, &error), ALLIANCE_E_INVALID);
    EXPECT_EQ(raw, nullptr);
    return std::string(error.message);
  };
  const std::string inbox = folder.file("inbox.db");
  EXPECT_TRUE(contains(refused(receiver_options(app, "tcp://127.0.0.1", inbox.c_str())), "names no port"));
  EXPECT_TRUE(contains(refused(receiver_options(app, "tcp://127.0.0.1:0", nullptr)), "either inbox_path or store"));
  OwnStore own;
  auto table = own.table();
  table.commit = nullptr;
  const std::string address = "tcp://127.0.0.1:0";
  auto options = receiver_options(app, address, nullptr);
  options.store = &table;
  EXPECT_TRUE(contains(refused(options), "lacks a function"));
  options.store = nullptr;
  const char* tenants[] = {"clinic", nullptr};
  options.tenants = tenants;
  options.inbox_path = inbox.c_str();
  EXPECT_TRUE(contains(refused(options), "write TENANT=NAME"));
  options.tenants = nullptr;
  options.flags = 128;
  EXPECT_TRUE(contains(refused(options), "flag"));
}

}  // namespace

// SPDX-License-Identifier: Apache-2.0
// What a controller instructs, and what becomes of it here, at receivers, and after a restore.
#include <alliance/receiver.h>

#include <atomic>
#include <thread>

#include "kit.h"

namespace {

using namespace kit;

bool holds(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

std::int32_t gather_bytes(void* context, const std::uint8_t* bytes, std::uint64_t length) noexcept {
  static_cast<std::string*>(context)->append(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(length));
  return ALLIANCE_OK;
}

// After the erasures of these tests, which happen by the system's clock.
constexpr std::int64_t after_it = start + 4000 * day;

class HostCustody : public ::testing::Test {
 protected:
  void SetUp() override { reset(); }

  std::int32_t instruct(Host& host, std::int32_t act, const std::string& subject,
                        std::int32_t role = ALLIANCE_ROLE_CONTROLLER, const char* reference = "R-1",
                        const char* reason = "the client asked for it") {
    alliance_instruction what = ALLIANCE_INSTRUCTION_INIT;
    what.act = act;
    what.subject = subject.c_str();
    what.reason = reason;
    what.reference = reference;
    const alliance_viewer who{sizeof(alliance_viewer), role, "dpo"};
    return alliance_host_instruct(host.raw, &what, &who, &host.error);
  }
  std::string exported(Host& host, const std::string& subject, std::int32_t role, std::int32_t expected) {
    std::string text;
    const alliance_sink out{sizeof(alliance_sink), 0, &text, &gather_bytes};
    const alliance_viewer who{sizeof(alliance_viewer), role, "dpo"};
    EXPECT_EQ(alliance_host_export(host.raw, subject.c_str(), &who, &out, &host.error), expected) << host.error.message;
    return text;
  }
  std::string access(Host& host, const std::string& subject, std::int32_t role = ALLIANCE_ROLE_CONTROLLER,
                     std::int32_t expected = ALLIANCE_OK) {
    std::string text;
    const alliance_sink out{sizeof(alliance_sink), 0, &text, &gather_bytes};
    const alliance_viewer who{sizeof(alliance_viewer), role, "dpo"};
    EXPECT_EQ(alliance_host_access(host.raw, subject.c_str(), &who, ALLIANCE_JSON, &out, &host.error), expected);
    return text;
  }
  static std::string review(Host& host, const std::string& id) {
    return host.review(ALLIANCE_SCOPE_CASE, id, ALLIANCE_ROLE_PRACTITIONER, "p1");
  }
  static void sheet(Host& host, const std::string& id, const std::string& case_id, std::int64_t time, int value = 7) {
    ASSERT_EQ(host.record(answered(id, case_id, time, value, R"("value":0)")), ALLIANCE_OK) << host.error.message;
  }
  Folder folder;
  std::string store = folder.file("host.db");
};

TEST_F(HostCustody, AnErasedCaseIsGoneAndItsOldEventsAreNotTakenAgain) {
  const auto old_sheet = answered("a1", "c1", start + day, 7, R"("value":0)");
  {
    Host host(store);
    for (const char* id : {"c1", "c2"}) {
      ASSERT_EQ(host.record(opened(id)), ALLIANCE_OK);
      sheet(host, std::string("a1-") + id, id, start + day);
    }
    ASSERT_EQ(instruct(host, ALLIANCE_ACT_ERASE, "c1"), ALLIANCE_OK) << host.error.message;
    EXPECT_TRUE(holds(review(host, "c1"), "no such case")) << review(host, "c1");
    EXPECT_TRUE(holds(review(host, "c2"), "scored"));
    EXPECT_EQ(host.record(opened("c1")), ALLIANCE_E_DENIED);
    EXPECT_TRUE(holds(host.error.message, "was erased")) << host.error.message;
    EXPECT_EQ(host.record(old_sheet), ALLIANCE_E_DENIED);
    EXPECT_EQ(instruct(host, ALLIANCE_ACT_ERASE, "c1"), ALLIANCE_OK) << "again is nothing";
    host.drain();
    const auto told = arrived("case-erased");
    ASSERT_EQ(told.size(), 1u);
    EXPECT_EQ(told[0].stream, "c1");
    EXPECT_EQ(told[0].sequence, 1u);
    EXPECT_TRUE(holds(told[0].json, R"("reference":"R-1")")) << told[0].json;
    EXPECT_FALSE(holds(told[0].json, "dpo")) << "who instructed it leaves for nobody";
  }
  Host host(store);
  EXPECT_EQ(host.record(opened("c1")), ALLIANCE_E_DENIED) << "after a restart likewise";
  ASSERT_EQ(host.record(opened("c1", after_it)), ALLIANCE_OK) << "a case that is opened anew is a new case";
  sheet(host, "a2", "c1", after_it + day);
  EXPECT_TRUE(holds(review(host, "c1"), "scored"));
  host.drain();
  const auto scored = arrived("scored");
  ASSERT_FALSE(scored.empty());
  EXPECT_EQ(scored.back().stream, "c1");
  EXPECT_EQ(scored.back().sequence, 2u) << "under the erasure's epoch, after the report that told of it";
  const auto log = access(host, "c1");
  EXPECT_TRUE(holds(log, R"("act":"erase","subject":"c1","role":6,"by":"dpo","reason":"the client asked for it")"))
      << log;
}

TEST_F(HostCustody, ACaseThatThisHostNeverSawCanBeErasedWhereAKeeperOfEventsHasDoneSo) {
  {
    Host host(store);
    EXPECT_EQ(instruct(host, ALLIANCE_ACT_ERASE, "c1"), ALLIANCE_E_NOT_FOUND);
    for (const char* subject : {"", "host/time", "two\nlines"}) {
      EXPECT_EQ(instruct(host, ALLIANCE_ACT_ERASE_UNSEEN, subject), ALLIANCE_E_NOT_FOUND) << subject;
    }
    ASSERT_EQ(instruct(host, ALLIANCE_ACT_ERASE_UNSEEN, "c1"), ALLIANCE_OK) << host.error.message;
    EXPECT_EQ(instruct(host, ALLIANCE_ACT_ERASE_UNSEEN, "c1"), ALLIANCE_OK) << "again is nothing";
    EXPECT_EQ(host.record(opened("c1")), ALLIANCE_E_DENIED) << "what happened before is not taken";
    ASSERT_EQ(host.record(opened("c2")), ALLIANCE_OK);
    ASSERT_EQ(instruct(host, ALLIANCE_ACT_ERASE_UNSEEN, "c2"), ALLIANCE_OK) << "one that it has is erased";
    host.drain();
    const auto told = arrived("case-erased");
    ASSERT_EQ(told.size(), 2u);
    EXPECT_EQ(told[0].stream + std::to_string(told[0].sequence), "c11");
    EXPECT_TRUE(holds(review(host, "c2"), "no such case"));
  }
  Host host(store);
  EXPECT_EQ(host.record(opened("c1")), ALLIANCE_E_DENIED) << "after a restart likewise";
  ASSERT_EQ(host.record(opened("c1", after_it)), ALLIANCE_OK);
  sheet(host, "a2", "c1", after_it + day);
  EXPECT_TRUE(holds(review(host, "c1"), "scored"));
}

TEST_F(HostCustody, ReachesCasesThatNobodyAskedForSinceTheHostBegan) {
  {
    Host host(store);
    for (const char* id : {"c1", "c2", "c3"}) {
      ASSERT_EQ(host.record(opened(id)), ALLIANCE_OK);
      sheet(host, std::string("a1-") + id, id, start + day);
    }
  }
  {
    Host host(store);
    ASSERT_EQ(instruct(host, ALLIANCE_ACT_ERASE, "c1"), ALLIANCE_OK) << host.error.message;
    ASSERT_EQ(instruct(host, ALLIANCE_ACT_RESTRICT, "c2"), ALLIANCE_OK) << host.error.message;
    EXPECT_EQ(instruct(host, ALLIANCE_ACT_HOLD, "nobody"), ALLIANCE_E_NOT_FOUND);
    EXPECT_TRUE(holds(review(host, "c3"), "scored"));
  }
  Host host(store);
  EXPECT_EQ(host.record(opened("c1")), ALLIANCE_E_DENIED);
  EXPECT_TRUE(holds(review(host, "c1"), "no such case")) << review(host, "c1");
  EXPECT_TRUE(holds(review(host, "c2"), "restricted")) << review(host, "c2");
  EXPECT_TRUE(holds(review(host, "c3"), "scored"));
}

TEST_F(HostCustody, RoleReasonHoldAndRetentionStandAgainstAnErasure) {
  Host host(store, R"({"safety":{"contact":"duty-desk"},"retention":{"days":100000,"source":"the law"}})");
  ASSERT_EQ(host.record(opened("c1")), ALLIANCE_OK);
  for (std::int32_t role = ALLIANCE_ROLE_CLIENT; role <= ALLIANCE_ROLE_RESEARCHER; ++role) {
    EXPECT_EQ(instruct(host, ALLIANCE_ACT_ERASE, "c1", role), ALLIANCE_E_DENIED) << role;
    exported(host, "c1", role, ALLIANCE_E_DENIED);
    access(host, "c1", role, ALLIANCE_E_DENIED);
  }
  EXPECT_EQ(instruct(host, ALLIANCE_ACT_ERASE, "c1", 7), ALLIANCE_E_DENIED);
  EXPECT_EQ(instruct(host, ALLIANCE_ACT_ERASE, "c1", ALLIANCE_ROLE_CONTROLLER, nullptr), ALLIANCE_E_INVALID);
  EXPECT_EQ(instruct(host, ALLIANCE_ACT_ERASE, "c1", ALLIANCE_ROLE_CONTROLLER, "R", ""), ALLIANCE_E_INVALID);
  EXPECT_EQ(instruct(host, ALLIANCE_ACT_ERASE, "c1", ALLIANCE_ROLE_CONTROLLER, "R", "two\nlines"), ALLIANCE_E_INVALID);
  EXPECT_EQ(instruct(host, 9, "c1"), ALLIANCE_E_INVALID);
  EXPECT_EQ(instruct(host, ALLIANCE_ACT_ERASE, "c9"), ALLIANCE_E_NOT_FOUND);
  EXPECT_EQ(instruct(host, ALLIANCE_ACT_ERASE, "host/time"), ALLIANCE_E_NOT_FOUND);

  EXPECT_EQ(instruct(host, ALLIANCE_ACT_ERASE, "c1"), ALLIANCE_E_DENIED);
  EXPECT_TRUE(holds(host.error.message, "the case is open")) << host.error.message;
  EXPECT_TRUE(holds(host.error.message, "restrict the case instead")) << host.error.message;
  ASSERT_EQ(host.record(event("end", "c1", start + day, "CaseClosed", "{}")), ALLIANCE_OK) << host.error.message;
  EXPECT_EQ(instruct(host, ALLIANCE_ACT_ERASE, "c1"), ALLIANCE_E_DENIED);
  EXPECT_TRUE(holds(host.error.message, "retention period of 100000 days")) << host.error.message;
  EXPECT_TRUE(holds(review(host, "c1"), "\"id\":\"c1\"")) << "nothing was erased by what was refused";
  host.close();

  // The store remembers the period for whoever opens it without that configuration.
  Host without(store);
  EXPECT_EQ(instruct(without, ALLIANCE_ACT_ERASE, "c1"), ALLIANCE_E_DENIED);
  without.close();
  Host shorter(store, R"({"safety":{"contact":"duty-desk"},"retention":{"days":1}})");
  ASSERT_EQ(instruct(shorter, ALLIANCE_ACT_HOLD, "c1"), ALLIANCE_OK);
  EXPECT_EQ(instruct(shorter, ALLIANCE_ACT_ERASE, "c1"), ALLIANCE_E_DENIED);
  EXPECT_TRUE(holds(shorter.error.message, "legal hold")) << shorter.error.message;
  ASSERT_EQ(instruct(shorter, ALLIANCE_ACT_RELEASE, "c1"), ALLIANCE_OK);
  EXPECT_EQ(instruct(shorter, ALLIANCE_ACT_ERASE, "c1"), ALLIANCE_OK) << shorter.error.message;
}

TEST_F(HostCustody, ARestrictedCaseIsKeptAndShownAndComputedNoMoreSafetyExcepted) {
  {
    Host host(store);
    ASSERT_EQ(host.record(opened("c1")), ALLIANCE_OK);
    sheet(host, "a1", "c1", start + day);
    ASSERT_EQ(instruct(host, ALLIANCE_ACT_RESTRICT, "c1"), ALLIANCE_OK) << host.error.message;
    EXPECT_TRUE(holds(review(host, "c1"), "restricted"));
    sheet(host, "a2", "c1", start + 2 * day);
    EXPECT_EQ(host.recorded.reports, 0u) << "it is kept, and nothing follows from it";
    ASSERT_EQ(host.record(answered("a3", "c1", start + 3 * day, 7, R"("value":2)")), ALLIANCE_OK);
    EXPECT_EQ(host.recorded.safety_flags, 1u) << "a client at risk is told of all the same";
    ASSERT_EQ(host.advance(start + 4 * day), ALLIANCE_OK);
    EXPECT_GT(host.recorded.safety_flags, 0u) << "and escalates";
    host.drain();
    EXPECT_EQ(arrived("case-restricted").size(), 1u);
    EXPECT_EQ(arrived("scored").size(), 1u);
  }
  Host host(store);
  EXPECT_TRUE(holds(review(host, "c1"), "restricted")) << "after a restart likewise";
  EXPECT_EQ(host.review(ALLIANCE_SCOPE_PRACTITIONER, "p1", ALLIANCE_ROLE_PRACTITIONER, "p1").find("\"people\":1"),
            std::string::npos);
  ASSERT_EQ(instruct(host, ALLIANCE_ACT_LIFT, "c1"), ALLIANCE_OK);
  EXPECT_TRUE(holds(review(host, "c1"), "\"id\":\"c1\""));
  sheet(host, "a4", "c1", start + 5 * day);
  EXPECT_GT(host.recorded.reports, 0u);
}

TEST_F(HostCustody, AStudyHoldsNoSheetThatItsSourceTookBackBeforeOrAfterItCame) {
  Host host(store);
  ASSERT_EQ(host.record(opened("c1")), ALLIANCE_OK);
  ASSERT_EQ(host.record(event("yes", "c1", start + 1, "ConsentGiven", R"({"scope":"study"})")), ALLIANCE_OK);
  const auto study = [&] {
    std::string text;
    const alliance_sink out{sizeof(alliance_sink), 0, &text, &gather_bytes};
    const alliance_viewer who{sizeof(alliance_viewer), ALLIANCE_ROLE_RESEARCHER, "r1"};
    alliance_study wanted = ALLIANCE_STUDY_INIT;
    const std::uint8_t key[16] = {1};
    wanted.key = key;
    wanted.key_length = sizeof key;
    EXPECT_EQ(alliance_host_study(host.raw, &wanted, &who, ALLIANCE_JSON, &out, &host.error), ALLIANCE_OK);
    return text;
  };
  const auto sheets = [&](const std::string& text) {
    std::size_t count = 0;
    for (std::size_t at = 0; (at = text.find("\"given\":", at)) != std::string::npos; ++at) ++count;
    return count;
  };
  sheet(host, "kept", "c1", start + day);
  sheet(host, "wrong", "c1", start + 2 * day);
  EXPECT_EQ(sheets(study()), 2u) << study();
  const auto back = [&](const char* id, const std::string& what) {
    ASSERT_EQ(host.record(event(id, "c1", start + 3 * day, "EventTakenBack", R"({"event":")" + what + R"("})")),
              ALLIANCE_OK)
        << host.error.message;
  };
  back("b1", "wrong");
  EXPECT_EQ(sheets(study()), 1u) << study();
  back("b2", "late");
  sheet(host, "late", "c1", start + 4 * day);
  EXPECT_EQ(sheets(study()), 1u) << study();
  sheet(host, "good", "c1", start + 5 * day);
  EXPECT_EQ(sheets(study()), 2u) << study();
}

TEST_F(HostCustody, EveryExitIsInTheAccessLog) {
  Host host(store);
  ASSERT_EQ(host.record(opened("c1")), ALLIANCE_OK);
  ASSERT_EQ(host.record(event("yes", "c1", start + 1, "ConsentGiven", R"({"scope":"study"})")), ALLIANCE_OK);
  review(host, "c1");
  std::string text;
  const alliance_sink out{sizeof(alliance_sink), 0, &text, &gather_bytes};
  alliance_viewer who{sizeof(alliance_viewer), ALLIANCE_ROLE_PRACTITIONER, "p1"};
  EXPECT_EQ(alliance_host_cases(host.raw, &who, ALLIANCE_JSON, &out, &host.error), ALLIANCE_OK);
  EXPECT_EQ(alliance_host_due(host.raw, "c1", 0, &who, ALLIANCE_JSON, &out, &host.error), ALLIANCE_OK)
      << host.error.message;
  who = {sizeof(alliance_viewer), ALLIANCE_ROLE_RESEARCHER, "r1"};
  alliance_study study = ALLIANCE_STUDY_INIT;
  const std::uint8_t key[16] = {1};
  study.key = key;
  study.key_length = sizeof key;
  EXPECT_EQ(alliance_host_study(host.raw, &study, &who, ALLIANCE_JSON, &out, &host.error), ALLIANCE_OK);
  who = {sizeof(alliance_viewer), ALLIANCE_ROLE_PRACTITIONER, "p2"};
  EXPECT_NE(alliance_host_review(host.raw, ALLIANCE_SCOPE_CASE, "c1", &who, ALLIANCE_JSON, &out, &host.error),
            ALLIANCE_OK);
  exported(host, "c1", ALLIANCE_ROLE_CONTROLLER, ALLIANCE_OK);
  const auto log = access(host, "c1");
  for (const char* entry :
       {R"("role":2,"viewer":"p1","what":"case","subject":"c1")", R"("viewer":"p1","what":"list of cases")",
        R"("viewer":"p1","what":"due","subject":"c1")", R"("role":5,"viewer":"r1","what":"study","subject":"c1")",
        R"("viewer":"p2","what":"case","subject":"c1")", R"("viewer":"dpo","what":"export","subject":"c1")",
        R"("viewer":"dpo","what":"access log","subject":"c1")"}) {
    EXPECT_TRUE(holds(log, entry)) << entry << "\n" << log;
  }
}

TEST_F(HostCustody, AnExportIsOneArchiveWithAllOfItAndOfNobodyElse) {
  Host host(store);
  for (const char* id : {"c1", "c2"}) {
    ASSERT_EQ(host.record(opened(id)), ALLIANCE_OK);
    sheet(host, std::string("sheet-of-") + id, id, start + day);
  }
  const auto tar = exported(host, "c1", ALLIANCE_ROLE_CONTROLLER, ALLIANCE_OK);
  ASSERT_GT(tar.size(), 1024u);
  EXPECT_EQ(tar.size() % 512, 0u);
  EXPECT_EQ(tar.substr(257, 5), "ustar");
  for (const char* name : {"README.txt", "events.jsonl", "reports.jsonl", "access.jsonl", "acts.jsonl",
                           "dead_letters.jsonl", "plugin_values.jsonl", "manifest.json"}) {
    EXPECT_TRUE(holds(tar, name)) << name;
  }
  EXPECT_TRUE(holds(tar, R"("id":"sheet-of-c1")"));
  EXPECT_TRUE(holds(tar, R"("body_type":"Scored")"));
  EXPECT_FALSE(holds(tar, "sheet-of-c2"));
  exported(host, "c9", ALLIANCE_ROLE_CONTROLLER, ALLIANCE_E_NOT_FOUND);
}

TEST_F(HostCustody, ATenantsDataAreNotToBeHadWithAnothersNameOrKey) {
  {
    Host host(store);
  }
  alliance_host_options options = ALLIANCE_HOST_OPTIONS_INIT;
  options.store_path = store.c_str();
  options.log = [](void*, std::int32_t, const char*) noexcept {};
  options.tenant = "another";
  alliance_host* raw = nullptr;
  alliance_error error = ALLIANCE_ERROR_INIT;
  EXPECT_EQ(alliance_host_create(&options, &raw, &error), ALLIANCE_E_DENIED);
  EXPECT_TRUE(holds(error.message, "belongs to tenant 'clinic'")) << error.message;
  const auto other = folder.file("other.key");
  {
    std::FILE* file = std::fopen(other.c_str(), "w");
    std::fputs(std::string(64, '7').c_str(), file);
    std::fclose(file);
  }
  std::filesystem::permissions(other, std::filesystem::perms(0600));
  options.tenant = "clinic";
  options.key_file = other.c_str();
  EXPECT_EQ(alliance_host_create(&options, &raw, &error), ALLIANCE_E_DENIED);
  EXPECT_TRUE(holds(error.message, "the master key is not the one")) << error.message;
  options.key_file = nullptr;
  options.flags = 8;
  EXPECT_EQ(alliance_host_create(&options, &raw, &error), ALLIANCE_E_INVALID);
  EXPECT_EQ(raw, nullptr);
}

}  // namespace

// SPDX-License-Identifier: Apache-2.0
// `alliance store` as its user meets it, beside a platform that runs, with a real receiver at the other end.
#include <alliance/host.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

#include "process.h"
#include "store/sqlite.h"

namespace alliance::faults {
namespace {

constexpr std::int64_t start = 1'772'000'000'000'000, day = 86'400'000'000;
constexpr std::int64_t later = start + 4000 * day;  // after erasures, which happen by the system's clock

std::string contents(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}
std::size_t count(const std::string& text, const std::string& part) {
  std::size_t n = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++n;
  return n;
}

// A platform without plugins: a case that is closed gives one report, its factor review.
class Platform {
 public:
  explicit Platform(const std::string& store, const std::string& address = {}) {
    alliance_host_options options = ALLIANCE_HOST_OPTIONS_INIT;
    options.tenant = "clinic";
    options.store_path = store.c_str();
    options.log = [](void*, std::int32_t, const char*) noexcept {};
    EXPECT_EQ(alliance_host_create(&options, &raw, &error), ALLIANCE_OK) << error.message;
    if (raw == nullptr) return;
    if (!address.empty()) {
      EXPECT_EQ(alliance_host_connect(raw, address.c_str(), &error), ALLIANCE_OK) << error.message;
    }
    EXPECT_EQ(alliance_host_run(raw, &error), ALLIANCE_OK) << error.message;
  }
  ~Platform() { alliance_host_close(raw); }
  Platform(const Platform&) = delete;
  Platform& operator=(const Platform&) = delete;

  std::int32_t record(const std::string& id, const std::string& case_id, std::int64_t time, const std::string& type,
                      const std::string& body) {
    const std::string json = R"({"id":")" + id + R"(","case":")" + case_id + R"(","time":)" + std::to_string(time) +
                             R"(,"body_type":")" + type + R"(","body":)" + body + "}";
    return alliance_host_record(raw, reinterpret_cast<const std::uint8_t*>(json.data()), json.size(), ALLIANCE_JSON,
                                nullptr, nullptr, &error);
  }
  void open(const std::string& id, std::int64_t time = start) {
    ASSERT_EQ(record("open-" + std::to_string(time) + id, id, time, "CaseOpened",
                     R"({"service":"north","practitioner":"p1","delivery":"blended"})"),
              ALLIANCE_OK)
        << error.message;
  }
  void close(const std::string& id, std::int64_t time) {
    ASSERT_EQ(record("close-" + std::to_string(time) + id, id, time, "CaseClosed", "{}"), ALLIANCE_OK) << error.message;
  }
  void drain() {
    EXPECT_EQ(alliance_host_drain(raw, alliance_duration{30'000'000}, &error), ALLIANCE_OK) << error.message;
  }
  std::int32_t erase(const std::string& id) {
    alliance_instruction what = ALLIANCE_INSTRUCTION_INIT;
    what.act = ALLIANCE_ACT_ERASE;
    what.subject = id.c_str();
    what.reason = "the client asked for it";
    what.reference = "R-1";
    const alliance_viewer who{sizeof(alliance_viewer), ALLIANCE_ROLE_CONTROLLER, "dpo"};
    return alliance_host_instruct(raw, &what, &who, &error);
  }
  alliance_host* raw = nullptr;
  alliance_error error = ALLIANCE_ERROR_INIT;
};

class StoreCommand : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string name = (std::filesystem::temp_directory_path() / "alliance-store-XXXXXX").string();
    folder_ = ::mkdtemp(name.data());
    store = at("s");
  }
  void TearDown() override {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
  std::string at(const std::string& name) const { return (folder_ / name).string(); }

  // `alliance store WORDS --store S`; its exit status, and what it printed and complained about.
  int run(std::vector<std::string> words) {
    words.insert(words.begin(), {ALLIANCE_COMMAND, "store"});
    words.insert(words.end(), {"--store", store});
    std::filesystem::remove(at("out"));
    Process process(words, at("out"));
    said.clear();
    for (auto line = process.read_error_line(); !line.empty(); line = process.read_error_line()) said += line + "\n";
    const int status = process.wait();
    printed = contents(at("out"));
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }
  void listen() {
    receiver = Process({ALLIANCE_COMMAND, "listen", "tcp://127.0.0.1:0", "--inbox", at("inbox"), "--json-only"},
                       at("printed"));
    const auto line = receiver.read_error_line();
    ASSERT_TRUE(line.starts_with("listening on tcp://")) << line;
    address = line.substr(line.find("tcp://"));
  }
  std::string inbox() {  // the receiver ends, and what it holds
    receiver.end(SIGTERM);
    std::filesystem::remove(at("dump"));
    Process dump({ALLIANCE_COMMAND, "listen", "--dump", "--inbox", at("inbox")}, at("dump"));
    EXPECT_EQ(dump.wait(), 0);
    return contents(at("dump"));
  }

  std::filesystem::path folder_;
  std::string store, address, printed, said;
  Process receiver;
};

TEST_F(StoreCommand, AnErasureReachesTheReceiverAndTheBackupAndNothingNewIsTakenForARepeat) {
  ASSERT_NO_FATAL_FAILURE(listen());
  {
    Platform platform(store, address);
    platform.open("c1");
    platform.close("c1", start + day);
    platform.open("c2");
    platform.close("c2", start + day);
    platform.open("c3");
    platform.drain();
    ASSERT_EQ(run({"backup", at("backup")}), 0) << said;  // while the platform runs
    platform.close("c3", start + 2 * day);                // number 1 of c3, which the backup does not know
    ASSERT_EQ(platform.erase("c1"), ALLIANCE_OK) << platform.error.message;
    platform.open("c1", later);
    platform.close("c1", later + day);  // its number must not be taken for the one before the erasure
    platform.drain();
  }
  std::string held = inbox();
  EXPECT_EQ(count(held, R"("case":"c1")"), 2u) << held;
  EXPECT_EQ(count(held, R"("kind":"case-erased")"), 1u) << held;
  EXPECT_EQ(count(held, R"("kind":"factor-review")"), 3u) << "c2, c3, and the new c1\n" << held;
  EXPECT_EQ(contents(at("inbox")).find("factors"), std::string::npos);

  ASSERT_EQ(run({"restore", at("backup")}), 1);
  EXPECT_NE(said.find("--replace"), std::string::npos) << said;
  ASSERT_EQ(run({"restore", at("backup"), "--replace"}), 0) << said;
  EXPECT_NE(printed.find("1 were erased"), std::string::npos) << printed;
  ASSERT_NO_FATAL_FAILURE(listen());
  {
    Platform platform(store, address);
    EXPECT_EQ(platform.record("again", "c1", start + 3 * day, "CaseClosed", "{}"), ALLIANCE_E_DENIED);
    platform.close("c3", start + 5 * day);  // number 1 of the old epoch was another report
    platform.drain();
  }
  held = inbox();
  EXPECT_EQ(count(held, R"("kind":"factor-review")"), 3u)
      << "the new c1 went with its second erasure, and c3's second came\n"
      << held;
  EXPECT_EQ(count(held, R"("kind":"case-erased")"), 1u) << "told again, under another epoch\n" << held;
  EXPECT_EQ(count(held, R"("kind":"case-restored")"), 2u) << held;
}

TEST_F(StoreCommand, ErasesRestrictsAndHoldsAndSaysWhoAsked) {
  {
    Platform platform(store);
    platform.open("c1");
    ASSERT_EQ(run({"erase", "--case", "c1", "--by", "dpo", "--reason", "asked", "--instruction", "R-1"}), 1);
    EXPECT_NE(said.find("alliance_host_instruct()"), std::string::npos) << said;
  }
  EXPECT_EQ(run({"erase", "--case", "c1", "--by", "dpo", "--reason", "asked"}), 1);
  EXPECT_NE(said.find("reference"), std::string::npos) << said;
  EXPECT_EQ(run({"erase", "--case", "c1", "--by", "dpo", "--reason", "court", "--hold"}), 0) << said;
  EXPECT_EQ(run({"erase", "--case", "c1", "--by", "dpo", "--reason", "asked", "--instruction", "R-1"}), 1);
  EXPECT_NE(said.find("legal hold"), std::string::npos) << said;
  EXPECT_EQ(run({"erase", "--case", "c1", "--by", "dpo", "--reason", "court", "--release"}), 0) << said;
  EXPECT_EQ(run({"erase", "--case", "c1", "--by", "dpo", "--reason", "asked", "--restrict"}), 0) << said;
  EXPECT_EQ(run({"check", "--json"}), 0) << said;
  EXPECT_NE(printed.find(R"("restricted":1)"), std::string::npos) << printed;
  EXPECT_EQ(run({"erase", "--case", "c1", "--by", "dpo", "--reason", "asked", "--instruction", "R-1", "--json"}), 0);
  EXPECT_EQ(printed, "{\"done\":true}\n");
  EXPECT_EQ(run({"access", "--case", "c1", "--by", "dpo"}), 0) << said;
  for (const char* word : {"hold", "release", "restrict", "erase", "asked (R-1)", "controller dpo"}) {
    EXPECT_NE(printed.find(word), std::string::npos) << word << "\n" << printed;
  }
  EXPECT_EQ(run({"erase", "--case", "c9", "--by", "dpo", "--reason", "asked", "--instruction", "R-1"}), 3);
  EXPECT_EQ(run({"erase", "--case", "c1", "--by", "dpo"}), 2);
}

TEST_F(StoreCommand, ExportsACaseWhileThePlatformRunsAndNotesIt) {
  Platform platform(store);
  platform.open("c1");
  ASSERT_EQ(run({"export", at("c1.tar"), "--case", "c1", "--by", "dpo"}), 0) << said;
  struct stat status{};
  ASSERT_EQ(::stat(at("c1.tar").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
  std::filesystem::remove(at("out"));
  Process tar({"/bin/tar", "-xOf", at("c1.tar"), "events.jsonl", "manifest.json"}, at("out"));
  ASSERT_EQ(tar.wait(), 0) << "another program reads it";
  EXPECT_EQ(count(contents(at("out")), R"("body_type":"CaseOpened")"), 1u);
  EXPECT_EQ(run({"export", at("c1.tar"), "--case", "c1", "--by", "dpo"}), 1) << "an archive is never written over";
  EXPECT_EQ(run({"export", at("c9.tar"), "--case", "c9", "--by", "dpo"}), 3);
  ASSERT_EQ(run({"access", "--case", "c1", "--by", "auditor"}), 0) << said;
  EXPECT_EQ(count(printed, "export"), 2u) << printed;
  EXPECT_EQ(count(printed, "controller auditor"), 1u) << printed;
  platform.close("c1", start + day);  // and the platform goes on
}

TEST_F(StoreCommand, SaysWhereAStoreIsDamagedAndWhatIsWholeIsServed) {
  {
    Platform platform(store);
    for (const char* id : {"c1", "c2", "c3"}) platform.open(id);
  }
  ASSERT_EQ(run({"check"}), 0) << said;
  EXPECT_NE(printed.find("whole"), std::string::npos) << printed;
  EXPECT_NE(printed.find(", encrypted;"), std::string::npos) << printed;
  ASSERT_TRUE(sqlite::Database::open(store, SQLITE_OPEN_READWRITE)
                  ->run("UPDATE log SET event = zeroblob(length(event)) WHERE id = 2"));
  ASSERT_EQ(run({"check", "--json"}), 3);
  EXPECT_NE(printed.find(R"("part":"event","row":2,"subject":"c2","event":"open-)"), std::string::npos) << printed;
  EXPECT_EQ(count(printed, R"("part":)"), 1u) << printed;
  {
    Platform platform(store);
    platform.close("c1", start + day);
    EXPECT_EQ(platform.record("x", "c2", start + day, "CaseClosed", "{}"), ALLIANCE_E_BAD_INPUT);
    EXPECT_NE(std::string(platform.error.message).find("row 2 of the log"), std::string::npos)
        << platform.error.message;
    EXPECT_EQ(alliance_host_advance(platform.raw, start + 2 * day, alliance_duration{10'000'000}, nullptr,
                                    ALLIANCE_JSON, nullptr, &platform.error),
              ALLIANCE_OK)
        << "time passes for the others: " << platform.error.message;
  }
  std::filesystem::rename(store + ".keys", store + ".away");
  EXPECT_EQ(run({"check"}), 3);
  EXPECT_NE(said.find("s.keys is missing"), std::string::npos) << said;
}

TEST_F(StoreCommand, ABackupIsOneFileThatNobodyReadsWithoutTheKeysAndIsWholeUnderLoad) {
  Platform platform(store);
  for (int i = 0; i < 50; ++i) platform.open("c" + std::to_string(i));
  ASSERT_EQ(platform.record("goal-1", "c1", start + 1, "GoalSet", R"({"goal":"walk-every-morning"})"), ALLIANCE_OK);
  ASSERT_EQ(run({"backup", at("b"), "--keys", at("k")}), 0) << said;
  struct stat status{};
  for (const char* name : {"b", "k"}) {
    ASSERT_EQ(::stat(at(name).c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777, 0600u) << name;
  }
  EXPECT_EQ(contents(at("b")).find("walk-every-morning"), std::string::npos) << "nothing of an event stands in it";
  EXPECT_FALSE(std::filesystem::exists(at("b-wal")));
  EXPECT_EQ(run({"backup", at("b")}), 1) << "a backup is never written over";
  // Elsewhere, with the keys brought back: cp is enough.
  const auto first = store;
  store = at("elsewhere");
  std::filesystem::copy(at("b"), store);
  EXPECT_EQ(run({"check"}), 3) << "without its keys";
  std::filesystem::copy(at("k"), store + ".keys");
  std::filesystem::copy(first + ".master", store + ".master");
  EXPECT_EQ(run({"check"}), 0) << said;
  EXPECT_NE(printed.find("51 events"), std::string::npos) << printed;
}

TEST_F(StoreCommand, ABackupThatIsKilledLeavesNoHalfOne) {
  {
    Platform platform(store);
    for (int i = 0; i < 200; ++i) platform.open("c" + std::to_string(i));
  }
  for (int round = 0; round < 8; ++round) {
    Process process({ALLIANCE_COMMAND, "store", "backup", at("b"), "--store", store}, at("out"));
    std::this_thread::sleep_for(std::chrono::milliseconds(2 * round));
    process.end(SIGKILL);
    if (!std::filesystem::exists(at("b"))) continue;
    const auto first = store;
    store = at("b");
    std::filesystem::copy(first + ".keys", at("b.keys"), std::filesystem::copy_options::overwrite_existing);
    std::filesystem::copy(first + ".master", at("b.master"), std::filesystem::copy_options::overwrite_existing);
    EXPECT_EQ(run({"check"}), 0) << said;
    EXPECT_NE(printed.find("200 events"), std::string::npos) << printed;
    std::filesystem::remove(at("b"));
    store = first;
  }
  EXPECT_EQ(run({"backup", at("b")}), 0) << "what a killed one left is in nobody's way: " << said;
}

}  // namespace
}  // namespace alliance::faults

// SPDX-License-Identifier: Apache-2.0
// The transport plugin `jsonl`, through its one exported function and nothing else.
#include <alliance/transport.h>
#include <dlfcn.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "making.h"
#include "schema/json.h"

namespace alliance::messaging {
namespace {

std::int32_t decode(void*, const char* table, const std::uint8_t* bytes, std::uint64_t length, const alliance_sink* out,
                    alliance_error*) noexcept {
  const std::span report(bytes, static_cast<std::size_t>(length));
  if (!schema::verify(table, report)) return ALLIANCE_E_BAD_INPUT;
  const auto json = schema::bytes_to_json(table, report);
  if (!json) return ALLIANCE_E_BAD_INPUT;
  return out->write(out->context, reinterpret_cast<const std::uint8_t*>(json->data()), json->size());
}

const alliance_codec_service codec = {sizeof(alliance_codec_service), 0, nullptr, nullptr, &decode};

const void* service(void*, const char* id) noexcept {
  return std::string_view(id) == ALLIANCE_SERVICE_CODEC ? &codec : nullptr;
}

const alliance_services services = {sizeof(alliance_services), ALLIANCE_ABI_MINOR, nullptr, "", "{}", &service};

class Jsonl : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string name = (std::filesystem::temp_directory_path() / "alliance-jsonl-XXXXXX").string();
    folder_ = ::mkdtemp(name.data());
    path_ = (folder_ / "reports.jsonl").string();
    library_ = ::dlopen(ALLIANCE_PLUGIN_DIR "/liballiance_jsonl.so", RTLD_NOW | RTLD_LOCAL);
    ASSERT_TRUE(library_) << ::dlerror();
    const auto entry =
        reinterpret_cast<alliance_plugin_entry_function>(::dlsym(library_, ALLIANCE_PLUGIN_ENTRY_SYMBOL));
    ASSERT_TRUE(entry);
    entry_ = entry();
    ASSERT_EQ(entry_->init(&services, nullptr), ALLIANCE_OK);
    factory_ = static_cast<const alliance_transport_factory*>(entry_->get_factory(ALLIANCE_TRANSPORT_FACTORY));
    ASSERT_TRUE(factory_);
    events_ = {sizeof events_,
               0,
               this,
               [](void* self, std::uint64_t position) noexcept { static_cast<Jsonl*>(self)->acknowledged_ = position; },
               [](void*, std::int32_t, const char*) noexcept {},
               nullptr,
               nullptr};
  }
  void TearDown() override {
    entry_->deinit();
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }

  std::int32_t open(const std::string& endpoint, alliance_transport** out) {
    error_ = ALLIANCE_ERROR_INIT;
    return factory_->open(factory_, &services, "jsonl", endpoint.c_str(), &events_, out, &error_);
  }
  std::int32_t send(alliance_transport* transport, std::uint64_t position, const Bytes& batch) {
    error_ = ALLIANCE_ERROR_INIT;
    return factory_->send(transport, position, batch.data(), batch.size(), &error_);
  }
  std::string contents() const {
    std::ifstream in(path_, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  void write(const std::string& text) const { std::ofstream(path_, std::ios::binary) << text; }

  std::filesystem::path folder_;
  std::string path_;
  void* library_ = nullptr;
  const alliance_plugin_entry* entry_ = nullptr;
  const alliance_transport_factory* factory_ = nullptr;
  alliance_transport_events events_{};
  alliance_error error_ = ALLIANCE_ERROR_INIT;
  std::uint64_t acknowledged_ = 0;
};

std::string line(std::uint64_t sequence, const std::string& case_id = "a") {
  const auto number = std::to_string(sequence);
  return "{\"id\":\"" + case_id + "-" + number + "\",\"tenant\":\"clinic\",\"case\":\"" + case_id +
         "\",\"epoch\":7,\"seq\":" + number +
         ",\"time\":1700000000000000,\"kind\":\"custom\",\"payload\":{\"kind\":\"org.example.number\",\"json\":\"{"
         "\\\"n\\\":0.5}\"}}\n";
}

TEST_F(Jsonl, WritesALineForEachReportAndThenAcknowledges) {
  alliance_transport* transport = nullptr;
  ASSERT_EQ(open(path_, &transport), ALLIANCE_OK) << error_.message;
  ASSERT_EQ(send(transport, 5, made_batch({{"a", 1}, {"a", 2}})), ALLIANCE_OK) << error_.message;
  EXPECT_EQ(acknowledged_, 5u);
  ASSERT_EQ(send(transport, 6, made_batch({{"q\"\\b", 3}})), ALLIANCE_OK) << error_.message;
  factory_->close(transport);
  EXPECT_EQ(contents(), line(1) + line(2) + line(3, "q\\\"\\\\b"));
  EXPECT_EQ(std::filesystem::status(path_).permissions() & std::filesystem::perms(0077), std::filesystem::perms::none);
}

TEST_F(Jsonl, CutsOffALineThatACrashTore) {
  const auto whole = line(1), torn = line(2);
  for (const std::size_t length : {1u, 5u, 20u, static_cast<unsigned>(torn.size() - 1)}) {
    write(whole + torn.substr(0, length));
    alliance_transport* transport = nullptr;
    ASSERT_EQ(open(path_, &transport), ALLIANCE_OK) << error_.message;
    EXPECT_EQ(contents(), whole);
    ASSERT_EQ(send(transport, 1, made_batch({{"a", 2}})), ALLIANCE_OK);
    factory_->close(transport);
    EXPECT_EQ(contents(), line(1) + line(2));
  }
  write(torn.substr(0, 12));
  alliance_transport* transport = nullptr;
  ASSERT_EQ(open(path_, &transport), ALLIANCE_OK);
  EXPECT_EQ(contents(), "");
  factory_->close(transport);
}

TEST_F(Jsonl, LeavesAFileThatIsNotOursAlone) {
  write("dear diary");
  alliance_transport* transport = nullptr;
  EXPECT_EQ(open(path_, &transport), ALLIANCE_E_BAD_INPUT);
  EXPECT_NE(std::string(error_.message).find(path_), std::string::npos);
  EXPECT_EQ(contents(), "dear diary");
  EXPECT_EQ(open(folder_.string(), &transport), ALLIANCE_E_IO);
  EXPECT_EQ(open("", &transport), ALLIANCE_E_INVALID);
  EXPECT_EQ(open("/dev/null", &transport), ALLIANCE_E_INVALID);
  EXPECT_EQ(open((folder_ / "none" / "x").string(), &transport), ALLIANCE_E_IO);
  EXPECT_EQ(transport, nullptr);
}

TEST_F(Jsonl, RefusesBadBytesAndWritesNothingOfThem) {
  alliance_transport* transport = nullptr;
  ASSERT_EQ(open(path_, &transport), ALLIANCE_OK);
  auto batch = made_batch({{"a", 1}});
  batch.resize(batch.size() / 2);
  EXPECT_NE(send(transport, 1, batch), ALLIANCE_OK);
  EXPECT_NE(send(transport, 1, Bytes(64, 9)), ALLIANCE_OK);
  EXPECT_EQ(acknowledged_, 0u);
  EXPECT_EQ(contents(), "");
  factory_->close(transport);
}

TEST_F(Jsonl, TwoThatAppendToOneFileTearNoLine) {
  std::vector<std::thread> lanes;
  for (int lane = 0; lane < 2; ++lane) {
    lanes.emplace_back([&, lane] {
      alliance_transport_events quiet = {sizeof quiet,
                                         0,
                                         nullptr,
                                         [](void*, std::uint64_t) noexcept {},
                                         [](void*, std::int32_t, const char*) noexcept {},
                                         nullptr,
                                         nullptr};
      alliance_transport* transport = nullptr;
      ASSERT_EQ(factory_->open(factory_, &services, "jsonl", path_.c_str(), &quiet, &transport, nullptr), ALLIANCE_OK);
      for (std::uint64_t i = 1; i <= 40; ++i) {
        const auto batch = made_batch({{lane ? "b" : "a", i, Lane::normal, "clinic", 7, 5000}});
        ASSERT_EQ(factory_->send(transport, i, batch.data(), batch.size(), nullptr), ALLIANCE_OK);
      }
      factory_->close(transport);
    });
  }
  for (auto& lane : lanes) lane.join();
  std::ifstream in(path_);
  int count = 0;
  for (std::string one; std::getline(in, one); ++count) {
    EXPECT_TRUE(one.starts_with("{\"id\":\"") && one.ends_with("}}")) << one.substr(0, 80);
  }
  EXPECT_EQ(count, 80);
}

}  // namespace
}  // namespace alliance::messaging

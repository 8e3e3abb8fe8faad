// SPDX-License-Identifier: Apache-2.0
// A host with linked-in plugins whose answers the test decides, and an endpoint that keeps what it was sent.
#pragma once

#include <alliance/host.h>
#include <alliance_schema/envelope_generated.h>
#include <alliance_schema/review_generated.h>
#include <gtest/gtest.h>

#include <alliance/plugin.hpp>
#include <filesystem>
#include <functional>
#include <mutex>
#include <string>
#include <vector>

namespace kit {

inline constexpr std::int64_t second = 1'000'000;
inline constexpr std::int64_t day = 86'400 * second;
inline constexpr std::int64_t start = 1'772'000'000 * second;  // an instant in February 2026

struct Seen {  // one envelope that arrived
  std::string id, stream, kind, json;
  std::uint64_t sequence = 0;
  std::int64_t time = 0;
  bool safety = false;
};

// What the linked-in plugins do. One set per test: they are reached through here.
struct Behaviour {
  std::function<std::string(const alliance::Services&, alliance_instant now)> plan;              // JSON of a Plan
  std::function<std::string(const alliance::Services&)> account;                                 // JSON of a Report
  std::function<std::string(const alliance::Services&)> propose;                                 // JSON of Proposals
  std::function<std::string(const std::string& case_id, const alliance::fb::ProposalT&)> apply;  // what it gets
  bool acknowledge = true;
  std::mutex mutex;
  std::vector<Seen> seen;
};
Behaviour& behaviour();
void reset();

inline std::string text_sink_json(const std::function<std::int32_t(const alliance_sink*)>& call,
                                  std::int32_t expected) {
  std::string text;
  alliance_sink sink{sizeof(alliance_sink), 0, &text,
                     [](void* context, const std::uint8_t* bytes, std::uint64_t length) noexcept -> std::int32_t {
                       static_cast<std::string*>(context)->append(reinterpret_cast<const char*>(bytes),
                                                                  static_cast<std::size_t>(length));
                       return ALLIANCE_OK;
                     }};
  EXPECT_EQ(call(&sink), expected);
  return text;
}

class Host {
 public:
  // The JSON of a HostConfig; `plugins` in the order in which they are added.
  // `spare`: another library of the same policies, for a test that breaks it for good. `manifest`: a plugin beside
  // these.
  explicit Host(const std::string& store, const char* config = with_contact, bool instruments = true,
                bool spare = false, const std::string& manifest = "");
  ~Host() { close(); }
  Host(const Host&) = delete;
  Host& operator=(const Host&) = delete;

  static constexpr const char* with_contact =
      R"({"safety":{"contact":"duty-desk","respond_minutes":60,"escalate_minutes":30}})";

  void close();
  std::int32_t record(const std::string& json);
  std::int32_t advance(std::int64_t now);
  std::string review(std::int32_t scope, const std::string& id, std::int32_t role, const std::string& viewer);
  void drain();
  alliance_host_counts counts();

  alliance_host* raw = nullptr;
  alliance_error error = ALLIANCE_ERROR_INIT;
  alliance_recorded recorded = ALLIANCE_RECORDED_INIT;
  std::string safety;  // what record or advance told at once
};

// Envelopes that arrived, of one kind, in order.
std::vector<Seen> arrived(const std::string& kind = "");

std::string event(const std::string& id, const std::string& case_id, std::int64_t time, const std::string& type,
                  const std::string& body);
std::string opened(const std::string& case_id, std::int64_t time = start);
// The sheet of the instrument `mood`: item 2 is a safety item (1 or more).
std::string answered(const std::string& id, const std::string& case_id, std::int64_t time, int first,
                     const std::string& other);

inline bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

// A folder that is removed at the end.
class Folder {
 public:
  Folder();
  ~Folder();
  std::string file(const std::string& name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

}  // namespace kit

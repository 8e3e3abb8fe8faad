// SPDX-License-Identifier: Apache-2.0
#include "kit.h"

#include <alliance_schema/report_generated.h>
#include <stdlib.h>

namespace kit {
namespace {

using alliance::Bytes;
using alliance::ByteView;

const char* const mood = R"({"id":"mood","version":"1.0.0","title":"Mood","perspective":"client",
  "target":"practitioner","responses":[{"id":"r","options":[{"value":0},{"value":1},{"value":2},{"value":3},{"value":4},
  {"value":5},{"value":6},{"value":7},{"value":8},{"value":9},{"value":10}]}],
  "items":[{"id":"1","response":"r"},{"id":"2","response":"r","safety":{"comparator":"at_least","threshold":1,
  "provenance":{"certainty":"own","source":"test"}}}],
  "scales":[{"id":"total","roles":["alliance.pulse"],"method":"sum","items":["1","2"],"min":0,"max":20,
  "direction":"higher_is_better","reliable_change":{"value":6,"comparator":"at_least",
  "provenance":{"certainty":"own","source":"test"}}}],
  "licence":{"holder":"test","terms":"free"},"keys_provenance":{"certainty":"own","source":"test"},
  "vectors":[{"answers":[1,0],"expected":[{"scale":"total","value":1}]}]})";

class Mood final : public alliance::Measure {
 public:
  explicit Mood(const alliance::Services& services) : definition_(services.encode("Instrument", mood)) {}
  Bytes definition() const override { return definition_; }
  std::size_t items() const override { return 2; }
  std::size_t scales() const override { return 1; }
  void score(const alliance::Sheet& sheet, const alliance_missing*, std::span<alliance::Score> out) const override {
    alliance::Score total;
    for (std::size_t i = 0; i < 2; ++i) {
      if (!sheet.answered(i)) continue;
      if (sheet.value(i) < 0 || sheet.value(i) > 10) {
        throw alliance::Error(ALLIANCE_E_BAD_INPUT, "item " + std::to_string(i + 1) + " is none of the options");
      }
      total.value += sheet.value(i);
      ++total.answered;
    }
    if (total.answered == 2) total.state = ALLIANCE_SCORED;
    if (total.state != ALLIANCE_SCORED) total.value = 0;
    out[0] = total;
  }

 private:
  Bytes definition_;
};

class Timing final : public alliance::TimingPolicy {
 public:
  explicit Timing(const alliance::Services& services) : services_(services) {}
  Bytes plan(ByteView, alliance_instant now) override {
    return services_.encode("Plan", behaviour().plan ? behaviour().plan(services_, now) : R"({"occasions":[]})");
  }
  Bytes account(ByteView, alliance_instant) override {
    if (!behaviour().account) throw alliance::Error(ALLIANCE_E_UNSUPPORTED, "no account");
    return services_.encode("Report", behaviour().account(services_));
  }

 private:
  alliance::Services services_;
};

class Tailoring final : public alliance::TailoringPolicy {
 public:
  explicit Tailoring(const alliance::Services& services) : services_(services) {}
  Bytes propose(ByteView, ByteView, alliance_instant) override {
    return services_.encode("Proposals", behaviour().propose ? behaviour().propose(services_) : R"({"proposals":[]})");
  }

 private:
  alliance::Services services_;
};

class Course final : public alliance::ProgrammeAdapter {
 public:
  explicit Course(const alliance::Services& services) : services_(services) {}
  Bytes catalogue() const override {
    return services_.encode("Programme", R"({"id":"course","version":"1","components":[
      {"id":"module-1","can_skip":true},{"id":"module-2"}],"default_path":["module-1","module-2"]})");
  }
  Bytes ingest(ByteView) override { return services_.encode("EventBatch", R"({"events":[]})"); }
  Bytes apply(const std::string& case_id, ByteView bytes, alliance_instant) override {
    if (!behaviour().apply) throw alliance::Error(ALLIANCE_E_UNSUPPORTED, "this programme cannot skip");
    alliance::fb::ProposalT proposal;
    alliance::fb::GetProposals(bytes.data())->proposals()->Get(0)->UnPackTo(&proposal);
    const std::string text = behaviour().apply(case_id, proposal);
    return Bytes(text.begin(), text.end());
  }

 private:
  alliance::Services services_;
};

class Keep final : public alliance::Transport {
 public:
  Keep(const alliance::Services& services, std::string, alliance::TransportEvents events)
      : services_(services), events_(events) {}
  void send(std::uint64_t position, ByteView batch) override {
    const auto& envelopes = *alliance::fb::GetBatch(batch.data())->envelopes();
    {
      const std::lock_guard lock(behaviour().mutex);
      for (const auto* envelope : envelopes) {
        Seen seen;
        seen.id = envelope->id()->str();
        seen.stream = envelope->case_()->str();
        seen.kind = envelope->kind()->str();
        seen.sequence = envelope->sequence();
        seen.time = envelope->time();
        seen.safety = envelope->lane() == alliance::fb::Lane::safety;
        seen.json = services_.decode("Report", {envelope->payload()->data(), envelope->payload()->size()});
        behaviour().seen.push_back(std::move(seen));
      }
    }
    if (behaviour().acknowledge) events_.acknowledged(position);
  }

 private:
  alliance::Services services_;
  alliance::TransportEvents events_;
};

void offer_instruments(alliance::Plugin& plugin) { plugin.add<Mood>({"mood", "1.0.0", "Mood"}); }
void offer_policies(alliance::Plugin& plugin) {
  plugin.add<Timing>({"timing", "1.0.0", "Timing"});
  plugin.add<Tailoring>({"tailoring", "1.0.0", "Tailoring"});
  plugin.add<Course>({"course", "1.0.0", "Course"});
  plugin.add<Keep>({"keep", "1.0.0", "Keep"});
}
void offer_spare(alliance::Plugin& plugin) { offer_policies(plugin); }
ALLIANCE_LINKED_PLUGIN(spare_entry, offer_spare);
ALLIANCE_LINKED_PLUGIN(instruments_entry, offer_instruments);
ALLIANCE_LINKED_PLUGIN(policies_entry, offer_policies);

std::int32_t append(void* context, const std::uint8_t* bytes, std::uint64_t length) noexcept {
  static_cast<std::string*>(context)->append(reinterpret_cast<const char*>(bytes), length);
  return ALLIANCE_OK;
}
alliance_sink sink(std::string& text) { return {sizeof(alliance_sink), 0, &text, &append}; }

const std::uint8_t* bytes(const std::string& text) { return reinterpret_cast<const std::uint8_t*>(text.data()); }

}  // namespace

Behaviour& behaviour() {
  static Behaviour one;
  return one;
}

void reset() {
  Behaviour& b = behaviour();
  b.plan = nullptr;
  b.account = nullptr;
  b.propose = nullptr;
  b.apply = nullptr;
  b.acknowledge = true;
  const std::lock_guard lock(b.mutex);
  b.seen.clear();
}

Host::Host(const std::string& store, const char* config, bool instruments, bool spare, const std::string& manifest) {
  alliance_host_options options = ALLIANCE_HOST_OPTIONS_INIT;
  options.tenant = "clinic";
  options.store_path = store.c_str();
  std::string said = config;
  if (const char* more = std::getenv("ALLIANCE_TEST_CONFIG"); more != nullptr && !contains(said, "events_in_memory")) {
    said.insert(1, said == "{}" ? more : std::string(more) + ",");
  }
  options.config = said.c_str();
  options.log = [](void*, std::int32_t, const char*) noexcept {};
  EXPECT_EQ(alliance_host_create(&options, &raw, &error), ALLIANCE_OK) << error.message;
  if (raw == nullptr) return;
  if (instruments) alliance_host_add_static(raw, "test.instruments", instruments_entry(), &error);
  EXPECT_EQ(alliance_host_add_static(raw, "test.policies", spare ? spare_entry() : policies_entry(), &error),
            ALLIANCE_OK)
      << error.message;
  if (!manifest.empty()) {
    EXPECT_EQ(alliance_host_load_plugin(raw, manifest.c_str(), &error), ALLIANCE_OK) << error.message;
  }
  EXPECT_EQ(alliance_host_connect(raw, "keep:here", &error), ALLIANCE_OK) << error.message;
  EXPECT_EQ(alliance_host_run(raw, &error), ALLIANCE_OK) << error.message;
}

void Host::close() {
  alliance_host_close(raw);
  raw = nullptr;
}

std::int32_t Host::record(const std::string& json) {
  safety.clear();
  recorded = ALLIANCE_RECORDED_INIT;
  const alliance_sink to = sink(safety);
  return alliance_host_record(raw, bytes(json), json.size(), ALLIANCE_JSON, &to, &recorded, &error);
}

std::int32_t Host::advance(std::int64_t now) {
  safety.clear();
  recorded = ALLIANCE_RECORDED_INIT;
  const alliance_sink to = sink(safety);
  return alliance_host_advance(raw, now, {10 * second}, &to, ALLIANCE_JSON, &recorded, &error);
}

std::string Host::review(std::int32_t scope, const std::string& id, std::int32_t role, const std::string& viewer) {
  std::string text;
  const alliance_sink to = sink(text);
  const alliance_viewer who{sizeof(alliance_viewer), role, viewer.c_str()};
  const auto status = alliance_host_review(raw, scope, id.c_str(), &who, ALLIANCE_JSON, &to, &error);
  return status == ALLIANCE_OK ? text : std::string("status ") + std::to_string(status) + ": " + error.message;
}

void Host::drain() { EXPECT_EQ(alliance_host_drain(raw, {10 * second}, &error), ALLIANCE_OK) << error.message; }

alliance_host_counts Host::counts() {
  alliance_host_counts counts = ALLIANCE_HOST_COUNTS_INIT;
  EXPECT_EQ(alliance_host_count(raw, &counts, &error), ALLIANCE_OK) << error.message;
  return counts;
}

std::vector<Seen> arrived(const std::string& kind) {
  const std::lock_guard lock(behaviour().mutex);
  std::vector<Seen> out;
  for (const Seen& seen : behaviour().seen) {
    if (kind.empty() || seen.kind == kind) out.push_back(seen);
  }
  return out;
}

std::string event(const std::string& id, const std::string& case_id, std::int64_t time, const std::string& type,
                  const std::string& body) {
  const bool practitioner = case_id.starts_with("practitioner/");
  return R"({"id":")" + id + R"(",")" + (practitioner ? "practitioner" : "case") + R"(":")" +
         (practitioner ? case_id.substr(13) : case_id) + R"(","time":)" + std::to_string(time) + R"(,"body_type":")" +
         type + R"(","body":)" + body + "}";
}

std::string opened(const std::string& case_id, std::int64_t time) {
  return event("open-" + case_id, case_id, time, "CaseOpened",
               R"({"service":"north","practitioner":"p1","delivery":"blended","zone":"Europe/London","weeks":11,)"
               R"("planned_sessions":6,"planned_modules":5,"programme":"course"})");
}

std::string answered(const std::string& id, const std::string& case_id, std::int64_t time, int first,
                     const std::string& other) {
  return event(id, case_id, time, "AnswersGiven",
               R"({"instrument":"mood","rater":"client","answers":[{"item":"1","value":)" + std::to_string(first) +
                   R"(},{"item":"2",)" + other + "}]}");
}

Folder::Folder() {
  std::string name = (std::filesystem::temp_directory_path() / "alliance-host-XXXXXX").string();
  path_ = ::mkdtemp(name.data());
}
Folder::~Folder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

}  // namespace kit

// SPDX-License-Identifier: Apache-2.0
// Every bad plugin of the zoo, and every library that is wrong, run out of process by this one host: it goes on.
#include <fstream>
#include <map>

#include "apart.h"
#include "check/samples.h"

namespace alliance::test {
namespace {

// What a host does with a plugin, and something hostile; the last sentence that it heard.
class Visit {
 public:
  explicit Visit(plugin::Plugin& plugin) : plugin_(plugin) {}

  std::string all() {
    if (plugin_.measure != nullptr) measure(*plugin_.measure);
    if (plugin_.timing != nullptr) timing(*plugin_.timing);
    if (plugin_.programme != nullptr) programme(*plugin_.programme);
    return heard_;
  }

 private:
  template <class Call>
  bool ask(Call call) {
    plugin::Gather out;
    alliance_error error = ALLIANCE_ERROR_INIT;
    const auto status = until_started(error, [&] { return call(out.sink(), &error); });
    if (status != ALLIANCE_OK) heard_ += std::string(error.message) + "\n";
    return status == ALLIANCE_OK;
  }
  template <class Table, class Create>
  bool make(const Table& table, Create create) {
    if (table.count(&table) == 0) return false;
    alliance_descriptor what = ALLIANCE_DESCRIPTOR_INIT;
    if (!ask([&](auto, auto* error) { return table.describe(&table, 0, &what, error); }) || what.id == nullptr) {
      return false;
    }
    return ask([&](auto, auto* error) { return create(what.id, error); });
  }

  void measure(const alliance_measure_factory& table) {
    alliance_measure* made = nullptr;
    if (!make(table, [&](const char* id, auto* error) {
          return table.create(&table, &plugin_.services, id, nullptr, &made, error);
        })) {
      return;
    }
    ask([&](auto* out, auto* error) { return table.definition(made, out, error); });
    constexpr std::size_t rows = 1200;
    std::vector<double> values(rows * 2, 1), scored(rows);
    std::vector<std::uint8_t> states(rows);
    std::vector<std::uint32_t> answered(rows);
    const alliance_sheets sheets{sizeof sheets, 0, rows, 2, values.data(), nullptr};
    const alliance_scores out{sizeof out, 0, rows, 1, scored.data(), states.data(), answered.data(), nullptr};
    const alliance_scores few{sizeof few, 0, rows, 1, scored.data(), states.data(), nullptr, nullptr};
    ask([&](auto, auto* error) { return table.score_batch(made, &sheets, nullptr, &out, error); });
    ask([&](auto, auto* error) { return table.score_batch(made, &sheets, nullptr, &few, error); });
    table.destroy(made);
  }

  void timing(const alliance_timing_factory& table) {
    alliance_timing* made = nullptr;
    if (!make(table,
              [&](const char* id, auto* error) { return table.create(&table, &plugin_.services, id, &made, error); })) {
      return;
    }
    auto state = schema::json_to_bytes("Case", check::case_json);
    for (int round = 0; round < 2; ++round) {
      ask([&](auto* out, auto* error) {
        return table.plan(made, state->data(), state->size(), 1'700'500'000'000'000, out, error);
      });
      state = std::vector<std::uint8_t>(200, 0xFF);
    }
    table.destroy(made);
  }

  void programme(const alliance_programme_factory& table) {
    alliance_programme* made = nullptr;
    if (!make(table,
              [&](const char* id, auto* error) { return table.create(&table, &plugin_.services, id, &made, error); })) {
      return;
    }
    ask([&](auto* out, auto* error) { return table.catalogue(made, out, error); });
    for (const std::size_t length : {std::size_t{1}, std::size_t{2'000'000}}) {
      const std::vector<std::uint8_t> payload(length, 0);
      ask([&](auto* out, auto* error) { return table.ingest(made, payload.data(), payload.size(), out, error); });
    }
    table.destroy(made);
  }

  plugin::Plugin& plugin_;
  std::string heard_;
};

// Loads it in a process of its own, does what a host does, and gives what was heard.
std::string visited(const std::string& path, const plugin::RunnerSettings& settings) {
  Services services;
  plugin::Registry registry(apart(services, settings));
  const auto loaded = registry.load(path);
  if (!loaded) return loaded.error().message;
  return Visit(**loaded).all();
}

TEST(Zoo, TheHostOutlivesEveryBadPluginThatRunsOutOfProcess) {
  const Folder folder;
  const std::string path = folder.copy("zoo", with("\"runtime\"", "\"asks\": [\"environment\"], \"runtime\""));
  auto settings = patient();
  settings.environment = {"ZOO_FAULT"};
  auto hasty = settings;
  hasty.call_ms = hasty.start_ms = 2000;
  std::map<std::string, std::string> heard;
  std::ifstream table(std::string(ALLIANCE_SOURCE_DIR) + "/tests/plugins/zoo/zoo.txt");
  for (std::string line; std::getline(table, line);) {
    if (line.empty() || line[0] == '#') continue;
    const std::string fault = line.substr(0, line.find(' '));
    setenv("ZOO_FAULT", fault.c_str(), 1);
    const bool hangs = fault.starts_with("HANGS") || fault.starts_with("NEVER");
    heard[fault] = visited(path, hangs ? hasty : settings);
  }
  unsetenv("ZOO_FAULT");
  EXPECT_GT(heard.size(), 80u);
  EXPECT_EQ(heard["NONE"], "these bytes are no case\n");  // the host goes on, and a good plugin with it
  const auto says = [&](const char* fault, const char* part) {
    EXPECT_NE(heard[fault].find(part), std::string::npos) << fault << ": " << heard[fault];
  };
  says("EXITS_IN_INIT", "its process ended with status 0");
  for (const char* fault : {"CRASHES_WHEN_LOADED", "CRASHES_IN_INIT"}) says(fault, "its process crashed: Aborted");
  says("HANGS_IN_INIT", "it did not answer within");
  says("NEVER_RETURNS", "it did not answer within");
  says("FAILS_IN_INIT", "its init() failed: the licence has expired");
  says("NULL_ENTRY", "its entry function returned no table");
  says("NO_SLOT", "its measure table has no score_batch()");
  says("NO_FACTORY", "its get_factory() has no alliance.timing-factory/1");
  says("LAYOUT", "layout_check differs");
  says("DIVIDES", "its process crashed: Floating point exception");
  says("CREATE_FAILS", "not today");
#ifndef __SANITIZE_ADDRESS__
  says("NEEDS_ALL_ARRAYS", "its process crashed: Segmentation fault");
#endif
}

TEST(Zoo, TheHostOutlivesEveryLibraryThatIsWrong) {
  int seen = 0;
  for (const auto& entry : std::filesystem::directory_iterator(built)) {
    const std::string path = entry.path().string();
    if (!path.ends_with(".alliance.json")) continue;
    visited(path, patient());
    ++seen;
  }
  EXPECT_GT(seen, 20);
  EXPECT_NE(visited(built_manifest("undefined-symbol"), patient()).find("does not load"), std::string::npos);
  EXPECT_NE(visited(built_manifest("no-symbol"), patient()).find("exports no"), std::string::npos);
}

}  // namespace
}  // namespace alliance::test

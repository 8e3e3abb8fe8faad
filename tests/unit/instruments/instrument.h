// SPDX-License-Identifier: Apache-2.0
// The instruments plugin, loaded, and a short way to score.
#pragma once

#include <alliance_schema/instrument_generated.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "test_services.h"

namespace instruments_test {

inline const char* const plugin_id = "org.alliance-sdk.instruments";

struct Scored {
  std::int32_t status = ALLIANCE_OK;
  std::string message, detail;
  std::vector<double> values;
  std::vector<std::uint8_t> states;
  std::vector<std::uint32_t> answered;
  std::vector<std::int32_t> bands;
};

enum class Loads { yes, no };

// The plugin with its settings. Instances are made on demand and destroyed at the end.
class Plugin {
 public:
  explicit Plugin(const std::string& settings = "{}", Loads expected = Loads::yes)
      : registry_((prepare(settings), services_.host())) {
    auto loaded = registry_.load(alliance::test::manifest("instruments"));
    if (loaded) {
      plugin_ = *loaded;
    } else {
      failure = loaded.error().message;
      if (expected == Loads::yes) throw std::runtime_error(failure);
    }
  }
  ~Plugin() {
    for (auto* measure : made_) plugin_->measure->destroy(measure);
  }

  std::vector<std::string> offered() {
    std::vector<std::string> names;
    for (std::uint64_t i = 0; i < plugin_->measure->count(plugin_->measure); ++i) {
      alliance_descriptor what = ALLIANCE_DESCRIPTOR_INIT;
      EXPECT_EQ(plugin_->measure->describe(plugin_->measure, i, &what, nullptr), ALLIANCE_OK);
      names.push_back(std::string(what.id) + " " + what.version);
    }
    return names;
  }
  alliance_measure* create(const std::string& id, const char* version = nullptr) {
    alliance_measure* measure = nullptr;
    alliance_error error = ALLIANCE_ERROR_INIT;
    const auto status =
        plugin_->measure->create(plugin_->measure, &plugin_->services, id.c_str(), version, &measure, &error);
    EXPECT_EQ(status, ALLIANCE_OK) << error.message;
    if (measure != nullptr) made_.push_back(measure);
    return measure;
  }
  alliance::fb::InstrumentT definition(alliance_measure* measure) {
    alliance::plugin::Gather gather;
    EXPECT_EQ(table().definition(measure, gather.sink(), nullptr), ALLIANCE_OK);
    alliance::fb::InstrumentT made;
    EXPECT_TRUE(alliance::schema::verify("Instrument", gather.bytes()));
    alliance::fb::GetInstrument(gather.bytes().data())->UnPackTo(&made);
    return made;
  }
  // A row of answers; `states` empty: every item was answered.
  Scored score(alliance_measure* measure, const std::vector<double>& values,
               const std::vector<std::uint8_t>& states = {}, const alliance_missing* missing = nullptr) {
    return call(table().score, measure, 1, values, states, missing);
  }
  Scored batch(alliance_measure* measure, std::uint64_t rows, const std::vector<double>& values,
               const std::vector<std::uint8_t>& states = {}, const alliance_missing* missing = nullptr) {
    return call(table().score_batch, measure, rows, values, states, missing);
  }
  const alliance_measure_factory& table() const { return *plugin_->measure; }

  // Warnings that name `file`.
  std::vector<std::string> warnings(const std::string& file) const {
    std::vector<std::string> found;
    for (const auto& line : services_.log()) {
      if (line.level >= ALLIANCE_LOG_WARNING && line.text.find(file) != std::string::npos) found.push_back(line.text);
    }
    return found;
  }

  std::string failure;  // why the plugin itself did not load

 private:
  void prepare(const std::string& settings) { services_.settings(plugin_id, settings); }

  template <class Call>
  Scored call(Call&& slot, alliance_measure* measure, std::uint64_t rows, const std::vector<double>& values,
              const std::vector<std::uint8_t>& states, const alliance_missing* missing) {
    const std::size_t scales = definition(measure).scales.size(), room = static_cast<std::size_t>(rows) * scales;
    Scored out;
    out.values.assign(room, -99);
    out.states.assign(room, 99);
    out.answered.assign(room, 99);
    out.bands.assign(room, -99);
    const alliance_sheets sheets{
        sizeof sheets, 0, rows, values.size() / rows, values.data(), states.empty() ? nullptr : states.data()};
    const alliance_scores scores{
        sizeof scores, 0, rows, scales, out.values.data(), out.states.data(), out.answered.data(), out.bands.data()};
    alliance_error error = ALLIANCE_ERROR_INIT;
    out.status = slot(measure, &sheets, missing, &scores, &error);
    out.message = error.message;
    out.detail = error.detail;
    return out;
  }

  alliance::test::Services services_;
  alliance::plugin::Registry registry_;
  alliance::plugin::Plugin* plugin_ = nullptr;
  std::vector<alliance_measure*> made_;
};

// States of answers, as short as a row of them must be.
inline constexpr std::uint8_t A = ALLIANCE_ANSWERED, S = ALLIANCE_SKIPPED, R = ALLIANCE_REFUSED,
                              N = ALLIANCE_NOT_APPLICABLE, P = ALLIANCE_NOT_PRESENTED;

inline alliance_missing prorate(std::uint32_t most) {
  return {sizeof(alliance_missing), ALLIANCE_MISSING_PRORATE, most, 0};
}

// A folder of definitions of the test's own.
class Folder {
 public:
  Folder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "instruments-XXXXXX").string();
    if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder");
    path_ = pattern;
  }
  ~Folder() {
    std::error_code bad;
    std::filesystem::remove_all(path_, bad);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  void write(const std::string& name, const std::string& text) const {
    std::filesystem::create_directories((path_ / name).parent_path());
    std::ofstream(path_ / name, std::ios::binary) << text;
  }
  std::string settings(const std::string& more = "") const {
    return R"({"definitions": [")" + path_.string() + "\"]" + (more.empty() ? "" : ", " + more) + "}";
  }

 private:
  std::filesystem::path path_;
};

inline std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const auto at = text.find(from);
  if (at == std::string::npos) throw std::runtime_error("the test's text has no " + from);
  return text.replace(at, from.size(), to);
}

}  // namespace instruments_test

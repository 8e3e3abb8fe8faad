// SPDX-License-Identifier: Apache-2.0
// same_scores FOLDER RUNNER INSTRUMENTS-MANIFEST MANIFEST...: plugins that offer the same instrument define it alike
// and score every sheet to the same bytes, under every rule about missing answers, in this process and in one of their
// own; and so does the SDK's own plugin, given that definition as a file in FOLDER.
#include <alliance/host.h>

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <limits>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

namespace {

constexpr std::uint64_t items = 4, scales = 2;

[[noreturn]] void end(const std::string& sentence) {
  std::printf("%s\n", sentence.c_str());
  std::exit(1);
}

void must(std::int32_t status, const alliance_error& error, const std::string& what) {
  if (status != ALLIANCE_OK) end(what + ": " + alliance_status_text(status) + ": " + error.message);
}

std::int32_t append(void* to, const std::uint8_t* bytes, std::uint64_t length) noexcept {
  static_cast<std::string*>(to)->append(reinterpret_cast<const char*>(bytes), length);
  return ALLIANCE_OK;
}

struct Sheets {
  std::vector<double> values;
  std::vector<std::uint8_t> states;
  std::uint64_t rows() const { return states.size() / items; }
};

// Each item answered in every way there is, good and bad: 14 to the power of four sheets.
Sheets every_sheet() {
  struct Answer {
    double value;
    std::uint8_t state;
  };
  std::vector<Answer> ways;
  for (const double value : {0.0, 1.0, 2.0, 3.0, 4.0}) ways.push_back({value, ALLIANCE_ANSWERED});
  for (const double value : {-1.0, 5.0, 2.5, std::numeric_limits<double>::quiet_NaN()}) {
    ways.push_back({value, ALLIANCE_ANSWERED});
  }
  for (std::uint8_t state = ALLIANCE_SKIPPED; state <= ALLIANCE_NOT_PRESENTED; ++state) ways.push_back({77, state});
  ways.push_back({1, 0});
  Sheets all;
  for (std::size_t number = 0; number < ways.size() * ways.size() * ways.size() * ways.size(); ++number) {
    for (std::size_t item = 0, rest = number; item < items; ++item, rest /= ways.size()) {
      all.values.push_back(ways[rest % ways.size()].value);
      all.states.push_back(ways[rest % ways.size()].state);
    }
  }
  return all;
}

struct Scored {
  std::string definition;  // JSON
  std::vector<std::vector<std::uint8_t>> by_rule;
};

template <class T>
void add(std::vector<std::uint8_t>& to, const std::vector<T>& from) {
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(from.data());
  to.insert(to.end(), bytes, bytes + from.size() * sizeof(T));
}

// All sheets at once, and each `stride`th alone.
std::vector<std::uint8_t> score(const alliance_measure_ref& ref, const Sheets& sheets, const alliance_missing* missing,
                                std::uint64_t stride) {
  const std::uint64_t rows = sheets.rows();
  std::vector<double> values(rows * scales, -7);
  std::vector<std::uint8_t> states(rows * scales);
  std::vector<std::uint32_t> answered(rows * scales);
  std::vector<std::int32_t> bands(rows * scales), alone;
  const alliance_sheets in = {sizeof in, 0, rows, items, sheets.values.data(), sheets.states.data()};
  const alliance_scores out = {sizeof out,      0,           rows, scales, values.data(), states.data(),
                               answered.data(), bands.data()};
  alliance_error error = ALLIANCE_ERROR_INIT;
  must(ref.table->score_batch(ref.measure, &in, missing, &out, &error), error, "score_batch()");
  for (std::uint64_t row = 0; row < rows; row += stride) {  // alone, a bad sheet is a status
    double value[scales];
    std::uint8_t state[scales];
    const alliance_sheets one = {sizeof one, 0, 1, items, &sheets.values[row * items], &sheets.states[row * items]};
    const alliance_scores to = {sizeof to, 0, 1, scales, value, state, nullptr, nullptr};
    alone.push_back(ref.table->score(ref.measure, &one, missing, &to, nullptr));
  }
  std::vector<std::uint8_t> all;
  add(all, values), add(all, states), add(all, answered), add(all, bands), add(all, alone);
  return all;
}

Scored everything_of(const std::string& manifest, const std::string& config, const Sheets& sheets,
                     std::uint64_t stride = 1) {
  alliance_host_options options = ALLIANCE_HOST_OPTIONS_INIT;
  options.config = config.c_str();
  alliance_error error = ALLIANCE_ERROR_INIT;
  alliance_host* made = nullptr;
  must(alliance_host_create(&options, &made, &error), error, "a host for " + manifest);
  const std::unique_ptr<alliance_host, decltype(&alliance_host_close)> host(made, &alliance_host_close);
  must(alliance_host_load_plugin(host.get(), manifest.c_str(), &error), error, manifest);
  alliance_measure_ref ref = ALLIANCE_MEASURE_REF_INIT;
  must(alliance_host_find_measure(host.get(), "follow-up-4", nullptr, &ref, &error), error, manifest);
  if (ref.items != items || ref.scales != scales) end(manifest + ": it has not four items and two scales");

  Scored scored;
  std::string bytes;
  const alliance_sink to_bytes = {sizeof to_bytes, 0, &bytes, append};
  const alliance_sink to_json = {sizeof to_json, 0, &scored.definition, append};
  must(ref.table->definition(ref.measure, &to_bytes, &error), error, manifest + ": its definition");
  must(alliance_convert("Instrument", reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size(),
                        ALLIANCE_FLATBUFFERS, &to_json, &error),
       error, manifest + ": its definition");
  scored.by_rule.push_back(score(ref, sheets, nullptr, stride));
  for (const std::int32_t rule : {ALLIANCE_MISSING_NONE, ALLIANCE_MISSING_PRORATE, ALLIANCE_MISSING_CENTRE}) {
    for (std::uint32_t most = 0; most <= items; ++most) {
      const alliance_missing missing = {sizeof missing, rule, most, 0};
      scored.by_rule.push_back(score(ref, sheets, &missing, stride));
    }
  }
  return scored;
}

// As its manifest says, which alliance_add_plugin() wrote.
std::string id_in(const std::string& manifest) {
  std::ostringstream text;
  text << std::ifstream(manifest).rdbuf();
  const std::string before = "\"id\": \"";
  const auto at = text.str().find(before) + before.size();
  return text.str().substr(at, text.str().find('"', at) - at);
}

void same_apart(const std::string& manifest, const std::string& runner, const Sheets& sheets) {
  constexpr std::uint64_t some = 97;
  const std::string config = R"({"plugin_runner": ")" + runner + R"(", "plugins": [{"plugin": ")" + id_in(manifest) +
                             R"(", "settings": "{}", "isolation": "process"}]})";
  if (everything_of(manifest, config, sheets, some).by_rule != everything_of(manifest, "{}", sheets, some).by_rule) {
    end(manifest + " scores otherwise in a process of its own");
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 5) end("usage: same_scores FOLDER RUNNER INSTRUMENTS-MANIFEST MANIFEST...");
  const Sheets sheets = every_sheet();
  const Scored first = everything_of(argv[4], "{}", sheets);
  for (int at = 5; at < argc; ++at) {
    const Scored other = everything_of(argv[at], "{}", sheets);
    if (other.definition != first.definition) end(std::string(argv[at]) + " defines the instrument otherwise");
    if (other.by_rule != first.by_rule) end(std::string(argv[at]) + " scores otherwise than " + argv[4]);
  }
  for (int at = 4; at < argc; ++at) same_apart(argv[at], argv[2], sheets);
  const std::string folder = argv[1];
  if (!(std::ofstream(folder + "/follow-up-4.json") << first.definition)) end(folder + " cannot be written to");
  const std::string config =
      R"({"plugins": [{"plugin": "org.alliance-sdk.instruments", "settings": "{\"definitions\": [\")" + folder +
      R"(\"]}"}]})";
  if (everything_of(argv[3], config, sheets).by_rule != first.by_rule) {
    end("the SDK's own plugin scores the same definition otherwise");
  }
  std::printf("%d plugins and the SDK's own, %zu sheets, %zu rules: the same bytes, also in a process of their own\n",
              argc - 4, static_cast<std::size_t>(sheets.rows()), first.by_rule.size());
  return 0;
}

// SPDX-License-Identifier: Apache-2.0
// The plugins that ship, asked the same in process and out of it: every status, sentence and byte is the same.
#include <random>

#include "alliance_schema/instrument_generated.h"
#include "apart.h"
#include "check/samples.h"

namespace alliance::test {
namespace {

using Bytes = std::vector<std::uint8_t>;

std::string text_of(const Bytes& bytes) { return {bytes.begin(), bytes.end()}; }

// What a plugin answered, in the order of the questions.
class Answers {
 public:
  void number(std::int64_t value) { all_.push_back(std::to_string(value)); }
  void text(const char* value) { all_.emplace_back(value == nullptr ? "none" : value); }
  template <class T>
  void array(const std::vector<T>& values) {
    all_.emplace_back(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T));
  }
  template <class Call>
  void call(Call&& ask) {
    plugin::Gather out;
    alliance_error error = ALLIANCE_ERROR_INIT;
    number(ask(out.sink(), &error));
    number(error.code);
    number(error.vendor_code);
    text(error.message);
    text(error.detail);
    all_.push_back(text_of(out.take()));
  }
  const std::vector<std::string>& all() const { return all_; }

 private:
  std::vector<std::string> all_;
};

Bytes table(const char* name, const char* json) {
  auto made = schema::json_to_bytes(name, json);
  EXPECT_TRUE(made) << made.error().message;
  return made ? *made : Bytes();
}

std::vector<std::string> payloads() {
  std::vector<std::string> made = {check::payload_text, "", "{", "[]", std::string("\0\xff", 2)};
  for (const char* name : {"formr.json", "mindlamp-nats.jsonl", "mindlamp-rest.json", "redcap.csv"}) {
    made.push_back(read(std::string(ALLIANCE_SOURCE_DIR) + "/tests/unit/programmes/data/" + name));
  }
  return made;
}

// Sheets of answers that are options, and of some that are none; the same in every run.
void ask_to_score(const alliance_measure_factory& to, alliance_measure* measure, Answers& answers) {
  plugin::Gather out;
  ASSERT_EQ(to.definition(measure, out.sink(), nullptr), ALLIANCE_OK);
  const Bytes bytes = out.take();
  const auto* definition = flatbuffers::GetRoot<fb::Instrument>(bytes.data());
  const std::size_t items = definition->items()->size(), scales = definition->scales()->size();
  std::mt19937 random(7);
  const alliance_missing rules[] = {{sizeof(alliance_missing), ALLIANCE_MISSING_PRORATE, 2, 0},
                                    {sizeof(alliance_missing), ALLIANCE_MISSING_CENTRE, 1, 0}};
  for (const std::size_t rows : {std::size_t{1}, std::size_t{0}, std::size_t{300}}) {
    for (const alliance_missing* rule : {static_cast<const alliance_missing*>(nullptr), &rules[0], &rules[1]}) {
      std::vector<double> values(rows * items);
      std::vector<std::uint8_t> states(rows * items);
      for (auto& value : values) value = static_cast<double>(random() % 7);
      for (auto& state : states) state = static_cast<std::uint8_t>(random() % 12 == 0 ? random() % 6 : 1);
      const alliance_sheets sheets{sizeof sheets, 0, rows, items, values.data(), states.data()};
      std::vector<double> scored(rows * scales, -1);
      std::vector<std::uint8_t> how(rows * scales, 99);
      std::vector<std::uint32_t> answered(rows * scales, 99);
      std::vector<std::int32_t> bands(rows * scales, 99);
      const alliance_scores all{sizeof all, 0, rows, scales, scored.data(), how.data(), answered.data(), bands.data()};
      const alliance_scores few{sizeof few, 0, rows, scales, scored.data(), how.data(), nullptr, nullptr};
      const alliance_scores wrong{sizeof wrong, 0, rows + 1, scales, nullptr, nullptr, nullptr, nullptr};
      const auto keep = [&] {
        answers.array(scored), answers.array(how), answers.array(answered), answers.array(bands);
      };
      for (const auto* shape : {&all, &few}) {
        answers.call([&](auto, auto* error) { return to.score_batch(measure, &sheets, rule, shape, error); });
        keep();
        if (rows == 1) answers.call([&](auto, auto* error) { return to.score(measure, &sheets, rule, shape, error); });
        keep();
      }
      answers.call([&](auto, auto* error) { return to.score_batch(measure, &sheets, rule, &wrong, error); });
    }
  }
}

template <class Table, class Use>
void each(plugin::Plugin& plugin, const Table* table, Answers& answers, Use use) {
  if (table == nullptr) return;
  const std::uint64_t count = table->count(table);
  answers.number(static_cast<std::int64_t>(count));
  for (std::uint64_t index = 0; index <= count; ++index) {
    alliance_descriptor what = ALLIANCE_DESCRIPTOR_INIT;
    answers.call([&](auto, auto* error) { return table->describe(table, index, &what, error); });
    if (what.id == nullptr) continue;
    answers.text(what.id), answers.text(what.version), answers.text(what.title);
    void* instance = nullptr;
    answers.call([&](auto, auto* error) {
      if constexpr (std::is_same_v<Table, alliance_measure_factory>) {
        return table->create(table, &plugin.services, what.id, what.version,
                             reinterpret_cast<alliance_measure**>(&instance), error);
      } else if constexpr (std::is_same_v<Table, alliance_timing_factory>) {
        return table->create(table, &plugin.services, what.id, reinterpret_cast<alliance_timing**>(&instance), error);
      } else if constexpr (std::is_same_v<Table, alliance_tailoring_factory>) {
        return table->create(table, &plugin.services, what.id, reinterpret_cast<alliance_tailoring**>(&instance),
                             error);
      } else {
        return table->create(table, &plugin.services, what.id, reinterpret_cast<alliance_programme**>(&instance),
                             error);
      }
    });
    if (instance != nullptr) use(instance);
  }
}

// All that a plugin can be asked, on the same inputs.
std::vector<std::string> interview(plugin::Plugin& plugin) {
  Answers answers;
  const Bytes state = table("Case", check::case_json), course = table("Programme", check::programme_json);
  const Bytes proposal = table("Proposals", check::proposals_json), none, noise(200, 0x5A);
  constexpr alliance_instant instants[] = {1'700'500'000'000'000, 1'701'500'000'000'000, 0, 1'720'000'000'000'000};
  each(plugin, plugin.measure, answers, [&](void* instance) {
    auto* measure = static_cast<alliance_measure*>(instance);
    answers.call([&](auto* out, auto* error) { return plugin.measure->definition(measure, out, error); });
    ask_to_score(*plugin.measure, measure, answers);
    plugin.measure->destroy(measure);
  });
  each(plugin, plugin.timing, answers, [&](void* instance) {
    auto* timing = static_cast<alliance_timing*>(instance);
    for (const Bytes* bytes : {&state, &none, &noise}) {
      for (const alliance_instant now : instants) {
        for (const auto ask : {plugin.timing->plan, plugin.timing->account}) {
          answers.call(
              [&](auto* out, auto* error) { return ask(timing, bytes->data(), bytes->size(), now, out, error); });
        }
      }
    }
    plugin.timing->destroy(timing);
  });
  each(plugin, plugin.tailoring, answers, [&](void* instance) {
    auto* tailoring = static_cast<alliance_tailoring*>(instance);
    for (const Bytes* bytes : {&state, &none, &noise}) {
      for (const Bytes* of : {&course, &none, &noise}) {
        answers.call([&](auto* out, auto* error) {
          return plugin.tailoring->propose(tailoring, bytes->data(), bytes->size(), of->empty() ? nullptr : of->data(),
                                           of->size(), instants[0], out, error);
        });
      }
    }
    plugin.tailoring->destroy(tailoring);
  });
  each(plugin, plugin.programme, answers, [&](void* instance) {
    auto* programme = static_cast<alliance_programme*>(instance);
    answers.call([&](auto* out, auto* error) { return plugin.programme->catalogue(programme, out, error); });
    for (const std::string& payload : payloads()) {
      const auto* bytes = reinterpret_cast<const std::uint8_t*>(payload.data());
      answers.call([&](auto* out, auto* error) {
        return plugin.programme->ingest(programme, bytes, payload.size(), out, error);
      });
    }
    for (const Bytes* bytes : {&proposal, &none, &noise}) {
      answers.call([&](auto* out, auto* error) {
        return plugin.programme->apply(programme, "case-1", bytes->data(), bytes->size(), instants[0], out, error);
      });
    }
    plugin.programme->destroy(programme);
  });
  return answers.all();
}

class BothWays : public ::testing::TestWithParam<const char*> {};

TEST_P(BothWays, GiveTheSameAnswersToTheByte) {
  const std::string name = GetParam();
  const std::string path = manifest(name);
  std::vector<std::string> answers[2];
  for (const bool away : {false, true}) {
    Services services;
    services.now(1'700'500'000'000'000);

    plugin::Registry registry(away ? apart(services) : services.host());
    const auto loaded = registry.load(path);
    ASSERT_TRUE(loaded) << loaded.error().message;
    EXPECT_EQ((*loaded)->info.isolation.starts_with("process"), away) << (*loaded)->info.isolation;
    answers[away ? 1 : 0] = interview(**loaded);
  }
  EXPECT_GT(answers[0].size(), 60u);
  ASSERT_EQ(answers[0].size(), answers[1].size());
  for (std::size_t at = 0; at < answers[0].size(); ++at) {
    ASSERT_EQ(answers[0][at], answers[1][at]) << "answer " << at;
  }
}

INSTANTIATE_TEST_SUITE_P(Shipped, BothWays,
                         ::testing::Values("instruments", "session-schedule", "trial-calendar", "rules",
                                           "stepped-review", "xapi", "files", "koppeltaal", "mindlamp"),
                         [](const auto& name) {
                           std::string words = name.param;
                           std::replace(words.begin(), words.end(), '-', '_');
                           return words;
                         });

TEST(BothWays, ABatchThatGoesInPiecesIsScoredAsAWhole) {
  Services services;
  auto without = patient();
  without.shared_memory = false;
  plugin::Registry hosts[] = {plugin::Registry(services.host()), plugin::Registry(apart(services)),
                              plugin::Registry(apart(services, without))};
  constexpr std::size_t rows = 500'001, items = 9;
  std::vector<double> values(rows * items);
  for (std::size_t cell = 0; cell < values.size(); ++cell) values[cell] = static_cast<double>(cell * 7 % 5);
  std::vector<std::uint8_t> given(rows * items, ALLIANCE_ANSWERED);
  for (std::size_t cell = 0; cell < given.size(); cell += 1001) given[cell] = ALLIANCE_SKIPPED;
  std::vector<std::vector<std::uint8_t>> answers;
  for (auto& host : hosts) {
    const auto loaded = host.load(manifest("instruments"));
    ASSERT_TRUE(loaded) << loaded.error().message;
    plugin::Plugin& plugin = **loaded;
    alliance_measure* measure = nullptr;
    alliance_error error = ALLIANCE_ERROR_INIT;
    ASSERT_EQ(plugin.measure->create(plugin.measure, &plugin.services, "phq-9", nullptr, &measure, &error), ALLIANCE_OK)
        << error.message;
    std::vector<double> scored(2 * rows, -1);
    std::vector<std::uint8_t> states(2 * rows, 99);
    std::vector<std::uint32_t> answered(2 * rows, 99);
    std::vector<std::int32_t> bands(2 * rows, 99);
    const alliance_sheets sheets{sizeof sheets, 0, rows, items, values.data(), given.data()};
    const alliance_scores out{sizeof out, 0, rows, 2, scored.data(), states.data(), answered.data(), bands.data()};
    EXPECT_EQ(plugin.measure->score_batch(measure, &sheets, nullptr, &out, &error), ALLIANCE_OK) << error.message;
    plugin.measure->destroy(measure);
    std::vector<std::uint8_t> all;
    const auto add = [&](const auto& array) {
      const auto* first = reinterpret_cast<const std::uint8_t*>(array.data());
      all.insert(all.end(), first, first + array.size() * sizeof array[0]);
    };
    add(scored), add(states), add(answered), add(bands);
    answers.push_back(std::move(all));
  }
  EXPECT_TRUE(answers[0] == answers[1]) << "shared memory";
  EXPECT_TRUE(answers[0] == answers[2]) << "the socket alone";
}

}  // namespace
}  // namespace alliance::test

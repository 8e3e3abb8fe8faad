// SPDX-License-Identifier: Apache-2.0
// An instrument in C++: three questions of our own, each answered from 0 to 4, added up.
#include <alliance/plugin.hpp>
#include <cmath>

namespace {

const char* const definition_json = R"({
  "id": "mood-3", "version": "1.0.0", "title": "Mood, three questions", "perspective": "client",
  "responses": [{"id": "0-4", "min": 0, "max": 4}],
  "items": [{"id": "mood-1", "response": "0-4"}, {"id": "mood-2", "response": "0-4"}, {"id": "mood-3", "response": "0-4"}],
  "scales": [{"id": "total", "roles": ["mood.total"], "method": "sum", "items": ["mood-1", "mood-2", "mood-3"],
              "min": 0, "max": 12, "direction": "higher_is_better"}],
  "licence": {"holder": "the authors of this example", "terms": "Apache-2.0", "text_may_ship": true},
  "keys_provenance": {"certainty": "own", "source": "made for this example"},
  "not_validated": true,
  "vectors": [{"answers": [1, 2, 3], "expected": [{"scale": "total", "value": 6}]}]
})";

class Mood final : public alliance::Measure {
 public:
  explicit Mood(const alliance::Services& services) : bytes_(services.encode("Instrument", definition_json)) {}

  alliance::Bytes definition() const override { return bytes_; }
  std::size_t items() const override { return 3; }
  std::size_t scales() const override { return 1; }

  void score(const alliance::Sheet& sheet, const alliance_missing* missing,
             std::span<alliance::Score> out) const override {
    double sum = 0;
    alliance::Score& total = out[0];
    for (std::size_t item = 0; item < sheet.size(); ++item) {
      if (!sheet.answered(item)) continue;
      const double value = sheet.value(item);
      if (value < 0 || value > 4 || value != std::floor(value)) {
        throw alliance::Error(ALLIANCE_E_BAD_INPUT,
                              "item mood-" + std::to_string(item + 1) + ": answer with a whole number from 0 to 4",
                              std::to_string(value));
      }
      sum += value;
      ++total.answered;
    }
    const std::size_t absent = sheet.size() - total.answered;
    const bool may_prorate = missing != nullptr && missing->rule == ALLIANCE_MISSING_PRORATE && absent <= missing->most;
    if (total.answered == 0 || (absent > 0 && !may_prorate)) return;  // stays not scorable
    total.state = absent == 0 ? ALLIANCE_SCORED : ALLIANCE_PRORATED;
    total.value = absent == 0 ? sum : 3 * sum / total.answered;
  }

 private:
  alliance::Bytes bytes_;
};

void offer(alliance::Plugin& plugin) { plugin.add<Mood>({"mood-3", "1.0.0", "Mood, three questions"}); }

}  // namespace

ALLIANCE_PLUGIN(offer);

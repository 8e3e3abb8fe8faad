// SPDX-License-Identifier: Apache-2.0
// An instrument in C++20, with the contract's headers and nothing else: four questions of our own about what became of
// the last session's homework, two scales, bands, a reversed item and all three rules about missing answers. The same
// instrument in C and in Rust lies beside this one, and each scores the same sheets to the same bytes.
#include <alliance/plugin.hpp>
#include <array>
#include <cmath>

namespace {

constexpr const char* id = "follow-up-4";
constexpr const char* version = "1.0.0";
constexpr const char* title = "Homework follow-up, four questions";

constexpr const char* definition_json = R"({
  "id": "follow-up-4", "version": "1.0.0", "title": "Homework follow-up, four questions", "perspective": "client",
  "responses": [{"id": "0-4", "min": 0, "max": 4}],
  "items": [{"id": "remembered", "response": "0-4"}, {"id": "tried", "response": "0-4"},
            {"id": "hindered", "response": "0-4"}, {"id": "helped", "response": "0-4"}],
  "scales": [
    {"id": "total", "roles": ["homework.total"], "method": "sum",
     "items": ["remembered", "tried", "hindered", "helped"], "reversed": ["hindered"],
     "min": 0, "max": 16, "direction": "higher_is_better",
     "bands": [{"id": "little", "from": 0, "to": 5}, {"id": "some", "from": 6, "to": 10},
               {"id": "much", "from": 11, "to": 16}],
     "bands_provenance": {"certainty": "own", "source": "made for this example"}},
    {"id": "use", "roles": ["homework.use"], "method": "mean", "items": ["remembered", "tried", "helped"],
     "min": 0, "max": 4, "direction": "higher_is_better"}],
  "missing": {"rule": "prorate", "most": 1, "provenance": {"certainty": "own", "source": "made for this example"}},
  "licence": {"holder": "the authors of this example", "terms": "Apache-2.0", "text_may_ship": true,
              "provenance": {"certainty": "own", "source": "made for this example"}},
  "keys_provenance": {"certainty": "own", "source": "made for this example"}, "not_validated": true,
  "vectors": [{"answers": [3, 2, 1, 3], "source": "by hand",
               "expected": [{"scale": "total", "value": 11, "band": "much"},
                            {"scale": "use", "value": 2.6666666666666665}]},
              {"answers": [0, 1, 4, 0], "source": "by hand",
               "expected": [{"scale": "total", "value": 1, "band": "little"},
                            {"scale": "use", "value": 0.3333333333333333}]}]
})";

constexpr int highest = 4;
constexpr std::array item_ids = {"remembered", "tried", "hindered", "helped"};

struct Part {
  std::size_t item;
  bool reversed = false;
};

struct Scale {
  bool mean;
  std::vector<Part> parts;
  std::vector<double> bands_from;  // where each band begins
};

const std::array<Scale, 2>& scales_of_it() {
  static const std::array<Scale, 2> all = {
      Scale{false, {{0}, {1}, {2, true}, {3}}, {0, 6, 11}},
      Scale{true, {{0}, {1}, {3}}, {}},
  };
  return all;
}

// Bands are written for whole scores: 10.67 has not reached 11 and stays below.
std::int32_t band_of(const Scale& scale, double value) {
  std::int32_t band = ALLIANCE_NO_BAND;
  for (const double from : scale.bands_from) band += value >= from ? 1 : 0;
  return band;
}

class FollowUp final : public alliance::Measure {
 public:
  explicit FollowUp(const alliance::Services& services) : bytes_(services.encode("Instrument", definition_json)) {}

  alliance::Bytes definition() const override { return bytes_; }
  std::size_t items() const override { return item_ids.size(); }
  std::size_t scales() const override { return scales_of_it().size(); }

  void score(const alliance::Sheet& sheet, const alliance_missing* missing,
             std::span<alliance::Score> out) const override {
    for (std::size_t item = 0; item < sheet.size(); ++item) check(sheet, item);
    const alliance_missing own = {sizeof own, ALLIANCE_MISSING_PRORATE, 1, 0};  // the definition's own rule
    for (std::size_t at = 0; at < out.size(); ++at) {
      out[at] = score_scale(scales_of_it()[at], sheet, missing == nullptr ? own : *missing);
    }
  }

 private:
  // The glue has refused answers without a state or that are no number.
  static void check(const alliance::Sheet& sheet, std::size_t item) {
    if (!sheet.answered(item)) return;
    const double value = sheet.value(item);
    if (value >= 0 && value <= highest && value == std::floor(value)) return;
    throw alliance::Error(ALLIANCE_E_BAD_INPUT,
                          std::string("item ") + item_ids[item] + ": answer with a whole number from 0 to 4",
                          std::to_string(value));
  }

  // Whole numbers up to the one division at the end, so that each language rounds once and alike.
  static alliance::Score score_scale(const Scale& scale, const alliance::Sheet& sheet, const alliance_missing& rule) {
    const bool centre = rule.rule == ALLIANCE_MISSING_CENTRE;
    const int length = static_cast<int>(scale.parts.size());
    int sum = 0, answered = 0;
    for (const Part& part : scale.parts) {
      int given = highest / 2;
      if (sheet.answered(part.item)) {
        given = static_cast<int>(sheet.value(part.item));
        ++answered;
      } else if (!centre) {
        continue;
      }
      sum += part.reversed ? highest - given : given;
    }
    alliance::Score score;
    score.answered = static_cast<std::uint32_t>(answered);
    const std::uint32_t missing = static_cast<std::uint32_t>(length - answered);
    const bool may_miss = rule.rule != ALLIANCE_MISSING_NONE && missing <= rule.most;
    if (answered == 0 || (missing > 0 && !may_miss)) return score;  // stays not scorable
    const int counted = centre ? length : answered;
    score.state = missing == 0 ? ALLIANCE_SCORED : ALLIANCE_PRORATED;
    score.value = static_cast<double>(scale.mean ? sum : sum * length) / counted;
    score.band = band_of(scale, score.value);
    return score;
  }

  alliance::Bytes bytes_;
};

void offer(alliance::Plugin& plugin) { plugin.add<FollowUp>({id, version, title}); }

}  // namespace

ALLIANCE_PLUGIN(offer);

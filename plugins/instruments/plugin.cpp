// SPDX-License-Identifier: Apache-2.0
// Instruments from definition files: drop one into the folder, and it scores.
#include "check.h"
#include "library.h"

namespace {

using alliance::Error;
using alliance::Score;
using alliance::Sheet;
using alliance::instruments::Loaded;
using alliance::instruments::Rule;

// "0, 1, 2 or 3", "a number from 0 to 10 with at most 2 decimals".
std::string choices(const alliance::fb::ResponseT& response) {
  using alliance::instruments::text;
  if (response.options.empty()) {
    const std::string ends = " from " + text(*response.min) + " to " + text(*response.max);
    if (response.decimals == 0) return "a whole number" + ends;
    return "a number" + ends + " with at most " + std::to_string(response.decimals) + " decimals";
  }
  std::string list;
  for (std::size_t i = 0; i < response.options.size(); ++i) {
    if (i > 0) list += i + 1 == response.options.size() ? " or " : ", ";
    list += text(*response.options[i]->value);
  }
  return list;
}

class DefinedMeasure final : public alliance::Measure {
 public:
  explicit DefinedMeasure(std::shared_ptr<const Loaded> loaded) : loaded_(std::move(loaded)) {}

  alliance::Bytes definition() const override { return loaded_->bytes; }
  alliance::Bytes content(const std::string& language) const override {
    const auto found = loaded_->content.find(language);
    return found == loaded_->content.end() ? Measure::content(language) : found->second;
  }
  std::size_t items() const override { return loaded_->key.items(); }
  std::size_t scales() const override { return loaded_->key.scales(); }

  // Nothing can fail once it was permitted, so rows go straight to the caller's arrays.
  void score_one(const alliance_sheets& sheet, const alliance_missing* missing,
                 const alliance_scores& out) const override {
    permit();
    if (loaded_->key.score_rows(sheet, 0, rule(missing), out) == 0) Measure::score_one(sheet, missing, out);
  }

  void score(const Sheet& sheet, const alliance_missing* missing, std::span<Score> out) const override {
    permit();
    if (const auto bad = loaded_->key.first_bad(sheet)) refuse(*bad, sheet.value(*bad));
    loaded_->key.score(sheet, rule(missing), out);
  }

  void score_batch(const alliance_sheets& sheets, const alliance_missing* missing,
                   const alliance_scores& out) const override {
    permit();
    const Rule how = rule(missing);
    const alliance::glue::Row row(scales());
    for (std::uint64_t at = 0;; ++at) {
      at = loaded_->key.score_rows(sheets, at, how, out);
      if (at >= sheets.rows) return;
      const Sheet sheet = alliance::glue::row_of(sheets, at);
      if (loaded_->key.first_bad(sheet)) {
        for (Score& score : row.scores()) score = Score{0, ALLIANCE_BAD_SHEET, 0, ALLIANCE_NO_BAND};
      } else {
        loaded_->key.score(sheet, how, row.scores());
      }
      alliance::glue::store_row(out, at, row.scores());
    }
  }

 private:
  void permit() const {
    if (!loaded_->denied.empty()) throw Error(ALLIANCE_E_DENIED, loaded_->denied);
  }

  Rule rule(const alliance_missing* missing) const {
    if (missing == nullptr) return loaded_->key.rule();
    return {static_cast<alliance::fb::MissingRule>(missing->rule), missing->most};
  }

  [[noreturn]] void refuse(std::size_t item, double value) const {
    alliance::fb::InstrumentT definition;
    alliance::fb::GetInstrument(loaded_->bytes.data())->UnPackTo(&definition);
    const std::string& wanted = definition.items[item]->response;
    std::string sentence = "item " + definition.items[item]->id + ": the answer is none of its options";
    for (const auto& response : definition.responses) {
      if (response->id == wanted) sentence += " (" + choices(*response) + ")";
    }
    throw Error(ALLIANCE_E_BAD_INPUT, sentence, alliance::instruments::text(value));
  }

  std::shared_ptr<const Loaded> loaded_;
};

void offer(alliance::Plugin& plugin) {
  plugin.kind<alliance::Measure>();
  const auto& services = plugin.services();
  for (auto& loaded : alliance::instruments::load(services, alliance::instruments::read_settings(services))) {
    plugin.add<DefinedMeasure>({loaded->id, loaded->version, loaded->title}, loaded);
  }
}

}  // namespace

ALLIANCE_PLUGIN(offer);

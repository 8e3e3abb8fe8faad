// SPDX-License-Identifier: Apache-2.0
#include "host/scoring.h"

#include "host/errors.h"
#include "measure/rests_on.h"
#include "schema/comparator.h"

namespace alliance::host {
namespace {

struct Sheet {
  std::vector<double> values;
  std::vector<std::uint8_t> states;
};

tl::unexpected<Failure> not_an_answer(const std::string& reason, const std::string& detail) {
  return fail(ALLIANCE_E_BAD_INPUT, "event: body.answers: " + reason, detail);
}

// What an answer says, in the item's numbers.
Result<double> value_of(const fb::InstrumentT& definition, const fb::ItemT& item, const fb::AnswerT& answer) {
  if (answer.code.empty()) return answer.value;
  for (const auto& response : definition.responses) {
    if (response->id != item.response) continue;
    for (const auto& option : response->options) {
      if (option->code != answer.code || !option->value) continue;
      if (answer.value == 0 || answer.value == *option->value) return *option->value;
      return not_an_answer("item " + item.id + ": the value and the code mean different answers", answer.code);
    }
  }
  return not_an_answer("item " + item.id + " has no option with this code", answer.code);
}

// An item that the event does not mention was skipped: only its platform could know better, and would have said so.
Result<Sheet> sheet_of(const Instrument& instrument, const fb::AnswersGivenT& given) {
  const fb::InstrumentT& definition = instrument.definition;
  const std::size_t items = definition.items.size();
  Sheet sheet{std::vector<double>(items, 0.0), std::vector<std::uint8_t>(items, ALLIANCE_SKIPPED)};
  std::size_t at = 0;
  for (const auto& answer : given.answers) {
    if (at >= items || definition.items[at]->id != answer->item) {  // most often they come in their order
      const auto found = instrument.item_index.find(answer->item);
      if (found == instrument.item_index.end()) {
        return not_an_answer(definition.id + " has no item " + nameable(answer->item), answer->item);
      }
      at = found->second;
    }
    sheet.states[at] = static_cast<std::uint8_t>(answer->state);
    if (answer->state == fb::AnswerState::answered) {
      const auto value = value_of(definition, *definition.items[at], *answer);
      if (!value) return tl::unexpected(value.error());
      sheet.values[at] = *value;
    }
    ++at;
  }
  return sheet;
}

}  // namespace

Result<fb::ScoredT> score(const Instrument& instrument, const fb::AnswersGivenT& given, const std::string& event) {
  const fb::InstrumentT& definition = instrument.definition;
  if (given.rater != fb::Rater::unset && given.rater != definition.perspective) {
    return fail(ALLIANCE_E_BAD_INPUT, "event: body.rater is " + std::string(fb::EnumNameRater(given.rater)) + ", and " +
                                          definition.id + " is answered by the " +
                                          fb::EnumNameRater(definition.perspective));
  }
  const auto sheet = sheet_of(instrument, given);
  if (!sheet) return tl::unexpected(sheet.error());

  const std::size_t scales = definition.scales.size();
  std::vector<double> values(scales);
  std::vector<std::uint8_t> states(scales);
  std::vector<std::uint32_t> answered(scales);
  std::vector<std::int32_t> bands(scales, ALLIANCE_NO_BAND);
  const alliance_sheets sheets{sizeof(alliance_sheets), 0, 1, sheet->values.size(), sheet->values.data(),
                               sheet->states.data()};
  const alliance_scores out{sizeof(alliance_scores), 0,           1, scales, values.data(), states.data(),
                            answered.data(),         bands.data()};
  alliance_error error = ALLIANCE_ERROR_INIT;
  const std::int32_t status = instrument.plugin->measure->score(instrument.measure, &sheets, nullptr, &out, &error);
  if (status != ALLIANCE_OK) return fail(status, "event: body.answers: " + std::string(error.message), error.detail);

  fb::ScoredT scored;
  scored.instrument = definition.id;
  scored.version = definition.version;
  scored.definition_hash = definition.hash;
  scored.rater = definition.perspective;
  scored.target = definition.target;
  scored.session = given.session;
  scored.not_validated = definition.not_validated;
  scored.event = event;
  for (std::size_t i = 0; i < scales; ++i) {
    const fb::ScaleT& scale = *definition.scales[i];
    auto score = std::make_unique<fb::ScoreT>();
    score->scale = scale.id;
    score->roles = scale.roles;
    score->state = static_cast<fb::ScoreState>(states[i]);
    score->answered = answered[i];
    score->items = static_cast<std::uint32_t>(scale.items.size());
    if (states[i] == ALLIANCE_SCORED || states[i] == ALLIANCE_PRORATED) score->value = values[i];
    if (bands[i] >= 0 && static_cast<std::size_t>(bands[i]) < scale.bands.size()) {
      score->band = scale.bands[static_cast<std::size_t>(bands[i])]->id;
    }
    if (states[i] == ALLIANCE_PRORATED && definition.missing) {
      score->rule =
          measure::missing_rule_name(static_cast<std::int32_t>(definition.missing->rule), definition.missing->most);
    }
    score->unverified = measure::unverified(definition, scale, *score);
    scored.scores.push_back(std::move(score));
  }
  const measure::FilledIn filled_in{sheet->values, sheet->states, measure::seconds_per_item(given)};
  for (auto& warning : measure::response_warnings(filled_in, instrument.directions)) {
    scored.warnings.push_back(std::make_unique<fb::WarningT>(std::move(warning)));
  }
  return scored;
}

std::vector<std::unique_ptr<fb::AnswerT>> answers_of(const Instrument& instrument, const fb::AnswersGivenT& given) {
  std::vector<std::unique_ptr<fb::AnswerT>> out;
  const auto sheet = sheet_of(instrument, given);
  if (!sheet) return out;
  for (std::size_t i = 0; i < instrument.definition.items.size(); ++i) {
    auto answer = std::make_unique<fb::AnswerT>();
    answer->item = instrument.definition.items[i]->id;
    answer->value = sheet->values[i];
    answer->state = static_cast<fb::AnswerState>(sheet->states[i]);
    out.push_back(std::move(answer));
  }
  return out;
}

std::vector<fb::SafetyFlagT> safety_flags(const Instrument& instrument, const fb::AnswersGivenT& given,
                                          const std::string& event) {
  std::vector<fb::SafetyFlagT> flags;
  if (!instrument.has_safety) return flags;
  const auto sheet = sheet_of(instrument, given);
  if (!sheet) return flags;
  for (std::size_t i = 0; i < instrument.definition.items.size(); ++i) {
    const fb::ItemT& item = *instrument.definition.items[i];
    if (!item.safety) continue;
    fb::SafetyState state = fb::SafetyState::unset;
    if (sheet->states[i] == ALLIANCE_SKIPPED) state = fb::SafetyState::skipped;
    if (sheet->states[i] == ALLIANCE_REFUSED) state = fb::SafetyState::refused;
    if (sheet->states[i] == ALLIANCE_ANSWERED &&
        schema::holds(item.safety->comparator, sheet->values[i], item.safety->threshold)) {
      state = fb::SafetyState::positive;
    }
    if (state == fb::SafetyState::unset) continue;
    fb::SafetyFlagT flag;
    flag.flag = event + "/" + instrument.definition.id + "/" + item.id;
    flag.instrument = instrument.definition.id;
    flag.item = item.id;
    flag.state = state;
    flag.event = event;
    flags.push_back(std::move(flag));
  }
  return flags;
}

}  // namespace alliance::host

// SPDX-License-Identifier: Apache-2.0
// An instrument as a test needs it: its definition, sheets that fit it, and its scores.
#pragma once

#include <alliance_schema/instrument_generated.h>

#include <random>

#include "check/question.h"

namespace alliance::check {

// The same throws in every run and every process.
inline std::mt19937_64 dice_of_one_kind() {
  return std::mt19937_64(31);  // NOLINT(bugprone-random-generator-seed)
}

struct Sheets {
  std::size_t rows = 1;
  std::vector<double> values;        // rows x items
  std::vector<std::uint8_t> states;  // the same; empty: every item was answered
};

struct Scored {
  std::int32_t status = ALLIANCE_OK;
  std::vector<double> values;  // rows x scales
  std::vector<std::uint8_t> states;
  std::vector<std::uint32_t> answered;
  std::vector<std::int32_t> bands;
  alliance_error error = ALLIANCE_ERROR_INIT;
};
bool same_bytes(const Scored& left, const Scored& right);

class Form {
 public:
  // What it says of itself; no answer where that is no Instrument.
  static Result<Form> of(Session& session, const Instance& instance);

  const fb::InstrumentT& definition() const { return definition_; }
  std::size_t items() const { return definition_.items.size(); }
  std::size_t scales() const { return definition_.scales.size(); }

  // What may be answered to an item: all of it, or some of a range.
  std::vector<double> options(std::size_t item) const;
  Sheets random(std::mt19937_64& dice, std::size_t rows) const;  // all answered, with permitted values
  double no_option(std::size_t item) const;                      // a number that is none of the options

  Scored score(const Sheets& sheets, const alliance_missing* missing = nullptr) const;  // of one row
  Scored batch(const Sheets& sheets, const alliance_missing* missing = nullptr) const;

 private:
  using Call = std::int32_t (*)(alliance_measure*, const alliance_sheets*, const alliance_missing*,
                                const alliance_scores*, alliance_error*) noexcept;
  Form(Session& session, const Instance& instance, fb::InstrumentT definition)
      : session_(&session), instance_(&instance), definition_(std::move(definition)) {}
  Scored call(Call function, const char* name, const Sheets& sheets, const alliance_missing* missing) const;

  Session* session_;
  const Instance* instance_;
  fb::InstrumentT definition_;
};

// Walks the plugin's instruments that may score, and stops at the first outcome that is not a pass.
using FormTest = Outcome (*)(Session& session, const Instance& instance, const Form& form);
Outcome for_each_form(Session& session, FormTest test);

}  // namespace alliance::check

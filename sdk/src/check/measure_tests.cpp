// SPDX-License-Identifier: Apache-2.0
// Instruments: what they say of themselves, and what they score.
#include <bit>
#include <cmath>
#include <limits>
#include <set>

#include "check/form.h"
#include "check/tests.h"

namespace alliance::check {
namespace {

std::string number(double value) {
  char text[40];
  std::snprintf(text, sizeof text, "%.10g", value);
  return text;
}

// "low", or what stands there where there is no band.
std::string band_name(const fb::ScaleT& scale, std::int32_t band) {
  if (band == ALLIANCE_NO_BAND) return "no band";
  const bool there = band >= 0 && static_cast<std::size_t>(band) < scale.bands.size();
  return there ? "band " + scale.bands[static_cast<std::size_t>(band)]->id : "a band that there is not";
}

// Whether a full sheet's value lies in another band than the one that was given for it. No band is no claim.
bool in_another_band(const fb::ScaleT& scale, double value, std::int32_t given) {
  for (std::size_t band = 0; band < scale.bands.size(); ++band) {
    const fb::BandT& one = *scale.bands[band];
    if (one.from && one.to && value >= *one.from && value <= *one.to) return given != static_cast<std::int32_t>(band);
  }
  return false;
}

bool scored(std::uint8_t state) { return state == ALLIANCE_SCORED || state == ALLIANCE_PRORATED; }

// One sheet whose answer to one item was changed, for each item.
template <class Change, class Look>
Outcome each_item(const Form& form, const Change& change, const Look& look) {
  auto random = dice_of_one_kind();
  for (std::size_t item = 0; item < form.items(); ++item) {
    Sheets sheet = form.random(random, 1);
    sheet.states.assign(form.items(), ALLIANCE_ANSWERED);
    change(sheet, item);
    const Outcome outcome = look(sheet, item);
    if (outcome.verdict != Verdict::passed) return outcome;
  }
  return passed();
}

Outcome refuses(const Form& form, const Sheets& sheet, std::size_t item, const char* what) {
  const Scored one = form.score(sheet);
  if (one.status == ALLIANCE_E_BAD_INPUT) return passed();
  return failed("item " + form.definition().items[item]->id + " with " + what + ": " +
                (one.status == ALLIANCE_OK ? "score() succeeds" : "score() answers " + std::to_string(one.status)));
}

}  // namespace

Outcome definition_matches(Session& session) {
  bool any = false;
  for (const Offered& what : session.offered("measure")) {
    const auto instance = Instance::make(session, what);
    if (!instance) continue;
    const auto form = Form::of(session, *instance);
    if (!form) continue;
    any = true;
    if (form->definition().id != what.id) return failed("'" + what.id + "' defines '" + form->definition().id + "'");
    if (form->definition().version != what.version) {
      return failed("'" + what.id + "' is offered as " + what.version + " and defined as " +
                    form->definition().version);
    }
  }
  return any ? passed() : skipped("the plugin has no instrument");
}

Outcome definition_sound(Session& session) {
  return for_each_form(session, [](Session&, const Instance&, const Form& form) {
    std::set<std::string> items, scales;
    for (std::size_t item = 0; item < form.items(); ++item) {
      const std::string& id = form.definition().items[item]->id;
      if (!items.insert(id).second) return failed("item " + id + " stands there twice");
      if (form.options(item).empty())
        return failed("item " + id + " has no answers: its response says neither options nor range");
    }
    for (const auto& scale : form.definition().scales) {
      if (!scales.insert(scale->id).second) return failed("scale " + scale->id + " stands there twice");
      for (const auto& item : scale->items) {
        if (items.count(item) == 0) return failed("scale " + scale->id + " sums item " + item + ", which there is not");
      }
      if (scale->min && scale->max && *scale->min > *scale->max) return failed("scale " + scale->id + " has no range");
    }
    return items.empty() || scales.empty() ? failed("it has no item or no scale") : passed();
  });
}

Outcome definition_vectors(Session& session) {
  return for_each_form(session, [](Session&, const Instance&, const Form& form) {
    if (form.definition().vectors.empty()) return failed("its definition carries no worked example");
    std::size_t number_of = 0;
    for (const auto& vector : form.definition().vectors) {
      const std::string where = "worked example " + std::to_string(++number_of) + ": ";
      if (vector->answers.size() != form.items()) return failed(where + "it has not one answer per item");
      Sheets sheet;
      sheet.values = vector->answers;
      sheet.states.assign(form.items(), ALLIANCE_ANSWERED);
      for (std::size_t item = 0; item < form.items(); ++item) {
        for (const auto& left_out : vector->not_applicable) {
          if (left_out == form.definition().items[item]->id) sheet.states[item] = ALLIANCE_NOT_APPLICABLE;
        }
      }
      const Scored got = form.score(sheet);
      if (got.status != ALLIANCE_OK) return failed(where + "it is refused: " + text_of(got.error));
      for (const auto& expected : vector->expected) {
        for (std::size_t scale = 0; scale < form.scales(); ++scale) {
          if (form.definition().scales[scale]->id != expected->scale) continue;
          const std::string got_band = band_name(*form.definition().scales[scale], got.bands[scale]);
          if (!expected->band.empty() && got_band != "band " + expected->band) {
            return failed(where + "scale " + expected->scale + " is in " + got_band + " and must be in band " +
                          expected->band);
          }
          if (!expected->value) continue;
          const bool right = scored(got.states[scale]) && std::fabs(got.values[scale] - *expected->value) < 1e-9;
          if (!right) {
            return failed(where + "scale " + expected->scale + " is " + number(got.values[scale]) + " and must be " +
                          number(*expected->value));
          }
        }
      }
    }
    return passed();
  });
}

Outcome score_equals_batch(Session& session) {
  return for_each_form(session, [](Session&, const Instance&, const Form& form) {
    auto random = dice_of_one_kind();
    constexpr std::size_t rows = 50;
    Sheets sheets = form.random(random, rows);
    sheets.states.assign(sheets.values.size(), ALLIANCE_ANSWERED);
    for (auto& state : sheets.states) {
      if (random() % 7 == 0) state = static_cast<std::uint8_t>(ALLIANCE_SKIPPED + random() % 4);
    }
    const Scored many = form.batch(sheets);
    if (many.status != ALLIANCE_OK) return failed("score_batch() of good sheets fails: " + text_of(many.error));
    for (std::size_t row = 0; row < rows; ++row) {
      const auto first = static_cast<std::ptrdiff_t>(row * form.items());
      const auto count = static_cast<std::ptrdiff_t>(form.items());
      Sheets one;
      one.values.assign(sheets.values.begin() + first, sheets.values.begin() + first + count);
      one.states.assign(sheets.states.begin() + first, sheets.states.begin() + first + count);
      const Scored alone = form.score(one);
      for (std::size_t scale = 0; scale < form.scales(); ++scale) {
        const std::size_t cell = row * form.scales() + scale;
        const bool same = alone.status == ALLIANCE_OK ? alone.states[scale] == many.states[cell] &&
                                                            std::bit_cast<std::uint64_t>(alone.values[scale]) ==
                                                                std::bit_cast<std::uint64_t>(many.values[cell]) &&
                                                            alone.answered[scale] == many.answered[cell] &&
                                                            alone.bands[scale] == many.bands[cell]
                                                      : many.states[cell] == ALLIANCE_BAD_SHEET;
        if (!same) return failed("row " + std::to_string(row + 1) + " scores otherwise alone than among others");
      }
    }
    return passed();
  });
}

Outcome score_in_range(Session& session) {
  return for_each_form(session, [](Session&, const Instance&, const Form& form) {
    auto random = dice_of_one_kind();
    constexpr std::size_t rows = 200;
    const Scored got = form.batch(form.random(random, rows));
    if (got.status != ALLIANCE_OK) return failed("score_batch() of good sheets fails: " + text_of(got.error));
    for (std::size_t cell = 0; cell < got.values.size(); ++cell) {
      const auto& scale = *form.definition().scales[cell % form.scales()];
      const std::uint8_t state = got.states[cell];
      if (state < ALLIANCE_SCORED || state > ALLIANCE_BAD_SHEET)
        return failed("scale " + scale.id + ": its state is not set");
      if (!scored(state)) return failed("scale " + scale.id + ": a full sheet of permitted answers is not scored");
      const bool in = std::isfinite(got.values[cell]) && (!scale.min || got.values[cell] >= *scale.min - 1e-9) &&
                      (!scale.max || got.values[cell] <= *scale.max + 1e-9);
      if (!in) return failed("scale " + scale.id + " is " + number(got.values[cell]) + ", outside its range");
      const auto bands = static_cast<std::int32_t>(scale.bands.size());
      if (got.bands[cell] < ALLIANCE_NO_BAND || got.bands[cell] >= bands)
        return failed("scale " + scale.id + ": there is no such band");
      if (got.bands[cell] != ALLIANCE_NO_BAND && in_another_band(scale, got.values[cell], got.bands[cell])) {
        return failed("scale " + scale.id + ": " + number(got.values[cell]) + " does not lie in " +
                      band_name(scale, got.bands[cell]));
      }
      if (got.answered[cell] > form.items()) return failed("scale " + scale.id + ": more answers than items");
    }
    return passed();
  });
}

Outcome score_refuses_unset(Session& session) {
  return for_each_form(session, [](Session&, const Instance&, const Form& form) {
    for (const std::uint8_t state : {std::uint8_t{0}, std::uint8_t{6}, std::uint8_t{255}}) {
      const Outcome outcome = each_item(
          form, [&](Sheets& sheet, std::size_t item) { sheet.states[item] = state; },
          [&](const Sheets& sheet, std::size_t item) { return refuses(form, sheet, item, "no known state"); });
      if (outcome.verdict != Verdict::passed) return outcome;
    }
    return passed();
  });
}

Outcome score_refuses_no_number(Session& session) {
  return for_each_form(session, [](Session&, const Instance&, const Form& form) {
    using Limits = std::numeric_limits<double>;
    for (const double value : {Limits::quiet_NaN(), Limits::infinity(), -Limits::infinity()}) {
      const Outcome outcome = each_item(
          form, [&](Sheets& sheet, std::size_t item) { sheet.values[item] = value; },
          [&](const Sheets& sheet, std::size_t item) {
            return refuses(form, sheet, item, "an answer that is no number");
          });
      if (outcome.verdict != Verdict::passed) return outcome;
    }
    return passed();
  });
}

Outcome score_refuses_no_option(Session& session) {
  return for_each_form(session, [](Session&, const Instance&, const Form& form) {
    return each_item(
        form, [&](Sheets& sheet, std::size_t item) { sheet.values[item] = form.no_option(item); },
        [&](const Sheets& sheet, std::size_t item) {
          return refuses(form, sheet, item, "an answer that is no option");
        });
  });
}

Outcome score_missing_is_no_zero(Session& session) {
  return for_each_form(session, [](Session&, const Instance&, const Form& form) {
    Sheets sheet;
    sheet.values.assign(form.items(), 0);
    for (const std::uint8_t state : {ALLIANCE_SKIPPED, ALLIANCE_REFUSED, ALLIANCE_NOT_PRESENTED}) {
      sheet.states.assign(form.items(), state);
      for (const std::int32_t rule : {ALLIANCE_MISSING_NONE, ALLIANCE_MISSING_PRORATE}) {
        const alliance_missing missing = {sizeof missing, rule, 1000, 0};
        const Scored got = form.score(sheet, &missing);
        if (got.status != ALLIANCE_OK) continue;  // refused is not scored either
        for (std::size_t scale = 0; scale < form.scales(); ++scale) {
          if (scored(got.states[scale])) {
            return failed("a sheet without any answer scores " + number(got.values[scale]) + " on scale " +
                          form.definition().scales[scale]->id);
          }
        }
      }
    }
    return passed();
  });
}

Outcome score_message_is_safe(Session& session) {
  return for_each_form(session, [](Session&, const Instance&, const Form& form) {
    return each_item(
        form, [&](Sheets& sheet, std::size_t item) { sheet.values[item] = 987'654.25; },
        [&](const Sheets& sheet, std::size_t) {
          const Scored got = form.score(sheet);
          const bool quoted = got.status != ALLIANCE_OK && text_of(got.error).find("987654") != std::string::npos;
          return quoted ? failed("the answer stands in the error's message, which is logged") : passed();
        });
  });
}

Outcome score_untouched_on_failure(Session& session) {
  return for_each_form(session, [](Session&, const Instance&, const Form& form) {
    return each_item(
        form, [&](Sheets& sheet, std::size_t item) { sheet.states[item] = 0; },
        [&](const Sheets& sheet, std::size_t) {
          const Scored got = form.score(sheet);
          if (got.status == ALLIANCE_OK) return passed();  // score-refuses-unset says so
          for (std::size_t scale = 0; scale < form.scales(); ++scale) {
            const bool touched = got.values[scale] != -1234.5 || got.states[scale] != 77 || got.bands[scale] != -77;
            if (touched) return failed("score() fails and wrote a score before");
          }
          return passed();
        });
  });
}

Outcome batch_bad_sheet_alone(Session& session) {
  return for_each_form(session, [](Session&, const Instance&, const Form& form) {
    auto random = dice_of_one_kind();
    constexpr std::size_t rows = 9, bad = 4;
    Sheets sheets = form.random(random, rows);
    const Scored before = form.batch(sheets);
    sheets.values[bad * form.items()] = form.no_option(0);
    const Scored after = form.batch(sheets);
    if (after.status != ALLIANCE_OK) return failed("one bad sheet fails the whole batch");
    for (std::size_t cell = 0; cell < after.states.size(); ++cell) {
      if (cell / form.scales() == bad) {
        if (after.states[cell] != ALLIANCE_BAD_SHEET) return failed("the bad sheet is not marked as one");
      } else if (after.states[cell] != before.states[cell] || after.values[cell] != before.values[cell]) {
        return failed("a bad sheet changes the score of another");
      }
    }
    return passed();
  });
}

}  // namespace alliance::check

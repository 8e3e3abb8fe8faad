// SPDX-License-Identifier: Apache-2.0
// Instruments: the arrays that they read and write.
#include "check/form.h"
#include "check/memory.h"
#include "check/tests.h"

namespace alliance::check {
namespace {

template <class T>
std::span<const std::uint8_t> raw(const std::vector<T>& from) {
  return {reinterpret_cast<const std::uint8_t*>(from.data()), from.size() * sizeof(T)};
}

alliance_measure* handle(const Instance& instance) { return static_cast<alliance_measure*>(instance.get()); }

// What a call is given, with one number changed each time.
struct Shape {
  const char* what;
  std::uint64_t rows, items, scales, out_rows;
};

}  // namespace

Outcome score_shapes(Session& session) {
  return for_each_form(session, [](Session& s, const Instance& instance, const Form& form) {
    const auto& table = s.tables().measure;
    const std::uint64_t items = form.items(), scales = form.scales();
    const std::vector<double> values(2 * items + 2);
    std::vector<double> out(2 * scales + 2);
    std::vector<std::uint8_t> states(out.size());
    const Shape shapes[] = {{"an item more", 1, items + 1, scales, 1},
                            {"an item less", 1, items - 1, scales, 1},
                            {"a scale more", 1, items, scales + 1, 1},
                            {"a scale less", 1, items, scales - 1, 1},
                            {"a row more than there is room for", 2, items, scales, 1}};
    for (const Shape& shape : shapes) {
      const alliance_sheets in = {sizeof in, 0, shape.rows, shape.items, values.data(), nullptr};
      const alliance_scores to = {sizeof to,     0,       shape.out_rows, shape.scales, out.data(),
                                  states.data(), nullptr, nullptr};
      at("measure.score_batch() with a wrong shape");
      if (table.score_batch(handle(instance), &in, nullptr, &to, nullptr) == ALLIANCE_OK) {
        return failed(std::string("score_batch() takes ") + shape.what);
      }
    }
    const alliance_sheets two = {sizeof two, 0, 2, items, values.data(), nullptr};
    const alliance_scores room = {sizeof room, 0, 2, scales, out.data(), states.data(), nullptr, nullptr};
    at("measure.score() with two rows");
    if (table.score(handle(instance), &two, nullptr, &room, nullptr) == ALLIANCE_OK) {
      return failed("score() takes two sheets");
    }
    at("measure.score() with NULL for the sheets");
    if (table.score(handle(instance), nullptr, nullptr, &room, nullptr) == ALLIANCE_OK) {
      return failed("score() succeeds without sheets");
    }
    at("measure.score() with NULL for the scores");
    const alliance_sheets one = {sizeof one, 0, 1, items, values.data(), nullptr};
    return table.score(handle(instance), &one, nullptr, nullptr, nullptr) == ALLIANCE_OK
               ? failed("score() succeeds without a place for scores")
               : passed();
  });
}

Outcome batch_of_none(Session& session) {
  return for_each_form(session, [](Session& s, const Instance& instance, const Form& form) {
    const alliance_sheets none = {sizeof none, 0, 0, form.items(), nullptr, nullptr};
    const alliance_scores to = {sizeof to, 0, 0, form.scales(), nullptr, nullptr, nullptr, nullptr};
    at("measure.score_batch() of no sheets");
    const auto status = s.tables().measure.score_batch(handle(instance), &none, nullptr, &to, nullptr);
    return status == ALLIANCE_OK ? passed() : failed("score_batch() of no sheets answers " + std::to_string(status));
  });
}

Outcome score_optional_arrays(Session& session) {
  return for_each_form(session, [](Session& s, const Instance& instance, const Form& form) {
    auto random = dice_of_one_kind();
    const Sheets sheet = form.random(random, 1);
    const Scored whole = form.score(sheet);
    std::vector<double> values(form.scales());
    std::vector<std::uint8_t> states(form.scales());
    const alliance_sheets in = {sizeof in, 0, 1, form.items(), sheet.values.data(), nullptr};
    const alliance_scores to = {sizeof to, 0, 1, form.scales(), values.data(), states.data(), nullptr, nullptr};
    at("measure.score() without arrays for answered and bands");
    const auto status = s.tables().measure.score(handle(instance), &in, nullptr, &to, nullptr);
    const bool same = status == whole.status && values == whole.values && states == whole.states;
    return same ? passed() : failed("without those arrays it scores otherwise");
  });
}

// Every array ends at a page that nobody may touch, and the answers cannot be written to.
Outcome score_in_bounds(Session& session) {
  return for_each_form(session, [](Session& s, const Instance& instance, const Form& form) {
    auto random = dice_of_one_kind();
    for (const std::size_t rows : {1, 2, 3, 64, 1001}) {
      Sheets sheets = form.random(random, rows);
      sheets.states.assign(sheets.values.size(), ALLIANCE_ANSWERED);
      const std::size_t cells = rows * form.scales();
      const Guarded values(raw(sheets.values)), states(raw(sheets.states));
      const Guarded out(cells * sizeof(double)), out_states(cells), answered(cells * 4), bands(cells * 4);
      const alliance_sheets in = {sizeof in, 0, rows, form.items(), values.as<double>(), states.data()};
      const alliance_scores to = {sizeof to,
                                  0,
                                  rows,
                                  form.scales(),
                                  out.as<double>(),
                                  out_states.data(),
                                  answered.as<std::uint32_t>(),
                                  bands.as<std::int32_t>()};
      at("measure.score_batch() with arrays that end at a guard page");
      s.tables().measure.score_batch(handle(instance), &in, nullptr, &to, nullptr);
      for (const Guarded* one : {&out, &out_states, &answered, &bands}) {
        if (!one->front_is_whole()) return failed("it writes in front of an array");
      }
    }
    return passed();
  });
}

Outcome score_keeps_answers(Session& session) {
  return for_each_form(session, [](Session& s, const Instance& instance, const Form& form) {
    auto random = dice_of_one_kind();
    const Sheets sheets = form.random(random, 1);
    const Guarded values(raw(sheets.values));
    values.read_only();
    std::vector<double> out(form.scales());
    std::vector<std::uint8_t> states(form.scales());
    const alliance_sheets in = {sizeof in, 0, 1, form.items(), values.as<double>(), nullptr};
    const alliance_scores to = {sizeof to, 0, 1, form.scales(), out.data(), states.data(), nullptr, nullptr};
    at("measure.score() with answers in read-only memory");
    s.tables().measure.score(handle(instance), &in, nullptr, &to, nullptr);
    return passed();  // who writes to them does not get here
  });
}

Outcome score_ignores_values_without_answer(Session& session) {
  return for_each_form(session, [](Session&, const Instance&, const Form& form) {
    auto random = dice_of_one_kind();
    for (std::size_t item = 0; item < form.items(); ++item) {
      Sheets zero = form.random(random, 1);
      zero.states.assign(form.items(), ALLIANCE_ANSWERED);
      zero.states[item] = ALLIANCE_SKIPPED;
      Sheets huge = zero;
      zero.values[item] = 0;
      huge.values[item] = 1e300;
      if (!same_bytes(form.score(zero), form.score(huge))) {
        return failed("item " + form.definition().items[item]->id +
                      ": the value behind a skipped answer changes the score");
      }
    }
    return passed();
  });
}

}  // namespace alliance::check

// SPDX-License-Identifier: Apache-2.0
#include "check/form.h"

#include <algorithm>
#include <cmath>

namespace alliance::check {
namespace {

const Question& definition_question() { return questions()[0]; }

template <class T>
bool alike(const std::vector<T>& left, const std::vector<T>& right) {
  return left.size() == right.size() &&
         (left.empty() || std::memcmp(left.data(), right.data(), left.size() * sizeof(T)) == 0);
}

}  // namespace

bool same_bytes(const Scored& left, const Scored& right) {
  return left.status == right.status && alike(left.values, right.values) && alike(left.states, right.states) &&
         alike(left.answered, right.answered) && alike(left.bands, right.bands);
}

Result<Form> Form::of(Session& session, const Instance& instance) {
  const Answer answer = ask(session, instance, definition_question(), {});
  if (answer.status != ALLIANCE_OK) return fail(answer.status, text_of(answer.error));
  if (const auto wrong = wrong_with(definition_question(), answer.bytes); !wrong.empty()) {
    return fail(ALLIANCE_E_BAD_INPUT, wrong);
  }
  fb::InstrumentT definition;
  flatbuffers::GetRoot<fb::Instrument>(answer.bytes.data())->UnPackTo(&definition);
  return Form(session, instance, std::move(definition));
}

std::vector<double> Form::options(std::size_t item) const {
  std::vector<double> found;
  for (const auto& response : definition_.responses) {
    if (response->id != definition_.items[item]->response) continue;
    for (const auto& option : response->options) {
      if (option->value) found.push_back(*option->value);
    }
    if (!found.empty() || !response->min || !response->max) return found;
    constexpr int parts = 4;
    for (int part = 0; part <= parts; ++part) {  // whole numbers are permitted whatever the decimals
      const double value = std::floor(*response->min + (*response->max - *response->min) * part / parts);
      found.push_back(std::max(value, *response->min));
    }
  }
  return found;
}

Sheets Form::random(std::mt19937_64& dice, std::size_t rows) const {
  Sheets sheets;
  sheets.rows = rows;
  for (std::size_t row = 0; row < rows; ++row) {
    for (std::size_t item = 0; item < items(); ++item) {
      const auto choice = options(item);
      sheets.values.push_back(choice.empty() ? 0 : choice[dice() % choice.size()]);
    }
  }
  return sheets;
}

double Form::no_option(std::size_t item) const {
  const auto choice = options(item);
  const double most = choice.empty() ? 0 : *std::max_element(choice.begin(), choice.end());
  return most + 987'654.25;  // a number that nobody writes by chance: the tests look for it in messages
}

Scored Form::call(Call function, const char* name, const Sheets& sheets, const alliance_missing* missing) const {
  Scored out;
  const std::size_t cells = sheets.rows * scales();
  out.values.assign(cells, -1234.5);
  out.states.assign(cells, 77);
  out.answered.assign(cells, 4'000'000'000u);
  out.bands.assign(cells, -77);
  const alliance_sheets in = {
      sizeof in, 0, sheets.rows, items(), sheets.values.data(), sheets.states.empty() ? nullptr : sheets.states.data()};
  const alliance_scores to = {
      sizeof to, 0, sheets.rows, scales(), out.values.data(), out.states.data(), out.answered.data(), out.bands.data()};
  at(std::string("measure.") + name + "() of '" + definition_.id + "'");
  out.status = function(static_cast<alliance_measure*>(instance_->get()), &in, missing, &to, &out.error);
  return out;
}

Scored Form::score(const Sheets& sheets, const alliance_missing* missing) const {
  return call(session_->tables().measure.score, "score", sheets, missing);
}
Scored Form::batch(const Sheets& sheets, const alliance_missing* missing) const {
  return call(session_->tables().measure.score_batch, "score_batch", sheets, missing);
}

Outcome for_each_form(Session& session, FormTest test) {
  bool any = false;
  for (const Offered& what : session.offered("measure")) {
    const auto instance = Instance::make(session, what);
    if (!instance) continue;  // create-each says so
    const auto form = Form::of(session, *instance);
    if (!form || !form->definition().denied.empty())
      continue;  // answers-are-tables says so; what is denied scores nothing
    Outcome outcome = test(session, *instance, *form);
    if (outcome.verdict == Verdict::skipped) continue;
    any = true;
    if (outcome.verdict == Verdict::passed) continue;
    outcome.text = "'" + what.id + "': " + outcome.text;
    return outcome;
  }
  return any ? passed() : skipped("the plugin has no instrument that this asks of");
}

}  // namespace alliance::check

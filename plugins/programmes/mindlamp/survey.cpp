// SPDX-License-Identifier: Apache-2.0
#include "survey.h"

#include <algorithm>
#include <boost/json/value.hpp>
#include <charconv>
#include <cmath>
#include <set>

#include "../../shared/json_field.h"

namespace alliance::mindlamp {
namespace {

namespace json = boost::json;

constexpr std::size_t nowhere = static_cast<std::size_t>(-1);

std::optional<double> number(const json::value& value) {
  if (value.is_number()) return value.to_number<double>();
  if (!value.is_string()) return std::nullopt;
  const auto& text = value.get_string();
  double read = 0;
  const auto [end, bad] = std::from_chars(text.data(), text.data() + text.size(), read);
  if (bad != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return read;
}

bool blank(const json::value* value) {
  if (value == nullptr || value->is_null()) return true;
  return value->is_string() && (value->get_string().empty() || value->get_string() == "NULL");
}

// Labels first: a label may be a digit.
std::optional<double> worth(const fb::SurveyT& survey, const json::value& value) {
  if (const auto said = shared::word_of(&value); said && !survey.labels.empty()) {
    const std::string hash = sha256(*said);
    for (const auto& label : survey.labels) {
      if (label->sha256 == hash) return label->value;
    }
  }
  const auto index = number(value);
  if (!index || !std::isfinite(*index)) return std::nullopt;
  return survey.first + *index;
}

}  // namespace

std::string answers(const fb::SurveyT& survey, const std::vector<std::string>& wordings, const json::array& slices,
                    fb::AnswersGivenT& into) {
  const bool by_place =
      std::any_of(survey.items.begin(), survey.items.end(), [](const auto& item) { return item->sha256.empty(); });
  if (by_place && wordings.empty() && slices.size() != survey.items.size()) {
    return "it has " + std::to_string(slices.size()) + " answers and the mapping " +
           std::to_string(survey.items.size()) + " items by place: give the server's activities as a setting";
  }
  std::set<std::string> answered;
  for (std::size_t i = 0; i < slices.size(); ++i) {
    const std::string place = "answer " + std::to_string(i + 1);
    const auto wording = shared::word_of(shared::find_field(slices[i], "item"));
    const std::string hash = wording ? sha256(*wording) : "";
    const std::size_t index =
        wordings.empty()
            ? i
            : static_cast<std::size_t>(std::find(wordings.begin(), wordings.end(), hash) - wordings.begin());
    const std::size_t known = wordings.empty() || index < wordings.size() ? index : nowhere;
    const auto item = std::find_if(survey.items.begin(), survey.items.end(), [&](const auto& one) {
      return one->sha256.empty() ? one->index && *one->index == known : one->sha256 == hash;
    });
    if (item == survey.items.end()) return place + ": its item's wording or place is none of the mapping's";
    if (!answered.insert((*item)->item).second) return place + ": its item was answered before in the same event";
    auto answer = std::make_unique<fb::AnswerT>();
    answer->item = (*item)->item;
    const json::value* value = shared::find_field(slices[i], "value");
    if (blank(value)) {
      answer->state = fb::AnswerState::skipped;
    } else {
      const auto means = worth(survey, *value);
      if (!means) return place + ": its value is neither a number nor a label of the mapping";
      answer->value = *means;
    }
    const json::value* took = shared::find_field(slices[i], "duration");
    const auto milliseconds = took != nullptr ? number(*took) : std::nullopt;
    if (milliseconds && *milliseconds >= 0 && *milliseconds < 4e9) {
      answer->milliseconds = static_cast<std::uint32_t>(*milliseconds);
    }
    into.answers.push_back(std::move(answer));
  }
  for (const auto& item : survey.items) {
    if (answered.contains(item->item)) continue;
    auto answer = std::make_unique<fb::AnswerT>();
    answer->item = item->item;
    answer->state = fb::AnswerState::not_presented;
    into.answers.push_back(std::move(answer));
  }
  return {};
}

}  // namespace alliance::mindlamp

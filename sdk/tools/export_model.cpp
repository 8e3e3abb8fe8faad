// SPDX-License-Identifier: Apache-2.0
#include "export_model.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <ctime>

#include "written.h"

namespace alliance::tools::study {

std::string version_of(const fb::StudySheetT& sheet) {
  return sheet.scored ? sheet.scored->version : sheet.given->version;
}

const fb::InstrumentT* Study::definition(const fb::StudySheetT& sheet) const {
  const auto found = definitions.find({sheet.given->instrument, version_of(sheet)});
  return found == definitions.end() ? nullptr : &found->second;
}

const fb::ResponseT* response_of(const fb::InstrumentT& definition, const fb::ItemT& item) {
  for (const auto& response : definition.responses) {
    if (response->id == item.response) return response.get();
  }
  return nullptr;
}

std::optional<double> value_of(const fb::AnswerT& answer, const fb::InstrumentT* definition, const fb::ItemT* item) {
  if (answer.state != fb::AnswerState::answered) return std::nullopt;
  if (answer.code.empty()) return answer.value;
  const auto* response = definition != nullptr && item != nullptr ? response_of(*definition, *item) : nullptr;
  if (response == nullptr) return std::nullopt;
  for (const auto& option : response->options) {
    if (option->code == answer.code && option->value) return *option->value;
  }
  return std::nullopt;
}

std::string code_of(double value, const fb::InstrumentT& definition, const fb::ItemT& item) {
  const auto* response = response_of(definition, item);
  if (response == nullptr) return {};
  for (const auto& option : response->options) {
    if (option->value && *option->value == value) return option->code;
  }
  return {};
}

std::string instant_text(std::int64_t instant) {
  if (instant == 0) return {};
  const std::time_t seconds = instant / 1'000'000;
  std::tm parts{};
  std::array<char, 40> text{};
  if (::gmtime_r(&seconds, &parts) == nullptr) return {};
  const auto length = std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &parts);
  return {text.data(), length};
}

std::string hyphens(std::string word) {
  std::replace(word.begin(), word.end(), '_', '-');
  return word;
}

std::string csv_line(const std::vector<std::string>& cells) {
  std::string line;
  for (const auto& cell : cells) {
    if (&cell != cells.data()) line += ',';
    line += written::csv_cell(cell);
  }
  return line + "\r\n";
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const auto& word : words) text += (text.empty() ? "" : ";") + word;
  return text;
}

}  // namespace alliance::tools::study

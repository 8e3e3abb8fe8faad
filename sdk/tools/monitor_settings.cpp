// SPDX-License-Identifier: Apache-2.0
#include "monitor_settings.h"

#include <algorithm>
#include <cmath>

#include "csv_input.h"
#include "score_columns.h"

namespace alliance::tools::monitor {
namespace {

constexpr int most = 1'000'000;  // of anything that is counted

std::string names_of(std::span<const Parameter> parameters) {
  std::string list;
  for (const Parameter& one : parameters) list += (list.empty() ? "" : ", ") + std::string(one.name);
  return list.empty() ? "none" : list;
}

bool is_word(std::string_view value, std::string_view words) {
  for (std::size_t at = 0; at <= words.size();) {
    const std::size_t end = std::min(words.find('|', at), words.size());
    if (value == words.substr(at, end - at)) return true;
    at = end + 1;
  }
  return false;
}

std::optional<std::string> wrong(const Parameter& parameter, const std::string& value) {
  const std::string_view values = parameter.values;
  const bool numeric = values == "number" || values == "count";
  if (!numeric) {
    if (is_word(value, values)) return std::nullopt;
    return "one of " + std::string(values);
  }
  if (value == "none" && !parameter.needed) return std::nullopt;
  const auto number = csv::number_of(value);
  if (!number) return std::string("a number");
  if (values == "count" && (*number != std::floor(*number) || *number < 0 || *number > most)) {
    return std::string("a whole number from 0");
  }
  return std::nullopt;
}

tl::unexpected<Failure> settings_refuse(const std::string& why) { return fail(ALLIANCE_E_INVALID, why); }

}  // namespace

Result<Settings> Settings::parse(std::string_view text, std::span<const Parameter> parameters) {
  Settings made;
  for (const Parameter& one : parameters) {
    if (*one.standard != '\0') made.values_[one.name] = one.standard;
  }
  std::map<std::string, bool> said;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(','), text.size());
    const std::string_view part = score::trimmed(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    const std::size_t equals = part.find('=');
    if (equals == std::string_view::npos)
      return settings_refuse("\"" + score::shown(part) + "\" is not of the form name=value");
    const std::string name(score::trimmed(part.substr(0, equals))), value(score::trimmed(part.substr(equals + 1)));
    const auto found =
        std::find_if(parameters.begin(), parameters.end(), [&](const Parameter& one) { return name == one.name; });
    if (found == parameters.end()) {
      return settings_refuse("there is no parameter " + score::shown(name) + "; there are " + names_of(parameters));
    }
    if (said[name]) return settings_refuse("the parameter " + name + " is given twice");
    said[name] = true;
    if (const auto wanted = wrong(*found, value)) {
      return settings_refuse("the parameter " + name + " is \"" + score::shown(value) + "\" and must be " + *wanted);
    }
    made.values_[name] = value;
  }
  for (const Parameter& one : parameters) {
    if (one.needed && !made.values_.contains(one.name)) {
      return settings_refuse("the parameter " + std::string(one.name) + " must be given: " + one.what);
    }
  }
  return made;
}

std::optional<double> Settings::given(const std::string& name) const {
  const auto found = values_.find(name);
  return found == values_.end() ? std::nullopt : csv::number_of(found->second);
}

bool Settings::is(const std::string& name, std::string_view word) const {
  const auto found = values_.find(name);
  return found != values_.end() && found->second == word;
}

}  // namespace alliance::tools::monitor

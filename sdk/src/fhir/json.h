// SPDX-License-Identifier: Apache-2.0
// A parsed JSON value, and where it stands. simdjson's header is long: only what looks into values includes it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace simdjson::dom {
class element;  // NOLINT(readability-identifier-naming): not our name
}

namespace alliance::fhir {

using Json = simdjson::dom::element;

// Where a value stands, as FHIRPath writes it: a chain on the stack, written out only when something is found.
struct Path {
  const Path* up = nullptr;
  std::string_view name;
  std::int64_t index = -1;

  // Each holds on to the one before it, which therefore has a name.
  Path member(std::string_view what) const& { return {this, what, -1}; }
  Path at(std::size_t which) const& { return {this, {}, static_cast<std::int64_t>(which)}; }
  Path member(std::string_view what) && = delete;
  Path at(std::size_t which) && = delete;
  std::string text() const;  // "QuestionnaireResponse.item[2].answer[0].valueCoding"
};

// For a terminal: one line without control characters.
std::string shown_line(std::string_view text);
// The same, long text cut.
std::string shown(std::string_view text);
// The same in quotation marks.
std::string named(std::string_view text);

// Appends `text` as a JSON string.
void put_string(std::string& to, std::string_view text);
// Appends the shortest text that reads back as the same number.
void put_number(std::string& to, double value);
std::string number_text(double value);

}  // namespace alliance::fhir

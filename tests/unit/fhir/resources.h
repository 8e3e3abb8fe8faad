// SPDX-License-Identifier: Apache-2.0
// Small resources of our own.
#pragma once

#include <alliance_schema/instrument_generated.h>
#include <gtest/gtest.h>
#include <simdjson.h>

#include <fstream>
#include <sstream>
#include <string>

#include "fhir/resources.h"
#include "fhir/response.h"
#include "schema/json.h"

namespace fhir_test {

using namespace alliance::fhir;

inline std::string file(const std::string& path) {
  std::ifstream in(std::string(ALLIANCE_SOURCE_DIR) + "/" + path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

inline alliance::fb::InstrumentT shipped(const std::string& id) {
  const auto bytes =
      alliance::schema::json_to_bytes("Instrument", file("plugins/instruments/definitions/" + id + ".json"));
  EXPECT_TRUE(bytes.has_value()) << (bytes ? "" : bytes.error().message);
  alliance::fb::InstrumentT made;
  flatbuffers::GetRoot<alliance::fb::Instrument>(bytes->data())->UnPackTo(&made);
  return made;
}

// A response with these members beside its type.
inline std::string response(const std::string& members) {
  return R"({"resourceType":"QuestionnaireResponse",)" + members + "}";
}
// A completed one with these items.
inline std::string answers(const std::string& items) {
  return response(R"("status":"completed","item":[)" + items + "]");
}
// An item with one answer.
inline std::string item(const std::string& link_id, const std::string& value) {
  return R"({"linkId":")" + link_id + R"(","answer":[{)" + value + "}]}";
}
inline std::string coding(const std::string& code, const std::string& system = "http://loinc.org") {
  return R"("valueCoding":{"system":")" + system + R"(","code":")" + code + R"("})";
}

inline Form form(const std::string& questionnaire) {
  Reader reader;
  const auto parsed = reader.parse(questionnaire);
  EXPECT_TRUE(parsed.has_value()) << (parsed ? "" : parsed.error().message);
  auto made = form_of(**parsed);
  EXPECT_TRUE(made.has_value()) << (made ? "" : made.error().message);
  return std::move(*made);
}
inline Form form_of_shipped(const std::string& id) { return std::move(*form_of(shipped(id))); }

inline Checked checked(const std::string& text, const Form& against) {
  Reader reader;
  const auto parsed = reader.parse(text);
  EXPECT_TRUE(parsed.has_value()) << (parsed ? "" : parsed.error().message) << "\n" << text;
  return check(**parsed, against);
}

// "rule path", one a line.
inline std::string found(const Checked& checked) {
  std::string all;
  for (const auto& finding : checked.findings) all += std::string(finding.rule) + " " + finding.path + "\n";
  return all;
}
inline std::string found(const std::string& text, const Form& against) { return found(checked(text, against)); }

}  // namespace fhir_test

// SPDX-License-Identifier: Apache-2.0
// FHIR from anywhere. The text is read as resources; a response is held against an instrument and a Questionnaire of
// ours, a Questionnaire becomes a form and, where it can, a definition. What is written is JSON and keeps its promises.
#include <alliance/score.hpp>
#include <string_view>
#include <vector>

#include "fhir/import.h"
#include "fhir/observation.h"
#include "fhir/values.h"
#include "require.h"
#include "schema/json.h"
#include "schema/parse.h"

namespace {

using namespace alliance;
using fuzz::require;

// Codes, numbers and a stated score.
fb::InstrumentT instrument() {
  const auto bytes =
      schema::json_to_bytes("Instrument", R"({"id":"two","version":"1.0","title":"Two","perspective":"client",
    "responses":[{"id":"o","options":[{"value":0,"code":"no"},{"value":1,"code":"yes"}]},{"id":"n","min":0,"max":10,"decimals":1}],
    "items":[{"id":"1","response":"o","codes":[{"system":"http://loinc.org","code":"44250-9"}]},{"id":"2","response":"n"}],
    "scales":[{"id":"total","method":"sum","items":["1","2"],"min":0,"max":11,"direction":"lower_is_better"}],
    "licence":{"holder":"h","terms":"t"},"keys_provenance":{"certainty":"own","source":"s"},
    "vectors":[{"answers":[0,0],"expected":[{"scale":"total","value":0}]}]})");
  require(bytes.has_value(), "the fuzzer's instrument is one: " + (bytes ? std::string() : bytes.error().message));
  fb::InstrumentT made;
  flatbuffers::GetRoot<fb::Instrument>(bytes->data())->UnPackTo(&made);
  return made;
}

fhir::Form questionnaire() {
  fhir::Reader reader;
  const auto parsed = reader.parse(R"({"resourceType":"Questionnaire","url":"urn:q","item":[
    {"linkId":"1","type":"choice","required":true,"answerOption":[{"valueCoding":{"code":"no"}},{"valueCoding":{"code":"yes"}}],
     "item":[{"linkId":"2","type":"decimal","enableWhen":[{"question":"1","operator":"=","answerCoding":{"code":"yes"}}]}]},
    {"linkId":"g","type":"group","repeats":true,"item":[{"linkId":"s","type":"string","maxLength":5,"repeats":true},
     {"linkId":"d","type":"dateTime"}]}]})");
  require(parsed.has_value(), "the fuzzer's Questionnaire is JSON");
  auto form = fhir::form_of(**parsed);
  require(form.has_value(), "the fuzzer's Questionnaire is one");
  return std::move(*form);
}

void held(const fhir::Checked& checked) {
  require(checked.findings.size() <= fhir::most_findings, "findings have an end");
  for (const auto& finding : checked.findings) {
    require(!finding.path.empty() && !finding.sentence.empty(), "a finding has a place and a sentence");
  }
}

void response(const fhir::Json& resource, const fhir::Place& place) {
  static const fb::InstrumentT definition = instrument();
  static const fhir::Form own = *fhir::form_of(definition), theirs = questionnaire();
  static const alliance_missing none{sizeof none, ALLIANCE_MISSING_NONE, 0, 0};
  static const fhir::ObservationWriter writer(definition, none);
  held(fhir::check(resource, theirs, place.path));
  const auto checked = fhir::check(resource, own, place.path);
  held(checked);
  if (!checked.valid()) return;
  require(checked.values.size() == 2 && checked.states.size() == 2 && checked.stated.size() == 1, "shapes hold");
  const bool first = checked.states[0] == ALLIANCE_ANSWERED;
  const Score score{1.5, static_cast<std::uint8_t>(first ? ALLIANCE_SCORED : ALLIANCE_NOT_SCORABLE), 2,
                    ALLIANCE_NO_BAND};
  (void)fhir::stated_otherwise(definition, checked, {&score, 1});
  const auto done = writer.write(
      resource, place, checked, {&score, 1}, {[](std::string_view id, std::string_view json) {
        require(id.size() == 36, "an id is a UUID");
        require(schema::parse_json(json, 32).problem.empty(), "an Observation is JSON: " + std::string(json));
      }});
  require(done.has_value() || !done.error().message.empty(), "a refusal has a sentence");
}

void form(const fhir::Json& resource) {
  const auto made = fhir::form_of(resource);
  if (!made) return require(!made.error().message.empty(), "a refusal has a sentence");
  require(!made->items.empty(), "a form asks something");
  const auto imported = fhir::import_form(*made);
  if (!imported) return require(!imported.error().message.empty(), "a refusal has a sentence");
  flatbuffers::FlatBufferBuilder builder;
  builder.Finish(fb::Instrument::Pack(builder, &imported->definition));
  const auto json = schema::bytes_to_json("Instrument", {builder.GetBufferPointer(), builder.GetSize()});
  require(json.has_value(), "a definition can be written: " + (json ? std::string() : json.error().message));
  const auto again = schema::json_to_bytes("Instrument", *json);
  require(again.has_value(), "a definition can be read: " + (again ? std::string() : again.error().message));
  const auto own = fhir::form_of(imported->definition);
  require(own.has_value(), "a definition is a form: " + (own ? std::string() : own.error().message));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  fhir::Reader reader;
  const auto read = reader.read(text, {[](const fhir::Json& resource, const fhir::Place& place) {
                                         const auto type = fhir::text_of(resource, "resourceType");
                                         if (type == "QuestionnaireResponse") response(resource, place);
                                         if (type == "Questionnaire") form(resource);
                                         static const fb::InstrumentT definition = instrument();
                                         (void)fhir::stated_in(resource, definition);
                                       },
                                       [](const fhir::Place&, const std::string& sentence) {
                                         require(!sentence.empty(), "a refusal has a sentence");
                                       }});
  require(read.has_value() || !read.error().message.empty(), "an error has a sentence");
  return 0;
}

// SPDX-License-Identifier: Apache-2.0
#include "bundle.h"

#include <alliance_schema/report_generated.h>

#include <boost/json.hpp>
#include <chrono>
#include <cstdio>

#include "../../shared/tables.h"

namespace alliance::fhir_transport {
namespace {

namespace json = boost::json;

json::object coding(std::string_view system, std::string_view code) {
  return {{"coding", json::array{json::object{{"system", system}, {"code", code}}}}};
}
json::object identifier(std::string_view system, std::string_view value) {
  return {{"system", system}, {"value", value}};
}

constexpr const char* own_system = "urn:alliance-sdk:report";

json::object of_case(const fb::Envelope& envelope) {
  return identifier("urn:alliance-sdk:case:" + envelope.tenant()->str(), envelope.case_()->string_view());
}

// What every Observation of ours begins with. A case is the platform's own id, and no Patient that the server knows.
json::object observation(const fb::Envelope& envelope, const std::string& own, const char* category) {
  return {{"resourceType", "Observation"},
          {"identifier", json::array{identifier(own_system, own)}},
          {"status", "final"},
          {"category", json::array{coding("http://terminology.hl7.org/CodeSystem/observation-category", category)}},
          {"subject", json::object{{"identifier", of_case(envelope)}}},
          {"effectiveDateTime", instant(envelope.time())}};
}

Entry entry(const fb::Envelope& envelope, const std::string& own, const json::object& resource) {
  return {envelope.id()->str(), std::string(resource.at("resourceType").as_string()), json::serialize(resource),
          std::string("identifier=") + own_system + "|" + own};
}

std::string sheet_id(const fb::Envelope& envelope) { return envelope.id()->str() + "/answers"; }

// The item's id alone: the words of an instrument may not be ours to send.
json::object item(const fb::Answer& answer) {
  json::object out{{"linkId", answer.item()->string_view()}};
  const char* absent = nullptr;
  switch (answer.state()) {
    case fb::AnswerState::answered:
      out["answer"] = json::array{json::object{{"valueDecimal", answer.value()}}};
      break;
    case fb::AnswerState::refused:
      absent = "asked-declined";
      break;
    case fb::AnswerState::not_presented:
      absent = "not-asked";
      break;
    case fb::AnswerState::not_applicable:
      absent = "not-applicable";
      break;
    default:
      break;  // skipped: an item without an answer
  }
  if (absent != nullptr) {
    out["extension"] = json::array{
        json::object{{"url", "http://hl7.org/fhir/StructureDefinition/data-absent-reason"}, {"valueCode", absent}}};
  }
  return out;
}

Entry sheet_entry(const fb::Envelope& envelope, const fb::Scored& scored) {
  json::array items;
  for (const auto* answer : shared::each(scored.answers())) items.push_back(item(*answer));
  return entry(
      envelope, sheet_id(envelope),
      {{"resourceType", "QuestionnaireResponse"},
       {"identifier", identifier(own_system, sheet_id(envelope))},
       {"questionnaire", "urn:alliance-sdk:instrument:" + scored.instrument()->str() + "|" + scored.version()->str()},
       {"status", "completed"},
       {"subject", json::object{{"identifier", of_case(envelope)}}},
       {"authored", instant(envelope.time())},
       {"item", std::move(items)}});
}

Entry score_entry(const fb::Envelope& envelope, const fb::Scored& scored, const fb::Score& score) {
  const std::string own = envelope.id()->str() + "/" + score.scale()->str();
  const std::string scale = scored.instrument()->str() + "/" + score.scale()->str();
  auto out = observation(envelope, own, "survey");
  out["code"] = coding("urn:alliance-sdk:scale", scale);
  if (scored.answers() != nullptr) {
    out["derivedFrom"] = json::array{
        json::object{{"type", "QuestionnaireResponse"}, {"identifier", identifier(own_system, sheet_id(envelope))}}};
  }
  std::string note;
  if (scored.not_validated()) note += "This instrument is not validated. ";
  for (const auto* what : shared::each(score.unverified())) note += "Not verified: " + what->str() + ". ";
  if (const auto value = score.value()) {
    out["valueQuantity"] = json::object{{"value", *value}};
    if (score.band() != nullptr) {
      out["interpretation"] = json::array{coding("urn:alliance-sdk:band", scale + "/" + score.band()->str())};
    }
    if (score.state() == fb::ScoreState::prorated) {
      note += "Prorated: " + std::to_string(score.answered()) + " of " + std::to_string(score.items()) +
              " items were answered. ";
    }
  } else {
    out["dataAbsentReason"] = coding("http://terminology.hl7.org/CodeSystem/data-absent-reason",
                                     score.state() == fb::ScoreState::bad_sheet ? "error" : "not-performed");
  }
  if (!note.empty()) {
    note.pop_back();
    out["note"] = json::array{json::object{{"text", note}}};
  }
  return entry(envelope, own, out);
}

}  // namespace

std::string instant(std::int64_t microseconds) {
  using namespace std::chrono;
  const sys_time<std::chrono::microseconds> time{std::chrono::microseconds(microseconds)};
  const auto day = floor<days>(time);
  const year_month_day date(day);
  const hh_mm_ss clock(time - day);
  if (microseconds < -62'135'596'800'000'000 || microseconds >= 253'402'300'800'000'000) {
    throw Error(ALLIANCE_E_BAD_INPUT, "a report's time is not between the years 1 and 9999");
  }
  char text[64];
  std::snprintf(text, sizeof text, "%04d-%02u-%02uT%02d:%02d:%02d.%06dZ", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
                static_cast<int>(clock.seconds().count()), static_cast<int>(clock.subseconds().count()));
  return text;
}

std::vector<Entry> entries_of(const fb::Envelope& envelope, const fb::Report& report, std::string_view body) {
  std::vector<Entry> out;
  if (const auto* scored = report.body_as_Scored()) {
    if (scored->answers() != nullptr) out.push_back(sheet_entry(envelope, *scored));
    for (const auto* score : *scored->scores()) out.push_back(score_entry(envelope, *scored, *score));
  } else if (envelope.lane() == fb::Lane::safety) {
    auto one = observation(envelope, envelope.id()->str(), "survey");
    one["code"] = coding("urn:alliance-sdk:report-kind", envelope.kind()->string_view());
    one["valueString"] = body;
    out.push_back(entry(envelope, envelope.id()->str(), one));
  }
  return out;
}

std::string transaction(const std::vector<Entry>& entries) {
  std::string out = R"({"resourceType":"Bundle","type":"transaction","entry":[)";
  for (const auto& one : entries) {
    if (out.back() != '[') out += ',';
    out += R"({"resource":)" + one.resource + R"(,"request":{"method":"POST","url":")" + one.type +
           R"(","ifNoneExist":)" + json::serialize(json::value(one.condition)) + "}}";
  }
  return out + "]}";
}

}  // namespace alliance::fhir_transport

// SPDX-License-Identifier: Apache-2.0
// Reports as FHIR R4 resources. Knows no server.
#pragma once

#include <alliance_schema/envelope_generated.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace alliance::fhir_transport {

// What goes in one entry of a transaction: the resource, and the condition under which it is created.
struct Entry {
  std::string report;     // id
  std::string type;       // of the resource
  std::string resource;   // JSON
  std::string condition;  // "identifier=SYSTEM|VALUE"
};

// A score is an Observation for each scale, and, where the report holds the answers, a QuestionnaireResponse from which
// they are derived; a report of the safety lane is one that holds the report as it stands
// (`body`, JSON). Other reports have no resource: nothing. The bytes of `report` are verified.
std::vector<Entry> entries_of(const fb::Envelope& envelope, const fb::Report& report, std::string_view body);

// A transaction that creates what is not there yet.
std::string transaction(const std::vector<Entry>& entries);

// "2023-11-14T22:13:20.000000Z"
std::string instant(std::int64_t microseconds);

}  // namespace alliance::fhir_transport

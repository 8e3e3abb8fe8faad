// SPDX-License-Identifier: Apache-2.0
// An envelope as a CloudEvent 1.0 (https://github.com/cloudevents/spec), for transports that speak it.
#pragma once

#include <alliance_schema/envelope_generated.h>

#include <string>
#include <utility>
#include <vector>

namespace alliance::shared {

struct CloudEvent {
  // Attributes by name, as the specification writes them: required ones first, then ours.
  std::vector<std::pair<std::string, std::string>> attributes;
  std::string data;  // JSON of the Report; empty: it is withheld
  std::string id;    // among the attributes too
};

// `source` names the platform; with the id it is unique. `report` is the JSON of the envelope's payload.
CloudEvent cloud_event(const fb::Envelope& envelope, const std::string& source, std::string report);

// "urn:alliance:TENANT", with what may not stand in a URN written in percents.
std::string source_of(std::string_view tenant);

// The JSON format: one object, data inside.
std::string structured(const CloudEvent& event);

// The HTTP binding's binary mode: "ce-id" and so on; the data are the body.
std::vector<std::pair<std::string, std::string>> binary_headers(const CloudEvent& event);

}  // namespace alliance::shared

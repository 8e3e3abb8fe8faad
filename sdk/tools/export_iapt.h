// SPDX-License-Identifier: Apache-2.0
// The extract for the record system that files NHS Talking Therapies, as tables. Plain functions from what a host gave
// and the ids that the operator gave to the text of each file.
#pragma once

#include <alliance_schema/extract_generated.h>

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "commands.h"
#include "common/result.h"
#include "export_model.h"

namespace alliance::tools {

void add_export_iapt(CLI::App& exports, Run& run);

namespace iapt {

// The record system's own ids; the SDK knows a case by the platform's id alone.
struct Contact {
  std::string contact, activity;
};
struct Person {
  std::string patient, referral, practitioner;
  std::map<std::uint16_t, Contact> contacts;  // by session
};
using Ids = std::map<std::string, Person>;  // by case

// A CSV list: case and LocalPatientId, ServiceRequestId, CarePersLocalId, and for contacts session, CareContactId and
// CareActId. ALLIANCE_E_BAD_INPUT names the line.
Result<Ids> ids_in(const std::string& path);

// The codes that come with the command, or those of a file. ALLIANCE_E_BAD_INPUT names the field.
Result<fb::RecordCodesT> codes_in(const std::string& path);

struct Tables {
  study::Files files;                // one for each table, "IDS201CareContact.csv"
  std::vector<std::string> refused;  // rows that lack an id or are out of range, a sentence each
};
// `local`: an instant to what the service's clock shows, in microseconds as if it were UTC.
Tables tables(const fb::RecordExtractT& extract, const fb::RecordCodesT& codes, const Ids& ids, bool accept_unverified,
              const std::function<std::int64_t(std::int64_t)>& local);

}  // namespace iapt
}  // namespace alliance::tools

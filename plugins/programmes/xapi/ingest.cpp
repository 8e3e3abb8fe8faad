// SPDX-License-Identifier: Apache-2.0
#include "ingest.h"

#include <set>

#include "../../shared/batch.h"
#include "../../shared/records.h"
#include "statement.h"

namespace alliance::xapi {

fb::EventBatchT ingest(std::string_view payload, const std::string& case_field) {
  shared::check_size(payload);
  shared::Batch batch;
  std::set<std::string> seen;  // what made no event, by id: a repeat is not listed again
  for (const shared::Record& record : shared::records(payload, "statements")) {
    Statement statement = read(record.text, case_field);
    if (auto* unusable = std::get_if<Unusable>(&statement)) {
      batch.no(record.line, std::move(unusable->reason));
    } else if (auto* unmappable = std::get_if<Unmappable>(&statement)) {
      if (seen.insert(unmappable->id).second) batch.no(record.line, std::move(unmappable->reason));
    } else if (auto* voiding = std::get_if<Voiding>(&statement)) {
      if (seen.insert(voiding->id).second) {
        batch.take_back(record.line, event_id(voiding->voids), event_id(voiding->id), voiding->time);
      }
    } else if (auto* usable = std::get_if<Usable>(&statement)) {
      batch.add(record.line, std::move(usable->event));
    }
  }
  return batch.finish();
}

}  // namespace alliance::xapi

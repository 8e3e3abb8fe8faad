// SPDX-License-Identifier: Apache-2.0
// One Task to one event. Pure.
#pragma once

#include <memory>
#include <variant>
#include <vector>

#include "ingest.h"

namespace alliance::koppeltaal {

struct Cannot {
  std::string why;  // nothing of what a person wrote
};
struct Unknown {
  std::string url;  // of the ActivityDefinition that the catalogue lacks
};
struct Withdrawn {  // entered in error
  std::vector<std::string> events;
  std::string by;
  std::int64_t time;
};
using Outcome = std::variant<Cannot, Unknown, Withdrawn, std::unique_ptr<fb::EventT>>;

Outcome event_of(const boost::json::value& task, const Catalogue& catalogue, const std::string& case_field);

}  // namespace alliance::koppeltaal

// SPDX-License-Identifier: Apache-2.0
// A record and a rule to an event. Pure.
#pragma once

#include <alliance_schema/mapping_generated.h>

#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "row.h"

namespace alliance::files {

bool is_rule_id(std::string_view id);

struct NotSo {};  // the rule's conditions do not hold
struct Cannot {   // a sentence that names the field and repeats nothing of what it holds
  std::string why;
};
struct Made {
  std::string id, json;  // an Event
};
using Outcome = std::variant<NotSo, Cannot, Made>;

Outcome event_of(const fb::FileMappingT& mapping, const fb::EventRuleT& rule, const std::string& case_field,
                 const Row& row);

// What the rule makes of a record in which everything is there.
std::string imagined(const fb::EventRuleT& rule);

}  // namespace alliance::files

// SPDX-License-Identifier: Apache-2.0
// A case and its programme, as the rules ask about them.
#pragma once

#include <alliance_schema/case_generated.h>
#include <alliance_schema/programme_generated.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace alliance::tailoring {

inline constexpr std::int64_t minute = 60'000'000;
inline constexpr std::int64_t day = 1440 * minute;

struct Facts {
  const fb::Case& state;
  const fb::Programme* programme;  // null where the case has none
  std::int64_t now;
  std::vector<std::string> path{};         // as adapted so far; empty without a programme
  std::vector<const fb::Session*> held{};  // in the order of time

  // Refuses a case whose instants cannot be.
  Facts(const fb::Case& case_state, const fb::Programme* its_programme, std::int64_t instant);

  bool practitioner() const { return state.subject() == fb::Subject::practitioner; }
  const fb::Component* component(std::string_view id) const;  // of the catalogue
  const fb::ComponentState* progress(std::string_view id) const;
  bool completed(std::string_view id) const;
  bool begun(std::string_view id) const;
  bool on_path(std::string_view id) const;
  // A component that the programme no longer offers to this client is none of its worries.
  bool concerns(std::string_view id) const { return programme == nullptr || on_path(id) || component(id) == nullptr; }
  double days_since(std::int64_t instant) const;

  // Every look at a row counts, over all rules: a case that would take longer than a moment is refused by name.
  static constexpr std::uint64_t most_steps = 20'000'000;
  void spend(std::size_t steps = 1) const;

 private:
  mutable std::uint64_t steps_ = 0;
};

}  // namespace alliance::tailoring

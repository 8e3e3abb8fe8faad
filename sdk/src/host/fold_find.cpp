// SPDX-License-Identifier: Apache-2.0
// What an id names in a case.
#include <algorithm>

#include "host/fold.h"

namespace alliance::host {

bool taken_back(const fb::CaseT& state, const std::string& event) {
  return std::find(state.taken_back.begin(), state.taken_back.end(), event) != state.taken_back.end();
}

fb::ProposalRecordT* find_proposal(const fb::CaseT& state, const std::string& id_or_key) {
  for (auto& record : state.proposals) {
    if (!id_or_key.empty() && (record->proposal->id == id_or_key || record->proposal->key == id_or_key)) {
      return record.get();
    }
  }
  return nullptr;
}

fb::OwnAdaptationT* find_own_adaptation(const fb::CaseT& state, const std::string& event) {
  for (auto& unasked : state.own_adaptations) {
    if (!event.empty() && unasked->event == event) return unasked.get();
  }
  return nullptr;
}

fb::OccasionRecordT* find_occasion(const fb::CaseT& state, const std::string& key) {
  for (auto& record : state.occasions) {
    if (record->occasion->key == key) return record.get();
  }
  return nullptr;
}

fb::FlagRecordT* find_flag(const fb::CaseT& state, const std::string& id) {
  for (auto& record : state.flags) {
    if (record->flag->flag == id) return record.get();
  }
  return nullptr;
}

}  // namespace alliance::host

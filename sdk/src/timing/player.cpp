// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <memory>
#include <set>
#include <string_view>
#include <tuple>

#include "timing/plan.h"

namespace alliance::timing {
namespace {

bool can_play(const fb::InstrumentT& instrument, const std::string& role, fb::Rater rater, fb::Target target) {
  if (!instrument.denied.empty() || instrument.perspective != rater || instrument.target != target) return false;
  return std::any_of(instrument.scales.begin(), instrument.scales.end(), [&](const auto& scale) {
    return scale && std::find(scale->roles.begin(), scale->roles.end(), role) != scale->roles.end();
  });
}

// "1.10.0" is newer than "1.9.0": runs of digits count as numbers.
bool newer(std::string_view a, std::string_view b) {
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  std::size_t i = 0, j = 0;
  while (i < a.size() && j < b.size()) {
    if (!digit(a[i]) || !digit(b[j])) {
      if (a[i] != b[j]) return a[i] > b[j];
      ++i, ++j;
      continue;
    }
    while (i < a.size() && a[i] == '0') ++i;
    while (j < b.size() && b[j] == '0') ++j;
    std::size_t m = i, n = j;
    while (m < a.size() && digit(a[m])) ++m;
    while (n < b.size() && digit(b[n])) ++n;
    if (m - i != n - j) return m - i > n - j;
    if (const int order = a.substr(i, m - i).compare(b.substr(j, n - j)); order != 0) return order > 0;
    i = m, j = n;
  }
  return a.size() - i > b.size() - j;
}

}  // namespace

const fb::InstrumentT* player(const std::vector<std::unique_ptr<fb::InstrumentT>>& instruments,
                              const std::vector<std::string>& prefer, const std::string& role, fb::Rater rater,
                              fb::Target target) {
  std::vector<const fb::InstrumentT*> able;
  std::set<std::string> ids;
  for (const auto& instrument : instruments) {
    if (!instrument || !can_play(*instrument, role, rater, target)) continue;
    able.push_back(instrument.get());
    ids.insert(instrument->id);
  }
  // First choice first; then who yields to nobody that is there; then a verified key before one that was accepted.
  const auto place = [&](const fb::InstrumentT& instrument) {
    const auto found = std::find(prefer.begin(), prefer.end(), instrument.id) - prefer.begin();
    const auto& keys = instrument.keys_provenance;
    return std::tuple(found,
                      std::any_of(instrument.yields_to.begin(), instrument.yields_to.end(),
                                  [&](const std::string& id) { return ids.contains(id); }),
                      keys && keys->certainty == fb::Certainty::unverified);
  };
  const auto before = [&](const fb::InstrumentT* a, const fb::InstrumentT* b) {
    const auto mine = place(*a), theirs = place(*b);
    if (mine != theirs) return mine < theirs;
    return a->id != b->id ? a->id < b->id : newer(a->version, b->version);
  };
  const auto best = std::min_element(able.begin(), able.end(), before);
  return best == able.end() ? nullptr : *best;
}

}  // namespace alliance::timing

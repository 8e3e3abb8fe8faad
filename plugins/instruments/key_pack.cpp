// SPDX-License-Identifier: Apache-2.0
#include "key_pack.h"

#include <algorithm>

#include "faults.h"

namespace alliance::instruments {
namespace {

// "2026-03-29", each part within its bounds; the length of months is left alone.
bool good_date(const std::string& date) {
  if (date.size() != 10 || date[4] != '-' || date[7] != '-') return false;
  const auto number = [&](std::size_t from, std::size_t length) {
    int value = 0;
    for (std::size_t i = from; i < from + length; ++i) {
      if (date[i] < '0' || date[i] > '9') return -1;
      value = value * 10 + (date[i] - '0');
    }
    return value;
  };
  const int month = number(5, 2), day = number(8, 2);
  return number(0, 4) > 0 && month >= 1 && month <= 12 && day >= 1 && day <= 31;
}

fb::ScaleT* scale_of(const fb::InstrumentT& definition, const std::string& id) {
  for (const auto& scale : definition.scales) {
    if (scale->id == id) return scale.get();
  }
  return nullptr;
}

}  // namespace

std::vector<std::string> check(const fb::KeyPackT& pack, const fb::InstrumentT& definition) {
  Faults faults;
  if (pack.holder.empty()) faults.add("holder", "say who vouches for the key");
  if (!good_date(pack.date)) faults.add("date", in_quotes(pack.date) + ": write it as 2026-03-29");
  check_provenance(faults, "provenance", pack.provenance.get(), "the key");
  if (pack.provenance->certainty == fb::Certainty::unverified) {
    faults.add("provenance.certainty", "unverified is what a key pack is there to mend");
  }
  if (pack.vectors.empty()) faults.add("vectors", "is empty: give at least one sheet of the manual and what it scores");
  Names seen;
  for (std::size_t i = 0; i < pack.scales.size(); ++i) {
    const fb::KeyScaleT& scale = *pack.scales[i];
    const std::string field = at("scales", i);
    if (scale_of(definition, scale.id) == nullptr) {
      faults.add(field + ".id", in_quotes(scale.id) + " is no scale of " + definition.id);
    } else if (!seen.insert(scale.id).second) {
      faults.add(field + ".id", in_quotes(scale.id) + " stands twice");
    }
    if (scale.items.empty()) faults.add(field + ".items", "is empty: give the scale's whole key");
  }
  return faults.take();
}

void put_in_place(const fb::KeyPackT& pack, fb::InstrumentT& definition) {
  for (const auto& from : pack.scales) {
    fb::ScaleT& scale = *scale_of(definition, from->id);
    scale.items = from->items;
    scale.reversed = from->reversed;
    scale.formula = from->formula;
    if (!from->formula.empty()) {
      scale.method = fb::Method::formula;
    } else if (scale.method == fb::Method::formula) {
      scale.method = fb::Method::sum;
    }
  }
  definition.vectors.clear();
  for (const auto& vector : pack.vectors) definition.vectors.push_back(std::make_unique<fb::TestVectorT>(*vector));
  definition.keys_provenance = std::make_unique<fb::ProvenanceT>(*pack.provenance);
  std::string& note = definition.keys_provenance->note;
  note += (note.empty() ? "" : " ") + std::string("Key pack of ") + pack.holder + ", " + pack.date + ".";
}

}  // namespace alliance::instruments

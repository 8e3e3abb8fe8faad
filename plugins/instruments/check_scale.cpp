// SPDX-License-Identifier: Apache-2.0
#include "check.h"
#include "check_parts.h"

namespace alliance::instruments {
namespace {

void check_rule(Faults& faults, const std::string& field, const fb::MissingT& rule) {
  if (rule.rule == fb::MissingRule::unset) faults.add(field + ".rule", "choose none, prorate or centre");
  if (rule.rule != fb::MissingRule::prorate && rule.rule != fb::MissingRule::centre) return;
  check_provenance(faults, field + ".provenance", rule.provenance.get(), "the missing rule");
  if (rule.most == 0) faults.add(field + ".most", "the rule needs the number that may be missing");
}

void check_bands(Faults& faults, const std::string& field, const fb::ScaleT& scale) {
  if (scale.bands.empty()) return;
  check_provenance(faults, field + ".bands_provenance", scale.bands_provenance.get(), "each band");
  Names ids;
  const fb::BandT* below = nullptr;
  for (std::size_t i = 0; i < scale.bands.size(); ++i) {
    const fb::BandT& band = *scale.bands[i];
    const std::string place = at(field + ".bands", i);
    fresh(faults, place + ".id", band.id, ids);
    if (!has_number(band.from) || !has_number(band.to)) {
      faults.add(place, "needs from and to, both finite numbers");
      return;
    }
    if (*band.from > *band.to) {
      faults.add(place, "from " + text(*band.from) + " is above to " + text(*band.to));
    }
    if (below != nullptr && *band.from <= *below->to) {
      faults.add(place + ".from", text(*band.from) + " overlaps or precedes the band " + in_quotes(below->id) +
                                      ", which ends at " + text(*below->to));
    }
    below = &band;
    if (has_number(scale.min) && has_number(scale.max) && (*band.from < *scale.min || *band.to > *scale.max)) {
      faults.add(place, "reaches past the scale, " + text(*scale.min) + " to " + text(*scale.max));
    }
  }
}

void check_change(Faults& faults, const std::string& place, const fb::ReliableChangeT& change, Names& ids) {
  if (!change.id.empty()) fresh(faults, place + ".id", change.id, ids);
  if (!has_number(change.value) || *change.value <= 0) faults.add(place + ".value", "needs a finite number above 0");
  if (change.comparator != fb::Comparator::at_least && change.comparator != fb::Comparator::more_than) {
    faults.add(place + ".comparator", "choose at_least or more_than");
  }
  check_provenance(faults, place + ".provenance", change.provenance.get(), "the threshold");
}

void check_thresholds(Faults& faults, const std::string& field, const fb::ScaleT& scale) {
  Names ids;
  for (std::size_t i = 0; i < scale.cutoffs.size(); ++i) {
    const fb::CutoffT& cutoff = *scale.cutoffs[i];
    const std::string place = at(field + ".cutoffs", i);
    fresh(faults, place + ".id", cutoff.id, ids);
    check_comparator(faults, place, cutoff.comparator);
    if (!has_number(cutoff.value)) {
      faults.add(place + ".value", "needs a finite number");
    } else if (has_number(scale.min) && has_number(scale.max) &&
               (*cutoff.value < *scale.min || *cutoff.value > *scale.max)) {
      faults.add(place + ".value",
                 text(*cutoff.value) + " lies outside the scale, " + text(*scale.min) + " to " + text(*scale.max));
    }
    check_provenance(faults, place + ".provenance", cutoff.provenance.get(), "the cut-off");
  }
  Names changes;
  if (scale.reliable_change) check_change(faults, field + ".reliable_change", *scale.reliable_change, changes);
  for (std::size_t i = 0; i < scale.other_reliable_changes.size(); ++i) {
    const fb::ReliableChangeT& change = *scale.other_reliable_changes[i];
    const std::string place = at(field + ".other_reliable_changes", i);
    if (change.id.empty()) faults.add(place + ".id", "is missing: the settings choose by it");
    check_change(faults, place, change, changes);
  }
}

// An item that may be left out, and what the scale then reaches.
void check_without(Faults& faults, const std::string& field, const fb::ScaleT& scale, const Names& own) {
  if (!scale.without.empty() && scale.method == fb::Method::formula) {
    faults.add(field + ".without", "a formula needs every item");
  }
  if (!scale.without.empty() && scale.without.size() >= scale.items.size()) {
    faults.add(field + ".without", "names every item: one must always apply");
  }
  Names seen;
  for (std::size_t i = 0; i < scale.without.size(); ++i) {
    const fb::WithoutT& out = *scale.without[i];
    const std::string place = at(field + ".without", i);
    if (!own.contains(out.item)) faults.add(place + ".item", in_quotes(out.item) + " is no item of this scale");
    if (!seen.insert(out.item).second) faults.add(place + ".item", in_quotes(out.item) + " stands twice");
    if (!has_number(out.min)) faults.add(place + ".min", "needs a finite number");
    if (!has_number(out.max)) faults.add(place + ".max", "needs a finite number");
    check_provenance(faults, place + ".provenance", out.provenance.get(), "that it may be left out");
  }
}

}  // namespace

void check_scale(Faults& faults, const std::string& field, const fb::ScaleT& scale, const Names& items) {
  if (scale.method == fb::Method::unset) faults.add(field + ".method", "choose sum, mean or formula");
  const bool formula = scale.method == fb::Method::formula;
  if (formula && scale.formula.empty()) faults.add(field + ".formula", "is missing");
  if (!formula && !scale.formula.empty()) faults.add(field + ".method", "has a formula besides: say formula here");
  if (formula && !scale.reversed.empty()) faults.add(field + ".reversed", "say reverse([item]) in the formula instead");
  if (scale.direction == fb::Direction::unset) {
    faults.add(field + ".direction", "choose higher_is_better or lower_is_better");
  }
  if (scale.items.empty()) faults.add(field + ".items", "is empty");
  Names own;
  for (std::size_t i = 0; i < scale.items.size(); ++i) {
    const std::string place = at(field + ".items", i);
    if (!items.contains(scale.items[i])) faults.add(place, in_quotes(scale.items[i]) + " is none of the items");
    if (!own.insert(scale.items[i]).second) faults.add(place, in_quotes(scale.items[i]) + " stands twice");
  }
  Names reversed;
  for (std::size_t i = 0; i < scale.reversed.size(); ++i) {
    const std::string place = at(field + ".reversed", i);
    if (!own.contains(scale.reversed[i])) faults.add(place, in_quotes(scale.reversed[i]) + " is no item of this scale");
    if (!reversed.insert(scale.reversed[i]).second) faults.add(place, in_quotes(scale.reversed[i]) + " stands twice");
  }
  if (!has_number(scale.min)) faults.add(field + ".min", "needs a finite number");
  if (!has_number(scale.max)) faults.add(field + ".max", "needs a finite number");
  check_codes(faults, field + ".codes", scale.codes);
  check_without(faults, field, scale, own);
  check_bands(faults, field, scale);
  check_thresholds(faults, field, scale);
}

void check_missing(Faults& faults, const fb::InstrumentT& definition) {
  Names ids;
  if (definition.missing) {
    check_rule(faults, "missing", *definition.missing);
    if (!definition.missing->id.empty()) fresh(faults, "missing.id", definition.missing->id, ids);
  }
  for (std::size_t i = 0; i < definition.other_missing.size(); ++i) {
    const std::string field = at("other_missing", i);
    if (definition.other_missing[i]->id.empty()) {
      faults.add(field + ".id", "is missing: the settings choose by it");
    } else {
      fresh(faults, field + ".id", definition.other_missing[i]->id, ids);
    }
    check_rule(faults, field, *definition.other_missing[i]);
  }
}

}  // namespace alliance::instruments

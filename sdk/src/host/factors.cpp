// SPDX-License-Identifier: Apache-2.0
// From readings to the eight rows of one case or of one practitioner.
#include "host/factors.h"

#include <alliance/host.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <set>

#include "host/factors_read.h"
#include "host/factors_rows.h"

namespace alliance::host::indicators {

std::unique_ptr<fb::IndicatorT> indicator_of(const IndicatorSpec& spec, const Reading& reading) {
  auto out = std::make_unique<fb::IndicatorT>();
  out->id = spec.id;
  out->title = spec.title;
  out->unit = spec.unit;
  out->text = reading.text;
  if (reading.value && std::isfinite(*reading.value)) {
    out->value = *reading.value == 0 ? 0 : *reading.value;  // never -0
  } else if (reading.value) {
    out->text = "what was recorded is out of range";
  }
  return out;
}

Rows eight_rows() {
  Rows rows;
  for (auto i = static_cast<int>(fb::Factor::f1_time); i <= static_cast<int>(fb::Factor::b4_confidence); ++i) {
    auto row = std::make_unique<fb::FactorRowT>();
    row->factor = static_cast<fb::Factor>(i);
    row->title = factor_title(row->factor);
    for (const char* action : what_can_be_done(row->factor)) row->actions.emplace_back(action);
    rows.push_back(std::move(row));
  }
  return rows;
}

fb::FactorRowT& row_of(Rows& rows, fb::Factor factor) {
  return *rows[static_cast<std::size_t>(factor) - static_cast<std::size_t>(fb::Factor::f1_time)];
}

namespace {

// The ids of events, each once, in the order of their first use.
class Events {
 public:
  void add(fb::Factor factor, const std::vector<std::string>& events) {
    for (const auto& event : events) {
      if (!event.empty() && seen_[factor].insert(event).second) in_order_[factor].push_back(event);
    }
  }
  void put(Rows& rows) {
    for (auto& row : rows) row->events = std::move(in_order_[row->factor]);
  }

 private:
  std::map<fb::Factor, std::set<std::string>> seen_;
  std::map<fb::Factor, std::vector<std::string>> in_order_;
};

}  // namespace

Rows case_rows(const fb::CaseT& seen, std::int64_t as_of, const Withheld& left_out) {
  Rows rows = eight_rows();
  Events events;
  const std::array<const fb::CaseT*, 1> alone = {&seen};
  for (const auto& spec : indicator_table()) {
    if (spec.where == Where::not_on_case) continue;
    Reading reading;
    if (spec.where == Where::own_page) {
      reading = read::nothing("on the practitioner's own page and nowhere else");
    } else if (left_out.has(spec.datum)) {
      reading = read::nothing(left_out[spec.datum]);
    } else {
      reading = spec.read(alone, as_of);
    }
    events.add(spec.factor, reading.events);
    row_of(rows, spec.factor).indicators.push_back(indicator_of(spec, reading));
  }
  for (auto& row : rows) {
    for (auto& done : what_was_done(seen, row->factor)) row->actions.push_back(std::move(done));
  }
  events.put(rows);
  return rows;
}

Rows practitioner_rows(const fb::CaseT* own, Streams cases, std::int64_t as_of, const Withheld& left_out) {
  Rows rows = eight_rows();
  Events events;
  std::vector<const fb::CaseT*> streams;
  if (own != nullptr) streams.push_back(own);
  streams.insert(streams.end(), cases.begin(), cases.end());
  for (const auto& spec : indicator_table()) {
    auto& row = row_of(rows, spec.factor);
    if (left_out.has(spec.datum)) {
      row.indicators.push_back(indicator_of(spec, read::nothing(left_out[spec.datum])));
    } else if (spec.about == About::practitioner) {
      const auto reading = streams.empty() ? read::nothing("nothing recorded yet") : spec.read(streams, as_of);
      events.add(spec.factor, reading.events);
      row.indicators.push_back(indicator_of(spec, reading));
    } else {
      std::vector<Part> parts;
      for (const auto* one : cases) {
        const std::array<const fb::CaseT*, 1> alone = {one};
        auto reading = spec.read(alone, as_of);
        events.add(spec.factor, reading.events);
        parts.push_back({std::move(reading), {}});
      }
      for (auto& mean : means(spec, parts)) {
        if (mean.people > 0) mean.reading.text = "mean of " + read::count_of(mean.people, "client");
        row.indicators.push_back(indicator_of(spec, mean));
      }
    }
  }
  for (auto& row : rows) {
    if (own != nullptr) {
      for (auto& done : what_was_done(*own, row->factor)) row->actions.push_back(std::move(done));
    }
    for (auto& done : what_was_done(cases, row->factor)) row->actions.push_back(std::move(done));
  }
  events.put(rows);
  return rows;
}

}  // namespace alliance::host::indicators

namespace alliance::host {

std::vector<std::unique_ptr<fb::FactorRowT>> factors(const fb::CaseT& state, std::int64_t as_of) {
  if (state.subject == fb::Subject::practitioner) return indicators::practitioner_rows(&state, {}, as_of, {});
  // As its practitioner would see it: reports travel, and what consent takes away must not travel with them.
  const auto left_out = withheld_from_all(state);
  return indicators::case_rows(as_seen(state, {ALLIANCE_ROLE_PRACTITIONER, state.practitioner}, left_out), as_of,
                               left_out);
}

}  // namespace alliance::host

// SPDX-License-Identifier: Apache-2.0
// What a case's scores over time say, as reports that were not made before.
#pragma once

#include <alliance_schema/case_generated.h>

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_set>
#include <vector>

#include "host/instruments.h"
#include "measure/drops.h"

namespace alliance::host {

// Drops and repairs of the client's ratings of the alliance, and how far a case's sheets were looked at for them: each
// sheet once. Series of different instruments are never joined.
class AllianceWatch {
 public:
  bool up_to_date(const fb::CaseT& state) const { return seen_ && *seen_ == state.sheets.size(); }
  // What the sheets that came since say.
  std::vector<fb::AllianceSignalT> signals(const fb::CaseT& state, const Instruments& instruments);
  // A sheet that was looked at is gone, or one came before it.
  void begin_again() { *this = {}; }

 private:
  // By instrument, scale, rater and target.
  using Key = std::tuple<std::string, std::string, fb::Rater, fb::Target>;
  struct Open {
    std::string name;
    std::size_t number;                   // among the drops of the series
    bool said_repaired, said_unrepaired;  // before the sheets were looked at anew
    measure::RepairWatch watch;
  };
  struct Series {
    Key key;
    double sign = 1;  // -1 where lower is better: points are watched so that higher is better
    measure::DropWatch drops;
    std::size_t found = 0;
    std::vector<Open> open;
  };
  struct Found;
  using Said = std::unordered_set<std::string_view>;
  void look(const fb::SheetT& sheet, const Instrument* instrument, const Said& said,
            std::vector<std::unique_ptr<Found>>& found);

  std::deque<Series> series_;        // a handful, which stay where they are
  std::optional<std::size_t> seen_;  // of the case's sheets; nothing: it was not looked at yet
};

// Measures that the client let expire, several in a row for one role.
std::vector<fb::AllianceSignalT> non_response(const fb::CaseT& state, const fb::PlanT& plan);

// Scales of the latest sheet whose change since the first has just become reliable, or has turned.
std::vector<fb::ReliablyChangedT> reliable_changes(const fb::CaseT& state, const fb::SheetT& latest,
                                                   const Instruments& instruments);

}  // namespace alliance::host

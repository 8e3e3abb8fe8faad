// SPDX-License-Identifier: Apache-2.0
// Sums of figures as they may be shown.
//
// A figure of a service rests on five clients and five practitioners at least. Kinds of work add up to a total that is
// shown, so a kind that is left out alone could be had by subtraction: then the smallest of the others is left out with
// it, until what is left out rests on five of each together. Where that leaves nothing, the total goes as well.
#pragma once

#include <alliance_schema/time_generated.h>

#include <map>
#include <set>
#include <string>

#include "host/accounts.h"

namespace alliance::host {

inline constexpr std::size_t fewest = 5;

// Who stands behind a figure. Of clients only how many is known: of several figures together at least as many as
// behind the one with most.
struct Behind {
  std::set<std::string> practitioners;
  std::int64_t clients = 0;
  void add(const std::string& practitioner, std::int64_t its_clients) {
    practitioners.insert(practitioner);
    clients += its_clients;
  }
  void join(const Behind& other) {
    practitioners.insert(other.practitioners.begin(), other.practitioners.end());
    clients = std::max(clients, other.clients);
  }
  bool enough() const { return practitioners.size() >= fewest && clients >= static_cast<std::int64_t>(fewest); }
  bool nobody() const { return clients == 0; }
};

using Group = std::map<std::string, Figures>;  // by practitioner

void add(Figures& to, const Figures& more);
void put_totals(fb::TimeViewT& view, const Figures& total);
// The interval as the policy gave it, for one case.
void put_forecast(fb::TimeViewT& view, const fb::TimeAccountT& account);
// False: the group is too small for any figure.
bool put_group(fb::TimeViewT& view, const Group& group);

}  // namespace alliance::host

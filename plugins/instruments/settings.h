// SPDX-License-Identifier: Apache-2.0
// The plugin's settings:
//
//   {"definitions": ["/etc/clinic/instruments"],          in place of the folder that came with the plugin
//    "accept_unverified": ["some-id"],                    score it although its key is not verified
//    "accept_unverified_thresholds": true,                use unverified bands, cut-offs and reliable changes; or a
//                                                         list of the instruments for which to do so
//    "missing_rules": {"phq-9": "prorate-2"},             one of the definition's own other_missing, by its id
//    "reliable_changes": {"core-10": "barkham-2013"},     one of a scale's other_reliable_changes, by its id
//    "wide_instructions": false}                          score with what every processor of the kind has; the scores
//                                                         are the same
#pragma once

#include <alliance/services.hpp>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace alliance::instruments {

struct Settings {
  std::vector<std::string> folders;  // absolute
  bool own_folder = true;            // the folder is the plugin's own and may be absent
  std::set<std::string> accepted;
  bool accept_all_thresholds = false;
  std::set<std::string> accepted_thresholds;
  std::map<std::string, std::string> missing_rules;     // by instrument
  std::map<std::string, std::string> reliable_changes;  // by instrument
  bool wide_instructions = true;

  bool accepts_thresholds(const std::string& id) const {
    return accept_all_thresholds || accepted_thresholds.contains(id);
  }
};

Settings read_settings(const Services& services);

}  // namespace alliance::instruments

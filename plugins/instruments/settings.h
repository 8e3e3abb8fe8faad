// SPDX-License-Identifier: Apache-2.0
// The plugin's settings:
//
//   {"definitions": ["/etc/clinic/instruments"],     in place of the folder that came with the plugin
//    "accept_unverified": ["some-id"],               score it although its key is not verified
//    "accept_unverified_thresholds": true}           give bands although they are not verified
#pragma once

#include <alliance/services.hpp>
#include <set>
#include <string>
#include <vector>

namespace alliance::instruments {

struct Settings {
  std::vector<std::string> folders;  // absolute
  bool own_folder = true;            // the folder is the plugin's own and may be absent
  std::set<std::string> accepted;
  bool accept_thresholds = false;
};

Settings read_settings(const Services& services);

}  // namespace alliance::instruments

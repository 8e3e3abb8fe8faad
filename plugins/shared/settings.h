// SPDX-License-Identifier: Apache-2.0
// A plugin's own file: the one that its settings name, else the one that came with it.
#pragma once

#include <alliance/services.hpp>
#include <map>
#include <set>
#include <string>

namespace alliance::shared {

// Settings are texts by name. Refuses by name what is no setting of this plugin, and what is no text.
using Settings = std::map<std::string, std::string>;
Settings settings(const Services& services, const std::set<std::string>& known);

// The operator's "case_field": where a record says whose it is, by the names of json_field.h.
std::string case_field(const Settings& settings, const std::string& unless_said);

// The path under `key`, else `default_path`; what is not absolute is looked up in the folder of the
// plugin's manifest.
std::string data_path(const Services& services, const Settings& settings, const std::string& key,
                      const std::string& default_path);

// The whole file. Refuses what is no plain file and what is larger than 4 MiB.
std::string read_file(const std::string& path);

// The file as bytes of a schema table, through the host's codec; its errors gain the file's name.
Bytes encoded_file(const Services& services, const char* table, const std::string& path);

}  // namespace alliance::shared

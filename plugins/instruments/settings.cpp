// SPDX-License-Identifier: Apache-2.0
#include "settings.h"

#include <boost/json.hpp>
#include <filesystem>

namespace alliance::instruments {
namespace {

[[noreturn]] void refuse(const std::string& why) {
  throw Error(ALLIANCE_E_BAD_INPUT, "the settings of the instruments plugin: " + why);
}

std::vector<std::string> strings(const std::string& name, const boost::json::value& value) {
  std::vector<std::string> found;
  if (!value.is_array()) refuse(name + " is no list of strings");
  for (const auto& element : value.get_array()) {
    if (!element.is_string() || element.get_string().empty()) refuse(name + " is no list of strings");
    found.emplace_back(element.get_string());
  }
  return found;
}

std::map<std::string, std::string> choices(const std::string& name, const boost::json::value& value) {
  std::map<std::string, std::string> found;
  if (!value.is_object()) refuse(name + " is no object of instruments and the id that is chosen for each");
  for (const auto& [instrument, chosen] : value.get_object()) {
    if (!chosen.is_string()) refuse(name + ": what is chosen for " + std::string(instrument) + " is no string");
    found.emplace(instrument, chosen.get_string());
  }
  return found;
}

}  // namespace

Settings read_settings(const Services& services) {
  boost::system::error_code bad;
  boost::json::parse_options options;
  options.max_depth = 4;
  const std::string config = services.config();
  const auto value = boost::json::parse(config.empty() ? "{}" : config, bad, boost::json::storage_ptr(), options);
  if (bad || !value.is_object()) refuse("not a JSON object");
  Settings settings;
  for (const auto& [key, setting] : value.get_object()) {
    const std::string name(key);
    if (name == "definitions") {
      settings.own_folder = false;
      for (const std::string& folder : strings(name, setting)) {
        if (std::filesystem::path(folder).is_relative()) {
          if (services.folder().empty()) refuse("definitions: " + folder + ": a linked-in plugin needs absolute paths");
          settings.folders.push_back((std::filesystem::path(services.folder()) / folder).string());
        } else {
          settings.folders.push_back(folder);
        }
      }
    } else if (name == "accept_unverified") {
      for (std::string& id : strings(name, setting)) settings.accepted.insert(std::move(id));
    } else if (name == "accept_unverified_thresholds") {
      if (setting.is_array()) {
        for (std::string& id : strings(name, setting)) settings.accepted_thresholds.insert(std::move(id));
      } else if (setting.is_bool()) {
        settings.accept_all_thresholds = setting.get_bool();
      } else {
        refuse(name + " is neither true nor false, nor a list of instruments");
      }
    } else if (name == "missing_rules") {
      settings.missing_rules = choices(name, setting);
    } else if (name == "reliable_changes") {
      settings.reliable_changes = choices(name, setting);
    } else if (name == "wide_instructions") {
      if (!setting.is_bool()) refuse(name + " is neither true nor false");
      settings.wide_instructions = setting.get_bool();
    } else {
      refuse("\"" + name + "\" is unknown; there are definitions, accept_unverified, accept_unverified_thresholds, " +
             "missing_rules, reliable_changes and wide_instructions");
    }
  }
  if (settings.own_folder && !services.folder().empty()) {
    settings.folders.push_back((std::filesystem::path(services.folder()) / "instruments").string());
  }
  return settings;
}

}  // namespace alliance::instruments

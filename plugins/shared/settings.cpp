// SPDX-License-Identifier: Apache-2.0
#include "settings.h"

#include <boost/json/parse.hpp>
#include <filesystem>
#include <fstream>

namespace alliance::shared {
namespace {

constexpr std::uintmax_t most = 4u << 20;

}  // namespace

Settings settings(const Services& services, const std::set<std::string>& known) {
  const auto refuse = [&](const std::string& why) {
    std::string names;
    for (const std::string& name : known) names += (names.empty() ? "" : ", ") + name;
    throw Error(ALLIANCE_E_BAD_INPUT, "the plugin's settings: " + why + "; they are a JSON object of " + names);
  };
  const std::string config = services.config();
  boost::system::error_code bad;
  boost::json::parse_options options;
  options.max_depth = 4;
  const boost::json::value value =
      boost::json::parse(config.empty() ? "{}" : config, bad, boost::json::storage_ptr(), options);
  if (bad || !value.is_object()) refuse("not a JSON object");
  Settings found;
  for (const auto& [name, setting] : value.get_object()) {
    if (known.count(std::string(name)) == 0) refuse("\"" + std::string(name) + "\" is no setting of this plugin");
    if (!setting.is_string() || setting.get_string().empty()) refuse("\"" + std::string(name) + "\" is no text");
    found[std::string(name)] = std::string(setting.get_string());
  }
  return found;
}

std::string case_field(const Settings& settings, const std::string& unless_said) {
  const auto given = settings.find("case_field");
  const std::string field = given == settings.end() ? unless_said : given->second;
  const bool dotted =
      field.front() != '/' && (field.front() == '.' || field.back() == '.' || field.find("..") != std::string::npos);
  if (dotted || field == "/") {
    throw Error(
        ALLIANCE_E_BAD_INPUT,
        "the plugin's settings: \"case_field\" is neither a name such as a.b.c nor a JSON pointer such as /a/b");
  }
  return field;
}

std::string data_path(const Services& services, const Settings& settings, const std::string& key,
                      const std::string& default_path) {
  const auto given = settings.find(key);
  const std::filesystem::path path = given == settings.end() ? default_path : given->second;
  if (path.is_absolute()) return path.string();
  if (services.folder().empty()) {
    throw Error(ALLIANCE_E_BAD_INPUT, "the plugin's settings: a plugin that is linked in has no folder; give \"" + key +
                                          "\" as an absolute path");
  }
  return (std::filesystem::path(services.folder()) / path).string();
}

std::string read_file(const std::string& path) {
  std::error_code bad;
  if (!std::filesystem::is_regular_file(path, bad)) throw Error(ALLIANCE_E_IO, path + ": there is no such file");
  const auto size = std::filesystem::file_size(path, bad);
  if (bad) throw Error(ALLIANCE_E_IO, path + ": " + bad.message());
  if (size > most) {
    throw Error(ALLIANCE_E_LIMIT, path + ": " + std::to_string(size) + " bytes, at most 4 MiB are read");
  }
  std::ifstream file(path, std::ios::binary);
  std::string text(static_cast<std::size_t>(size), '\0');
  file.read(text.data(), static_cast<std::streamsize>(size));
  if (!file || static_cast<std::uintmax_t>(file.gcount()) != size) {
    throw Error(ALLIANCE_E_IO, path + ": could not be read");
  }
  return text;
}

Bytes encoded_file(const Services& services, const char* table, const std::string& path) {
  const std::string json = read_file(path);
  try {
    return services.encode(table, json);
  } catch (const Error& e) {
    throw Error(e.status(), path + ": " + e.message(), e.detail());
  }
}

}  // namespace alliance::shared

// SPDX-License-Identifier: Apache-2.0
#include "launch.h"

#include <boost/json.hpp>

#include "../../shared/derived_id.h"

namespace alliance::xapi {
namespace {

namespace json = boost::json;

std::string filled(std::string text, const std::string& name, const std::string& value) {
  for (std::size_t at = 0; (at = text.find(name, at)) != std::string::npos; at += value.size()) {
    text.replace(at, name.size(), value);
  }
  return text;
}

}  // namespace

std::string percent_encoded(const std::string& text) {
  static constexpr char hex[] = "0123456789ABCDEF";
  std::string made;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                       c == '_' || c == '.' || c == '~';
    const auto byte = static_cast<unsigned char>(c);
    made += plain ? std::string(1, c) : std::string{'%', hex[byte >> 4], hex[byte & 15]};
  }
  return made;
}

json::object launch(const Launching& where, const Launch& what) {
  const std::string registration = shared::derived_id({"registration", what.home_page, what.case_id, what.programme});
  const json::object actor{{"objectType", "Agent"},
                           {"account", {{"homePage", what.home_page}, {"name", what.case_id}}}};
  std::string url = filled(where.url, "{component}", percent_encoded(what.component));
  char separator = url.find('?') == std::string::npos ? '?' : '&';
  const std::pair<const char*, std::string> parameters[] = {
      {"endpoint", where.endpoint},      {"fetch", filled(where.fetch, "{registration}", registration)},
      {"actor", json::serialize(actor)}, {"registration", registration},
      {"activityId", what.activity},
  };
  for (const auto& [name, value] : parameters) {
    url += separator + std::string(name) + "=" + percent_encoded(value);
    separator = '&';
  }
  json::object data{
      {"contextTemplate",
       {{"contextActivities",
         {{"grouping", json::array{json::object{{"objectType", "Activity"}, {"id", what.activity}}}}}},
        {"extensions", {{"https://w3id.org/xapi/cmi5/context/extensions/sessionid", what.session}}}}},
      {"launchMode", "Normal"},
      {"moveOn", "Completed"},
  };
  if (!where.return_url.empty()) data["returnURL"] = where.return_url;
  return {{"url", url}, {"registration", registration}, {"LMS.LaunchData", std::move(data)}};
}

}  // namespace alliance::xapi

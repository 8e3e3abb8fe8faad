// SPDX-License-Identifier: Apache-2.0
#include "html.h"

#include <boost/json/array.hpp>

namespace alliance::sidecar {
namespace {

std::string text_in(const boost::json::object& from, std::string_view name) {
  const auto* found = from.if_contains(name);
  return found != nullptr && found->is_string() ? std::string(found->get_string()) : std::string();
}

}  // namespace

std::string html_escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '<')
      out += "&lt;";
    else if (c == '&')
      out += "&amp;";
    else if (c == '"')
      out += "&quot;";
    else
      out += c;
  }
  return out;
}

std::string crisis_box(const boost::json::object* told, const Words& words) {
  std::string inside;
  const boost::json::object nothing;
  const auto& said = told != nullptr ? *told : nothing;
  if (const std::string crisis = text_in(said, "crisis"); !crisis.empty())
    inside += "<p>" + html_escaped(crisis) + "</p>";
  if (const auto* contacts = said.if_contains("contacts")) {
    std::string list;
    for (const auto& one : contacts->get_array()) {
      list += "<li><a href=\"" + html_escaped(text_in(one.get_object(), "href")) + "\">" +
              html_escaped(text_in(one.get_object(), "label")) + "</a></li>";
    }
    if (!list.empty()) inside += "<ul>" + list + "</ul>";
  }
  const std::string language = inside.empty() ? words.language() : text_in(said, "language");
  if (inside.empty()) {
    inside = "<p>" + words("If you or somebody else is in danger, call the emergency number of your country.") + "</p>";
  }
  return "<aside class=\"crisis\"><h2>" + words("If you need help now") + "</h2><div lang=\"" + html_escaped(language) +
         "\">" + inside + "</div></aside>";
}

// Each language's own name stands in it as the words for "English".
std::string language_links(const AllWords& all, const Words& words) {
  const auto languages = all.languages();
  if (languages.size() < 2) return {};
  std::string out = "<nav class=\"languages\" aria-label=\"" + html_escaped(words("Language")) + "\">";
  for (const auto& one : languages) {
    const bool here = one == words.language();
    out += "<a href=\"?lang=" + html_escaped(one) + "\" lang=\"" + html_escaped(one) + "\"" +
           (here ? " aria-current=\"true\"" : "") + ">" + html_escaped(all.in(one)("English")) + "</a> ";
  }
  return out + "</nav>";
}

}  // namespace alliance::sidecar

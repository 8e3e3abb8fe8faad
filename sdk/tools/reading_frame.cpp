// SPDX-License-Identifier: Apache-2.0
#include "reading_frame.h"

#include <boost/json/parse.hpp>

#include "review_escape.h"
#include "review_html.h"
#include "review_style.h"
#include "sidecar/html.h"
#include "sidecar/languages.h"
#include "table_of.h"

namespace alliance::tools::reading {

using review::html_text;

std::string address(std::string_view from, std::string_view id) {
  static constexpr char hex[] = "0123456789ABCDEF";
  std::string out(from);
  for (const char c : id) {
    const auto byte = static_cast<unsigned char>(c);
    if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_') {
      out += c;
    } else {
      out += {'%', hex[byte >> 4], hex[byte & 15]};
    }
  }
  return out;
}

std::string link_to(const std::string& address, const std::string& words) {
  return "<a href=\"" + html_text(address) + "\">" + html_text(words) + "</a>";
}

Drawn framed(const Reading& reading, const Frame& frame, const std::string& inside) {
  const Words& w = reading.words;
  const std::string way = frame.first.empty() ? "" : "<p class=\"way\">" + link_to("/reading", frame.first) + "</p>";
  return {"<!doctype html>\n<html lang=\"" + w.language() +
              "\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" "
              "content=\"width=device-width,initial-scale=1\"><title>" +
              html_text(frame.title) + "</title><style>" + std::string(review::style_sheet) +
              "</style></head><body><main>" + sidecar::language_links(reading.languages, w) + "<h1>" +
              html_text(frame.title) + "</h1><p class=\"soft\">" +
              w("As of {}. This page is for reading; it does not change by itself.", {review::moment(reading.now, w)}) +
              "</p>" + way + inside + (frame.crisis ? sidecar::crisis_box(reading.told, w) : "") +
              "<footer><form method=\"post\" action=\"/reading\"><input type=\"hidden\" name=\"token\" value=\"\">"
              "<button>" +
              w("Close these pages") + "</button></form></footer></main></body></html>\n",
          review::style_sheet};
}

std::string table(const std::string& caption, const std::vector<std::string>& heads,
                  const std::vector<std::vector<std::string>>& rows, std::size_t figures) {
  std::string out = "<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"" + caption +
                    "\"><table><caption class=\"hidden\">" + caption + "</caption><thead><tr>";
  const auto kind = [&](std::size_t at) { return at >= figures ? " class=\"n\"" : ""; };
  for (std::size_t i = 0; i < heads.size(); ++i)
    out += std::string("<th scope=\"col\"") + kind(i) + ">" + heads[i] + "</th>";
  out += "</tr></thead><tbody>";
  for (const auto& row : rows) {
    out += "<tr><th scope=\"row\">" + row.front() + "</th>";
    for (std::size_t i = 1; i < row.size(); ++i) out += std::string("<td") + kind(i) + ">" + row[i] + "</td>";
    out += "</tr>";
  }
  return out + "</tbody></table></div>";
}

Result<std::vector<fb::InstrumentT>> instruments_of(const Host& host) {
  auto read = table_of<fb::InstrumentList>("InstrumentList", host.instruments());
  if (!read) return tl::unexpected(read.error());
  std::vector<fb::InstrumentT> out;
  for (auto& one : read->instruments) {
    if (one) out.push_back(std::move(*one));
  }
  return out;
}

std::string instrument_title(const Host& host, const fb::InstrumentT& instrument, const Words& words) {
  const std::string language = sidecar::best_language(words.language() + ",en", instrument.languages);
  std::string title;
  if (!language.empty()) {
    const auto text = sidecar::asked([&] { return host.content(instrument.id, instrument.version, language); });
    const auto pack = text ? boost::json::parse(*text) : boost::json::value();
    const auto* said = pack.is_object() ? pack.get_object().if_contains("title") : nullptr;
    if (said != nullptr && said->is_string()) title = said->get_string();
  }
  if (title.empty()) return review::told(instrument.title, words);
  if (language == words.language()) return html_text(title);
  return "<span lang=\"" + html_text(language) + "\">" + html_text(title) + "</span>";
}

}  // namespace alliance::tools::reading

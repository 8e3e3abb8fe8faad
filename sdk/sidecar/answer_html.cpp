// SPDX-License-Identifier: Apache-2.0
// Reading without JavaScript. A form hands over a person's token, and gets it back as a cookie that no script sees and
// no other site's page sends. It reads these pages and does nothing else: what is recorded asks for the header.
#include <algorithm>
#include <boost/json/parse.hpp>

#include "html.h"
#include "languages.h"
#include "sidecar.h"

namespace alliance::sidecar {
namespace {

constexpr std::string_view token_cookie = "alliance_reading", language_cookie = "alliance_language";
constexpr std::string_view plain_style =
    ":root{color-scheme:light dark}body{font:1rem/1.5 system-ui,sans-serif;max-width:40rem;margin:2rem auto;padding:0 "
    "1rem}input,button{font:inherit;min-height:2.75rem;padding:.25rem .75rem}label{display:block;margin:0 0 1rem}"
    "nav a{display:inline-block;padding:.375rem .5rem}nav "
    "a[aria-current]{font-weight:600;text-decoration:none;color:inherit}"
    ".crisis{border:2px solid;border-radius:.75rem;padding:0 1rem;margin-top:2rem}.crisis ul{list-style:none;padding:0}"
    ".crisis a{display:inline-block;padding:.375rem 0;font-weight:600}";

std::string header_of(const Request& request, const char* name) {
  const auto found = request.headers.find(name);
  return found == request.headers.end() ? std::string() : found->second;
}

std::string cookie_in(const Request& request, std::string_view name) {
  const std::string all = header_of(request, "cookie");
  std::string_view rest = all;
  while (!rest.empty()) {
    const auto end = std::min(rest.find(';'), rest.size());
    std::string_view one = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    while (one.starts_with(' ')) one.remove_prefix(1);
    if (one.starts_with(name) && one.substr(name.size()).starts_with('='))
      return std::string(one.substr(name.size() + 1));
  }
  return {};
}

// Chosen on the page, now or before; else what the browser asks for.
std::string chosen_now(const Request& request) {
  constexpr std::string_view name = "lang=";
  const auto mark = request.target.find('?');
  if (mark == std::string::npos || request.target.compare(mark + 1, name.size(), name) != 0) return {};
  const std::string_view rest = std::string_view(request.target).substr(mark + 1 + name.size());
  return std::string(rest.substr(0, rest.find('&')));
}
std::string language_wishes(const Request& request) {
  std::string out;
  for (const auto& one :
       {chosen_now(request), cookie_in(request, language_cookie), header_of(request, "accept-language")}) {
    if (!one.empty()) out += (out.empty() ? "" : ",") + one;
  }
  return out;
}

std::string with_attributes(const Settings& settings, std::string cookie) {
  cookie += "; Path=/reading; HttpOnly; SameSite=Strict";
  if (!settings.certificate.empty() || settings.behind_proxy) cookie += "; Secure";
  return cookie;
}

std::string cookie_of(const Settings& settings, const std::string& token) {
  std::string out = with_attributes(settings, std::string(token_cookie) + "=" + token);
  if (token.empty()) out += "; Max-Age=0";
  return out;
}

// A page in a language of the request; a language that was chosen is remembered.
struct Speaker {
  const Sidecar& sidecar;
  const Request& request;
  const Words& words = sidecar.words().best(language_wishes(request));
  const boost::json::object* told = told_to_clients(sidecar.settings(), words.language());

  Response html(int status, std::string body, std::string_view style) const {
    Response out{status, "text/html; charset=utf-8", std::move(body), {}, {}, {}};
    out.headers = {{"Cache-Control", "no-store"},
                   {"Content-Language", words.language()},
                   {"Content-Security-Policy", "default-src 'none'; style-src 'sha256-" + base64_of(sha256_of(style)) +
                                                   "'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"},
                   {"Referrer-Policy", "same-origin"},
                   {"Cross-Origin-Opener-Policy", "same-origin"}};
    if (!chosen_now(request).empty()) {
      out.headers.emplace_back(
          "Set-Cookie", with_attributes(sidecar.settings(), std::string(language_cookie) + "=" + words.language()));
    }
    return out;
  }

  // Whoever reads it may be somebody who needs help now: that stands on each of these, whatever else went wrong.
  Response plain(int status, const std::string& title, const std::string& inside, const std::string& head = {}) const {
    return html(status,
                "<!doctype html>\n<html lang=\"" + words.language() +
                    "\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" "
                    "content=\"width=device-width,initial-scale=1\">" +
                    head + "<title>" + words(title) + "</title><style>" + std::string(plain_style) +
                    "</style></head><body><main>" +
                    (request.method == "GET" ? language_links(sidecar.words(), words) : "") + "<h1>" + words(title) +
                    "</h1>" + inside + crisis_box(told, words) + "</main></body></html>\n",
                plain_style);
  }

  Response sign_in(int status, const char* why) const {
    return plain(status, "Reading without JavaScript",
                 (*why == '\0' ? "" : "<p>" + words(why) + "</p>") + "<p>" +
                     words("Go back to where you came from and open this page again, or give the token that you were "
                           "given there.") +
                     "</p><form method=\"post\" action=\"/reading\"><label>" + words("Token") +
                     "<br><input name=\"token\" type=\"password\" autocomplete=\"off\" required></label><button>" +
                     words("Read") + "</button></form>");
  }
};

// Another site's page signs nobody in: who reads would take the other's clients for the own.
bool from_here(const Sidecar& sidecar, const Request& request) {
  const std::string origin = header_of(request, "origin");
  if (origin.empty()) return true;
  const auto& listed = sidecar.settings().origins;
  if (std::find(listed.begin(), listed.end(), origin) != listed.end()) return true;
  const std::string host = header_of(request, "host");
  return origin == "http://" + host || origin == "https://" + host;
}

Response begin_reading(Sidecar& sidecar, const Context& context) {
  if (!from_here(sidecar, context.request))
    return problem(403, "this form stands on a page that the settings do not name");
  const Speaker speaker{sidecar, context.request};
  const std::string token(context.asked.body.at("token").as_string());
  if (token.empty()) {
    Response out = speaker.sign_in(200, "This page is closed.");
    out.headers.emplace_back("Set-Cookie", cookie_of(sidecar.settings(), ""));
    return out;
  }
  int wait = 0;
  const auto holder = sidecar.known("Bearer " + token, context.request, context.now, wait);
  if (wait > 0) return later(429, "too many requests without a good token", wait);
  if (!holder || holder->id.empty() || token.find_first_of("; ,\"\\") != std::string::npos) {
    return problem(401, "this token is none of a person, or it is good no longer");
  }
  // Not a redirect: the cookie is not sent along one that another site's form began.
  Response out = speaker.plain(200, "Reading", "<p><a href=\"/reading\">" + speaker.words("Go on") + "</a></p>",
                               "<meta http-equiv=\"refresh\" content=\"0;url=/reading\">");
  out.headers.emplace_back("Set-Cookie", cookie_of(sidecar.settings(), token));
  return out;
}

template <Page page>
Response read_page(Sidecar& sidecar, const Context& context) {
  if (!sidecar.draw()) return problem(501, "this sidecar draws no pages");
  if (context.viewer.id.empty()) {
    return problem(400, "the header Alliance-Viewer must say who asks: the token names nobody");
  }
  const Speaker speaker{sidecar, context.request};
  const Reading reading{page,
                        context.asked.text(page == Page::service ? "service" : "case"),
                        context.now,
                        speaker.words,
                        sidecar.words(),
                        speaker.told,
                        study_of(sidecar, context, true)};
  auto drawn = asked([&] { return sidecar.draw()(context.tenant.host, context.viewer, reading); });
  if (!drawn) return problem(drawn.error());
  if (!*drawn) return problem(drawn->error());
  return speaker.html(200, std::move((*drawn)->html), (*drawn)->style);
}

// What a researcher takes away, as GET /study has it.
Response read_export(Sidecar& sidecar, const Context& context) {
  const auto study = study_of(sidecar, context, false);
  if (!study) return problem(409, "there is no study here: the settings name no key for pseudonyms");
  if (context.viewer.id.empty()) {
    return problem(400, "the header Alliance-Viewer must say who asks: the token names nobody");
  }
  auto text = asked(study);
  if (!text) return problem(text.error());
  Response out = json_response(200, std::move(*text));
  out.headers = {{"Cache-Control", "no-store"}, {"Content-Disposition", "attachment; filename=\"study.json\""}};
  return out;
}

// For anybody, at any time.
Response read_help(Sidecar& sidecar, const Context& context) {
  return Speaker{sidecar, context.request}.plain(200, "Help", "");
}

constexpr Route table_of_html[] = {
    {"beginReading", &begin_reading},
    {"readHome", &read_page<Page::home>},
    {"readCourse", &read_page<Page::course>},
    {"readBrief", &read_page<Page::brief>},
    {"readService", &read_page<Page::service>},
    {"readExport", &read_export},
    {"readHelp", &read_help, false},
};

}  // namespace

std::span<const Route> html_routes() { return table_of_html; }

const boost::json::object* told_to_clients(const Settings& settings, const std::string& wishes) {
  std::vector<std::string> spoken;
  for (const auto& one : settings.words) spoken.emplace_back(one.get_object().at("language").get_string());
  const std::string chosen = best_language(wishes, spoken);
  for (std::size_t i = 0; i < spoken.size(); ++i) {
    if (spoken[i] == chosen) return &settings.words[i].get_object();
  }
  return nullptr;
}

std::string from_cookie(const Request& request) {
  const std::string token = cookie_in(request, token_cookie);
  return token.empty() ? std::string() : "Bearer " + token;
}

Response for_browser(const Sidecar& sidecar, const Request& request, Response response) {
  if (response.status < 400 || header_of(request, "accept").find("text/html") == std::string::npos) return response;
  const Speaker speaker{sidecar, request};
  const auto& words = speaker.words;
  boost::json::error_code bad;
  const auto said = boost::json::parse(response.body, bad);
  const auto* detail = bad || !said.is_object() ? nullptr : said.get_object().if_contains("detail");
  const std::string why = detail != nullptr && detail->is_string() ? std::string(detail->get_string()) : std::string();
  std::string known = words.said(why);
  if (known.empty() && !why.empty() && !words.english()) known = "<span lang=\"en\">" + html_escaped(why) + "</span>";
  Response out =
      response.status == 401
          ? speaker.sign_in(401, request.method == "POST" ? "This token is none of a person, or it is good no longer."
                                 : from_cookie(request).empty() ? ""
                                                                : "This page is open no longer.")
          : speaker.plain(response.status, "Not shown",
                          "<p>" + (known.empty() ? html_escaped(why) : known) + "</p><p><a href=\"/reading\">" +
                              words("To the first page") + "</a></p>");
  for (auto& one : response.headers) out.headers.push_back(std::move(one));
  return out;
}

}  // namespace alliance::sidecar

// SPDX-License-Identifier: Apache-2.0
// Reading without JavaScript. A form hands over a person's token, and gets it back as a cookie that no script sees and
// no other site's page sends. It reads these pages and does nothing else: what is recorded asks for the header.
#include <algorithm>
#include <boost/json/parse.hpp>

#include "sidecar.h"

namespace alliance::sidecar {
namespace {

constexpr std::string_view cookie_name = "alliance_reading=";
constexpr std::string_view plain_style =
    ":root{color-scheme:light dark}body{font:1rem/1.5 system-ui,sans-serif;max-width:40rem;margin:2rem auto;padding:0 "
    "1rem}input,button{font:inherit;min-height:2.75rem;padding:.25rem .75rem}label{display:block;margin:0 0 1rem}";

Response html(int status, std::string body, std::string_view style) {
  Response out{status, "text/html; charset=utf-8", std::move(body), {}, {}, {}};
  out.headers = {{"Cache-Control", "no-store"},
                 {"Content-Security-Policy", "default-src 'none'; style-src 'sha256-" + base64_of(sha256_of(style)) +
                                                 "'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"},
                 {"Referrer-Policy", "same-origin"},
                 {"Cross-Origin-Opener-Policy", "same-origin"}};
  return out;
}

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '<')
      out += "&lt;";
    else if (c == '&')
      out += "&amp;";
    else
      out += c;
  }
  return out;
}

std::string plain_page(const std::string& head, const std::string& inside) {
  return "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" "
         "content=\"width=device-width,initial-scale=1\">" +
         head + "<style>" + std::string(plain_style) + "</style></head><body><main>" + inside +
         "</main></body></html>\n";
}

std::string sign_in(const std::string& why) {
  return plain_page(
      "<title>Reading without JavaScript</title>",
      "<h1>Reading without JavaScript</h1>" + (why.empty() ? "" : "<p>" + escaped(why) + "</p>") +
          "<p>Go back to where you came from and open this page again, or give the token that you were "
          "given there.</p><p lang=\"zh-Hans\">请返回您来的地方重新打开此页面，或在此输入您的令牌。</p>"
          "<form method=\"post\" action=\"/reading\"><label>Token / <span lang=\"zh-Hans\">令牌</span><br>"
          "<input name=\"token\" type=\"password\" autocomplete=\"off\" required></label>"
          "<button>Read / <span lang=\"zh-Hans\">阅读</span></button></form>");
}

std::string cookie_of(const Settings& settings, const std::string& token) {
  std::string out = std::string(cookie_name) + token + "; Path=/reading; HttpOnly; SameSite=Strict";
  if (!settings.certificate.empty() || settings.behind_proxy) out += "; Secure";
  if (token.empty()) out += "; Max-Age=0";
  return out;
}

std::string header_of(const Request& request, const char* name) {
  const auto found = request.headers.find(name);
  return found == request.headers.end() ? std::string() : found->second;
}

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
  const std::string token(context.asked.body.at("token").as_string());
  if (token.empty()) {
    Response out = html(200, sign_in("This page is closed."), plain_style);
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
  Response out =
      html(200,
           plain_page("<meta http-equiv=\"refresh\" content=\"0;url=/reading\"><title>Reading</title>",
                      "<h1>Reading</h1><p><a href=\"/reading\">Go on / <span lang=\"zh-Hans\">继续</span></a></p>"),
           plain_style);
  out.headers.emplace_back("Set-Cookie", cookie_of(sidecar.settings(), token));
  return out;
}

template <Page page>
Response read_page(Sidecar& sidecar, const Context& context) {
  if (!sidecar.draw()) return problem(501, "this sidecar draws no pages");
  if (context.viewer.id.empty()) {
    return problem(400, "the header Alliance-Viewer must say who asks: the token names nobody");
  }
  auto drawn = asked([&] {
    return sidecar.draw()(context.tenant.host, context.viewer, page, context.asked.text("case"), context.now);
  });
  if (!drawn) return problem(drawn.error());
  if (!*drawn) return problem(drawn->error());
  return html(200, std::move((*drawn)->html), (*drawn)->style);
}

constexpr Route table_of_html[] = {
    {"beginReading", &begin_reading},
    {"readCaseload", &read_page<Page::caseload>},
    {"readCourse", &read_page<Page::course>},
    {"readBrief", &read_page<Page::brief>},
};

}  // namespace

std::span<const Route> html_routes() { return table_of_html; }

std::string from_cookie(const Request& request) {
  const std::string all = header_of(request, "cookie");
  std::string_view rest = all;
  while (!rest.empty()) {
    const auto end = std::min(rest.find(';'), rest.size());
    std::string_view one = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    while (one.starts_with(' ')) one.remove_prefix(1);
    if (one.starts_with(cookie_name)) return "Bearer " + std::string(one.substr(cookie_name.size()));
  }
  return {};
}

Response for_browser(const Request& request, Response response) {
  if (response.status < 400 || header_of(request, "accept").find("text/html") == std::string::npos) return response;
  boost::json::error_code bad;
  const auto said = boost::json::parse(response.body, bad);
  const auto* detail = bad || !said.is_object() ? nullptr : said.get_object().if_contains("detail");
  const std::string why = detail != nullptr && detail->is_string() ? std::string(detail->get_string()) : std::string();
  Response out = html(response.status, "", plain_style);
  out.body = response.status == 401
                 ? sign_in(header_of(request, "cookie").empty() ? "" : "This page is open no longer.")
                 : plain_page("<title>Not shown</title>",
                              "<h1>Not shown</h1><p>" + escaped(why) + "</p><p><a href=\"/reading\">Caseload</a></p>");
  for (auto& one : response.headers) out.headers.push_back(std::move(one));
  return out;
}

}  // namespace alliance::sidecar

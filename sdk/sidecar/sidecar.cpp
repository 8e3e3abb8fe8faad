// SPDX-License-Identifier: Apache-2.0
#include "sidecar.h"

#include <words_document.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <set>

namespace alliance::sidecar {
namespace {

std::array<std::span<const Route>, 5> all_routes() {
  return {instrument_routes(), fact_routes(), reading_routes(), service_routes(), html_routes()};
}

const Route* route_of(const std::string& operation) {
  for (const auto& routes : all_routes()) {
    for (const Route& route : routes) {
      if (operation == route.operation) return &route;
    }
  }
  return nullptr;
}

std::string header(const Request& request, const char* name) {
  const auto found = request.headers.find(name);
  return found == request.headers.end() ? std::string() : found->second;
}

std::string path_of(const std::string& target) { return target.substr(0, std::min(target.find('?'), target.size())); }

// A HEAD is a GET whose body is not sent.
std::string method_of(const Request& request) { return request.method == "HEAD" ? "GET" : request.method; }

bool small(const Request& head) {
  constexpr std::size_t most_of_a_form = 8192;
  const std::string length = header(head, "content-length");
  std::size_t bytes = 0;
  const auto read = std::from_chars(length.data(), length.data() + length.size(), bytes);
  return !length.empty() && read.ec == std::errc() && bytes <= most_of_a_form;
}

// As the schema's instants stand at the front of what was read now: not part of what it says.
std::string without_as_of(const std::string& body) {
  constexpr std::string_view name = "\"as_of\":";
  const auto from = body.find(name);
  if (from == std::string::npos) return body;
  const auto until = body.find_first_not_of("-0123456789", from + name.size());
  return body.substr(0, from) + body.substr(std::min(until, body.size()));
}

std::string streamed(const std::string& name, const Kept& report, const std::string& body) {
  return "id: " + name + "\nevent: " + report.kind + "\ndata: {\"id\":" + quoted(report.id) +
         ",\"case\":" + quoted(report.case_id) + ",\"kind\":" + quoted(report.kind) +
         ",\"lane\":" + quoted(report.lane) + ",\"time\":" + std::to_string(report.time) + ",\"report\":" + body +
         "}\n\n";
}

}  // namespace

Response tagged(const Request& request, std::string body) {
  const std::string tag = "\"" + hex_of(sha256_of(without_as_of(body)).substr(0, 12)) + "\"";
  Response out = json_response(200, std::move(body));
  const std::string known = header(request, "if-none-match");
  if (known == "*" || known.find(tag) != std::string::npos) {
    out.status = 304;
    out.body.clear();
  }
  out.headers = {{"ETag", tag}, {"Cache-Control", "private, no-cache"}};
  return out;
}

Result<std::unique_ptr<Sidecar>> Sidecar::open(Settings settings, std::string_view document, Engine& engine, Clock now,
                                               Draw draw) {
  auto contract = Contract::read(document);
  if (!contract) return tl::unexpected(contract.error());
  std::set<std::string> named;
  for (const Operation& operation : contract->operations()) {
    named.insert(operation.id);
    if (route_of(operation.id) == nullptr) {
      return fail(ALLIANCE_E_INTERNAL, "the OpenAPI document names " + operation.id + ", which nobody answers");
    }
  }
  for (const auto& routes : all_routes()) {
    for (const Route& route : routes) {
      if (named.contains(route.operation)) continue;
      return fail(ALLIANCE_E_INTERNAL, std::string("the OpenAPI document does not name ") + route.operation);
    }
  }
  auto pages = Pages::read(settings.pages);
  if (!pages) return tl::unexpected(pages.error());
  AllWords words;
  for (const auto& file : settings.translations) {
    if (auto fine = words.add_file(file); !fine) {
      return fail(fine.error().status, "/translations: " + file + " " + fine.error().message);
    }
  }
  engine.speak(words);
  const std::string_view own(reinterpret_cast<const char*>(words_document), sizeof words_document);
  if (auto fine = words.add(own); !fine) return fail(ALLIANCE_E_INTERNAL, "words.json: " + fine.error().message);
  return std::unique_ptr<Sidecar>(new Sidecar(std::move(settings), document, std::move(*contract), std::move(*pages),
                                              std::move(words), engine, std::move(now), std::move(draw)));
}

// For what takes less than handing it over would.
bool Sidecar::quick(const Request& request) const {
  Asked asked;
  std::vector<std::string> allowed;
  const auto* operation = contract_.find(method_of(request), path_of(request.target), asked, allowed);
  return operation == nullptr || (!route_of(operation->id)->blocks && engine_.in_process());
}

// Whoever shows no good token gets none of the memory that bodies lie in, but for a form's few bytes.
bool Sidecar::wants_body(const Request& head) const {
  Asked asked;
  std::vector<std::string> allowed;
  const auto* operation = contract_.find(method_of(head), path_of(head.target), asked, allowed);
  if (operation == nullptr) return false;
  if (operation->form) return small(head);
  return !operation->open && tokens_.find(header(head, "authorization"), now_()).has_value();
}

Response Sidecar::answer(const Request& request) {
  const auto began = std::chrono::steady_clock::now();
  Response out;
  try {
    out = routed(request);
  } catch (const std::bad_alloc&) {
    ++metrics_.faults;
    out = later(503, "there was not enough memory for this request", 5);
  } catch (const std::exception&) {
    ++metrics_.faults;
    out = problem(500, "this request met a fault of the sidecar");
  }
  allow_origin(request, out);
  out.headers.emplace_back("X-Content-Type-Options", "nosniff");
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
  metrics_.answered(out.operation, out.status, took.count());
  return out;
}

Response Sidecar::routed(const Request& request) {
  Asked asked;
  std::vector<std::string> allowed;
  const auto* operation = contract_.find(method_of(request), path_of(request.target), asked, allowed);
  if (operation != nullptr) {
    Response out = for_caller(request, *operation, asked);
    if (operation->by_cookie || operation->form) out = for_browser(*this, request, std::move(out));
    out.operation = operation->id;
    return out;
  }
  if (allowed.empty()) return problem(404, "there is no such address; /openapi.json has those that there are");
  const bool preflight = request.method == "OPTIONS" && request.headers.contains("access-control-request-method");
  Response out = preflight ? Response{204, "", "", {}, {}, {}} : problem(405, "this address takes other methods");
  std::string names;
  for (const auto& one : allowed) names += (names.empty() ? "" : ", ") + one + (one == "GET" ? ", HEAD" : "");
  out.headers.emplace_back("Allow", names);
  if (preflight) {
    out.headers.emplace_back("Access-Control-Allow-Methods", names);
    out.headers.emplace_back("Access-Control-Allow-Headers",
                             "Authorization, Content-Type, Idempotency-Key, If-None-Match, Last-Event-ID");
    out.headers.emplace_back("Access-Control-Max-Age", "600");
  }
  return out;
}

std::optional<Caller> Sidecar::known(const std::string& authorization, const Request& request, std::int64_t now,
                                     int& wait) {
  auto found = tokens_.find(authorization, now);
  if (!found) {
    ++metrics_.refused;
    wait = strangers_.take(request.from, now);
  }
  return found;
}

Response Sidecar::for_caller(const Request& request, const Operation& operation, Asked& asked) {
  const std::int64_t now = now_();
  const Handler handler = route_of(operation.id)->handler;
  Caller caller;
  if (!operation.open) {
    std::string shown = header(request, "authorization");
    const bool cookie = shown.empty() && operation.by_cookie;
    if (cookie) shown = from_cookie(request);
    int wait = 0;
    auto holder = known(shown, request, now, wait);
    if (wait > 0) return later(429, "too many requests without a good token", wait);
    if (!holder || (cookie && holder->id.empty())) {
      Response out = problem(401, "give Authorization: Bearer TOKEN, with a token of this sidecar that is still good");
      out.headers.emplace_back("WWW-Authenticate", "Bearer realm=\"alliance\"");
      return out;
    }
    caller = std::move(*holder);
    if (wait = rates_.take(caller.token, now); wait > 0) {
      return later(429, "this token asks more often than it may", wait);
    }
    if (!operation.roles.empty() &&
        std::find(operation.roles.begin(), operation.roles.end(), role_name(caller.role)) == operation.roles.end()) {
      return problem(403, std::string("not with a token of the role ") + role_name(caller.role));
    }
    // A browser holds it: it must not be able to record in everybody's name, as a service's back end can.
    if (caller.issued && caller.role == ALLIANCE_ROLE_SERVICE && method_of(request) != "GET") {
      return problem(403, "a token that was issued to a service is for reading alone");
    }
  }
  if (stopping_ && !operation.open) return later(503, "the sidecar is stopping", 5);
  if (operation.body != nullptr && !fits(operation, request)) {
    return problem(415, std::string("send the body as ") + (operation.form ? "a form" : "application/json"));
  }
  if (const std::string coding = header(request, "content-encoding"); !coding.empty() && coding != "identity") {
    return problem(415, "send the body as it is, without Content-Encoding");
  }
  if (const auto faults = contract_.take(operation, request, asked); !faults.empty()) {
    return problem(400, faults.front().at + " " + faults.front().detail, faults);
  }
  Viewer viewer{caller.role, caller.id};
  if (const std::string said = asked.text("alliance-viewer"); !said.empty() && !operation.open) {
    if (!caller.id.empty() && caller.id != said) return problem(403, "this token speaks for another person");
    viewer.id = said;
  }
  Tenant* tenant = operation.open ? engine_.tenants().front().get() : engine_.find(caller.tenant);
  if (tenant == nullptr) return problem(500, "the token's tenant is not here");
  return handler(*this, {*tenant, caller, std::move(viewer), asked, request, now});
}

void Sidecar::allow_origin(const Request& request, Response& response) const {
  if (settings_.origins.empty()) return;
  response.headers.emplace_back("Vary", "Origin");
  const std::string origin = header(request, "origin");
  if (std::find(settings_.origins.begin(), settings_.origins.end(), origin) == settings_.origins.end()) return;
  response.headers.emplace_back("Access-Control-Allow-Origin", origin);
  response.headers.emplace_back("Access-Control-Expose-Headers", "ETag, Retry-After");
}

// Cheap questions first: whose case it is before the whole report, which is asked for by name and noted. Nothing is
// said of reports that are not for this viewer, not even that there were some.
std::string Sidecar::next(Subscription& subscription) const {
  constexpr std::size_t at_once = 64;
  Tenant& tenant = *subscription.tenant;
  const Viewer& viewer = subscription.viewer;
  const bool of_own = viewer.role == ALLIANCE_ROLE_CLIENT || viewer.role == ALLIANCE_ROLE_PRACTITIONER;
  std::string out;
  while (out.empty()) {
    const auto piece = tenant.feed.after(subscription.at, at_once);
    if (piece.missed || subscription.lost) {
      out += "event: missed\ndata: {\"detail\":\"reports before this are no longer here: read the reviews\"}\n\n";
    }
    subscription.lost = false;
    subscription.at = piece.at;
    if (piece.reports.empty()) break;
    for (const Kept& report : piece.reports) {
      if (!subscription.case_id.empty() && report.case_id != subscription.case_id) continue;
      const auto seen = asked([&] {
        if (of_own && !tenant.host.owns(report.case_id, viewer)) return std::string();
        return tenant.host.report(report.case_id, report.id, viewer);
      });
      if (seen && !seen->empty()) out += streamed(tenant.feed.name_of(report.number), report, *seen);
    }
  }
  return out;
}

}  // namespace alliance::sidecar

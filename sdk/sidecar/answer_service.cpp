// SPDX-License-Identifier: Apache-2.0
// The sidecar itself: whether it is there, its figures, its document, tokens for a short time.
#include <boost/json/serialize.hpp>

#include "sidecar.h"

namespace alliance::sidecar {
namespace {

namespace json = boost::json;

Response get_health(Sidecar&, const Context&) { return json_response(200, R"({"state":"up"})"); }

Response get_ready(Sidecar& sidecar, const Context&) {
  if (sidecar.stopping()) return later(503, "the sidecar is stopping", 5);
  if (!sidecar.engine().passing()) return later(503, "time does not pass in a store: see the log", 5);
  for (const auto& tenant : sidecar.engine().tenants()) {
    if (const auto counts = asked([&] { return tenant->host.count(); }); !counts) {
      return later(503, "a store cannot be read: see the log", 5);
    }
  }
  return json_response(200, R"({"state":"ready"})");
}

Response get_metrics(Sidecar& sidecar, const Context&) {
  std::string text = sidecar.metrics().text();
  alliance_host_counts sum = ALLIANCE_HOST_COUNTS_INIT;
  for (const auto& tenant : sidecar.engine().tenants()) {
    const auto counts = asked([&] { return tenant->host.count(); });
    if (!counts) return problem(counts.error());
    sum.events += counts->events;
    sum.reports += counts->reports;
    sum.waiting += counts->waiting;
    sum.dead_letters += counts->dead_letters;
    sum.safety_dead_letters += counts->safety_dead_letters;
  }
  const auto line = [&](const char* name, const char* type, const char* help, std::uint64_t value) {
    Metrics::line(text, name, type, help, static_cast<double>(value));
  };
  line("alliance_events_total", "counter", "Events recorded since the stores were made.", sum.events);
  line("alliance_reports_total", "counter", "Reports put into the outbox since the stores were made.", sum.reports);
  line("alliance_reports_waiting", "gauge", "Reports that some endpoint has not acknowledged.", sum.waiting);
  line("alliance_dead_letters", "gauge", "Reports that an endpoint refused.", sum.dead_letters);
  line("alliance_safety_dead_letters", "gauge", "How many of these are about safety: look at them now.",
       sum.safety_dead_letters);
  return {200, "text/plain; version=0.0.4; charset=utf-8", std::move(text), {{"Cache-Control", "no-store"}}, {}, {}};
}

Response get_openapi(Sidecar& sidecar, const Context& context) { return tagged(context.request, sidecar.document()); }

Response issue_token(Sidecar& sidecar, const Context& context) {
  const Caller& by = context.caller;
  const auto& wants = context.asked.body.as_object();
  const auto role = role_of(std::string_view(wants.at("role").as_string()));
  if (by.issued || !by.id.empty()) return problem(403, "a token of one person issues no others");
  if (by.role != role && (by.role != ALLIANCE_ROLE_SERVICE || role == ALLIANCE_ROLE_RESEARCHER)) {
    return problem(403, role == ALLIANCE_ROLE_RESEARCHER ? "only with a token of a researcher's platform"
                                                         : "not for another role than the token's own");
  }
  const auto* said = wants.if_contains("minutes");
  const std::int64_t minutes = said == nullptr ? 30 : said->to_number<std::int64_t>();
  const std::int64_t until = context.now + minutes * 60'000'000;
  const json::object out = {{"token", sidecar.tokens().issue(by, role, std::string(wants.at("id").as_string()), until)},
                            {"expires", until}};
  return json_response(201, json::serialize(out));
}

Response get_page(Sidecar& sidecar, const Context& context) {
  auto page = sidecar.pages().answer(context.request, context.asked.text("file"));
  return page ? std::move(*page) : problem(404, "there is no such page");
}

constexpr Route table_of_service[] = {
    {"getHealth", &get_health, false},   {"getReady", &get_ready},
    {"getMetrics", &get_metrics},        {"getOpenapi", &get_openapi, false},
    {"issueToken", &issue_token, false}, {"getPage", &get_page, false},
};

}  // namespace

std::span<const Route> service_routes() { return table_of_service; }

}  // namespace alliance::sidecar

// SPDX-License-Identifier: Apache-2.0
// What a viewer may read. The host has the table of who sees what, and notes each reading.
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "caseload.h"
#include "sidecar.h"

namespace alliance::sidecar {
namespace {

// `read` is handed the host and the viewer.
template <class Read>
Response for_viewer(const Context& context, Read read) {
  if (context.viewer.id.empty()) {
    return problem(400, "the header Alliance-Viewer must say who asks: the token names nobody");
  }
  auto text = asked([&] { return read(context.tenant.host, context.viewer); });
  return text ? tagged(context.request, std::move(*text)) : problem(text.error());
}

Response list_cases(Sidecar&, const Context& context) {
  return for_viewer(context, [](const Host& host, const Viewer& viewer) { return host.cases(viewer); });
}

// The list, each case with what this viewer may see of it. A case that is not for this viewer says so in its row.
Response get_caseload(Sidecar&, const Context& context) {
  return for_viewer(context, [&](const Host& host, const Viewer& viewer) {
    const auto listed = boost::json::parse(host.cases(viewer));
    boost::json::array rows;
    for (const auto& one : listed.at("cases").get_array()) {
      const std::string id(one.at("id").get_string());
      auto review = asked([&] { return host.review(ALLIANCE_SCOPE_CASE, id, viewer); });
      if (!review && review.error().status != ALLIANCE_E_DENIED)
        continue;  // it was erased meanwhile, or cannot be read
      boost::json::value said = review ? boost::json::parse(*review) : boost::json::value(boost::json::object());
      if (!review) said.get_object()["withheld"] = boost::json::array{review.error().message};
      rows.push_back(glance(one.get_object(), said.get_object()));
    }
    by_urgency(rows);
    return boost::json::serialize(boost::json::object{{"as_of", context.now}, {"cases", std::move(rows)}});
  });
}

Response get_due(Sidecar&, const Context& context) {
  return for_viewer(context, [&](const Host& host, const Viewer& viewer) {
    return host.due(context.asked.text("case"), context.asked.number("at"), viewer);
  });
}

Response get_in_force(Sidecar&, const Context& context) {
  return for_viewer(context, [&](const Host& host, const Viewer& viewer) {
    return host.in_force(context.asked.text("case"), context.asked.number("at"), viewer);
  });
}

template <std::int32_t scope>
Response review(const Context& context, const char* of) {
  return for_viewer(context, [&](const Host& host, const Viewer& viewer) {
    return host.review(scope, context.asked.text(of), viewer);
  });
}
Response review_case(Sidecar&, const Context& context) { return review<ALLIANCE_SCOPE_CASE>(context, "case"); }
Response review_practitioner(Sidecar&, const Context& context) {
  return review<ALLIANCE_SCOPE_PRACTITIONER>(context, "practitioner");
}
Response review_service(Sidecar&, const Context& context) { return review<ALLIANCE_SCOPE_SERVICE>(context, "service"); }

template <std::int32_t scope>
Response time_of(const Context& context, const char* of) {
  return for_viewer(context, [&](const Host& host, const Viewer& viewer) {
    return host.time(scope, context.asked.text(of), context.asked.number("at"),
                     static_cast<std::uint32_t>(context.asked.number("weeks")), viewer);
  });
}
Response time_of_case(Sidecar&, const Context& context) { return time_of<ALLIANCE_SCOPE_CASE>(context, "case"); }
Response time_of_practitioner(Sidecar&, const Context& context) {
  return time_of<ALLIANCE_SCOPE_PRACTITIONER>(context, "practitioner");
}
Response time_of_service(Sidecar&, const Context& context) {
  return time_of<ALLIANCE_SCOPE_SERVICE>(context, "service");
}

Response get_report(Sidecar&, const Context& context) {
  return for_viewer(context, [&](const Host& host, const Viewer& viewer) {
    return host.report(context.asked.text("case"), context.asked.text("report"), viewer);
  });
}

// `read` is handed the terms of the tenant's study besides.
template <class Read>
Response for_study(const Sidecar& sidecar, const Context& context, Read read) {
  for (const TenantSettings& tenant : sidecar.settings().tenants) {
    if (tenant.tenant != context.tenant.name || tenant.study_key.empty()) continue;
    return for_viewer(context, [&](const Host& host, const Viewer& viewer) { return read(host, viewer, tenant); });
  }
  return problem(409, "there is no study here: the settings name no key for pseudonyms");
}

Response get_study(Sidecar& sidecar, const Context& context) {
  return for_study(sidecar, context, [](const Host& host, const Viewer& viewer, const TenantSettings& of) {
    return host.study(of.study_key, of.study_shift_days, of.study_consent, viewer, of.study_blinded);
  });
}

Response get_study_overview(Sidecar& sidecar, const Context& context) {
  return for_study(sidecar, context, [](const Host& host, const Viewer& viewer, const TenantSettings& of) {
    return host.study_overview(of.study_key, of.study_shift_days, of.study_consent, viewer, of.study_blinded);
  });
}

Response factors_of_service(Sidecar&, const Context& context) {
  return for_viewer(context, [&](const Host& host, const Viewer& viewer) {
    return host.factors_over_time(context.asked.text("service"),
                                  static_cast<std::uint32_t>(context.asked.number("weeks")), viewer);
  });
}

Response stream_reports(Sidecar&, const Context& context) {
  if (context.viewer.id.empty()) {
    return problem(400, "the header Alliance-Viewer must say who asks: the token names nobody");
  }
  auto stream = std::make_shared<Subscription>();
  stream->tenant = &context.tenant;
  stream->viewer = context.viewer;
  stream->case_id = context.asked.text("case");
  stream->at = context.tenant.feed.last();
  if (const std::string before = context.asked.text("last-event-id"); !before.empty()) {
    const auto at = context.tenant.feed.number_of(before);
    if (at) stream->at = *at;
    stream->lost = !at;
  }
  Response out{200, "text/event-stream", "", {{"Cache-Control", "no-store"}, {"X-Accel-Buffering", "no"}}, {}, {}};
  out.stream = std::move(stream);
  return out;
}

constexpr Route table_of_reading[] = {
    {"listCases", &list_cases},
    {"getCaseload", &get_caseload},
    {"getDue", &get_due},
    {"getInForce", &get_in_force},
    {"reviewCase", &review_case},
    {"reviewPractitioner", &review_practitioner},
    {"reviewService", &review_service},
    {"timeOfCase", &time_of_case},
    {"timeOfPractitioner", &time_of_practitioner},
    {"timeOfService", &time_of_service},
    {"getReport", &get_report},
    {"getStudy", &get_study},
    {"factorsOfService", &factors_of_service},
    {"getStudyOverview", &get_study_overview},
    {"streamReports", &stream_reports},
};

}  // namespace

std::span<const Route> reading_routes() { return table_of_reading; }

}  // namespace alliance::sidecar

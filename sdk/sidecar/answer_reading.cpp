// SPDX-License-Identifier: Apache-2.0
// What a viewer may read. The host has the table of who sees what, and notes each reading.
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "caseload.h"
#include "sidecar.h"

namespace alliance::sidecar {
namespace {

// Each sentence of an answer that is known in a language, and what it is there.
void translate(const boost::json::value& from, const Words& words, boost::json::object& into) {
  if (const auto* text = from.if_string()) {
    const std::string_view sentence(*text);
    if (into.contains(sentence)) return;
    if (const std::string known = words.said(sentence); !known.empty()) into[sentence] = known;
  } else if (const auto* list = from.if_array()) {
    for (const auto& one : *list) translate(one, words, into);
  } else if (const auto* object = from.if_object()) {
    for (const auto& member : *object) translate(member.value(), words, into);
  }
}

// The answer stays as it is; beside it stands what its sentences are in the language that was asked for.
std::string with_words(const Sidecar& sidecar, const Context& context, std::string text) {
  const auto& words = sidecar.words().best(context.asked.text("language"));
  if (words.english()) return text;
  auto answer = boost::json::parse(text);
  boost::json::object sentences;
  translate(answer, words, sentences);
  answer.get_object()["said"] = boost::json::object{{"language", words.language()}, {"words", std::move(sentences)}};
  return boost::json::serialize(answer);
}

// `read` is handed the host and the viewer.
template <class Read>
Response for_viewer(const Sidecar& sidecar, const Context& context, Read read) {
  if (context.viewer.id.empty()) {
    return problem(400, "the header Alliance-Viewer must say who asks: the token names nobody");
  }
  auto text = asked([&] { return read(context.tenant.host, context.viewer); });
  return text ? tagged(context.request, with_words(sidecar, context, std::move(*text))) : problem(text.error());
}

Response list_cases(Sidecar& sidecar, const Context& context) {
  return for_viewer(sidecar, context, [](const Host& host, const Viewer& viewer) { return host.cases(viewer); });
}

// The list, each case with what this viewer may see of it. A case that is not for this viewer says so in its row.
Response get_caseload(Sidecar& sidecar, const Context& context) {
  return for_viewer(sidecar, context, [&](const Host& host, const Viewer& viewer) {
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

Response get_due(Sidecar& sidecar, const Context& context) {
  return for_viewer(sidecar, context, [&](const Host& host, const Viewer& viewer) {
    return host.due(context.asked.text("case"), context.asked.number("at"), viewer);
  });
}

Response get_in_force(Sidecar& sidecar, const Context& context) {
  return for_viewer(sidecar, context, [&](const Host& host, const Viewer& viewer) {
    return host.in_force(context.asked.text("case"), context.asked.number("at"), viewer);
  });
}

template <std::int32_t scope>
Response review(const Sidecar& sidecar, const Context& context, const char* of) {
  return for_viewer(sidecar, context, [&](const Host& host, const Viewer& viewer) {
    return host.review(scope, context.asked.text(of), viewer);
  });
}
Response review_case(Sidecar& sidecar, const Context& context) {
  return review<ALLIANCE_SCOPE_CASE>(sidecar, context, "case");
}
Response review_practitioner(Sidecar& sidecar, const Context& context) {
  return review<ALLIANCE_SCOPE_PRACTITIONER>(sidecar, context, "practitioner");
}
Response review_service(Sidecar& sidecar, const Context& context) {
  return review<ALLIANCE_SCOPE_SERVICE>(sidecar, context, "service");
}

template <std::int32_t scope>
Response time_of(const Sidecar& sidecar, const Context& context, const char* of) {
  return for_viewer(sidecar, context, [&](const Host& host, const Viewer& viewer) {
    return host.time(scope, context.asked.text(of), context.asked.number("at"),
                     static_cast<std::uint32_t>(context.asked.number("weeks")), viewer);
  });
}
Response time_of_case(Sidecar& sidecar, const Context& context) {
  return time_of<ALLIANCE_SCOPE_CASE>(sidecar, context, "case");
}
Response time_of_practitioner(Sidecar& sidecar, const Context& context) {
  return time_of<ALLIANCE_SCOPE_PRACTITIONER>(sidecar, context, "practitioner");
}
Response time_of_service(Sidecar& sidecar, const Context& context) {
  return time_of<ALLIANCE_SCOPE_SERVICE>(sidecar, context, "service");
}

Response get_report(Sidecar& sidecar, const Context& context) {
  return for_viewer(sidecar, context, [&](const Host& host, const Viewer& viewer) {
    return host.report(context.asked.text("case"), context.asked.text("report"), viewer);
  });
}

Response study(const Sidecar& sidecar, const Context& context, bool overview) {
  const auto read = study_of(sidecar, context, overview);
  if (!read) return problem(409, "there is no study here: the settings name no key for pseudonyms");
  return for_viewer(sidecar, context, [&](const Host&, const Viewer&) { return read(); });
}
Response get_study(Sidecar& sidecar, const Context& context) { return study(sidecar, context, false); }
Response get_study_overview(Sidecar& sidecar, const Context& context) { return study(sidecar, context, true); }

Response factors_of_service(Sidecar& sidecar, const Context& context) {
  return for_viewer(sidecar, context, [&](const Host& host, const Viewer& viewer) {
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

std::function<std::string()> study_of(const Sidecar& sidecar, const Context& context, bool overview) {
  for (const TenantSettings& of : sidecar.settings().tenants) {
    if (of.tenant != context.tenant.name || of.study_key.empty()) continue;
    return [&of, &context, overview] {
      const Host& host = context.tenant.host;
      return overview
                 ? host.study_overview(of.study_key, of.study_shift_days, of.study_consent, context.viewer,
                                       of.study_blinded)
                 : host.study(of.study_key, of.study_shift_days, of.study_consent, context.viewer, of.study_blinded);
    };
  }
  return {};
}

}  // namespace alliance::sidecar

// SPDX-License-Identifier: Apache-2.0
// What happened, recorded. A safety flag is in the answer, also when the event could not be stored.
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <string>
#include <vector>

#include "sidecar.h"
#include "writes.h"

namespace alliance::sidecar {
namespace {

namespace json = boost::json;

// The flags of a ReportList.
json::array flags_of(const std::string& reports) {
  json::array out;
  if (reports.empty()) return out;
  const auto list = json::parse(reports);
  for (const auto& entry : list.at("reports").as_array()) {
    const auto& report = entry.at("report").as_object();
    if (report.at("body_type").as_string() == "SafetyFlag") out.push_back(report.at("body"));
  }
  return out;
}

Response with_safety(Response response, const json::array& flags) {
  if (flags.empty()) return response;
  auto body = json::parse(response.body);
  body.as_object()["safety"] = flags;
  response.body = json::serialize(body);
  return response;
}

// A case's time goes by its events: one that lies ahead would end the measures that are asked for now. A client's
// device may have a clock that is ahead; it cannot have happened later than now.
Result<void> date_event(const Context& context, json::object& event) {
  constexpr std::int64_t day = 86'400'000'000;
  if (!event.contains("time")) event["time"] = context.now;
  auto& time = event.at("time");
  const auto ahead = time.to_number<std::int64_t>() - context.now;
  if (context.viewer.role == ALLIANCE_ROLE_CLIENT && ahead > 0) time = context.now;
  if (context.viewer.role == ALLIANCE_ROLE_CLIENT || ahead <= day) return {};
  return fail(ALLIANCE_E_BAD_INPUT,
              "event: time lies more than a day ahead: send it when it has happened, or set the clock that is wrong");
}

// The event's own id, or that of the header; one of both when they differ is a mistake.
Result<std::string> name_event(const Context& context, json::object& event) {
  const std::string key = context.asked.text("idempotency-key");
  const auto* said = event.if_contains("id");
  if (said == nullptr) event["id"] = key.empty() ? random_token() : key;
  const std::string id(event.at("id").as_string());
  if (!key.empty() && key != id) return fail(ALLIANCE_E_BAD_INPUT, "Idempotency-Key and id name different events");
  if (auto dated = date_event(context, event); !dated) return tl::unexpected(dated.error());
  return id;
}

Response record(const Context& context, json::object event) {
  const auto id = name_event(context, event);
  if (!id) return problem(id.error());
  const auto may = asked([&] { return may_record(context.tenant.host, context.viewer, event); });
  if (!may) return problem(may.error());
  if (!*may) return problem(may->error());
  const std::string text = json::serialize(event);
  glue::Collector safety;
  alliance_recorded result = ALLIANCE_RECORDED_INIT;
  alliance_error error = ALLIANCE_ERROR_INIT;
  const auto status =
      alliance_host_record(context.tenant.host.raw(), reinterpret_cast<const std::uint8_t*>(text.data()), text.size(),
                           ALLIANCE_JSON, safety.sink(), &result, &error);
  const auto flags = flags_of(safety.text());
  if (status != ALLIANCE_OK) {
    return with_safety(problem({status, error.message[0] != '\0' ? error.message : alliance_status_text(status), {}}),
                       flags);
  }
  return json_response(
      result.repeated != 0 ? 200 : 201,
      json::serialize(json::object{
          {"id", *id}, {"repeated", result.repeated != 0}, {"reports", result.reports}, {"safety", flags}}));
}

Response record_event(Sidecar&, const Context& context) { return record(context, context.asked.body.as_object()); }

Response record_events(Sidecar&, const Context& context) {
  json::object batch = context.asked.body.as_object();
  json::array events = std::move(batch.at("events").as_array()), dated_well, named;
  std::vector<std::string> ahead;  // why an event is not even tried; empty: it is
  for (auto& event : events) {
    if (auto may = may_record(context.tenant.host, context.viewer, event.as_object()); !may)
      return problem(may.error());
    if (!event.as_object().contains("id")) return problem(400, "each event of a batch needs its id");
    named.push_back(event.at("id"));
    const auto dated = date_event(context, event.as_object());
    ahead.push_back(dated ? "" : dated.error().message);
    if (dated) dated_well.push_back(event);
  }
  const std::size_t tried = dated_well.size();
  batch["events"] = std::move(dated_well);
  const auto many = asked([&] { return context.tenant.host.record_many(json::serialize(batch), tried); });
  if (!many) return problem(many.error());
  json::array all;
  bool first = true;
  for (std::size_t i = 0, at = 0; i < named.size(); ++i) {
    if (!ahead[i].empty()) {
      all.push_back({{"id", named[i]}, {"recorded", false}, {"why", ahead[i]}});
      continue;
    }
    const std::int32_t status = at < many->statuses.size() ? many->statuses[at] : ALLIANCE_E_CANCELLED;
    ++at;
    json::object one = {{"id", named[i]}, {"recorded", status == ALLIANCE_OK}};
    if (status != ALLIANCE_OK) {
      one["why"] = first && many->first_refusal ? many->first_refusal->message() : alliance_status_text(status);
      first = false;
    }
    all.push_back(std::move(one));
  }
  return json_response(200, json::serialize(json::object{{"events", std::move(all)},
                                                         {"reports", many->total.reports},
                                                         {"safety", flags_of(many->total.safety)}}));
}

// The members of a request that an event's body has too.
json::object body_from(const json::object& request, std::initializer_list<std::string_view> names) {
  json::object body;
  for (const auto name : names) {
    if (const auto* value = request.if_contains(name)) body[name] = *value;
  }
  return body;
}

json::object event_from(const Context& context, std::string_view kind, json::object body) {
  json::object event = {{"case", context.asked.text("case")}, {"body_type", kind}, {"body", std::move(body)}};
  if (const auto* time = context.asked.body.as_object().if_contains("time")) event["time"] = *time;
  return event;
}

Response give_answers(Sidecar&, const Context& context) {
  return record(context,
                event_from(context, "AnswersGiven",
                           body_from(context.asked.body.as_object(),
                                     {"instrument", "version", "rater", "session", "begun", "finished", "answers"})));
}

Response decide_proposal(Sidecar&, const Context& context) {
  auto body = body_from(context.asked.body.as_object(), {"decision", "reason", "action"});
  body["proposal"] = context.asked.text("proposal");
  return record(context, event_from(context, "ProposalDecided", std::move(body)));
}

constexpr Route table_of_facts[] = {
    {"recordEvent", &record_event},
    {"recordEvents", &record_events},
    {"giveAnswers", &give_answers},
    {"decideProposal", &decide_proposal},
};

}  // namespace

std::span<const Route> fact_routes() { return table_of_facts; }

}  // namespace alliance::sidecar

// SPDX-License-Identifier: Apache-2.0
#include "host/leaving.h"

#include <alliance_schema/envelope_generated.h>

#include <boost/json/serialize.hpp>

#include "host/report_kind.h"
#include "messaging/message.h"
#include "schema/json.h"
#include "schema/parse.h"
#include "schema/reflect.h"

namespace alliance::host {
namespace {

namespace json = boost::json;

tl::unexpected<Failure> bad(const std::string& why) {
  return fail(ALLIANCE_E_BAD_INPUT, "HostConfig: delivery.endpoints: " + why);
}

const ReportKind* kind_named(const std::string& name) {
  for (const auto body : fb::EnumValuesReportBody()) {
    if (body == fb::ReportBody::NONE) continue;
    const auto& kind = kind_of(body);
    if (name == kind.name) return &kind;
  }
  return nullptr;
}

// Tells a receiver what to do with what it holds: no operator's rule is about it.
bool is_duty(std::string_view kind) {
  return kind == "case-erased" || kind == "case-restricted" || kind == "case-restored";
}

// The first part of a path, and the rest of it.
std::pair<std::string, std::string> split(const std::string& path) {
  const auto dot = path.find('.');
  return dot == std::string::npos ? std::pair(path, std::string())
                                  : std::pair(path.substr(0, dot), path.substr(dot + 1));
}

Result<void> check_field(const std::string& kind, const std::string& path, const schema::Table* table) {
  std::string rest = path;
  while (table != nullptr) {
    const auto [name, behind] = split(rest);
    const auto* field = table->field(name);
    if (field == nullptr) break;
    if (behind.empty()) {
      if (!field->required) return {};
      return bad("a report of kind " + kind + " cannot be without " + path + ": leave out what is in it, or the kind");
    }
    table = field->table;
    rest = behind;
  }
  return bad("a report of kind " + kind + " has no field " + path + " (sdk/schema/report.fbs)");
}

Result<void> check_rule(const fb::LeftOutT& rule) {
  const auto* kind = kind_named(rule.kind);
  if (kind == nullptr) return bad("there is no kind of report called " + rule.kind);
  if (kind->safety) return bad("reports of kind " + rule.kind + " are about safety and leave whole");
  if (is_duty(rule.kind)) return bad("reports of kind " + rule.kind + " tell receivers what to do and leave whole");
  for (const auto& path : rule.fields) {
    if (auto fine = check_field(rule.kind, path, schema::find_table(fb::EnumNameReportBody(kind->body))); !fine) {
      return fine;
    }
  }
  return {};
}

void take_out(json::value& from, const std::string& path) {
  if (from.is_array()) {
    for (auto& one : from.get_array()) take_out(one, path);
    return;
  }
  if (!from.is_object()) return;
  const auto [name, behind] = split(path);
  const auto found = from.get_object().find(name);
  if (found == from.get_object().end()) return;
  if (behind.empty()) {
    from.get_object().erase(found);
  } else {
    take_out(found->value(), behind);
  }
}

// By way of JSON, which is written anew: what is left out of a table by its directory alone would still be among
// the bytes.
Result<Leaving::Bytes> without(const Leaving::Bytes& payload, const std::vector<std::string>& fields) {
  const auto text = schema::bytes_to_json("Report", payload);
  if (!text) return tl::unexpected(text.error());
  auto parsed = schema::parse_json(*text, 64);
  if (!parsed.problem.empty()) return fail(ALLIANCE_E_INTERNAL, "a report's own JSON cannot be read");
  for (const auto& field : fields) take_out(parsed.value, "body." + field);
  return schema::json_to_bytes("Report", json::serialize(parsed.value));
}

}  // namespace

Result<void> check_leaving(const fb::DeliveryConfigT& config) {
  std::map<std::string, int> seen;
  for (const auto& endpoint : config.endpoints) {
    if (++seen[endpoint->endpoint] > 1) return bad("one endpoint stands there twice");
    for (const auto& rule : endpoint->leave_out) {
      if (auto fine = check_rule(*rule); !fine) return fine;
    }
  }
  return {};
}

Leaving::Leaving(const fb::HostConfigT& config) {
  if (!config.delivery) return;
  for (const auto& endpoint : config.delivery->endpoints) {
    if (!endpoint->notify_only && endpoint->leave_out.empty()) continue;
    auto& rules = endpoints_[endpoint->endpoint];
    rules.notify_only = endpoint->notify_only;
    for (const auto& rule : endpoint->leave_out) {
      auto [at, is_new] = rules.fields.emplace(rule->kind, rule->fields);
      if (is_new) continue;
      if (rule->fields.empty() || at->second.empty()) at->second.clear();
      if (!at->second.empty()) at->second.insert(at->second.end(), rule->fields.begin(), rule->fields.end());
    }
  }
}

bool Leaving::leaves(const std::string& endpoint, const std::string& kind) const {
  const auto rules = endpoints_.find(endpoint);
  if (rules == endpoints_.end()) return true;
  const auto rule = rules->second.fields.find(kind);
  return rule == rules->second.fields.end() || !rule->second.empty();
}

Result<Leaving::Bytes> Leaving::batch(const std::string& endpoint, Bytes batch) const {
  const auto rules = endpoints_.find(endpoint);
  if (rules == endpoints_.end()) return batch;
  const auto read = messaging::read_batch(batch);
  if (!read) return batch;  // damaged: delivery says so
  fb::BatchT out;
  (*read)->UnPackTo(&out);
  std::erase_if(out.envelopes, [&](const auto& envelope) { return !leaves(endpoint, envelope->kind); });
  if (out.envelopes.empty()) return Bytes();
  for (auto& envelope : out.envelopes) {
    if (!envelope->tombstone_of.empty() || is_duty(envelope->kind)) continue;
    if (rules->second.notify_only) {
      envelope->withheld = true;
      envelope->payload.clear();
      continue;
    }
    auto payload = body(endpoint, envelope->kind, std::move(envelope->payload));
    if (!payload) return tl::unexpected(payload.error());
    envelope->payload = std::move(*payload);
  }
  flatbuffers::FlatBufferBuilder builder(batch.size());
  builder.Finish(fb::CreateBatch(builder, &out), fb::BatchIdentifier());
  return Bytes(builder.GetBufferPointer(), builder.GetBufferPointer() + builder.GetSize());
}

Result<Leaving::Bytes> Leaving::body(const std::string& endpoint, const std::string& kind, Bytes payload) const {
  const auto rules = endpoints_.find(endpoint);
  if (rules == endpoints_.end()) return payload;
  const auto rule = rules->second.fields.find(kind);
  if (rule == rules->second.fields.end()) return payload;
  if (rule->second.empty()) return fail(ALLIANCE_E_NOT_FOUND, "this endpoint is not to have reports of that kind");
  return without(payload, rule->second);
}

}  // namespace alliance::host

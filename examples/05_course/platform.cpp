// SPDX-License-Identifier: Apache-2.0
#include "platform.h"

namespace course {
namespace {

namespace json = boost::json;

std::int32_t append(void* context, const std::uint8_t* bytes, std::uint64_t length) noexcept {
  try {
    static_cast<std::string*>(context)->append(reinterpret_cast<const char*>(bytes), length);
    return ALLIANCE_OK;
  } catch (...) {
    return ALLIANCE_E_LIMIT;
  }
}

alliance_sink into(std::string& text) { return {sizeof(alliance_sink), 0, &text, &append}; }

const std::uint8_t* bytes(const std::string& text) { return reinterpret_cast<const std::uint8_t*>(text.data()); }

std::string sentence(std::int32_t status, const alliance_error& error) {
  return error.message[0] != '\0' ? error.message : alliance_status_text(status);
}

void check(std::int32_t status, const alliance_error& error) {
  if (status != ALLIANCE_OK) throw Failed(status, sentence(status, error));
}

Recorded from(const alliance_recorded& result) { return {result.reports, result.safety_flags, result.repeated != 0}; }

}  // namespace

Platform::Platform(const std::string& tenant, const std::string& store, const std::string& config, OnSafety on_safety)
    : on_safety_(std::move(on_safety)) {
  alliance_host_options options = ALLIANCE_HOST_OPTIONS_INIT;
  options.tenant = tenant.c_str();
  options.store_path = store.c_str();
  options.config = config.c_str();
  alliance_error error = ALLIANCE_ERROR_INIT;
  check(alliance_host_create(&options, &host_, &error), error);
}

Platform::~Platform() { alliance_host_close(host_); }

std::vector<std::string> Platform::load(const std::string& folder) {
  alliance_error error = ALLIANCE_ERROR_INIT;
  std::uint64_t loaded = 0, refused = 0;
  const auto status = alliance_host_load_folder(host_, folder.c_str(), &loaded, &refused, &error);
  if (status != ALLIANCE_OK && refused == 0) check(status, error);
  if (loaded + refused == 0) throw Failed(ALLIANCE_E_NOT_FOUND, "no plugin was loaded from " + folder);
  std::vector<std::string> out;
  for (const auto& entry : plugins()) {
    const auto& one = entry.as_object();
    const auto* state = one.if_contains("state");
    if (state == nullptr || *state != "refused") continue;
    const auto* reason = one.if_contains("reason");
    out.push_back(std::string(one.at("id").as_string()) + ": " +
                  (reason ? std::string(reason->as_string()) : "refused"));
  }
  // A plugin may be loaded and one of its instruments refused.
  if (status != ALLIANCE_OK && out.empty()) out.push_back(sentence(status, error));
  return out;
}

void Platform::connect(const std::string& endpoint) {
  alliance_error error = ALLIANCE_ERROR_INIT;
  check(alliance_host_connect(host_, endpoint.c_str(), &error), error);
}

void Platform::run() {
  alliance_error error = ALLIANCE_ERROR_INIT;
  check(alliance_host_run(host_, &error), error);
}

json::array Platform::plugins() {
  std::string text;
  const auto sink = into(text);
  alliance_error error = ALLIANCE_ERROR_INIT;
  check(alliance_host_plugins(host_, ALLIANCE_JSON, &sink, &error), error);
  return json::parse(text).as_object().at("plugins").as_array();
}

std::set<std::string> Platform::instruments_in_use() {
  std::string text;
  const auto sink = into(text);
  alliance_error error = ALLIANCE_ERROR_INIT;
  check(alliance_host_instruments(host_, ALLIANCE_JSON, &sink, &error), error);
  std::set<std::string> out;
  const auto parsed = json::parse(text);
  for (const auto& entry : parsed.as_object().at("instruments").as_array()) {
    const auto& one = entry.as_object();
    const auto* used = one.if_contains("in_use");
    if (used != nullptr && used->is_bool() && used->as_bool()) out.emplace(one.at("id").as_string());
  }
  return out;
}

std::string Platform::why_no_event(const std::string& event) {
  std::string flat;
  const auto sink = into(flat);
  alliance_error error = ALLIANCE_ERROR_INIT;
  const auto status = alliance_convert("Event", bytes(event), event.size(), ALLIANCE_JSON, &sink, &error);
  return status == ALLIANCE_OK ? std::string{} : sentence(status, error);
}

json::object Platform::ingest(const std::string& programme, const std::string& payload) {
  std::string text;
  const auto sink = into(text);
  alliance_error error = ALLIANCE_ERROR_INIT;
  check(alliance_host_ingest(host_, programme.c_str(), bytes(payload), payload.size(), ALLIANCE_JSON, &sink, &error),
        error);
  return json::parse(text).as_object();
}

void Platform::tell(const std::string& report_list) {
  if (report_list.empty() || !on_safety_) return;
  const auto parsed = json::parse(report_list);
  for (const auto& entry : parsed.as_object().at("reports").as_array()) on_safety_(entry.as_object());
}

Recorded Platform::record(const std::vector<std::string>& events, std::vector<std::int32_t>& statuses) {
  std::string batch = "{\"events\":[";
  for (std::size_t i = 0; i < events.size(); ++i) batch += (i ? "," : "") + events[i];
  batch += "]}";
  // A status that nobody filled in is a refusal of the whole batch.
  statuses.assign(events.size(), ALLIANCE_E_BAD_INPUT);
  std::string safety;
  const auto sink = into(safety);
  alliance_recorded result = ALLIANCE_RECORDED_INIT;
  alliance_error error = ALLIANCE_ERROR_INIT;
  const auto status = alliance_host_record_many(host_, bytes(batch), batch.size(), ALLIANCE_JSON, statuses.data(),
                                                statuses.size(), &sink, &result, &error);
  tell(safety);
  // A full disk or a closed store is no matter of one event.
  if (status == ALLIANCE_E_IO || status == ALLIANCE_E_CANCELLED || status == ALLIANCE_E_INTERNAL) check(status, error);
  return from(result);
}

Recorded Platform::record(const std::string& event) {
  std::string safety;
  const auto sink = into(safety);
  alliance_recorded result = ALLIANCE_RECORDED_INIT;
  alliance_error error = ALLIANCE_ERROR_INIT;
  check(alliance_host_record(host_, bytes(event), event.size(), ALLIANCE_JSON, &sink, &result, &error), error);
  tell(safety);
  return from(result);
}

Recorded Platform::advance(alliance_instant now) {
  std::string safety;
  const auto sink = into(safety);
  alliance_recorded result = ALLIANCE_RECORDED_INIT;
  alliance_error error = ALLIANCE_ERROR_INIT;
  const alliance_duration minute = {60'000'000};
  check(alliance_host_advance(host_, now, minute, &sink, ALLIANCE_JSON, &result, &error), error);
  tell(safety);
  return from(result);
}

bool Platform::drain(std::int64_t seconds) {
  alliance_error error = ALLIANCE_ERROR_INIT;
  const alliance_duration timeout = {seconds * 1'000'000};
  const auto status = alliance_host_drain(host_, timeout, &error);
  if (status == ALLIANCE_E_TIMEOUT) return false;
  check(status, error);
  return true;
}

json::array Platform::cases(std::int32_t role, const std::string& id) {
  alliance_viewer viewer = ALLIANCE_VIEWER_INIT;
  viewer.role = role;
  viewer.id = id.c_str();
  std::string text;
  const auto sink = into(text);
  alliance_error error = ALLIANCE_ERROR_INIT;
  check(alliance_host_cases(host_, &viewer, ALLIANCE_JSON, &sink, &error), error);
  return json::parse(text).as_object().at("cases").as_array();
}

json::object Platform::review(std::int32_t scope, const std::string& id, std::int32_t role, const std::string& who) {
  alliance_viewer viewer = ALLIANCE_VIEWER_INIT;
  viewer.role = role;
  viewer.id = who.c_str();
  std::string text;
  const auto sink = into(text);
  alliance_error error = ALLIANCE_ERROR_INIT;
  check(alliance_host_review(host_, scope, id.c_str(), &viewer, ALLIANCE_JSON, &sink, &error), error);
  return json::parse(text).as_object();
}

alliance_host_counts Platform::count() {
  alliance_host_counts counts = ALLIANCE_HOST_COUNTS_INIT;
  alliance_error error = ALLIANCE_ERROR_INIT;
  check(alliance_host_count(host_, &counts, &error), error);
  return counts;
}

}  // namespace course

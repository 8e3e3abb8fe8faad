// SPDX-License-Identifier: Apache-2.0
#include "plugin/asked.h"

#include <alliance/error.hpp>

#include "plugin/registry.h"

namespace alliance::plugin {
namespace {

template <class Table>
const Table* table(const alliance_services& services, const char* id) {
  return static_cast<const Table*>(services.get_service(services.context, id));
}

}  // namespace

std::uint64_t services_offered(const alliance_services& services) {
  constexpr std::pair<const char*, std::uint64_t> all[] = {
      {ALLIANCE_SERVICE_LOG, offers_log},       {ALLIANCE_SERVICE_CLOCK, offers_clock},
      {ALLIANCE_SERVICE_CODEC, offers_codec},   {ALLIANCE_SERVICE_STORE, offers_store},
      {ALLIANCE_SERVICE_REPORT, offers_report}, {ALLIANCE_SERVICE_THREAD_CHECK, offers_thread_check}};
  std::uint64_t offered = 0;
  for (const auto& [id, bit] : all) {
    if (services.get_service(services.context, id) != nullptr) offered |= bit;
  }
  return offered;
}

void log_for(const alliance_services& services, wire::Reader& asked) {
  const auto* log = table<alliance_log_service>(services, ALLIANCE_SERVICE_LOG);
  const auto level = static_cast<std::int32_t>(asked.number());
  const std::string line = asked.text();
  if (log != nullptr && asked.good()) log->log(log->context, level, line.c_str());
}

bool answer_for(const alliance_services& services, wire::Op op, wire::Reader& asked, wire::Writer& answer) {
  alliance_error error = ALLIANCE_ERROR_INIT;
  const auto unsupported = [&] {
    return glue::tell(&error, ALLIANCE_E_UNSUPPORTED, "this host does not offer the service");
  };
  if (op == wire::Op::now) {
    const auto* clock = table<alliance_clock_service>(services, ALLIANCE_SERVICE_CLOCK);
    answer.number(static_cast<std::uint64_t>(clock == nullptr ? 0 : clock->now(clock->context)));
    return true;
  }
  if (op == wire::Op::is_control) {
    const auto* check = table<alliance_thread_check_service>(services, ALLIANCE_SERVICE_THREAD_CHECK);
    answer.number(check != nullptr && check->is_control(check->context) != 0 ? 1 : 0);
    return true;
  }
  if (op == wire::Op::get) {
    const auto* store = table<alliance_store_service>(services, ALLIANCE_SERVICE_STORE);
    const std::string key = asked.text();
    std::uint32_t version = 0;
    Gather gather;
    const auto status = !asked.good()      ? ALLIANCE_E_INVALID
                        : store == nullptr ? unsupported()
                                           : store->get(store->context, key.c_str(), &version, gather.sink(), &error);
    wire::put_error(answer, status, error);
    answer.number(version).bytes(gather.bytes().data(), gather.bytes().size());
    return asked.good();
  }
  if (op == wire::Op::put) {
    const auto* store = table<alliance_store_service>(services, ALLIANCE_SERVICE_STORE);
    const std::string key = asked.text();
    const auto version = static_cast<std::uint32_t>(asked.number());
    const auto bytes = asked.array();
    if (!asked.good()) return false;
    const auto status = store == nullptr
                            ? unsupported()
                            : store->put(store->context, key.c_str(), version, bytes.data(), bytes.size(), &error);
    wire::put_error(answer, status, error);
    return true;
  }
  if (op == wire::Op::report) {
    const auto* report = table<alliance_report_service>(services, ALLIANCE_SERVICE_REPORT);
    const auto bytes = asked.array();
    if (!asked.good()) return false;
    const auto status =
        report == nullptr ? unsupported() : report->report(report->context, bytes.data(), bytes.size(), &error);
    wire::put_error(answer, status, error);
    return true;
  }
  return false;
}

}  // namespace alliance::plugin

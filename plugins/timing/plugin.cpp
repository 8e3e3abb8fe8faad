// SPDX-License-Identifier: Apache-2.0
// The policy `session-schedule`: measures due by sessions, dates, components and events, and the account of time.
#include <alliance_schema/report_generated.h>

#include <alliance/plugin.hpp>

#include "../shared/settings.h"
#include "../shared/tables.h"
#include "account.h"
#include "civil.h"
#include "occasions.h"
#include "schedule.h"

namespace {

namespace fb = alliance::fb;
using alliance::Bytes;
using alliance::ByteView;
using alliance::shared::packed;
using alliance::shared::Verified;

constexpr const char* default_file = ALLIANCE_PLUGIN_NAME "/schedule.json";

class SessionSchedule final : public alliance::TimingPolicy {
 public:
  explicit SessionSchedule(const alliance::Services& services) {
    const auto settings = alliance::shared::settings(services, {"schedule", "cast"});
    const std::string path = alliance::shared::data_path(services, settings, "schedule", default_file);
    const Bytes bytes = alliance::shared::encoded_file(services, "Schedule", path);
    Verified<fb::Schedule>(bytes.data(), bytes.size(), nullptr, path)->UnPackTo(&schedule_);
    alliance::timing::check(schedule_, path, alliance::shared::read_file(path));
    if (const auto cast = settings.find("cast"); cast != settings.end()) {
      if (cast->second != "everybody" && cast->second != "playable") {
        throw alliance::Error(ALLIANCE_E_BAD_INPUT,
                              "the plugin's settings: cast must be playable, or, to preview a schedule, everybody");
      }
      if (cast->second == "everybody") cast_ = alliance::timing::Cast::everybody;
    }
    zone_data_ = alliance::timing::load_zones();
  }

  Bytes plan(ByteView bytes, alliance_instant now) override {
    const Verified<fb::Case> state(bytes.data(), bytes.size(), fb::CaseIdentifier(), "case");
    fb::PlanT made = alliance::timing::plan(schedule_, *state, now, cast_);
    made.zone_data = zone_data_;
    return packed<fb::Plan>(made, fb::PlanIdentifier());
  }

  Bytes account(ByteView bytes, alliance_instant now) override {
    const Verified<fb::Case> state(bytes.data(), bytes.size(), fb::CaseIdentifier(), "case");
    fb::TimeAccountedT accounted;
    accounted.account = std::make_unique<fb::TimeAccountT>(alliance::timing::account(schedule_, *state, now));
    fb::ReportT report;
    report.body.Set(std::move(accounted));
    return packed<fb::Report>(report, fb::ReportIdentifier());
  }

 private:
  fb::ScheduleT schedule_;
  alliance::timing::Cast cast_ = alliance::timing::Cast::playable;
  std::string zone_data_;
};

void offer(alliance::Plugin& plugin) {
  plugin.add<SessionSchedule>({"session-schedule", "1.0.0", "Measures by sessions, dates, components and events"});
}

}  // namespace

ALLIANCE_PLUGIN(offer);

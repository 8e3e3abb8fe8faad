// SPDX-License-Identifier: Apache-2.0
// The policy `session-schedule`: measures due by sessions, weeks and components, and the account of time.
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
    const std::string path = alliance::shared::data_path(services, alliance::shared::settings(services, {"schedule"}),
                                                         "schedule", default_file);
    const Bytes bytes = alliance::shared::encoded_file(services, "Schedule", path);
    Verified<fb::Schedule>(bytes.data(), bytes.size(), nullptr, path)->UnPackTo(&schedule_);
    alliance::timing::check(schedule_, path);
    alliance::timing::load_zones();
  }

  Bytes plan(ByteView bytes, alliance_instant now) override {
    const Verified<fb::Case> state(bytes.data(), bytes.size(), fb::CaseIdentifier(), "case");
    return packed<fb::Plan>(alliance::timing::plan(schedule_, *state, now), fb::PlanIdentifier());
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
};

void offer(alliance::Plugin& plugin) {
  plugin.add<SessionSchedule>({"session-schedule", "1.0.0", "Measures by sessions, weeks and components"});
}

}  // namespace

ALLIANCE_PLUGIN(offer);

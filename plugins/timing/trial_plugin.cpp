// SPDX-License-Identifier: Apache-2.0
// The policy `trial-calendar`: measures on fixed days after the enrolment, as a trial asks them.
#include <alliance_schema/report_generated.h>

#include <alliance/plugin.hpp>

#include "../shared/settings.h"
#include "../shared/tables.h"
#include "account.h"
#include "anchors.h"
#include "occasions.h"
#include "trial.h"

namespace {

namespace fb = alliance::fb;
using alliance::Bytes;
using alliance::ByteView;
using alliance::shared::packed;
using alliance::shared::Verified;

class TrialCalendar final : public alliance::TimingPolicy {
 public:
  explicit TrialCalendar(const alliance::Services& services) {
    const std::string path = alliance::shared::data_path(services, alliance::shared::settings(services, {"calendar"}),
                                                         "calendar", ALLIANCE_PLUGIN_NAME "/calendar.json");
    const Bytes bytes = alliance::shared::encoded_file(services, "TrialCalendar", path);
    Verified<fb::TrialCalendar>(bytes.data(), bytes.size(), nullptr, path)->UnPackTo(&calendar_);
    alliance::timing::check(calendar_, path, alliance::shared::read_file(path));
    zone_data_ = alliance::timing::load_zones();
  }

  Bytes plan(ByteView bytes, alliance_instant now) override {
    const Verified<fb::Case> state(bytes.data(), bytes.size(), fb::CaseIdentifier(), "case");
    alliance::timing::check(*state, now);
    fb::PlanT made = alliance::timing::plan(alliance::timing::dates_for(calendar_, *state), *state, now);
    made.zone_data = zone_data_;
    return packed<fb::Plan>(made, fb::PlanIdentifier());
  }

  Bytes account(ByteView bytes, alliance_instant now) override {
    const Verified<fb::Case> state(bytes.data(), bytes.size(), fb::CaseIdentifier(), "case");
    fb::TimeAccountedT accounted;
    accounted.account = std::make_unique<fb::TimeAccountT>(alliance::timing::account({}, *state, now));
    fb::ReportT report;
    report.body.Set(std::move(accounted));
    return packed<fb::Report>(report, fb::ReportIdentifier());
  }

 private:
  fb::TrialCalendarT calendar_;
  std::string zone_data_;
};

void offer_trial(alliance::Plugin& plugin) {
  plugin.add<TrialCalendar>({"trial-calendar", "1.0.0", "Measures on fixed days after the enrolment"});
}

}  // namespace

ALLIANCE_PLUGIN(offer_trial);

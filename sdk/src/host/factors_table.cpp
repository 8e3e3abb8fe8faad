// SPDX-License-Identifier: Apache-2.0
// The indicators and what can be done, as data. After Doukani et al. 2022 (doi 10.1192/bjo.2022.546): the eight
// factors are the study's, everything under them is ours and not validated.
#include <array>

#include "host/factors_read.h"

namespace alliance::host::indicators {
namespace {

using fb::Factor;
constexpr auto client = About::client;
constexpr auto practitioner = About::practitioner;
constexpr auto everywhere = Where::everywhere;
constexpr auto not_on_case = Where::not_on_case;
constexpr auto own_page = Where::own_page;

constexpr const char* per_week = "minutes per week";
constexpr const char* minutes = "minutes";
constexpr const char* days = "days";
constexpr const char* count = "";
constexpr const char* percent = "%";
constexpr const char* points = "points";

constexpr std::array table = {
    IndicatorSpec{Factor::f1_time, "minutes-per-week", "work for the client", per_week, client, everywhere,
                  Datum::minutes, read::minutes_per_week},
    IndicatorSpec{Factor::f1_time, "minutes-per-week-in-sessions", "of it in sessions", per_week, client, everywhere,
                  Datum::minutes, read::minutes_in_sessions},
    IndicatorSpec{Factor::f1_time, "minutes-per-week-online", "of it online (reviews, messages)", per_week, client,
                  everywhere, Datum::minutes, read::minutes_online},
    IndicatorSpec{Factor::f1_time, "planned-minutes-per-week", "planned", per_week, client, everywhere, Datum::minutes,
                  read::minutes_planned},
    IndicatorSpec{Factor::f1_time, "days-since-human-contact", "since the last human contact", days, client, everywhere,
                  Datum::course, read::days_since_contact},
    IndicatorSpec{Factor::f1_time, "minutes-remaining", "needed by the rest of the plan", minutes, client, everywhere,
                  Datum::minutes, read::minutes_remaining},

    IndicatorSpec{Factor::f2_toolkit, "tools-used", "different tools used", count, client, everywhere, Datum::course,
                  read::tools_used},
    IndicatorSpec{Factor::f2_toolkit, "online-work-discussed", "completed online work taken up in a session", percent,
                  client, everywhere, Datum::course, read::online_work_discussed},

    IndicatorSpec{Factor::f3_tailoring, "adaptations", "adaptations", count, client, everywhere, Datum::proposals,
                  read::adaptations},
    IndicatorSpec{Factor::f3_tailoring, "on-default-path", "still on the default path", percent, client, everywhere,
                  Datum::proposals, read::on_default_path},
    IndicatorSpec{Factor::f3_tailoring, "agreement-on-tasks", "agreement on tasks, the client's latest", points, client,
                  everywhere, Datum::scores, read::agreement_on_tasks},

    IndicatorSpec{Factor::f4_training_support, "days-since-training", "since the last training", days, practitioner,
                  everywhere, Datum::training, read::days_since_training},
    IndicatorSpec{Factor::f4_training_support, "onboarding-steps", "onboarding steps done", count, practitioner,
                  everywhere, Datum::training, read::onboarding_steps},
    IndicatorSpec{Factor::f4_training_support, "days-until-training-expires", "until the next training expires", days,
                  practitioner, everywhere, Datum::training, read::training_left},
    IndicatorSpec{Factor::f4_training_support, "training-gap", "without a training that still holds", percent,
                  practitioner, not_on_case, Datum::training, read::training_gap},
    IndicatorSpec{Factor::f4_training_support, "hours-to-resolve-support", "to resolve a support request", "hours",
                  practitioner, everywhere, Datum::difficulties, read::hours_to_resolve},
    IndicatorSpec{Factor::f4_training_support, "open-support-requests", "open support requests", count, practitioner,
                  everywhere, Datum::difficulties, read::open_requests},
    IndicatorSpec{Factor::f4_training_support, "supervision-held", "supervision held", "times", practitioner,
                  everywhere, Datum::training, read::supervision_held},

    IndicatorSpec{Factor::b1_constraints, "minutes-used-of-planned", "minutes used of those planned", percent, client,
                  everywhere, Datum::minutes, read::used_of_planned},
    IndicatorSpec{Factor::b1_constraints, "unreviewed-components", "completed components not reviewed yet", count,
                  client, everywhere, Datum::minutes, read::unreviewed},
    IndicatorSpec{Factor::b1_constraints, "oldest-unreviewed-days", "the oldest of them waits", days, client,
                  everywhere, Datum::minutes, read::oldest_unreviewed},
    IndicatorSpec{Factor::b1_constraints, "minutes-last-7-days", "in the last 7 days", minutes, client, everywhere,
                  Datum::minutes, read::minutes_last_week},
    IndicatorSpec{Factor::b1_constraints, "capacity-used-last-7-days", "capacity used in the last 7 days", percent,
                  practitioner, not_on_case, Datum::capacity, read::capacity_used},

    IndicatorSpec{Factor::b2_usability, "difficulties-usability", "difficulties in using the programme", count, client,
                  everywhere, Datum::difficulties, read::usability_difficulties},
    IndicatorSpec{Factor::b2_usability, "difficulties-technical", "technical difficulties", count, client, everywhere,
                  Datum::difficulties, read::technical_difficulties},
    IndicatorSpec{Factor::b2_usability, "difficulties-login", "failed logins", count, client, everywhere,
                  Datum::difficulties, read::login_difficulties},
    IndicatorSpec{Factor::b2_usability, "error-free-share", "turns to the programme without an error", percent, client,
                  everywhere, Datum::difficulties, read::error_free},
    IndicatorSpec{Factor::b2_usability, "fallbacks-offered", "times that paper or phone took over", count, client,
                  everywhere, Datum::difficulties, read::fallbacks_offered},
    IndicatorSpec{Factor::b2_usability, "usability-client", "usability, the client's latest", points, client,
                  everywhere, Datum::scores, read::usability_of_client},
    IndicatorSpec{Factor::b2_usability, "usability-practitioner", "usability, the practitioner's latest", points,
                  practitioner, everywhere, Datum::scores, read::usability_of_practitioner},

    IndicatorSpec{Factor::b3_inflexibility, "components-irrelevant", "components that the client found irrelevant",
                  count, client, everywhere, Datum::course, read::irrelevant},
    IndicatorSpec{Factor::b3_inflexibility, "changes-refused", "changes that the programme refused", count, client,
                  everywhere, Datum::proposals, read::changes_refused},
    IndicatorSpec{Factor::b3_inflexibility, "components-stuck", "components stuck", count, client, everywhere,
                  Datum::course, read::stuck},

    IndicatorSpec{Factor::b4_confidence, "confidence-latest", "own confidence, latest", "of 5", practitioner, own_page,
                  Datum::confidence, read::confidence_latest},
    IndicatorSpec{Factor::b4_confidence, "confidence-change", "own confidence, change", points, practitioner, own_page,
                  Datum::confidence, read::confidence_change},
    IndicatorSpec{Factor::b4_confidence, "nudges-taken", "private nudges taken up", count, practitioner, own_page,
                  Datum::confidence, read::nudges_taken},
};

constexpr std::size_t factors_with_none = 9;

constexpr std::array<const char*, factors_with_none> titles = {"none",
                                                               "more time to deliver treatment",
                                                               "access to a wider toolkit",
                                                               "capacity to tailor components",
                                                               "appropriate training and support",
                                                               "time and resource constraints",
                                                               "usability challenges",
                                                               "limited flexibility of the programme",
                                                               "lack of confidence in delivering blended CBT"};

constexpr std::array f1 = {"use the minutes that the plan still holds; no session is cut short to meet a figure",
                           "review completed online work that has waited for more than 7 days"};
constexpr std::array f2 = {"open the session with one talking point from the client's online work",
                           "offer the next tool that serves the client's goals"};
constexpr std::array f3 = {"reorder, skip or add a component in one step, with a reason; it can be reverted",
                           "set or revise a goal with the client and choose components by it"};
constexpr std::array f4 = {"onboarding steps and a practice client before the first case",
                           "a training, renewed before it expires",
                           "extra supervision for the first two cases; the supervisor learns of it by consent"};
constexpr std::array b1 = {"a protected slot in the calendar for online reviews",
                           "the capacity of the service is looked at as a mean, from five practitioners on"};
constexpr std::array b2 = {"a support request with an owner; the practitioner hears of it before the session",
                           "paper or phone until it works again"};
constexpr std::array b3 = {"another transdiagnostic component, or a workaround by hand",
                           "tell the content's owner about the pattern, without naming anybody"};
constexpr std::array b4 = {"a private nudge or a short training",
                           "a colleague or supervisor of one's own choice; nobody else is told"};

}  // namespace

std::span<const IndicatorSpec> indicator_table() { return table; }

const char* factor_title(fb::Factor factor) {
  const auto index = static_cast<std::size_t>(factor);
  return titles[index < titles.size() ? index : 0];
}

std::span<const char* const> what_can_be_done(fb::Factor factor) {
  switch (factor) {
    case Factor::f1_time:
      return f1;
    case Factor::f2_toolkit:
      return f2;
    case Factor::f3_tailoring:
      return f3;
    case Factor::f4_training_support:
      return f4;
    case Factor::b1_constraints:
      return b1;
    case Factor::b2_usability:
      return b2;
    case Factor::b3_inflexibility:
      return b3;
    case Factor::b4_confidence:
      return b4;
    case Factor::none:
      break;
  }
  return {};
}

}  // namespace alliance::host::indicators

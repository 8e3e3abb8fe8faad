// SPDX-License-Identifier: Apache-2.0
#include "host/series.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "measure/drops.h"
#include "measure/reliable_change.h"

namespace alliance::host {
namespace {

// Roles that are watched for drops, and how a rating of each is called.
struct Watched {
  std::string_view role, called;
};
constexpr Watched watched[] = {{"alliance.total", "the alliance"},
                               {"alliance.pulse", "the alliance"},
                               {"alliance.task", "the agreement on tasks"},
                               {"alliance.goal", "the agreement on goals"},
                               {"alliance.bond", "the bond"}};
const Watched* watched_for(std::string_view role) {
  const auto* found =
      std::find_if(std::begin(watched), std::end(watched), [&](const auto& w) { return w.role == role; });
  return found == std::end(watched) ? nullptr : found;
}
constexpr int expired_in_a_row = 2;
// A fall of less than a tenth of the scale is no signal, however steady the ratings were. Ours, not validated.
constexpr double least_share_of_range = 0.1;

// Signals are worded as a reason to ask, and about the rating, never about a person.
constexpr const char* dropped =
    " fell by more than it usually varies. A reason to ask the client how the work together is going.";
constexpr const char* repaired = " is back near where it was before it fell.";
constexpr const char* unrepaired = " has not come back since it fell. A reason to ask the client what would help.";
constexpr const char* unanswered =
    "The client left several measures in a row unanswered. A reason to ask whether the questions are useful.";

struct Series {
  double least = 0;  // the smallest fall that counts, in the scale's units
  double sign = 1;   // -1 where lower is better: points are kept so that higher is better
  std::vector<double> points;
  std::vector<const fb::SheetT*> sheets;
};

// By instrument, scale, rater and target; texts are those of the sheets.
using Key = std::tuple<std::string_view, std::string_view, fb::Rater, fb::Target>;

std::string text(const Key& key) {
  return std::string(std::get<0>(key)) + "/" + std::string(std::get<1>(key)) + "/" +
         fb::EnumNameRater(std::get<2>(key)) + "/" + fb::EnumNameTarget(std::get<3>(key));
}

const fb::ScaleT* scale_of(const Instrument* instrument, const std::string& id) {
  if (instrument == nullptr) return nullptr;
  for (const auto& scale : instrument->definition.scales) {
    if (scale->id == id) return scale.get();
  }
  return nullptr;
}

bool reported(const fb::CaseT& state, const std::string& key) {
  return std::any_of(state.signals.begin(), state.signals.end(),
                     [&](const auto& record) { return record->signal->key == key; });
}

std::map<Key, Series> series_of(const fb::CaseT& state, const Instruments& instruments) {
  std::map<Key, Series> all;
  const fb::SheetT* before = nullptr;
  const Instrument* instrument = nullptr;
  for (const auto& sheet : state.sheets) {
    if (sheet->rater != fb::Rater::client) continue;
    if (before == nullptr || before->instrument != sheet->instrument || before->version != sheet->version) {
      instrument = instruments.find(sheet->instrument, sheet->version);
      before = sheet.get();
    }
    for (const auto& score : sheet->scores) {
      if (!score->value) continue;
      if (std::none_of(score->roles.begin(), score->roles.end(), watched_for)) continue;
      const fb::ScaleT* scale = scale_of(instrument, score->scale);
      Series& series = all[{sheet->instrument, score->scale, sheet->rater, sheet->target}];
      if (scale != nullptr && scale->direction == fb::Direction::lower_is_better) series.sign = -1;
      if (scale != nullptr && scale->max && scale->min)
        series.least = least_share_of_range * (*scale->max - *scale->min);
      series.points.push_back(series.sign * *score->value);
      series.sheets.push_back(sheet.get());
    }
  }
  return all;
}

fb::AllianceSignalT signal(fb::SignalKind kind, const Key& key, const fb::SheetT& sheet, const std::string& what) {
  fb::AllianceSignalT made;
  made.kind = kind;
  made.instrument = std::get<0>(key);
  made.rater = std::get<2>(key);
  made.target = std::get<3>(key);
  made.session = sheet.session;
  for (const auto& score : sheet.scores) {
    if (score->scale != std::get<1>(key)) continue;
    const auto role = std::find_if(score->roles.begin(), score->roles.end(), watched_for);
    if (role != score->roles.end()) made.role = *role;
  }
  const Watched* called = watched_for(made.role);
  made.wording = "The client's rating of " + std::string(called == nullptr ? "the alliance" : called->called) +
                 (made.target == fb::Target::programme ? " with the programme" : "") + what;
  return made;
}

}  // namespace

std::vector<fb::AllianceSignalT> alliance_signals(const fb::CaseT& state, const Instruments& instruments) {
  std::vector<fb::AllianceSignalT> found;
  for (const auto& [key, series] : series_of(state, instruments)) {
    measure::DropRule drop_rule;
    drop_rule.least = series.least;
    const measure::RepairRule repair_rule;
    for (const measure::Drop& drop : measure::drops(series.points, drop_rule)) {
      const std::string name = "drop/" + text(key) + "/" + series.sheets[drop.at]->event;
      if (!reported(state, name)) {
        auto made = signal(fb::SignalKind::drop, key, *series.sheets[drop.at], dropped);
        made.key = name;
        made.before = series.sign * drop.before;
        made.now = series.sign * drop.now;
        made.change = series.sign * drop.change;
        made.threshold = drop.threshold;
        made.rule = "drop_sd(k=1,source=within,baseline=" + std::to_string(drop_rule.baseline) + ",least=0.1 of range)";
        found.push_back(std::move(made));
      }
      const measure::RepairOutcome outcome = measure::repair(series.points, drop, repair_rule);
      if (outcome.state == measure::Repair::open) continue;
      const bool back = outcome.state == measure::Repair::repaired;
      const std::string outcome_name = (back ? "repaired/" : "unrepaired/") + name;
      if (reported(state, outcome_name)) continue;
      auto made = signal(back ? fb::SignalKind::repaired : fb::SignalKind::unrepaired, key, *series.sheets[outcome.at],
                         back ? repaired : unrepaired);
      made.key = outcome_name;
      made.before = series.sign * drop.before;
      made.now = series.sign * series.points[outcome.at];
      made.change = series.sign * (series.points[outcome.at] - drop.now);
      made.rule = "repair(window=" + std::to_string(repair_rule.window) + ",tolerance=0.5 SD)";
      found.push_back(std::move(made));
    }
  }
  return found;
}

std::vector<fb::AllianceSignalT> non_response(const fb::CaseT& state, const fb::PlanT& plan) {
  std::map<std::pair<std::string, fb::Target>, std::vector<const fb::OccasionT*>> by_role;
  for (const auto& occasion : plan.occasions) {
    const bool over = occasion->state == fb::OccasionState::answered || occasion->state == fb::OccasionState::expired;
    if (over && occasion->rater == fb::Rater::client) {
      by_role[{occasion->role, occasion->target}].push_back(occasion.get());
    }
  }
  std::vector<fb::AllianceSignalT> found;
  for (auto& [role, occasions] : by_role) {
    std::sort(occasions.begin(), occasions.end(),
              [](const auto* a, const auto* b) { return std::tie(a->due, a->key) < std::tie(b->due, b->key); });
    int run = 0;
    for (const auto* occasion : occasions) {
      run = occasion->state == fb::OccasionState::expired ? run + 1 : 0;
      if (run != expired_in_a_row) continue;
      const std::string key = "non-response/" + occasion->key;
      if (reported(state, key)) continue;
      fb::AllianceSignalT made;
      made.key = key;
      made.kind = fb::SignalKind::non_response;
      made.role = role.first;
      made.target = role.second;
      made.rater = fb::Rater::client;
      made.missed = static_cast<std::uint16_t>(run);
      made.rule = "non_response(in_a_row=" + std::to_string(expired_in_a_row) + ")";
      made.wording = unanswered;
      found.push_back(std::move(made));
    }
  }
  return found;
}

std::vector<fb::ReliablyChangedT> reliable_changes(const fb::CaseT& state, const fb::SheetT& latest,
                                                   const Instruments& instruments) {
  std::vector<fb::ReliablyChangedT> found;
  const Instrument* instrument = instruments.find(latest.instrument, latest.version);
  for (const auto& score : latest.scores) {
    const fb::ScaleT* scale = scale_of(instrument, score->scale);
    if (scale == nullptr || !scale->reliable_change || !scale->reliable_change->value || !score->value) continue;
    const fb::ReliableChangeT& rule = *scale->reliable_change;
    if (!rule.provenance || rule.provenance->certainty == fb::Certainty::unset ||
        (rule.provenance->certainty == fb::Certainty::unverified && !rule.provenance->accepted)) {
      continue;  // an unverified threshold is never silently used
    }
    std::vector<double> values;
    for (const auto& sheet : state.sheets) {
      if (sheet->instrument != latest.instrument || sheet->rater != latest.rater || sheet->time > latest.time) continue;
      for (const auto& other : sheet->scores) {
        if (other->scale == score->scale && other->value) values.push_back(*other->value);
      }
    }
    if (values.size() < 2) continue;
    const auto comparator =
        rule.comparator == fb::Comparator::more_than ? measure::Comparator::more_than : measure::Comparator::at_least;
    const auto direction = [&](double last) {
      if (!measure::reliably_changed(values.front(), last, *rule.value, comparator)) return 0;
      return last > values.front() ? 1 : -1;
    };
    const int now = direction(values.back());
    if (now == 0 || (values.size() > 2 && direction(values[values.size() - 2]) == now)) continue;
    fb::ReliablyChangedT made;
    made.instrument = latest.instrument;
    made.scale = score->scale;
    made.roles = score->roles;
    made.first = values.front();
    made.last = values.back();
    made.change = values.back() - values.front();
    made.improved = (now > 0) == (scale->direction == fb::Direction::higher_is_better);
    made.comparator = rule.comparator;
    made.threshold = *rule.value;
    made.provenance = std::make_unique<fb::ProvenanceT>(*rule.provenance);
    found.push_back(std::move(made));
  }
  return found;
}

}  // namespace alliance::host

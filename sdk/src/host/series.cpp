// SPDX-License-Identifier: Apache-2.0
#include "host/series.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

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

// By instrument, scale, rater and target; texts are those of a sheet.
using KeyView = std::tuple<std::string_view, std::string_view, fb::Rater, fb::Target>;

std::string text(const KeyView& key) {
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

fb::AllianceSignalT signal(fb::SignalKind kind, const fb::SheetT& sheet, const fb::ScoreT& score,
                           const std::string& what) {
  fb::AllianceSignalT made;
  made.kind = kind;
  made.instrument = sheet.instrument;
  made.rater = sheet.rater;
  made.target = sheet.target;
  made.session = sheet.session;
  made.role = *std::find_if(score.roles.begin(), score.roles.end(), watched_for);
  made.wording = "The client's rating of " + std::string(watched_for(made.role)->called) +
                 (made.target == fb::Target::programme ? " with the programme" : "") + what;
  return made;
}

measure::DropRule drop_rule(const fb::ScaleT* scale) {
  measure::DropRule rule;
  if (scale != nullptr && scale->max && scale->min) rule.least = least_share_of_range * (*scale->max - *scale->min);
  return rule;
}

}  // namespace

struct AllianceWatch::Found {
  const Key* key;
  std::size_t drop;
  bool outcome;
  fb::AllianceSignalT signal;
};

void AllianceWatch::look(const fb::SheetT& sheet, const Instrument* instrument, const Said& said,
                         std::vector<std::unique_ptr<Found>>& found) {
  const measure::RepairRule repair_rule;
  for (const auto& score : sheet.scores) {
    if (!score->value || std::none_of(score->roles.begin(), score->roles.end(), watched_for)) continue;
    const KeyView name(sheet.instrument, score->scale, sheet.rater, sheet.target);
    auto place = std::find_if(series_.begin(), series_.end(), [&](const Series& one) { return one.key == name; });
    if (place == series_.end()) {
      const fb::ScaleT* scale = scale_of(instrument, score->scale);
      const bool turned = scale != nullptr && scale->direction == fb::Direction::lower_is_better;
      series_.push_back({Key(name), turned ? -1.0 : 1.0, measure::DropWatch(drop_rule(scale)), 0, {}});
      place = std::prev(series_.end());
    }
    Series& series = *place;
    const double point = series.sign * *score->value;
    for (auto one = series.open.begin(); one != series.open.end();) {
      const measure::Repair outcome = one->watch.add(point);
      if (outcome == measure::Repair::open) {
        ++one;
        continue;
      }
      const bool back = outcome == measure::Repair::repaired;
      if (!(back ? one->said_repaired : one->said_unrepaired)) {
        auto made = signal(back ? fb::SignalKind::repaired : fb::SignalKind::unrepaired, sheet, *score,
                           back ? repaired : unrepaired);
        made.key = (back ? "repaired/" : "unrepaired/") + one->name;
        made.before = series.sign * one->watch.drop().before;
        made.now = *score->value;
        made.change = series.sign * (point - one->watch.drop().now);
        made.rule = "repair(window=" + std::to_string(repair_rule.window) + ",tolerance=0.5 SD)";
        found.push_back(std::make_unique<Found>(Found{&series.key, one->number, true, std::move(made)}));
      }
      one = series.open.erase(one);
    }
    const auto drop = series.drops.add(point);
    if (!drop) continue;
    const std::string key_of_drop = "drop/" + text(name) + "/" + sheet.event;
    series.open.push_back({key_of_drop,
                           ++series.found,
                           said.contains("repaired/" + key_of_drop),
                           said.contains("unrepaired/" + key_of_drop),
                           {*drop, repair_rule}});
    if (said.contains(key_of_drop)) continue;
    auto made = signal(fb::SignalKind::drop, sheet, *score, dropped);
    made.key = key_of_drop;
    made.before = series.sign * drop->before;
    made.now = series.sign * drop->now;
    made.change = series.sign * drop->change;
    made.threshold = drop->threshold;
    made.rule =
        "drop_sd(k=1,source=within,baseline=" + std::to_string(measure::DropRule{}.baseline) + ",least=0.1 of range)";
    found.push_back(std::make_unique<Found>(Found{&series.key, series.found, false, std::move(made)}));
  }
}

std::vector<fb::AllianceSignalT> AllianceWatch::signals(const fb::CaseT& state, const Instruments& instruments) {
  std::vector<std::unique_ptr<Found>> found;
  Said said;  // only where all are looked at anew: what a sheet says that comes after them was not said before
  for (const auto& record : state.signals) {
    if (seen_) break;
    said.insert(record->signal->key);
  }
  const fb::SheetT* before = nullptr;
  const Instrument* instrument = nullptr;
  for (std::size_t at = seen_.value_or(0); at < state.sheets.size(); ++at) {
    const fb::SheetT& sheet = *state.sheets[at];
    if (sheet.rater != fb::Rater::client) continue;
    if (before == nullptr || before->instrument != sheet.instrument || before->version != sheet.version) {
      instrument = instruments.find(sheet.instrument, sheet.version);
      before = &sheet;
    }
    look(sheet, instrument, said, found);
  }
  seen_ = state.sheets.size();
  // In one order, however many sheets were looked at together.
  std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) {
    return std::tie(*a->key, a->drop, a->outcome) < std::tie(*b->key, b->drop, b->outcome);
  });
  std::vector<fb::AllianceSignalT> signals;
  for (auto& one : found) signals.push_back(std::move(one->signal));
  return signals;
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
    // Of the series the first counts, and the last two.
    const auto value_in = [&](const std::unique_ptr<fb::SheetT>& sheet) -> std::optional<double> {
      if (sheet->instrument != latest.instrument || sheet->rater != latest.rater || sheet->time > latest.time)
        return {};
      const auto own = std::find_if(sheet->scores.begin(), sheet->scores.end(),
                                    [&](const auto& other) { return other->scale == score->scale; });
      return own == sheet->scores.end() ? std::nullopt : std::optional<double>((*own)->value);
    };
    const auto first = std::find_if(state.sheets.begin(), state.sheets.end(), value_in);
    std::vector<double> last;
    for (auto sheet = state.sheets.rbegin(); sheet.base() != first && last.size() < 2; ++sheet) {
      if (const auto value = value_in(*sheet)) last.push_back(*value);
    }
    if (last.size() < 2) continue;
    const double before = *value_in(*first);
    const auto comparator =
        rule.comparator == fb::Comparator::more_than ? measure::Comparator::more_than : measure::Comparator::at_least;
    const auto direction = [&](double value) {
      if (!measure::reliably_changed(before, value, *rule.value, comparator)) return 0;
      return value > before ? 1 : -1;
    };
    const int now = direction(last[0]);
    if (now == 0 || direction(last[1]) == now) continue;
    fb::ReliablyChangedT made;
    made.instrument = latest.instrument;
    made.scale = score->scale;
    made.roles = score->roles;
    made.first = before;
    made.last = last[0];
    made.change = last[0] - before;
    made.improved = (now > 0) == (scale->direction == fb::Direction::higher_is_better);
    made.comparator = rule.comparator;
    made.threshold = *rule.value;
    made.provenance = std::make_unique<fb::ProvenanceT>(*rule.provenance);
    found.push_back(std::move(made));
  }
  return found;
}

}  // namespace alliance::host

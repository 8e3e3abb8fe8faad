// SPDX-License-Identifier: Apache-2.0
#include "monitor_detectors.h"

#include <algorithm>
#include <cmath>

#include "measure/control_chart.h"
#include "measure/drops.h"
#include "measure/reliable_change.h"
#include "measure/responses.h"
#include "measure/step_change.h"
#include "measure/trend.h"

namespace alliance::tools::monitor {
namespace {

namespace m = alliance::measure;
using Signals = std::vector<Signal>;

// ---- What the detectors share ---------------------------------------------------------------------

// The functions take lower for worse: a scale where higher is worse is turned, and its numbers turned back.
struct Turned {
  explicit Turned(const Course& course) : sign(course.higher_is_better ? 1 : -1), scores(course.scores) {
    for (double& score : scores) score *= sign;
  }
  // -0 is no number to show.
  double back(double value) const { return value == 0 ? 0 : sign * value; }
  double sign;
  std::vector<double> scores;
};

m::Spread spread_of(const Settings& settings) {
  return settings.is("spread", "all") ? m::Spread::all : m::Spread::before;
}

std::optional<std::string> nothing_wrong(const Settings&) { return std::nullopt; }

std::optional<std::string> k_above_zero(const Settings& settings) {
  return settings.number("k") > 0 ? std::nullopt : std::optional<std::string>("the parameter k must be above 0");
}

// ---- Drops and repairs ----------------------------------------------------------------------------

constexpr Parameter drop_parameters[] = {
    {"k", "1", "number", "how many standard deviations"},
    {"source", "stricter", "stricter|intra|inter",
     "the person's own SD, that between people, or the larger of those there are"},
    {"between_sd", "", "number", "the SD of one measurement between people; for source=inter it must be given"},
    {"baseline", "3", "count", "how many answered occasions there must be before one can be flagged"},
    {"spread", "before", "before|all", "whether the own SD is taken from the occasions before, or from all"},
    {"least", "0", "number", "in the scale's units: a smaller change is never flagged"}};

m::DropRule drop_rule(const Settings& settings) {
  m::DropRule rule;
  rule.k = settings.number("k");
  rule.within = !settings.is("source", "inter");
  if (!settings.is("source", "intra")) rule.between_sd = settings.given("between_sd");
  rule.baseline = settings.count("baseline");
  rule.spread = spread_of(settings);
  rule.least = settings.number("least");
  return rule;
}

std::optional<std::string> wrong_drop(const Settings& settings) {
  const auto between = settings.given("between_sd");
  if (settings.is("source", "inter") && !between) return "source=inter needs between_sd";
  if (between && !(*between > 0)) return "the parameter between_sd must be above 0";
  return k_above_zero(settings);
}

Signals drop_sd(const Course& course, const Settings& settings) {
  const Turned turned(course);
  Signals found;
  for (const m::Drop& drop : m::drops(turned.scores, drop_rule(settings))) {
    found.push_back({drop.at,
                     turned.back(drop.now),
                     turned.back(drop.before),
                     turned.back(drop.change),
                     drop.threshold,
                     {{"k", settings.number("k")}, {"sd", drop.sd}},
                     "The score became worse by more than it usually varies. A reason to ask what happened."});
  }
  return found;
}

constexpr Parameter repair_parameters[] = {
    drop_parameters[0],
    drop_parameters[1],
    drop_parameters[2],
    drop_parameters[3],
    drop_parameters[4],
    drop_parameters[5],
    {"window", "3", "count", "within how many answered occasions; 0: as long as there are any"},
    {"tolerance", "0.5", "number", "how near to where it began, in SDs of the drop; for back=near_before"},
    {"back", "near_before", "near_before|midpoint", "near where the drop began, or past its middle"}};

Signals repairs(const Course& course, const Settings& settings) {
  const Turned turned(course);
  const m::RepairRule rule{settings.number("tolerance"), settings.count("window"),
                           settings.is("back", "midpoint") ? m::Back::midpoint : m::Back::near_before};
  Signals found;
  for (const m::Drop& drop : m::drops(turned.scores, drop_rule(settings))) {
    const m::RepairOutcome outcome = m::repair(turned.scores, drop, rule);
    if (outcome.state == m::Repair::open) continue;
    const bool back = outcome.state == m::Repair::repaired;
    const double now = turned.scores[outcome.at];
    found.push_back({outcome.at,
                     turned.back(now),
                     turned.back(drop.now),
                     turned.back(now - drop.now),
                     std::nullopt,
                     {{"repaired", back ? 1.0 : 0.0},
                      {"before_drop", turned.back(drop.before)},
                      {"occasion_of_drop", static_cast<double>(drop.at + 1)}},
                     back ? "The score is back near where it was before it became worse. A reason to ask what helped."
                          : "The score has not come back since it became worse. A reason to ask what would help."});
  }
  return found;
}

// ---- Reliable change ------------------------------------------------------------------------------

constexpr Parameter change_parameters[] = {
    {"threshold", "", "number", "the smallest reliable change in the scale's units; or sd and reliability"},
    {"sd", "", "number", "of the scale in a population, with reliability: threshold = z * sd * sqrt(2 * (1 - r))"},
    {"reliability", "", "number", "of the scale, from 0 to below 1"},
    {"z", "1.96", "number", "the point of the normal distribution"},
    {"comparator", "more_than", "more_than|at_least", "whether a change of just the threshold counts"},
    {"reference", "first", "first|previous|best", "what a score is held against"}};

double change_threshold(const Settings& settings) {
  if (const auto given = settings.given("threshold")) return *given;
  return m::reliable_change_threshold(settings.number("sd"), settings.given("reliability").value_or(1),
                                      settings.number("z"));
}

std::optional<std::string> wrong_change(const Settings& settings) {
  const bool both = settings.given("sd") && settings.given("reliability");
  if (settings.given("threshold").has_value() == (settings.given("sd") || settings.given("reliability"))) {
    return "give either threshold, or sd and reliability";
  }
  if (!settings.given("threshold") && !both) return "sd and reliability go together";
  if (!(change_threshold(settings) > 0)) {
    return "the threshold must be above 0: threshold, sd and z above 0, reliability from 0 to below 1";
  }
  return std::nullopt;
}

Signals changes(const Course& course, const Settings& settings, bool worse_only) {
  const Turned turned(course);
  m::ChangeRule rule{change_threshold(settings),
                     settings.is("comparator", "at_least") ? m::Comparator::at_least : m::Comparator::more_than};
  if (settings.is("reference", "previous")) rule.reference = m::Reference::previous;
  if (settings.is("reference", "best")) rule.reference = m::Reference::highest;
  Signals found;
  for (const m::Change& change : m::reliable_changes(turned.scores, rule)) {
    const bool worse = change.change < 0;
    if (worse_only && !worse) continue;
    Signal signal{change.at, turned.back(change.now), turned.back(change.before), turned.back(change.change),
                  rule.threshold};
    if (!settings.given("threshold"))
      signal.numbers = {{"rc", turned.back(change.change) / (rule.threshold / settings.number("z"))}};
    signal.why = worse
                     ? "The score became worse by more than the scale's error explains. A reason to ask."
                     : "The score became better by more than the scale's error explains. A reason to ask what helped.";
    found.push_back(std::move(signal));
  }
  return found;
}
Signals drop_rc(const Course& course, const Settings& settings) { return changes(course, settings, true); }
Signals reliable_change(const Course& course, const Settings& settings) { return changes(course, settings, false); }

// ---- Cut-off --------------------------------------------------------------------------------------

constexpr Parameter cutoff_parameters[] = {{"at", "", "number", "the cut-off, from a source that you trust", true},
                                           {"inclusive", "yes", "yes|no", "whether the cut-off itself counts"}};

Signals cutoff(const Course& course, const Settings& settings) {
  const Turned turned(course);
  const double at = settings.number("at");
  Signals found;
  for (const std::size_t place : m::under_cutoff(turned.scores, turned.sign * at, settings.is("inclusive", "yes"))) {
    found.push_back({place,
                     course.scores[place],
                     std::nullopt,
                     std::nullopt,
                     at,
                     {},
                     "The score is on the other side of the cut-off. A reason to ask."});
  }
  return found;
}

// ---- Control chart --------------------------------------------------------------------------------

constexpr Parameter chart_parameters[] = {
    {"k", "3", "number", "how many sigma the limits are from the center"},
    {"baseline", "frozen", "frozen|leave_one_out|all", "which occasions the limits of one are taken from"},
    {"first", "5", "count", "frozen: how many answered occasions make the limits; else how many there must be"},
    {"rules", "one", "one|western_electric", "one point beyond k sigma, or the zone rules beside it"},
    {"side", "worse", "worse|both", "whether what is better than the limits is said too"},
    {"least", "0", "number", "in the scale's units: a point nearer to the center is never flagged"}};

Signals control_chart(const Course& course, const Settings& settings) {
  const Turned turned(course);
  m::ChartRule rule;
  rule.k = settings.number("k");
  if (settings.is("baseline", "leave_one_out")) rule.baseline = m::Baseline::leave_one_out;
  if (settings.is("baseline", "all")) rule.baseline = m::Baseline::all;
  rule.first = settings.count("first");
  rule.western_electric = settings.is("rules", "western_electric");
  rule.least = settings.number("least");
  Signals found;
  for (const m::ChartSignal& one : m::control_chart(turned.scores, rule)) {
    if (!one.low && settings.is("side", "worse")) continue;
    const double limit = one.low ? one.limits.lower : one.limits.upper;
    found.push_back({one.at,
                     turned.back(one.value),
                     turned.back(one.limits.center),
                     turned.back(one.value - one.limits.center),
                     turned.back(limit),
                     {{"rule", static_cast<double>(one.rule)},
                      {"center", turned.back(one.limits.center)},
                      {"sigma", one.limits.sigma},
                      {"mean_range", one.limits.mean_range}},
                     one.low ? "The score is worse than this person's usual range. A reason to ask."
                             : "The score is better than this person's usual range. A reason to ask what helped."});
  }
  return found;
}

// ---- Step changes ---------------------------------------------------------------------------------

constexpr Parameter step_parameters[] = {
    {"least", "", "number", "first criterion: the step in the scale's units, such as the reliable change", true},
    {"share", "0.25", "number", "second: as a share of the score before; none: not asked"},
    {"alpha", "0.05", "number", "third: two-sided, of t for three occasions before and after; none: not asked"}};

std::optional<std::string> wrong_step(const Settings& settings) {
  const auto alpha = settings.given("alpha");
  if (alpha && !(*alpha > 0 && *alpha < 1)) return "the parameter alpha must be above 0 and below 1";
  return std::nullopt;
}

Signals steps(const Course& course, const Settings& settings, bool gain) {
  m::StepRule rule;
  rule.direction = gain == course.higher_is_better ? m::Direction::rise : m::Direction::fall;
  rule.least = settings.number("least");
  rule.share = settings.given("share");
  rule.alpha = settings.given("alpha");
  Signals found;
  for (const m::Step& step : m::step_changes(course.scores, rule)) {
    Signal signal{step.to, step.now, step.before, step.change, rule.least};
    if (rule.alpha) {
      signal.numbers = {
          {"mean_before", step.mean_before}, {"mean_after", step.mean_after}, {"threshold_of_means", step.threshold}};
    }
    signal.numbers.push_back({"reversal_value", step.reversal_value});
    if (step.reversed_at) {
      signal.numbers.push_back({"occasion_of_reversal", static_cast<double>(*step.reversed_at + 1)});
    }
    signal.why = gain ? "The score became better in one step, and stayed so for a while. A reason to ask what helped."
                      : "The score became worse in one step, and stayed so for a while. A reason to ask what happened.";
    found.push_back(std::move(signal));
  }
  return found;
}
Signals step_gain(const Course& course, const Settings& settings) { return steps(course, settings, true); }
Signals step_loss(const Course& course, const Settings& settings) { return steps(course, settings, false); }

// ---- Lines ----------------------------------------------------------------------------------------

constexpr Parameter trend_parameters[] = {
    {"k", "2", "number", "how many SDs of the residuals"},
    {"baseline", "4", "count", "how many answered occasions the line must have, three at least"},
    {"spread", "before", "before|all", "whether the line goes through the occasions before, or through all"},
    {"least", "0", "number", "in the scale's units: a smaller distance is never flagged"}};

Signals trend_residual(const Course& course, const Settings& settings) {
  const Turned turned(course);
  const m::TrendRule rule{settings.number("k"), settings.count("baseline"), spread_of(settings),
                          settings.number("least")};
  Signals found;
  for (const m::Residual& one : m::trend_residuals(course.times, turned.scores, rule)) {
    found.push_back({one.at,
                     turned.back(one.value),
                     turned.back(one.expected),
                     turned.back(one.residual),
                     one.threshold,
                     {{"k", rule.k}},
                     "The score is worse than this person's own course led one to expect. A reason to ask."});
  }
  return found;
}

constexpr Parameter track_parameters[] = {
    {"intercept", "", "number", "of the reference curve, fitted to courses of your own service", true},
    {"slope", "", "number", "per unit of x", true},
    {"residual_sd", "", "number", "of the reference sample, with n - 2", true},
    {"points", "", "number", "n of the reference sample", true},
    {"mean_x", "", "number", "of the reference sample", true},
    {"sum_xx", "", "number", "of the reference sample: squared distances of x from its mean", true},
    {"level", "0.8", "number", "of the prediction interval"},
    {"x", "ln_occasion", "ln_occasion|ln_time|time", "x of an occasion: ln of its number from 1, or of its time"}};

m::Line reference_line(const Settings& settings) {
  return {settings.number("intercept"), settings.number("slope"),  settings.number("residual_sd"),
          settings.number("points"),    settings.number("mean_x"), settings.number("sum_xx")};
}

std::optional<std::string> wrong_track(const Settings& settings) {
  if (m::expected_at(reference_line(settings), settings.number("mean_x"), settings.number("level")))
    return std::nullopt;
  return "points must be 3 or more, residual_sd from 0, sum_xx above 0 and level between 0 and 1";
}

Signals not_on_track(const Course& course, const Settings& settings) {
  const Turned turned(course);
  m::Line line = reference_line(settings);
  line.intercept *= turned.sign;
  line.slope *= turned.sign;
  std::vector<double> x;
  for (std::size_t i = 0; i < course.times.size(); ++i) {
    const double at = settings.is("x", "ln_occasion") ? static_cast<double>(i + 1) : course.times[i];
    x.push_back(settings.is("x", "time") ? at : std::log(at));
  }
  Signals found;
  for (const m::OffTrack& one : m::off_track(x, turned.scores, line, settings.number("level"))) {
    found.push_back({one.at,
                     turned.back(one.value),
                     turned.back(one.expected.value),
                     turned.back(one.value - one.expected.value),
                     turned.back(one.expected.lower),
                     {{"level", settings.number("level")}, {"x", x[one.at]}},
                     "The score is worse than the reference courses led one to expect. A reason to ask."});
  }
  return found;
}

// ---- Manner of answering --------------------------------------------------------------------------

constexpr Parameter silence_parameters[] = {{"in_a_row", "2", "count", "how many occasions without an answer"}};

std::optional<std::string> wrong_row(const Settings& settings) {
  return settings.count("in_a_row") >= 1 ? std::nullopt
                                         : std::optional<std::string>("the parameter in_a_row must be 1 or more");
}

Signals of_runs(const Course& course, const std::vector<m::Run>& runs, std::optional<double> threshold,
                const char* why) {
  Signals found;
  for (const m::Run& run : runs) {
    Signal signal{run.last};
    if (std::isfinite(course.scores[run.last])) signal.value = course.scores[run.last];
    signal.threshold = threshold;
    signal.numbers = {{"first_occasion", static_cast<double>(run.first + 1)},
                      {"last_occasion", static_cast<double>(run.last + 1)}};
    signal.why = why;
    found.push_back(std::move(signal));
  }
  return found;
}

Signals non_response(const Course& course, const Settings& settings) {
  return of_runs(course, m::non_response(course.scores, settings.count("in_a_row")), std::nullopt,
                 "Several occasions in a row were not answered. A reason to ask whether the questions are useful.");
}

constexpr Parameter ceiling_parameters[] = {
    {"at", "", "number", "the best score there is, or the one from which on it says little", true},
    {"in_a_row", "3", "count", "how many answers"}};

Signals ceiling(const Course& course, const Settings& settings) {
  const Turned turned(course);
  const double at = settings.number("at");
  return of_runs(course, m::ceiling(turned.scores, turned.sign * at, settings.count("in_a_row")), at,
                 "Every answer is the best there is. A reason to ask whether it is easy to say otherwise.");
}

constexpr Parameter flat_parameters[] = {{"in_a_row", "3", "count", "how many equal answers, two at least"}};

std::optional<std::string> wrong_flat(const Settings& settings) {
  return settings.count("in_a_row") >= 2 ? std::nullopt
                                         : std::optional<std::string>("the parameter in_a_row must be 2 or more");
}

Signals flat(const Course& course, const Settings& settings) {
  return of_runs(course, m::flat(course.scores, settings.count("in_a_row")), std::nullopt,
                 "The answers have not changed at all. A reason to ask whether the questions still say something.");
}

// ---- The table ------------------------------------------------------------------------------------

constexpr const char* jacobson_truax = "Jacobson and Truax 1991, doi 10.1037/0022-006X.59.1.12";
constexpr const char* tang_derubeis =
    "Tang and DeRubeis 1999, doi 10.1037/0022-006X.67.6.894, as the R package suddengains counts";
constexpr const char* ours = "ours";

constexpr Detector table[] = {
    {"drop_sd", "a score that is worse than the one before by k standard deviations",
     "x[t] - x[t-1] <= -max(k * SD, least)", "Gumz et al. 2012, doi 10.1186/1471-2288-12-10", drop_parameters,
     wrong_drop, drop_sd},
    {"repair", "whether a drop found by drop_sd was made good", "x >= before - tolerance * SD within window answers",
     "ours, after Strauss et al. 2006, doi 10.1037/0022-006X.74.2.337", repair_parameters, wrong_drop, repairs},
    {"drop_rc", "where a score becomes reliably worse than its reference",
     "reference - x[t] > z * SD * sqrt(2 * (1 - r))", jacobson_truax, change_parameters, wrong_change, drop_rc},
    {"reliable_change", "where a score becomes reliably worse or better than its reference",
     "|x[t] - reference| > z * SD * sqrt(2 * (1 - r))", jacobson_truax, change_parameters, wrong_change,
     reliable_change},
    {"cutoff", "every score on the worse side of a cut-off", "x[t] <= at", "the instrument's own; see its definition",
     cutoff_parameters, nothing_wrong, cutoff},
    {"control_chart", "a score outside the range of an individuals chart", "center -+ k * mean moving range / 1.128",
     "NIST/SEMATECH e-Handbook 6.3.2.2; for alliance Lipner et al. 2022", chart_parameters, k_above_zero,
     control_chart},
    {"step_loss", "a step for the worse between two occasions", "three criteria: size, share, t of three against three",
     tang_derubeis, step_parameters, wrong_step, step_loss},
    {"step_gain", "a step for the better between two occasions",
     "three criteria: size, share, t of three against three", tang_derubeis, step_parameters, wrong_step, step_gain},
    {"trend_residual", "a score worse than the person's own line", "x[t] - line(t) < -k * SD of the residuals",
     "ours, after Stiles et al. 2004, doi 10.1037/0022-006X.72.1.81", trend_parameters, k_above_zero, trend_residual},
    {"not_on_track", "a score outside the prediction interval of a reference curve",
     "a + b * x -+ t * s * sqrt(1 + 1/n + (x - mean)^2 / sum_xx)",
     "Delgadillo et al. 2018, doi 10.1016/S2215-0366(18)30162-7; the curve is yours", track_parameters, wrong_track,
     not_on_track},
    {"non_response", "occasions in a row without an answer", "a run of empty values", ours, silence_parameters,
     wrong_row, non_response},
    {"ceiling", "answers in a row at the best end of the scale", "a run of x >= at", ours, ceiling_parameters,
     wrong_row, ceiling},
    {"flat", "answers in a row that are all the same", "a run of equal x", ours, flat_parameters, wrong_flat, flat},
};

}  // namespace

std::span<const Detector> detectors() { return table; }

}  // namespace alliance::tools::monitor

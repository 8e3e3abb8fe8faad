// SPDX-License-Identifier: Apache-2.0
#include "check/fuzz.h"

#include <chrono>
#include <cmath>
#include <limits>
#include <optional>

#include "check/form.h"
#include "check/memory.h"
#include "plugin/registry.h"

namespace alliance::check {
namespace {

// SplitMix64: a generator whose state is one number, so that every round can begin anywhere.
class Dice {
 public:
  Dice(std::uint64_t seed, std::uint64_t round) : state_(seed * UINT64_C(0x9E3779B97F4A7C15) + round) {
    for (int turn = 0; turn < 3; ++turn) next();
  }
  std::uint64_t next() {
    std::uint64_t value = state_ += UINT64_C(0x9E3779B97F4A7C15);
    value = (value ^ (value >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    value = (value ^ (value >> 27)) * UINT64_C(0x94D049BB133111EB);
    return value ^ (value >> 31);
  }
  std::size_t below(std::size_t most) { return most == 0 ? 0 : static_cast<std::size_t>(next() % most); }

 private:
  std::uint64_t state_;
};

constexpr std::uint32_t odd_numbers[] = {0, 1, 4, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 0xFFFF, 0x10000, 0xFFFFFFFC};

void spoil(Bytes& bytes, Dice& dice) {
  if (bytes.empty()) bytes.resize(8);
  switch (dice.below(6)) {
    case 0:
      bytes[dice.below(bytes.size())] ^= static_cast<std::uint8_t>(1u << dice.below(8));
      break;
    case 1:
      bytes[dice.below(bytes.size())] = static_cast<std::uint8_t>(dice.next());
      break;
    case 2: {
      const std::uint32_t value = odd_numbers[dice.below(std::size(odd_numbers))];
      if (bytes.size() >= 4) std::memcpy(&bytes[dice.below(bytes.size() / 4) * 4], &value, sizeof value);
      break;
    }
    case 3:
      bytes.resize(dice.below(bytes.size()));
      break;
    case 4: {
      const std::size_t from = dice.below(bytes.size()), length = dice.below(bytes.size() - from);
      const Bytes part(bytes.begin() + static_cast<std::ptrdiff_t>(from),
                       bytes.begin() + static_cast<std::ptrdiff_t>(from + length));
      const auto to = bytes.begin() + static_cast<std::ptrdiff_t>(dice.below(bytes.size()));
      if (bytes.size() < 65'536) bytes.insert(to, part.begin(), part.end());
      break;
    }
    default:
      for (std::size_t at = dice.below(bytes.size()), left = dice.below(16); at < bytes.size() && left > 0;
           ++at, --left) {
        bytes[at] = static_cast<std::uint8_t>(dice.next());
      }
  }
}

double odd_answer(Dice& dice) {
  using Limits = std::numeric_limits<double>;
  constexpr double odd[] = {0, -0.0, 1, 2, 3, -1, 0.5, 1e300, -1e300, Limits::infinity(), Limits::denorm_min()};
  const std::size_t chosen = dice.below(std::size(odd) + 1);
  return chosen == std::size(odd) ? Limits::quiet_NaN() : odd[chosen];
}

// One instance and what it can be asked.
struct Target {
  Instance instance;
  std::vector<const Question*> asked;
  std::optional<Form> form;
};

std::string ask_spoiled(Session& session, Target& target, const Question& question, Dice& dice) {
  Bytes bytes = sample(session, question);
  for (std::size_t turn = 0, turns = 1 + dice.below(6); turn < turns; ++turn) spoil(bytes, dice);
  const Guarded input(bytes);
  input.read_only();
  plugin::Gather out;
  session.host().in_call(true);
  const auto status = question.ask(session, target.instance.get(), input.data(), input.size(), out.sink(), nullptr);
  session.host().in_call(false);
  return status == ALLIANCE_OK ? badly_built(question, out.bytes()) : "";
}

std::string score_spoiled(Target& target, Dice& dice) {
  const Form& form = *target.form;
  Sheets sheets;
  sheets.rows = 1 + dice.below(4);
  for (std::size_t cell = 0; cell < sheets.rows * form.items(); ++cell) {
    const auto options = form.options(cell % form.items());
    const bool usual = dice.below(8) != 0 && !options.empty();
    sheets.values.push_back(usual ? options[dice.below(options.size())] : odd_answer(dice));
    sheets.states.push_back(usual ? ALLIANCE_ANSWERED : static_cast<std::uint8_t>(dice.below(8)));
  }
  const alliance_missing missing = {sizeof missing, static_cast<std::int32_t>(dice.below(5)),
                                    static_cast<std::uint32_t>(dice.below(4)), 0};
  const Scored got = form.batch(sheets, dice.below(2) == 0 ? nullptr : &missing);
  for (std::size_t cell = 0; got.status == ALLIANCE_OK && cell < got.states.size(); ++cell) {
    const std::uint8_t state = got.states[cell];
    if (state < ALLIANCE_SCORED || state > ALLIANCE_BAD_SHEET) return "score_batch() succeeds and leaves a state unset";
    const bool scored = state == ALLIANCE_SCORED || state == ALLIANCE_PRORATED;
    if (scored && !std::isfinite(got.values[cell])) return "a score is no number";
  }
  return "";
}

std::vector<std::unique_ptr<Target>> targets_of(Session& session) {
  std::vector<std::unique_ptr<Target>> targets;
  for (const Offered& what : session.offered()) {
    auto instance = Instance::make(session, what);
    if (!instance) continue;
    std::unique_ptr<Target> target(new Target{std::move(*instance), {}, std::nullopt});
    for (const Question& question : questions()) {
      if (what.kind == question.kind && *question.input != '\0') target->asked.push_back(&question);
    }
    if (target->asked.empty()) {
      auto form = Form::of(session, target->instance);
      if (!form || !form->definition().denied.empty() || form->items() == 0) continue;
      target->form.emplace(std::move(*form));
    }
    targets.push_back(std::move(target));
  }
  return targets;
}

Outcome rounds_of(const Subject& subject, const Rounds& rounds) {
  auto session = Session::open(subject);
  if (!session) return skipped("the plugin does not get so far: " + session.error().message);
  auto targets = targets_of(**session);
  if (targets.empty()) return skipped("the plugin has nothing that is given bytes");
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(rounds.seconds);
  std::uint64_t round = rounds.first;
  for (; rounds.count == 0 ? std::chrono::steady_clock::now() < end : round < rounds.first + rounds.count; ++round) {
    Dice dice(rounds.seed, round);
    Target& target = *targets[dice.below(targets.size())];
    const Question* question = target.asked.empty() ? nullptr : target.asked[dice.below(target.asked.size())];
    in_round(round);
    if (question != nullptr) at(called(*question));
    const std::string wrong =
        question == nullptr ? score_spoiled(target, dice) : ask_spoiled(**session, target, *question, dice);
    if (!wrong.empty()) return failed(wrong);
  }
  return {Verdict::passed, std::to_string(round - rounds.first)};
}

}  // namespace

void fuzz(const Subject& subject, const Rounds& rounds, Slate& slate) {
  begin(slate);
  end(slate, rounds_of(subject, rounds));
}

}  // namespace alliance::check

// SPDX-License-Identifier: Apache-2.0
// No sequence of proposals and decisions breaks a constraint of the catalogue, whatever the programme answers
// meanwhile.
#include <algorithm>
#include <map>
#include <random>
#include <set>

#include "course.h"
#include "tailoring/back.h"

namespace {

using namespace course;
using alliance::tailoring::Path;
using alliance::tailoring::Step;

class Chance {
 public:
  explicit Chance(unsigned seed) : random_(seed) {}
  int below(int n) { return static_cast<int>(random_() % static_cast<unsigned>(n)); }
  bool one_in(int n) { return below(n) == 0; }

 private:
  std::mt19937 random_;
};

std::string name(int i) { return "m" + std::to_string(i); }

fb::ProgrammeT catalogue(Chance& chance) {
  fb::ProgrammeT made;
  made.id = "random";
  made.version = "1";
  const int count = 4 + chance.below(6), on_path = 2 + chance.below(count - 2);
  for (int i = 0; i < count; ++i) {
    auto one = std::make_unique<fb::ComponentT>();
    one->id = name(i);
    one->can_skip = chance.one_in(2);
    one->can_reorder = chance.one_in(2);
    one->can_add = i >= on_path || chance.one_in(2);
    if (i > 0 && chance.one_in(2)) one->prerequisites.push_back(name(chance.below(std::min(i, on_path))));
    if (i >= on_path && chance.one_in(3)) one->excludes.push_back(name(chance.below(count)));
    if (!one->excludes.empty() && one->excludes[0] == one->id) one->excludes.clear();
    if (chance.one_in(3)) {
      auto pace = std::make_unique<fb::AdaptableT>();
      pace->change = Kind::change_pace;
      pace->least = 2;
      pace->most = 9;
      if (chance.one_in(3)) pace->excludes.push_back(name(chance.below(count)));
      if (chance.one_in(3)) pace->prerequisites.push_back(name(chance.below(count)));
      one->adaptable.push_back(std::move(pace));
    }
    made.components.push_back(std::move(one));
    if (i < on_path) made.default_path.push_back(name(i));
  }
  auto level = std::make_unique<fb::AdaptableT>();
  level->change = Kind::change_language;
  level->options = {"plain", "usual"};
  made.adaptable.push_back(std::move(level));
  if (chance.one_in(2)) made.most_skips = static_cast<std::uint16_t>(chance.below(3));
  if (chance.one_in(2)) made.most_adds = static_cast<std::uint16_t>(chance.below(3));
  return made;
}

fb::ActionT any_action(Chance& chance, const fb::ProgrammeT& programme) {
  const auto any = [&] { return name(chance.below(static_cast<int>(programme.components.size()))); };
  constexpr Kind kinds[] = {Kind::reorder, Kind::skip, Kind::add, Kind::change_pace, Kind::change_language};
  fb::ActionT made = action(kinds[chance.below(5)], any());
  if (made.kind == Kind::skip && chance.one_in(2)) made.replacement = any();
  if (made.kind == Kind::reorder || (made.kind == Kind::add && chance.one_in(2))) made.before = any();
  if (made.kind == Kind::change_pace) made.value = chance.below(12);
  if (made.kind == Kind::change_language) {
    made.component.clear();
    made.option = chance.one_in(3) ? "rhymed" : "plain";
  }
  return made;
}

// Written apart from the code under test: what the catalogue means.
std::string broken(const Path& path, const std::vector<Step>& steps, const Course& course) {
  const fb::ProgrammeT& programme = course.programme;
  std::map<std::string, const fb::ComponentT*> known;
  for (const auto& one : programme.components) known[one->id] = one.get();
  std::set<std::string> completed;
  for (const auto& one : course.state.components) {
    if (one->completed != 0) completed.insert(one->id);
  }
  std::map<std::string, std::size_t> at;
  std::size_t added = 0, skipped = 0;
  const auto by_default = [&](const std::string& id) {
    return std::count(programme.default_path.begin(), programme.default_path.end(), id) != 0;
  };
  for (std::size_t i = 0; i < path.size(); ++i) {
    if (!known.count(path[i])) return path[i] + " is unknown";
    if (!at.emplace(path[i], i).second) return path[i] + " stands twice";
    if (by_default(path[i])) continue;
    ++added;
    if (!known[path[i]]->can_add) return path[i] + " was added";
  }
  std::size_t last = 0;
  for (const auto& id : programme.default_path) {
    if (!at.count(id)) {
      ++skipped;
      if (!known[id]->can_skip) return id + " was skipped";
    } else if (!known[id]->can_reorder) {
      if (at[id] + 1 < last) return id + " was moved";
      last = at[id] + 1;
    }
  }
  if (programme.most_adds && added > *programme.most_adds) return "too many were added";
  if (programme.most_skips && skipped > *programme.most_skips) return "too many were skipped";
  for (const auto& [id, place] : at) {
    for (const auto& needed : known[id]->prerequisites) {
      const bool met = completed.count(id) || completed.count(needed) || (at.count(needed) && at[needed] < place);
      if (!met) return id + " lacks " + needed;
    }
    for (const auto& other : known[id]->excludes) {
      if (at.count(other)) return id + " stands beside " + other;
    }
  }
  for (const Step& step : steps) {
    if (step.action->kind == Kind::change_language && step.action->option == "rhymed") return "no such language";
    if (step.action->kind != Kind::change_pace) continue;
    const auto& may = known[step.action->component]->adaptable;
    if (may.empty()) return "the pace of " + step.action->component + " is fixed";
    if (*step.action->value < 2 || *step.action->value > 9) return "the pace is out of bounds";
    for (const auto& other : may[0]->excludes) {
      if (at.count(other)) return "a pace beside " + other;
    }
    for (const auto& needed : may[0]->prerequisites) {
      if (!completed.count(needed)) return "a pace before " + needed;
    }
  }
  return {};
}

// The path in force, and those that any answer of the programme would lead to.
void expect_kept(const Course& course) {
  std::vector<const fb::ProposalRecordT*> open;
  for (const auto& record : course.state.proposals) {
    if (alliance::tailoring::under_way(*record)) open.push_back(record.get());
  }
  ASSERT_LE(open.size(), alliance::tailoring::most_under_way + 1);
  for (unsigned chosen = 0; chosen < (1u << open.size()); ++chosen) {
    const auto steps = alliance::tailoring::steps_of(course.state, [&](const fb::ProposalRecordT& record) {
      return (chosen >> (std::find(open.begin(), open.end(), &record) - open.begin()) & 1u) != 0;
    });
    const std::string fault = broken(alliance::tailoring::path_after(steps, course.programme), steps, course);
    ASSERT_EQ(fault, "") << "with the changes " << chosen << " of " << open.size() << " under way";
  }
}

// What the programme is told leads to the path that holds after the revert, and each step of it is one the path knows.
void expect_back(const Course& course, const Path& before, const std::vector<fb::ActionT>& back) {
  Path path = before;
  for (const auto& one : back) {
    const Path was = path;
    alliance::tailoring::change(path, one);
    const bool moves = one.kind == Kind::skip || one.kind == Kind::add || one.kind == Kind::reorder;
    EXPECT_EQ(moves, path != was);
  }
  EXPECT_EQ(path, alliance::tailoring::current_path(course.state, course.programme));
}

TEST(Property, NoSequenceOfProposalsAndDecisionsBreaksAConstraint) {
  int accepted = 0, refused = 0, reverted = 0, kept_back = 0, applied = 0;
  for (unsigned seed = 1; seed <= 300; ++seed) {
    Chance chance(seed);
    Course course(catalogue(chance));
    if (!broken(course.programme.default_path, {}, course).empty()) continue;
    std::vector<std::string> keys;
    const auto any_key = [&] {
      return keys.empty() ? std::string("none") : keys[chance.below(static_cast<int>(keys.size()))];
    };
    for (int step = 0; step < 60; ++step) {
      switch (chance.below(8)) {
        case 0:
        case 1:
          if (const auto key = course.propose(any_action(chance, course.programme)); !key.empty()) keys.push_back(key);
          break;
        case 2:
        case 3: {
          const fb::ActionT edited = any_action(chance, course.programme);
          const bool taken = course.accept(any_key(), chance.one_in(3) ? &edited : nullptr);
          ++(taken ? accepted : refused);
          break;
        }
        case 4:
          course.decide(any_key(), chance.one_in(2) ? fb::Decision::declined : fb::Decision::withdrawn);
          break;
        case 5:
          applied += course.applied(any_key()) ? 1 : 0;
          break;
        case 6:
          if (chance.one_in(3)) {
            course.refused(any_key());
          } else {
            const std::string key = any_key();
            const auto before = alliance::tailoring::current_path(course.state, course.programme);
            const auto back = alliance::tailoring::way_back(key, course.state, course.programme);
            const bool taken = course.revert(key);
            if (taken && back) expect_back(course, before, *back);
            ++(taken ? reverted : kept_back);
          }
          break;
        case 7:
          if (chance.one_in(4))
            course.complete(name(chance.below(static_cast<int>(course.programme.components.size()))));
          break;
      }
      expect_kept(course);
      if (HasFatalFailure()) FAIL() << "seed " << seed << ", step " << step;
    }
  }
  // It would hold for sequences in which nothing happens as well.
  EXPECT_GT(accepted, 500);
  EXPECT_GT(applied, 300);
  EXPECT_GT(refused, 500);
  EXPECT_GT(reverted, 100);
  EXPECT_GT(kept_back, 100);
}

}  // namespace

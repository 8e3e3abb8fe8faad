// SPDX-License-Identifier: Apache-2.0
#include "course.h"
#include "tailoring/back.h"

namespace {

using namespace course;
using State = fb::AdaptationState;

// intro, thoughts (needs intro), plan (needs thoughts), free | tool, late (needs tool), rival (not beside tool)
fb::ProgrammeT demo() {
  fb::ProgrammeT made;
  made.id = "demo";
  made.version = "1";
  const auto add = [&](const std::string& id, std::vector<std::string> needs, bool on_path) {
    auto one = std::make_unique<fb::ComponentT>();
    one->id = id;
    one->prerequisites = std::move(needs);
    one->can_skip = one->can_reorder = true;
    one->can_add = !on_path;
    one->fidelity = id == "plan" ? "the plan is what the trial's effect is put down to (own words, unverified)." : "";
    made.components.push_back(std::move(one));
    if (on_path) made.default_path.push_back(id);
  };
  add("intro", {}, true);
  add("thoughts", {"intro"}, true);
  add("plan", {"thoughts"}, true);
  add("free", {}, true);
  add("tool", {}, false);
  add("late", {"tool"}, false);
  add("rival", {}, false);
  made.components.back()->excludes = {"tool"};
  add("spare", {}, false);
  const auto setting = [&](Kind change, std::optional<double> least, std::optional<double> most,
                           std::vector<std::string> options) {
    auto one = std::make_unique<fb::AdaptableT>();
    one->change = change;
    if (least) one->least = *least;
    if (most) one->most = *most;
    one->options = std::move(options);
    one->fidelity = "kept";
    made.adaptable.push_back(std::move(one));
  };
  setting(Kind::change_pace, 3, 14, {});
  setting(Kind::change_reminders, 0, 3, {});
  setting(Kind::change_examples, {}, {}, {"work", "family"});
  setting(Kind::change_language, {}, {}, {"plain", "usual"});
  setting(Kind::change_contact, {}, {}, {"in_person", "online"});
  made.adaptable.back()->prerequisites = {"intro"};
  made.adaptable.back()->excludes = {"rival"};
  made.most_skips = std::uint16_t{2};
  made.most_adds = std::uint16_t{2};
  return made;
}

fb::ActionT set(Kind kind, std::optional<double> value, const std::string& option = {}) {
  fb::ActionT made = action(kind);
  if (value) made.value = *value;
  made.option = option;
  return made;
}

void refused_for(Course& course, const fb::ActionT& what, const std::string& says) {
  EXPECT_EQ(course.propose(what), "") << says;
  EXPECT_NE(course.said.find(says), std::string::npos) << course.said;
}

TEST(Catalogue, SaysWhatCanBeSetOtherwiseAndWithinWhichBounds) {
  Course course(demo());
  for (const auto& [kind, value, option] :
       {std::tuple<Kind, std::optional<double>, const char*>{Kind::change_pace, 7, ""},
        {Kind::change_reminders, 2, ""},
        {Kind::change_examples, {}, "family"},
        {Kind::change_language, {}, "plain"}}) {
    EXPECT_NE(course.propose(set(kind, value, option)), "") << course.said;
  }
  refused_for(course, set(Kind::change_pace, 2), "change_pace of programme demo to 2 is outside its bounds, 3 to 14");
  refused_for(course, set(Kind::change_pace, {}), "change_pace of programme demo needs a value");
  refused_for(course, set(Kind::change_reminders, 4), "change_reminders of programme demo to 4 is outside");
  refused_for(course, set(Kind::change_examples, {}, "sport"), "takes one of work, family");
  refused_for(course, set(Kind::change_contact, {}, "online"), "change_contact of programme demo needs intro");
  fb::ActionT of_one = set(Kind::change_pace, 7);
  of_one.component = "free";
  refused_for(course, of_one, "change_pace of component free is not in the catalogue");
  course.complete("intro");
  EXPECT_NE(course.propose(set(Kind::change_contact, {}, "online")), "") << course.said;
}

TEST(Catalogue, HoldsApartWhatDoesNotGoTogether) {
  Course course(demo());
  course.complete("intro");
  const auto tool = course.propose(action(Kind::add, "tool"));
  const auto rival = course.propose(action(Kind::add, "rival"));
  ASSERT_TRUE(course.accept(tool)) << course.said;
  EXPECT_FALSE(course.accept(rival));  // although the programme has not said yet that it took the tool
  EXPECT_NE(course.said.find("component rival does not go together with tool"), std::string::npos) << course.said;
  ASSERT_TRUE(course.decide(tool, fb::Decision::withdrawn));
  ASSERT_TRUE(course.accept(rival)) << course.said;
  ASSERT_TRUE(course.applied(rival));
  refused_for(course, set(Kind::change_contact, {}, "online"), "does not go together with rival");
}

TEST(Catalogue, BoundsHowMuchOfThePathIsLeftOutOrAdded) {
  Course course(demo());
  for (const char* id : {"plan", "free"}) {
    const auto key = course.propose(action(Kind::skip, id));
    ASSERT_TRUE(course.accept(key)) << course.said;
    ASSERT_TRUE(course.applied(key));
  }
  refused_for(course, action(Kind::skip, "thoughts"), "3 components of the default path would be left out, at most 2");
  for (const char* id : {"tool", "late"}) {
    const auto key = course.propose(action(Kind::add, id));
    ASSERT_TRUE(course.accept(key) && course.applied(key)) << course.said;
  }
  refused_for(course, action(Kind::add, "spare"), "3 components would come to the default path, at most 2 may");
}

TEST(Catalogue, WhatIsLostByAChangeIsSaidInItsOwnWords) {
  const auto programme = demo();
  EXPECT_EQ(alliance::tailoring::fidelity_of(set(Kind::change_pace, 7), programme), "kept");
  EXPECT_NE(alliance::tailoring::fidelity_of(action(Kind::skip, "plan"), programme).find("unverified"),
            std::string::npos);
  EXPECT_EQ(alliance::tailoring::fidelity_of(action(Kind::skip, "free"), programme), "");
}

TEST(Decisions, AreTakenOnceHoweverOftenTheyAreTold) {
  Course course(demo());
  const auto key = course.propose(action(Kind::skip, "free"));
  ASSERT_TRUE(course.accept(key));
  ASSERT_TRUE(course.told);
  EXPECT_EQ(course.told->state, State::sent);
  EXPECT_EQ(course.path(), "intro thoughts plan free");  // sent is not applied
  const auto decided = course.state.proposals[0]->decided;
  ASSERT_TRUE(course.accept(key));
  EXPECT_FALSE(course.told);  // nothing goes out twice
  EXPECT_EQ(course.state.proposals[0]->decided, decided);
  ASSERT_TRUE(course.applied(key));
  EXPECT_EQ(course.told->state, State::applied);
  EXPECT_EQ(course.path(), "intro thoughts plan");
  ASSERT_TRUE(course.applied(key));
  EXPECT_FALSE(course.told);
  EXPECT_EQ(course.path(), "intro thoughts plan");
}

TEST(Decisions, AnEditedActionIsHeldAgainstTheCatalogueToo) {
  Course course(demo());
  const auto key = course.propose(action(Kind::skip, "free"));
  const auto wrong = action(Kind::skip, "intro"), right = action(Kind::skip, "plan", "tool");
  EXPECT_FALSE(course.accept(key, &wrong));
  EXPECT_NE(course.said.find("the decision breaks the catalogue: proposal of rule r: component thoughts needs intro"),
            std::string::npos)
      << course.said;
  ASSERT_TRUE(course.accept(key, &right)) << course.said;
  EXPECT_EQ(course.told->action->component, "plan");
  ASSERT_TRUE(course.applied(key));
  EXPECT_EQ(course.path(), "intro thoughts tool free");
  fb::ProposalDecidedT declined;
  declined.proposal = key;
  declined.by = "p1";
  declined.decision = fb::Decision::declined;
  declined.action = std::make_unique<fb::ActionT>(right);
  EXPECT_FALSE(course.tell(std::move(declined)));
}

TEST(Decisions, NothingIsAppliedRefusedOrRevertedThatWasNotAccepted) {
  Course course(demo());
  const auto key = course.propose(action(Kind::skip, "free"));
  EXPECT_FALSE(course.applied(key));
  EXPECT_NE(course.said.find("nothing is applied without a decision"), std::string::npos) << course.said;
  EXPECT_FALSE(course.refused(key));
  EXPECT_FALSE(course.revert(key));
  EXPECT_FALSE(course.applied("p-of-nobody"));
  ASSERT_TRUE(course.decide(key, fb::Decision::declined));
  EXPECT_EQ(course.told->state, State::declined);
  EXPECT_EQ(course.told->reason, "a reason");
  EXPECT_FALSE(course.applied(key));
  for (const char* reason : {"", " \n\t"}) {
    fb::ProposalDecidedT silent;
    silent.proposal = key;
    silent.by = "p1";
    silent.decision = fb::Decision::declined;
    silent.reason = reason;
    EXPECT_FALSE(course.tell(std::move(silent)));
    EXPECT_NE(course.said.find("body.reason must say why"), std::string::npos) << course.said;
  }
  ASSERT_TRUE(course.accept(key));  // a mind may change
  ASSERT_TRUE(course.decide(key, fb::Decision::withdrawn));
  EXPECT_EQ(course.told->state, State::withdrawn);
  EXPECT_FALSE(course.applied(key));
}

TEST(Decisions, ARevertTakesNothingAwayThatSomethingRestsOn) {
  Course course(demo());
  const auto tool = course.propose(action(Kind::add, "tool"));
  ASSERT_TRUE(course.accept(tool) && course.applied(tool));
  EXPECT_FALSE(course.decide(tool, fb::Decision::withdrawn));  // it is there already: revert it
  const auto late = course.propose(action(Kind::add, "late"));
  ASSERT_TRUE(course.accept(late) && course.applied(late));
  EXPECT_FALSE(course.revert(tool));
  EXPECT_NE(course.said.find("component late needs tool"), std::string::npos) << course.said;
  ASSERT_TRUE(course.revert(late)) << course.said;
  EXPECT_EQ(course.told->state, State::reverted);
  ASSERT_TRUE(course.revert(tool)) << course.said;
  EXPECT_EQ(course.path(), "intro thoughts plan free");
  ASSERT_TRUE(course.revert(tool));  // once more changes nothing
  EXPECT_FALSE(course.told);
}

TEST(Decisions, AStoreInWhichSomethingWasDeclinedWithoutAReasonIsReadAsItIs) {
  Course course(demo());
  const auto key = course.propose(action(Kind::skip, "free"));
  fb::EventT old;
  old.id = "old";
  old.case_ = "c1";
  old.time = course.now + 90;
  fb::ProposalDecidedT body;
  body.proposal = key;
  body.by = "p1";
  body.decision = fb::Decision::declined;
  old.body.Set(std::move(body));
  const auto fine = alliance::host::check(old);
  ASSERT_FALSE(fine);
  EXPECT_NE(fine.error().message.find("body.reason"), std::string::npos) << fine.error().message;
  alliance::host::fold(course.state, old);
  EXPECT_EQ(course.state.proposals[0]->decision, fb::Decision::declined);
}

std::string words(const alliance::Result<std::vector<fb::ActionT>>& changes) {
  if (!changes) return changes.error().message;
  std::string out;
  for (const auto& one : *changes) {
    out += std::string(out.empty() ? "" : "; ") + fb::EnumNameActionKind(one.kind) + " " + one.component;
    if (!one.replacement.empty()) out += " for " + one.replacement;
    if (!one.before.empty()) out += " before " + one.before;
    if (one.value) out += " to " + std::to_string(static_cast<int>(*one.value));
  }
  return out;
}

TEST(WayBack, SaysInTheProgrammesWordsWhatTakesAChangeBack) {
  const std::pair<fb::ActionT, const char*> changes[] = {
      {action(Kind::skip, "free"), "add free"},
      {action(Kind::skip, "plan"), "add plan before free"},
      {action(Kind::skip, "plan", "tool"), "skip tool for plan"},
      {action(Kind::skip, "plan", "free"), "add plan before free"},
      {action(Kind::add, "tool", "", "plan"), "skip tool"},
      {action(Kind::reorder, "free", "", "intro"),
       "reorder intro before free; reorder thoughts before free; reorder plan before free"},
      {action(Kind::reorder, "free", "", "plan"), "reorder plan before free"},
      {set(Kind::change_pace, 7), "what change_pace was before it was changed is not known: set it back by hand"},
      {action(Kind::workaround), ""},
  };
  for (const auto& [change, says] : changes) {
    Course course(demo());
    ASSERT_TRUE(course.own(change)) << says;
    EXPECT_EQ(words(alliance::tailoring::way_back(course.last, course.state, course.programme)), says);
  }
  Course course(demo());
  EXPECT_EQ(words(alliance::tailoring::way_back("nothing", course.state, course.programme)), "");
  ASSERT_TRUE(course.own(set(Kind::change_pace, 7)));
  const std::string first = course.last;
  ASSERT_TRUE(course.own(set(Kind::change_pace, 9)));
  EXPECT_EQ(words(alliance::tailoring::way_back(course.last, course.state, course.programme)), "change_pace  to 7");
  EXPECT_EQ(words(alliance::tailoring::way_back(first, course.state, course.programme)), "");  // 9 holds already
}

TEST(WayBack, IsToldOfWhatIsAppliedAloneAndNotToAProgrammeThatSaidSoItself) {
  Course course(demo());
  const auto key = course.propose(action(Kind::skip, "free"));
  ASSERT_TRUE(course.accept(key) && course.applied(key));
  fb::EventT event;
  event.id = "back";
  event.case_ = "c1";
  event.time = course.now + 80;
  fb::AdaptationRevertedT body;
  body.proposal = key;
  event.body.Set(std::move(body));
  auto back = alliance::host::taking_back(event, course.state, &course.programme);
  ASSERT_EQ(back.told.size(), 1u);
  EXPECT_EQ(back.told[0].reverts, key);
  EXPECT_NE(back.told[0].key, key);
  EXPECT_EQ(back.told[0].action->kind, Kind::add);
  back = alliance::host::taking_back(event, course.state, nullptr);
  EXPECT_NE(back.refused.find("no adapter"), std::string::npos) << back.refused;
  event.source = "demo";
  EXPECT_TRUE(alliance::host::taking_back(event, course.state, &course.programme).told.empty());
  event.source.clear();
  alliance::host::fold(course.state, event);
  EXPECT_TRUE(alliance::host::taking_back(event, course.state, &course.programme).told.empty());
}

TEST(Decisions, ThePractitionersOwnAdaptationIsAnEventLikeAnyOther) {
  Course course(demo());
  ASSERT_TRUE(course.own(action(Kind::reorder, "free", "", "intro")));
  const std::string event = course.last;
  EXPECT_EQ(course.path(), "free intro thoughts plan");
  EXPECT_EQ(course.told->state, State::applied);
  ASSERT_TRUE(course.revert(event)) << course.said;
  EXPECT_EQ(course.path(), "intro thoughts plan free");
  ASSERT_TRUE(course.refused("", action(Kind::skip, "intro")));  // what the programme would not do
  ASSERT_EQ(course.state.refusals.size(), 1u);
  EXPECT_EQ(course.state.refusals[0]->action->component, "intro");
}

TEST(Decisions, AnEffectIsSeenInTheFirstEventThatNamesItsProposal) {
  Course course(demo());
  const auto key = course.propose(action(Kind::support_request));
  fb::SupportRequestedT asked;
  asked.request = "s1";
  EXPECT_FALSE(course.tell(fb::SupportRequestedT(asked), key));  // not accepted
  ASSERT_TRUE(course.accept(key));
  ASSERT_TRUE(course.tell(fb::SupportRequestedT(asked), key)) << course.said;
  ASSERT_TRUE(course.done);
  EXPECT_EQ(course.done->state, State::done);
  EXPECT_EQ(course.state.proposals[0]->effect_event, course.last);
  ASSERT_TRUE(course.tell(fb::SupportRequestedT(asked), key));
  EXPECT_FALSE(course.done);
  fb::ActionDoneT by_hand;
  by_hand.by = "p1";
  EXPECT_FALSE(course.tell(std::move(by_hand)));  // of what?
}

TEST(Decisions, OfAnObservedCaseThereAreNone) {
  Course course(demo());
  const auto key = course.propose(action(Kind::skip, "free"));
  course.state.observe_only = true;
  EXPECT_FALSE(course.accept(key));
  EXPECT_NE(course.said.find("observed only"), std::string::npos) << course.said;
}

TEST(InForce, SaysWhatHoldsWhatIsUnderWayAndWhatWasRefused) {
  Course course(demo());
  const auto skip = course.propose(action(Kind::skip, "free"));
  const auto add = course.propose(action(Kind::add, "tool"));
  const auto pace = course.propose(set(Kind::change_pace, 7));
  ASSERT_TRUE(course.accept(skip) && course.applied(skip) && course.accept(add) && course.accept(pace));
  ASSERT_TRUE(course.refused(pace));
  ASSERT_TRUE(course.own(action(Kind::reorder, "thoughts", "", "plan")));
  const auto table = alliance::host::in_force(course.state, 99, &course.programme);
  ASSERT_EQ(table.changes.size(), 2u);
  EXPECT_EQ(table.changes[0]->proposal, "p-" + skip);
  EXPECT_EQ(table.changes[0]->by, "p1");
  EXPECT_EQ(table.changes[1]->event, course.last);
  ASSERT_EQ(table.under_way.size(), 1u);
  EXPECT_EQ(table.under_way[0]->action->component, "tool");
  ASSERT_EQ(table.refused.size(), 1u);
  EXPECT_EQ(table.path, (std::vector<std::string>{"intro", "thoughts", "plan"}));
  EXPECT_FALSE(alliance::host::in_force(course.state, 99, nullptr).note.empty());
}

}  // namespace

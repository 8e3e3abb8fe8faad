// SPDX-License-Identifier: Apache-2.0
#include "tailoring/check.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>

#include "tailoring/path.h"

namespace {

namespace fb = alliance::fb;
using alliance::tailoring::check;
using Kind = fb::ActionKind;

void component(fb::ProgrammeT& programme, const std::string& id, std::vector<std::string> needs, bool on_path) {
  auto made = std::make_unique<fb::ComponentT>();
  made->id = id;
  made->kind = fb::ComponentKind::module_;
  made->prerequisites = std::move(needs);
  made->can_skip = id != "fixed";
  made->can_reorder = id != "fixed";
  made->can_add = !on_path && id != "closed";
  programme.components.push_back(std::move(made));
  if (on_path) programme.default_path.push_back(id);
}

// intro, fixed, thoughts (needs intro), plan (needs thoughts), free | tool, late (needs thoughts), closed
fb::ProgrammeT catalogue() {
  fb::ProgrammeT made;
  made.id = "demo";
  made.version = "1";
  component(made, "intro", {}, true);
  component(made, "fixed", {}, true);
  component(made, "thoughts", {"intro"}, true);
  component(made, "plan", {"thoughts"}, true);
  component(made, "free", {}, true);
  component(made, "tool", {}, false);
  component(made, "late", {"plan"}, false);
  component(made, "closed", {}, false);
  return made;
}

fb::ProposalT proposal(Kind kind, const std::string& about = {}, const std::string& replacement = {},
                       const std::string& before = {}) {
  fb::ProposalT made;
  made.key = "k";
  made.rule = "r";
  made.factor = fb::Factor::f3_tailoring;
  made.audience = fb::Audience::practitioner;
  made.action = std::make_unique<fb::ActionT>();
  made.action->kind = kind;
  made.action->component = about;
  made.action->replacement = replacement;
  made.action->before = before;
  made.action->text = "You may want to look at this with the client.";
  auto evidence = std::make_unique<fb::EvidenceT>();
  evidence->what = "what was seen";
  made.evidence.push_back(std::move(evidence));
  return made;
}

void complete(fb::CaseT& state, const std::string& id) {
  auto made = std::make_unique<fb::ComponentStateT>();
  made->id = id;
  made->completed = 5;
  state.components.push_back(std::move(made));
}

void adapted(fb::CaseT& state, std::int64_t when, const fb::ProposalT& what, bool reverted = false) {
  auto record = std::make_unique<fb::ProposalRecordT>();
  record->proposal = std::make_unique<fb::ProposalT>(what);
  record->applied = when;
  record->reverted = reverted ? when + 1 : 0;
  state.proposals.push_back(std::move(record));
}

void refused(const fb::ProposalT& made, const fb::CaseT& state, const std::string& says) {
  const fb::ProgrammeT programme = catalogue();
  const auto result = check(made, state, &programme);
  ASSERT_FALSE(result) << says;
  EXPECT_EQ(result.error().status, ALLIANCE_E_BAD_INPUT);
  EXPECT_NE(result.error().message.find(says), std::string::npos) << result.error().message;
}

void taken(const fb::ProposalT& made, const fb::CaseT& state = {}) {
  const fb::ProgrammeT programme = catalogue();
  const auto result = check(made, state, &programme);
  EXPECT_TRUE(result) << result.error().message;
}

TEST(CheckProposal, RefusesByNameWhatTheCatalogueDoesNotKnow) {
  refused(proposal(Kind::skip, "nowhere"), {}, "component nowhere is not in the catalogue of demo");
  refused(proposal(Kind::skip, "free", "elsewhere"), {}, "replacement elsewhere is not in the catalogue");
  refused(proposal(Kind::reorder, "free", "", "yonder"), {}, "yonder is not in the catalogue");
  refused(proposal(Kind::ask_client, "nowhere"), {}, "nowhere");
}

TEST(CheckProposal, SkipsOnlyWhatMayBeSkippedAndNothingThatOthersNeed) {
  taken(proposal(Kind::skip, "free"));
  taken(proposal(Kind::skip, "plan", "tool"));
  refused(proposal(Kind::skip, "fixed"), {}, "fixed may not be skipped");
  refused(proposal(Kind::skip, "thoughts"), {}, "plan needs thoughts");
  refused(proposal(Kind::skip, "tool"), {}, "tool is not on the path");
  refused(proposal(Kind::skip), {}, "names no component");
  refused(proposal(Kind::skip, "plan", "late"), {}, "late needs plan");
  refused(proposal(Kind::skip, "free", "closed"), {}, "closed may not be added");
  taken(proposal(Kind::skip, "thoughts", "free"), [] {
    fb::CaseT planned;
    complete(planned, "plan");
    return planned;
  }());
  refused(proposal(Kind::skip, "free", "fixed"), {}, "fixed may not be reordered");
  refused(proposal(Kind::skip, "free", "free"), {}, "cannot replace itself");
  fb::CaseT done;
  complete(done, "free");
  refused(proposal(Kind::skip, "free"), done, "completed already");
}

TEST(CheckProposal, AddsOnlyWhatIsNotThereAndWhosePrerequisitesAreMet) {
  taken(proposal(Kind::add, "tool"));
  taken(proposal(Kind::add, "", "tool", "fixed"));
  taken(proposal(Kind::add, "late"));  // at the end of the path, after `plan`
  refused(proposal(Kind::add, "late", "", "intro"), {}, "late needs plan");
  refused(proposal(Kind::add, "closed"), {}, "closed may not be added");
  refused(proposal(Kind::add, "tool", "", "late"), {}, "late is not on the path");
  refused(proposal(Kind::add), {}, "names no component");
  fb::CaseT planned;
  complete(planned, "plan");
  taken(proposal(Kind::add, "late", "", "intro"), planned);
  fb::CaseT there;
  adapted(there, 1, proposal(Kind::add, "tool"));
  refused(proposal(Kind::add, "tool"), there, "tool is on the path already");
  fb::CaseT gone;
  adapted(gone, 1, proposal(Kind::add, "tool"), true);
  taken(proposal(Kind::add, "tool"), gone);
}

TEST(CheckProposal, ReordersWithoutBreakingPrerequisites) {
  taken(proposal(Kind::reorder, "free", "", "intro"));
  refused(proposal(Kind::reorder, "plan", "", "intro"), {}, "plan needs thoughts");
  refused(proposal(Kind::reorder, "intro", "", "free"), {}, "thoughts needs intro");
  refused(proposal(Kind::reorder, "fixed", "", "intro"), {}, "fixed may not be reordered");
  refused(proposal(Kind::reorder, "free", "", "free"), {}, "before itself");
  refused(proposal(Kind::reorder, "free", "", "tool"), {}, "tool is not on the path");
  fb::CaseT done;
  complete(done, "thoughts");
  taken(proposal(Kind::reorder, "plan", "", "intro"), done);
}

TEST(CheckProposal, WithoutAProgrammeTakesOnlyWhatChangesNone) {
  EXPECT_TRUE(check(proposal(Kind::ask_client), {}, nullptr));
  EXPECT_TRUE(check(proposal(Kind::protected_slot), {}, nullptr));
  for (const Kind kind : {Kind::reorder, Kind::skip, Kind::add, Kind::change_pace}) {
    EXPECT_TRUE(alliance::tailoring::changes_programme(kind));
    EXPECT_FALSE(check(proposal(kind, "free"), {}, nullptr));
  }
  for (int kind = 5; kind <= 12; ++kind) {
    EXPECT_FALSE(alliance::tailoring::changes_programme(static_cast<Kind>(kind)));
  }
}

TEST(CheckProposal, RefusesAnActionWithoutEvidenceOrWithoutSense) {
  const std::pair<const char*, std::function<void(fb::ProposalT&)>> faults[] = {
      {"needs evidence", [](fb::ProposalT& p) { p.evidence.clear(); }},
      {"evidence[0]", [](fb::ProposalT& p) { p.evidence[0]->what.clear(); }},
      {"not finite", [](fb::ProposalT& p) { p.evidence[0]->value = std::nan(""); }},
      {"rule has no name", [](fb::ProposalT& p) { p.rule.clear(); }},
      {"key", [](fb::ProposalT& p) { p.key.clear(); }},
      {"action is not known", [](fb::ProposalT& p) { p.action.reset(); }},
      {"action is not known", [](fb::ProposalT& p) { p.action->kind = Kind::unset; }},
      {"action is not known", [](fb::ProposalT& p) { p.action->kind = static_cast<Kind>(19); }},
      {"audience", [](fb::ProposalT& p) { p.audience = fb::Audience::unset; }},
      {"factor", [](fb::ProposalT& p) { p.factor = static_cast<fb::Factor>(9); }},
      {"says nothing", [](fb::ProposalT& p) { p.action->text.clear(); }},
      {"minutes", [](fb::ProposalT& p) { p.action->minutes = -1; }},
  };
  for (const auto& [says, break_it] : faults) {
    fb::ProposalT made = proposal(Kind::ask_client);
    break_it(made);
    refused(made, {}, says);
  }
}

TEST(Path, AReplacementThatStoodLaterComesEarlier) {
  alliance::tailoring::Path path = {"a", "b", "c", "d"};
  alliance::tailoring::change(path, *proposal(Kind::skip, "b", "d").action);
  EXPECT_EQ(path, (alliance::tailoring::Path{"a", "d", "c"}));
  alliance::tailoring::change(path, *proposal(Kind::skip, "c", "e").action);
  EXPECT_EQ(path, (alliance::tailoring::Path{"a", "d", "e"}));
}

TEST(Path, FollowsWhatWasAppliedInTheOrderOfTimeWhateverTheOrderOfRecords) {
  using alliance::tailoring::Path;
  fb::CaseT state;
  adapted(state, 3, proposal(Kind::reorder, "free", "", "fixed"));
  adapted(state, 1, proposal(Kind::skip, "plan", "tool"));
  adapted(state, 2, proposal(Kind::skip, "intro"), true);
  auto own = std::make_unique<fb::OwnAdaptationT>();
  own->time = 2;
  own->event = "e";
  own->action = std::make_unique<fb::ActionT>(*proposal(Kind::skip, "fixed").action);
  state.own_adaptations.push_back(std::move(own));
  // fixed was skipped at 2, so that the reorder at 3 finds no place to go before
  EXPECT_EQ(alliance::tailoring::current_path(state, catalogue()), (Path{"intro", "thoughts", "tool", "free"}));
  std::swap(state.proposals[0], state.proposals[2]);
  EXPECT_EQ(alliance::tailoring::current_path(state, catalogue()), (Path{"intro", "thoughts", "tool", "free"}));
}

}  // namespace

// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>

#include "loaded.h"

namespace {

using namespace loaded;
using Kind = fb::ActionKind;

fb::ProposalT proposal(Kind kind, const std::string& about, const std::string& replacement = {},
                       const std::string& before = {}) {
  fb::ProposalT made;
  made.key = "b3-irrelevant/module-4";
  made.rule = "b3-irrelevant";
  made.action = std::make_unique<fb::ActionT>();
  made.action->kind = kind;
  made.action->component = about;
  made.action->replacement = replacement;
  made.action->before = before;
  made.action->text = "Only for the practitioner.";
  return made;
}

std::string text(const Answer& answer) { return {answer.bytes.begin(), answer.bytes.end()}; }

TEST(XapiCatalogue, IsWholeAndConsistent) {
  Adapter adapter;
  const fb::ProgrammeT programme = adapter.catalogue();
  EXPECT_EQ(programme.id, "blended-cbt-demo");
  std::set<std::string> ids;
  int modules = 0, transdiagnostic = 0;
  for (const auto& component : programme.components) {
    EXPECT_TRUE(ids.insert(component->id).second) << component->id;
    modules += component->kind == fb::ComponentKind::module_;
    transdiagnostic += component->transdiagnostic;
  }
  EXPECT_EQ(modules, 5);
  EXPECT_EQ(transdiagnostic, 3);
  EXPECT_EQ(programme.default_path.size(), 5u);
  for (const auto& id : programme.default_path) EXPECT_EQ(ids.count(id), 1u) << id;
  for (const auto& component : programme.components) {
    for (const auto& needed : component->prerequisites) EXPECT_EQ(ids.count(needed), 1u) << needed;
  }
}

TEST(XapiCatalogue, ComesFromAnotherFileWhereTheSettingsSaySo) {
  const auto path =
      std::filesystem::temp_directory_path() / ("alliance-programme-" + std::to_string(::getpid()) + ".json");
  const auto with = [&](const std::string& json) {
    std::ofstream(path) << json;
    return std::make_unique<Adapter>(R"({"programme":")" + path.string() + "\"}");
  };
  {
    const auto other = with(R"({"id":"other","version":"2","components":[{"id":"a"}],"default_path":["a"]})");
    ASSERT_EQ(other->status(), ALLIANCE_OK) << other->message();
    EXPECT_EQ(other->catalogue().id, "other");
  }
  {
    const auto wrong = with(
        "{\"id\":\"other\",\n\"version\":\"2\",\n\"components\":[{\"id\":\"a\",\"colour\":1}],\"default_path\":[]}");
    EXPECT_NE(wrong->status(), ALLIANCE_OK);
    EXPECT_NE(wrong->message().find(path.filename().string()), std::string::npos) << wrong->message();
    EXPECT_NE(wrong->message().find("colour"), std::string::npos) << wrong->message();
  }
  std::filesystem::remove(path);
  EXPECT_EQ(Adapter(R"({"programme":"/nowhere/at-all.json"})").status(), ALLIANCE_E_IO);
  EXPECT_EQ(Adapter(R"({"programm":"x"})").status(), ALLIANCE_E_BAD_INPUT);
}

TEST(XapiApply, SaysWhatTheProgrammeIsToDoWithTheSameIdEachTime) {
  Adapter adapter(R"({"home_page":"https://platform.example/cases","activities":"https://p.example/demo"})");
  const std::int64_t when = 1'774'744'200'123'456;
  const Answer skip = adapter.apply("c07", proposal(Kind::skip, "module-4", "worry-time"), when);
  ASSERT_EQ(skip.status, ALLIANCE_OK) << skip.message;
  const std::string said = text(skip);
  for (const char* part :
       {R"("version":"1.0.3")", R"("timestamp":"2026-03-29T00:30:00.123Z")",
        R"("actor":{"objectType":"Agent","account":{"homePage":"https://platform.example/cases","name":"c07"}})",
        R"("verb":{"id":"https://alliance-sdk.org/xapi/verbs/skipped","display":{"en":"skipped"}})",
        R"("object":{"objectType":"Activity","id":"https://p.example/demo/module-4"})",
        R"("https://alliance-sdk.org/xapi/extensions/replacement":"https://p.example/demo/worry-time")",
        R"("https://alliance-sdk.org/xapi/extensions/proposal":"b3-irrelevant/module-4")"}) {
    EXPECT_NE(said.find(part), std::string::npos) << part << "\n" << said;
  }
  EXPECT_EQ(said.find("practitioner"), std::string::npos);
  EXPECT_EQ(text(adapter.apply("c07", proposal(Kind::skip, "module-4", "worry-time"), when)), said);
  const auto id = [&](const Answer& answer) { return text(answer).substr(0, 46); };
  EXPECT_EQ(id(skip).substr(0, 7), R"({"id":")");
  EXPECT_EQ(id(skip)[7 + 14], '5');  // a UUID of version 5
  EXPECT_NE(id(adapter.apply("c08", proposal(Kind::skip, "module-4", "worry-time"), when)), id(skip));
  EXPECT_NE(id(adapter.apply("c07", proposal(Kind::skip, "module-4", "worry-time"), when + 1)), id(skip));

  EXPECT_NE(
      text(adapter.apply("c07", proposal(Kind::add, "module-4", "self-compassion"), when)).find("demo/self-compassion"),
      std::string::npos);
  EXPECT_NE(
      text(adapter.apply("c07", proposal(Kind::reorder, "module-4", "", "module-3"), when)).find("extensions/before"),
      std::string::npos);
}

TEST(XapiApply, SaysByNameWhatTheProgrammeCannotDo) {
  Adapter adapter;
  const std::pair<fb::ProposalT, const char*> cannot[] = {
      {proposal(Kind::skip, "module-1"), "does not let module-1 be skipped"},
      {proposal(Kind::reorder, "module-5", "", "module-1"), "does not let module-5 be reordered"},
      {proposal(Kind::reorder, "module-4"), "before"},
      {proposal(Kind::add, "module-2"), "does not let module-2 be added"},
      {proposal(Kind::skip, "module-9"), "has no component module-9"},
      {proposal(Kind::skip, "module-4", "nothing"), "has no component nothing"},
      {proposal(Kind::change_pace, "module-4"), "change_pace"},
      {proposal(Kind::protected_slot, ""), "protected_slot"},
  };
  for (const auto& [made, says] : cannot) {
    const Answer answer = adapter.apply("c07", made, 1'774'744'200'000'000);
    EXPECT_EQ(answer.status, ALLIANCE_E_UNSUPPORTED) << says;
    EXPECT_NE(answer.message.find(says), std::string::npos) << answer.message;
    EXPECT_TRUE(answer.bytes.empty());
  }
  EXPECT_EQ(adapter.apply("", proposal(Kind::skip, "module-4"), 0).status, ALLIANCE_E_INVALID);
  EXPECT_EQ(adapter.apply("c07", proposal(Kind::skip, "module-4"), INT64_MAX).status, ALLIANCE_E_INVALID);
}

}  // namespace

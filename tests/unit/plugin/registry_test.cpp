// SPDX-License-Identifier: Apache-2.0
#include "folder.h"
#include "linked.h"

namespace alliance::test {
namespace {

std::string plan_of(plugin::Plugin& plugin, const char* id) {
  const auto* timing = plugin.timing;
  alliance_timing* policy = nullptr;
  alliance_error error = ALLIANCE_ERROR_INIT;
  EXPECT_EQ(timing->create(timing, &plugin.services, id, &policy, &error), ALLIANCE_OK) << error.message;
  plugin::Gather out;
  EXPECT_EQ(timing->plan(policy, nullptr, 0, 0, out.sink(), &error), ALLIANCE_OK) << error.message;
  timing->destroy(policy);
  const auto bytes = out.take();
  return {bytes.begin(), bytes.end()};
}

TEST(Registry, TakesPluginsThatAreLinkedIn) {
  Services services;
  plugin::Registry registry(services.host());
  const auto first = registry.add_static("first", first_plugin());
  const auto second = registry.add_static("second", second_plugin());
  ASSERT_TRUE(first) << first.error().message;
  ASSERT_TRUE(second) << second.error().message;
  EXPECT_EQ((*first)->info.kinds, std::vector<std::string>{"timing"});
  EXPECT_EQ((*first)->measure, nullptr);
  EXPECT_STREQ((*first)->services.folder, "");
  EXPECT_STREQ((*first)->services.config, "{}");
  EXPECT_EQ(plan_of(**first, "first"), "first");
  EXPECT_EQ(plan_of(**second, "second"), "second");
}

TEST(Registry, TakesALinkedInPluginBesideALoadedOneAndAgainInTheNextRegistry) {
  for (int round = 0; round < 2; ++round) {
    Services services;
    plugin::Registry registry(services.host());
    ASSERT_TRUE(registry.load(built_manifest("mood")));
    ASSERT_TRUE(registry.add_static("first", first_plugin()));
    EXPECT_EQ(registry.plugins().size(), 2u);
  }
}

TEST(Registry, RefusesWhatIsLinkedInAndWrong) {
  Services services;
  plugin::Registry registry(services.host());
  const auto words = [&](const char* name, const alliance_plugin_entry* entry) {
    const auto added = registry.add_static(name, entry);
    return added ? std::string("taken") : added.error().message;
  };
  EXPECT_EQ(words("none", nullptr), "linked-in plugin 'none': its entry function returned no table");
  EXPECT_NE(words("", first_plugin()).find("name is empty"), std::string::npos);
  EXPECT_NE(words("a\nb", first_plugin()).find("blanks"), std::string::npos);
  EXPECT_NE(words("empty", empty_plugin()).find("none of measure, timing"), std::string::npos);
  EXPECT_NE(words("wrong", wrong_id_plugin()).find("'No Id'"), std::string::npos);
  EXPECT_EQ(words("first", first_plugin()), "taken");
  EXPECT_NE(words("first", second_plugin()).find("already loaded"), std::string::npos);
  EXPECT_NE(words("again", first_plugin()).find("already loaded as first"), std::string::npos);
  EXPECT_EQ(registry.plugins().size(), 1u);
  EXPECT_EQ(registry.infos().size(), 8u);
}

TEST(Registry, TakesAKindThatHasNothingToOfferToday) {
  Services services;
  plugin::Registry registry(services.host());
  const auto added = registry.add_static("empty-kind", empty_kind_plugin());
  ASSERT_TRUE(added) << added.error().message;
  ASSERT_NE((*added)->measure, nullptr);
  EXPECT_EQ((*added)->measure->count((*added)->measure), 0u);
}

TEST(Registry, RefusesAnIdThatIsAlreadyLoadedAndNamesTheOther) {
  const Folder folder;
  Services services;
  plugin::Registry registry(services.host());
  ASSERT_TRUE(registry.load(built_manifest("none")));
  const auto loaded = registry.load(folder.copy("none"));
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().status, ALLIANCE_E_STATE);
  EXPECT_NE(loaded.error().message.find("org.example.none is already loaded from " + built_manifest("none")),
            std::string::npos)
      << loaded.error().message;
}

TEST(Registry, RefusesOneLibraryUnderTwoIds) {
  const Folder folder;
  Services services;
  plugin::Registry registry(services.host());
  const auto manifest = folder.copy("none");
  ASSERT_TRUE(registry.load(manifest));
  std::string text = read(manifest);
  replace(text, "org.example.none", "org.example.other");
  const auto loaded = registry.load(folder.write("other.alliance.json", text));
  ASSERT_FALSE(loaded);
  EXPECT_NE(loaded.error().message.find("already loaded as org.example.none"), std::string::npos)
      << loaded.error().message;
}

TEST(Registry, MayLoadAfterARefusalWhatWasMended) {
  const Folder folder;
  Services services;
  plugin::Registry registry(services.host());
  const auto manifest = folder.copy("every-kind");
  services.settings("org.example.every-kind", R"({"refuse": true})");
  const auto refused = registry.load(manifest);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().status, ALLIANCE_E_DENIED);
  EXPECT_NE(refused.error().message.find("the settings say no"), std::string::npos);
  services.settings("org.example.every-kind", "{}");
  EXPECT_TRUE(registry.load(manifest));
  EXPECT_EQ(registry.infos().size(), 2u);
}

TEST(Registry, EndsPluginsInTheReverseOrder) {
  const Folder folder;
  Services services;
  {
    plugin::Registry registry(services.host());
    ASSERT_TRUE(registry.load(built_manifest("none")));
    ASSERT_TRUE(registry.load(built_manifest("older-table")));
  }
  std::vector<std::string> lines;
  for (const Line& line : services.log()) lines.push_back(line.plugin.substr(12) + " " + line.text);
  EXPECT_EQ(lines, (std::vector<std::string>{"none init", "older-table init", "older-table deinit", "none deinit"}));
}

TEST(Registry, LeavesAQuarantinedPluginAlone) {
  Services services;
  {
    plugin::Registry registry(services.host());
    const auto loaded = registry.load(built_manifest("none"));
    ASSERT_TRUE(loaded);
    registry.quarantine(**loaded, "it answered ALLIANCE_E_LIBRARY");
    EXPECT_TRUE(registry.plugins().empty());
    ASSERT_EQ(registry.infos().size(), 1u);
    EXPECT_EQ(registry.infos()[0].state, plugin::State::quarantined);
    EXPECT_EQ(registry.infos()[0].reason, "it answered ALLIANCE_E_LIBRARY");
    EXPECT_FALSE(registry.load(built_manifest("none"))) << "it came back";
  }
  ASSERT_EQ(services.log().size(), 1u);
  EXPECT_EQ(services.log()[0].text, "init");
}

TEST(Registry, ListsManifestsByName) {
  const Folder folder;
  for (const char* name : {"b.alliance.json", "a.alliance.json", ".alliance.json", "c.json", "sub/d.alliance.json"}) {
    folder.write(name, "{}");
  }
  const auto found = plugin::Registry::manifests(folder.path());
  ASSERT_TRUE(found);
  EXPECT_EQ(*found, (std::vector<std::string>{folder.at("a.alliance.json"), folder.at("b.alliance.json")}));
  const auto absent = plugin::Registry::manifests(folder.at("gone"));
  ASSERT_FALSE(absent);
  EXPECT_EQ(absent.error().status, ALLIANCE_E_NOT_FOUND);
  EXPECT_NE(absent.error().message.find("gone"), std::string::npos);
  const auto no_folder = plugin::Registry::manifests(folder.at("c.json"));
  ASSERT_FALSE(no_folder);
  EXPECT_EQ(no_folder.error().status, ALLIANCE_E_NOT_FOUND);
}

TEST(Registry, SurvivesAHostWithoutServicesOrSettings) {
  plugin::Registry registry({});
  const auto loaded = registry.load(built_manifest("none"));
  ASSERT_TRUE(loaded) << loaded.error().message;
  EXPECT_STREQ((*loaded)->services.config, "{}");
}

TEST(Gather, RefusesToGrowPastItsLimit) {
  plugin::Gather out(4);
  const auto* sink = out.sink();
  const std::uint8_t bytes[] = {1, 2, 3};
  EXPECT_EQ(sink->write(sink->context, bytes, 3), ALLIANCE_OK);
  EXPECT_EQ(sink->write(sink->context, bytes, 2), ALLIANCE_E_LIMIT);
  EXPECT_EQ(sink->write(sink->context, bytes, UINT64_MAX), ALLIANCE_E_LIMIT);
  EXPECT_EQ(sink->write(sink->context, nullptr, 1), ALLIANCE_E_INVALID);
  EXPECT_EQ(sink->write(sink->context, nullptr, 0), ALLIANCE_OK);
  EXPECT_EQ(sink->write(sink->context, bytes, 1), ALLIANCE_OK);
  EXPECT_EQ(out.bytes().size(), 4u);
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(out.bytes().data()) % 8, 0u);
}

}  // namespace
}  // namespace alliance::test

// SPDX-License-Identifier: Apache-2.0
// Plugins whose manifest is right and whose library is not.
#include "folder.h"

namespace alliance::test {
namespace {

struct Bad {
  const char* plugin;
  std::int32_t status;
  std::vector<std::string> words;
};

class BadPlugin : public testing::TestWithParam<Bad> {};

TEST_P(BadPlugin, IsRefusedByASentenceOfItsOwn) {
  Services services;
  plugin::Registry registry(services.host());
  const auto loaded = registry.load(built_manifest(GetParam().plugin));
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().status, GetParam().status) << loaded.error().message;
  for (const auto& word : GetParam().words) {
    EXPECT_NE(loaded.error().message.find(word), std::string::npos)
        << "'" << word << "' is not in: " << loaded.error().message;
  }
  EXPECT_TRUE(registry.plugins().empty());
}

INSTANTIATE_TEST_SUITE_P(
    Library, BadPlugin,
    testing::Values(Bad{"null-entry", ALLIANCE_E_BAD_INPUT, {"returned no table"}},
                    Bad{"layout", ALLIANCE_E_VERSION, {"layout_check", "build it"}},
                    Bad{"newer-major", ALLIANCE_E_VERSION, {"built for ABI 2.0", "speaks ABI 1.0"}},
                    Bad{"newer-minor", ALLIANCE_E_VERSION, {"built for ABI 1.1", "speaks ABI 1.0"}},
                    Bad{"tiny-entry", ALLIANCE_E_BAD_INPUT, {"4 bytes", "too few"}},
                    Bad{"short-entry", ALLIANCE_E_BAD_INPUT, {"ends before get_factory"}},
                    Bad{"no-init", ALLIANCE_E_BAD_INPUT, {"no init()"}},
                    Bad{"no-deinit", ALLIANCE_E_BAD_INPUT, {"no deinit()"}},
                    Bad{"no-get-factory", ALLIANCE_E_BAD_INPUT, {"no get_factory()"}},
                    Bad{"init-fails", ALLIANCE_E_DENIED, {"init() failed: the licence has expired: renew it"}},
                    Bad{"init-fails-unterminated", ALLIANCE_E_INTERNAL, {"init() failed: xxx"}},
                    Bad{"init-fails-mute", ALLIANCE_E_INTERNAL, {"gave no reason"}},
                    Bad{"no-factory", ALLIANCE_E_BAD_INPUT, {"kind timing", ALLIANCE_TIMING_FACTORY}},
                    Bad{"missing-slot", ALLIANCE_E_BAD_INPUT, {"timing table", "destroy()"}},
                    Bad{"too-old-table", ALLIANCE_E_BAD_INPUT, {"timing table", "plan()"}},
                    Bad{"no-symbol", ALLIANCE_E_BAD_INPUT, {"exports no alliance_plugin_entry_v1"}},
                    Bad{"undefined-symbol",
                        ALLIANCE_E_BAD_INPUT,
                        {"does not load", "undefined symbol", "a_function_that_nobody_has"}}),
    [](const auto& one) {
      std::string name = one.param.plugin;
      std::replace(name.begin(), name.end(), '-', '_');
      return name;
    });

std::vector<std::string> noted(const Services& services) {
  std::vector<std::string> lines;
  for (const Line& line : services.log()) lines.push_back(line.text);
  return lines;
}

TEST(Plugin, IsNotEndedAfterItsInitFailed) {
  Services services;
  {
    plugin::Registry registry(services.host());
    EXPECT_FALSE(registry.load(built_manifest("init-fails-mute")));
  }
  EXPECT_EQ(noted(services), std::vector<std::string>{"init"});
}

TEST(Plugin, IsEndedWhenItsTablesAreRefusedAfterInit) {
  Services services;
  plugin::Registry registry(services.host());
  EXPECT_FALSE(registry.load(built_manifest("missing-slot")));
  EXPECT_EQ(noted(services), (std::vector<std::string>{"init", "deinit"}));
}

TEST(Plugin, WithAnOlderTableAnswersUnsupportedWhereItEnds) {
  Services services;
  plugin::Registry registry(services.host());
  const auto loaded = registry.load(built_manifest("older-table"));
  ASSERT_TRUE(loaded) << loaded.error().message;
  const auto* timing = (*loaded)->timing;
  ASSERT_NE(timing, nullptr);
  EXPECT_EQ(timing->size, sizeof(alliance_timing_factory));

  EXPECT_EQ(timing->count(timing), 1u) << "the plugin was not given its own table back";
  alliance_descriptor what = ALLIANCE_DESCRIPTOR_INIT;
  EXPECT_EQ(timing->describe(timing, 0, &what, nullptr), ALLIANCE_OK);
  EXPECT_EQ(timing->describe(timing, 1, &what, nullptr), ALLIANCE_E_NOT_FOUND);
  EXPECT_STREQ(what.id, "faulty");
  alliance_timing* policy = nullptr;
  ASSERT_EQ(timing->create(timing, &(*loaded)->services, "faulty", &policy, nullptr), ALLIANCE_OK);

  plugin::Gather out;
  const std::uint8_t bytes[] = {1, 2, 3};
  EXPECT_EQ(timing->plan(policy, bytes, sizeof bytes, 0, out.sink(), nullptr), ALLIANCE_OK);
  EXPECT_EQ(out.take(), (std::vector<std::uint8_t>{1, 2, 3}));
  alliance_error error = ALLIANCE_ERROR_INIT;
  EXPECT_EQ(timing->account(policy, bytes, sizeof bytes, 0, out.sink(), &error), ALLIANCE_E_UNSUPPORTED);
  EXPECT_EQ(error.code, ALLIANCE_E_UNSUPPORTED);
  EXPECT_STREQ(error.message, "the plugin does not offer this");
  timing->destroy(policy);
}

TEST(Library, CutShortIsRefusedBeforeTheLoaderSeesIt) {
  const std::string whole = read(built + "/" + library_name("none"));
  const Folder folder;
  for (const std::size_t length :
       {std::size_t{0}, std::size_t{3}, std::size_t{40}, std::size_t{100}, std::size_t{700}, whole.size() / 2}) {
    const std::string cut = whole.substr(0, length);
    const auto manifest = folder.copy("none", with(sha256(whole), sha256(cut)));
    folder.write(library_name("none"), cut);
    Services services;
    plugin::Registry registry(services.host());
    const auto loaded = registry.load(manifest);
    ASSERT_FALSE(loaded) << length;
    EXPECT_NE(loaded.error().message.find("cut short"), std::string::npos) << loaded.error().message;
  }
}

TEST(Library, ThatIsNoneIsRefused) {
  const std::string whole = read(built + "/" + library_name("none"));
  const auto refused = [&](std::string bytes, const std::string& word) {
    const Folder folder;
    const auto manifest = folder.copy("none", with(sha256(whole), sha256(bytes)));
    folder.write(library_name("none"), bytes);
    Services services;
    plugin::Registry registry(services.host());
    const auto loaded = registry.load(manifest);
    ASSERT_FALSE(loaded);
    EXPECT_NE(loaded.error().message.find(word), std::string::npos) << loaded.error().message;
  };
  refused("#!/bin/sh\necho this is a script and not a shared library at all, whatever it is called\n",
          "no shared library");
  std::string other = whole;
  other[18] = '\x53', other[19] = '\x00';  // e_machine: an AVR
  refused(other, "another kind of machine");
  std::string program = whole;
  program[16] = '\x02';  // e_type: a program at a fixed address
  refused(program, "no shared library");
}

TEST(Library, GarbledAnywhereInItsHeadersNeverEndsTheProcess) {
  const std::string whole = read(built + "/" + library_name("none"));
  const Folder folder;
  for (std::size_t at = 0; at < 64; ++at) {  // the ELF header; beyond it the loader itself decides
    std::string bytes = whole;
    bytes[at] = static_cast<char>(~bytes[at]);
    const auto manifest = folder.copy("none", with(sha256(whole), sha256(bytes)));
    std::filesystem::remove(folder.at(library_name("none")));
    folder.write(library_name("none"), bytes);
    // In a child that leaves without its exit handlers: what the loader took may be a library that it cannot end.
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      Services services;
      plugin::Registry registry(services.host());
      const auto loaded = registry.load(manifest);
      ::_exit(loaded || !loaded.error().message.empty() ? 0 : 1);
    }
    int status = -1;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << "byte " << at << ", status " << status;
  }
}

// The loader knows libraries by name: had the first file's descriptor been closed, the second would have
// got its number and the loader would have answered with the first library.
TEST(Library, IsTheOneThatWasHashedEvenWhenDescriptorsComeAndGo) {
  Services services;
  std::vector<std::string> ids;
  for (const char* name : {"mood", "rest", "every-kind"}) {
    const Folder folder;
    plugin::Registry registry(services.host());
    const auto loaded = registry.load(folder.copy(name));
    ASSERT_TRUE(loaded) << loaded.error().message;
    const auto* measure = (*loaded)->measure;
    alliance_descriptor what = ALLIANCE_DESCRIPTOR_INIT;
    ASSERT_EQ(measure->describe(measure, 0, &what, nullptr), ALLIANCE_OK);
    ids.emplace_back(what.id);
  }
  EXPECT_EQ(ids, (std::vector<std::string>{"mood-3", "rest-1", "wide"}));
}

TEST(Library, WrittenOverWhileItIsLoadedIsRefused) {
  const Folder folder;
  Services services;
  plugin::Registry first(services.host());
  const auto manifest = folder.copy("none");
  ASSERT_TRUE(first.load(manifest));
  // Appended to: making it shorter would take the pages from under the code that runs.
  const std::string before = read(folder.at(library_name("none"))), tail = "a tail that the loader does not read";
  std::ofstream(folder.at(library_name("none")), std::ios::binary | std::ios::app) << tail;
  std::string text = read(manifest);
  replace(text, sha256(before), sha256(before + tail));
  folder.write(manifest_name("none"), text);
  plugin::Registry second(services.host());
  const auto loaded = second.load(manifest);
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().status, ALLIANCE_E_STATE);
  EXPECT_NE(loaded.error().message.find("written over"), std::string::npos) << loaded.error().message;
}

TEST(Library, ReplacedByRenamingLoadsAsTheNewOne) {
  const Folder folder;
  Services services;
  plugin::Registry first(services.host());
  ASSERT_TRUE(first.load(folder.copy("none")));
  const std::string changed = read(folder.at(library_name("none"))) + "a newer build";
  folder.write("fresh.so", changed);
  std::filesystem::rename(folder.at("fresh.so"), folder.at(library_name("none")));
  std::string text = read(folder.at(manifest_name("none")));
  replace(text, sha256(read(built + "/" + library_name("none"))), sha256(changed));
  folder.write(manifest_name("none"), text);
  plugin::Registry second(services.host());
  const auto loaded = second.load(folder.at(manifest_name("none")));
  EXPECT_TRUE(loaded) << loaded.error().message;
}

}  // namespace
}  // namespace alliance::test

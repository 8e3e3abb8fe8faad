// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <sys/stat.h>

#include "folder.h"

namespace alliance::test {
namespace {

// Refused with this status and these words, each of which is a part of the sentence; none of its code ran.
void refused(const std::string& manifest, std::int32_t status, const std::vector<std::string>& words) {
  Services services;
  plugin::Registry registry(services.host());
  const auto loaded = registry.load(manifest);
  ASSERT_FALSE(loaded) << "it was loaded";
  EXPECT_EQ(loaded.error().status, status) << loaded.error().message;
  for (const auto& word : words) {
    EXPECT_NE(loaded.error().message.find(word), std::string::npos)
        << "'" << word << "' is not in: " << loaded.error().message;
  }
  EXPECT_EQ(loaded.error().message.find('\n'), std::string::npos);
  const auto infos = registry.infos();
  ASSERT_EQ(infos.size(), 1u);
  EXPECT_EQ(infos[0].state, plugin::State::refused);
  EXPECT_EQ(infos[0].reason, loaded.error().message);
  EXPECT_EQ(infos[0].manifest, manifest);
  EXPECT_TRUE(registry.plugins().empty());
  EXPECT_TRUE(services.log().empty()) << "code of a refused plugin ran";
}

struct BadText {
  const char* name;
  const char* from;
  const char* to;
  std::int32_t status;
  std::vector<std::string> words;
};

class BadManifest : public testing::TestWithParam<BadText> {};

TEST_P(BadManifest, IsRefusedByASentenceThatNamesThePlace) {
  const Folder folder;
  const auto path = folder.copy("none", with(GetParam().from, GetParam().to));
  std::vector<std::string> words = GetParam().words;
  words.insert(words.begin(), "test_none.alliance.json: ");
  refused(path, GetParam().status, words);
}

const std::string library = "\"library\": \"liballiance_test_none.so\"";
const std::string file = "\"path\": \"liballiance_test_none.so\"";

INSTANTIATE_TEST_SUITE_P(
    Text, BadManifest,
    testing::Values(
        BadText{"FutureFormat",
                "\"format\": 1",
                "\"format\": 2, \"requires\": {\"moon\": 3}",
                ALLIANCE_E_VERSION,
                {"format 2", "format 1", "install a newer host"}},
        BadText{"VeryFutureFormat",
                "\"format\": 1",
                "\"format\": 99999999999999999999999",
                ALLIANCE_E_VERSION,
                {"format 1"}},
        BadText{"FormatZero", "\"format\": 1", "\"format\": 0", ALLIANCE_E_BAD_INPUT, {"field format", "format 1"}},
        BadText{"NoFormat", "\"format\": 1,", "", ALLIANCE_E_BAD_INPUT, {"field format", "missing"}},
        BadText{"FormatIsText", "\"format\": 1", "\"format\": \"1\"", ALLIANCE_E_BAD_INPUT, {"format", "line 2"}},
        BadText{"UnknownField", "\"vendor\"", "\"vendors\"", ALLIANCE_E_BAD_INPUT, {"vendors"}},
        BadText{"NoVendor", "\"vendor\": \"Example\",", "", ALLIANCE_E_BAD_INPUT, {"vendor"}},
        BadText{"EmptyVendor",
                "\"vendor\": \"Example\"",
                "\"vendor\": \"\"",
                ALLIANCE_E_BAD_INPUT,
                {"field vendor", "empty"}},
        BadText{"ControlCharacter",
                "\"vendor\": \"Example\"",
                "\"vendor\": \"a\\u001bb\"",
                ALLIANCE_E_BAD_INPUT,
                {"field vendor", "control character"}},
        BadText{"UpperCaseId",
                "org.example.none",
                "org.Example.none",
                ALLIANCE_E_BAD_INPUT,
                {"field id", "org.Example.none"}},
        BadText{"IdWithoutDot", "org.example.none", "none", ALLIANCE_E_BAD_INPUT, {"field id", "dots"}},
        BadText{"IdWithEmptyWord", "org.example.none", "org..none", ALLIANCE_E_BAD_INPUT, {"field id"}},
        BadText{"IdWithSlash", "org.example.none", "org.example/../none", ALLIANCE_E_BAD_INPUT, {"field id"}},
        BadText{"UnknownKind",
                "[\"timing\"]",
                "[\"timing\", \"telepathy\"]",
                ALLIANCE_E_UNSUPPORTED,
                {"field kinds", "'telepathy'", "measure, timing, tailoring, programme, transport"}},
        BadText{"NoKind", "[\"timing\"]", "[]", ALLIANCE_E_BAD_INPUT, {"field kinds", "empty"}},
        BadText{
            "KindTwice", "[\"timing\"]", "[\"timing\", \"timing\"]", ALLIANCE_E_BAD_INPUT, {"field kinds", "twice"}},
        BadText{"KindTwiceInOtherWords",
                "[\"timing\"]",
                "[\"timing\", \"alliance.timing-factory/1\"]",
                ALLIANCE_E_BAD_INPUT,
                {"field kinds", "twice"}},
        BadText{"FutureAbi",
                "\"abi_major\": 1",
                "\"abi_major\": 2",
                ALLIANCE_E_VERSION,
                {"ABI 2.0", "ABI 1.0", "newer host"}},
        BadText{"FutureMinor", "\"abi_minor\": 0", "\"abi_minor\": 7", ALLIANCE_E_VERSION, {"ABI 1.7", "ABI 1.0"}},
        BadText{"NoAbi", "\"abi_major\": 1,", "", ALLIANCE_E_VERSION, {"ABI 0.0"}},
        BadText{"HugeAbi", "\"abi_major\": 1", "\"abi_major\": 4294967296", ALLIANCE_E_BAD_INPUT, {"abi_major"}},
        BadText{"PythonRuntime", "\"native\"", "\"python\"", ALLIANCE_E_BAD_INPUT, {"end with .py"}},
        BadText{"UnknownRuntime", "\"native\"", "\"basic\"", ALLIANCE_E_BAD_INPUT, {"field runtime", "'basic'"}},
        BadText{"LibraryNotListed",
                library.c_str(),
                "\"library\": \"other.so\"",
                ALLIANCE_E_BAD_INPUT,
                {"field library", "other.so", "not among the files"}},
        BadText{"AbsolutePath",
                file.c_str(),
                "\"path\": \"/etc/hostname\"",
                ALLIANCE_E_BAD_INPUT,
                {"/etc/hostname", "leaves"}},
        BadText{"PathWithDots",
                file.c_str(),
                "\"path\": \"a/../../b.so\"",
                ALLIANCE_E_BAD_INPUT,
                {"a/../../b.so", "leaves"}},
        BadText{"EmptyPath", file.c_str(), "\"path\": \"\"", ALLIANCE_E_BAD_INPUT, {"empty"}},
        BadText{
            "MissingFile", file.c_str(), "\"path\": \"gone.so\"", ALLIANCE_E_NOT_FOUND, {"gone.so", "no such file"}},
        BadText{"FolderAsFile", file.c_str(), "\"path\": \".\"", ALLIANCE_E_BAD_INPUT, {"not a regular file"}},
        BadText{"NoHash", "\"sha256\": \"", "\"sha256\": \"zz", ALLIANCE_E_BAD_INPUT, {"64 hex digits"}},
        BadText{"NotJson", "{", "<", ALLIANCE_E_BAD_INPUT, {"line 1"}}),
    [](const auto& one) { return one.param.name; });

TEST(Manifest, IsAccepted) {
  const Folder folder;
  Services services;
  plugin::Registry registry(services.host());
  const auto loaded = registry.load(folder.copy("none"));
  ASSERT_TRUE(loaded) << loaded.error().message;
  EXPECT_EQ((*loaded)->info.id, "org.example.none");
  EXPECT_EQ((*loaded)->info.version, "1.0.0");
  EXPECT_EQ((*loaded)->info.kinds, std::vector<std::string>{"timing"});
  EXPECT_EQ((*loaded)->services.folder, folder.path());
}

TEST(Manifest, MayNameAKindByItsFactory) {
  const Folder folder;
  Services services;
  plugin::Registry registry(services.host());
  const auto loaded = registry.load(folder.copy("none", with("[\"timing\"]", "[\"alliance.timing-factory/1\"]")));
  ASSERT_TRUE(loaded) << loaded.error().message;
  EXPECT_EQ((*loaded)->info.kinds, std::vector<std::string>{"timing"});
}

TEST(Manifest, AcceptsAHashInCapitalLetters) {
  const Folder folder;
  const auto path = folder.copy("none", [](std::string& text) {
    const auto at = text.find("sha256\": \"") + 10;
    for (auto c = at; c < at + 64; ++c) text[c] = static_cast<char>(std::toupper(text[c]));
  });
  Services services;
  plugin::Registry registry(services.host());
  EXPECT_TRUE(registry.load(path));
}

TEST(Manifest, ThatIsNotThereIsNamed) {
  const Folder folder;
  refused(folder.at("gone.alliance.json"), ALLIANCE_E_NOT_FOUND, {"gone.alliance.json", "No such file"});
}

TEST(Manifest, CutShortIsRefusedAtEveryLength) {
  const Folder folder;
  const std::string whole = read(folder.copy("none"));
  for (std::size_t length = 0; length < whole.find_last_of('}'); ++length) {
    const auto path = folder.write("cut.alliance.json", whole.substr(0, length));
    Services services;
    plugin::Registry registry(services.host());
    const auto loaded = registry.load(path);
    ASSERT_FALSE(loaded) << length;
    EXPECT_EQ(loaded.error().status, ALLIANCE_E_BAD_INPUT) << length << ": " << loaded.error().message;
  }
}

TEST(Manifest, OverItsLimitIsRefusedBeforeItIsRead) {
  const Folder folder;
  const auto path = folder.copy("none", [](std::string& text) { text += std::string(64 << 10, ' '); });
  refused(path, ALLIANCE_E_LIMIT, {"65536"});
}

TEST(Manifest, OfNestedBracketsIsRefused) {
  const Folder folder;
  refused(folder.write("deep.alliance.json", std::string(60'000, '[')), ALLIANCE_E_BAD_INPUT, {"deep.alliance.json"});
  refused(folder.write("nul.alliance.json", std::string(1000, '\0')), ALLIANCE_E_BAD_INPUT, {"nul.alliance.json"});
}

TEST(Manifest, ThatIsAPipeOrAFolderIsRefusedWithoutWaiting) {
  const Folder folder;
  ASSERT_EQ(mkfifo(folder.at("pipe.alliance.json").c_str(), 0600), 0);
  refused(folder.at("pipe.alliance.json"), ALLIANCE_E_BAD_INPUT, {"regular file"});
  std::filesystem::create_directory(folder.at("folder.alliance.json"));
  refused(folder.at("folder.alliance.json"), ALLIANCE_E_BAD_INPUT, {"regular file"});
}

TEST(Manifest, WithAnotherHashNamesBothAndTheMend) {
  const Folder folder;
  const auto path = folder.copy("none");
  const std::string before = sha256(read(folder.at(library_name("none")))).substr(0, 12);
  const std::string changed = read(folder.at(library_name("none"))) + "x";
  folder.write(library_name("none"), changed);
  refused(path, ALLIANCE_E_BAD_INPUT, {before, sha256(changed).substr(0, 12), "install the plugin again"});
}

TEST(Manifest, WithASecondFileChecksThatOneToo) {
  const Folder folder;
  const auto add = [](const std::string& hash) {
    return with("\"files\": [", "\"files\": [{\"path\": \"data/rules.json\", \"sha256\": \"" + hash + "\"}, ");
  };
  folder.write("data/rules.json", "{}");
  refused(folder.copy("none", add(sha256("[]"))), ALLIANCE_E_BAD_INPUT, {"data/rules.json", "sha256"});
  Services services;
  plugin::Registry registry(services.host());
  EXPECT_TRUE(registry.load(folder.copy("none", add(sha256("{}")))));
}

TEST(Manifest, WithAFileTwiceIsRefused) {
  const Folder folder;
  refused(folder.copy("none",
                      [](std::string& text) {
                        const auto from = text.find("{\"path\""), to = text.find(']', from);
                        text.insert(to, ", " + text.substr(from, to - from));
                      }),
          ALLIANCE_E_BAD_INPUT, {"listed twice"});
}

TEST(Manifest, WithALinkOutOfTheFolderIsRefused) {
  const Folder folder, outside;
  const auto manifest = folder.copy("none");
  std::filesystem::rename(folder.at(library_name("none")), outside.at("real.so"));
  std::filesystem::create_symlink(outside.at("real.so"), folder.at(library_name("none")));
  refused(manifest, ALLIANCE_E_BAD_INPUT, {"symbolic link", "folder"});
}

TEST(Manifest, WithALinkToAFolderOutsideIsRefused) {
  const Folder folder, outside;
  outside.write("inner.so", "x");
  std::filesystem::create_directory_symlink(outside.path(), folder.at("sub"));
  refused(folder.copy("none", with(file, "\"path\": \"sub/inner.so\"")), ALLIANCE_E_BAD_INPUT, {"symbolic link"});
}

TEST(Manifest, WithAFolderWhoseNameBeginsAlikeIsOutside) {
  const Folder folder;
  std::filesystem::create_directory(folder.at("a"));
  std::filesystem::create_directory(folder.at("ab"));
  const auto manifest = folder.copy("none");
  std::filesystem::rename(manifest, folder.at("a/test.alliance.json"));
  std::filesystem::rename(folder.at(library_name("none")), folder.at("ab/real.so"));
  std::filesystem::create_symlink("../ab/real.so", folder.at("a/" + library_name("none")));
  refused(folder.at("a/test.alliance.json"), ALLIANCE_E_BAD_INPUT, {"symbolic link"});
}

TEST(Manifest, WithALinkInsideTheFolderIsAccepted) {
  const Folder folder;
  const auto manifest = folder.copy("none");
  std::filesystem::rename(folder.at(library_name("none")), folder.at("real.so"));
  std::filesystem::create_symlink("real.so", folder.at(library_name("none")));
  Services services;
  plugin::Registry registry(services.host());
  const auto loaded = registry.load(manifest);
  EXPECT_TRUE(loaded) << loaded.error().message;
}

}  // namespace
}  // namespace alliance::test

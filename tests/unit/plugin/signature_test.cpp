// SPDX-License-Identifier: Apache-2.0
#include "plugin/signature.h"

#include "folder.h"
#include "plugin/manifest_text.h"

namespace alliance::test {
namespace {

constexpr std::int64_t in_2026 = 1'780'000'000'000'000;

struct Vendor {
  Vendor(const Folder& folder, const std::string& called) : name(called), file(folder.at(called + ".pem")) {
    const auto made = plugin::make_key(file);
    EXPECT_TRUE(made) << made.error().message;
    if (made) key = *made;
  }
  std::string entry(const std::string& until = "2026-12-31") const {
    return R"({"name":")" + name + R"(","key":")" + key.text() + R"(","not_after":")" + until + "\"}";
  }
  std::string name, file;
  plugin::PublicKey key;
};

// Signs the manifest at `path` as the command does.
void sign(const std::string& path, const Vendor& vendor) {
  const auto blank = plugin::with_signature(read(path), "");
  ASSERT_TRUE(blank) << blank.error().message;
  std::ofstream(path, std::ios::binary) << *blank;
  plugin::Manifest seen;
  const auto manifest = plugin::read_manifest(path, seen);
  ASSERT_TRUE(manifest) << manifest.error().message;
  const auto signature = plugin::sign(*manifest, vendor.file);
  ASSERT_TRUE(signature) << signature.error().message;
  std::ofstream(path, std::ios::binary) << *plugin::with_signature(*blank, *signature);
}

// What is said of it, by a trust file with this text.
std::string judged(const Folder& folder, const std::string& path, const std::string& trust, bool signed_only = true) {
  const auto whom = plugin::Trust::read(folder.write("trust.json", trust));
  if (!whom) return whom.error().message;
  plugin::Manifest seen;
  const auto manifest = plugin::read_manifest(path, seen);
  if (!manifest) return manifest.error().message;
  const auto said = whom->judge(*manifest, in_2026, signed_only);
  return said ? *said : said.error().message;
}

bool says(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

TEST(Signature, OfATrustedKeyIsGoodAndAnyOtherByteOfTheManifestBreaksIt) {
  const Folder folder;
  const Vendor vendor(folder, "vendor");
  const std::string path = folder.copy("mood"), trust = "{\"keys\":[" + vendor.entry() + "]}";
  sign(path, vendor);
  EXPECT_EQ(judged(folder, path, trust), "good, by vendor (key " + vendor.key.id() + ", until 2026-12-31)");
  const std::string whole = read(path);
  const std::size_t from = whole.find("ed25519:"), end = whole.find('"', from);
  int tried = 0;
  for (std::size_t at = 0; at < whole.size(); ++at) {
    for (const char other : {static_cast<char>(whole[at] ^ 1), ' ', '\n'}) {
      std::string changed = whole;
      changed[at] = other;
      if (changed == whole) continue;
      folder.write(manifest_name("mood"), changed);
      const std::string said = judged(folder, path, trust);
      EXPECT_FALSE(says(said, "good, by")) << "byte " << at << (at >= from && at < end ? " of the signature" : "");
      ++tried;
    }
  }
  EXPECT_GT(tried, 1000);
}

TEST(Signature, EachReasonToRefuseHasASentenceOfItsOwn) {
  const Folder folder;
  const Vendor vendor(folder, "vendor"), stranger(folder, "stranger");
  const std::string path = folder.copy("mood"), unsigned_one = read(path);
  const std::string trust = "{\"keys\":[" + vendor.entry() + "]}";
  EXPECT_TRUE(says(judged(folder, path, trust), "it is not signed and this host loads signed plugins only"));
  EXPECT_EQ(judged(folder, path, trust, false), "none");
  sign(path, stranger);
  EXPECT_TRUE(says(judged(folder, path, trust), "key " + stranger.key.id() + ", which is not in the trust file"));
  EXPECT_TRUE(says(judged(folder, path, trust, false), "which is not in the trust file"));
  sign(path, vendor);
  EXPECT_TRUE(says(judged(folder, path, "{\"keys\":[" + vendor.entry("2024-01-31") + "]}"),
                   "the key of vendor that signed it was good until 2024-01-31"));
  const auto at_least = [&](const std::string& version) {
    return judged(folder, path,
                  "{\"keys\":[" + vendor.entry() + R"(],"minimum_versions":[{"plugin":"org.example.mood","version":")" +
                      version + "\"}]}");
  };
  for (const char* good : {"1.0.0", "0.9", "1.0.0-rc.1", "0.10.0"}) EXPECT_TRUE(says(at_least(good), "good")) << good;
  for (const char* newer : {"1.0.1", "1.0.0.1", "1.10.0", "2.0.0-beta"}) {
    EXPECT_TRUE(says(at_least(newer), std::string("version 1.0.0 and the trust file wants ") + newer)) << newer;
  }
  folder.write(library_name("mood"), read(built + "/" + library_name("mood")) + "x");
  EXPECT_TRUE(says(judged(folder, path, trust), "its sha256 is"));
  folder.write(library_name("mood"), read(built + "/" + library_name("mood")));
  std::string changed = read(path);
  replace(changed, "\"version\": \"1.0.0\"", "\"version\": \"9.0.0\"");
  folder.write(manifest_name("mood"), changed);
  EXPECT_TRUE(says(judged(folder, path, trust), "its signature by vendor is not over these bytes"));
  folder.write(manifest_name("mood"), *plugin::with_signature(unsigned_one, "rsa:abc"));
  EXPECT_TRUE(says(judged(folder, path, trust), "none that this host reads"));
}

TEST(Signature, ATrustFileThatCannotServeIsOneSentence) {
  const Folder folder;
  const Vendor vendor(folder, "vendor");
  const std::string path = folder.copy("mood");
  const auto words = [&](const std::string& text) { return judged(folder, path, text); };
  EXPECT_TRUE(says(words("{"), "trust.json"));
  EXPECT_TRUE(says(words(R"({"keys":[{"name":"a","key":"AAAA","not_after":"2026-01-01"}]})"), "base64 of 32 bytes"));
  EXPECT_TRUE(says(words("{\"keys\":[" + vendor.entry("2026-02-30") + "]}"), "not_after is no day"));
  EXPECT_TRUE(says(words(R"({"keys":[],"minimum_versions":[{"plugin":"No Id","version":"1"}]})"), "no plugin's id"));
  EXPECT_FALSE(plugin::Trust::read(folder.at("absent.json")));
}

TEST(Signature, AKeyIsItsOwnersAloneAndIsNotWrittenOver) {
  const Folder folder;
  const Vendor vendor(folder, "vendor");
  namespace fs = std::filesystem;
  EXPECT_EQ(fs::status(vendor.file).permissions(), fs::perms::owner_read | fs::perms::owner_write);
  EXPECT_FALSE(plugin::make_key(vendor.file));
  plugin::Manifest manifest;
  EXPECT_FALSE(plugin::sign(manifest, folder.write("none.pem", "no key")));
  EXPECT_FALSE(plugin::sign(manifest, folder.at("absent.pem")));
}

TEST(Signature, ARegistryAsksBeforeItLoads) {
  const Folder folder;
  Services services;
  auto side = services.host();
  side.admit = [](const plugin::Manifest& manifest) -> Result<std::string> {
    return fail(ALLIANCE_E_DENIED, "not " + manifest.id);
  };
  plugin::Registry registry(std::move(side));
  const auto loaded = registry.load(folder.copy("mood"));
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().message, "test_mood.alliance.json: not org.example.mood");
  EXPECT_EQ(registry.infos()[0].state, plugin::State::refused);
}

}  // namespace
}  // namespace alliance::test

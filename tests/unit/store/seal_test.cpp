// SPDX-License-Identifier: Apache-2.0
// The cipher, the keys, and the places in which sealed bytes open.
#include "store/seal.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <set>

#include "making.h"
#include "store/keyring.h"
#include "store/vault.h"

namespace alliance::store {
namespace {

Secret repeated(std::uint8_t byte) {
  std::array<std::uint8_t, Secret::length> bytes{};
  bytes.fill(byte);
  return Secret(bytes);
}
Bytes bytes_of(std::string_view text) { return {text.begin(), text.end()}; }
std::string hex(const Bytes& bytes) {
  std::string out;
  for (const auto byte : bytes) {
    char two[3];
    std::snprintf(two, sizeof two, "%02x", byte);
    out += two;
  }
  return out;
}
// The examples of C2SP's specification of XAES-256-GCM.
TEST(Seal, IsTheCipherThatItsSpecificationDescribes) {
  std::array<std::uint8_t, 24> nonce{};
  for (std::size_t i = 0; i < nonce.size(); ++i) nonce[i] = static_cast<std::uint8_t>('A' + i);
  const auto text = bytes_of("XAES-256-GCM");
  EXPECT_EQ(hex(*xaes256gcm(repeated(1), nonce, text, {})), "ce546ef63c9cc60765923609b33a9a1974e96e52daf2fcf7075e2271");
  EXPECT_EQ(hex(*xaes256gcm(repeated(3), nonce, text, bytes_of("c2sp.org/XAES-256-GCM"))),
            "986ec1832593df5443a179437fd083bf3fdb41abd740a21f71eb769d");
}

TEST(Seal, OpensInItsOwnPlaceAndInNoOther) {
  const auto key = repeated(7);
  const Place place{"event", "case-1", 5, 12, "e1", 1000};
  const auto text = bytes_of("answers");
  const auto sealed = *seal(key, text, associated("clinic", place));
  EXPECT_EQ(*unseal(key, sealed, associated("clinic", place)), text);
  EXPECT_EQ(sealed.size(), text.size() + seal_overhead);

  const auto opens = [&](const std::string& owner, const Place& other) {
    return unseal(key, sealed, associated(owner, other)).has_value();
  };
  for (int part = 0; part < 6; ++part) {
    Place other = place;
    if (part == 0) other.what = "derived";
    if (part == 1) other.stream = "case-2";
    if (part == 2) other.epoch = 6;
    if (part == 3) other.row = 13;
    if (part == 4) other.name = "e2";
    if (part == 5) other.time = 1001;
    EXPECT_FALSE(opens("clinic", other)) << part;
  }
  EXPECT_FALSE(opens("another clinic", place));
  EXPECT_FALSE(opens("clinic", {"eventcase-", "1", 5, 12, "e1", 1000})) << "parts must not run together";
  EXPECT_FALSE(unseal(repeated(8), sealed, associated("clinic", place)));
  for (std::size_t at = 0; at < sealed.size(); ++at) {
    auto changed = sealed;
    changed[at] ^= 1;
    EXPECT_FALSE(unseal(key, changed, associated("clinic", place))) << at;
    EXPECT_FALSE(unseal(key, std::span(sealed).first(at), associated("clinic", place)));
  }
  EXPECT_EQ(*unseal(key, *seal(key, {}, {}), {}), Bytes());
}

TEST(Seal, TheSameTextIsNeverTheSameBytes) {
  const auto key = repeated(7);
  std::set<Bytes> seen;
  for (int i = 0; i < 2000; ++i) {
    auto sealed = *seal(key, bytes_of("the same"), {});
    EXPECT_TRUE(seen.insert(Bytes(sealed.begin() + 4, sealed.begin() + 28)).second) << "a nonce came twice";
  }
}

// Numbers that are used once are drawn many at a time, and a fork has a copy of what its parent drew.
TEST(Seal, NoNonceComesTwiceAlsoAfterAFork) {
  const auto key = *Secret::random();
  const auto nonce = [&] {
    const auto bytes = *seal(key, Bytes{1}, Bytes{});
    return std::string(bytes.begin() + 4, bytes.begin() + 28);
  };
  std::set<std::string> seen;
  for (int i = 0; i < 1'000; ++i) EXPECT_TRUE(seen.insert(nonce()).second);
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    const auto own = nonce();
    ::_exit(::write(ends[1], own.data(), own.size()) == static_cast<ssize_t>(own.size()) ? 0 : 1);
  }
  std::string theirs(24, '\0');
  ASSERT_EQ(::read(ends[0], theirs.data(), theirs.size()), 24);
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_TRUE(seen.insert(theirs).second);
  EXPECT_TRUE(seen.insert(nonce()).second);
  ::close(ends[0]);
  ::close(ends[1]);
}

TEST(KeyRing, KeepsKeysUnderAMasterAndRefusesAnother) {
  const Folder folder;
  const auto path = folder / "s.keys";
  KeyId one{};
  std::vector<KeyId> others;
  Secret key;
  {
    auto ring = *KeyRing::open(path, repeated(1), KeyRing::Use::make);
    const auto ids = *ring.add(3);
    one = ids[0];
    others = {ids[1], ids[2]};
    key = *ring.key(one);
  }
  struct stat status{};
  ASSERT_EQ(::stat(path.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
  EXPECT_EQ(contents(path).find(std::string(key.bytes().begin(), key.bytes().end())), std::string::npos);
  auto again = *KeyRing::open(path, repeated(1), KeyRing::Use::read);
  for (const auto& other : others) EXPECT_TRUE(again.key(other));
  EXPECT_TRUE(std::ranges::equal(again.key(one)->bytes(), key.bytes()));
  const auto wrong = KeyRing::open(path, repeated(2), KeyRing::Use::read);
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().status, ALLIANCE_E_DENIED);
  EXPECT_NE(wrong.error().message.find("ALLIANCE_STORE_KEY"), std::string::npos) << wrong.error().message;
}

TEST(KeyRing, ADestroyedKeyIsOverwrittenAndItsPlaceSaysSo) {
  const Folder folder;
  const auto path = folder / "s.keys";
  auto ring = *KeyRing::open(path, repeated(1), KeyRing::Use::make);
  const auto ids = *ring.add(2);
  const auto before = contents(path);
  ASSERT_TRUE(ring.destroy(ids[0], 77));
  ASSERT_TRUE(ring.destroy(ids[0], 78)) << "again is nothing";
  EXPECT_EQ(ring.key(ids[0]).error().status, ALLIANCE_E_DENIED);
  const auto after = contents(path);
  EXPECT_EQ(after.size(), before.size());
  // The wrapped key lies 32 bytes into its slot; nothing of it is left.
  const auto wrapped = before.substr(128 + 32, 32 + seal_overhead);
  EXPECT_NE(wrapped, std::string(wrapped.size(), '\0'));
  EXPECT_EQ(after.find(wrapped.substr(4, 16)), std::string::npos);
  auto again = *KeyRing::open(path, repeated(1), KeyRing::Use::read);
  EXPECT_EQ(again.slot(ids[0]).state, KeyRing::State::destroyed);
  EXPECT_EQ(again.slot(ids[0]).time, 77);
  EXPECT_EQ(again.slot(ids[1]).state, KeyRing::State::live);
  EXPECT_EQ(again.slot(KeyId{}).state, KeyRing::State::missing);
}

TEST(KeyRing, WhatWasBeingWrittenWhenTheMachineStoppedIsPassedOver) {
  const Folder folder;
  const auto path = folder / "s.keys";
  KeyId first{};
  {
    auto ring = *KeyRing::open(path, repeated(1), KeyRing::Use::make);
    first = ring.add(1)->front();
    ASSERT_TRUE(ring.add(1));
  }
  const auto whole = contents(path);
  for (std::size_t cut = whole.size() - 127; cut < whole.size(); cut += 9) {
    std::ofstream(path, std::ios::binary | std::ios::trunc) << whole.substr(0, cut);
    auto ring = KeyRing::open(path, repeated(1), KeyRing::Use::write);
    ASSERT_TRUE(ring) << ring.error().message;
    EXPECT_TRUE(ring->key(first));
    const auto more = ring->add(1);
    ASSERT_TRUE(more);
    auto again = *KeyRing::open(path, repeated(1), KeyRing::Use::read);
    EXPECT_TRUE(again.key(first));
    EXPECT_TRUE(again.key(more->front()));
  }
  auto spoiled = whole;
  spoiled[128 + 40] = static_cast<char>(spoiled[128 + 40] ^ 1);
  std::ofstream(path, std::ios::binary | std::ios::trunc) << spoiled;
  auto ring = *KeyRing::open(path, repeated(1), KeyRing::Use::read);
  EXPECT_EQ(ring.slot(first).state, KeyRing::State::damaged);
  EXPECT_EQ(ring.key(first).error().status, ALLIANCE_E_BAD_INPUT);
}

TEST(MasterKey, IsMadeOnceForItsOwnerAloneAndReadFromWhereItIsNamed) {
  const Folder folder;
  const auto made = master_key({}, folder / "s", Make::if_missing);
  ASSERT_TRUE(made);
  struct stat status{};
  ASSERT_EQ(::stat((folder / "s.master").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
  EXPECT_TRUE(std::ranges::equal(master_key({}, folder / "s", Make::no)->bytes(), made->bytes()));
  ASSERT_EQ(::chmod((folder / "s.master").c_str(), 0640), 0);
  const auto open_to_others = master_key({}, folder / "s", Make::no);
  ASSERT_FALSE(open_to_others);
  EXPECT_NE(open_to_others.error().message.find("chmod 600"), std::string::npos);
  EXPECT_EQ(master_key({}, folder / "other", Make::no).error().status, ALLIANCE_E_NOT_FOUND);

  const std::string text(64, 'a');
  ::setenv("ALLIANCE_STORE_KEY", text.c_str(), 1);
  EXPECT_TRUE(std::ranges::equal(master_key({}, folder / "s", Make::no)->bytes(), repeated(0xaa).bytes()));
  ::setenv("ALLIANCE_STORE_KEY", "secret word", 1);
  const auto bad = master_key({}, folder / "s", Make::no);
  ::unsetenv("ALLIANCE_STORE_KEY");
  ASSERT_FALSE(bad);
  EXPECT_EQ(bad.error().message.find("secret word"), std::string::npos) << "a secret stands in no message";
}

}  // namespace
}  // namespace alliance::store

// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "timing/plan.h"

namespace {

namespace fb = alliance::fb;
using alliance::timing::player;
using Instruments = std::vector<std::unique_ptr<fb::InstrumentT>>;

void add(Instruments& all, const std::string& id, const std::string& version, const std::string& role,
         fb::Rater rater = fb::Rater::client, fb::Target target = fb::Target::practitioner) {
  auto scale = std::make_unique<fb::ScaleT>();
  scale->id = "total";
  scale->roles = {"something.else", role};
  auto made = std::make_unique<fb::InstrumentT>();
  made->id = id;
  made->version = version;
  made->perspective = rater;
  made->target = target;
  made->scales.push_back(std::move(scale));
  all.push_back(std::move(made));
}

const fb::InstrumentT* total(const Instruments& all, const std::vector<std::string>& prefer) {
  return player(all, prefer, "alliance.total", fb::Rater::client, fb::Target::practitioner);
}

TEST(Player, IsTheFirstPreferredElseTheFirstById) {
  Instruments all;
  add(all, "wai", "1.0.0", "alliance.total");
  add(all, "arm", "1.0.0", "alliance.total");
  add(all, "srs", "1.0.0", "alliance.total");
  EXPECT_EQ(total(all, {})->id, "arm");
  EXPECT_EQ(total(all, {"srs", "wai"})->id, "srs");
  EXPECT_EQ(total(all, {"absent", "wai", "srs"})->id, "wai");
}

TEST(Player, IsTheNewestVersionByNumberNotByLetter) {
  Instruments all;
  add(all, "wai", "1.9.0", "alliance.total");
  add(all, "wai", "1.10.0", "alliance.total");
  add(all, "wai", "1.2.0", "alliance.total");
  EXPECT_EQ(total(all, {})->version, "1.10.0");
}

TEST(Player, MustHaveTheRoleTheRaterAndTheTarget) {
  Instruments all;
  add(all, "a", "1", "alliance.total", fb::Rater::practitioner);
  add(all, "b", "1", "alliance.total", fb::Rater::client, fb::Target::programme);
  add(all, "c", "1", "alliance.bond");
  EXPECT_EQ(total(all, {"a", "b", "c"}), nullptr);
  all.push_back(nullptr);
  add(all, "d", "1", "alliance.total");
  EXPECT_EQ(total(all, {"a"})->id, "d");
}

}  // namespace

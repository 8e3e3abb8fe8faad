// SPDX-License-Identifier: Apache-2.0
#include "store/ledger.h"

#include <gtest/gtest.h>

namespace alliance::store {
namespace {

TEST(Ledger, WithoutAnEndpointNothingIsEverDeleted) {
  Ledger ledger;
  ledger.added(Lane::normal, 1, 5);
  EXPECT_EQ(ledger.pending().floor[0], 0u);
  EXPECT_EQ(ledger.waiting(), 5u);
}

TEST(Ledger, TheSlowestEndpointHoldsBackDeletionInItsLaneAlone) {
  Ledger ledger;
  for (const auto* name : {"a", "b"}) {
    ledger.join(name, Lane::normal);
    ledger.join(name, Lane::safety);
  }
  ledger.added(Lane::normal, 1, 1);
  ledger.added(Lane::safety, 2, 1);
  ledger.added(Lane::normal, 3, 1);
  ASSERT_TRUE(ledger.acknowledge("a", Lane::normal, 3));
  ASSERT_TRUE(ledger.acknowledge("a", Lane::safety, 2));
  ASSERT_TRUE(ledger.acknowledge("b", Lane::safety, 2));
  EXPECT_EQ(ledger.pending().floor, (std::array<std::uint64_t, 2>{0, 2}));
  ASSERT_TRUE(ledger.acknowledge("b", Lane::normal, 1));
  EXPECT_EQ(ledger.pending().floor, (std::array<std::uint64_t, 2>{1, 2}));
  EXPECT_EQ(ledger.waiting(), 1u);
}

TEST(Ledger, OnlyWhatChangedSinceTheLastTransactionIsWritten) {
  Ledger ledger;
  ledger.join("a", Lane::normal);
  ledger.added(Lane::normal, 1, 1);
  ledger.added(Lane::normal, 2, 1);
  ASSERT_TRUE(ledger.acknowledge("a", Lane::normal, 1));
  const auto first = ledger.pending();
  ASSERT_EQ(first.places.size(), 1u);
  ASSERT_TRUE(ledger.acknowledge("a", Lane::normal, 2));  // while the first is being written
  ledger.wrote(first);
  EXPECT_TRUE(ledger.dirty());
  EXPECT_EQ(ledger.pending().places.front().position, 2u);
  ledger.wrote(ledger.pending());
  EXPECT_FALSE(ledger.dirty());
  EXPECT_TRUE(ledger.pending().places.empty());
  ASSERT_TRUE(ledger.acknowledge("a", Lane::normal, 1));  // an older one that comes late changes nothing
  EXPECT_FALSE(ledger.dirty());
}

TEST(Ledger, ANewcomerAfterARestartWaitsForTheSlowestToo) {
  Ledger ledger;
  ledger.restore_row(Lane::normal, 5, 2);
  ledger.restore_row(Lane::normal, 6, 2);
  ledger.restore_place("quick", Lane::normal, 5);
  ledger.restore_place("slow", Lane::normal, 4);
  ledger.restore_totals(10, 6);
  EXPECT_EQ(ledger.waiting(), 4u);
  EXPECT_EQ(ledger.join("new", Lane::normal), 4u);
  EXPECT_EQ(*ledger.place("quick", Lane::normal), 5u);
}

}  // namespace
}  // namespace alliance::store

// SPDX-License-Identifier: Apache-2.0
#include "fhir/primitives.h"

#include <gtest/gtest.h>

using namespace alliance::fhir;

namespace {

TEST(FhirPrimitives, DatesAreThoseOfTheCalendar) {
  for (const char* good : {"2026", "2026-11", "2026-11-24", "2024-02-29"}) EXPECT_TRUE(is_date(good)) << good;
  for (const char* bad : {"", "26", "2026-", "2026-13", "2026-11-31", "2025-02-29", "24.11.2026", "2026-11-24T"}) {
    EXPECT_FALSE(is_date(bad)) << bad;
  }
}

TEST(FhirPrimitives, ATimeOfDayNeedsItsZone) {
  for (const char* good :
       {"2026", "2026-11-24T09:30:00Z", "2026-11-24T09:30:00.123+01:00", "2026-11-24T09:30:00-14:00"}) {
    EXPECT_TRUE(is_date_time(good)) << good;
  }
  for (const char* bad : {"2026-11-24T09:30:00", "2026-11T09:30:00Z", "2026-11-24 09:30:00Z", "2026-11-24T09:30Z",
                          "2026-11-24T24:30:00Z", "2026-11-24T09:30:00.Z", "2026-11-24T09:30:00+14:30"}) {
    EXPECT_FALSE(is_date_time(bad)) << bad;
  }
  EXPECT_TRUE(is_time("09:30:00"));
  EXPECT_FALSE(is_time("9:30"));
}

TEST(FhirPrimitives, IdsAndCodes) {
  EXPECT_TRUE(is_id("a.B-3"));
  EXPECT_FALSE(is_id("a_b"));
  EXPECT_FALSE(is_id(std::string(65, 'a')));
  EXPECT_TRUE(is_code("LA6568-5"));
  EXPECT_TRUE(is_code("two words"));
  EXPECT_FALSE(is_code(" LA6568-5"));
  EXPECT_FALSE(is_code("two  blanks"));
}

}  // namespace

// SPDX-License-Identifier: Apache-2.0
#include "sheets.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>
#if defined(__x86_64__) && defined(__GNUC__)
#include <immintrin.h>
#endif

namespace alliance::instruments {
namespace {

constexpr std::size_t most_sheet_items = 1000;  // as many as an instrument may have

#define SHEETS_NAME sheets_least
#define SHEETS_TARGET
#define SHEETS_LANES 2
#include "sheets.inc"

#if defined(__x86_64__) && defined(__GNUC__)
#include "sheets_words.inc"
#define SHEETS_WORDS score_as_words
#define SHEETS_TARGET __attribute__((target("avx2")))
#define SHEETS_LANES 4
#define SHEETS_NAME sheets_avx2
#include "sheets.inc"
bool has_avx2() { return __builtin_cpu_supports("avx2") != 0; }
#else
SheetWords words_of(const SheetKey&) { return {}; }
constexpr auto sheets_avx2 = sheets_least;
bool has_avx2() { return false; }
#endif

}  // namespace

Sheets::Sheets(SheetKey key, bool wide)
    : key_(std::move(key)),
      run_(wide && has_avx2() ? sheets_avx2 : sheets_least),
      any_bands_(std::any_of(key_.has_bands.begin(), key_.has_bands.end(), [](auto some) { return some != 0; })) {
  key_.words = words_of(key_);
}

}  // namespace alliance::instruments

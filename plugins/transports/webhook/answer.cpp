// SPDX-License-Identifier: Apache-2.0
#include "answer.h"

#include <alliance/base.h>

#include <algorithm>

namespace alliance::webhook {
namespace {

struct Row {
  long from, to;
  std::int32_t status;
  bool about_data;
  const char* sentence;
};

// The first row that fits. What is the operator's to mend is tried again for ever; only what is about the report
// itself puts it among the dead letters.
constexpr Row table[] = {
    {200, 299, ALLIANCE_OK, false, "taken"},
    {300, 399, ALLIANCE_E_STATE, false, "it points elsewhere: write the new address into the settings"},
    {400, 400, ALLIANCE_E_BAD_INPUT, true, "it does not understand the report"},
    {401, 401, ALLIANCE_E_STATE, false, "it does not take the signature: look at the secrets of both sides"},
    {403, 403, ALLIANCE_E_STATE, false, "it does not let this platform in"},
    {408, 408, ALLIANCE_E_IO, false, "it ran out of time"},
    {409, 409, ALLIANCE_OK, false, "taken before"},
    {410, 410, ALLIANCE_E_STATE, false, "it is gone for good: forget this endpoint"},
    {413, 413, ALLIANCE_E_LIMIT, true, "the report is too large for it"},
    {415, 415, ALLIANCE_E_UNSUPPORTED, true, "it does not take this form: try another mode"},
    {422, 422, ALLIANCE_E_BAD_INPUT, true, "it will not have the report"},
    {425, 425, ALLIANCE_E_IO, false, "not now"},
    {429, 429, ALLIANCE_E_IO, false, "too many at once"},
    {400, 499, ALLIANCE_E_STATE, false, "it takes nothing at this address"},
    {500, 599, ALLIANCE_E_IO, false, "it is in trouble"},
};

}  // namespace

Meaning meaning_of(const Answer& answer) {
  const auto prefix = "the receiver answered " + std::to_string(answer.status);
  for (const Row& row : table) {
    if (answer.status < row.from || answer.status > row.to) continue;
    return {row.status, row.about_data, prefix + ": " + row.sentence};
  }
  return {ALLIANCE_E_IO, false, prefix + ", which is no answer"};
}

std::int64_t pause_of(const Answer& answer, bool safety) {
  constexpr std::int64_t hour = 3600, minute = 60;
  return std::clamp<std::int64_t>(answer.retry_after, 0, safety ? minute : hour);
}

}  // namespace alliance::webhook

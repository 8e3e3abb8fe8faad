/* SPDX-License-Identifier: Apache-2.0 */
/* Kept timing: asks the client for symptoms once a week, from the opening of the case on. */
#include <alliance/timing.h>

#include "glue.h"

#define DAY INT64_C(86400000000)
enum { weeks_where_none_are_said = 8, most_weeks = 500 };

static uint64_t count(const alliance_timing_factory* factory) { return (void)factory, 1; }

static int32_t describe(const alliance_timing_factory* factory, uint64_t index, alliance_descriptor* out,
                        alliance_error* error) {
  (void)factory;
  return describe_one(index, "kept-timing", "Kept timing", out, error);
}

static char instance; /* it keeps nothing: any address will do for it */

static int32_t create(const alliance_timing_factory* factory, const alliance_services* services, const char* id,
                      alliance_timing** out, alliance_error* error) {
  const int32_t status = check_create("kept-timing", id, out, error);
  (void)factory, (void)services;
  if (status == ALLIANCE_OK) *out = (alliance_timing*)&instance;
  return status;
}

static void destroy(alliance_timing* timing) { (void)timing; }

static void add_week(growing* to, int64_t week, int64_t opens, alliance_instant now, int64_t* next) {
  const int64_t due = opens + DAY, expires = opens + 3 * DAY, changes[] = {opens, due, expires};
  /* An occasion that was answered is "answered": look for a sheet of the role in the case's `sheets`. */
  const char* state = now < opens ? "planned" : now < due ? "due" : now < expires ? "overdue" : "expired";
  char text[400];
  size_t at;
  for (at = 0; at < 3; ++at) {
    if (changes[at] > now && (*next == 0 || changes[at] < *next)) *next = changes[at];
  }
  snprintf(text, sizeof text,
           "%s{\"key\":\"week-%lld\",\"role\":\"symptom.total\",\"rater\":\"client\",\"opens\":%lld,\"due\":%lld,"
           "\"expires\":%lld,\"state\":\"%s\",\"rule\":\"weekly\",\"reason\":\"once a week\"}",
           week == 0 ? "" : ",", (long long)week + 1, (long long)opens, (long long)due, (long long)expires, state);
  add(to, text);
}

/* The same case and instant give the same plan: no clock, and nothing kept between calls. */
static int32_t plan(alliance_timing* timing, const uint8_t* case_bytes, uint64_t length, alliance_instant now,
                    const alliance_sink* out, alliance_error* error) {
  growing a_case = {NULL, 0, 0}, json = {NULL, 0, 0};
  int64_t opened, weeks, week, next = 0;
  char end[64];
  int32_t status = read_table("Case", case_bytes, length, &a_case, error); /* refuses what is no Case */
  (void)timing;
  if (status == ALLIANCE_OK) {
    opened = number(a_case.text, "opened", 0);
    weeks = number(a_case.text, "weeks", weeks_where_none_are_said);
    add(&json, "{\"occasions\":[");
    for (week = 0; opened != 0 && week < weeks && week < most_weeks; ++week) {
      add_week(&json, week, opened + 7 * week * DAY, now, &next);
    }
    snprintf(end, sizeof end, "],\"next_change\":%lld}", (long long)next);
    add(&json, end);
    status = json.failed ? refuse(error, ALLIANCE_E_LIMIT, "there is no memory")
                         : write_table("Plan", json.text, out, error);
  }
  free(a_case.text);
  free(json.text);
  return status;
}

/* account() says where a practitioner's minutes go; NULL, and the host knows that this policy keeps no account. */
static const alliance_timing_factory table = {sizeof table, 0, count, describe, create, destroy, plan, NULL};

GLUE_ENTRY(ALLIANCE_TIMING_FACTORY, table)

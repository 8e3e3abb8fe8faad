/* SPDX-License-Identifier: Apache-2.0 */
/* Kept programme: a programme of two modules that exports one line per fact, "ID CASE MODULE SECONDS". */
#include <alliance/programme.h>

#include "glue.h"

static const char catalogue_json[] =
    "{\"id\": \"kept-programme\", \"version\": \"1.0.0\", \"title\": \"Kept programme\", \"default_path\": "
    "[\"module-1\", "
    "\"module-2\"],"
    " \"components\": [{\"id\": \"module-1\", \"kind\": \"module_\", \"title\": \"One\", \"minutes\": 20},"
    " {\"id\": \"module-2\", \"kind\": \"module_\", \"title\": \"Two\", \"minutes\": 30, \"prerequisites\": "
    "[\"module-1\"],"
    " \"can_skip\": true}]}";

static uint64_t count(const alliance_programme_factory* factory) { return (void)factory, 1; }

static int32_t describe(const alliance_programme_factory* factory, uint64_t index, alliance_descriptor* out,
                        alliance_error* error) {
  (void)factory;
  return describe_one(index, "kept-programme", "Kept programme", out, error);
}

static char instance; /* it keeps nothing: any address will do for it */

static int32_t create(const alliance_programme_factory* factory, const alliance_services* services, const char* id,
                      alliance_programme** out, alliance_error* error) {
  const int32_t status = check_create("kept-programme", id, out, error);
  (void)factory, (void)services;
  if (status == ALLIANCE_OK) *out = (alliance_programme*)&instance;
  return status;
}

static void destroy(alliance_programme* programme) { (void)programme; }

static int32_t catalogue(alliance_programme* programme, const alliance_sink* out, alliance_error* error) {
  (void)programme;
  return write_table("Programme", catalogue_json, out, error);
}

/* An id without anything that JSON would take for its own. */
static int plain(const char* word) { return strspn(word, "abcdefghijklmnopqrstuvwxyz0123456789-.") == strlen(word); }

/* One line to an event in JSON, or to the reason why it is none. */
static void take_line(const char* line, int number_of_line, growing* events, growing* unmapped) {
  char id[65], case_id[65], module[65], more[2], text[500], mark[80];
  long long seconds;
  const int words = sscanf(line, "%64s %64s %64s %18lld %1s", id, case_id, module, &seconds, more);
  if (words < 1) return; /* an empty line */
  if (words != 4 || !plain(id) || !plain(case_id) || !plain(module) || seconds < 0 || seconds > 4000000000LL) {
    snprintf(text, sizeof text, "%s{\"line\":%d,\"reason\":\"write ID CASE MODULE SECONDS\"}",
             unmapped->length == 0 ? "" : ",", number_of_line);
    add(unmapped, text);
    return;
  }
  snprintf(mark, sizeof mark, "{\"id\":\"%s\"", id);
  if (events->text != NULL && strstr(events->text, mark) != NULL) return; /* a repeat within one export */
  snprintf(text, sizeof text,
           "%s%s,\"case\":\"%s\",\"time\":%lld000000,\"source\":\"kept-programme\",\"body_type\":\"ComponentProgress\","
           "\"body\":{\"component\":\"%s\",\"progress\":\"completed\"}}",
           events->length == 0 ? "" : ",", mark, case_id, seconds, module);
  add(events, text);
}

/* A line that is no fact is told with its number and a reason, and hides none of the others. The same payload gives the
 * same events with the same ids: a repeat is then harmless. */
static int32_t ingest(alliance_programme* programme, const uint8_t* payload, uint64_t length, const alliance_sink* out,
                      alliance_error* error) {
  growing events = {NULL, 0, 0}, unmapped = {NULL, 0, 0}, json = {NULL, 0, 0};
  uint64_t begin = 0, end;
  int number_of_line = 0;
  int32_t status;
  (void)programme;
  for (; begin < length; begin = end + 1) {
    char line[512];
    size_t kept;
    for (end = begin; end < length && payload[end] != '\n'; ++end) continue;
    kept = end - begin < sizeof line ? (size_t)(end - begin) : sizeof line - 1;
    memcpy(line, payload + begin, kept);
    line[kept] = '\0';
    take_line(line, ++number_of_line, &events, &unmapped);
  }
  add(&json, "{\"events\":[");
  add(&json, events.text == NULL ? "" : events.text);
  add(&json, "],\"unmapped\":[");
  add(&json, unmapped.text == NULL ? "" : unmapped.text);
  add(&json, "]}");
  status = events.failed || unmapped.failed || json.failed ? refuse(error, ALLIANCE_E_LIMIT, "there is no memory")
                                                           : write_table("EventBatch", json.text, out, error);
  free(events.text);
  free(unmapped.text);
  free(json.text);
  return status;
}

/* apply() turns a change that a practitioner decided on into what the programme understands; NULL, and the host records
 * that this programme cannot be changed. */
static const alliance_programme_factory table = {sizeof table, 0,         count,  describe, create,
                                                 destroy,      catalogue, ingest, NULL};

GLUE_ENTRY(ALLIANCE_PROGRAMME_FACTORY, table)

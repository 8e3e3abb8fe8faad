/* SPDX-License-Identifier: Apache-2.0
 * Adds a store: events are recorded durably, a safety flag comes back from the call that raised it, doing it
 * again changes nothing, and a review is read. Everything crosses as JSON.
 *
 *     02_record_and_review [PLUGINS [STORE]] */
#include <alliance/host.h>
#include <stdio.h>
#include <string.h>

static const char* const events[] = {
    "{\"id\":\"1\",\"case\":\"c1\",\"time\":1770000000000000,\"body_type\":\"CaseOpened\",\"body\":{\"service\":"
    "\"north\","
    "\"practitioner\":\"p1\",\"delivery\":\"blended\",\"zone\":\"Europe/London\",\"weeks\":11,\"planned_sessions\":6,"
    "\"planned_modules\":5}}",
    "{\"id\":\"2\",\"case\":\"c1\",\"time\":1770000060000000,\"body_type\":\"InformationShown\",\"body\":{\"version\":"
    "\"1\"}}",
    "{\"id\":\"3\",\"case\":\"c1\",\"time\":1770000120000000,\"body_type\":\"ConsentGiven\",\"body\":{\"scope\":"
    "\"measures\"}}",
    "{\"id\":\"4\",\"case\":\"c1\",\"time\":1770000180000000,\"body_type\":\"AnswersGiven\",\"body\":{\"instrument\":"
    "\"phq-9\","
    "\"rater\":\"client\",\"answers\":[{\"item\":\"1\",\"value\":2},{\"item\":\"2\",\"value\":2},{\"item\":\"3\","
    "\"value\":1},"
    "{\"item\":\"4\",\"value\":2},{\"item\":\"5\",\"value\":1},{\"item\":\"6\",\"value\":1},{\"item\":\"7\",\"value\":"
    "2},"
    "{\"item\":\"8\",\"value\":0},{\"item\":\"9\",\"value\":1}]}}",
};

/* A sink may be called several times: what comes in pieces is printed in pieces. */
static int32_t print(void* context, const uint8_t* bytes, uint64_t length) {
  return fwrite(bytes, 1, (size_t)length, (FILE*)context) == length ? ALLIANCE_OK : ALLIANCE_E_IO;
}

static int record_all(alliance_host* host, const alliance_sink* out, alliance_error* error) {
  for (size_t i = 0; i < sizeof events / sizeof *events; ++i) {
    alliance_recorded result = ALLIANCE_RECORDED_INIT;
    int32_t status =
        alliance_host_record(host, (const uint8_t*)events[i], strlen(events[i]), ALLIANCE_JSON, out, &result, error);
    if (status != ALLIANCE_OK) return status;
    if (result.safety_flags > 0) printf("\n");
    printf("event %d: %s, %d safety flags\n", (int)i + 1, result.repeated ? "a repeat, nothing changed" : "recorded",
           (int)result.safety_flags);
  }
  return ALLIANCE_OK;
}

int main(int argc, char** argv) {
  alliance_host_options options = ALLIANCE_HOST_OPTIONS_INIT;
  alliance_error error = ALLIANCE_ERROR_INIT;
  alliance_host* host = NULL;
  const alliance_sink out = {sizeof out, 0, stdout, print};
  alliance_viewer viewer = ALLIANCE_VIEWER_INIT;
  viewer.role = ALLIANCE_ROLE_PRACTITIONER;
  viewer.id = "p1";
  options.tenant = "example";
  options.store_path = argc > 2 ? argv[2] : "02_record_and_review.db";
  /* PHQ-9 carries a safety item: without somebody to call, the host refuses it. */
  options.config = "{\"safety\":{\"contact\":\"duty-desk\",\"respond_minutes\":60}}";

  int32_t status = alliance_host_create(&options, &host, &error);
  if (status == ALLIANCE_OK)
    status = alliance_host_load_folder(host, argc > 1 ? argv[1] : "build/lib/alliance/plugins", NULL, NULL, &error);
  if (status == ALLIANCE_OK) status = alliance_host_run(host, &error);
  for (int round = 0; round < 2 && status == ALLIANCE_OK; ++round) status = record_all(host, &out, &error);
  if (status == ALLIANCE_OK)
    status = alliance_host_review(host, ALLIANCE_SCOPE_CASE, "c1", &viewer, ALLIANCE_JSON, &out, &error);
  if (status != ALLIANCE_OK) fprintf(stderr, "%s: %s\n", alliance_status_text(status), error.message);
  printf("\n");
  alliance_host_close(host);
  return status == ALLIANCE_OK ? 0 : 1;
}

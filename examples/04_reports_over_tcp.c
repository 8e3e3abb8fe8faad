/* SPDX-License-Identifier: Apache-2.0
 * Adds a host system: reports go over TCP to `alliance listen`, which acknowledges them, and time passes.
 * What becomes due, overdue or expired by the passing of time is reported like everything else.
 *
 *     alliance listen tcp://127.0.0.1:7411 --inbox inbox.db &
 *     04_reports_over_tcp tcp://127.0.0.1:7411 [PLUGINS [STORE]] */
#include <alliance/host.h>
#include <stdio.h>
#include <string.h>

static const int64_t start = INT64_C(1770022800000000); /* 2 February 2026, 09:00 in London */
static const int64_t day = INT64_C(86400000000);

static int32_t record(alliance_host* host, int number, int64_t time, const char* type, const char* body,
                      alliance_error* error) {
  char event[1024];
  const int length =
      snprintf(event, sizeof event, "{\"id\":\"%d\",\"case\":\"c1\",\"time\":%lld,\"body_type\":\"%s\",\"body\":%s}",
               number, (long long)time, type, body);
  if (length < 0 || (size_t)length >= sizeof event) return ALLIANCE_E_LIMIT;
  return alliance_host_record(host, (const uint8_t*)event, (uint64_t)length, ALLIANCE_JSON, NULL, NULL, error);
}

static int32_t two_weeks(alliance_host* host, alliance_error* error) {
  int32_t status =
      record(host, 1, start, "CaseOpened",
             "{\"service\":\"north\",\"practitioner\":\"p1\",\"delivery\":\"blended\",\"zone\":\"Europe/London\","
             "\"weeks\":11,\"planned_sessions\":6,\"planned_modules\":5}",
             error);
  if (status == ALLIANCE_OK)
    status = record(host, 2, start + 60000000, "ConsentGiven", "{\"scope\":\"measures\"}", error);
  if (status == ALLIANCE_OK)
    status =
        record(host, 3, start + day, "SessionHeld", "{\"session\":1,\"minutes\":32,\"mode\":\"in_person\"}", error);
  for (int i = 2; i <= 14 && status == ALLIANCE_OK; ++i) {
    const alliance_duration minute = {60000000};
    alliance_recorded result = ALLIANCE_RECORDED_INIT;
    status = alliance_host_advance(host, start + i * day, minute, NULL, ALLIANCE_JSON, &result, error);
    if (result.reports > 0) printf("day %d: %d reports by the passing of time\n", i, (int)result.reports);
  }
  return status;
}

int main(int argc, char** argv) {
  alliance_host_options options = ALLIANCE_HOST_OPTIONS_INIT;
  alliance_host_counts counts = ALLIANCE_HOST_COUNTS_INIT;
  alliance_error error = ALLIANCE_ERROR_INIT;
  alliance_host* host = NULL;
  if (argc < 2) {
    fprintf(stderr, "usage: 04_reports_over_tcp tcp://HOST:PORT [PLUGINS [STORE]]\n");
    return 2;
  }
  options.tenant = "example";
  options.store_path = argc > 3 ? argv[3] : "04_reports_over_tcp.db";
  options.config = "{\"safety\":{\"contact\":\"duty-desk\"}}";

  const alliance_duration half_a_minute = {30000000};
  int32_t status = alliance_host_create(&options, &host, &error);
  if (status == ALLIANCE_OK)
    status = alliance_host_load_folder(host, argc > 2 ? argv[2] : "build/lib/alliance/plugins", NULL, NULL, &error);
  if (status == ALLIANCE_OK) status = alliance_host_connect(host, argv[1], &error);
  if (status == ALLIANCE_OK) status = alliance_host_run(host, &error);
  if (status == ALLIANCE_OK) status = two_weeks(host, &error);
  if (status == ALLIANCE_OK) status = alliance_host_drain(host, half_a_minute, &error);
  if (status == ALLIANCE_OK) status = alliance_host_count(host, &counts, &error);
  if (status == ALLIANCE_OK)
    printf("%d events, %d reports, %d acknowledged, %d waiting\n", (int)counts.events, (int)counts.reports,
           (int)counts.acknowledged, (int)counts.waiting);
  if (status != ALLIANCE_OK) fprintf(stderr, "%s: %s\n", alliance_status_text(status), error.message);
  alliance_host_close(host);
  return status == ALLIANCE_OK ? 0 : 1;
}

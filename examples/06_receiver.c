/* SPDX-License-Identifier: Apache-2.0
 * Adds the other end as a program of your own: a host system that takes reports, refuses what it has no use
 * for, and remembers over restarts what it has had.
 *
 *     06_receiver unix:///tmp/reports.sock inbox.db [STOP-AFTER [REFUSED-KIND]] &
 *     04_reports_over_tcp unix:///tmp/reports.sock
 *
 * It ends after STOP-AFTER reports (0, the default: never). */
#include <alliance/receiver.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct desk {
  alliance_receiver* receiver;
  long stop_after;
  long taken;
  const char* refused_kind;
};

/* What is printed here would go into your own database. Once this returns ALLIANCE_OK the sender may forget it. */
static int32_t take(void* context, const alliance_report* report, alliance_error* error) {
  struct desk* desk = (struct desk*)context;
  if (desk->refused_kind != NULL && strcmp(report->kind, desk->refused_kind) == 0) {
    snprintf(error->message, sizeof error->message, "this desk has no use for reports of kind %s", report->kind);
    return ALLIANCE_E_UNSUPPORTED;
  }
  if (printf("%s %llu %s %.*s\n", report->case_id, (unsigned long long)report->sequence, report->kind,
             (int)report->length, (const char*)report->body) < 0 ||
      fflush(stdout) != 0)
    return ALLIANCE_E_IO; /* not now: it will come again */
  if (++desk->taken == desk->stop_after) alliance_receiver_stop(desk->receiver);
  return ALLIANCE_OK;
}

int main(int argc, char** argv) {
  alliance_receiver_options options = ALLIANCE_RECEIVER_OPTIONS_INIT;
  alliance_error error = ALLIANCE_ERROR_INIT;
  struct desk desk = {NULL, 0, 0, NULL};
  if (argc < 3) {
    fprintf(stderr, "usage: 06_receiver ADDRESS INBOX [STOP-AFTER [REFUSED-KIND]]\n");
    return 2;
  }
  if (argc > 3) desk.stop_after = strtol(argv[3], NULL, 10);
  if (argc > 4) desk.refused_kind = argv[4];
  options.address = argv[1];
  options.inbox_path = argv[2];
  options.format = ALLIANCE_JSON;
  options.take = take;
  options.context = &desk;

  int32_t status = alliance_receiver_open(&options, &desk.receiver, &error);
  if (status == ALLIANCE_OK) {
    fprintf(stderr, "listening on %s\n", alliance_receiver_address(desk.receiver));
    status = alliance_receiver_run(desk.receiver, &error);
  }
  if (status != ALLIANCE_OK) fprintf(stderr, "%s: %s\n", alliance_status_text(status), error.message);
  alliance_receiver_close(desk.receiver);
  return status == ALLIANCE_OK ? 0 : 1;
}

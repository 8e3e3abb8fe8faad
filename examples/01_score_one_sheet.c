/* SPDX-License-Identifier: Apache-2.0
 * Scores one GAD-7 sheet: load the plugins of a folder, hand over seven answers, read the total. */
#include <alliance/host.h>
#include <stdio.h>

int main(int argc, char** argv) {
  const double answers[7] = {1, 1, 1, 2, 2, 0, 0};
  double total = 0;
  uint8_t state = 0;
  alliance_sheets sheet = {sizeof sheet, 0, 1, 7, answers, NULL};
  alliance_scores scores = {sizeof scores, 0, 1, 1, &total, &state, NULL, NULL};
  alliance_host_options options = ALLIANCE_HOST_OPTIONS_INIT;
  alliance_error error = ALLIANCE_ERROR_INIT;
  alliance_host* host = NULL;

  int32_t status = alliance_host_create(&options, &host, &error);
  if (status == ALLIANCE_OK)
    status = alliance_host_load_folder(host, argc > 1 ? argv[1] : "build/lib/alliance/plugins", NULL, NULL, &error);
  if (status == ALLIANCE_OK) status = alliance_host_score(host, "gad-7", NULL, &sheet, NULL, &scores, &error);
  if (status == ALLIANCE_OK) printf("gad-7 total %g\n", total);
  if (status != ALLIANCE_OK) fprintf(stderr, "%s: %s\n", alliance_status_text(status), error.message);
  alliance_host_close(host);
  return status == ALLIANCE_OK ? 0 : 1;
}

/* SPDX-License-Identifier: Apache-2.0
 * same_bytes PLUGIN-FOLDER: scores the sheets that it reads, "INSTRUMENT ITEMS SCALES VALUE...", and writes every bit
 * of each score. */
#include <alliance/host.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { most = 64 };

static int score(alliance_host* host, const char* instrument, uint64_t items, uint64_t scales, const double* answers) {
  double values[most];
  uint8_t states[most];
  alliance_sheets sheet = {sizeof sheet, 0, 1, items, answers, NULL};
  alliance_scores scores = {sizeof scores, 0, 1, scales, values, states, NULL, NULL};
  alliance_error error = ALLIANCE_ERROR_INIT;
  memset(values, 0, sizeof values);
  int32_t status = alliance_host_score(host, instrument, NULL, &sheet, NULL, &scores, &error);
  printf("%s %d", instrument, (int)status);
  for (uint64_t i = 0; status == ALLIANCE_OK && i < scales; ++i) {
    uint64_t bits;
    memcpy(&bits, &values[i], sizeof bits);
    printf(" %u:%016" PRIx64, states[i], bits);
  }
  printf("\n");
  return status == ALLIANCE_OK;
}

int main(int argc, char** argv) {
  alliance_host_options options = ALLIANCE_HOST_OPTIONS_INIT;
  alliance_error error = ALLIANCE_ERROR_INIT;
  alliance_host* host = NULL;
  char name[128];
  uint64_t items, scales;
  int scored = 0;
  options.log_level = 4;
  int32_t status = alliance_host_create(&options, &host, &error);
  if (status == ALLIANCE_OK && argc > 1) status = alliance_host_load_plugin(host, argv[1], &error);
  if (status != ALLIANCE_OK) fprintf(stderr, "%s: %s\n", alliance_status_text(status), error.message);
  while (status == ALLIANCE_OK && scanf("%127s %" SCNu64 " %" SCNu64, name, &items, &scales) == 3) {
    double answers[most];
    if (items > most || scales > most) return 1;
    for (uint64_t i = 0; i < items; ++i) {
      if (scanf("%lf", &answers[i]) != 1) return 1;
    }
    scored += score(host, name, items, scales, answers);
  }
  alliance_host_close(host);
  return scored > 0 ? 0 : 1;
}

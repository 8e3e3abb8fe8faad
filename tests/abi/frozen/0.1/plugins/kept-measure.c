/* SPDX-License-Identifier: Apache-2.0 */
/* Kept measure: an instrument of two questions, each answered from 0 to 4, added up. */
#include <alliance/measure.h>

#include "glue.h"

enum { items = 2 };

/* What the instrument is. Every clinical number needs its source; the worked examples are scored by `alliance check`.
 */
static const char definition_json[] =
    "{\"id\": \"kept-measure\", \"version\": \"1.0.0\", \"title\": \"Kept measure\", \"perspective\": \"client\","
    " \"responses\": [{\"id\": \"0-4\", \"min\": 0, \"max\": 4}],"
    " \"items\": [{\"id\": \"first\", \"response\": \"0-4\"}, {\"id\": \"second\", \"response\": \"0-4\"}],"
    " \"scales\": [{\"id\": \"total\", \"roles\": [\"mood.total\"], \"method\": \"sum\", \"items\": [\"first\", "
    "\"second\"],"
    " \"min\": 0, \"max\": 8, \"direction\": \"higher_is_better\"}],"
    " \"licence\": {\"holder\": \"Your name\", \"terms\": \"Apache-2.0\", \"text_may_ship\": true},"
    " \"keys_provenance\": {\"certainty\": \"own\", \"source\": \"made for this plugin\"}, \"not_validated\": true,"
    " \"vectors\": [{\"answers\": [1, 2], \"expected\": [{\"scale\": \"total\", \"value\": 3}]}]}";

static uint64_t count(const alliance_measure_factory* factory) { return (void)factory, 1; }

static int32_t describe(const alliance_measure_factory* factory, uint64_t index, alliance_descriptor* out,
                        alliance_error* error) {
  (void)factory;
  return describe_one(index, "kept-measure", "Kept measure", out, error);
}

static char instance; /* it keeps nothing: any address will do for it */

static int32_t create(const alliance_measure_factory* factory, const alliance_services* services, const char* id,
                      const char* version, alliance_measure** out, alliance_error* error) {
  const int32_t status = check_create("kept-measure", id, out, error);
  (void)factory, (void)services;
  if (status != ALLIANCE_OK) return status;
  if (version != NULL && strcmp(version, "1.0.0") != 0)
    return refuse(error, ALLIANCE_E_NOT_FOUND, "there is version 1.0.0 only");
  *out = (alliance_measure*)&instance;
  return ALLIANCE_OK;
}

static void destroy(alliance_measure* measure) { (void)measure; }

static int32_t definition(alliance_measure* measure, const alliance_sink* out, alliance_error* error) {
  (void)measure;
  return write_table("Instrument", definition_json, out, error);
}

/* Scores one row into `value`; says how many were answered, or -1 where an answer is none of the options. */
static int score_row(const alliance_sheets* sheets, uint64_t row, double* value) {
  int answered = 0;
  uint64_t item;
  *value = 0;
  for (item = 0; item < items; ++item) {
    const uint64_t cell = row * items + item;
    const uint8_t state = sheets->states == NULL ? ALLIANCE_ANSWERED : sheets->states[cell];
    if (state < ALLIANCE_ANSWERED || state > ALLIANCE_NOT_PRESENTED) return -1;
    if (state != ALLIANCE_ANSWERED) continue;
    if (!(sheets->values[cell] >= 0 && sheets->values[cell] <= 4) || sheets->values[cell] != (int)sheets->values[cell])
      return -1;
    *value += sheets->values[cell];
    ++answered;
  }
  return answered;
}

static void write_row(const alliance_scores* out, uint64_t row, int answered, double value) {
  out->states[row] = answered < 0 ? ALLIANCE_BAD_SHEET : answered < items ? ALLIANCE_NOT_SCORABLE : ALLIANCE_SCORED;
  out->values[row] = answered < items ? 0 : value;
  if (out->answered != NULL) out->answered[row] = answered < 0 ? 0 : (uint32_t)answered;
  if (out->bands != NULL) out->bands[row] = ALLIANCE_NO_BAND;
}

static int fits(const alliance_sheets* sheets, const alliance_scores* out) {
  return ALLIANCE_HAS(alliance_sheets, sheets, states) && ALLIANCE_HAS(alliance_scores, out, bands) &&
         sheets->items == items && out->scales == 1 && out->rows == sheets->rows;
}

static int32_t score(alliance_measure* measure, const alliance_sheets* sheets, const alliance_missing* missing,
                     const alliance_scores* out, alliance_error* error) {
  double value;
  int answered;
  (void)measure, (void)missing;
  if (!fits(sheets, out) || sheets->rows != 1)
    return refuse(error, ALLIANCE_E_INVALID, "one sheet of two answers is needed");
  answered = score_row(sheets, 0, &value);
  if (answered < 0) return refuse(error, ALLIANCE_E_BAD_INPUT, "an item is answered with none of 0 to 4");
  write_row(out, 0, answered, value);
  return ALLIANCE_OK;
}

static int32_t score_batch(alliance_measure* measure, const alliance_sheets* sheets, const alliance_missing* missing,
                           const alliance_scores* out, alliance_error* error) {
  uint64_t row;
  double value;
  (void)measure, (void)missing;
  if (!fits(sheets, out)) return refuse(error, ALLIANCE_E_INVALID, "sheets of two answers are needed");
  for (row = 0; row < sheets->rows; ++row) {
    const int answered = score_row(sheets, row, &value);
    write_row(out, row, answered, value);
  }
  return ALLIANCE_OK;
}

static const alliance_measure_factory table = {sizeof table, 0,          count, describe,   create,
                                               destroy,      definition, score, score_batch};

GLUE_ENTRY(ALLIANCE_MEASURE_FACTORY, table)

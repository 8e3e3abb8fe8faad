/* SPDX-License-Identifier: Apache-2.0
 * An instrument in C11: one question of our own, hours of rest from 0 to 24. */
#include <alliance/measure.h>
#include <string.h>

static const char definition_json[] =
    "{\"id\": \"rest-1\", \"version\": \"1.0.0\", \"title\": \"Rest, one question\", \"perspective\": \"client\","
    " \"responses\": [{\"id\": \"hours\", \"min\": 0, \"max\": 24, \"decimals\": 1}],"
    " \"items\": [{\"id\": \"rest-1\", \"response\": \"hours\"}],"
    " \"scales\": [{\"id\": \"total\", \"method\": \"sum\", \"items\": [\"rest-1\"], \"min\": 0, \"max\": 24}],"
    " \"licence\": {\"holder\": \"the authors of this example\", \"terms\": \"Apache-2.0\"},"
    " \"keys_provenance\": {\"certainty\": \"own\", \"source\": \"made for this example\"}, \"not_validated\": true,"
    " \"vectors\": [{\"answers\": [8], \"expected\": [{\"scale\": \"total\", \"value\": 8}]}]}";

static const alliance_services* host; /* from init() to deinit() */

static int32_t refuse(alliance_error* error, int32_t status, const char* message) {
  if (ALLIANCE_HAS(alliance_error, error, detail)) {
    error->code = status;
    error->vendor_code = 0;
    strncpy(error->message, message, ALLIANCE_TEXT_CAPACITY - 1);
    error->message[ALLIANCE_TEXT_CAPACITY - 1] = '\0';
    error->detail[0] = '\0';
  }
  return status;
}

static uint64_t count(const alliance_measure_factory* factory) {
  (void)factory;
  return 1;
}

static int32_t describe(const alliance_measure_factory* factory, uint64_t index, alliance_descriptor* out,
                        alliance_error* error) {
  (void)factory;
  if (index != 0) return refuse(error, ALLIANCE_E_NOT_FOUND, "there is one instrument, index 0");
  if (!ALLIANCE_HAS(alliance_descriptor, out, title))
    return refuse(error, ALLIANCE_E_INVALID, "no place to describe to");
  out->id = "rest-1";
  out->version = "1.0.0";
  out->title = "Rest, one question";
  return ALLIANCE_OK;
}

/* The one instance needs no memory: any address will do for it. */
static char instance;

static int32_t create(const alliance_measure_factory* factory, const alliance_services* services, const char* id,
                      const char* version, alliance_measure** out, alliance_error* error) {
  (void)factory, (void)services;
  if (id == NULL || out == NULL)
    return refuse(error, ALLIANCE_E_INVALID, "an id and a place for the instance are needed");
  if (strcmp(id, "rest-1") != 0 || (version != NULL && strcmp(version, "1.0.0") != 0)) {
    return refuse(error, ALLIANCE_E_NOT_FOUND, "this plugin makes rest-1 of version 1.0.0 only");
  }
  *out = (alliance_measure*)&instance;
  return ALLIANCE_OK;
}

static void destroy(alliance_measure* measure) { (void)measure; }

static int32_t definition(alliance_measure* measure, const alliance_sink* out, alliance_error* error) {
  const alliance_codec_service* codec = host->get_service(host->context, ALLIANCE_SERVICE_CODEC);
  (void)measure;
  if (!ALLIANCE_HAS(alliance_codec_service, codec, encode)) {
    return refuse(error, ALLIANCE_E_UNSUPPORTED, "this host does not offer " ALLIANCE_SERVICE_CODEC);
  }
  return codec->encode(codec->context, "Instrument", (const uint8_t*)definition_json, sizeof definition_json - 1, out,
                       error);
}

/* Writes one row; says whether the answer was one of the options. */
static int score_row(const alliance_sheets* sheets, const alliance_scores* out, uint64_t row) {
  const uint8_t state = sheets->states == NULL ? ALLIANCE_ANSWERED : sheets->states[row];
  const int answered = state == ALLIANCE_ANSWERED;
  const double value = answered ? sheets->values[row] : 0;
  const int good = state >= ALLIANCE_ANSWERED && state <= ALLIANCE_NOT_PRESENTED && value >= 0 && value <= 24;
  if (!good) return 0;
  out->values[row] = value;
  out->states[row] = answered ? ALLIANCE_SCORED : ALLIANCE_NOT_SCORABLE;
  if (out->answered != NULL) out->answered[row] = (uint32_t)answered;
  if (out->bands != NULL) out->bands[row] = ALLIANCE_NO_BAND;
  return 1;
}

static int32_t score_batch(alliance_measure* measure, const alliance_sheets* sheets, const alliance_missing* missing,
                           const alliance_scores* out, alliance_error* error) {
  uint64_t row;
  (void)measure, (void)missing; /* with one item there is nothing to prorate from */
  if (!ALLIANCE_HAS(alliance_sheets, sheets, states) || !ALLIANCE_HAS(alliance_scores, out, bands) ||
      sheets->items != 1 || out->scales != 1 || out->rows != sheets->rows) {
    return refuse(error, ALLIANCE_E_INVALID, "one answer and one score per row are needed");
  }
  for (row = 0; row < sheets->rows; ++row) {
    if (score_row(sheets, out, row)) continue;
    out->values[row] = 0;
    out->states[row] = ALLIANCE_BAD_SHEET;
    if (out->answered != NULL) out->answered[row] = 0;
    if (out->bands != NULL) out->bands[row] = ALLIANCE_NO_BAND;
  }
  return ALLIANCE_OK;
}

static int32_t score(alliance_measure* measure, const alliance_sheets* sheets, const alliance_missing* missing,
                     const alliance_scores* out, alliance_error* error) {
  (void)measure, (void)missing;
  if (!ALLIANCE_HAS(alliance_sheets, sheets, states) || !ALLIANCE_HAS(alliance_scores, out, bands) ||
      sheets->items != 1 || out->scales != 1 || out->rows != 1 || sheets->rows != 1) {
    return refuse(error, ALLIANCE_E_INVALID, "one sheet of one answer and one score are needed");
  }
  if (!score_row(sheets, out, 0)) {
    return refuse(error, ALLIANCE_E_BAD_INPUT, "item rest-1: answer with hours from 0 to 24");
  }
  return ALLIANCE_OK;
}

static const alliance_measure_factory measures = {.size = sizeof(alliance_measure_factory),
                                                  .count = count,
                                                  .describe = describe,
                                                  .create = create,
                                                  .destroy = destroy,
                                                  .definition = definition,
                                                  .score = score,
                                                  .score_batch = score_batch};

static int32_t init(const alliance_services* services, alliance_error* error) {
  if (!ALLIANCE_HAS(alliance_services, services, get_service)) {
    return refuse(error, ALLIANCE_E_INVALID, "the host handed over no services");
  }
  host = services;
  return ALLIANCE_OK;
}

static void deinit(void) { host = NULL; }

static const void* get_factory(const char* id) {
  return id != NULL && strcmp(id, ALLIANCE_MEASURE_FACTORY) == 0 ? &measures : NULL;
}

const alliance_plugin_entry* alliance_plugin_entry_v1(void) {
  static const alliance_plugin_entry entry = {sizeof(alliance_plugin_entry),
                                              ALLIANCE_ABI_MAJOR,
                                              ALLIANCE_ABI_MINOR,
                                              0,
                                              ALLIANCE_LAYOUT_CHECK,
                                              init,
                                              deinit,
                                              get_factory};
  return &entry;
}

/* SPDX-License-Identifier: Apache-2.0
 * An instrument in C11, with the contract's headers and nothing else: four questions of our own about what became of
 * the last session's homework, two scales, bands, a reversed item and all three rules about missing answers. The same
 * instrument in C++ and in Rust lies beside this one, and each scores the same sheets to the same bytes. */
#include <alliance/measure.h>
#include <stdio.h>
#include <string.h>

#define ID "follow-up-4"
#define VERSION "1.0.0"
#define TITLE "Homework follow-up, four questions"

enum { ITEMS = 4, SCALES = 2, HIGHEST = 4 };

static const char definition_json[] =
    "{\"id\": \"" ID "\", \"version\": \"" VERSION "\", \"title\": \"" TITLE
    "\", \"perspective\": \"client\","
    " \"responses\": [{\"id\": \"0-4\", \"min\": 0, \"max\": 4}],"
    " \"items\": [{\"id\": \"remembered\", \"response\": \"0-4\"}, {\"id\": \"tried\", \"response\": \"0-4\"},"
    " {\"id\": \"hindered\", \"response\": \"0-4\"}, {\"id\": \"helped\", \"response\": \"0-4\"}],"
    " \"scales\": [{\"id\": \"total\", \"roles\": [\"homework.total\"], \"method\": \"sum\","
    " \"items\": [\"remembered\", \"tried\", \"hindered\", \"helped\"], \"reversed\": [\"hindered\"],"
    " \"min\": 0, \"max\": 16, \"direction\": \"higher_is_better\","
    " \"bands\": [{\"id\": \"little\", \"from\": 0, \"to\": 5}, {\"id\": \"some\", \"from\": 6, \"to\": 10},"
    " {\"id\": \"much\", \"from\": 11, \"to\": 16}],"
    " \"bands_provenance\": {\"certainty\": \"own\", \"source\": \"made for this example\"}},"
    " {\"id\": \"use\", \"roles\": [\"homework.use\"], \"method\": \"mean\","
    " \"items\": [\"remembered\", \"tried\", \"helped\"], \"min\": 0, \"max\": 4, \"direction\": "
    "\"higher_is_better\"}],"
    " \"missing\": {\"rule\": \"prorate\", \"most\": 1,"
    " \"provenance\": {\"certainty\": \"own\", \"source\": \"made for this example\"}},"
    " \"licence\": {\"holder\": \"the authors of this example\", \"terms\": \"Apache-2.0\", \"text_may_ship\": true,"
    " \"provenance\": {\"certainty\": \"own\", \"source\": \"made for this example\"}},"
    " \"keys_provenance\": {\"certainty\": \"own\", \"source\": \"made for this example\"}, \"not_validated\": true,"
    " \"vectors\": [{\"answers\": [3, 2, 1, 3], \"source\": \"by hand\", \"expected\": ["
    "{\"scale\": \"total\", \"value\": 11, \"band\": \"much\"}, {\"scale\": \"use\", \"value\": 2.6666666666666665}]},"
    " {\"answers\": [0, 1, 4, 0], \"source\": \"by hand\", \"expected\": ["
    "{\"scale\": \"total\", \"value\": 1, \"band\": \"little\"}, {\"scale\": \"use\", \"value\": "
    "0.3333333333333333}]}]}";

static const char* const item_ids[ITEMS] = {"remembered", "tried", "hindered", "helped"};

typedef struct scale {
  int mean, length;
  int item[ITEMS], reversed[ITEMS];
  int bands;
  double from[3]; /* where each band begins */
} scale;

static const scale scales[SCALES] = {
    {0, 4, {0, 1, 2, 3}, {0, 0, 1, 0}, 3, {0, 6, 11}},
    {1, 3, {0, 1, 3}, {0}, 0, {0}},
};

typedef struct rule {
  int32_t how;
  uint32_t most;
} rule;

static const alliance_services* host; /* from init() to deinit() */

/* ---- Errors ------------------------------------------------------------------------------------ */

/* `message` is logged: it names the place and the mend, and never what a person answered. */
static int32_t refuse(alliance_error* error, int32_t status, const char* message) {
  if (ALLIANCE_HAS(alliance_error, error, detail)) {
    error->code = status;
    error->vendor_code = 0;
    (void)snprintf(error->message, sizeof error->message, "%s", message);
    error->detail[0] = '\0';
  }
  return status;
}

/* ---- Scoring ----------------------------------------------------------------------------------- */

static uint8_t state_of(const alliance_sheets* sheets, uint64_t row, int item) {
  return sheets->states == NULL ? ALLIANCE_ANSWERED : sheets->states[row * ITEMS + (uint64_t)item];
}

static double value_of(const alliance_sheets* sheets, uint64_t row, int item) {
  return sheets->values[row * ITEMS + (uint64_t)item];
}

/* The first item without a state, or whose answer is none of its options; ITEMS when there is none. NaN is in no
 * range. */
static int first_bad(const alliance_sheets* sheets, uint64_t row) {
  for (int item = 0; item < ITEMS; ++item) {
    const uint8_t state = state_of(sheets, row, item);
    if (state < ALLIANCE_ANSWERED || state > ALLIANCE_NOT_PRESENTED) return item;
    if (state != ALLIANCE_ANSWERED) continue;
    const double value = value_of(sheets, row, item);
    if (!(value >= 0 && value <= HIGHEST) || value != (double)(int)value) return item;
  }
  return ITEMS;
}

static void put(const alliance_scores* out, uint64_t cell, uint8_t state, double value, uint32_t answered,
                int32_t band) {
  out->states[cell] = state;
  out->values[cell] = value;
  if (out->answered != NULL) out->answered[cell] = answered;
  if (out->bands != NULL) out->bands[cell] = band;
}

/* Bands are written for whole scores: 10.67 has not reached 11 and stays below. */
static int32_t band_of(const scale* of, double value) {
  int32_t band = ALLIANCE_NO_BAND;
  for (int at = 0; at < of->bands && value >= of->from[at]; ++at) band = at;
  return band;
}

/* Whole numbers up to the one division at the end, so that each language rounds once and alike. */
static void score_scale(const alliance_sheets* sheets, uint64_t row, rule by, int at, const alliance_scores* out) {
  const scale* of = &scales[at];
  const uint64_t cell = row * SCALES + (uint64_t)at;
  int sum = 0, answered = 0;
  for (int part = 0; part < of->length; ++part) {
    int given = HIGHEST / 2; /* the middle, for ALLIANCE_MISSING_CENTRE */
    if (state_of(sheets, row, of->item[part]) == ALLIANCE_ANSWERED) {
      given = (int)value_of(sheets, row, of->item[part]);
      ++answered;
    } else if (by.how != ALLIANCE_MISSING_CENTRE) {
      continue;
    }
    sum += of->reversed[part] ? HIGHEST - given : given;
  }
  const int missing = of->length - answered;
  if (answered == 0 || (missing > 0 && (by.how == ALLIANCE_MISSING_NONE || (uint32_t)missing > by.most))) {
    put(out, cell, ALLIANCE_NOT_SCORABLE, 0, (uint32_t)answered, ALLIANCE_NO_BAND);
    return;
  }
  const int counted = by.how == ALLIANCE_MISSING_CENTRE ? of->length : answered;
  const double value = of->mean ? (double)sum / counted : (double)(sum * of->length) / counted;
  put(out, cell, missing == 0 ? ALLIANCE_SCORED : ALLIANCE_PRORATED, value, (uint32_t)answered, band_of(of, value));
}

static void score_row(const alliance_sheets* sheets, uint64_t row, rule by, const alliance_scores* out) {
  for (int at = 0; at < SCALES; ++at) score_scale(sheets, row, by, at, out);
}

/* NULL when the call can be answered, else what is wrong with it. Fills `by`. */
static const char* fault_of(const alliance_sheets* sheets, const alliance_missing* missing, const alliance_scores* out,
                            rule* by) {
  if (!ALLIANCE_HAS(alliance_sheets, sheets, states)) return "answer sheets, or their size, are missing";
  if (!ALLIANCE_HAS(alliance_scores, out, bands)) return "a place for the scores, or its size, is missing";
  if (sheets->items != ITEMS || out->scales != SCALES || out->rows != sheets->rows)
    return "sheets of four answers, and as many rows of two scores, are needed";
  if (sheets->rows > 0 && (sheets->values == NULL || out->values == NULL || out->states == NULL))
    return "arrays for answers, scores and their states are needed";
  by->how = ALLIANCE_MISSING_PRORATE; /* the definition's own rule */
  by->most = 1;
  if (missing == NULL) return NULL;
  if (!ALLIANCE_HAS(alliance_missing, missing, most)) return "the missing rule ends early";
  if (missing->rule < ALLIANCE_MISSING_NONE || missing->rule > ALLIANCE_MISSING_CENTRE)
    return "this missing rule is not known";
  by->how = missing->rule;
  by->most = missing->most;
  return NULL;
}

static int32_t score(alliance_measure* measure, const alliance_sheets* sheets, const alliance_missing* missing,
                     const alliance_scores* out, alliance_error* error) {
  rule by;
  const char* fault = fault_of(sheets, missing, out, &by);
  (void)measure;
  if (fault != NULL) return refuse(error, ALLIANCE_E_INVALID, fault);
  if (sheets->rows != 1) return refuse(error, ALLIANCE_E_INVALID, "score() takes one sheet; score_batch() takes many");
  const int bad = first_bad(sheets, 0);
  if (bad < ITEMS) {
    char message[ALLIANCE_TEXT_CAPACITY];
    (void)snprintf(message, sizeof message, "item %s: answer with a whole number from 0 to 4", item_ids[bad]);
    refuse(error, ALLIANCE_E_BAD_INPUT, message);
    if (ALLIANCE_HAS(alliance_error, error, detail))
      (void)snprintf(error->detail, sizeof error->detail, "%g", value_of(sheets, 0, bad));
    return ALLIANCE_E_BAD_INPUT;
  }
  score_row(sheets, 0, by, out);
  return ALLIANCE_OK;
}

static int32_t score_batch(alliance_measure* measure, const alliance_sheets* sheets, const alliance_missing* missing,
                           const alliance_scores* out, alliance_error* error) {
  rule by;
  const char* fault = fault_of(sheets, missing, out, &by);
  (void)measure;
  if (fault != NULL) return refuse(error, ALLIANCE_E_INVALID, fault);
  for (uint64_t row = 0; row < sheets->rows; ++row) {
    if (first_bad(sheets, row) == ITEMS) {
      score_row(sheets, row, by, out);
      continue;
    }
    for (uint64_t at = 0; at < SCALES; ++at) put(out, row * SCALES + at, ALLIANCE_BAD_SHEET, 0, 0, ALLIANCE_NO_BAND);
  }
  return ALLIANCE_OK;
}

/* ---- What there is ----------------------------------------------------------------------------- */

static uint64_t count(const alliance_measure_factory* factory) { return (void)factory, 1; }

static int32_t describe(const alliance_measure_factory* factory, uint64_t index, alliance_descriptor* out,
                        alliance_error* error) {
  (void)factory;
  if (index != 0) return refuse(error, ALLIANCE_E_NOT_FOUND, "there is one instrument, index 0");
  if (!ALLIANCE_HAS(alliance_descriptor, out, title))
    return refuse(error, ALLIANCE_E_INVALID, "a place to describe to, or its size, is missing");
  out->id = ID;
  out->version = VERSION;
  out->title = TITLE;
  return ALLIANCE_OK;
}

static char instance; /* it keeps nothing between calls: any address will do for it */

static int32_t create(const alliance_measure_factory* factory, const alliance_services* services, const char* id,
                      const char* version, alliance_measure** out, alliance_error* error) {
  (void)factory, (void)services;
  if (id == NULL || out == NULL)
    return refuse(error, ALLIANCE_E_INVALID, "an id and a place for the instance are needed");
  if (strcmp(id, ID) != 0 || (version != NULL && strcmp(version, VERSION) != 0))
    return refuse(error, ALLIANCE_E_NOT_FOUND, "this plugin makes " ID " of version " VERSION " only");
  *out = (alliance_measure*)&instance;
  return ALLIANCE_OK;
}

static void destroy(alliance_measure* measure) { (void)measure; }

/* The host's codec makes the bytes of the JSON: no FlatBuffers and no JSON library here. */
static int32_t definition(alliance_measure* measure, const alliance_sink* out, alliance_error* error) {
  const alliance_codec_service* codec = host->get_service(host->context, ALLIANCE_SERVICE_CODEC);
  (void)measure;
  if (!ALLIANCE_HAS(alliance_codec_service, codec, encode))
    return refuse(error, ALLIANCE_E_UNSUPPORTED, "this host does not offer " ALLIANCE_SERVICE_CODEC);
  return codec->encode(codec->context, "Instrument", (const uint8_t*)definition_json, sizeof definition_json - 1, out,
                       error);
}

static const alliance_measure_factory measures = {.size = sizeof(alliance_measure_factory),
                                                  .count = count,
                                                  .describe = describe,
                                                  .create = create,
                                                  .destroy = destroy,
                                                  .definition = definition,
                                                  .score = score,
                                                  .score_batch = score_batch};

/* ---- The entry --------------------------------------------------------------------------------- */

static int32_t init(const alliance_services* services, alliance_error* error) {
  if (!ALLIANCE_HAS(alliance_services, services, get_service) || services->get_service == NULL)
    return refuse(error, ALLIANCE_E_INVALID, "the host handed over no services");
  host = services;
  return ALLIANCE_OK;
}

static void deinit(void) { host = NULL; }

static const void* get_factory(const char* id) {
  return id != NULL && strcmp(id, ALLIANCE_MEASURE_FACTORY) == 0 ? &measures : NULL;
}

const alliance_plugin_entry* alliance_plugin_entry_v1(void) {
  static const alliance_plugin_entry entry = {
      sizeof entry, ALLIANCE_ABI_MAJOR, ALLIANCE_ABI_MINOR, 0, ALLIANCE_LAYOUT_CHECK, init, deinit, get_factory};
  return &entry;
}

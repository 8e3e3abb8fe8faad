/* SPDX-License-Identifier: Apache-2.0
 * Adds a plugin of your own, written in C and linked into the program: an instrument of one item, scored
 * beside those that were loaded from the folder. A loaded plugin differs in its export and manifest alone. */
#include <alliance/host.h>
#include <stdio.h>
#include <string.h>

static const char definition_json[] =
    "{\"id\":\"ruler-1\",\"version\":\"1.0.0\",\"title\":\"Importance ruler (of this "
    "example)\",\"perspective\":\"client\","
    "\"responses\":[{\"id\":\"0-10\",\"min\":0,\"max\":10,\"decimals\":0}],"
    "\"items\":[{\"id\":\"1\",\"response\":\"0-10\"}],"
    "\"scales\":[{\"id\":\"total\",\"roles\":[\"importance.total\"],\"method\":\"sum\",\"items\":[\"1\"],\"min\":0,"
    "\"max\":10,"
    "\"direction\":\"higher_is_better\"}],"
    "\"licence\":{\"holder\":\"this example\",\"terms\":\"Apache-2.0\",\"text_may_ship\":true},"
    "\"keys_provenance\":{\"certainty\":\"own\",\"source\":\"this example\"},\"not_validated\":true,"
    "\"vectors\":[{\"answers\":[7],\"expected\":[{\"scale\":\"total\",\"value\":7}]}]}";

struct alliance_measure {
  const alliance_codec_service* codec;
};
static alliance_measure the_ruler;

static int32_t fail(alliance_error* error, int32_t code, const char* message) {
  if (error != NULL) {
    error->code = code;
    (void)snprintf(error->message, sizeof error->message, "%s", message);
  }
  return code;
}

static uint64_t count(const alliance_measure_factory* factory) {
  (void)factory;
  return 1;
}

static int32_t describe(const alliance_measure_factory* factory, uint64_t index, alliance_descriptor* out,
                        alliance_error* error) {
  (void)factory;
  if (index != 0) return fail(error, ALLIANCE_E_NOT_FOUND, "there is one instrument, at index 0");
  out->id = "ruler-1";
  out->version = "1.0.0";
  out->title = "Importance ruler (of this example)";
  return ALLIANCE_OK;
}

/* The host's codec turns JSON into the bytes that cross: no JSON library is needed. */
static int32_t create(const alliance_measure_factory* factory, const alliance_services* services, const char* id,
                      const char* version, alliance_measure** out, alliance_error* error) {
  (void)factory;
  if (strcmp(id, "ruler-1") != 0 || (version != NULL && strcmp(version, "1.0.0") != 0))
    return fail(error, ALLIANCE_E_NOT_FOUND, "this plugin knows ruler-1 1.0.0 only");
  the_ruler.codec = services->get_service(services->context, ALLIANCE_SERVICE_CODEC);
  if (the_ruler.codec == NULL) return fail(error, ALLIANCE_E_VERSION, "the host offers no " ALLIANCE_SERVICE_CODEC);
  *out = &the_ruler;
  return ALLIANCE_OK;
}

static void destroy(alliance_measure* measure) { (void)measure; }

static int32_t definition(alliance_measure* measure, const alliance_sink* out, alliance_error* error) {
  return measure->codec->encode(measure->codec->context, "Instrument", (const uint8_t*)definition_json,
                                sizeof definition_json - 1, out, error);
}

static int answered(const alliance_sheets* sheets, uint64_t row) {
  return sheets->states == NULL || sheets->states[row] == ALLIANCE_ANSWERED;
}

static int permitted(double value) { return value >= 0 && value <= 10 && value == (double)(int)value; }

static int32_t score_batch(alliance_measure* measure, const alliance_sheets* sheets, const alliance_missing* missing,
                           const alliance_scores* out, alliance_error* error) {
  (void)measure;
  (void)missing; /* one item: there is nothing to prorate from */
  if (sheets->items != 1 || out->scales != 1 || out->rows < sheets->rows)
    return fail(error, ALLIANCE_E_INVALID, "ruler-1 has one item and one scale");
  for (uint64_t row = 0; row < sheets->rows; ++row) {
    const int there = answered(sheets, row), good = there && permitted(sheets->values[row]);
    out->values[row] = good ? sheets->values[row] : 0;
    out->states[row] = good ? ALLIANCE_SCORED : there ? ALLIANCE_BAD_SHEET : ALLIANCE_NOT_SCORABLE;
    if (out->answered != NULL) out->answered[row] = (uint32_t)there;
    if (out->bands != NULL) out->bands[row] = ALLIANCE_NO_BAND;
  }
  return ALLIANCE_OK;
}

static int32_t score(alliance_measure* measure, const alliance_sheets* sheets, const alliance_missing* missing,
                     const alliance_scores* out, alliance_error* error) {
  if (sheets->rows == 1 && sheets->items == 1 && answered(sheets, 0) && !permitted(sheets->values[0]))
    return fail(error, ALLIANCE_E_BAD_INPUT, "item 1: the answer is no whole number from 0 to 10");
  return score_batch(measure, sheets, missing, out, error);
}

static const alliance_measure_factory factory_table = {.size = sizeof(alliance_measure_factory),
                                                       .count = count,
                                                       .describe = describe,
                                                       .create = create,
                                                       .destroy = destroy,
                                                       .definition = definition,
                                                       .score = score,
                                                       .score_batch = score_batch};

static int32_t init(const alliance_services* services, alliance_error* error) {
  (void)services;
  (void)error;
  return ALLIANCE_OK;
}
static void deinit(void) {}
static const void* get_factory(const char* id) {
  return strcmp(id, ALLIANCE_MEASURE_FACTORY) == 0 ? &factory_table : NULL;
}

static const alliance_plugin_entry entry = {sizeof(alliance_plugin_entry),
                                            ALLIANCE_ABI_MAJOR,
                                            ALLIANCE_ABI_MINOR,
                                            0,
                                            ALLIANCE_LAYOUT_CHECK,
                                            init,
                                            deinit,
                                            get_factory};

static int32_t show(alliance_host* host, const char* instrument, const double* answers, uint64_t items,
                    alliance_error* error) {
  double total = 0;
  uint8_t state = 0;
  const alliance_sheets sheet = {sizeof sheet, 0, 1, items, answers, NULL};
  const alliance_scores scores = {sizeof scores, 0, 1, 1, &total, &state, NULL, NULL};
  const int32_t status = alliance_host_score(host, instrument, NULL, &sheet, NULL, &scores, error);
  if (status == ALLIANCE_OK) printf("%s total %g\n", instrument, total);
  return status;
}

int main(int argc, char** argv) {
  const double seven[7] = {1, 0, 0, 1, 0, 1, 1}, one[1] = {8}, wrong[1] = {11};
  alliance_host_options options = ALLIANCE_HOST_OPTIONS_INIT;
  alliance_error error = ALLIANCE_ERROR_INIT;
  alliance_host* host = NULL;
  int32_t status = alliance_host_create(&options, &host, &error);
  if (status == ALLIANCE_OK)
    status = alliance_host_load_folder(host, argc > 1 ? argv[1] : "build/lib/alliance/plugins", NULL, NULL, &error);
  if (status == ALLIANCE_OK) status = alliance_host_add_static(host, "org.example.ruler", &entry, &error);
  if (status == ALLIANCE_OK) status = show(host, "gad-7", seven, 7, &error);
  if (status == ALLIANCE_OK) status = show(host, "ruler-1", one, 1, &error);
  if (status != ALLIANCE_OK) fprintf(stderr, "%s: %s\n", alliance_status_text(status), error.message);
  /* An answer that is no option is refused by name and leaves the others alone. */
  if (status == ALLIANCE_OK && show(host, "ruler-1", wrong, 1, &error) == ALLIANCE_E_BAD_INPUT)
    printf("refused: %s\n", error.message);
  alliance_host_close(host);
  return status == ALLIANCE_OK ? 0 : 1;
}

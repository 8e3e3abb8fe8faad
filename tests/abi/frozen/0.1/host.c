/* SPDX-License-Identifier: Apache-2.0
 * host LIBRARY KIND FILE [CASE]: a host in small, of this release, that loads a plugin by itself and calls all that its
 * kind has. Each struct that it hands over ends at a fence. What comes back is printed: it is the same whichever
 * release the plugin was built for. Its codec lets JSON through as the bytes. */
#include <alliance/alliance.h>
#include <dlfcn.h>

#include "fence.h"

#define NOW INT64_C(1700000000000000)

static void fail(const char* what, const alliance_error* error) {
  fprintf(stderr, "%s: %s\n", what, error == NULL ? "" : error->message);
  exit(1);
}

/* ---- What this host offers ---------------------------------------------------------------------- */

static int32_t print(void* context, const uint8_t* bytes, uint64_t length) {
  return fwrite(bytes, 1, (size_t)length, context) == length ? ALLIANCE_OK : ALLIANCE_E_IO;
}

static const alliance_sink* to_output(void) { return FENCED(alliance_sink, {sizeof(alliance_sink), 0, stdout, print}); }

static alliance_error* an_error(void) { return FENCED(alliance_error, ALLIANCE_ERROR_INIT); }

static int32_t let_through(void* context, const char* table, const uint8_t* from, uint64_t length,
                           const alliance_sink* out, alliance_error* error) {
  const uint64_t half = length / 2;
  int32_t status;
  (void)context, (void)table, (void)error;
  status = out->write(out->context, from, half);
  return status == ALLIANCE_OK ? out->write(out->context, from + half, length - half) : status;
}

static void write_log(void* context, int32_t level, const char* message) {
  fprintf(context, "log %d: %s\n", (int)level, message);
}

static alliance_instant tell_time(void* context) { return (void)context, NOW; }

static int32_t get_key(void* context, const char* key, uint32_t* version, const alliance_sink* out,
                       alliance_error* error) {
  (void)error;
  fprintf(context, "get %s\n", key);
  *version = 3;
  return out->write(out->context, (const uint8_t*)"kept", 4);
}

static int32_t put_key(void* context, const char* key, uint32_t version, const uint8_t* bytes, uint64_t length,
                       alliance_error* error) {
  (void)bytes, (void)error;
  fprintf(context, "put %s %u %d\n", key, (unsigned)version, (int)length);
  return ALLIANCE_OK;
}

static int32_t take_report(void* context, const uint8_t* bytes, uint64_t length, alliance_error* error) {
  (void)bytes, (void)error;
  fprintf(context, "report %d\n", (int)length);
  return ALLIANCE_OK;
}

static int32_t is_control(void* context) { return (void)context, 1; }

static const void* get_service(void* context, const char* id) {
  (void)context;
  if (strcmp(id, ALLIANCE_SERVICE_CODEC) == 0)
    return FENCED(alliance_codec_service, {sizeof(alliance_codec_service), 0, NULL, let_through, let_through});
  if (strcmp(id, ALLIANCE_SERVICE_LOG) == 0)
    return FENCED(alliance_log_service, {sizeof(alliance_log_service), 0, stdout, write_log});
  if (strcmp(id, ALLIANCE_SERVICE_CLOCK) == 0)
    return FENCED(alliance_clock_service, {sizeof(alliance_clock_service), 0, NULL, tell_time});
  if (strcmp(id, ALLIANCE_SERVICE_STORE) == 0)
    return FENCED(alliance_store_service, {sizeof(alliance_store_service), 0, stdout, get_key, put_key});
  if (strcmp(id, ALLIANCE_SERVICE_REPORT) == 0)
    return FENCED(alliance_report_service, {sizeof(alliance_report_service), 0, stdout, take_report});
  if (strcmp(id, ALLIANCE_SERVICE_THREAD_CHECK) == 0)
    return FENCED(alliance_thread_check_service, {sizeof(alliance_thread_check_service), 0, NULL, is_control});
  return NULL;
}

static const alliance_services* services; /* made in main */

/* The first thing that a factory of any kind describes: they begin alike. */
#define DESCRIBE(table)                                                                         \
  alliance_descriptor* what = FENCED(alliance_descriptor, ALLIANCE_DESCRIPTOR_INIT);            \
  alliance_error* error = an_error();                                                           \
  if ((table)->count(table) != 1) fail("count", NULL);                                          \
  if ((table)->describe(table, 0, what, error) != ALLIANCE_OK) fail("describe", error);         \
  if ((table)->describe(table, 1, what, error) != ALLIANCE_E_NOT_FOUND) fail("describe", NULL); \
  printf("%s %s, %s (%s)\n", what->id, what->version, what->title, error->message)

/* ---- Each kind ---------------------------------------------------------------------------------- */

static void score(const alliance_measure_factory* table, alliance_measure* measure, const alliance_missing* missing) {
  enum { rows = 3, items = 2 };
  const double values[rows * items] = {1, 2, 4, 0, 9, 1};
  const uint8_t states[rows * items] = {1, 1, 1, ALLIANCE_SKIPPED, 1, 1};
  const alliance_sheets* sheets =
      FENCED(alliance_sheets, {sizeof(alliance_sheets), 0, rows, items, fenced("answers", values, sizeof values),
                               fenced("states", states, sizeof states)});
  const alliance_scores* out = FENCED(
      alliance_scores, {sizeof(alliance_scores), 0, rows, 1, fenced("scores", NULL, rows * sizeof(double)),
                        fenced("states of scores", NULL, rows), fenced("answered", NULL, rows * sizeof(uint32_t)),
                        fenced("bands", NULL, rows * sizeof(int32_t))});
  const alliance_sheets* bad =
      FENCED(alliance_sheets, {sizeof(alliance_sheets), 0, 1, items, sheets->values + 4, NULL});
  const alliance_scores* one =
      FENCED(alliance_scores, {sizeof(alliance_scores), 0, 1, 1, out->values, out->states, out->answered, out->bands});
  alliance_error* error = an_error();
  if (table->score_batch(measure, sheets, missing, out, error) != ALLIANCE_OK) fail("score_batch", error);
  for (int row = 0; row < rows; ++row)
    printf("row %d: %.17g, state %d, %u answered, band %d\n", row, out->values[row], (int)out->states[row],
           (unsigned)out->answered[row], (int)out->bands[row]);
  printf("a bad sheet: %d, %s\n", (int)table->score(measure, bad, missing, one, error), error->message);
}

static void measure_kind(const alliance_measure_factory* table) {
  alliance_measure* made = NULL;
  DESCRIBE(table);
  if (table->create(table, services, what->id, NULL, &made, error) != ALLIANCE_OK) fail("create", error);
  if (table->definition(made, to_output(), error) != ALLIANCE_OK) fail("definition", error);
  printf("\n");
  score(table, made, NULL);
  score(table, made, FENCED(alliance_missing, {sizeof(alliance_missing), ALLIANCE_MISSING_PRORATE, 1, 0}));
  table->destroy(made);
}

static const char* a_case = "{\"id\":\"c1\",\"opened\":1699000000000000,\"weeks\":3,\"last_contact\":1699000000000000}";
#define CASE fenced("a case", a_case, strlen(a_case)), strlen(a_case)

static void timing_kind(const alliance_timing_factory* table) {
  alliance_timing* made = NULL;
  DESCRIBE(table);
  if (table->create(table, services, what->id, &made, error) != ALLIANCE_OK) fail("create", error);
  if (table->plan(made, CASE, NOW, to_output(), error) != ALLIANCE_OK) fail("plan", error);
  if (ALLIANCE_HAS(alliance_timing_factory, table, account) && table->account != NULL)
    table->account(made, CASE, NOW, to_output(), error);
  table->destroy(made);
}

static void tailoring_kind(const alliance_tailoring_factory* table) {
  alliance_tailoring* made = NULL;
  DESCRIBE(table);
  if (table->create(table, services, what->id, &made, error) != ALLIANCE_OK) fail("create", error);
  if (table->propose(made, CASE, NULL, 0, NOW, to_output(), error) != ALLIANCE_OK) fail("propose", error);
  table->destroy(made);
}

static void programme_kind(const alliance_programme_factory* table) {
  static const char payload[] = "fact-1 c1 module-1 1699000000\nnone\n";
  alliance_programme* made = NULL;
  DESCRIBE(table);
  if (table->create(table, services, what->id, &made, error) != ALLIANCE_OK) fail("create", error);
  if (table->catalogue(made, to_output(), error) != ALLIANCE_OK) fail("catalogue", error);
  if (table->ingest(made, fenced("a payload", payload, sizeof payload - 1), sizeof payload - 1, to_output(), error) !=
      ALLIANCE_OK)
    fail("ingest", error);
  if (ALLIANCE_HAS(alliance_programme_factory, table, apply) && table->apply != NULL)
    table->apply(made, "c1", CASE, NOW, to_output(), error);
  table->destroy(made);
}

static void acknowledged(void* context, uint64_t position) { fprintf(context, "acknowledged %d\n", (int)position); }
static void failed(void* context, int32_t status, const char* message) {
  fprintf(context, "failed %d: %s\n", (int)status, message);
}
static void refused(void* context, uint64_t position, const char* report, int32_t status, const char* message) {
  fprintf(context, "refused %d %s %d: %s\n", (int)position, report == NULL ? "" : report, (int)status, message);
}
static void under_way(void* context) { fprintf(context, "under way\n"); }

static void transport_kind(const alliance_transport_factory* table, const char* file) {
  const alliance_transport_events* events =
      FENCED(alliance_transport_events,
             {sizeof(alliance_transport_events), 0, stdout, acknowledged, failed, refused, under_way});
  alliance_transport* made = NULL;
  DESCRIBE(table);
  if (table->open(table, services, what->id, file, events, &made, error) != ALLIANCE_OK) fail("open", error);
  if (table->send(made, 7, CASE, error) != ALLIANCE_OK) fail("send", error);
  table->close(made);
}

int main(int argc, char** argv) {
  alliance_plugin_entry_function find;
  const alliance_plugin_entry* entry;
  const void* table;
  alliance_error* error = an_error();
  char factory[80];
  void *library, *symbol;
  if (argc < 4 || argc > 5) fail("usage: host LIBRARY KIND FILE [CASE]", NULL);
  if (argc == 5) a_case = argv[4];
  watch_fences();
  library = dlopen(argv[1], RTLD_NOW | RTLD_LOCAL);
  symbol = library == NULL ? NULL : dlsym(library, ALLIANCE_PLUGIN_ENTRY_SYMBOL);
  if (symbol == NULL) fail(dlerror(), NULL);
  memcpy(&find, &symbol, sizeof find);
  entry = find();
  if (!ALLIANCE_HAS(alliance_plugin_entry, entry, get_factory) || entry->abi_major != ALLIANCE_ABI_MAJOR ||
      entry->layout_check != ALLIANCE_LAYOUT_CHECK)
    fail("another size, major or layout", NULL);
  services =
      FENCED(alliance_services, {sizeof(alliance_services), ALLIANCE_ABI_MINOR, NULL, "",
                                 "{\"days_without_contact\": 3, \"source\": \"made for this test\"}", get_service});
  if (entry->init(services, error) != ALLIANCE_OK) fail("init", error);
  (void)snprintf(factory, sizeof factory, "alliance.%s-factory/1", argv[2]);
  table = entry->get_factory(factory);
  if (table == NULL) fail("no factory of that kind", NULL);
  if (strcmp(argv[2], "measure") == 0) measure_kind(table);
  if (strcmp(argv[2], "timing") == 0) timing_kind(table);
  if (strcmp(argv[2], "tailoring") == 0) tailoring_kind(table);
  if (strcmp(argv[2], "programme") == 0) programme_kind(table);
  if (strcmp(argv[2], "transport") == 0) transport_kind(table, argv[3]);
  entry->deinit();
  printf("\ndone\n");
  return 0;
}

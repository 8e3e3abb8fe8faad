/* SPDX-License-Identifier: Apache-2.0
 * A plugin of three kinds that keeps the contract, or breaks it in the one way that ZOO_FAULT names in the environment.
 * Each fault and the checker's test that must find it stand in zoo.txt, of which faults.h is made. */
#include <alliance/measure.h>
#include <alliance/programme.h>
#include <alliance/timing.h>
#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "faults.h" /* enum fault, fault_names */

static enum fault chosen;
#define IS(fault) (chosen == FAULT_##fault)

static const char instrument_json[] =
    "{\"id\": \"zoo-2\", \"version\": \"1.0.0\", \"title\": \"Zoo, two questions\", \"perspective\": \"client\","
    " \"responses\": [{\"id\": \"r\", \"options\": [{\"value\": 0}, {\"value\": 1}, {\"value\": 2}, {\"value\": 3}]}],"
    " \"items\": [{\"id\": \"a\", \"response\": \"r\"}, {\"id\": \"b\", \"response\": \"r\"}],"
    " \"scales\": [{\"id\": \"total\", \"method\": \"sum\", \"items\": [\"a\", \"b\"], \"min\": 0, \"max\": 6,"
    " \"bands\": [{\"id\": \"low\", \"from\": 0, \"to\": 3}, {\"id\": \"high\", \"from\": 4, \"to\": 6}],"
    " \"bands_provenance\": {\"certainty\": \"own\", \"source\": \"made for this test\"}}],"
    " \"licence\": {\"holder\": \"the authors of this test\", \"terms\": \"Apache-2.0\"},"
    " \"keys_provenance\": {\"certainty\": \"own\", \"source\": \"made for this test\"}, \"not_validated\": true,"
    " \"vectors\": [{\"answers\": [1, 2], \"expected\": [{\"scale\": \"total\", \"value\": 3, \"band\": \"low\"}]}]}";
static const char other_json[] =
    "{\"id\": \"another\", \"version\": \"1.0.0\", \"title\": \"Another\", \"responses\": [], \"items\": [], "
    "\"scales\": [],"
    " \"licence\": {\"holder\": \"x\", \"terms\": \"x\"}, \"keys_provenance\": {}, \"vectors\": []}";
static const char plan_json[] =
    "{\"occasions\": [{\"key\": \"start\", \"role\": \"symptom.total\", \"rater\": \"client\","
    " \"opens\": 1700000000000000, \"due\": 1700000000000000, \"expires\": 1701000000000000,"
    " \"state\": \"due\", \"rule\": \"start\"}], \"next_change\": 1701000000000000}";
static const char twice_json[] =
    "{\"occasions\": [{\"key\": \"k\", \"role\": \"r\", \"opens\": 1, \"state\": \"due\", \"rule\": \"x\"},"
    " {\"key\": \"k\", \"role\": \"r\", \"opens\": 1, \"state\": \"due\", \"rule\": \"x\"}]}";
static const char account_json[] = "{\"body_type\": \"TimeAccounted\", \"body\": {\"account\": {\"work\": []}}}";
static const char catalogue_json[] =
    "{\"id\": \"zoo\", \"version\": \"1.0.0\", \"components\": [{\"id\": \"one\"}], \"default_path\": [\"one\"]}";
static const char broken_catalogue_json[] =
    "{\"id\": \"zoo\", \"version\": \"1.0.0\", \"components\": [{\"id\": \"one\"}], \"default_path\": [\"two\"]}";
static const char no_events_json[] = "{\"events\": []}";

static const alliance_services* host;
static void* kept[4]; /* what some faults hold on to */
static int rounds;

/* Says what is wrong as far as the caller's struct goes. */
static int32_t refuse(alliance_error* error, int32_t status, const char* message) {
  if (IS(WRITES_NULL_ERROR)) error->code = status;
  if (error != NULL) {
    if (!IS(OVERRUNS_ERROR) && !ALLIANCE_HAS(alliance_error, error, message)) return status;
    error->code = IS(ERROR_OTHER_CODE) ? status + 1 : status;
    memset(error->message, IS(ERROR_WITHOUT_END) ? 'x' : 0, sizeof error->message);
    if (!IS(ERROR_WITHOUT_END) && !IS(MUTE)) memcpy(error->message, message, strlen(message));
    if (ALLIANCE_HAS(alliance_error, error, detail) || IS(OVERRUNS_ERROR))
      memset(error->detail, 0, sizeof error->detail);
  }
  return status;
}

static int32_t put(const alliance_sink* out, const uint8_t* bytes, uint64_t length, alliance_error* error) {
  int32_t status;
  if (!IS(TRUSTS_SINK) && (!ALLIANCE_HAS(alliance_sink, out, write) || out->write == NULL)) {
    return refuse(error, ALLIANCE_E_INVALID, "there is no sink");
  }
  status = out->write(out->context, bytes, length / 2);
  if (status == ALLIANCE_OK || IS(IGNORES_SINK))
    status = out->write(out->context, bytes + length / 2, length - length / 2);
  return IS(IGNORES_SINK) ? ALLIANCE_OK : status;
}

typedef struct gathered {
  uint8_t bytes[8192];
  uint64_t length;
} gathered;

static int32_t gather(void* context, const uint8_t* bytes, uint64_t length) {
  gathered* to = context;
  if (length > sizeof to->bytes - to->length) return ALLIANCE_E_LIMIT;
  memcpy(to->bytes + to->length, bytes, length);
  to->length += length;
  return ALLIANCE_OK;
}

static int32_t put_json(const char* table, const char* json, const alliance_sink* out, alliance_error* error) {
  const alliance_codec_service* codec = host->get_service(host->context, ALLIANCE_SERVICE_CODEC);
  gathered made = {{0}, 0};
  const alliance_sink sink = {sizeof sink, 0, &made, gather};
  int32_t status;
  if (!ALLIANCE_HAS(alliance_codec_service, codec, encode)) return refuse(error, ALLIANCE_E_UNSUPPORTED, "no codec");
  status = codec->encode(codec->context, table, (const uint8_t*)json, strlen(json), &sink, error);
  return status != ALLIANCE_OK ? status : put(out, made.bytes, made.length, error);
}

static int32_t nowhere(void* context, const uint8_t* bytes, uint64_t length) {
  (void)context, (void)bytes, (void)length;
  return ALLIANCE_OK;
}

/* ---- What all kinds have ------------------------------------------------------------------------------------------
 */

#define COUNT_AND_DESCRIBE(kind, name)                                                                               \
  static uint64_t kind##_count(const alliance_##kind##_factory* factory) {                                           \
    (void)factory;                                                                                                   \
    return 1;                                                                                                        \
  }                                                                                                                  \
  static int32_t kind##_describe(const alliance_##kind##_factory* factory, uint64_t index, alliance_descriptor* out, \
                                 alliance_error* error) {                                                            \
    (void)factory;                                                                                                   \
    return describe(index, out, error, name);                                                                        \
  }

static int32_t describe(uint64_t index, alliance_descriptor* out, alliance_error* error, const char* id) {
  if (index != 0 && !IS(DESCRIBES_BEYOND)) return refuse(error, ALLIANCE_E_NOT_FOUND, "there is one, index 0");
  if (ALLIANCE_HAS(alliance_descriptor, out, id)) out->id = IS(BAD_ID) ? "Zoo One" : id;
  if (ALLIANCE_HAS(alliance_descriptor, out, version) || IS(OVERRUNS_DESCRIPTOR)) out->version = "1.0.0";
  if (ALLIANCE_HAS(alliance_descriptor, out, title)) out->title = IS(NO_TITLE) ? NULL : "Zoo";
  return ALLIANCE_OK;
}

typedef struct instance {
  double sum;
  char room[64];
} instance;

static int32_t make(const char* id, const char* wanted, void** out, alliance_error* error) {
  instance* made;
  if (IS(CREATE_CRASHES_WITHOUT_ID) && id[0] == '\0') return refuse(error, ALLIANCE_E_NOT_FOUND, "no id");
  if (id == NULL || (out == NULL && !IS(CREATE_WITHOUT_PLACE)))
    return refuse(error, ALLIANCE_E_INVALID, "id and place");
  if (strcmp(id, wanted) != 0 && !IS(CREATES_ANYTHING)) return refuse(error, ALLIANCE_E_NOT_FOUND, "no such thing");
  if (IS(CREATE_FAILS)) return refuse(error, ALLIANCE_E_INTERNAL, "not today");
  made = calloc(1, sizeof *made);
  if (made == NULL) return refuse(error, ALLIANCE_E_LIMIT, "no memory");
  if (IS(LEAKS_FILES)) (void)!open("/dev/null", O_RDONLY | O_CLOEXEC);
  *out = made;
  return ALLIANCE_OK;
}

static void destroy(void* made) {
  if (IS(CRASHES_IN_DESTROY)) abort();
  if (!IS(LEAKS)) free(made);
}

/* ---- Measure ------------------------------------------------------------------------------------------------------
 */

COUNT_AND_DESCRIBE(measure, "zoo-2")

static int32_t measure_create(const alliance_measure_factory* factory, const alliance_services* services,
                              const char* id, const char* version, alliance_measure** out, alliance_error* error) {
  (void)factory, (void)services;
  if (version != NULL && strcmp(version, "1.0.0") != 0 && !IS(ANY_VERSION)) {
    return refuse(error, ALLIANCE_E_NOT_FOUND, "no such version");
  }
  return make(id, "zoo-2", (void**)out, error);
}
static void measure_destroy(alliance_measure* measure) { destroy(measure); }

static int32_t definition(alliance_measure* measure, const alliance_sink* out, alliance_error* error) {
  (void)measure;
  if (IS(NO_TABLE)) return put(out, (const uint8_t*)"no table at all", 15, error);
  if (IS(SLOW)) usleep(700000);
  return put_json("Instrument", IS(OTHER_DEFINITION) ? other_json : instrument_json, out, error);
}

static int known(const alliance_sheets* sheets, uint64_t cell) {
  const uint8_t state = sheets->states == NULL ? ALLIANCE_ANSWERED : sheets->states[cell];
  const double value = sheets->values[cell];
  if (!IS(TAKES_UNSET) && (state < ALLIANCE_ANSWERED || state > ALLIANCE_NOT_PRESENTED)) return 0;
  if (state != ALLIANCE_ANSWERED) return 1;
  if (IS(TAKES_NAN) && !(value >= 0 && value <= 3)) return value != value;
  return (value == 0 || value == 1 || value == 2 || value == 3) || (IS(TAKES_ANYTHING) && value - value == 0);
}

static int score_row(instance* self, const alliance_sheets* sheets, const alliance_scores* out, uint64_t row) {
  static double shared;
  double sum = IS(CARRIES_OVER) ? self->sum : 0;
  uint32_t answered = 0;
  uint64_t item;
  if (IS(WRITES_BEFORE_IT_FAILS)) out->values[row] = 0;
  for (item = 0; item < 2; ++item) {
    const uint64_t cell = row * 2 + item;
    if (!known(sheets, cell)) return 0;
    if (sheets->states != NULL && sheets->states[cell] != ALLIANCE_ANSWERED) {
      if (IS(READS_SKIPPED)) sum += sheets->values[cell];
      continue;
    }
    sum += sheets->values[cell];
    ++answered;
  }
  if (IS(WRITES_TO_ANSWERS)) ((volatile double*)sheets->values)[row * 2] += 0;
  if (IS(RACES)) { /* threads that meet here spoil one another's sum */
    shared = sum;
    for (item = 0; item < 2000; ++item) __asm__ volatile("" ::: "memory");
    sum = shared;
  }
  self->sum = sum / 8;
  if (IS(WRONG_KEY)) sum += 1;
  if (IS(OUT_OF_RANGE)) sum *= 1000;
  out->values[row] = sum;
  if (IS(UNINITIALISED)) out->values[row] += ((unsigned char*)kept[0])[2000] % 7;
  out->states[row] = answered == 2 || IS(MISSING_IS_ZERO) ? ALLIANCE_SCORED : ALLIANCE_NOT_SCORABLE;
  if (answered != 2 && !IS(MISSING_IS_ZERO) && !IS(READS_SKIPPED)) out->values[row] = 0;
  if (out->answered != NULL || IS(NEEDS_ALL_ARRAYS)) out->answered[row] = answered;
  if (out->bands != NULL) {
    const int32_t band = (out->values[row] >= 4) != (IS(OTHER_BAND) != 0);
    out->bands[row] = out->states[row] != ALLIANCE_SCORED || IS(NO_BANDS) ? ALLIANCE_NO_BAND : band;
  }
  return 1;
}

static int fits(const alliance_sheets* sheets, const alliance_scores* out) {
  if (IS(ANY_SHAPE)) return sheets != NULL && out != NULL;
  return ALLIANCE_HAS(alliance_sheets, sheets, states) && ALLIANCE_HAS(alliance_scores, out, bands) &&
         sheets->items == 2 && out->scales == 1 && out->rows == sheets->rows;
}

static int32_t score(alliance_measure* measure, const alliance_sheets* sheets, const alliance_missing* missing,
                     const alliance_scores* out, alliance_error* error) {
  char text[64] = "an answer is none of the options";
  (void)missing;
  if (!fits(sheets, out) || sheets->rows != 1) return refuse(error, ALLIANCE_E_INVALID, "one sheet of two answers");
  if (score_row((instance*)measure, sheets, out, 0)) return ALLIANCE_OK;
  if (IS(ANSWER_IN_MESSAGE)) snprintf(text, sizeof text, "%.2f is no option", sheets->values[0]);
  return refuse(error, ALLIANCE_E_BAD_INPUT, text);
}

static int32_t score_batch(alliance_measure* measure, const alliance_sheets* sheets, const alliance_missing* missing,
                           const alliance_scores* out, alliance_error* error) {
  uint64_t row, last;
  (void)missing;
  if (!fits(sheets, out)) return refuse(error, ALLIANCE_E_INVALID, "sheets of two answers");
  if (IS(REFUSES_NONE) && sheets->rows == 0) return refuse(error, ALLIANCE_E_INVALID, "no sheets");
  last = sheets->rows + (IS(WRITES_BEYOND) && sheets->rows > 1000);
  for (row = 0; row < last; ++row) {
    if (score_row((instance*)measure, sheets, out, row)) continue;
    if (IS(BATCH_FAILS_WHOLE)) return refuse(error, ALLIANCE_E_BAD_INPUT, "a bad sheet");
    out->values[row] = 0;
    out->states[row] = ALLIANCE_BAD_SHEET;
    if (out->answered != NULL) out->answered[row] = 0;
    if (out->bands != NULL) out->bands[row] = ALLIANCE_NO_BAND;
  }
  if (IS(BATCH_DIFFERS) && sheets->rows > 1) out->answered[0] += 1;
  return ALLIANCE_OK;
}

static alliance_measure_factory measures = {.size = sizeof(alliance_measure_factory),
                                            .count = measure_count,
                                            .describe = measure_describe,
                                            .create = measure_create,
                                            .destroy = measure_destroy,
                                            .definition = definition,
                                            .score = score,
                                            .score_batch = score_batch};

/* ---- Timing -------------------------------------------------------------------------------------------------------
 */

COUNT_AND_DESCRIBE(timing, "zoo-timing")

static int32_t timing_create(const alliance_timing_factory* factory, const alliance_services* services, const char* id,
                             alliance_timing** out, alliance_error* error) {
  (void)factory, (void)services;
  return make(id, "zoo-timing", (void**)out, error);
}
static void timing_destroy(alliance_timing* timing) { destroy(timing); }

/* Whether the bytes are a Case: the host's codec looks. */
static int32_t look_at_case(const uint8_t* bytes, uint64_t length, alliance_error* error) {
  const alliance_codec_service* codec = host->get_service(host->context, ALLIANCE_SERVICE_CODEC);
  const alliance_sink none = {sizeof none, 0, NULL, nowhere};
  if (bytes == NULL && length == 0) return refuse(error, ALLIANCE_E_BAD_INPUT, "there is no case");
  if (!ALLIANCE_HAS(alliance_codec_service, codec, decode)) return refuse(error, ALLIANCE_E_UNSUPPORTED, "no codec");
  if (codec->decode(codec->context, "Case", bytes, length, &none, NULL) == ALLIANCE_OK) return ALLIANCE_OK;
  return refuse(error, ALLIANCE_E_BAD_INPUT, "these bytes are no case");
}

static int32_t plan(alliance_timing* timing, const uint8_t* bytes, uint64_t length, alliance_instant now,
                    const alliance_sink* out, alliance_error* error) {
  static __thread int of_this_thread;
  char json[sizeof plan_json + 64];
  (void)timing;
  if (IS(NEVER_RETURNS)) {
    for (;;) pause();
  }
  if (IS(TRUSTS_BYTES) && bytes != NULL && length >= 8) { /* follows the first offset without looking where it leads */
    uint32_t offset;
    memcpy(&offset, bytes, sizeof offset);
    /* What leads outside leads so far that nothing lies there in any run. */
    kept[1] = (void*)(uintptr_t)((const volatile uint8_t*)bytes)[offset < length ? offset : (uint64_t)offset << 28];
  }
  if (IS(READS_BEYOND) && bytes != NULL) kept[1] = (void*)(uintptr_t)((const volatile uint8_t*)bytes)[length];
  if (IS(WRITES_TO_INPUT) && length > 0) ((volatile uint8_t*)bytes)[length - 1] ^= 0;
  if (IS(PRINTS)) puts("planning ..."), fflush(stdout);
  if (IS(KEEPS_SINK) && kept[2] != NULL) {
    const alliance_sink* old = kept[2];
    old->write(old->context, bytes, 0);
  }
  if (IS(KEEPS_SINK)) kept[2] = (void*)out;
  if (IS(HALF_BEFORE_FAILING) && out != NULL && out->write != NULL) out->write(out->context, bytes, length > 4 ? 4 : 0);
  {
    const int32_t status = look_at_case(bytes, length, error);
    if (status != ALLIANCE_OK) return status;
  }
  if (IS(KEYS_TWICE)) return put_json("Plan", twice_json, out, error);
  memcpy(json, plan_json, sizeof plan_json);
  if (IS(COUNTS_CALLS) || IS(WALL_CLOCK) || IS(TIME_ZONE) || IS(PER_THREAD) || IS(PLAN_ENDED)) {
    long long next = 1701000000000000;
    if (IS(COUNTS_CALLS)) next += ++rounds;
    if (IS(WALL_CLOCK)) next = 1800000000000000 + (long long)time(NULL);
    if (IS(TIME_ZONE)) {
      const time_t at = 1700600000;
      struct tm local;
      localtime_r(&at, &local);
      next += local.tm_hour;
    }
    if (IS(PER_THREAD)) next += (long long)((uintptr_t)&of_this_thread >> 4 & 0xFFFF);
    if (IS(PLAN_ENDED)) next = now - 1;
    snprintf(strstr(json, "\"next_change\""), 64, "\"next_change\": %lld}", next);
  }
  return put_json("Plan", json, out, error);
}

static int32_t account(alliance_timing* timing, const uint8_t* bytes, uint64_t length, alliance_instant now,
                       const alliance_sink* out, alliance_error* error) {
  const int32_t status = look_at_case(bytes, length, error);
  (void)timing, (void)now;
  return status != ALLIANCE_OK ? status : put_json("Report", account_json, out, error);
}

static const alliance_timing_factory timings = {
    sizeof(alliance_timing_factory), 0, timing_count, timing_describe, timing_create, timing_destroy, plan, account};

/* ---- Programme ----------------------------------------------------------------------------------------------------
 */

COUNT_AND_DESCRIBE(programme, "zoo-programme")

static int32_t programme_create(const alliance_programme_factory* factory, const alliance_services* services,
                                const char* id, alliance_programme** out, alliance_error* error) {
  (void)factory, (void)services;
  return make(id, "zoo-programme", (void**)out, error);
}
static void programme_destroy(alliance_programme* programme) { destroy(programme); }

static int32_t catalogue(alliance_programme* programme, const alliance_sink* out, alliance_error* error) {
  (void)programme;
  return put_json("Programme", IS(PATH_TO_NOWHERE) ? broken_catalogue_json : catalogue_json, out, error);
}

static int32_t ingest(alliance_programme* programme, const uint8_t* payload, uint64_t length, const alliance_sink* out,
                      alliance_error* error) {
  (void)programme;
  if (IS(OVERFLOWS_ON_LONG) && length > 1000000) {
    volatile char small[8];
    volatile char* at = small;
    while (length-- > 0) *at++ = 'x';
  }
  if (IS(GIVES_IT_BACK) && length > 0 && payload[0] == 0) return put(out, payload, length, error);
  if (IS(DIVIDES) && length > 0 && payload[0] == 0) raise(SIGFPE);
  return put_json("EventBatch", no_events_json, out, error);
}

static int32_t apply(alliance_programme* programme, const char* case_id, const uint8_t* proposal, uint64_t length,
                     alliance_instant when, const alliance_sink* out, alliance_error* error) {
  (void)programme, (void)case_id, (void)proposal, (void)length, (void)when, (void)out;
  return refuse(error, IS(APPLY_BREAKS) ? ALLIANCE_E_INTERNAL : ALLIANCE_E_UNSUPPORTED, "it cannot be changed");
}

static const alliance_programme_factory programmes = {sizeof(alliance_programme_factory),
                                                      0,
                                                      programme_count,
                                                      programme_describe,
                                                      programme_create,
                                                      programme_destroy,
                                                      catalogue,
                                                      ingest,
                                                      apply};

/* ---- Entry --------------------------------------------------------------------------------------------------------
 */

static void log_line(const char* text) {
  const alliance_log_service* log = host->get_service(host->context, ALLIANCE_SERVICE_LOG);
  if (ALLIANCE_HAS(alliance_log_service, log, log)) log->log(log->context, ALLIANCE_LOG_INFO, text);
}

static void* wait_and_log(void* context) {
  const alliance_services* still = context;
  usleep(IS(LATE_CALL) ? 100000 : 3000000);
  still->get_service(still->context, ALLIANCE_SERVICE_LOG);
  return NULL;
}

static void at_exit(void) {
  if (IS(CRASHES_AT_EXIT)) abort();
}

static int32_t init(const alliance_services* services, alliance_error* error) {
  if (IS(TRUSTS_SERVICES)) services->get_service(services->context, ALLIANCE_SERVICE_LOG);
  if (!ALLIANCE_HAS(alliance_services, services, get_service)) return refuse(error, ALLIANCE_E_INVALID, "no services");
  if (IS(NEEDS_LOG)) {
    const alliance_log_service* log = services->get_service(services->context, ALLIANCE_SERVICE_LOG);
    log->log(log->context, ALLIANCE_LOG_INFO, "hello");
  }
  if (IS(EXITS_IN_INIT)) exit(0);
  if (IS(CRASHES_IN_INIT)) abort();
  if (IS(FAILS_IN_INIT)) return refuse(error, ALLIANCE_E_DENIED, "the licence has expired: renew it");
  if (IS(HANGS_IN_INIT)) {
    for (;;) pause();
  }
  if (IS(ONLY_ONCE) && rounds++ > 0) return refuse(error, ALLIANCE_E_STATE, "I was here before");
  if (IS(CRASHES_ON_SETTINGS) && services->config[0] == '\0') abort();
  host = services;
  if (IS(UNINITIALISED)) kept[0] = malloc(4000);
  if (IS(LEAKS_IN_INIT)) (void)!(kept[3] = malloc(5000));
  if (IS(LOGS_LINES)) log_line("two\nlines");
  if (IS(SIGNALS)) signal(SIGTERM, SIG_IGN);
  if (IS(FOLDER)) (void)!chdir("/");
  if (IS(ENVIRONMENT)) setenv("ZOO", "1", 1);
  if (IS(LOCALE)) setlocale(LC_ALL, "C.UTF-8");
  if (IS(ROUNDING)) __builtin_ia32_ldmxcsr(__builtin_ia32_stmxcsr() | 0x8040u);
  if (IS(STARTS_PROCESS) && fork() == 0) {
    sleep(20);
    _exit(0);
  }
  if (IS(LEAVES_THREAD) || IS(LATE_CALL)) {
    pthread_t thread;
    if (pthread_create(&thread, NULL, wait_and_log, (void*)services) == 0) pthread_detach(thread);
  }
  if (IS(CRASHES_AT_EXIT)) atexit(at_exit);
  return ALLIANCE_OK;
}

static void deinit(void) {
  if (IS(CRASHES_IN_DEINIT)) abort();
}

static const void* get_factory(const char* id) {
  static alliance_measure_factory copies[8];
  static int next;
  if (id == NULL && !IS(CRASHES_WITHOUT_ID)) return NULL;
  if (IS(COPIES_FACTORY) && strcmp(id, ALLIANCE_MEASURE_FACTORY) == 0) {
    copies[next = (next + 1) % 8] = measures;
    return &copies[next];
  }
  if (strcmp(id, ALLIANCE_MEASURE_FACTORY) == 0) return &measures;
  if (strcmp(id, ALLIANCE_TIMING_FACTORY) == 0) return IS(NO_FACTORY) ? NULL : (const void*)&timings;
  if (strcmp(id, ALLIANCE_PROGRAMME_FACTORY) == 0) return &programmes;
  return IS(ANY_FACTORY) ? &measures : NULL;
}

static alliance_plugin_entry entry = {sizeof(alliance_plugin_entry),
                                      ALLIANCE_ABI_MAJOR,
                                      ALLIANCE_ABI_MINOR,
                                      0,
                                      ALLIANCE_LAYOUT_CHECK,
                                      init,
                                      deinit,
                                      get_factory};

const alliance_plugin_entry* alliance_plugin_entry_v1(void) {
  static alliance_plugin_entry copies[2];
  static int next;
  if (IS(NULL_ENTRY)) return NULL;
  if (!IS(COPIES_ENTRY)) return &entry;
  copies[next ^= 1] = entry;
  return &copies[next];
}

__attribute__((constructor)) static void when_loaded(void) {
  const char* wanted = getenv("ZOO_FAULT");
  size_t at;
  for (at = 0; wanted != NULL && fault_names[at] != NULL; ++at) {
    if (strcmp(wanted, fault_names[at]) == 0) chosen = (enum fault)at;
  }
  if (IS(CRASHES_WHEN_LOADED)) abort();
  if (IS(ODD_FACTORY_SIZE)) measures.size = 70001;
  if (IS(NO_SLOT)) measures.score_batch = NULL;
  if (IS(SHORT_ENTRY)) entry.size = offsetof(alliance_plugin_entry, get_factory);
  if (IS(NEWER_MAJOR)) entry.abi_major = 2;
  if (IS(RESERVED)) entry.reserved = 7;
  if (IS(LAYOUT)) entry.layout_check = 1;
  if (IS(NO_INIT)) entry.init = NULL;
}

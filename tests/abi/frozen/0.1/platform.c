/* SPDX-License-Identifier: Apache-2.0
 * platform PLUGINS STORE FILE: a therapy platform of this release, linked with the library of today. Each struct that
 * it hands over ends at a fence. What comes back is printed: it is the same whichever release this program and the
 * plugins were built for. */
#include <alliance/alliance.h>

#include "fence.h"

#define MINUTE INT64_C(60000000)
#define OPENED INT64_C(1700000000000000)

static alliance_error* error;

static void must(int32_t status, const char* what) {
  if (status == ALLIANCE_OK) return;
  fprintf(stderr, "%s: %s: %s\n", what, alliance_status_text(status), error->message);
  exit(1);
}

static int32_t print(void* context, const uint8_t* bytes, uint64_t length) {
  return fwrite(bytes, 1, (size_t)length, context) == length ? ALLIANCE_OK : ALLIANCE_E_IO;
}

typedef struct text {
  char bytes[20000];
  size_t length;
} text;

static int32_t keep(void* context, const uint8_t* bytes, uint64_t length) {
  text* to = context;
  if (length > sizeof to->bytes - to->length) return ALLIANCE_E_LIMIT;
  memcpy(to->bytes + to->length, bytes, (size_t)length);
  to->length += (size_t)length;
  return ALLIANCE_OK;
}

static alliance_instant the_time = OPENED;
static alliance_instant now(void* context) { return (void)context, the_time; }
static void quiet(void* context, int32_t level, const char* message) {
  if (level >= ALLIANCE_LOG_ERROR) fprintf(context, "log: %s\n", message);
}

static int reports_taken;
static int32_t take(void* context, const alliance_report* report, alliance_error* refusal) {
  (void)context, (void)refusal;
  if (!ALLIANCE_HAS(alliance_report, report, body)) return ALLIANCE_E_INVALID;
  __atomic_add_fetch(&reports_taken, 1, __ATOMIC_RELAXED);
  return ALLIANCE_OK;
}

static void record(alliance_host* host, int number, const char* kind, const char* body) {
  alliance_recorded* result = FENCED(alliance_recorded, ALLIANCE_RECORDED_INIT);
  const alliance_sink* safety = FENCED(alliance_sink, {sizeof(alliance_sink), 0, stdout, print});
  char json[500];
  (void)snprintf(json, sizeof json, "{\"id\":\"e%d\",\"case\":\"c1\",\"time\":%lld,\"body_type\":\"%s\",\"body\":%s}",
                 number, (long long)(OPENED + number * MINUTE), kind, body);
  must(alliance_host_record(host, (const uint8_t*)json, strlen(json), ALLIANCE_JSON, safety, result, error), kind);
  printf("%s: %d reports, %d safety flags\n", kind, (int)result->reports, (int)result->safety_flags);
}

static void score(alliance_host* host) {
  enum { items = 2 };
  const double answers[items] = {1, 2};
  const alliance_sheets* sheets =
      FENCED(alliance_sheets, {sizeof(alliance_sheets), 0, 1, items, fenced("answers", answers, sizeof answers), NULL});
  const alliance_scores* out =
      FENCED(alliance_scores, {sizeof(alliance_scores), 0, 1, 1, fenced("scores", NULL, sizeof(double)),
                               fenced("states", NULL, 1), NULL, NULL});
  alliance_measure_ref* ref = FENCED(alliance_measure_ref, ALLIANCE_MEASURE_REF_INIT);
  must(alliance_host_score(host, "kept-measure", NULL, sheets, NULL, out, error), "score");
  printf("by the host %.17g, state %d\n", out->values[0], (int)out->states[0]);
  must(alliance_host_find_measure(host, "kept-measure", NULL, ref, error), "find_measure");
  must(ref->table->score(ref->measure, sheets, NULL, out, error), "the plugin's own table");
  printf("by its table %.17g, of %d items\n", out->values[0], (int)ref->items);
}

static void ingest(alliance_host* host, const alliance_sink* safety) {
  static const char payload[] = "fact-1 c1 module-1 1700001200\n";
  static text batch;
  const alliance_sink* to_batch = FENCED(alliance_sink, {sizeof(alliance_sink), 0, &batch, keep});
  alliance_recorded* result = FENCED(alliance_recorded, ALLIANCE_RECORDED_INIT);
  int32_t* statuses = fenced("statuses", NULL, sizeof *statuses);
  must(alliance_host_ingest(host, "kept-programme", (const uint8_t*)payload, sizeof payload - 1, ALLIANCE_JSON,
                            to_batch, error),
       "ingest");
  must(alliance_host_record_many(host, (const uint8_t*)batch.bytes, batch.length, ALLIANCE_JSON, statuses, 1, safety,
                                 result, error),
       "record_many");
  printf("ingested: %d reports\n", (int)result->reports);
}

/* What a researcher, a record system and a controller ask for: answers of any length, and statuses. */
static void read_all(alliance_host* host) {
  static const uint8_t key[16] = "sixteen letters";
  static text answer;
  const alliance_sink* out = FENCED(alliance_sink, {sizeof(alliance_sink), 0, &answer, keep});
#define VIEWER(role) FENCED(alliance_viewer, {sizeof(alliance_viewer), role, "p1"})
  must(alliance_host_study(host, FENCED(alliance_study, {sizeof(alliance_study), 0, sizeof key, key, NULL}),
                           VIEWER(ALLIANCE_ROLE_RESEARCHER), ALLIANCE_JSON, out, error),
       "study");
  /* The kept timing policy keeps no account of time, and the host says so. */
  printf(
      "\nextract: %d\n",
      (int)alliance_host_extract(
          host, FENCED(alliance_extract, {sizeof(alliance_extract), 0, OPENED, OPENED + 1440 * MINUTE, "kept-measure"}),
          VIEWER(ALLIANCE_ROLE_SERVICE), ALLIANCE_JSON, out, error));
  must(alliance_host_instruct(
           host,
           FENCED(alliance_instruction, {sizeof(alliance_instruction), ALLIANCE_ACT_HOLD, "c1", "a court order", NULL}),
           VIEWER(ALLIANCE_ROLE_CONTROLLER), error),
       "instruct");
  printf("study: %s\n", answer.length > 0 ? "answered" : "nothing");
}

/* A receiver whose memory is the caller's own takes once more what the transport wrote, a batch per line. */
static int marks;
static int32_t begin(void* context, alliance_error* fault) { return (void)context, (void)fault, ALLIANCE_OK; }
static int32_t get_mark(void* context, const char* tenant, const char* case_id, int64_t epoch, int32_t lane,
                        uint64_t* sequence, alliance_error* fault) {
  (void)context, (void)tenant, (void)case_id, (void)epoch, (void)lane, (void)fault;
  *sequence = 0;
  return ALLIANCE_OK;
}
static int32_t set_mark(void* context, const char* tenant, const char* case_id, int64_t epoch, int32_t lane,
                        uint64_t sequence, alliance_error* fault) {
  (void)context, (void)tenant, (void)case_id, (void)epoch, (void)lane, (void)fault;
  if (sequence > 0) ++marks;
  return ALLIANCE_OK;
}
static int32_t get_awaited(void* context, const char* tenant, const char* report, int32_t* awaited,
                           alliance_error* fault) {
  (void)context, (void)tenant, (void)report, (void)fault;
  *awaited = 0;
  return ALLIANCE_OK;
}
static int32_t set_awaited(void* context, const char* tenant, const char* report, int32_t awaited,
                           alliance_error* fault) {
  (void)context, (void)tenant, (void)report, (void)awaited, (void)fault;
  return ALLIANCE_OK;
}
static int32_t commit(void* context, alliance_error* fault) { return (void)context, (void)fault, ALLIANCE_OK; }
static void abandon(void* context) { (void)context; }

static void receive(const char* file) {
  static char line[20000];
  static text batch;
  const alliance_sink* to_batch = FENCED(alliance_sink, {sizeof(alliance_sink), 0, &batch, keep});
  const alliance_sink* out = FENCED(alliance_sink, {sizeof(alliance_sink), 0, stdout, print});
  alliance_receiver_options options = ALLIANCE_RECEIVER_OPTIONS_INIT;
  alliance_receiver* receiver = NULL;
  FILE* lines = fopen(file, "r");
  options.store = FENCED(alliance_receiver_store, {sizeof(alliance_receiver_store), 0, NULL, begin, get_mark, set_mark,
                                                   get_awaited, set_awaited, commit, abandon});
  options.take = take;
  must(alliance_receiver_open(fenced("alliance_receiver_options", &options, sizeof options), &receiver, error),
       "receiver_open");
  reports_taken = 0;
  while (lines != NULL && fgets(line, sizeof line, lines) != NULL) {
    const uint8_t* batches[1] = {(const uint8_t*)batch.bytes};
    uint64_t lengths[1], kept = 0;
    batch.length = 0;
    must(alliance_convert("Batch", (const uint8_t*)line, strcspn(line, "\n"), ALLIANCE_JSON, to_batch, error),
         "convert");
    lengths[0] = batch.length;
    must(alliance_receiver_settle(receiver, batches, lengths, 1, &kept, out, error), "settle");
  }
  if (lines != NULL) fclose(lines);
  alliance_receiver_close(receiver);
  printf("taken once more: %d, %s\n", reports_taken, marks > 0 ? "marked" : "not marked");
}

int main(int argc, char** argv) {
  const alliance_duration patience = {60000000};
  alliance_host_options options = ALLIANCE_HOST_OPTIONS_INIT;
  alliance_viewer viewer = ALLIANCE_VIEWER_INIT;
  alliance_host* host = NULL;
  alliance_host_counts* counts;
  const alliance_viewer* practitioner;
  const alliance_sink* out;
  alliance_recorded* passed;
  uint64_t loaded = 0, refused = 0;
  char endpoint[600];
  if (argc != 4) return 2;
  watch_fences();
  error = FENCED(alliance_error, ALLIANCE_ERROR_INIT);
  out = FENCED(alliance_sink, {sizeof(alliance_sink), 0, stdout, print});
  options.tenant = "t1";
  options.store_path = argv[2];
  options.config =
      "{\"plugins\":[{\"plugin\":\"org.example.kept-tailoring\",\"settings\":"
      "\"{\\\"days_without_contact\\\": 3, \\\"source\\\": \\\"made for this test\\\"}\"}]}";
  options.log = quiet;
  options.log_context = stderr;
  options.now = now;
  options.flags = ALLIANCE_HOST_PLAINTEXT;
  must(alliance_host_create(fenced("alliance_host_options", &options, sizeof options), &host, error), "create");
  must(alliance_host_load_folder(host, argv[1], &loaded, &refused, error), "load_folder");
  printf("%d plugins, %d refused\n", (int)loaded, (int)refused);
  score(host);
  (void)snprintf(endpoint, sizeof endpoint, "kept-transport:%s", argv[3]);
  must(alliance_host_connect(host, endpoint, error), "connect");
  must(alliance_host_receive(host, "here", ALLIANCE_JSON, take, NULL, error), "receive");
  must(alliance_host_run(host, error), "run");

  record(host, 1, "CaseOpened",
         "{\"service\":\"north\",\"practitioner\":\"p1\",\"delivery\":\"blended\",\"zone\":\"Europe/London\","
         "\"weeks\":4,\"programme\":\"kept-programme\"}");
  record(host, 2, "InformationShown", "{\"version\":\"1\"}");
  record(host, 3, "ConsentGiven", "{\"scope\":\"measures\"}");
  record(host, 4, "AnswersGiven",
         "{\"instrument\":\"kept-measure\",\"rater\":\"client\",\"answers\":[{\"item\":\"first\",\"value\":1},"
         "{\"item\":\"second\",\"value\":4}]}");
  ingest(host, out);
  the_time = OPENED + 6 * 1440 * MINUTE;
  passed = FENCED(alliance_recorded, ALLIANCE_RECORDED_INIT);
  must(alliance_host_advance(host, the_time, patience, out, ALLIANCE_JSON, passed, error), "advance");
  printf("six days later: %d reports\n", (int)passed->reports);

  viewer.role = ALLIANCE_ROLE_PRACTITIONER;
  viewer.id = "p1";
  practitioner = fenced("alliance_viewer", &viewer, sizeof viewer);
  must(alliance_host_due(host, "c1", 0, practitioner, ALLIANCE_JSON, out, error), "due");
  must(alliance_host_review(host, ALLIANCE_SCOPE_CASE, "c1", practitioner, ALLIANCE_JSON, out, error), "review");
  read_all(host);
  must(alliance_host_drain(host, patience, error), "drain");
  counts = FENCED(alliance_host_counts, ALLIANCE_HOST_COUNTS_INIT);
  must(alliance_host_count(host, counts, error), "count");
  printf("\n%d events, %d reports, %d acknowledged, %d waiting, %d taken here\n", (int)counts->events,
         (int)counts->reports, (int)counts->acknowledged, (int)counts->waiting,
         __atomic_load_n(&reports_taken, __ATOMIC_RELAXED));
  alliance_host_close(host);
  receive(argv[3]);
  printf("done\n");
  return 0;
}

/* SPDX-License-Identifier: Apache-2.0
 * Adds more hosts: several machines share the work of one platform. Events go into a partitioned JetStream stream;
 * each partition is one worker's at a time. When that worker dies a spare one rebuilds the partition's state from the
 * stream and goes on. What makes it simple: the same events with the same instants make the same reports, under the
 * same ids and numbers, so whatever is reported twice is dropped by a receiver.
 *
 *     10_workers_over_nats work nats://127.0.0.1:4222 PARTITIONS FOLDER REPORTS [PLUGINS [TENANT]] &    on each machine
 *     10_workers_over_nats publish nats://127.0.0.1:4222 PARTITIONS < events
 *
 * A line of `events` is a key, a tab and an Event as JSON. What has one key stays in order and in one partition: a
 * practitioner's id, so that the minutes of one practitioner are counted together. A line is answered with its event's
 * id once the stream has it. FOLDER is the worker's own; REPORTS is where reports go, as for alliance_host_connect().
 */
#define _POSIX_C_SOURCE 200809L
#include <alliance/host.h>
#include <ctype.h>
#include <dirent.h>
#include <inttypes.h>
#include <nats/nats.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { most_partitions = 64, in_one_turn = 64 };
static const int64_t lease = INT64_C(6000000000), renewed_every = INT64_C(1500000000); /* nanoseconds */
static const int64_t quiet = INT64_C(5000000000), a_minute = INT64_C(60000000000);

typedef struct worker {
  natsConnection* connection;
  jsCtx* stream;
  kvStore* leases;
  const char *folder, *reports, *plugins, *tenant;
  int partitions, partition;
  uint64_t revision; /* of the lease; 0: none */
  int64_t renewed, heard, ticked;
  uint64_t last;                    /* sequence of the last event that was taken */
  _Atomic alliance_instant instant; /* when the stream had it: the host's clock, which its threads read */
  alliance_host* host;
  natsSubscription* events;
} worker;

static int64_t now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

static alliance_instant instant_of(void* context) { return ((worker*)context)->instant; }

/* alliance.event.PARTITION.CASE, so that a case that is to be erased can be purged by its subject. Of the case's bytes
 * letters, digits, - and _ stand for themselves, any other is = and two hex digits. */
static int subject_of(char* out, size_t size, int partition, const char* name) {
  size_t used = (size_t)snprintf(out, size, "alliance.event.%d.%s", partition, *name == '\0' ? "=" : "");
  for (; *name != '\0' && used + 4 < size; ++name) {
    const int plain = isalnum((unsigned char)*name) || *name == '-' || *name == '_';
    used += (size_t)snprintf(out + used, size - used, plain ? "%c" : "=%02x", (unsigned char)*name);
  }
  return *name == '\0';
}
static void key_of(char* out, size_t size, const worker* self) { snprintf(out, size, "p%d", self->partition); }

/* What an earlier worker in this folder left: a partition is rebuilt, never continued. */
static void remove_files(const char* folder, const char* beginning) {
  char path[4096];
  DIR* all = opendir(folder);
  if (all == NULL) return;
  for (struct dirent* one = readdir(all); one != NULL; one = readdir(all)) {
    if (strncmp(one->d_name, beginning, strlen(beginning)) != 0) continue;
    if (snprintf(path, sizeof path, "%s/%s", folder, one->d_name) < (int)sizeof path) unlink(path);
  }
  closedir(all);
}

static void let_go(worker* self, const char* why) {
  fprintf(stderr, "partition %d: %s\n", self->partition, why);
  natsSubscription_Destroy(self->events);
  alliance_host_close(self->host);
  self->events = NULL;
  self->host = NULL;
  self->revision = 0; /* what is left of the lease runs out by itself */
}

/* From the first event that was not taken yet. */
static void listen_on(worker* self) {
  char subject[64];
  jsSubOptions what;
  snprintf(subject, sizeof subject, "alliance.event.%d.>", self->partition);
  jsSubOptions_Init(&what);
  what.Ordered = true;
  what.Config.DeliverPolicy = js_DeliverByStartSequence;
  what.Config.OptStartSeq = self->last + 1;
  natsSubscription_Destroy(self->events);
  self->events = NULL;
  self->heard = now();
  const natsStatus status = js_SubscribeSync(&self->events, self->stream, subject, NULL, &what, NULL);
  if (status != NATS_OK) let_go(self, natsStatus_GetText(status));
}

static void begin(worker* self) {
  char path[4096];
  alliance_error error = ALLIANCE_ERROR_INIT;
  alliance_host_options options = ALLIANCE_HOST_OPTIONS_INIT;
  remove_files(self->folder, "partition.");
  snprintf(path, sizeof path, "%s/partition.db", self->folder);
  self->last = 0;
  self->instant = 0;
  self->ticked = now();
  options.tenant = self->tenant;
  options.store_path = path;
  options.config =
      "{\"safety\":{\"contact\":\"duty-desk\"},\"call_deadline_ms\":60000}"; /* slow is not another answer */
  options.now = instant_of;
  options.now_context = self;
  int32_t status = alliance_host_create(&options, &self->host, &error);
  if (status == ALLIANCE_OK) status = alliance_host_load_folder(self->host, self->plugins, NULL, NULL, &error);
  if (status == ALLIANCE_OK) status = alliance_host_connect(self->host, self->reports, &error);
  if (status == ALLIANCE_OK) status = alliance_host_run(self->host, &error);
  if (status != ALLIANCE_OK) {
    let_go(self, error.message);
    return;
  }
  fprintf(stderr, "partition %d: taken\n", self->partition);
  listen_on(self);
}

/* A lease is a key that ages: who creates it has the partition until it is not renewed in time. */
static void find_one(worker* self) {
  for (int tries = 0; tries < self->partitions; ++tries) {
    char key[32];
    self->partition = (self->partition + 1) % self->partitions;
    key_of(key, sizeof key, self);
    self->renewed = now();
    if (kvStore_CreateString(&self->revision, self->leases, key, "taken") == NATS_OK) {
      begin(self);
      return;
    }
    self->revision = 0;
  }
  nats_Sleep(200);
}

static void renew(worker* self) {
  char key[32];
  uint64_t revision = 0;
  const int64_t before = now();
  if (before - self->renewed < renewed_every) return;
  key_of(key, sizeof key, self);
  if (kvStore_UpdateString(&revision, self->leases, key, "taken", self->revision) == NATS_OK) {
    self->revision = revision;
    self->renewed = before;
  } else if (now() - self->renewed > lease) {
    let_go(self, "its lease could not be renewed");
  }
}

/* What the host refuses it refuses whenever the partition is rebuilt: it is said, and passed over. */
static void take(worker* self, natsMsg* message, int64_t timestamp) {
  alliance_error error = ALLIANCE_ERROR_INIT;
  const alliance_duration patience = {60000000};
  int32_t status;
  if (timestamp / 1000 > self->instant) self->instant = timestamp / 1000;
  if (natsMsg_GetDataLength(message) == 0) {
    status = alliance_host_advance(self->host, self->instant, patience, NULL, ALLIANCE_JSON, NULL, &error);
  } else {
    status = alliance_host_record(self->host, (const uint8_t*)natsMsg_GetData(message),
                                  (uint64_t)natsMsg_GetDataLength(message), ALLIANCE_JSON, NULL, NULL, &error);
  }
  if (status == ALLIANCE_E_BAD_INPUT) {
    fprintf(stderr, "partition %d, event %" PRIu64 ": %s\n", self->partition, self->last, error.message);
  } else if (status != ALLIANCE_OK) {
    let_go(self, error.message);
  }
}

static void work_on(worker* self) {
  for (int n = 0; n < in_one_turn && self->host != NULL; ++n) {
    natsMsg* message = NULL;
    jsMsgMetaData* meta = NULL;
    if (natsSubscription_NextMsg(&message, self->events, 100) != NATS_OK) {
      if (now() - self->heard > quiet) listen_on(self); /* its consumer may be gone */
      return;
    }
    self->heard = now();
    if (natsMsg_GetMetaData(&meta, message) == NATS_OK && meta->Sequence.Stream > self->last) {
      self->last = meta->Sequence.Stream;
      take(self, message, meta->Timestamp);
    }
    jsMsgMetaData_Destroy(meta);
    natsMsg_Destroy(message);
  }
}

/* Time passes by the stream as well, for whoever rebuilds the partition. An empty message is a minute. */
static void tick(worker* self) {
  char subject[64], id[64];
  jsPubOptions options;
  if (now() - self->ticked < a_minute) return;
  self->ticked = now();
  subject_of(subject, sizeof subject, self->partition, "");
  snprintf(id, sizeof id, "tick-%d-%lld", self->partition, (long long)time(NULL) / 60);
  jsPubOptions_Init(&options);
  options.MsgId = id;
  js_Publish(NULL, self->stream, subject, NULL, 0, &options, NULL);
}

/* Until the servers are lost for good; whoever supervises the program starts it again. */
static int work(worker* self) {
  self->partition = (int)(time(NULL) % self->partitions);
  while (!natsConnection_IsClosed(self->connection)) {
    if (self->host == NULL) find_one(self);
    if (self->host != NULL) work_on(self);
    if (self->host != NULL) renew(self);
    if (self->host != NULL) tick(self);
  }
  fprintf(stderr, "the servers are lost\n");
  return 1;
}

/* FNV-1a. */
static uint32_t hash(const char* begin, const char* end) {
  uint32_t value = UINT32_C(2166136261);
  for (; begin != end; ++begin) value = (value ^ (uint8_t)*begin) * UINT32_C(16777619);
  return value;
}

/* The text of a member, without escapes. An event of no case has none. */
static int member(const char* json, const char* name, char* out, size_t size) {
  const char* begin = strstr(json, name);
  if (begin == NULL) return 0;
  begin += strlen(name);
  const size_t length = strcspn(begin, "\"\\");
  if (begin[length] != '"' || length >= size) return 0;
  memcpy(out, begin, length);
  out[length] = '\0';
  return 1;
}

static int publish(worker* self) {
  static char line[1 << 20];
  while (fgets(line, sizeof line, stdin) != NULL) {
    char subject[1024], id[256], of[256] = "";
    jsPubOptions options;
    const char* tab = strchr(line, '\t');
    if (tab == NULL || !member(tab, "\"id\":\"", id, sizeof id)) {
      fprintf(stderr, "a line is a key, a tab and an event as JSON with its id\n");
      return 3;
    }
    member(tab, "\"case\":\"", of, sizeof of);
    if (!subject_of(subject, sizeof subject, (int)(hash(line, tab) % (uint32_t)self->partitions), of)) return 3;
    jsPubOptions_Init(&options);
    options.MsgId = id;
    natsStatus status = NATS_TIMEOUT;
    for (int tries = 0; status != NATS_OK && tries < 600; ++tries) { /* twice in the stream is once in a host */
      if (tries > 0) nats_Sleep(100);
      status = js_Publish(NULL, self->stream, subject, tab + 1, (int)strcspn(tab + 1, "\n"), &options, NULL);
    }
    if (status != NATS_OK) {
      fprintf(stderr, "%s: %s\n", id, natsStatus_GetText(status));
      return 1;
    }
    printf("%s\n", id);
    fflush(stdout);
  }
  return 0;
}

int main(int argc, char** argv) {
  static worker self;
  const int works = argc > 1 && strcmp(argv[1], "work") == 0;
  if (argc > 3) self.partitions = atoi(argv[3]);
  if (!(works ? argc >= 6 && argc <= 8 : argc == 4 && strcmp(argv[1], "publish") == 0) || self.partitions < 1 ||
      self.partitions > most_partitions) {
    fprintf(stderr,
            "usage: 10_workers_over_nats work SERVER PARTITIONS FOLDER REPORTS [PLUGINS [TENANT]]\n"
            "       10_workers_over_nats publish SERVER PARTITIONS < events\n"
            "PARTITIONS: 1 to %d, the same everywhere and for ever\n",
            most_partitions);
    return 2;
  }
  natsStatus status = natsConnection_ConnectTo(&self.connection, argv[2]);
  if (status == NATS_OK) status = natsConnection_JetStream(&self.stream, self.connection, NULL);
  if (status == NATS_OK && works) {
    kvConfig config;
    kvConfig_Init(&config);
    config.Bucket = "ALLIANCE_WORKERS";
    config.TTL = lease;
    config.History = 1;
    config.StorageType = js_FileStorage; /* leases outlive the server: else two workers would have one partition */
    status = js_CreateKeyValue(&self.leases, self.stream, &config);
    self.folder = argv[4];
    self.reports = argv[5];
    self.plugins = argc > 6 ? argv[6] : "build/lib/alliance/plugins";
    self.tenant = argc > 7 ? argv[7] : "example";
  }
  if (status == NATS_OK) return works ? work(&self) : publish(&self);
  fprintf(stderr, "%s: %s\n", argv[2], natsStatus_GetText(status));
  return 1;
}

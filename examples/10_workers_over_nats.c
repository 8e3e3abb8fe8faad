/* SPDX-License-Identifier: Apache-2.0
 * Adds more hosts: several machines share the work of one platform. Events go into a partitioned JetStream stream;
 * each partition is one worker's at a time. When that worker dies a spare one rebuilds the partition's state from the
 * stream and goes on. What makes it simple: the same events with the same instants make the same reports, under the
 * same ids and numbers, so whatever is reported twice is dropped by a receiver.
 *
 *     10_workers_over_nats work nats://127.0.0.1:4222 PARTITIONS FOLDER REPORTS [PLUGINS [TENANT]] &    on each machine
 *     10_workers_over_nats publish nats://127.0.0.1:4222 PARTITIONS < events
 *     10_workers_over_nats instruct nats://127.0.0.1:4222 PARTITIONS KEY CASE ACT BY REASON [REFERENCE]
 *
 * A line of `events` is a key, a tab and an Event as JSON. What has one key stays in order and in one partition: a
 * practitioner's id, so that the minutes of one practitioner are counted together. A line is answered with its event's
 * id once the stream has it. FOLDER is the worker's own; REPORTS is where reports go, as for alliance_host_connect().
 * ACT is erase, restrict, lift, hold or release. It goes through the stream too, behind the events that it is about, so
 * that whoever rebuilds the partition obeys it; the events of an erased case are overwritten in the stream.
 * To another machine it goes by TLS: tls://HOST:PORT, and before the first word --ca FILE, --cert FILE --key FILE,
 * --name NAME, --creds FILE.
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

#include "erase_in_stream.h"

enum { most_partitions = 64, in_one_turn = 64, longest_text = 1024 };
static const char* const stream_name = "ALLIANCE_EVENTS";
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

/* A header of a message; "" where it has none. */
static const char* header(natsMsg* message, const char* name) {
  const char* value = NULL;
  return natsMsgHeader_Get(message, name, &value) == NATS_OK && value != NULL ? value : "";
}

/* Whoever rebuilds the partition finds nothing of the case but this, and remembers that it was erased. */
static int32_t obey(worker* self, natsMsg* message, uint64_t sequence, alliance_error* error) {
  static const char* const acts[] = {"erase", "restrict", "lift", "hold", "release"};
  static const int32_t codes[] = {ALLIANCE_ACT_ERASE_UNSEEN, ALLIANCE_ACT_RESTRICT, ALLIANCE_ACT_LIFT,
                                  ALLIANCE_ACT_HOLD, ALLIANCE_ACT_RELEASE};
  alliance_instruction instruction = ALLIANCE_INSTRUCTION_INIT;
  const alliance_viewer controller = {sizeof controller, ALLIANCE_ROLE_CONTROLLER, header(message, "Alliance-By")};
  for (size_t n = 0; n < sizeof acts / sizeof *acts; ++n) {
    if (strcmp(header(message, "Alliance-Act"), acts[n]) == 0) instruction.act = codes[n];
  }
  instruction.subject = header(message, "Alliance-Case");
  instruction.reason = header(message, "Alliance-Reason");
  instruction.reference = header(message, "Alliance-Reference");
  const int32_t status = alliance_host_instruct(self->host, &instruction, &controller, error);
  if (status != ALLIANCE_OK || instruction.act != ALLIANCE_ACT_ERASE_UNSEEN) return status;
  if (erase_before(self->stream, stream_name, natsMsg_GetSubject(message), sequence) == NATS_OK) return ALLIANCE_OK;
  snprintf(error->message, sizeof error->message, "an erased case could not be erased from the stream");
  return ALLIANCE_E_IO; /* it is done again when the partition is rebuilt */
}

/* What the host refuses it refuses whenever the partition is rebuilt: it is said, and passed over. */
static void take(worker* self, natsMsg* message, int64_t timestamp) {
  alliance_error error = ALLIANCE_ERROR_INIT;
  const alliance_duration patience = {60000000};
  int32_t status;
  if (timestamp / 1000 > self->instant) self->instant = timestamp / 1000;
  if (*header(message, "Alliance-Act") != '\0') {
    status = obey(self, message, self->last, &error);
  } else if (natsMsg_GetDataLength(message) == 0) {
    status = alliance_host_advance(self->host, self->instant, patience, NULL, ALLIANCE_JSON, NULL, &error);
  } else {
    status = alliance_host_record(self->host, (const uint8_t*)natsMsg_GetData(message),
                                  (uint64_t)natsMsg_GetDataLength(message), ALLIANCE_JSON, NULL, NULL, &error);
  }
  const int trouble = status == ALLIANCE_E_IO || status == ALLIANCE_E_TIMEOUT || status == ALLIANCE_E_CANCELLED ||
                      status == ALLIANCE_E_INTERNAL;
  if (trouble) {
    let_go(self, error.message);
  } else if (status != ALLIANCE_OK) {
    fprintf(stderr, "partition %d, event %" PRIu64 ": %s\n", self->partition, self->last, error.message);
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

/* KEY CASE ACT BY REASON [REFERENCE] */
static int instruct(worker* self, char** words, int count) {
  static const char* const names[] = {"Alliance-Case", "Alliance-Act", "Alliance-By", "Alliance-Reason",
                                      "Alliance-Reference"};
  char subject[1024];
  natsMsg* message = NULL;
  const char *key = words[0], *end = key + strlen(key);
  if (!subject_of(subject, sizeof subject, (int)(hash(key, end) % (uint32_t)self->partitions), words[1])) return 3;
  natsStatus status = natsMsg_Create(&message, subject, NULL, NULL, 0);
  for (int n = 1; status == NATS_OK && n < count; ++n) {
    if (strlen(words[n]) > longest_text || strpbrk(words[n], "\r\n") != NULL) status = NATS_INVALID_ARG;
    if (status == NATS_OK) status = natsMsgHeader_Set(message, names[n - 1], words[n]);
  }
  if (status == NATS_OK) status = js_PublishMsg(NULL, self->stream, message, NULL, NULL);
  natsMsg_Destroy(message);
  if (status == NATS_OK) return 0;
  fprintf(stderr, "the instruction did not get into the stream: %s\n", natsStatus_GetText(status));
  return 1;
}

/* What stands before the first word: how to reach the servers. */
typedef struct papers {
  const char *ca, *certificate, *key, *name, *credentials;
} papers;

static int read_papers(papers* out, int* argc, char*** argv) {
  for (; *argc > 2 && strncmp((*argv)[1], "--", 2) == 0; *argc -= 2, *argv += 2) {
    const char* what = (*argv)[1];
    const char** place = strcmp(what, "--ca") == 0      ? &out->ca
                         : strcmp(what, "--cert") == 0  ? &out->certificate
                         : strcmp(what, "--key") == 0   ? &out->key
                         : strcmp(what, "--name") == 0  ? &out->name
                         : strcmp(what, "--creds") == 0 ? &out->credentials
                                                        : NULL;
    if (place == NULL) return 0;
    *place = (*argv)[2];
  }
  return (out->certificate == NULL) == (out->key == NULL);
}

/* SERVER[,SERVER ...], each nats:// on this machine or tls:// anywhere. */
static natsStatus reach(worker* self, char* servers, const papers* with) {
  static const char* const here[] = {"nats://127.0.0.1:", "nats://localhost:", "nats://[::1]:", "tls://"};
  const char* all[16];
  int count = 0, secure = 0;
  natsOptions* options = NULL;
  for (char* one = strtok(servers, ","); one != NULL && count < 16; one = strtok(NULL, ",")) {
    int fine = 0;
    for (size_t n = 0; n < sizeof here / sizeof *here; ++n) fine |= strncmp(one, here[n], strlen(here[n])) == 0;
    if (!fine) {
      fprintf(stderr, "%s: write tls://HOST:PORT; nats:// is for this machine\n", one);
      return NATS_INVALID_ARG;
    }
    secure |= strncmp(one, "tls://", 6) == 0;
    all[count++] = one;
  }
  natsStatus status = natsOptions_Create(&options);
  if (status == NATS_OK) status = natsOptions_SetServers(options, all, count);
  if (status == NATS_OK) status = natsOptions_SetSecure(options, secure);
  if (status == NATS_OK && with->ca != NULL) status = natsOptions_LoadCATrustedCertificates(options, with->ca);
  if (status == NATS_OK && with->key != NULL) {
    status = natsOptions_LoadCertificatesChain(options, with->certificate, with->key);
  }
  if (status == NATS_OK && with->name != NULL) status = natsOptions_SetExpectedHostname(options, with->name);
  if (status == NATS_OK && with->credentials != NULL) {
    status = natsOptions_SetUserCredentialsFromFiles(options, with->credentials, NULL);
  }
  if (status == NATS_OK) status = natsConnection_Connect(&self->connection, options);
  natsOptions_Destroy(options);
  return status;
}

int main(int argc, char** argv) {
  static worker self;
  static papers with;
  const int readable = read_papers(&with, &argc, &argv);
  const int works = argc > 1 && strcmp(argv[1], "work") == 0, instructs = argc > 1 && strcmp(argv[1], "instruct") == 0;
  if (argc > 3) self.partitions = atoi(argv[3]);
  if (!readable ||
      !(works       ? argc >= 6 && argc <= 8
        : instructs ? argc == 9 || argc == 10
                    : argc == 4 && strcmp(argv[1], "publish") == 0) ||
      self.partitions < 1 || self.partitions > most_partitions) {
    fprintf(stderr,
            "usage: 10_workers_over_nats [TLS] work SERVER PARTITIONS FOLDER REPORTS [PLUGINS [TENANT]]\n"
            "       10_workers_over_nats [TLS] publish SERVER PARTITIONS < events\n"
            "       10_workers_over_nats [TLS] instruct SERVER PARTITIONS KEY CASE ACT BY REASON [REFERENCE]\n"
            "PARTITIONS: 1 to %d, the same everywhere and for ever\n"
            "TLS: --ca FILE, --cert FILE --key FILE, --name NAME, --creds FILE\n",
            most_partitions);
    return 2;
  }
  natsStatus status = reach(&self, argv[2], &with);
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
  if (status == NATS_OK) return works ? work(&self) : instructs ? instruct(&self, argv + 4, argc - 4) : publish(&self);
  fprintf(stderr, "%s: %s\n", argv[2], natsStatus_GetText(status));
  return 1;
}

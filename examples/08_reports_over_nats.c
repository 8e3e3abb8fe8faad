/* SPDX-License-Identifier: Apache-2.0
 * Adds a broker in between: takes reports out of a JetStream stream, each once by its id, and tells the platform
 * what it has in its keeping, so that the platform may forget it.
 *
 *     08_reports_over_nats nats://127.0.0.1:4222 inbox.db [STREAM [CONSUMER]] &
 *     05_course --connect "nats:nats://127.0.0.1:4222" ...
 *
 * The memory is an inbox file, as in 06_receiver; a store of your own (07) does as well. When a case was erased its
 * earlier reports are overwritten in the stream too. When the connection is lost
 * for good this program ends and is started again by whatever supervises it. */
#include <alliance/receiver.h>
#include <nats/nats.h>
#include <stdio.h>
#include <string.h>

#include "erase_in_stream.h"

enum { at_once = 64 };

static int32_t take(void* context, const alliance_report* report, alliance_error* error) {
  (void)context;
  if (printf("%s %llu %s %s\n", report->case_id, (unsigned long long)report->sequence, report->kind, report->id) < 0 ||
      fflush(stdout) != 0) {
    snprintf(error->message, sizeof error->message, "standard output cannot be written");
    return ALLIANCE_E_IO; /* not now: it will come again */
  }
  return ALLIANCE_OK;
}

struct text {
  char bytes[ALLIANCE_TEXT_CAPACITY];
  uint64_t length;
};

static int32_t write_text(void* context, const uint8_t* bytes, uint64_t length) {
  struct text* text = context;
  if (text->length + length >= sizeof text->bytes) return ALLIANCE_E_LIMIT;
  memcpy(text->bytes + text->length, bytes, length);
  text->length += length;
  text->bytes[text->length] = '\0';
  return ALLIANCE_OK;
}

/* Where the platform waits stands in the message. `refused` NULL: it is kept. */
static void answer(natsConnection* connection, natsMsg* message, const char* refused, int32_t status,
                   const char* reason) {
  const char *where = NULL, *id = NULL;
  natsMsg* out = NULL;
  char number[16];
  if (natsMsgHeader_Get(message, "Alliance-Acknowledge", &where) != NATS_OK ||
      natsMsgHeader_Get(message, "Alliance-Message", &id) != NATS_OK ||
      natsMsg_Create(&out, where, NULL, id, (int)strlen(id)) != NATS_OK)
    return;
  if (refused != NULL) {
    snprintf(number, sizeof number, "%d", (int)status);
    natsMsgHeader_Set(out, "Alliance-Refused", refused);
    natsMsgHeader_Set(out, "Alliance-Status", number);
    natsMsgHeader_Set(out, "Alliance-Reason", reason);
  }
  natsConnection_PublishMsg(connection, out);
  natsMsg_Destroy(out);
}

/* alliance.report.TENANT.CASE.case-erased: what stands before it of that case is to go. */
static int erased_too(jsCtx* context, const char* stream, natsMsg* message) {
  static const char ending[] = ".case-erased";
  char subject[1024];
  const char* own = natsMsg_GetSubject(message);
  const size_t length = strlen(own), kind = sizeof ending - 1;
  jsMsgMetaData* meta = NULL;
  if (length < kind || length >= sizeof subject || strcmp(own + length - kind, ending) != 0) return 1;
  snprintf(subject, sizeof subject, "%.*s.*", (int)(length - kind), own);
  natsStatus status = natsMsg_GetMetaData(&meta, message);
  if (status == NATS_OK) status = erase_before(context, stream, subject, meta->Sequence.Stream);
  if (status != NATS_OK) fprintf(stderr, "an erased case stays in the stream: %s\n", natsStatus_GetText(status));
  jsMsgMetaData_Destroy(meta);
  return status == NATS_OK;
}

static int about_the_data(int32_t status) {
  return status != ALLIANCE_E_STATE && status != ALLIANCE_E_IO && status != ALLIANCE_E_TIMEOUT &&
         status != ALLIANCE_E_CANCELLED;
}

/* What lies behind a message that is not kept may be of other cases, and is looked at all the same: of one case no
 * two messages are under way. */
static void settle(alliance_receiver* receiver, natsConnection* connection, jsCtx* context, const char* stream,
                   natsMsg** messages, int count) {
  const uint8_t* batches[at_once];
  uint64_t lengths[at_once], kept = 0, done = 0, i;
  for (i = 0; i < (uint64_t)count; ++i) {
    batches[i] = (const uint8_t*)natsMsg_GetData(messages[i]);
    lengths[i] = (uint64_t)natsMsg_GetDataLength(messages[i]);
  }
  while (done < (uint64_t)count) {
    struct text report = {{0}, 0};
    const alliance_sink refused = {sizeof refused, 0, &report, write_text};
    alliance_error error = ALLIANCE_ERROR_INIT;
    const int32_t status = alliance_receiver_settle(receiver, batches + done, lengths + done, (uint64_t)count - done,
                                                    &kept, &refused, &error);
    for (i = done; i < done + kept; ++i) { /* on the disk */
      answer(connection, messages[i], NULL, 0, NULL);
      if (erased_too(context, stream, messages[i])) {
        natsMsg_Ack(messages[i], NULL);
      } else {
        natsMsg_NakWithDelay(messages[i], 1000, NULL);
      }
    }
    done += kept;
    if (status == ALLIANCE_OK) return;
    fprintf(stderr, "%s: %s\n", alliance_status_text(status), error.message);
    if (about_the_data(status)) answer(connection, messages[done], report.bytes, status, error.message);
    natsMsg_NakWithDelay(messages[done], 1000, NULL); /* until the platform has sent something else in its place */
    ++done;
  }
}

int main(int argc, char** argv) {
  alliance_receiver_options options = ALLIANCE_RECEIVER_OPTIONS_INIT;
  alliance_error error = ALLIANCE_ERROR_INIT;
  alliance_receiver* receiver = NULL;
  natsConnection* connection = NULL;
  jsCtx* stream = NULL;
  natsSubscription* consumer = NULL;
  jsSubOptions what;
  if (argc < 3 || argc > 5) {
    fprintf(stderr, "usage: 08_reports_over_nats SERVER INBOX [STREAM [CONSUMER]]\n");
    return 2;
  }
  options.inbox_path = argv[2]; /* no address: what comes is handed over below */
  options.flags = ALLIANCE_RECEIVER_KEEP_REPORTS;
  options.take = take;
  if (alliance_receiver_open(&options, &receiver, &error) != ALLIANCE_OK) {
    fprintf(stderr, "%s\n", error.message);
    return 1;
  }
  jsSubOptions_Init(&what);
  what.Stream = argc > 3 ? argv[3] : "ALLIANCE";
  what.Config.AckPolicy = js_AckExplicit;
  natsStatus status = natsConnection_ConnectTo(&connection, argv[1]); /* several, with commas, are tried in turn */
  if (status == NATS_OK) status = natsConnection_JetStream(&stream, connection, NULL);
  if (status == NATS_OK) {
    status = js_PullSubscribe(&consumer, stream, "alliance.report.>", argc > 4 ? argv[4] : "desk", NULL, &what, NULL);
  }
  if (status == NATS_OK) fprintf(stderr, "listening on %s\n", argv[1]);
  while (status == NATS_OK || status == NATS_TIMEOUT) {
    natsMsgList list = {NULL, 0};
    status = natsSubscription_Fetch(&list, consumer, at_once, 1000, NULL);
    if (status == NATS_OK) settle(receiver, connection, stream, what.Stream, list.Msgs, list.Count);
    natsMsgList_Destroy(&list);
  }
  fprintf(stderr, "%s: %s\n", argv[1], natsStatus_GetText(status));
  natsSubscription_Destroy(consumer);
  jsCtx_Destroy(stream);
  natsConnection_Destroy(connection);
  nats_Close();
  alliance_receiver_close(receiver);
  return 1;
}

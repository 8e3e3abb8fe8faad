/* SPDX-License-Identifier: Apache-2.0
 * What 08 and 10 share: a case that was erased is erased in a JetStream stream too. */
#ifndef ERASE_IN_STREAM_H
#define ERASE_IN_STREAM_H

#include <nats/nats.h>

/* Everything of a subject that stands before a message is overwritten where it lies. Done again it is nothing. */
static natsStatus erase_before(jsCtx* context, const char* stream, const char* subject, uint64_t until) {
  jsSubOptions what;
  natsSubscription* all = NULL;
  jsSubOptions_Init(&what);
  what.Ordered = true;
  natsStatus status = js_SubscribeSync(&all, context, subject, NULL, &what, NULL);
  for (uint64_t at = 0; status == NATS_OK && at < until;) {
    natsMsg* message = NULL;
    jsMsgMetaData* meta = NULL;
    status = natsSubscription_NextMsg(&message, all, 5000);
    if (status == NATS_OK) status = natsMsg_GetMetaData(&meta, message);
    if (status == NATS_OK) at = meta->Sequence.Stream;
    if (status == NATS_OK && at < until) status = js_EraseMsg(context, stream, at, NULL, NULL);
    if (status == NATS_NOT_FOUND) status = NATS_OK; /* somebody was faster */
    jsMsgMetaData_Destroy(meta);
    natsMsg_Destroy(message);
  }
  natsSubscription_Destroy(all);
  return status;
}

#endif

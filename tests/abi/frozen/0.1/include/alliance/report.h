/* SPDX-License-Identifier: Apache-2.0
 *
 * report.h: a report as an application receives it, in the host's own process (alliance_host_receive) or
 * from another one (receiver.h).
 *
 * Each report comes at least once, and after a crash perhaps again, under the same id. Reports of a case come
 * in order within a lane; safety flags have a lane of their own and do not wait for the others.
 */
#ifndef ALLIANCE_REPORT_H
#define ALLIANCE_REPORT_H

#include <alliance/base.h>

ALLIANCE_BEGIN

#define ALLIANCE_LANE_NORMAL INT32_C(0)
#define ALLIANCE_LANE_SAFETY INT32_C(1)

typedef struct alliance_report {
  uint32_t size;
  int32_t lane;            /* ALLIANCE_LANE_ ... */
  const char* id;          /* the same whenever this report comes */
  const char* tenant;      /* whose data these are */
  const char* case_id;     /* "practitioner/ID" for what belongs to no case */
  const char* kind;        /* "measure-due" */
  int64_t epoch;           /* new whenever the case's log is created, restored or erased */
  uint64_t sequence;       /* of the case, within the epoch; within a lane it only grows */
  uint64_t first_sequence; /* under which it was first sent, when somebody refused it there; else 0 */
  alliance_instant time;   /* of the event, or of the passing of time, that caused it */
  uint64_t length;
  const uint8_t* body; /* a Report: ALRP bytes, or JSON, as was asked for; verified */
  uint32_t withheld;   /* 1: a notification. There is such a report and `length` is 0: ask for its body */
  uint32_t reserved;
} alliance_report;

/* Takes charge of a report, or refuses it: ALLIANCE_OK promises that it is kept, and it is acknowledged. A
 * status about the data (ALLIANCE_E_BAD_INPUT, _NOT_FOUND, _UNSUPPORTED, _DENIED, _LIMIT ...) refuses it:
 * after a few such answers the sender puts it among its dead letters and goes on, with `error->message`
 * (may be left empty) as the reason. A status about yourself (ALLIANCE_E_STATE, _IO, _TIMEOUT, _CANCELLED)
 * means "not now": it comes again for as long as it takes. `report` is borrowed for the call; `message` must
 * hold nothing about a person.
 * [serial] may-block. Never twice at once in one lane; the two lanes do not wait for one another. */
typedef int32_t (*alliance_take_report)(void* context, const alliance_report* report, alliance_error* error)
    ALLIANCE_NOEXCEPT;

ALLIANCE_END

#endif

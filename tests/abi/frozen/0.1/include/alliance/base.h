/* SPDX-License-Identifier: Apache-2.0
 *
 * base.h: the words that every other header uses.
 *
 * How to read the contract: a function returns a status. What it gives back goes to places that the
 * caller owns, or through a sink, in any number of pieces. On failure outputs are left untouched and
 * `error`, where one was passed, says what happened. Inputs are borrowed for the length of the call.
 * Nobody frees what another allocated: who creates also destroys.
 *
 * Every function bears exactly one thread tag and one word on waiting:
 *   [control]     only on the host's control strand, never two at once
 *   [serial]      on any thread, never two at once on one instance
 *   [any-thread]  on any thread, at any time
 *   no-block      returns without waiting for a disk, a socket, a lock held over either, or a person
 *   may-block     may wait; long waits take a deadline
 */
#ifndef ALLIANCE_BASE_H
#define ALLIANCE_BASE_H

#include <stddef.h>
#include <stdint.h>

/* C++17 made noexcept part of a function's type: its compiler refuses a slot that may throw. */
#ifdef __cplusplus
#define ALLIANCE_NOEXCEPT noexcept
#define ALLIANCE_BEGIN extern "C" {
#define ALLIANCE_END }
#else
#define ALLIANCE_NOEXCEPT
#define ALLIANCE_BEGIN
#define ALLIANCE_END
#endif

#if defined(_WIN32)
#define ALLIANCE_EXPORT __declspec(dllexport)
#else
#define ALLIANCE_EXPORT __attribute__((visibility("default")))
#endif

/* Tables and structs grow at their end. Read a member that came later only if it is there. */
#define ALLIANCE_HAS(type, p, member) ((p) != NULL && (p)->size >= offsetof(type, member) + sizeof(((type*)0)->member))

ALLIANCE_BEGIN

/* ---- Status ------------------------------------------------------------------------------------ */

#define ALLIANCE_OK INT32_C(0)
#define ALLIANCE_E_INVALID INT32_C(1)     /* the call itself is wrong: a null, a size, an unknown flag */
#define ALLIANCE_E_BAD_INPUT INT32_C(2)   /* the data handed over were refused; nothing was taken */
#define ALLIANCE_E_NOT_FOUND INT32_C(3)   /* no instrument, case, plugin or component of that name */
#define ALLIANCE_E_UNSUPPORTED INT32_C(4) /* not offered by this plugin or this host */
#define ALLIANCE_E_VERSION INT32_C(5)     /* made for a version that the other side does not speak */
#define ALLIANCE_E_STATE INT32_C(6)       /* not now: closed, not yet running, consent withdrawn */
#define ALLIANCE_E_DENIED INT32_C(7)      /* a licence, a role or a missing safety contact forbids it */
#define ALLIANCE_E_LIMIT INT32_C(8)       /* larger or deeper than the stated limit */
#define ALLIANCE_E_IO INT32_C(9)          /* a file, disk or socket failed */
#define ALLIANCE_E_TIMEOUT INT32_C(10)    /* the deadline passed first */
#define ALLIANCE_E_CANCELLED INT32_C(11)  /* alliance_host_cancel() was called */
#define ALLIANCE_E_INTERNAL INT32_C(12)   /* a fault of the code that answers */
#define ALLIANCE_E_INSTANCE INT32_C(13)   /* this instance is broken: destroy it */
#define ALLIANCE_E_LIBRARY INT32_C(14)    /* this library is broken: it goes into quarantine */

/* A status alone is enough; an error says more. The caller allocates it. `message` names the place
 * and the mend and is safe to log. `detail` may hold what a person wrote or answered: it is never
 * logged by default. Both are UTF-8, end in NUL, and are cut at a character when too long. */
#define ALLIANCE_TEXT_CAPACITY 256
typedef struct alliance_error {
  uint32_t size;
  int32_t code;        /* an ALLIANCE_E_ status */
  int32_t vendor_code; /* the plugin's own number, 0 when it has none */
  uint32_t reserved;
  char message[ALLIANCE_TEXT_CAPACITY];
  char detail[ALLIANCE_TEXT_CAPACITY];
} alliance_error;
#define ALLIANCE_ERROR_INIT {sizeof(alliance_error), 0, 0, 0, {0}, {0}}

/* ---- Bytes out --------------------------------------------------------------------------------- */

/* Where bytes go. `write` is called one or more times, in order, during the call that was given the
 * sink and never after it. Its answer is a status: anything but ALLIANCE_OK ends the call, which
 * returns that status. */
typedef struct alliance_sink {
  uint32_t size;
  uint32_t reserved;
  void* context;
  int32_t (*write)(void* context, const uint8_t* bytes, uint64_t length) ALLIANCE_NOEXCEPT;
} alliance_sink;

/* The two faces of one schema (sdk/schema). */
#define ALLIANCE_FLATBUFFERS INT32_C(1)
#define ALLIANCE_JSON INT32_C(2)

/* ---- Time -------------------------------------------------------------------------------------- */

typedef int64_t alliance_instant; /* microseconds since 1970-01-01T00:00:00Z, leap seconds not counted */

typedef struct alliance_duration { /* a length of time is no instant: the compiler tells them apart */
  int64_t microseconds;
} alliance_duration;

/* ---- Answers and scores ------------------------------------------------------------------------ */

/* An answer is a value and a state. A missing answer is a state, never a NaN and never -1. Zero is
 * no state: memory that nobody filled in is refused and not taken for an answer of 0. */
#define ALLIANCE_ANSWERED UINT8_C(1)
#define ALLIANCE_SKIPPED UINT8_C(2)
#define ALLIANCE_NOT_APPLICABLE UINT8_C(3)
#define ALLIANCE_REFUSED UINT8_C(4)
#define ALLIANCE_NOT_PRESENTED UINT8_C(5)

#define ALLIANCE_SCORED UINT8_C(1)
#define ALLIANCE_PRORATED UINT8_C(2)     /* from the items that were answered, by a named rule */
#define ALLIANCE_NOT_SCORABLE UINT8_C(3) /* too few answers; the value says nothing */
#define ALLIANCE_BAD_SHEET UINT8_C(4)    /* an answer was none of the options; the value says nothing */

ALLIANCE_END

#endif

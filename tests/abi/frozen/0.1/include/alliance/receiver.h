/* SPDX-License-Identifier: Apache-2.0
 *
 * receiver.h: the other end. A host system that takes the reports of one or many platforms.
 *
 *   alliance_receiver_open      an address, a memory, a callback; from here on senders reach it
 *   alliance_receiver_run       serves them on this thread until stop() is called
 *   alliance_receiver_stop      from any other thread, or from the callback
 *   alliance_receiver_close     frees it
 *
 * What comes is verified, held against what came before, and handed to the callback once by (tenant, case,
 * epoch, sequence); it is acknowledged after the callback has returned ALLIANCE_OK and the memory is on the
 * disk. The memory is one number per case, epoch and lane, and the ids of reports that were refused here: those
 * may come again under another number. It outlives the process, so a repeat is dropped however late it comes.
 * A crash between the callback and the disk brings the last few reports once more, under the same ids; with a
 * store of your own the two can be one transaction.
 */
#ifndef ALLIANCE_RECEIVER_H
#define ALLIANCE_RECEIVER_H

#include <alliance/host.h>

ALLIANCE_BEGIN

typedef struct alliance_receiver alliance_receiver;

/* A memory of your own, for instance in the database that your callback writes to. What came together is
 * enclosed by begin() and commit(), or abandon() when something failed; the callbacks lie between them.
 * All [serial] may-block, on the thread that runs the receiver. Any status but ALLIANCE_OK ends run(), which
 * returns it; what was not acknowledged comes again. */
typedef struct alliance_receiver_store {
  uint32_t size;
  uint32_t reserved;
  void* context;
  int32_t (*begin)(void* context, alliance_error* error) ALLIANCE_NOEXCEPT;
  /* How far the case has come in that epoch and lane; 0 when nothing has come. */
  int32_t (*get_mark)(void* context, const char* tenant, const char* case_id, int64_t epoch, int32_t lane,
                      uint64_t* sequence, alliance_error* error) ALLIANCE_NOEXCEPT;
  int32_t (*set_mark)(void* context, const char* tenant, const char* case_id, int64_t epoch, int32_t lane,
                      uint64_t sequence, alliance_error* error) ALLIANCE_NOEXCEPT;
  /* Whether that report was refused here and may come again: 0 or 1. */
  int32_t (*get_awaited)(void* context, const char* tenant, const char* report, int32_t* awaited, alliance_error* error)
      ALLIANCE_NOEXCEPT;
  int32_t (*set_awaited)(void* context, const char* tenant, const char* report, int32_t awaited, alliance_error* error)
      ALLIANCE_NOEXCEPT;
  int32_t (*commit)(void* context, alliance_error* error) ALLIANCE_NOEXCEPT; /* on the disk when it returns */
  void (*abandon)(void* context) ALLIANCE_NOEXCEPT;
} alliance_receiver_store;

#define ALLIANCE_RECEIVER_KEEP_REPORTS UINT32_C(1) /* the inbox file holds the reports too, not only the marks */
#define ALLIANCE_RECEIVER_INSECURE UINT32_C(2)     /* tcp:// may listen beyond this machine, although unencrypted */
#define ALLIANCE_RECEIVER_PLAINTEXT UINT32_C(4)    /* the inbox is not encrypted: for tests, or where its disk is */

typedef struct alliance_receiver_options {
  uint32_t size;
  uint32_t flags;                       /* ALLIANCE_RECEIVER_ ..., added up */
  int32_t format;                       /* of a report's body: ALLIANCE_FLATBUFFERS or ALLIANCE_JSON */
  int32_t log_level;                    /* ALLIANCE_LOG_ ...; 0: warnings and errors. INFO: who comes and goes */
  const char* address;                  /* "tls://0.0.0.0:7443", "tcp://127.0.0.1:0", "unix:///PATH"; NULL: none */
  const char* inbox_path;               /* file of the memory, made if missing; or NULL, and `store` */
  const alliance_receiver_store* store; /* copied; or NULL, and `inbox_path` */
  alliance_take_report take;            /* see report.h; called on the thread that runs the receiver */
  void* context;
  /* [any-thread] no-block. Where log lines go; NULL: standard error. They hold no personal data. */
  void (*log)(void* context, int32_t level, const char* message) ALLIANCE_NOEXCEPT;
  void* log_context;
  /* For tls:// addresses, each the path of a PEM file or "env:NAME": who this receiver is, and the authority that
   * the certificates of senders come from. Read again for each connection. */
  const char* certificate;
  const char* private_key;
  const char* ca;
  /* "TENANT=NAME" each, ending with NULL: that tenant's reports are taken from a certificate that bears that DNS
   * name, and from no other; a tenant that is not named is refused. NULL: any certificate of `ca` for any tenant. */
  const char* const* tenants;
  const char* key_file; /* of the inbox file's master key; NULL: as host.h's key_file, beside the inbox */
} alliance_receiver_options;
#define ALLIANCE_RECEIVER_OPTIONS_INIT \
  {sizeof(alliance_receiver_options),  \
   0,                                  \
   ALLIANCE_JSON,                      \
   0,                                  \
   NULL,                               \
   NULL,                               \
   NULL,                               \
   NULL,                               \
   NULL,                               \
   NULL,                               \
   NULL,                               \
   NULL,                               \
   NULL,                               \
   NULL,                               \
   NULL,                               \
   NULL}

/* [control] may-block. Binds the address and opens the memory. */
ALLIANCE_API int32_t alliance_receiver_open(const alliance_receiver_options* options, alliance_receiver** out,
                                            alliance_error* error) ALLIANCE_NOEXCEPT;

/* [any-thread] no-block. Where it listens, with the port that was found; valid until it is closed. */
ALLIANCE_API const char* alliance_receiver_address(const alliance_receiver* receiver) ALLIANCE_NOEXCEPT;

/* [control] may-block. Once, until stop(): ALLIANCE_OK. ALLIANCE_E_IO and others when the memory failed. */
ALLIANCE_API int32_t alliance_receiver_run(alliance_receiver* receiver, alliance_error* error) ALLIANCE_NOEXCEPT;

/* [any-thread] may-block. The body of a report that came as a notification (alliance_report.withheld), asked of the
 * tenant's platform in the name of the person who is to see it: there the access table is held against the viewer
 * and the reading is written down. A Report in `format`. Not from `take`, which runs on the thread that would have to
 * wait. ALLIANCE_E_STATE when the platform is not connected now, ALLIANCE_E_TIMEOUT, or the platform's own no:
 * ALLIANCE_E_DENIED, ALLIANCE_E_NOT_FOUND. */
ALLIANCE_API int32_t alliance_receiver_fetch(alliance_receiver* receiver, const char* tenant, const char* case_id,
                                             const char* report, const alliance_viewer* viewer,
                                             alliance_duration timeout, int32_t format, const alliance_sink* out,
                                             alliance_error* error) ALLIANCE_NOEXCEPT;

/* [any-thread] no-block. Before run() too: run() then returns at once. Not from a signal handler. */
ALLIANCE_API void alliance_receiver_stop(alliance_receiver* receiver) ALLIANCE_NOEXCEPT;

/* [serial] may-block, and not while run() is under way. What came another way, by a broker or in a file: `count`
 * batches (ALBT), in the order in which they came, are verified, held against what came before, handed to the callback
 * and kept. `kept` says how many of them, from the first on, are in your keeping; all of them when it returns
 * ALLIANCE_OK. Any other status speaks of batch number `kept`, and what stands behind it was not looked at. When the
 * callback refused a report, `refused` (may be NULL) is written its id, and what stood before it is kept. */
ALLIANCE_API int32_t alliance_receiver_settle(alliance_receiver* receiver, const uint8_t* const* batches,
                                              const uint64_t* lengths, uint64_t count, uint64_t* kept,
                                              const alliance_sink* refused, alliance_error* error) ALLIANCE_NOEXCEPT;

/* [control] may-block. NULL is nothing. run() must have returned. */
ALLIANCE_API void alliance_receiver_close(alliance_receiver* receiver) ALLIANCE_NOEXCEPT;

ALLIANCE_END

#endif

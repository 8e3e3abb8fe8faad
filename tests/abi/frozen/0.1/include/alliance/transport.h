/* SPDX-License-Identifier: Apache-2.0
 *
 * transport.h: how reports leave.
 *
 * The host opens a transport on an endpoint ("SCHEME:REST"; the scheme is the transport's id) and sends
 * batches from its outbox, each under a number that only grows. The transport calls `acknowledged` once
 * the far side has taken charge of everything up to a number; until then the host keeps it, and sends it
 * again after a failure or a restart. A batch may therefore come twice: envelopes have ids for that.
 */
#ifndef ALLIANCE_TRANSPORT_H
#define ALLIANCE_TRANSPORT_H

#include <alliance/plugin.h>

ALLIANCE_BEGIN

#define ALLIANCE_TRANSPORT_FACTORY "alliance.transport-factory/1"

typedef struct alliance_transport alliance_transport; /* the plugin's own */

/* The host's side of an open transport. Valid until close() has returned. */
typedef struct alliance_transport_events {
  uint32_t size;
  uint32_t reserved;
  void* context;
  /* [any-thread] no-block. Everything up to `position` is in the receiver's keeping. */
  void (*acknowledged)(void* context, uint64_t position) ALLIANCE_NOEXCEPT;
  /* [any-thread] no-block. The way is broken; the host will close, wait and open again. */
  void (*failed)(void* context, int32_t status, const char* message) ALLIANCE_NOEXCEPT;
  /* The two that follow are absent in the first hosts: ALLIANCE_HAS. */
  /* [any-thread] no-block. The far side will not take `report` (an envelope's id; NULL: the batch as a whole) of the
   * batch at `position`. With a status about the data the host counts, and puts it among the dead letters in the
   * end. It closes and opens again either way. */
  void (*refused)(void* context, uint64_t position, const char* report, int32_t status, const char* message)
      ALLIANCE_NOEXCEPT;
  /* [any-thread] no-block. What was sent takes its time and is not lost: the host's patience begins anew. */
  void (*under_way)(void* context) ALLIANCE_NOEXCEPT;
} alliance_transport_events;

typedef struct alliance_transport_factory alliance_transport_factory;
struct alliance_transport_factory {
  uint32_t size;
  uint32_t reserved;

  /* [control] no-block. How many transports there are. */
  uint64_t (*count)(const alliance_transport_factory* factory) ALLIANCE_NOEXCEPT;

  /* [control] no-block. Fills `out` for index 0 .. count-1. */
  int32_t (*describe)(const alliance_transport_factory* factory, uint64_t index, alliance_descriptor* out,
                      alliance_error* error) ALLIANCE_NOEXCEPT;

  /* [serial] may-block. `endpoint` is what stands after the scheme and its colon. Opened once per lane: reports
   * about safety have a way of their own. */
  int32_t (*open)(const alliance_transport_factory* factory, const alliance_services* services, const char* id,
                  const char* endpoint, const alliance_transport_events* events, alliance_transport** out,
                  alliance_error* error) ALLIANCE_NOEXCEPT;

  /* [serial] may-block. `batch` is a Batch (ALBT) of envelopes. Returning ALLIANCE_OK promises nothing;
   * `acknowledged` does, and may be called before send returns. */
  int32_t (*send)(alliance_transport* transport, uint64_t position, const uint8_t* batch, uint64_t length,
                  alliance_error* error) ALLIANCE_NOEXCEPT;

  /* [serial] may-block. Ends and frees it. Cannot fail; no callback comes after. */
  void (*close)(alliance_transport* transport) ALLIANCE_NOEXCEPT;
};

ALLIANCE_END

#endif

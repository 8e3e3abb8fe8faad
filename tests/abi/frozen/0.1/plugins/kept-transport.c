/* SPDX-License-Identifier: Apache-2.0 */
/* Kept transport: appends each batch of reports as a line of JSON to the file that the endpoint names
 * ("kept-transport:/path/to/file"). */
#define _POSIX_C_SOURCE 200809L
#include <alliance/transport.h>
#include <fcntl.h>
#include <unistd.h>

#include "glue.h"

typedef struct wire {
  const alliance_transport_events* events;
  int file;
} wire;

static uint64_t count(const alliance_transport_factory* factory) { return (void)factory, 1; }

static int32_t describe(const alliance_transport_factory* factory, uint64_t index, alliance_descriptor* out,
                        alliance_error* error) {
  (void)factory;
  return describe_one(index, "kept-transport", "Kept transport", out, error);
}

static int32_t open_wire(const alliance_transport_factory* factory, const alliance_services* services, const char* id,
                         const char* endpoint, const alliance_transport_events* events, alliance_transport** out,
                         alliance_error* error) {
  const int32_t status = check_create("kept-transport", id, out, error);
  wire* made;
  (void)factory, (void)services;
  if (status != ALLIANCE_OK) return status;
  if (endpoint == NULL || !ALLIANCE_HAS(alliance_transport_events, events, failed)) {
    return refuse(error, ALLIANCE_E_INVALID, "the call lacks an endpoint or the events to call back");
  }
  made = malloc(sizeof *made);
  if (made == NULL) return refuse(error, ALLIANCE_E_LIMIT, "there is no memory");
  made->events = events;
  made->file = open(endpoint, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (made->file < 0) {
    free(made);
    return refuse(error, ALLIANCE_E_IO, "the file that the endpoint names cannot be opened for writing");
  }
  *out = (alliance_transport*)made;
  return ALLIANCE_OK;
}

/* The host keeps a batch until it was acknowledged, and sends it again after a failure: acknowledge only what is safe.
 */
static int32_t send_batch(alliance_transport* transport, uint64_t position, const uint8_t* batch, uint64_t length,
                          alliance_error* error) {
  wire* self = (wire*)transport;
  growing json = {NULL, 0, 0};
  size_t done;
  int32_t status = read_table("Batch", batch, length, &json, error); /* refuses what is no Batch */
  if (status == ALLIANCE_OK) {
    add(&json, "\n");
    for (done = 0; !json.failed && done < json.length;) {
      const ssize_t wrote = write(self->file, json.text + done, json.length - done);
      if (wrote <= 0) break;
      done += (size_t)wrote;
    }
    if (json.failed || done < json.length || fsync(self->file) != 0) {
      status = refuse(error, ALLIANCE_E_IO, "the file cannot be written to: is the disk full?");
    } else {
      self->events->acknowledged(self->events->context, position);
    }
  }
  free(json.text);
  return status;
}

static void close_wire(alliance_transport* transport) { /* no callback comes after this */
  close(((wire*)transport)->file);
  free(transport);
}

static const alliance_transport_factory table = {sizeof table, 0, count, describe, open_wire, send_batch, close_wire};

GLUE_ENTRY(ALLIANCE_TRANSPORT_FACTORY, table)

/* SPDX-License-Identifier: Apache-2.0 */
/* What every plugin in C needs, whatever it does: errors, bytes out, the host's codec, and the one entry. Include it
 * once. */
#ifndef GLUE_H
#define GLUE_H

#include <alliance/plugin.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const alliance_services* host; /* from init() to deinit() */

/* Says what is wrong, as far as the caller's struct goes. `message` is logged: no answer and no text of a person in it.
 */
static int32_t refuse(alliance_error* error, int32_t status, const char* message) {
  if (ALLIANCE_HAS(alliance_error, error, message)) {
    error->code = status;
    error->vendor_code = 0;
    snprintf(error->message, sizeof error->message, "%s", message);
  }
  if (ALLIANCE_HAS(alliance_error, error, detail)) error->detail[0] = '\0';
  return status;
}

static const alliance_codec_service* codec(void) {
  const alliance_codec_service* found = host->get_service(host->context, ALLIANCE_SERVICE_CODEC);
  return ALLIANCE_HAS(alliance_codec_service, found, decode) ? found : NULL;
}

/* Hands the bytes of a schema table, written as JSON, to the caller's sink. */
static inline int32_t write_table(const char* table, const char* json, const alliance_sink* out,
                                  alliance_error* error) {
  const alliance_codec_service* service = codec();
  if (service == NULL) return refuse(error, ALLIANCE_E_UNSUPPORTED, "this host does not offer " ALLIANCE_SERVICE_CODEC);
  if (!ALLIANCE_HAS(alliance_sink, out, write) || out->write == NULL) {
    return refuse(error, ALLIANCE_E_INVALID, "the call lacks a sink");
  }
  return service->encode(service->context, table, (const uint8_t*)json, strlen(json), out, error);
}

/* Text that grows; `failed` once there was no memory. Free `text`. */
typedef struct growing {
  char* text;
  size_t length;
  int failed;
} growing;

static inline int32_t grow(void* context, const uint8_t* bytes, uint64_t length) {
  growing* to = context;
  char* larger = realloc(to->text, to->length + (size_t)length + 1);
  if (larger == NULL) {
    to->failed = 1;
    return ALLIANCE_E_LIMIT;
  }
  to->text = larger;
  if (length > 0) memcpy(to->text + to->length, bytes, (size_t)length);
  to->length += (size_t)length;
  to->text[to->length] = '\0';
  return ALLIANCE_OK;
}

static inline void add(growing* to, const char* text) { grow(to, (const uint8_t*)text, strlen(text)); }

/* The JSON of a schema table's bytes, which the host verifies first. */
static inline int32_t read_table(const char* table, const uint8_t* bytes, uint64_t length, growing* json,
                                 alliance_error* error) {
  const alliance_codec_service* service = codec();
  const alliance_sink sink = {sizeof sink, 0, json, grow};
  if (service == NULL) return refuse(error, ALLIANCE_E_UNSUPPORTED, "this host does not offer " ALLIANCE_SERVICE_CODEC);
  if (bytes == NULL) return refuse(error, ALLIANCE_E_INVALID, "the call lacks bytes");
  return service->decode(service->context, table, bytes, length, &sink, error);
}

/* Where the value of a field of the outermost object begins, or NULL. For more, take a JSON library in. */
static inline const char* field(const char* json, const char* name) {
  int depth = 0;
  for (; *json != '\0'; ++json) {
    const char* begin = json + 1;
    if (*json == '{' || *json == '[') ++depth;
    if (*json == '}' || *json == ']') --depth;
    if (*json != '"') continue;
    for (++json; *json != '\0' && *json != '"'; ++json) json += *json == '\\' && json[1] != '\0';
    if (*json == '\0') return NULL;
    if (depth == 1 && json[1] == ':' && strlen(name) == (size_t)(json - begin) &&
        memcmp(begin, name, strlen(name)) == 0) {
      return json + 2;
    }
  }
  return NULL;
}

static inline int64_t number(const char* json, const char* name, int64_t otherwise) {
  const char* found = field(json, name);
  return found == NULL ? otherwise : strtoll(found, NULL, 10);
}

static inline int32_t describe_one(uint64_t index, const char* id, const char* title, alliance_descriptor* out,
                                   alliance_error* error) {
  if (index != 0) return refuse(error, ALLIANCE_E_NOT_FOUND, "there is one, index 0");
  if (ALLIANCE_HAS(alliance_descriptor, out, id)) out->id = id;
  if (ALLIANCE_HAS(alliance_descriptor, out, version)) out->version = "1.0.0";
  if (ALLIANCE_HAS(alliance_descriptor, out, title)) out->title = title;
  return ALLIANCE_OK;
}

/* Whether create() was asked for the one thing that there is. */
static inline int32_t check_create(const char* wanted, const char* id, const void* out, alliance_error* error) {
  if (id == NULL || out == NULL)
    return refuse(error, ALLIANCE_E_INVALID, "the call lacks an id or a place for the instance");
  return strcmp(id, wanted) == 0 ? ALLIANCE_OK : refuse(error, ALLIANCE_E_NOT_FOUND, "this plugin makes no such thing");
}

/* The entry of a plugin of one kind: GLUE_ENTRY(ALLIANCE_MEASURE_FACTORY, table). */
#define GLUE_ENTRY(kind, table)                                                                                    \
  static int32_t init(const alliance_services* services, alliance_error* error) {                                  \
    if (!ALLIANCE_HAS(alliance_services, services, get_service) || services->get_service == NULL) {                \
      return refuse(error, ALLIANCE_E_INVALID, "the host handed over no services");                                \
    }                                                                                                              \
    host = services;                                                                                               \
    return ALLIANCE_OK;                                                                                            \
  }                                                                                                                \
  static void deinit(void) { host = NULL; }                                                                        \
  static const void* get_factory(const char* id) { return id != NULL && strcmp(id, kind) == 0 ? &(table) : NULL; } \
  const alliance_plugin_entry* alliance_plugin_entry_v1(void) {                                                    \
    static const alliance_plugin_entry entry = {sizeof(alliance_plugin_entry),                                     \
                                                ALLIANCE_ABI_MAJOR,                                                \
                                                ALLIANCE_ABI_MINOR,                                                \
                                                0,                                                                 \
                                                ALLIANCE_LAYOUT_CHECK,                                             \
                                                init,                                                              \
                                                deinit,                                                            \
                                                get_factory};                                                      \
    return &entry;                                                                                                 \
  }

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * plugin.h: how a host and a plugin meet.
 *
 * A plugin is a shared library with one exported function, and a manifest beside it (docs/plugins.md).
 * The host reads the manifest, checks the library's hash, loads it, and then:
 *
 *   1. calls alliance_plugin_entry_v1() and compares abi_major and layout_check;
 *   2. calls init() once, with the services that it offers;
 *   3. asks get_factory() for each kind that the manifest names, and creates instances from it;
 *   4. destroys every instance, then calls deinit() once. The library stays mapped.
 *
 * Kinds are the ids of factories; features are the ids of services. Look-up works the same on both
 * sides: an id goes in, a table or NULL comes out. An id ends in its version ("/1") and never changes;
 * a vendor's own ids are reverse-DNS names ("com.example.thing/1").
 */
#ifndef ALLIANCE_PLUGIN_H
#define ALLIANCE_PLUGIN_H

#include <alliance/base.h>

ALLIANCE_BEGIN

#define ALLIANCE_ABI_MAJOR UINT32_C(1)
#define ALLIANCE_ABI_MINOR UINT32_C(0)

/* ---- What the host offers ---------------------------------------------------------------------- */

/* Handed to init() and to every create(). Borrowed: valid until deinit(). */
typedef struct alliance_services {
  uint32_t size;
  uint32_t abi_minor;
  void* context;      /* pass it to get_service */
  const char* folder; /* absolute folder of the plugin's manifest, where its own data lie; "" if linked in */
  const char* config; /* JSON object that the operator gave to this plugin; "{}" when there is none */
  /* [any-thread] no-block. The table of a service, or NULL. */
  const void* (*get_service)(void* context, const char* id)ALLIANCE_NOEXCEPT;
} alliance_services;

/* Each service's functions take the `context` that stands in its own table. */

#define ALLIANCE_SERVICE_LOG "alliance.log/1"
#define ALLIANCE_LOG_DEBUG INT32_C(1)
#define ALLIANCE_LOG_INFO INT32_C(2)
#define ALLIANCE_LOG_WARNING INT32_C(3)
#define ALLIANCE_LOG_ERROR INT32_C(4)
typedef struct alliance_log_service {
  uint32_t size;
  uint32_t reserved;
  void* context;
  /* [any-thread] no-block. One line, without a name, an answer or any free text of a person. */
  void (*log)(void* context, int32_t level, const char* message) ALLIANCE_NOEXCEPT;
} alliance_log_service;

/* The only clock that a plugin reads, so that tests run years in milliseconds. */
#define ALLIANCE_SERVICE_CLOCK "alliance.clock/1"
typedef struct alliance_clock_service {
  uint32_t size;
  uint32_t reserved;
  void* context;
  alliance_instant (*now)(void* context) ALLIANCE_NOEXCEPT; /* [any-thread] no-block */
} alliance_clock_service;

/* JSON to the bytes of a schema table and back, by the table's name ("Instrument", "Programme", ...).
 * Errors name line, column and field. A plugin needs no JSON library for what the schema knows. */
#define ALLIANCE_SERVICE_CODEC "alliance.codec/1"
typedef struct alliance_codec_service {
  uint32_t size;
  uint32_t reserved;
  void* context;
  /* [any-thread] no-block */
  int32_t (*encode)(void* context, const char* table, const uint8_t* json, uint64_t length, const alliance_sink* out,
                    alliance_error* error) ALLIANCE_NOEXCEPT;
  /* [any-thread] no-block. Verifies the bytes first; writes one line of JSON. */
  int32_t (*decode)(void* context, const char* table, const uint8_t* bytes, uint64_t length, const alliance_sink* out,
                    alliance_error* error) ALLIANCE_NOEXCEPT;
} alliance_codec_service;

/* The plugin's own keys, kept per case. Usable only while a call of the host is under way: what is put
 * becomes part of that call's transaction, or of none. ALLIANCE_E_STATE otherwise. */
#define ALLIANCE_SERVICE_STORE "alliance.store/1"
typedef struct alliance_store_service {
  uint32_t size;
  uint32_t reserved;
  void* context;
  /* [serial] may-block. ALLIANCE_E_NOT_FOUND when the key was never put. */
  int32_t (*get)(void* context, const char* key, uint32_t* version, const alliance_sink* out, alliance_error* error)
      ALLIANCE_NOEXCEPT;
  /* [serial] no-block. `version` is the plugin's own number of the format of `bytes`. */
  int32_t (*put)(void* context, const char* key, uint32_t version, const uint8_t* bytes, uint64_t length,
                 alliance_error* error) ALLIANCE_NOEXCEPT;
} alliance_store_service;

/* A report of the plugin's own: bytes of a Report. Part of the transaction of the call under way. */
#define ALLIANCE_SERVICE_REPORT "alliance.report/1"
typedef struct alliance_report_service {
  uint32_t size;
  uint32_t reserved;
  void* context;
  /* [serial] no-block */
  int32_t (*report)(void* context, const uint8_t* bytes, uint64_t length, alliance_error* error) ALLIANCE_NOEXCEPT;
} alliance_report_service;

#define ALLIANCE_SERVICE_THREAD_CHECK "alliance.thread-check/1"
typedef struct alliance_thread_check_service {
  uint32_t size;
  uint32_t reserved;
  void* context;
  int32_t (*is_control)(void* context) ALLIANCE_NOEXCEPT; /* [any-thread] no-block; 1 or 0 */
} alliance_thread_check_service;

/* ---- What the plugin offers -------------------------------------------------------------------- */

/* One thing that a factory can make. Borrowed from the plugin: valid until deinit(). */
typedef struct alliance_descriptor {
  uint32_t size;
  uint32_t reserved;
  const char* id;      /* lower-case letters, digits and hyphens: "wai-sr-c" */
  const char* version; /* of the definition, not of the library: "1.0.0" */
  const char* title;
} alliance_descriptor;
#define ALLIANCE_DESCRIPTOR_INIT {sizeof(alliance_descriptor), 0, NULL, NULL, NULL}

typedef struct alliance_plugin_entry {
  uint32_t size;
  uint32_t abi_major;
  uint32_t abi_minor;
  uint32_t reserved;
  uint64_t layout_check; /* ALLIANCE_LAYOUT_CHECK, computed by the plugin's own compiler */
  /* [control] may-block. `services` stays valid until deinit. */
  int32_t (*init)(const alliance_services* services, alliance_error* error) ALLIANCE_NOEXCEPT;
  /* [control] may-block. Every instance has been destroyed; no thread of the plugin's is left. */
  void (*deinit)(void) ALLIANCE_NOEXCEPT;
  /* [any-thread] no-block. The table of a factory, or NULL. */
  const void* (*get_factory)(const char* id)ALLIANCE_NOEXCEPT;
} alliance_plugin_entry;

/* The one symbol that a plugin exports. */
#define ALLIANCE_PLUGIN_ENTRY_SYMBOL "alliance_plugin_entry_v1"
typedef const alliance_plugin_entry* (*alliance_plugin_entry_function)(void)ALLIANCE_NOEXCEPT;
ALLIANCE_EXPORT const alliance_plugin_entry* alliance_plugin_entry_v1(void) ALLIANCE_NOEXCEPT;

/* ---- Do both compilers lay out memory alike? --------------------------------------------------- */

#define ALLIANCE_MIX_(h, v) ((uint64_t)(h) * UINT64_C(1099511628211) + (uint64_t)(v) + UINT64_C(1))
#define ALLIANCE_LAYOUT_CHECK                                                                                         \
  ALLIANCE_MIX_(                                                                                                      \
      ALLIANCE_MIX_(                                                                                                  \
          ALLIANCE_MIX_(                                                                                              \
              ALLIANCE_MIX_(ALLIANCE_MIX_(ALLIANCE_MIX_(ALLIANCE_MIX_(UINT64_C(14695981039346656037), sizeof(void*)), \
                                                        sizeof(double)),                                              \
                                          offsetof(alliance_error, detail)),                                          \
                            offsetof(alliance_sink, write)),                                                          \
              offsetof(alliance_services, get_service)),                                                              \
          offsetof(alliance_codec_service, decode)),                                                                  \
      offsetof(alliance_plugin_entry, get_factory))

ALLIANCE_END

#endif

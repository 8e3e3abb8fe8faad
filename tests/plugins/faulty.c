/* SPDX-License-Identifier: Apache-2.0
 * A plugin with one fault, chosen by FAULT when it is compiled. Each is built apart, outside the folder of
 * good plugins. */
#include <alliance/timing.h>
#include <string.h>

#define FAULT_NONE 0
#define FAULT_NULL_ENTRY 1
#define FAULT_LAYOUT 2
#define FAULT_NEWER_MAJOR 3
#define FAULT_NEWER_MINOR 4
#define FAULT_TINY_ENTRY 5
#define FAULT_SHORT_ENTRY 6
#define FAULT_NO_INIT 7
#define FAULT_NO_DEINIT 8
#define FAULT_NO_GET_FACTORY 9
#define FAULT_INIT_FAILS 10
#define FAULT_INIT_FAILS_UNTERMINATED 11
#define FAULT_INIT_FAILS_MUTE 12
#define FAULT_NO_FACTORY 13
#define FAULT_MISSING_SLOT 14
#define FAULT_OLDER_TABLE 15   /* no fault: it ends before account(), which is optional */
#define FAULT_TOO_OLD_TABLE 16 /* it ends before plan(), which is not */
#define FAULT_NO_SYMBOL 17
#define FAULT_UNDEFINED_SYMBOL 18

/* A plugin may keep more behind the pointer that it hands out: the host has to give the very pointer back. */
typedef struct factory_with_more {
  alliance_timing_factory table;
  uint64_t how_many;
} factory_with_more;

static uint64_t count(const alliance_timing_factory* factory) { return ((const factory_with_more*)factory)->how_many; }

static int32_t describe(const alliance_timing_factory* factory, uint64_t index, alliance_descriptor* out,
                        alliance_error* error) {
  (void)error;
  if (index >= ((const factory_with_more*)factory)->how_many) return ALLIANCE_E_NOT_FOUND;
  out->id = "faulty";
  out->version = "1.0.0";
  out->title = "Faulty";
  return ALLIANCE_OK;
}

static char instance;
static int32_t create(const alliance_timing_factory* factory, const alliance_services* services, const char* id,
                      alliance_timing** out, alliance_error* error) {
  (void)services, (void)id, (void)error;
  if (((const factory_with_more*)factory)->how_many != 1) return ALLIANCE_E_INTERNAL;
  *out = (alliance_timing*)&instance;
  return ALLIANCE_OK;
}
#if FAULT != FAULT_MISSING_SLOT
static void destroy(alliance_timing* timing) { (void)timing; }
#endif

static int32_t plan(alliance_timing* timing, const uint8_t* case_bytes, uint64_t length, alliance_instant now,
                    const alliance_sink* out, alliance_error* error) {
  (void)timing, (void)now, (void)error;
  return out->write(out->context, case_bytes, length);
}

static const factory_with_more timing_table = {
#if FAULT == FAULT_OLDER_TABLE
    {offsetof(alliance_timing_factory, account),
#elif FAULT == FAULT_TOO_OLD_TABLE
    {offsetof(alliance_timing_factory, plan),
#else
    {sizeof(alliance_timing_factory),
#endif
     0, count, describe, create,
#if FAULT == FAULT_MISSING_SLOT
     NULL,
#else
     destroy,
#endif
     plan, NULL},
    1};

/* What the host did stands in its log: deinit() must not come after an init() that failed. */
static const alliance_services* host;
static void note(const char* what) {
  const alliance_log_service* log = host == NULL ? NULL : host->get_service(host->context, ALLIANCE_SERVICE_LOG);
  if (log != NULL) log->log(log->context, ALLIANCE_LOG_INFO, what);
}

static int32_t init(const alliance_services* services, alliance_error* error) {
  host = services;
  note("init");
#if FAULT == FAULT_INIT_FAILS
  error->code = ALLIANCE_E_DENIED;
  strcpy(error->message, "the licence has expired: renew it");
  return ALLIANCE_E_DENIED;
#elif FAULT == FAULT_INIT_FAILS_UNTERMINATED
  memset(error->message, 'x', sizeof error->message);
  memset(error->detail, 'y', sizeof error->detail);
  return ALLIANCE_E_INTERNAL;
#elif FAULT == FAULT_INIT_FAILS_MUTE
  (void)error;
  return ALLIANCE_E_INTERNAL;
#else
  (void)error;
  return ALLIANCE_OK;
#endif
}
static void deinit(void) { note("deinit"); }

static const void* get_factory(const char* id) {
#if FAULT == FAULT_NO_FACTORY
  return strcmp(id, "com.example.other/1") == 0 ? &timing_table.table : NULL;
#else
  return strcmp(id, ALLIANCE_TIMING_FACTORY) == 0 ? &timing_table.table : NULL;
#endif
}

#if FAULT == FAULT_UNDEFINED_SYMBOL
int32_t a_function_that_nobody_has(void);
#endif

static alliance_plugin_entry entry = {sizeof(alliance_plugin_entry),
                                      ALLIANCE_ABI_MAJOR,
                                      ALLIANCE_ABI_MINOR,
                                      0,
                                      ALLIANCE_LAYOUT_CHECK,
                                      init,
                                      deinit,
                                      get_factory};

#if FAULT == FAULT_NO_SYMBOL
ALLIANCE_EXPORT const alliance_plugin_entry* alliance_plugin_entry_v0(void);
const alliance_plugin_entry* alliance_plugin_entry_v0(void) { return &entry; }
#else
const alliance_plugin_entry* alliance_plugin_entry_v1(void) {
#if FAULT == FAULT_NULL_ENTRY
  return NULL;
#elif FAULT == FAULT_LAYOUT
  entry.layout_check ^= 1;
#elif FAULT == FAULT_NEWER_MAJOR
  entry.abi_major = 2;
#elif FAULT == FAULT_NEWER_MINOR
  entry.abi_minor = ALLIANCE_ABI_MINOR + 1;
#elif FAULT == FAULT_TINY_ENTRY
  entry.size = 4;
#elif FAULT == FAULT_SHORT_ENTRY
  entry.size = offsetof(alliance_plugin_entry, get_factory);
#elif FAULT == FAULT_NO_INIT
  entry.init = NULL;
#elif FAULT == FAULT_NO_DEINIT
  entry.deinit = NULL;
#elif FAULT == FAULT_NO_GET_FACTORY
  entry.get_factory = NULL;
#elif FAULT == FAULT_UNDEFINED_SYMBOL
  entry.abi_minor = (uint32_t)a_function_that_nobody_has();
#endif
  return &entry;
}
#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * host.h: the SDK inside a therapy platform.
 *
 * A host's life:
 *
 *   alliance_host_create        options, a store or none
 *   alliance_host_load_folder   plugins by their manifests; alliance_host_add_static for linked-in ones
 *   alliance_host_connect       where reports go
 *   alliance_host_run           from here on events are taken and reports delivered
 *   ... record, record_many, advance, ingest, review ...
 *   alliance_host_drain         waits until receivers have acknowledged everything
 *   alliance_host_close         stops delivery, ends plugins, closes the store, frees the host
 *
 * Without a store a host only loads, scores and ingests: create, load, score, close.
 *
 * When record() returns ALLIANCE_OK the event, what follows from it and the reports about it are on the
 * disk together. Recording the same event id again changes nothing and says so. Time passes only by
 * advance(). There is no second way.
 *
 * What crosses here is FlatBuffers or the same data as JSON, chosen per call by `format`. The schema is
 * sdk/schema; JSON uses its field names, instants are integers of microseconds.
 *
 * After fork() a host is usable in the parent only.
 */
#ifndef ALLIANCE_HOST_H
#define ALLIANCE_HOST_H

#include <alliance/measure.h>
#include <alliance/plugin.h>
#include <alliance/report.h>

#if defined(_WIN32) && defined(ALLIANCE_BUILDING)
#define ALLIANCE_API __declspec(dllexport)
#elif defined(_WIN32)
#define ALLIANCE_API __declspec(dllimport)
#else
#define ALLIANCE_API __attribute__((visibility("default")))
#endif

ALLIANCE_BEGIN

typedef struct alliance_host alliance_host;

/* ---- Life -------------------------------------------------------------------------------------- */

#define ALLIANCE_HOST_PLAINTEXT UINT32_C(1) /* the store is not encrypted: for tests, and for disks that are */

typedef struct alliance_host_options {
  uint32_t size;
  int32_t log_level;      /* ALLIANCE_LOG_ ...; 0: warnings and errors */
  const char* tenant;     /* whose data these are; needed with a store */
  const char* store_path; /* file of the event log and outbox; NULL: nothing can be recorded */
  const char* config;     /* JSON of a HostConfig: safety contact, zone, policies, plugins' settings; NULL: defaults */
  /* [any-thread] no-block. Where log lines go; NULL: standard error. They hold no personal data. */
  void (*log)(void* context, int32_t level, const char* message) ALLIANCE_NOEXCEPT;
  void* log_context;
  /* [any-thread] no-block. The host's clock; NULL: the system's. Tests set it. */
  alliance_instant (*now)(void* context) ALLIANCE_NOEXCEPT;
  void* now_context;
  /* File of the master key that the store is encrypted under; NULL: the environment's ALLIANCE_STORE_KEY (64 hex
   * digits) or ALLIANCE_STORE_KEY_FILE, else STORE.master, made on first use and readable by its owner alone. */
  const char* key_file;
  uint32_t flags; /* ALLIANCE_HOST_ ..., added up */
  uint32_t reserved;
} alliance_host_options;
#define ALLIANCE_HOST_OPTIONS_INIT \
  {sizeof(alliance_host_options), 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, 0}

/* [control] may-block. */
ALLIANCE_API int32_t alliance_host_create(const alliance_host_options* options, alliance_host** out,
                                          alliance_error* error) ALLIANCE_NOEXCEPT;

/* [control] may-block. Every NAME.alliance.json directly in `folder`. What is refused does not stop the
 * others: `loaded` and `refused` (each may be NULL) count, alliance_host_plugins() says why, and the
 * first refusal is the error. ALLIANCE_OK only if nothing was refused. */
ALLIANCE_API int32_t alliance_host_load_folder(alliance_host* host, const char* folder, uint64_t* loaded,
                                               uint64_t* refused, alliance_error* error) ALLIANCE_NOEXCEPT;

/* [control] may-block. One plugin by its manifest. */
ALLIANCE_API int32_t alliance_host_load_plugin(alliance_host* host, const char* manifest_path, alliance_error* error)
    ALLIANCE_NOEXCEPT;

/* [control] may-block. A plugin that is linked into the program. `name` is what reports and logs call it. */
ALLIANCE_API int32_t alliance_host_add_static(alliance_host* host, const char* name, const alliance_plugin_entry* entry,
                                              alliance_error* error) ALLIANCE_NOEXCEPT;

/* [control] may-block. Adds a way for reports: "tls://HOST:PORT" with the certificates that HostConfig's delivery
 * names, "tcp://HOST:PORT", "unix:///PATH", or "ID:ENDPOINT" for a transport plugin. Over tcp:// an address beyond
 * this machine is refused unless it ends in "?insecure". Each endpoint has its own place in the outbox, which
 * outlives the process. */
ALLIANCE_API int32_t alliance_host_connect(alliance_host* host, const char* endpoint, alliance_error* error)
    ALLIANCE_NOEXCEPT;

/* [control] may-block. Adds this very program as a receiver: `take` is called with each report, its body in
 * `format`, on threads of the host, from run() until forget() or close() has returned. It may call record
 * and whatever else is [any-thread]. The endpoint is called "here:NAME"; `name` is up to 64 of a-z, 0-9 and -. */
ALLIANCE_API int32_t alliance_host_receive(alliance_host* host, const char* name, int32_t format,
                                           alliance_take_report take, void* context, alliance_error* error)
    ALLIANCE_NOEXCEPT;

/* [control] may-block. An endpoint that will not come back: it is disconnected, loses its place and its dead
 * letters, and no longer holds reports back. ALLIANCE_E_NOT_FOUND when the outbox does not know it. */
ALLIANCE_API int32_t alliance_host_forget(alliance_host* host, const char* endpoint, alliance_error* error)
    ALLIANCE_NOEXCEPT;

/* [control] may-block. */
ALLIANCE_API int32_t alliance_host_run(alliance_host* host, alliance_error* error) ALLIANCE_NOEXCEPT;

/* [control] may-block. Waits until every endpoint has acknowledged everything recorded before the call.
 * ALLIANCE_E_TIMEOUT when it does not in time; nothing is lost by that. */
ALLIANCE_API int32_t alliance_host_drain(alliance_host* host, alliance_duration timeout, alliance_error* error)
    ALLIANCE_NOEXCEPT;

/* [any-thread] no-block. Makes drain, advance and record_many that are under way return
 * ALLIANCE_E_CANCELLED at their next step. What was recorded stays recorded. */
ALLIANCE_API void alliance_host_cancel(alliance_host* host) ALLIANCE_NOEXCEPT;

/* [control] may-block. NULL is nothing. No other call may be under way. */
ALLIANCE_API void alliance_host_close(alliance_host* host) ALLIANCE_NOEXCEPT;

/* ---- What is loaded ---------------------------------------------------------------------------- */

/* [any-thread] no-block. A PluginList: id, version, kinds, state, and the reason of a refusal. */
ALLIANCE_API int32_t alliance_host_plugins(alliance_host* host, int32_t format, const alliance_sink* out,
                                           alliance_error* error) ALLIANCE_NOEXCEPT;

/* [any-thread] no-block. An InstrumentList: every instrument's definition, without texts. */
ALLIANCE_API int32_t alliance_host_instruments(alliance_host* host, int32_t format, const alliance_sink* out,
                                               alliance_error* error) ALLIANCE_NOEXCEPT;

/* [any-thread] no-block. A ContentPack: an instrument's texts in a language that its definition names. `version` NULL:
 * the newest. Whether they may be shown is the caller's to check: by `licence`, and by `record` where those words may
 * not ship. ALLIANCE_E_NOT_FOUND when there are none in that language. */
ALLIANCE_API int32_t alliance_host_content(alliance_host* host, const char* instrument, const char* version,
                                           const char* language, int32_t format, const alliance_sink* out,
                                           alliance_error* error) ALLIANCE_NOEXCEPT;

/* ---- Scoring ----------------------------------------------------------------------------------- */

/* [any-thread] no-block. Scores sheets and stores nothing. `version` NULL: the newest. Shapes as in
 * measure.h; one row behaves as score(), more as score_batch(). */
ALLIANCE_API int32_t alliance_host_score(alliance_host* host, const char* instrument, const char* version,
                                         const alliance_sheets* sheets, const alliance_missing* missing,
                                         const alliance_scores* out, alliance_error* error) ALLIANCE_NOEXCEPT;

/* [any-thread] no-block. One sheet as an event would hold it, an AnswersGiven (ALAG), to ScoredAnswers, both in
 * `format`. Nothing is stored, and nobody is told of the flags in it. What it does not answer counts as skipped. */
ALLIANCE_API int32_t alliance_host_score_answers(alliance_host* host, const uint8_t* answers, uint64_t length,
                                                 int32_t format, const alliance_sink* out, alliance_error* error)
    ALLIANCE_NOEXCEPT;

/* The plugin's own table and instance, for callers who score in a loop: valid until the host is closed. */
typedef struct alliance_measure_ref {
  uint32_t size;
  uint32_t reserved;
  const alliance_measure_factory* table;
  alliance_measure* measure;
  uint64_t items;
  uint64_t scales;
} alliance_measure_ref;
#define ALLIANCE_MEASURE_REF_INIT {sizeof(alliance_measure_ref), 0, NULL, NULL, 0, 0}

/* [any-thread] no-block. */
ALLIANCE_API int32_t alliance_host_find_measure(alliance_host* host, const char* instrument, const char* version,
                                                alliance_measure_ref* out, alliance_error* error) ALLIANCE_NOEXCEPT;

/* ---- Events ------------------------------------------------------------------------------------ */

typedef struct alliance_recorded {
  uint32_t size;
  uint32_t repeated;     /* 1: this id was recorded before, nothing changed */
  uint64_t reports;      /* how many reports the event led to, those that are shown to nobody included */
  uint64_t safety_flags; /* how many of them are safety flags or escalations: look at them now */
} alliance_recorded;
#define ALLIANCE_RECORDED_INIT {sizeof(alliance_recorded), 0, 0, 0}

/* [any-thread] may-block. One Event (ALEV). `safety` (may be NULL) receives, in `format` and before the call returns, a
 * ReportList of the safety flags, if any, that this event raised, also where it could not be stored, and of a repeat
 * those that nobody has acknowledged. ALLIANCE_E_BAD_INPUT names the field; nothing was recorded then. */
ALLIANCE_API int32_t alliance_host_record(alliance_host* host, const uint8_t* event, uint64_t length, int32_t format,
                                          const alliance_sink* safety, alliance_recorded* result, alliance_error* error)
    ALLIANCE_NOEXCEPT;

/* [any-thread] may-block. An EventBatch (ALEB): its events in order, in large commits. `statuses` has room
 * for `capacity` statuses, one per event; an event that is refused does not stop the others and its
 * sentence stands in the error if it was the first. Returns ALLIANCE_OK when all were taken, or were
 * repeats; else the first refusal's status. `result` (may be NULL) sums up. */
ALLIANCE_API int32_t alliance_host_record_many(alliance_host* host, const uint8_t* batch, uint64_t length,
                                               int32_t format, int32_t* statuses, uint64_t capacity,
                                               const alliance_sink* safety, alliance_recorded* result,
                                               alliance_error* error) ALLIANCE_NOEXCEPT;

/* [control] may-block. Time has passed up to `now`: what became due, overdue, expired or escalates by it
 * is recorded and reported. An earlier instant than the last changes nothing. */
ALLIANCE_API int32_t alliance_host_advance(alliance_host* host, alliance_instant now, alliance_duration timeout,
                                           const alliance_sink* safety, int32_t format, alliance_recorded* result,
                                           alliance_error* error) ALLIANCE_NOEXCEPT;

/* [any-thread] may-block. What `programme` exported, to an EventBatch in `format`. Records nothing: hand it to
 * record_many. What is no event stands in `unmapped` with line and reason, what to fetch first in `needs`. */
ALLIANCE_API int32_t alliance_host_ingest(alliance_host* host, const char* programme, const uint8_t* payload,
                                          uint64_t length, int32_t format, const alliance_sink* out,
                                          alliance_error* error) ALLIANCE_NOEXCEPT;

/* ---- Reading ----------------------------------------------------------------------------------- */

#define ALLIANCE_ROLE_CLIENT INT32_C(1)
#define ALLIANCE_ROLE_PRACTITIONER INT32_C(2)
#define ALLIANCE_ROLE_SUPERVISOR INT32_C(3)
#define ALLIANCE_ROLE_SERVICE INT32_C(4)
#define ALLIANCE_ROLE_RESEARCHER INT32_C(5)
#define ALLIANCE_ROLE_CONTROLLER INT32_C(6) /* acts for whoever answers for the data: instructs, exports, audits */

/* Who asks. What each role may see is one table (docs/safety.md); every read of a case is in the access log. */
typedef struct alliance_viewer {
  uint32_t size;
  int32_t role;
  const char* id; /* the platform's own id of the person who asks */
} alliance_viewer;
#define ALLIANCE_VIEWER_INIT {sizeof(alliance_viewer), 0, NULL}

#define ALLIANCE_SCOPE_CASE INT32_C(1)
#define ALLIANCE_SCOPE_PRACTITIONER INT32_C(2)
#define ALLIANCE_SCOPE_SERVICE INT32_C(3)

/* [any-thread] may-block. A Review: for a case its course, for all scopes the eight factors. Groups of
 * fewer than five people are suppressed. */
ALLIANCE_API int32_t alliance_host_review(alliance_host* host, int32_t scope, const char* id,
                                          const alliance_viewer* viewer, int32_t format, const alliance_sink* out,
                                          alliance_error* error) ALLIANCE_NOEXCEPT;

/* [any-thread] may-block. A CaseList of ids, services and practitioners. */
ALLIANCE_API int32_t alliance_host_cases(alliance_host* host, const alliance_viewer* viewer, int32_t format,
                                         const alliance_sink* out, alliance_error* error) ALLIANCE_NOEXCEPT;

/* [any-thread] may-block. Whether a case, or "practitioner/ID", is the viewer's own: ALLIANCE_OK for the client whose
 * it is and the practitioner whom it names, else ALLIANCE_E_DENIED; ALLIANCE_E_NOT_FOUND when there is none. Who may
 * record something in somebody's name is the caller's to decide by it. */
ALLIANCE_API int32_t alliance_host_owns(alliance_host* host, const char* case_id, const alliance_viewer* viewer,
                                        alliance_error* error) ALLIANCE_NOEXCEPT;

/* [any-thread] may-block. A DueList: every measure that was, is or will be asked of the case, as its events up to
 * `at` have it (0: now, by the host's clock), with what has become of it, the rule and the event behind it. `at` may
 * lie ahead: what then holds if nothing happens. Who may see the case's course may see it. */
ALLIANCE_API int32_t alliance_host_due(alliance_host* host, const char* case_id, alliance_instant at,
                                       const alliance_viewer* viewer, int32_t format, const alliance_sink* out,
                                       alliance_error* error) ALLIANCE_NOEXCEPT;

/* [any-thread] may-block. An InForce: what of the case's programme was adapted and held at `at` (0: now), by whom and
 * why, the path that it led to, what the programme had not answered yet and what it refused. */
ALLIANCE_API int32_t alliance_host_in_force(alliance_host* host, const char* case_id, alliance_instant at,
                                            const alliance_viewer* viewer, int32_t format, const alliance_sink* out,
                                            alliance_error* error) ALLIANCE_NOEXCEPT;

/* [any-thread] may-block. A Simulation: what the loaded tailoring policy `policy` would have proposed in the course of
 * the case, once a day and after each event, and what its practitioner did. Nothing is recorded but the read. Of a case
 * that is observed only, or whose consent was withdrawn, it says why there is nothing. */
ALLIANCE_API int32_t alliance_host_simulate(alliance_host* host, const char* case_id, const char* policy,
                                            const alliance_viewer* viewer, int32_t format, const alliance_sink* out,
                                            alliance_error* error) ALLIANCE_NOEXCEPT;

/* [any-thread] may-block. A TimeView: minutes planned, booked and used by kind of work, what the rest of the plans
 * needs, what waits for a review, and for so many weeks ahead (0: 12) what is needed against the contracted minutes and
 * what could move. `at` is the instant that days and weeks are counted from (0: now, by the host's clock); a case is
 * shown as its events up to then have it, a practitioner and a service as the last events left them. A TimeView of a
 * case or practitioner holds each case's part: bookings, and components that wait for a review. Of a service no figure
 * rests on fewer than five clients or practitioners. Read from what is kept beside each event: no log is replayed but
 * the one case's. */
ALLIANCE_API int32_t alliance_host_time(alliance_host* host, int32_t scope, const char* id, alliance_instant at,
                                        uint32_t weeks, const alliance_viewer* viewer, int32_t format,
                                        const alliance_sink* out, alliance_error* error) ALLIANCE_NOEXCEPT;

/* [any-thread] may-block. A FactorsOverTime: the figures of a service's Review as they stood at the end of each of so
 * many weeks (0: 12; at most 52), the newest those of its Review. A week by whose difference from another one the part
 * of fewer than five clients or practitioners could be had is suppressed. Replays the logs of the service's
 * practitioners and their cases once for each week. */
ALLIANCE_API int32_t alliance_host_factors_over_time(alliance_host* host, const char* service, uint32_t weeks,
                                                     const alliance_viewer* viewer, int32_t format,
                                                     const alliance_sink* out, alliance_error* error) ALLIANCE_NOEXCEPT;

/* [any-thread] may-block. A Report by its id: the body of one that an endpoint was only notified of. Who may see what
 * it says may see it; the reading is in the access log. ALLIANCE_E_NOT_FOUND when the case has none of that id. */
ALLIANCE_API int32_t alliance_host_report(alliance_host* host, const char* case_id, const char* report,
                                          const alliance_viewer* viewer, int32_t format, const alliance_sink* out,
                                          alliance_error* error) ALLIANCE_NOEXCEPT;

/* What a study takes: every sheet of those who consented, as it was answered and as it was scored. */
typedef struct alliance_study {
  uint32_t size;
  uint32_t shift_days; /* dates are moved by up to so many days either way, the same throughout a case; 0: not moved */
  uint64_t key_length;
  const uint8_t* key;  /* 16 bytes at least. Ids become HMAC-SHA256 under it: keep it apart from what was taken */
  const char* consent; /* the scope of consent that must have been given; NULL: any */
  int32_t blinded;     /* not 0: no answer, no score, and of no case in which arm it is */
  int32_t reserved;
} alliance_study;
#define ALLIANCE_STUDY_INIT {sizeof(alliance_study), 0, 0, NULL, NULL, 0, 0}

/* [any-thread] may-block. A StudyExtract, for ALLIANCE_ROLE_RESEARCHER alone; each case is in the access log. It holds
 * no service, practitioner, minute, signal or safety flag, nothing of those who took a consent back, and no sheet in
 * which a practitioner rates the own confidence. */
ALLIANCE_API int32_t alliance_host_study(alliance_host* host, const alliance_study* study,
                                         const alliance_viewer* viewer, int32_t format, const alliance_sink* out,
                                         alliance_error* error) ALLIANCE_NOEXCEPT;

/* [any-thread] may-block. A StudyOverview, for ALLIANCE_ROLE_RESEARCHER alone; each case is in the access log: how many
 * cases are in which arm, what was asked for, answered and missed, and one hash over the definitions, plugins and
 * configuration in force. Never an answer or a score. */
ALLIANCE_API int32_t alliance_host_study_overview(alliance_host* host, const alliance_study* study,
                                                  const alliance_viewer* viewer, int32_t format,
                                                  const alliance_sink* out, alliance_error* error) ALLIANCE_NOEXCEPT;

/* What a service's own record system takes. */
typedef struct alliance_extract {
  uint32_t size;
  uint32_t reserved;
  alliance_instant from;   /* what happened from here on */
  alliance_instant until;  /* and before this */
  const char* instruments; /* whose scores are asked for, "phq-9,gad-7"; NULL: no scores */
} alliance_extract;
#define ALLIANCE_EXTRACT_INIT {sizeof(alliance_extract), 0, 0, 0, NULL}

/* [any-thread] may-block. A RecordExtract, for ALLIANCE_ROLE_SERVICE alone; each case is in the access log. Contacts
 * that were held, missed or cancelled, the minutes of online reviews and messages in that time as the timing policy
 * counts them, and scores of the client's own answers; never of an alliance or of confidence, none against the client's
 * consent or audience, and nothing of a case that is only observed. */
ALLIANCE_API int32_t alliance_host_extract(alliance_host* host, const alliance_extract* terms,
                                           const alliance_viewer* viewer, int32_t format, const alliance_sink* out,
                                           alliance_error* error) ALLIANCE_NOEXCEPT;

/* ---- What a controller instructs ----------------------------------------------------------------- */

#define ALLIANCE_ACT_ERASE INT32_C(1)    /* everything about the case is destroyed, in backups too */
#define ALLIANCE_ACT_RESTRICT INT32_C(2) /* it is kept, and shown and computed no more, safety excepted */
#define ALLIANCE_ACT_LIFT INT32_C(3)     /* the restriction ends */
#define ALLIANCE_ACT_HOLD INT32_C(4)     /* a legal hold: it must not be erased ... */
#define ALLIANCE_ACT_RELEASE INT32_C(5)  /* ... until it is released */
/* ERASE, also where this host has no such case: that it was erased is remembered and told. For a host that is rebuilt
 * from a keeper of events which has erased the case before. */
#define ALLIANCE_ACT_ERASE_UNSEEN INT32_C(6)

typedef struct alliance_instruction {
  uint32_t size;
  int32_t act;           /* ALLIANCE_ACT_ ... */
  const char* subject;   /* a case, or "practitioner/ID" */
  const char* reason;    /* kept for ever: it must hold nothing about the person */
  const char* reference; /* of the controller's instruction, as your register has it; NULL: none. ERASE needs one */
} alliance_instruction;
#define ALLIANCE_INSTRUCTION_INIT {sizeof(alliance_instruction), 0, NULL, NULL, NULL}

/* [any-thread] may-block. For ALLIANCE_ROLE_CONTROLLER alone. ALLIANCE_E_DENIED names a role, a legal hold or a
 * retention period (HostConfig) that stands against it; ALLIANCE_E_NOT_FOUND: there is no such case. Who instructed
 * what and why is kept. An erasure is on the disk when it returns: the case's key is destroyed, so that backups cannot
 * be read either; every endpoint is told by a CaseErased under a new epoch; later events of the case that happened
 * before the erasure are refused, and a CaseOpened after it begins a new one. */
ALLIANCE_API int32_t alliance_host_instruct(alliance_host* host, const alliance_instruction* instruction,
                                            const alliance_viewer* viewer, alliance_error* error) ALLIANCE_NOEXCEPT;

/* [any-thread] may-block. Everything that is kept about a case or "practitioner/ID", for ALLIANCE_ROLE_CONTROLLER
 * alone: a tar archive of JSON lines, which `out` takes in pieces. It is noted in the access log. */
ALLIANCE_API int32_t alliance_host_export(alliance_host* host, const char* subject, const alliance_viewer* viewer,
                                          const alliance_sink* out, alliance_error* error) ALLIANCE_NOEXCEPT;

/* [any-thread] may-block. An AccessLog: who looked at the case or "practitioner/ID", lists of many included, and what
 * was instructed about it. For ALLIANCE_ROLE_CONTROLLER alone. */
ALLIANCE_API int32_t alliance_host_access(alliance_host* host, const char* subject, const alliance_viewer* viewer,
                                          int32_t format, const alliance_sink* out, alliance_error* error)
    ALLIANCE_NOEXCEPT;

/* Counts since the store was made, except `waiting`. */
typedef struct alliance_host_counts {
  uint32_t size;
  uint32_t reserved;
  uint64_t events;              /* recorded */
  uint64_t reports;             /* put into the outbox */
  uint64_t sent;                /* handed to transports, repeats included, since this process began */
  uint64_t acknowledged;        /* reports that every endpoint has acknowledged */
  uint64_t waiting;             /* reports that some endpoint has not */
  uint64_t dead_letters;        /* refused by an endpoint and not sent again: look at them */
  uint64_t safety_dead_letters; /* how many of these are of the safety lane: look at them now */
} alliance_host_counts;
#define ALLIANCE_HOST_COUNTS_INIT {sizeof(alliance_host_counts), 0, 0, 0, 0, 0, 0, 0, 0}

/* [any-thread] no-block. */
ALLIANCE_API int32_t alliance_host_count(alliance_host* host, alliance_host_counts* out, alliance_error* error)
    ALLIANCE_NOEXCEPT;

/* ---- The outbox -------------------------------------------------------------------------------- */

/* [any-thread] may-block. An OutboxStatus: for each endpoint and lane how far it has acknowledged, what waits,
 * what it refused, and whether it is connected. Endpoints stand as they were connected: a secret in an address
 * stands here too. */
ALLIANCE_API int32_t alliance_host_outbox(alliance_host* host, int32_t format, const alliance_sink* out,
                                          alliance_error* error) ALLIANCE_NOEXCEPT;

/* [any-thread] may-block. A DeadLetterList: reports that an endpoint refused as often as HostConfig's
 * delivery.tries says. A tombstone took the place of each, so that what came after it was delivered.
 * `number` 0: all of them, without their reports; else that one with its report. */
ALLIANCE_API int32_t alliance_host_dead_letters(alliance_host* host, uint64_t number, int32_t format,
                                                const alliance_sink* out, alliance_error* error) ALLIANCE_NOEXCEPT;

/* [any-thread] may-block. Sends a dead letter again, under its first id and a new sequence of its case;
 * `number` 0: all of them. `sent` (may be NULL) counts. Those of the safety lane need no call: advance() sends
 * them again every delivery.safety_retry_seconds until they are taken. */
ALLIANCE_API int32_t alliance_host_resend(alliance_host* host, uint64_t number, uint64_t* sent, alliance_error* error)
    ALLIANCE_NOEXCEPT;

/* ---- Words ------------------------------------------------------------------------------------- */

/* [any-thread] no-block. A short English phrase for a status; never NULL. */
ALLIANCE_API const char* alliance_status_text(int32_t status) ALLIANCE_NOEXCEPT;

/* [any-thread] no-block. "0.1.0". */
ALLIANCE_API const char* alliance_version(void) ALLIANCE_NOEXCEPT;

/* [any-thread] no-block. Converts between the two faces: JSON to the bytes of a schema table ("Event",
 * "Report", ...), or verified bytes to one line of JSON. `format` is that of the input. */
ALLIANCE_API int32_t alliance_convert(const char* table, const uint8_t* bytes, uint64_t length, int32_t format,
                                      const alliance_sink* out, alliance_error* error) ALLIANCE_NOEXCEPT;

ALLIANCE_END

#endif

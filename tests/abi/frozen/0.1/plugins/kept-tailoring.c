/* SPDX-License-Identifier: Apache-2.0 */
/* Kept tailoring: proposes to ask the client how it goes when nobody has been in touch for some days. */
#include <alliance/tailoring.h>

#include "glue.h"

#define DAY INT64_C(86400000000)

static uint64_t count(const alliance_tailoring_factory* factory) { return (void)factory, 1; }

static int32_t describe(const alliance_tailoring_factory* factory, uint64_t index, alliance_descriptor* out,
                        alliance_error* error) {
  (void)factory;
  return describe_one(index, "kept-tailoring", "Kept tailoring", out, error);
}

/* The rule has a threshold, so it is off until the operator's settings give one and say where it comes from:
 *   {"days_without_contact": 5, "source": "our service's protocol, section 3"} */
typedef struct policy {
  int64_t days;     /* 0: off */
  char source[256]; /* with its quotes */
} policy;

static int32_t create(const alliance_tailoring_factory* factory, const alliance_services* services, const char* id,
                      alliance_tailoring** out, alliance_error* error) {
  const int32_t status = check_create("kept-tailoring", id, out, error);
  const char *source, *end;
  policy* made;
  (void)factory;
  if (status != ALLIANCE_OK) return status;
  made = calloc(1, sizeof *made);
  if (made == NULL) return refuse(error, ALLIANCE_E_LIMIT, "there is no memory");
  made->days = number(services->config, "days_without_contact", 0);
  source = field(services->config, "source");
  while (source != NULL && *source == ' ') ++source;
  end = source == NULL || *source != '"' ? NULL : strchr(source + 1, '"');
  if (end != NULL && (size_t)(end - source) < sizeof made->source - 1 &&
      memchr(source, '\\', (size_t)(end - source)) == NULL) {
    memcpy(made->source, source, (size_t)(end - source) + 1);
  }
  if (made->days != 0 && made->source[0] == '\0') {
    free(made);
    return refuse(error, ALLIANCE_E_DENIED,
                  "settings: days_without_contact needs a source, a text of 250 letters at most");
  }
  *out = (alliance_tailoring*)made;
  return ALLIANCE_OK;
}

static void destroy(alliance_tailoring* tailoring) { free(tailoring); }

/* Proposes, and decides nothing: nothing is done without the practitioner's decision. */
static int32_t propose(alliance_tailoring* tailoring, const uint8_t* case_bytes, uint64_t case_length,
                       const uint8_t* programme, uint64_t programme_length, alliance_instant now,
                       const alliance_sink* out, alliance_error* error) {
  const policy* self = (const policy*)tailoring;
  growing a_case = {NULL, 0, 0};
  char json[1200] = "{\"proposals\": []}";
  int64_t last;
  int32_t status = read_table("Case", case_bytes, case_length, &a_case, error); /* refuses what is no Case */
  (void)programme, (void)programme_length;
  if (status == ALLIANCE_OK) {
    last = number(a_case.text, "last_contact", 0);
    if (self->days != 0 && last != 0 && now - last >= self->days * DAY) {
      /* The key is the same whenever the same evidence leads to it: the host reports each key once. */
      snprintf(json, sizeof json,
               "{\"proposals\": [{\"key\": \"no-contact-since-%lld\", \"factor\": \"f1_time\","
               " \"rule\": \"days-without-contact\", \"audience\": \"practitioner\","
               " \"action\": {\"kind\": \"ask_client\", \"text\": \"Ask the client how it goes.\"},"
               " \"evidence\": [{\"what\": \"days since the last contact\", \"value\": %lld, \"threshold\": %lld,"
               " \"comparator\": \"at_least\", \"provenance\": {\"source\": %s}}]}]}",
               (long long)last, (long long)((now - last) / DAY), (long long)self->days, self->source);
    }
    status = write_table("Proposals", json, out, error);
  }
  free(a_case.text);
  return status;
}

static const alliance_tailoring_factory table = {sizeof table, 0, count, describe, create, destroy, propose};

GLUE_ENTRY(ALLIANCE_TAILORING_FACTORY, table)

/* SPDX-License-Identifier: Apache-2.0
 *
 * programme.h: an adapter to one digital programme.
 *
 * It tells what the programme consists of (its catalogue), turns what the programme exports into
 * events, and turns a change that a practitioner decided on into what the programme understands.
 */
#ifndef ALLIANCE_PROGRAMME_H
#define ALLIANCE_PROGRAMME_H

#include <alliance/plugin.h>

ALLIANCE_BEGIN

#define ALLIANCE_PROGRAMME_FACTORY "alliance.programme-factory/1"

typedef struct alliance_programme alliance_programme; /* the plugin's own */

typedef struct alliance_programme_factory alliance_programme_factory;
struct alliance_programme_factory {
  uint32_t size;
  uint32_t reserved;

  /* [control] no-block. How many programmes there are. */
  uint64_t (*count)(const alliance_programme_factory* factory) ALLIANCE_NOEXCEPT;

  /* [control] no-block. Fills `out` for index 0 .. count-1. */
  int32_t (*describe)(const alliance_programme_factory* factory, uint64_t index, alliance_descriptor* out,
                      alliance_error* error) ALLIANCE_NOEXCEPT;

  /* [control] may-block. The caller destroys what it gets. */
  int32_t (*create)(const alliance_programme_factory* factory, const alliance_services* services, const char* id,
                    alliance_programme** out, alliance_error* error) ALLIANCE_NOEXCEPT;

  /* [control] no-block. Cannot fail. */
  void (*destroy)(alliance_programme* programme) ALLIANCE_NOEXCEPT;

  /* [any-thread] no-block. Bytes of a Programme (ALPG). */
  int32_t (*catalogue)(alliance_programme* programme, const alliance_sink* out, alliance_error* error)
      ALLIANCE_NOEXCEPT;

  /* [serial] no-block. The programme's own payload in, an EventBatch (ALEB) out: events in the order of the payload;
   * in `unmapped` a line and a sentence for each record that is none, which hides no other; in `needs` what must be
   * fetched first; in `taken_back` ids of events. The same payload gives the same events with the same ids. */
  int32_t (*ingest)(alliance_programme* programme, const uint8_t* payload, uint64_t length, const alliance_sink* out,
                    alliance_error* error) ALLIANCE_NOEXCEPT;

  /* [serial] no-block. `proposal` is a Proposals (ALPP) with the one proposal that was accepted, `case_id`
   * whom it is for, `when` the instant of the decision. Writes what the programme understands.
   * With `reverts` it takes back what was applied: the action is the way back, and constraints of the catalogue that
   * would stand against it as a change of its own do not count. An adapter that reads no `reverts` may treat it as any.
   * ALLIANCE_E_UNSUPPORTED: the programme has no such change; the host records that as inflexibility. */
  int32_t (*apply)(alliance_programme* programme, const char* case_id, const uint8_t* proposal, uint64_t length,
                   alliance_instant when, const alliance_sink* out, alliance_error* error) ALLIANCE_NOEXCEPT;
};

ALLIANCE_END

#endif

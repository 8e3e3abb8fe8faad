/* SPDX-License-Identifier: Apache-2.0
 *
 * tailoring.h: proposals to adapt the programme, and the help around it.
 *
 * A policy sees the case and the programme's catalogue and proposes; it decides nothing. Each proposal
 * names the factor it serves, the evidence that led to it and the action it asks for. The host checks
 * every proposal against the catalogue, reports it to the person whom it is for, and applies nothing
 * without that person's decision.
 */
#ifndef ALLIANCE_TAILORING_H
#define ALLIANCE_TAILORING_H

#include <alliance/plugin.h>

ALLIANCE_BEGIN

#define ALLIANCE_TAILORING_FACTORY "alliance.tailoring-factory/1"

typedef struct alliance_tailoring alliance_tailoring; /* the plugin's own */

typedef struct alliance_tailoring_factory alliance_tailoring_factory;
struct alliance_tailoring_factory {
  uint32_t size;
  uint32_t reserved;

  /* [control] no-block. How many policies there are. */
  uint64_t (*count)(const alliance_tailoring_factory* factory) ALLIANCE_NOEXCEPT;

  /* [control] no-block. Fills `out` for index 0 .. count-1. */
  int32_t (*describe)(const alliance_tailoring_factory* factory, uint64_t index, alliance_descriptor* out,
                      alliance_error* error) ALLIANCE_NOEXCEPT;

  /* [control] may-block. Reads the policy's own rules; wrong ones are refused with line and field. */
  int32_t (*create)(const alliance_tailoring_factory* factory, const alliance_services* services, const char* id,
                    alliance_tailoring** out, alliance_error* error) ALLIANCE_NOEXCEPT;

  /* [control] no-block. Cannot fail. */
  void (*destroy)(alliance_tailoring* tailoring) ALLIANCE_NOEXCEPT;

  /* [serial] no-block. `case_bytes` is a Case (ALCS), `programme` a Programme (ALPG) or NULL with length
   * 0 where the case has none. Writes Proposals (ALPP). A proposal's `key` is the same whenever the same
   * evidence leads to it: the host reports each key once. */
  int32_t (*propose)(alliance_tailoring* tailoring, const uint8_t* case_bytes, uint64_t case_length,
                     const uint8_t* programme, uint64_t programme_length, alliance_instant now,
                     const alliance_sink* out, alliance_error* error) ALLIANCE_NOEXCEPT;
};

ALLIANCE_END

#endif

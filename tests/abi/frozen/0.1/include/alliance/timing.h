/* SPDX-License-Identifier: Apache-2.0
 *
 * timing.h: when a measure is due, and what a practitioner's time goes to.
 *
 * After each event of a case, and when time has passed, the host hands the policy the case as it now
 * stands (the Case table: sessions, components, answers, minutes, and the roles that the loaded
 * instruments can fill) and takes back a plan and an account. A policy asks for roles, raters and
 * targets ("alliance.total of the client about the practitioner"), never for an instrument's id.
 * It keeps nothing between calls: the same case and instant give the same bytes.
 */
#ifndef ALLIANCE_TIMING_H
#define ALLIANCE_TIMING_H

#include <alliance/plugin.h>

ALLIANCE_BEGIN

#define ALLIANCE_TIMING_FACTORY "alliance.timing-factory/1"

typedef struct alliance_timing alliance_timing; /* the plugin's own */

typedef struct alliance_timing_factory alliance_timing_factory;
struct alliance_timing_factory {
  uint32_t size;
  uint32_t reserved;

  /* [control] no-block. How many policies there are. */
  uint64_t (*count)(const alliance_timing_factory* factory) ALLIANCE_NOEXCEPT;

  /* [control] no-block. Fills `out` for index 0 .. count-1. */
  int32_t (*describe)(const alliance_timing_factory* factory, uint64_t index, alliance_descriptor* out,
                      alliance_error* error) ALLIANCE_NOEXCEPT;

  /* [control] may-block. Reads the policy's own file; a wrong one is refused with line and field. */
  int32_t (*create)(const alliance_timing_factory* factory, const alliance_services* services, const char* id,
                    alliance_timing** out, alliance_error* error) ALLIANCE_NOEXCEPT;

  /* [control] no-block. Cannot fail. */
  void (*destroy)(alliance_timing* timing) ALLIANCE_NOEXCEPT;

  /* [serial] no-block. `case_bytes` is a Case (ALCS), `now` an instant. Writes a Plan (ALPL): every
   * occasion on which a measure was or will be asked for, with its window and the reason, and the next
   * instant at which the plan changes if nothing happens. */
  int32_t (*plan)(alliance_timing* timing, const uint8_t* case_bytes, uint64_t length, alliance_instant now,
                  const alliance_sink* out, alliance_error* error) ALLIANCE_NOEXCEPT;

  /* [serial] no-block. Writes a Report (ALRP) whose body is a TimeAccount: minutes planned, booked and
   * used per kind of work, what the rest of the plan needs, and what waits for review. */
  int32_t (*account)(alliance_timing* timing, const uint8_t* case_bytes, uint64_t length, alliance_instant now,
                     const alliance_sink* out, alliance_error* error) ALLIANCE_NOEXCEPT;
};

ALLIANCE_END

#endif

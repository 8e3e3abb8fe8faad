/* SPDX-License-Identifier: Apache-2.0
 *
 * measure.h: an instrument that scores answers.
 *
 * The host walks the factory's descriptors, creates one instance per instrument, reads its definition
 * once (items, scales, roles, bands, safety rules, licence: the Instrument table of the schema), and
 * from then on hands it answers and takes scores. An instance is immutable: the same answers give the
 * same bytes, on every thread.
 *
 * Answers are plain arrays in the order of the definition's items, row after row; scores are plain
 * arrays in the order of its scales.
 */
#ifndef ALLIANCE_MEASURE_H
#define ALLIANCE_MEASURE_H

#include <alliance/plugin.h>

ALLIANCE_BEGIN

#define ALLIANCE_MEASURE_FACTORY "alliance.measure-factory/1"

/* Answer sheets: `rows` sheets of `items` answers. */
typedef struct alliance_sheets {
  uint32_t size;
  uint32_t reserved;
  uint64_t rows;
  uint64_t items;
  const double* values;  /* rows x items; read only where the state is ALLIANCE_ANSWERED */
  const uint8_t* states; /* rows x items of ALLIANCE_ANSWERED ...; NULL: every item was answered */
} alliance_sheets;

/* What to do about missing answers. NULL in place of this struct means the definition's own rule,
 * which for every instrument shipped here is: a full sheet, or not scorable. */
#define ALLIANCE_MISSING_NONE INT32_C(1)    /* a full sheet, or not scorable */
#define ALLIANCE_MISSING_PRORATE INT32_C(2) /* from those answered: k * sum / number, or their mean */
#define ALLIANCE_MISSING_CENTRE INT32_C(3)  /* an item without an answer counts as the middle of its answers */
typedef struct alliance_missing {
  uint32_t size;
  int32_t rule;
  uint32_t most; /* how many items of a scale may be missing; a scale with no answer is never scored */
  uint32_t reserved;
} alliance_missing;

/* Scores, `rows` x `scales`, in arrays of the caller's. Any array but `values` and `states` may be NULL. */
#define ALLIANCE_NO_BAND INT32_C(-1)
typedef struct alliance_scores {
  uint32_t size;
  uint32_t reserved;
  uint64_t rows;
  uint64_t scales;
  double* values;     /* in the scale's own unit; 0 and meaningless unless scored or prorated */
  uint8_t* states;    /* ALLIANCE_SCORED ... */
  uint32_t* answered; /* how many of the scale's items were answered */
  int32_t* bands;     /* index into the scale's bands, or ALLIANCE_NO_BAND */
} alliance_scores;

typedef struct alliance_measure alliance_measure; /* the plugin's own */

typedef struct alliance_measure_factory alliance_measure_factory;
struct alliance_measure_factory {
  uint32_t size;
  uint32_t reserved;

  /* [control] no-block. How many instruments there are. */
  uint64_t (*count)(const alliance_measure_factory* factory) ALLIANCE_NOEXCEPT;

  /* [control] no-block. Fills `out` for index 0 .. count-1. */
  int32_t (*describe)(const alliance_measure_factory* factory, uint64_t index, alliance_descriptor* out,
                      alliance_error* error) ALLIANCE_NOEXCEPT;

  /* [control] may-block. `version` NULL: the newest. The caller destroys what it gets. */
  int32_t (*create)(const alliance_measure_factory* factory, const alliance_services* services, const char* id,
                    const char* version, alliance_measure** out, alliance_error* error) ALLIANCE_NOEXCEPT;

  /* [control] no-block. Cannot fail. */
  void (*destroy)(alliance_measure* measure) ALLIANCE_NOEXCEPT;

  /* [any-thread] no-block. Bytes of an Instrument (file identifier ALIN). */
  int32_t (*definition)(alliance_measure* measure, const alliance_sink* out, alliance_error* error) ALLIANCE_NOEXCEPT;

  /* [any-thread] no-block. One sheet (rows == 1). An answer that is none of the item's options, or an
   * unset state, is ALLIANCE_E_BAD_INPUT and names the item; the value stands in the error's detail. */
  int32_t (*score)(alliance_measure* measure, const alliance_sheets* sheets, const alliance_missing* missing,
                   const alliance_scores* out, alliance_error* error) ALLIANCE_NOEXCEPT;

  /* [any-thread] no-block. Many sheets. A bad sheet becomes a row of ALLIANCE_BAD_SHEET and the others
   * are scored: ask score() about that row to learn why. */
  int32_t (*score_batch)(alliance_measure* measure, const alliance_sheets* sheets, const alliance_missing* missing,
                         const alliance_scores* out, alliance_error* error) ALLIANCE_NOEXCEPT;

  /* [any-thread] no-block. Optional. Bytes of a ContentPack (file identifier ALCP): the texts in `language`, one of the
   * definition's `languages`. ALLIANCE_E_NOT_FOUND when there are none in it. */
  int32_t (*content)(alliance_measure* measure, const char* language, const alliance_sink* out, alliance_error* error)
      ALLIANCE_NOEXCEPT;
};

ALLIANCE_END

#endif

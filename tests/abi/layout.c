/* SPDX-License-Identifier: Apache-2.0
 * Compiled with every compiler, in both data models, with -fshort-enums and packed: each must agree. A
 * packed struct has another layout only where the plain one has padding that nobody wrote down.
 */
#include <stddef.h>
#include <stdint.h>

#if defined(ALLIANCE_TEST_PACKED)
#pragma pack(1)
#endif
#include <alliance/alliance.h>

#if UINTPTR_MAX > UINT32_MAX
#define PICK(wide, narrow) (wide)
#else
#define PICK(wide, narrow) (narrow)
#endif

#define MEMBER(type, member, offset64, size64, offset32, size32)                                      \
  _Static_assert(offsetof(type, member) == PICK(offset64, offset32), #type "." #member " has moved"); \
  _Static_assert(sizeof(((type*)0)->member) == PICK(size64, size32), #type "." #member " has another size");
/* Narrow processors that align 64-bit numbers to 8 bytes (armhf) fill a struct up at its end. No member moves by that.
 */
#define FILLED(type, size) (((size) + _Alignof(type) - 1) / _Alignof(type) * _Alignof(type))
#define SIZE(type, size64, size32) \
  _Static_assert(sizeof(type) == PICK(size64, FILLED(type, size32)), #type " has another size");

/* clang-format off */
#include "layout.inc"
/* clang-format on */

/* Numbers that travel between two compilers. */
_Static_assert(ALLIANCE_ABI_MAJOR == 1, "a new major is a new contract");
_Static_assert(ALLIANCE_OK == 0 && ALLIANCE_E_INVALID == 1 && ALLIANCE_E_LIBRARY == 14, "statuses keep their numbers");
_Static_assert(ALLIANCE_ANSWERED == 1 && ALLIANCE_NOT_PRESENTED == 5, "answer states keep their numbers");
_Static_assert(ALLIANCE_SCORED == 1 && ALLIANCE_BAD_SHEET == 4, "score states keep their numbers");
_Static_assert(ALLIANCE_FLATBUFFERS == 1 && ALLIANCE_JSON == 2, "formats keep their numbers");

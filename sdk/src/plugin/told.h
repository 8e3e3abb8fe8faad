// SPDX-License-Identifier: Apache-2.0
// What both ends of a plugin's process tell the caller of a table. No exception leaves one.
#pragma once

#include <alliance/error.hpp>
#include <new>

#include "common/result.h"

namespace alliance::plugin {

inline std::int32_t told(alliance_error* error, const Failure& failure) {
  return glue::tell(error, failure.status, failure.message, failure.detail);
}

// `otherwise`: what is said where nothing else is known.
template <class Work>
std::int32_t guarded(alliance_error* error, const char* otherwise, Work&& work) noexcept {
  try {
    return work();
  } catch (const std::bad_alloc&) {
    return glue::tell(error, ALLIANCE_E_LIMIT, "there was not enough memory for this call");
  } catch (...) {
    return glue::tell(error, ALLIANCE_E_INTERNAL, otherwise);
  }
}

}  // namespace alliance::plugin

// SPDX-License-Identifier: Apache-2.0
// From a Failure or an exception to what the C face gives back.
#pragma once

#include <alliance/base.h>

#include <algorithm>
#include <cstring>
#include <exception>
#include <new>
#include <string>
#include <string_view>

#include "common/result.h"
#include "common/text.h"

namespace alliance::host {

inline void copy_text(char (&to)[ALLIANCE_TEXT_CAPACITY], std::string_view from) {
  from = front_of(from, ALLIANCE_TEXT_CAPACITY - 1);
  if (!from.empty()) std::memcpy(to, from.data(), from.size());
  to[from.size()] = '\0';
}

inline std::int32_t answer(alliance_error* error, std::int32_t status, std::string_view message,
                           std::string_view detail = {}) {
  if (ALLIANCE_HAS(alliance_error, error, detail)) {
    error->code = status;
    error->vendor_code = 0;
    copy_text(error->message, message);
    copy_text(error->detail, detail);
  }
  return status;
}

inline std::int32_t answer(alliance_error* error, const Failure& failure) {
  return answer(error, failure.status, failure.message, failure.detail);
}

// An id that came from outside, for a message: what does not look like one stays in the detail alone.
inline std::string nameable(std::string_view id) {
  const auto plain = [](unsigned char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("._-:/").find(static_cast<char>(c)) != std::string_view::npos;
  };
  return !id.empty() && id.size() <= 64 && std::all_of(id.begin(), id.end(), plain) ? std::string(id) : "of this name";
}

// Nothing thrown crosses the C face.
template <class Call>
std::int32_t guarded(alliance_error* error, Call call) noexcept {
  try {
    return call();
  } catch (const std::bad_alloc&) {
    return answer(error, ALLIANCE_E_LIMIT, "out of memory");
  } catch (const std::exception& unexpected) {
    return answer(error, ALLIANCE_E_INTERNAL, "an unexpected fault inside the SDK", unexpected.what());
  } catch (...) {
    return answer(error, ALLIANCE_E_INTERNAL, "an unexpected fault inside the SDK");
  }
}

}  // namespace alliance::host

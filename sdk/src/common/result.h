// SPDX-License-Identifier: Apache-2.0
// A value, or why there is none. Inside the SDK nothing throws on purpose.
#pragma once

#include <alliance/base.h>

#include <string>
#include <tl/expected.hpp>
#include <utility>

namespace alliance {

struct Failure {
  std::int32_t status;  // ALLIANCE_E_...
  std::string message;  // safe to log; names the place and the mend
  std::string detail;   // may hold what a person wrote or answered
};

template <class T>
using Result = tl::expected<T, Failure>;

[[nodiscard]] inline tl::unexpected<Failure> fail(std::int32_t status, std::string message, std::string detail = {}) {
  return tl::unexpected<Failure>(Failure{status, std::move(message), std::move(detail)});
}

}  // namespace alliance

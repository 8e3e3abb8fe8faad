// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "columns.h"

namespace alliance::python {

// One instrument of an open host.
struct Measure {
  std::shared_ptr<OpenHost> host;
  alliance_measure_ref ref = ALLIANCE_MEASURE_REF_INIT;
};

// Arrays that the caller made: rows x scales, row-major. Fresh memory costs more than the scores in it: counts may be
// bytes, where no scale has more items than that, and bands may be None.
struct Places {
  Places(nb::handle values, nb::handle states, nb::handle answered, nb::handle bands, std::int64_t rows,
         std::uint64_t scales);
  Lent values, states, answered;
  std::optional<Lent> bands;
  std::int64_t rows;
};

std::optional<alliance_missing> missing_of(std::int32_t rule, std::uint32_t most);

// In batches, without the GIL; KeyboardInterrupt and other signals are heard between them. How many sheets were bad.
std::int64_t score_all(const Measure& measure, const Answers& answers, const std::optional<alliance_missing>& missing,
                       const Places& places);

}  // namespace alliance::python

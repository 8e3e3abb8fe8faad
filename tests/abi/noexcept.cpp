// SPDX-License-Identifier: Apache-2.0
// Compiled by noexcept.sh: as it stands it must compile; with any MAY_THROW_ it must not.
#include <alliance/alliance.h>

#ifdef MAY_THROW_INIT
#define IF_INIT
#else
#define IF_INIT noexcept
#endif
#ifdef MAY_THROW_GET_FACTORY
#define IF_GET_FACTORY
#else
#define IF_GET_FACTORY noexcept
#endif
#ifdef MAY_THROW_SCORE
#define IF_SCORE
#else
#define IF_SCORE noexcept
#endif
#ifdef MAY_THROW_PLAN
#define IF_PLAN
#else
#define IF_PLAN noexcept
#endif
#ifdef MAY_THROW_PROPOSE
#define IF_PROPOSE
#else
#define IF_PROPOSE noexcept
#endif
#ifdef MAY_THROW_INGEST
#define IF_INGEST
#else
#define IF_INGEST noexcept
#endif
#ifdef MAY_THROW_SEND
#define IF_SEND
#else
#define IF_SEND noexcept
#endif
#ifdef MAY_THROW_WRITE
#define IF_WRITE
#else
#define IF_WRITE noexcept
#endif

namespace {

int32_t init(const alliance_services*, alliance_error*) IF_INIT { return ALLIANCE_OK; }
void deinit() noexcept {}
const void* get_factory(const char*) IF_GET_FACTORY { return nullptr; }
int32_t score(alliance_measure*, const alliance_sheets*, const alliance_missing*, const alliance_scores*,
              alliance_error*) IF_SCORE {
  return ALLIANCE_OK;
}
int32_t plan(alliance_timing*, const uint8_t*, uint64_t, alliance_instant, const alliance_sink*,
             alliance_error*) IF_PLAN {
  return ALLIANCE_OK;
}
int32_t propose(alliance_tailoring*, const uint8_t*, uint64_t, const uint8_t*, uint64_t, alliance_instant,
                const alliance_sink*, alliance_error*) IF_PROPOSE {
  return ALLIANCE_OK;
}
int32_t ingest(alliance_programme*, const uint8_t*, uint64_t, const alliance_sink*, alliance_error*) IF_INGEST {
  return ALLIANCE_OK;
}
int32_t send(alliance_transport*, uint64_t, const uint8_t*, uint64_t, alliance_error*) IF_SEND { return ALLIANCE_OK; }
int32_t write(void*, const uint8_t*, uint64_t) IF_WRITE { return ALLIANCE_OK; }

}  // namespace

int main() {
  alliance_plugin_entry entry{};
  entry.init = init;
  entry.deinit = deinit;
  entry.get_factory = get_factory;
  alliance_measure_factory measure{};
  measure.score = score;
  alliance_timing_factory timing{};
  timing.plan = plan;
  alliance_tailoring_factory tailoring{};
  tailoring.propose = propose;
  alliance_programme_factory programme{};
  programme.ingest = ingest;
  alliance_transport_factory transport{};
  transport.send = send;
  alliance_sink sink{};
  sink.write = write;
  return entry.init && measure.score && timing.plan && tailoring.propose && programme.ingest && transport.send &&
                 sink.write
             ? 0
             : 1;
}

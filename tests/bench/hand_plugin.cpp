// SPDX-License-Identifier: Apache-2.0
// The hand-written scoring as a plugin, by the C tables alone: what a call through the table costs beside the same
// function inlined.
#include <alliance/measure.h>
#include <alliance/plugin.h>

#include <cstdint>
#include <cstring>

#include "hand_written.h"

namespace {

std::uint64_t count(const alliance_measure_factory*) noexcept { return 1; }
std::int32_t describe(const alliance_measure_factory*, std::uint64_t, alliance_descriptor* out,
                      alliance_error*) noexcept {
  out->id = "hand-written";
  out->version = "1.0.0";
  out->title = "Written by hand";
  return ALLIANCE_OK;
}
int the_instance = 0;
std::int32_t create(const alliance_measure_factory*, const alliance_services*, const char*, const char*,
                    alliance_measure** out, alliance_error*) noexcept {
  *out = reinterpret_cast<alliance_measure*>(&the_instance);
  return ALLIANCE_OK;
}
void destroy(alliance_measure*) noexcept {}
std::int32_t definition(alliance_measure*, const alliance_sink*, alliance_error*) noexcept {
  return ALLIANCE_E_UNSUPPORTED;
}
std::int32_t score(alliance_measure*, const alliance_sheets* sheets, const alliance_missing*,
                   const alliance_scores* out, alliance_error*) noexcept {
  return bench::wai_score(sheets->values, sheets->states, out->values, out->states, out->answered, out->bands) < 0
             ? ALLIANCE_OK
             : ALLIANCE_E_BAD_INPUT;
}
std::int32_t score_batch(alliance_measure*, const alliance_sheets* sheets, const alliance_missing*,
                         const alliance_scores* out, alliance_error*) noexcept {
  bench::wai_batch(sheets->values, sheets->states, sheets->rows, out->values, out->states, out->answered, out->bands);
  return ALLIANCE_OK;
}

constexpr alliance_measure_factory factory = {sizeof factory, 0,           &count, &describe,    &create,
                                              &destroy,       &definition, &score, &score_batch, nullptr};
std::int32_t init(const alliance_services*, alliance_error*) noexcept { return ALLIANCE_OK; }
void deinit() noexcept {}
const void* get_factory(const char* id) noexcept {
  return std::strcmp(id, ALLIANCE_MEASURE_FACTORY) == 0 ? &factory : nullptr;
}
constexpr alliance_plugin_entry entry = {
    sizeof entry, ALLIANCE_ABI_MAJOR, ALLIANCE_ABI_MINOR, 0, ALLIANCE_LAYOUT_CHECK, &init, &deinit, &get_factory};

}  // namespace

const alliance_plugin_entry* alliance_plugin_entry_v1() noexcept { return &entry; }

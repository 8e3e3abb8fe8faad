// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstring>

#include "abi/face.h"

using namespace alliance;
using namespace alliance::abi;

int32_t alliance_host_plugins(alliance_host* self, int32_t format, const alliance_sink* out,
                              alliance_error* error) noexcept {
  return guarded(error, [&]() -> int32_t {
    if (self == nullptr) return answer(error, ALLIANCE_E_INVALID, "no host");
    return table_out("PluginList", "ALPI", self->host->plugins(), format, out, error);
  });
}

int32_t alliance_host_instruments(alliance_host* self, int32_t format, const alliance_sink* out,
                                  alliance_error* error) noexcept {
  return guarded(error, [&]() -> int32_t {
    if (self == nullptr) return answer(error, ALLIANCE_E_INVALID, "no host");
    return table_out("InstrumentList", "ALIL", self->host->instruments(), format, out, error);
  });
}

int32_t alliance_host_content(alliance_host* self, const char* instrument, const char* version, const char* language,
                              int32_t format, const alliance_sink* out, alliance_error* error) noexcept {
  return guarded(error, [&]() -> int32_t {
    if (self == nullptr || instrument == nullptr || language == nullptr) {
      return answer(error, ALLIANCE_E_INVALID, "content needs a host, an instrument and a language");
    }
    const auto found = self->host->find(instrument, version == nullptr ? "" : version);
    if (!found) return answer(error, found.error());
    const auto made = host::content_of(**found, language);
    if (!made) return answer(error, made.error());
    return table_out("ContentPack", "ALCP", *made, format, out, error);
  });
}

int32_t alliance_host_score_answers(alliance_host* self, const uint8_t* answers, uint64_t length, int32_t format,
                                    const alliance_sink* out, alliance_error* error) noexcept {
  return guarded(error, [&]() -> int32_t {
    if (self == nullptr) return answer(error, ALLIANCE_E_INVALID, "no host");
    const auto bytes = table_in("AnswersGiven", answers, length, format);
    if (!bytes) return answer(error, bytes.error());
    fb::AnswersGivenT given;
    flatbuffers::GetRoot<fb::AnswersGiven>(bytes->data())->UnPackTo(&given);
    const auto made = self->host->score(given);
    if (!made) return answer(error, made.error());
    return table_out("ScoredAnswers", "ALSA", *made, format, out, error);
  });
}

int32_t alliance_host_owns(alliance_host* self, const char* case_id, const alliance_viewer* viewer,
                           alliance_error* error) noexcept {
  return guarded(error, [&]() -> int32_t {
    if (self == nullptr || case_id == nullptr || !ALLIANCE_HAS(alliance_viewer, viewer, id)) {
      return answer(error, ALLIANCE_E_INVALID, "owns needs a host, a case and a viewer");
    }
    const auto own = self->host->owns(case_id, {viewer->role, viewer->id == nullptr ? "" : viewer->id});
    return own ? ALLIANCE_OK : answer(error, own.error());
  });
}

int32_t alliance_host_find_measure(alliance_host* self, const char* instrument, const char* version,
                                   alliance_measure_ref* out, alliance_error* error) noexcept {
  return guarded(error, [&]() -> int32_t {
    if (self == nullptr || instrument == nullptr || !ALLIANCE_HAS(alliance_measure_ref, out, scales)) {
      return answer(error, ALLIANCE_E_INVALID,
                    "find_measure needs a host, an instrument and an ALLIANCE_MEASURE_REF_INIT");
    }
    const auto found = self->host->find(instrument, version == nullptr ? "" : version);
    if (!found) return answer(error, found.error());
    out->table = (*found)->plugin->measure;
    out->measure = (*found)->measure;
    out->items = (*found)->definition.items.size();
    out->scales = (*found)->definition.scales.size();
    return ALLIANCE_OK;
  });
}

int32_t alliance_host_score(alliance_host* self, const char* instrument, const char* version,
                            const alliance_sheets* sheets, const alliance_missing* missing, const alliance_scores* out,
                            alliance_error* error) noexcept {
  alliance_measure_ref ref = ALLIANCE_MEASURE_REF_INIT;
  const int32_t status = alliance_host_find_measure(self, instrument, version, &ref, error);
  if (status != ALLIANCE_OK) return status;
  return guarded(error, [&]() -> int32_t {
    if (!ALLIANCE_HAS(alliance_sheets, sheets, states) || !ALLIANCE_HAS(alliance_scores, out, bands)) {
      return answer(error, ALLIANCE_E_INVALID, "score needs sheets and scores whose size is set");
    }
    const auto call = sheets->rows == 1 ? ref.table->score : ref.table->score_batch;
    return call(ref.measure, sheets, missing, out, error);
  });
}

int32_t alliance_host_review(alliance_host* self, int32_t scope, const char* id, const alliance_viewer* viewer,
                             int32_t format, const alliance_sink* out, alliance_error* error) noexcept {
  return guarded(error, [&]() -> int32_t {
    if (self == nullptr || id == nullptr || !ALLIANCE_HAS(alliance_viewer, viewer, id)) {
      return answer(error, ALLIANCE_E_INVALID, "review needs a host, an id and a viewer");
    }
    if (scope < ALLIANCE_SCOPE_CASE || scope > ALLIANCE_SCOPE_SERVICE) {
      return answer(error, ALLIANCE_E_INVALID, "scope must be case, practitioner or service");
    }
    const auto made =
        self->host->review(static_cast<fb::Scope>(scope), id, {viewer->role, viewer->id == nullptr ? "" : viewer->id});
    if (!made) return answer(error, made.error());
    return table_out("Review", "ALRV", *made, format, out, error);
  });
}

int32_t alliance_host_report(alliance_host* self, const char* case_id, const char* report,
                             const alliance_viewer* viewer, int32_t format, const alliance_sink* out,
                             alliance_error* error) noexcept {
  return guarded(error, [&]() -> int32_t {
    if (self == nullptr || case_id == nullptr || report == nullptr || !ALLIANCE_HAS(alliance_viewer, viewer, id)) {
      return answer(error, ALLIANCE_E_INVALID, "report needs a host, a case, an id and a viewer");
    }
    const auto found = self->host->report(case_id, report, {viewer->role, viewer->id == nullptr ? "" : viewer->id});
    return found ? report_out(found->payload, format, out, error) : answer(error, found.error());
  });
}

int32_t alliance_host_cases(alliance_host* self, const alliance_viewer* viewer, int32_t format,
                            const alliance_sink* out, alliance_error* error) noexcept {
  return guarded(error, [&]() -> int32_t {
    if (self == nullptr || !ALLIANCE_HAS(alliance_viewer, viewer, id)) {
      return answer(error, ALLIANCE_E_INVALID, "cases needs a host and a viewer");
    }
    const auto made = self->host->cases({viewer->role, viewer->id == nullptr ? "" : viewer->id});
    if (!made) return answer(error, made.error());
    return table_out("CaseList", "ALCL", *made, format, out, error);
  });
}

int32_t alliance_host_due(alliance_host* self, const char* case_id, alliance_instant at, const alliance_viewer* viewer,
                          int32_t format, const alliance_sink* out, alliance_error* error) noexcept {
  return guarded(error, [&]() -> int32_t {
    if (self == nullptr || case_id == nullptr || !ALLIANCE_HAS(alliance_viewer, viewer, id)) {
      return answer(error, ALLIANCE_E_INVALID, "due needs a host, a case and a viewer");
    }
    const auto made = self->host->due(case_id, at, {viewer->role, viewer->id == nullptr ? "" : viewer->id});
    if (!made) return answer(error, made.error());
    return table_out("DueList", "ALDL", *made, format, out, error);
  });
}

int32_t alliance_host_time(alliance_host* self, int32_t scope, const char* id, alliance_instant at, uint32_t weeks,
                           const alliance_viewer* viewer, int32_t format, const alliance_sink* out,
                           alliance_error* error) noexcept {
  return guarded(error, [&]() -> int32_t {
    if (self == nullptr || id == nullptr || !ALLIANCE_HAS(alliance_viewer, viewer, id)) {
      return answer(error, ALLIANCE_E_INVALID, "time needs a host, an id and a viewer");
    }
    if (scope < ALLIANCE_SCOPE_CASE || scope > ALLIANCE_SCOPE_SERVICE) {
      return answer(error, ALLIANCE_E_INVALID, "scope must be case, practitioner or service");
    }
    const auto made = self->host->time(static_cast<fb::Scope>(scope), id, at, weeks,
                                       {viewer->role, viewer->id == nullptr ? "" : viewer->id});
    if (!made) return answer(error, made.error());
    return table_out("TimeView", "ALTV", *made, format, out, error);
  });
}

namespace {

// One face of both calls about a study.
template <class Ask>
int32_t about_study(alliance_host* self, const alliance_study* study, const alliance_viewer* viewer,
                    alliance_error* error, Ask ask) noexcept {
  return guarded(error, [&]() -> int32_t {
    if (self == nullptr || !ALLIANCE_HAS(alliance_study, study, consent) ||
        !ALLIANCE_HAS(alliance_viewer, viewer, id) || (study->key == nullptr && study->key_length > 0)) {
      return answer(error, ALLIANCE_E_INVALID, "study needs a host, an ALLIANCE_STUDY_INIT and a viewer");
    }
    host::StudyTerms terms;
    terms.key.assign(study->key, study->key + study->key_length);
    terms.shift_days = study->shift_days;
    if (study->consent != nullptr) terms.consent = study->consent;
    terms.blinded = ALLIANCE_HAS(alliance_study, study, blinded) && study->blinded != 0;
    return ask(std::move(terms), host::Viewer{viewer->role, viewer->id == nullptr ? "" : viewer->id});
  });
}

}  // namespace

int32_t alliance_host_study(alliance_host* self, const alliance_study* study, const alliance_viewer* viewer,
                            int32_t format, const alliance_sink* out, alliance_error* error) noexcept {
  return about_study(self, study, viewer, error, [&](host::StudyTerms terms, const host::Viewer& who) {
    const auto made = self->host->study(std::move(terms), who);
    if (!made) return answer(error, made.error());
    return table_out("StudyExtract", "ALSX", *made, format, out, error);
  });
}

int32_t alliance_host_study_overview(alliance_host* self, const alliance_study* study, const alliance_viewer* viewer,
                                     int32_t format, const alliance_sink* out, alliance_error* error) noexcept {
  return about_study(self, study, viewer, error, [&](host::StudyTerms terms, const host::Viewer& who) {
    const auto made = self->host->study_overview(std::move(terms), who);
    if (!made) return answer(error, made.error());
    return table_out("StudyOverview", "ALSO", *made, format, out, error);
  });
}

int32_t alliance_host_factors_over_time(alliance_host* self, const char* service, uint32_t weeks,
                                        const alliance_viewer* viewer, int32_t format, const alliance_sink* out,
                                        alliance_error* error) noexcept {
  return guarded(error, [&]() -> int32_t {
    if (self == nullptr || service == nullptr || !ALLIANCE_HAS(alliance_viewer, viewer, id)) {
      return answer(error, ALLIANCE_E_INVALID, "factors over time need a host, a service and a viewer");
    }
    const auto made =
        self->host->factors_over_time(service, weeks, {viewer->role, viewer->id == nullptr ? "" : viewer->id});
    if (!made) return answer(error, made.error());
    return table_out("FactorsOverTime", "ALFT", *made, format, out, error);
  });
}

int32_t alliance_host_extract(alliance_host* self, const alliance_extract* terms, const alliance_viewer* viewer,
                              int32_t format, const alliance_sink* out, alliance_error* error) noexcept {
  return guarded(error, [&]() -> int32_t {
    if (self == nullptr || !ALLIANCE_HAS(alliance_extract, terms, instruments) ||
        !ALLIANCE_HAS(alliance_viewer, viewer, id)) {
      return answer(error, ALLIANCE_E_INVALID, "extract needs a host, an ALLIANCE_EXTRACT_INIT and a viewer");
    }
    host::ExtractTerms wanted{terms->from, terms->until, {}};
    for (std::string_view rest = terms->instruments == nullptr ? "" : terms->instruments; !rest.empty();) {
      const auto end = std::min(rest.find(','), rest.size());
      if (end > 0) wanted.instruments.emplace_back(rest.substr(0, end));
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    const auto made = self->host->extract(wanted, {viewer->role, viewer->id == nullptr ? "" : viewer->id});
    if (!made) return answer(error, made.error());
    return table_out("RecordExtract", "ALRX", *made, format, out, error);
  });
}

int32_t alliance_host_count(alliance_host* self, alliance_host_counts* out, alliance_error* error) noexcept {
  return guarded(error, [&]() -> int32_t {
    if (self == nullptr || !ALLIANCE_HAS(alliance_host_counts, out, waiting)) {
      return answer(error, ALLIANCE_E_INVALID, "count needs a host and an ALLIANCE_HOST_COUNTS_INIT");
    }
    const auto counts = self->host->count();
    if (!counts) return answer(error, counts.error());
    const uint32_t size = out->size;  // of a caller that may be older, or newer
    std::memcpy(out, &*counts, std::min<std::size_t>(size, sizeof *counts));
    out->size = size;
    return ALLIANCE_OK;
  });
}

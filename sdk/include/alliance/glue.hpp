// SPDX-License-Identifier: Apache-2.0
// The C tables behind plugin.hpp, which includes this file. Authors need not read it.
#pragma once

#include <alliance/kinds.hpp>
#include <array>
#include <cmath>
#include <functional>
#include <memory>
#include <type_traits>

namespace alliance::glue {

// ---- Catalogues: what a kind's factory can make ---------------------------------------------------

template <class Base, class... Args>
struct Made {
  Descriptor what;
  std::function<std::unique_ptr<Base>(const Services&, Args...)> make;
};

// The host gets a pointer to the C part and hands it back.
template <class Table, class Base, class... Args>
struct Catalogue : Table {
  std::vector<Made<Base, Args...>> list;
  bool offered = false;
};

inline bool good_id(std::string_view id) {
  if (id.empty() || id.size() > 64) return false;
  for (const char c : id) {
    if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-')) return false;
  }
  return true;
}

// "1.10.0" is newer than "1.9.2". Parts that are no numbers are compared as text.
inline bool newer(std::string_view left, std::string_view right) {
  while (!left.empty() || !right.empty()) {
    const auto part = [](std::string_view& from) {
      const std::size_t dot = from.find('.');
      std::string_view head = from.substr(0, dot);
      from = dot == std::string_view::npos ? std::string_view() : from.substr(dot + 1);
      while (head.size() > 1 && head.front() == '0') head.remove_prefix(1);
      return head;
    };
    const std::string_view l = part(left), r = part(right);
    if (l.size() != r.size()) return l.size() > r.size();
    if (l != r) return l > r;
  }
  return false;
}

template <class List, class Make>
void add(List& catalogue, Descriptor what, Make make) {
  if (!good_id(what.id)) {
    throw Error(ALLIANCE_E_INVALID, "id '" + what.id + "': use lower-case letters, digits and hyphens, 64 at most");
  }
  for (const auto& made : catalogue.list) {
    if (made.what.id == what.id && made.what.version == what.version) {
      throw Error(ALLIANCE_E_INVALID, "'" + what.id + "' version " + what.version + " is offered twice");
    }
  }
  catalogue.offered = true;
  catalogue.list.push_back({std::move(what), std::move(make)});
}

inline void need(bool there, const char* what) {
  if (!there) throw Error(ALLIANCE_E_INVALID, std::string("the call lacks ") + what);
}

template <class List>
const auto& pick(const List& catalogue, const char* id, const char* version) {
  need(id != nullptr, "an id");
  const auto* best = static_cast<decltype(catalogue.list.data())>(nullptr);
  for (const auto& made : catalogue.list) {
    if (made.what.id != id || (version != nullptr && made.what.version != version)) continue;
    if (best == nullptr || newer(made.what.version, best->what.version)) best = &made;
  }
  if (best == nullptr) {
    throw Error(ALLIANCE_E_NOT_FOUND, "this plugin makes no '" + std::string(id) + "'" +
                                          (version == nullptr ? "" : " of version " + std::string(version)));
  }
  return *best;
}

// ---- Slots that every kind has --------------------------------------------------------------------

template <class Table, class List>
std::uint64_t count(const Table* factory) noexcept {
  return static_cast<const List*>(factory)->list.size();
}

template <class Table, class List>
std::int32_t describe(const Table* factory, std::uint64_t index, alliance_descriptor* out,
                      alliance_error* error) noexcept {
  return guarded(error, Text::to_message, [&] {
    need(ALLIANCE_HAS(alliance_descriptor, out, title), "a descriptor to fill (ALLIANCE_DESCRIPTOR_INIT)");
    const auto& list = static_cast<const List*>(factory)->list;
    if (index >= list.size()) {
      throw Error(ALLIANCE_E_NOT_FOUND, "index " + std::to_string(index) + " of " + std::to_string(list.size()));
    }
    out->id = list[index].what.id.c_str();
    out->version = list[index].what.version.c_str();
    out->title = list[index].what.title.c_str();
  });
}

template <class Handle, class Base>
void destroy(Handle* handle) noexcept {
  delete reinterpret_cast<Base*>(handle);
}

template <class Table, class List, class Handle>
std::int32_t create(const Table* factory, const alliance_services* services, const char* id, Handle** out,
                    alliance_error* error) noexcept {
  return guarded(error, Text::to_message, [&] {
    need(out != nullptr, "a place for the instance");
    auto made = pick(*static_cast<const List*>(factory), id, nullptr).make(Services(services));
    *out = reinterpret_cast<Handle*>(made.release());
  });
}

// Bytes go out only after the work was done.
template <class Work>
std::int32_t writes(const alliance_sink* out, alliance_error* error, const Work& work) noexcept {
  std::int32_t answer = ALLIANCE_OK;
  const std::int32_t status = guarded(error, Text::to_detail, [&] {
    need(ALLIANCE_HAS(alliance_sink, out, write) && out->write != nullptr, "a sink");
    const Bytes bytes = work();
    answer = out->write(out->context, bytes.data(), bytes.size());
  });
  return status != ALLIANCE_OK ? status : answer;
}

inline ByteView view(const std::uint8_t* bytes, std::uint64_t length, const char* what) {
  need(bytes != nullptr || length == 0, what);
  return {bytes, static_cast<std::size_t>(length)};
}

template <class Base, class Handle>
Base& self(Handle* handle) {
  need(handle != nullptr, "an instance");
  return *reinterpret_cast<Base*>(handle);
}

// ---- Measure --------------------------------------------------------------------------------------

inline Sheet row_of(const alliance_sheets& sheets, std::uint64_t row) {
  const auto items = static_cast<std::size_t>(sheets.items);
  return {{sheets.values + row * items, items},
          sheets.states == nullptr ? std::span<const std::uint8_t>()
                                   : std::span<const std::uint8_t>(sheets.states + row * items, items)};
}

inline void check_answers(const Sheet& sheet) {
  for (std::size_t item = 0; item < sheet.size(); ++item) {
    const std::uint8_t state = sheet.state(item);
    if (state < ALLIANCE_ANSWERED || state > ALLIANCE_NOT_PRESENTED) {
      throw Error(ALLIANCE_E_BAD_INPUT, "answer " + std::to_string(item + 1) + " has no known state: " +
                                            (state == 0 ? "it was never filled in" : std::to_string(state)));
    }
    if (state == ALLIANCE_ANSWERED && !std::isfinite(sheet.value(item))) {
      throw Error(ALLIANCE_E_BAD_INPUT, "answer " + std::to_string(item + 1) + " is no number");
    }
  }
}

inline void store_row(const alliance_scores& out, std::uint64_t row, std::span<const Score> scores) {
  const std::uint64_t first = row * scores.size();
  for (std::size_t scale = 0; scale < scores.size(); ++scale) {
    const Score& score = scores[scale];
    out.values[first + scale] = score.value;
    out.states[first + scale] = score.state;
    if (out.answered != nullptr) out.answered[first + scale] = score.answered;
    if (out.bands != nullptr) out.bands[first + scale] = score.band;
  }
}

// A row of scores, on the stack for the usual few scales.
class Row {
 public:
  explicit Row(std::size_t scales) : many_(scales > few_.size() ? scales : 0) {
    scores_ = many_.empty() ? std::span<Score>(few_).first(scales) : std::span<Score>(many_);
  }
  Row(const Row&) = delete;
  Row& operator=(const Row&) = delete;
  std::span<Score> scores() const { return scores_; }

 private:
  std::array<Score, 16> few_{};
  std::vector<Score> many_;
  std::span<Score> scores_;
};

inline void check_shapes(const Measure& measure, const alliance_sheets* sheets, const alliance_missing* missing,
                         const alliance_scores* out) {
  need(ALLIANCE_HAS(alliance_sheets, sheets, states), "answer sheets, or their size");
  need(ALLIANCE_HAS(alliance_scores, out, bands), "a place for the scores, or its size");
  const auto differ = [](const char* what, std::uint64_t given, std::uint64_t wanted) {
    if (given == wanted) return;
    throw Error(ALLIANCE_E_INVALID,
                std::to_string(given) + " " + what + " were given where " + std::to_string(wanted) + " are needed");
  };
  differ("answers per sheet", sheets->items, measure.items());
  differ("scores per row", out->scales, measure.scales());
  differ("rows of scores", out->rows, sheets->rows);
  if (sheets->rows == 0) return;
  if (sheets->rows > (std::uint64_t{1} << 40) / (sheets->items + out->scales + 1)) {
    throw Error(ALLIANCE_E_LIMIT, std::to_string(sheets->rows) + " rows are more than one call takes");
  }
  need(sheets->values != nullptr || sheets->items == 0, "the answers' values");
  need((out->values != nullptr && out->states != nullptr) || out->scales == 0, "arrays for values and states");
  if (missing != nullptr) {
    need(ALLIANCE_HAS(alliance_missing, missing, most), "the missing rule's size");
    if (missing->rule < ALLIANCE_MISSING_NONE || missing->rule > ALLIANCE_MISSING_CENTRE) {
      throw Error(ALLIANCE_E_INVALID, "missing rule " + std::to_string(missing->rule) + " is not known");
    }
  }
}

inline std::int32_t score(alliance_measure* handle, const alliance_sheets* sheets, const alliance_missing* missing,
                          const alliance_scores* out, alliance_error* error) noexcept {
  return guarded(error, Text::to_detail, [&] {
    const Measure& measure = self<Measure>(handle);
    check_shapes(measure, sheets, missing, out);
    if (sheets->rows != 1) throw Error(ALLIANCE_E_INVALID, "score() takes one sheet; score_batch() takes many");
    measure.score_one(*sheets, missing, *out);
  });
}

inline std::int32_t score_batch(alliance_measure* handle, const alliance_sheets* sheets,
                                const alliance_missing* missing, const alliance_scores* out,
                                alliance_error* error) noexcept {
  return guarded(error, Text::to_detail, [&] {
    const Measure& measure = self<Measure>(handle);
    check_shapes(measure, sheets, missing, out);
    measure.score_batch(*sheets, missing, *out);
  });
}

using MeasureList = Catalogue<alliance_measure_factory, Measure>;

inline std::int32_t create_measure(const alliance_measure_factory* factory, const alliance_services* services,
                                   const char* id, const char* version, alliance_measure** out,
                                   alliance_error* error) noexcept {
  return guarded(error, Text::to_message, [&] {
    need(out != nullptr, "a place for the instance");
    auto made = pick(*static_cast<const MeasureList*>(factory), id, version).make(Services(services));
    *out = reinterpret_cast<alliance_measure*>(made.release());
  });
}

inline std::int32_t definition(alliance_measure* handle, const alliance_sink* out, alliance_error* error) noexcept {
  return writes(out, error, [&] { return self<Measure>(handle).definition(); });
}

inline std::int32_t content(alliance_measure* handle, const char* language, const alliance_sink* out,
                            alliance_error* error) noexcept {
  return writes(out, error, [&] {
    need(language != nullptr, "a language");
    return self<Measure>(handle).content(language);
  });
}

// ---- Timing and tailoring -------------------------------------------------------------------------

using TimingList = Catalogue<alliance_timing_factory, TimingPolicy>;

template <Bytes (TimingPolicy::*Method)(ByteView, alliance_instant)>
std::int32_t timing_call(alliance_timing* handle, const std::uint8_t* bytes, std::uint64_t length, alliance_instant now,
                         const alliance_sink* out, alliance_error* error) noexcept {
  return writes(out, error, [&] { return (self<TimingPolicy>(handle).*Method)(view(bytes, length, "the case"), now); });
}

using TailoringList = Catalogue<alliance_tailoring_factory, TailoringPolicy>;

inline std::int32_t propose(alliance_tailoring* handle, const std::uint8_t* case_bytes, std::uint64_t case_length,
                            const std::uint8_t* programme, std::uint64_t programme_length, alliance_instant now,
                            const alliance_sink* out, alliance_error* error) noexcept {
  return writes(out, error, [&] {
    return self<TailoringPolicy>(handle).propose(view(case_bytes, case_length, "the case"),
                                                 view(programme, programme_length, "the programme"), now);
  });
}

// ---- Programme ------------------------------------------------------------------------------------

using ProgrammeList = Catalogue<alliance_programme_factory, ProgrammeAdapter>;

inline std::int32_t catalogue(alliance_programme* handle, const alliance_sink* out, alliance_error* error) noexcept {
  return writes(out, error, [&] { return self<ProgrammeAdapter>(handle).catalogue(); });
}

inline std::int32_t ingest(alliance_programme* handle, const std::uint8_t* payload, std::uint64_t length,
                           const alliance_sink* out, alliance_error* error) noexcept {
  return writes(out, error,
                [&] { return self<ProgrammeAdapter>(handle).ingest(view(payload, length, "the payload")); });
}

inline std::int32_t apply(alliance_programme* handle, const char* case_id, const std::uint8_t* proposal,
                          std::uint64_t length, alliance_instant when, const alliance_sink* out,
                          alliance_error* error) noexcept {
  return writes(out, error, [&] {
    need(case_id != nullptr, "a case id");
    return self<ProgrammeAdapter>(handle).apply(case_id, view(proposal, length, "the proposal"), when);
  });
}

// ---- Transport ------------------------------------------------------------------------------------

using TransportList = Catalogue<alliance_transport_factory, Transport, const std::string&, TransportEvents>;

inline std::int32_t open(const alliance_transport_factory* factory, const alliance_services* services, const char* id,
                         const char* endpoint, const alliance_transport_events* events, alliance_transport** out,
                         alliance_error* error) noexcept {
  return guarded(error, Text::to_message, [&] {
    need(out != nullptr, "a place for the transport");
    need(endpoint != nullptr, "an endpoint");
    need(ALLIANCE_HAS(alliance_transport_events, events, failed) && events->acknowledged != nullptr &&
             events->failed != nullptr,
         "the events to call back");
    auto made = pick(*static_cast<const TransportList*>(factory), id, nullptr)
                    .make(Services(services), endpoint, TransportEvents(events));
    *out = reinterpret_cast<alliance_transport*>(made.release());
  });
}

inline std::int32_t send(alliance_transport* handle, std::uint64_t position, const std::uint8_t* batch,
                         std::uint64_t length, alliance_error* error) noexcept {
  return guarded(error, Text::to_detail,
                 [&] { self<Transport>(handle).send(position, view(batch, length, "the batch")); });
}

// ---- The tables -----------------------------------------------------------------------------------

template <class T>
using BaseOf = std::conditional_t<
    std::is_base_of_v<Measure, T>, Measure,
    std::conditional_t<
        std::is_base_of_v<TimingPolicy, T>, TimingPolicy,
        std::conditional_t<std::is_base_of_v<TailoringPolicy, T>, TailoringPolicy,
                           std::conditional_t<std::is_base_of_v<ProgrammeAdapter, T>, ProgrammeAdapter,
                                              std::conditional_t<std::is_base_of_v<Transport, T>, Transport, void>>>>>;

struct Tables {
  MeasureList measure;
  TimingList timing;
  TailoringList tailoring;
  ProgrammeList programme;
  TransportList transport;
  std::vector<std::pair<std::string, const void*>> own;

  Tables() {
    fill<MeasureList, alliance_measure_factory>(measure);
    measure.create = &create_measure;
    measure.destroy = &destroy<alliance_measure, Measure>;
    measure.definition = &definition;
    measure.score = &score;
    measure.score_batch = &score_batch;
    measure.content = &content;

    fill<TimingList, alliance_timing_factory>(timing);
    timing.create = &create<alliance_timing_factory, TimingList, alliance_timing>;
    timing.destroy = &destroy<alliance_timing, TimingPolicy>;
    timing.plan = &timing_call<&TimingPolicy::plan>;
    timing.account = &timing_call<&TimingPolicy::account>;

    fill<TailoringList, alliance_tailoring_factory>(tailoring);
    tailoring.create = &create<alliance_tailoring_factory, TailoringList, alliance_tailoring>;
    tailoring.destroy = &destroy<alliance_tailoring, TailoringPolicy>;
    tailoring.propose = &propose;

    fill<ProgrammeList, alliance_programme_factory>(programme);
    programme.create = &create<alliance_programme_factory, ProgrammeList, alliance_programme>;
    programme.destroy = &destroy<alliance_programme, ProgrammeAdapter>;
    programme.catalogue = &catalogue;
    programme.ingest = &ingest;
    programme.apply = &apply;

    fill<TransportList, alliance_transport_factory>(transport);
    transport.open = &open;
    transport.send = &send;
    transport.close = &destroy<alliance_transport, Transport>;
  }
  Tables(const Tables&) = delete;
  Tables& operator=(const Tables&) = delete;

  template <class Base>
  auto& of() {
    static_assert(!std::is_void_v<Base>, "derive from Measure, TimingPolicy, TailoringPolicy, ... ");
    if constexpr (std::is_same_v<Base, Measure>) return measure;
    if constexpr (std::is_same_v<Base, TimingPolicy>) return timing;
    if constexpr (std::is_same_v<Base, TailoringPolicy>) return tailoring;
    if constexpr (std::is_same_v<Base, ProgrammeAdapter>) return programme;
    if constexpr (std::is_same_v<Base, Transport>) return transport;
  }

  // The C part of a catalogue: the host reads it by that type.
  const void* find(std::string_view id) const noexcept {
    if (id == ALLIANCE_MEASURE_FACTORY) return c_part<alliance_measure_factory>(measure);
    if (id == ALLIANCE_TIMING_FACTORY) return c_part<alliance_timing_factory>(timing);
    if (id == ALLIANCE_TAILORING_FACTORY) return c_part<alliance_tailoring_factory>(tailoring);
    if (id == ALLIANCE_PROGRAMME_FACTORY) return c_part<alliance_programme_factory>(programme);
    if (id == ALLIANCE_TRANSPORT_FACTORY) return c_part<alliance_transport_factory>(transport);
    for (const auto& [name, table] : own) {
      if (name == id) return table;
    }
    return nullptr;
  }

 private:
  template <class List, class Table>
  static void fill(List& list) {
    static_cast<Table&>(list) = Table{};
    list.size = sizeof(Table);
    list.count = &count<Table, List>;
    list.describe = &describe<Table, List>;
  }
  template <class Table, class List>
  static const void* c_part(const List& list) noexcept {
    return list.offered ? static_cast<const Table*>(&list) : nullptr;
  }
};

}  // namespace alliance::glue

namespace alliance {

inline void Measure::score_one(const alliance_sheets& sheets, const alliance_missing* missing,
                               const alliance_scores& out) const {
  const Sheet sheet = glue::row_of(sheets, 0);
  glue::check_answers(sheet);
  const glue::Row row(scales());
  score(sheet, missing, row.scores());
  glue::store_row(out, 0, row.scores());
}

// Gathered first: a fault in the middle leaves the caller's arrays as they were.
inline void Measure::score_batch(const alliance_sheets& sheets, const alliance_missing* missing,
                                 const alliance_scores& out) const {
  const std::size_t width = scales();
  std::vector<Score> all(static_cast<std::size_t>(sheets.rows) * width);
  for (std::uint64_t at = 0; at < sheets.rows; ++at) {
    const std::span<Score> row = std::span<Score>(all).subspan(static_cast<std::size_t>(at) * width, width);
    try {
      const Sheet sheet = glue::row_of(sheets, at);
      glue::check_answers(sheet);
      score(sheet, missing, row);
    } catch (const Error& error) {
      if (error.status() != ALLIANCE_E_BAD_INPUT) throw;
      for (Score& bad : row) bad = Score{0, ALLIANCE_BAD_SHEET, 0, ALLIANCE_NO_BAND};
    }
  }
  for (std::uint64_t at = 0; at < sheets.rows; ++at) {
    glue::store_row(out, at, std::span<const Score>(all).subspan(static_cast<std::size_t>(at) * width, width));
  }
}

}  // namespace alliance

// SPDX-License-Identifier: Apache-2.0
#include "plugin/kinds.h"

#include <alliance/error.hpp>
#include <cstring>
#include <tuple>
#include <type_traits>

namespace alliance::plugin {
namespace {

using Function = void (*)();

// What stands in an optional slot that a plugin left empty, and what passes the original factory on.
template <auto Member>
struct Call;
template <class Table, class R, class... Args, R (*Table::*Member)(Args...) noexcept>
struct Call<Member> {
  static R stub(Args... args) noexcept {
    if constexpr (std::is_same_v<R, std::int32_t>) {
      alliance_error* error = std::get<sizeof...(Args) - 1>(std::make_tuple(args...));
      return glue::tell(error, ALLIANCE_E_UNSUPPORTED, "the plugin does not offer this");
    } else {
      return R();
    }
  }
};

template <auto Member>
struct Forward {
  static constexpr std::nullptr_t call = nullptr;
};
template <class Table, class R, class... Args, R (*Table::*Member)(const Table*, Args...) noexcept>
struct Forward<Member> {
  static R call(const Table* self, Args... args) noexcept {
    const Table* original = static_cast<const Filled<Table>*>(self)->original;
    return (original->*Member)(original, args...);
  }
};

template <auto Member>
Function forward() {
  if constexpr (std::is_same_v<decltype(Forward<Member>::call), const std::nullptr_t>) {
    return nullptr;
  } else {
    return reinterpret_cast<Function>(&Forward<Member>::call);
  }
}

enum Need { required, optional };

struct Slot {
  const char* factory;
  const char* name;
  std::size_t offset;
  Need need;
  Function stub;
  Function forward;
};

#define SLOT(kind, table, member, need)                     \
  {kind,                                                    \
   #member,                                                 \
   offsetof(table, member),                                 \
   need,                                                    \
   reinterpret_cast<Function>(&Call<&table::member>::stub), \
   forward<&table::member>()}

// The policy: what a plugin must have to be of a kind. What is optional answers ALLIANCE_E_UNSUPPORTED
// where it is absent.
const Slot slots[] = {
    SLOT(ALLIANCE_MEASURE_FACTORY, alliance_measure_factory, count, required),
    SLOT(ALLIANCE_MEASURE_FACTORY, alliance_measure_factory, describe, required),
    SLOT(ALLIANCE_MEASURE_FACTORY, alliance_measure_factory, create, required),
    SLOT(ALLIANCE_MEASURE_FACTORY, alliance_measure_factory, destroy, required),
    SLOT(ALLIANCE_MEASURE_FACTORY, alliance_measure_factory, definition, required),
    SLOT(ALLIANCE_MEASURE_FACTORY, alliance_measure_factory, score, required),
    SLOT(ALLIANCE_MEASURE_FACTORY, alliance_measure_factory, score_batch, required),
    SLOT(ALLIANCE_MEASURE_FACTORY, alliance_measure_factory, content, optional),

    SLOT(ALLIANCE_TIMING_FACTORY, alliance_timing_factory, count, required),
    SLOT(ALLIANCE_TIMING_FACTORY, alliance_timing_factory, describe, required),
    SLOT(ALLIANCE_TIMING_FACTORY, alliance_timing_factory, create, required),
    SLOT(ALLIANCE_TIMING_FACTORY, alliance_timing_factory, destroy, required),
    SLOT(ALLIANCE_TIMING_FACTORY, alliance_timing_factory, plan, required),
    SLOT(ALLIANCE_TIMING_FACTORY, alliance_timing_factory, account, optional),

    SLOT(ALLIANCE_TAILORING_FACTORY, alliance_tailoring_factory, count, required),
    SLOT(ALLIANCE_TAILORING_FACTORY, alliance_tailoring_factory, describe, required),
    SLOT(ALLIANCE_TAILORING_FACTORY, alliance_tailoring_factory, create, required),
    SLOT(ALLIANCE_TAILORING_FACTORY, alliance_tailoring_factory, destroy, required),
    SLOT(ALLIANCE_TAILORING_FACTORY, alliance_tailoring_factory, propose, required),

    SLOT(ALLIANCE_PROGRAMME_FACTORY, alliance_programme_factory, count, required),
    SLOT(ALLIANCE_PROGRAMME_FACTORY, alliance_programme_factory, describe, required),
    SLOT(ALLIANCE_PROGRAMME_FACTORY, alliance_programme_factory, create, required),
    SLOT(ALLIANCE_PROGRAMME_FACTORY, alliance_programme_factory, destroy, required),
    SLOT(ALLIANCE_PROGRAMME_FACTORY, alliance_programme_factory, catalogue, required),
    SLOT(ALLIANCE_PROGRAMME_FACTORY, alliance_programme_factory, ingest, required),
    SLOT(ALLIANCE_PROGRAMME_FACTORY, alliance_programme_factory, apply, optional),

    SLOT(ALLIANCE_TRANSPORT_FACTORY, alliance_transport_factory, count, required),
    SLOT(ALLIANCE_TRANSPORT_FACTORY, alliance_transport_factory, describe, required),
    SLOT(ALLIANCE_TRANSPORT_FACTORY, alliance_transport_factory, open, required),
    SLOT(ALLIANCE_TRANSPORT_FACTORY, alliance_transport_factory, send, required),
    SLOT(ALLIANCE_TRANSPORT_FACTORY, alliance_transport_factory, close, required),
};

template <class Table, Filled<Table> Tables::* Place>
Result<void> fill(const char* name, const char* factory, const void* from, Tables& tables) {
  const auto* original = static_cast<const Table*>(from);
  Filled<Table>& to = tables.*Place;
  to.size = sizeof(Table);
  to.original = original;
  for (const Slot& slot : slots) {
    if (std::string_view(slot.factory) != factory) continue;
    Function function = nullptr;
    if (original->size >= slot.offset + sizeof function) {  // an older, smaller table ends before it
      std::memcpy(static_cast<void*>(&function), reinterpret_cast<const char*>(original) + slot.offset,
                  sizeof function);
    }
    if (function == nullptr && slot.need == required) {
      return fail(ALLIANCE_E_BAD_INPUT, std::string("its ") + name + " table has no " + slot.name + "(), which every " +
                                            name + " plugin needs");
    }
    Function chosen = function == nullptr ? slot.stub : slot.forward != nullptr ? slot.forward : function;
    std::memcpy(reinterpret_cast<char*>(static_cast<Table*>(&to)) + slot.offset, static_cast<const void*>(&chosen),
                sizeof chosen);
  }
  return {};
}

#define KIND(name, id) \
  {#name, id,          \
   [](const void* from, Tables& to) { return fill<alliance_##name##_factory, &Tables::name>(#name, id, from, to); }}

constexpr Kind all_kinds[] = {
    KIND(measure, ALLIANCE_MEASURE_FACTORY),     KIND(timing, ALLIANCE_TIMING_FACTORY),
    KIND(tailoring, ALLIANCE_TAILORING_FACTORY), KIND(programme, ALLIANCE_PROGRAMME_FACTORY),
    KIND(transport, ALLIANCE_TRANSPORT_FACTORY),
};

}  // namespace

std::span<const Kind> kinds() { return all_kinds; }

const Kind* find_kind(std::string_view name) {
  for (const Kind& kind : all_kinds) {
    if (name == kind.name || name == kind.factory) return &kind;
  }
  return nullptr;
}

std::string kind_names() {
  std::string names;
  for (const Kind& kind : all_kinds) names += (names.empty() ? "" : ", ") + std::string(kind.name);
  return names;
}

}  // namespace alliance::plugin

// SPDX-License-Identifier: Apache-2.0
#include "calls.h"

#include <alliance/error.hpp>
#include <cstring>

#include "plugin/registry.h"
#include "plugin/sheet_places.h"

namespace alliance::runner {
namespace {

using plugin::wire::Op;
using plugin::wire::Reader;
using plugin::wire::Writer;

// Calls `use` with the table of a kind whose instances are called from here; transports have ways of their own.
template <class Use>
void with_table(const plugin::Tables& tables, const std::string& kind, Use use) {
  if (kind == "measure" && tables.measure.size != 0) use(tables.measure);
  if (kind == "timing" && tables.timing.size != 0) use(tables.timing);
  if (kind == "tailoring" && tables.tailoring.size != 0) use(tables.tailoring);
  if (kind == "programme" && tables.programme.size != 0) use(tables.programme);
}

template <class Use>
void with_any_table(const plugin::Tables& tables, const std::string& kind, Use use) {
  with_table(tables, kind, use);
  if (kind == "transport" && tables.transport.size != 0) use(tables.transport);
}

// The call gets a sink and an error; the reply gets the status, the error and the bytes.
template <class Call>
void with_sink(Writer& reply, Call call) {
  plugin::Gather gather(plugin::wire::most_answer);
  alliance_error error = ALLIANCE_ERROR_INIT;
  const std::int32_t status = call(gather.sink(), &error);
  plugin::wire::put_error(reply, status, error);
  if (status == ALLIANCE_OK) reply.bytes(gather.bytes().data(), gather.bytes().size());
}

void word(Writer& to, const char* text) {
  to.number(text == nullptr ? 0 : 1);
  to.text(text == nullptr ? std::string_view() : std::string_view(text));
}

}  // namespace

void Calls::count(const std::string& kind, Writer& reply) const {
  std::uint64_t many = 0;
  with_any_table(tables_, kind, [&](const auto& table) { many = table.count(&table); });
  reply.number(many);
}

void Calls::describe(const std::string& kind, std::uint64_t index, Writer& reply) const {
  alliance_descriptor what = ALLIANCE_DESCRIPTOR_INIT;
  alliance_error error = ALLIANCE_ERROR_INIT;
  std::int32_t status = ALLIANCE_E_NOT_FOUND;
  with_any_table(tables_, kind, [&](const auto& table) { status = table.describe(&table, index, &what, &error); });
  plugin::wire::put_error(reply, status, error);
  if (status != ALLIANCE_OK) return;
  for (const char* text : {what.id, what.version, what.title}) word(reply, text);
}

void Calls::create(Reader& asked, Writer& reply) {
  const std::string kind = asked.text(), id = asked.text();
  const bool versioned = asked.number() != 0;
  const std::string version = asked.text();
  void* made = nullptr;
  alliance_error error = ALLIANCE_ERROR_INIT;
  std::int32_t status = ALLIANCE_E_NOT_FOUND;
  with_table(tables_, kind, [&]<class Table>(const Table& table) {
    if constexpr (std::is_base_of_v<alliance_measure_factory, Table>) {
      status = table.create(&table, &services_, id.c_str(), versioned ? version.c_str() : nullptr,
                            reinterpret_cast<alliance_measure**>(&made), &error);
    } else if constexpr (std::is_base_of_v<alliance_timing_factory, Table>) {
      status = table.create(&table, &services_, id.c_str(), reinterpret_cast<alliance_timing**>(&made), &error);
    } else if constexpr (std::is_base_of_v<alliance_tailoring_factory, Table>) {
      status = table.create(&table, &services_, id.c_str(), reinterpret_cast<alliance_tailoring**>(&made), &error);
    } else {
      status = table.create(&table, &services_, id.c_str(), reinterpret_cast<alliance_programme**>(&made), &error);
    }
  });
  plugin::wire::put_error(reply, status, error);
  if (status == ALLIANCE_OK) instances_[next_] = made;
  reply.number(status == ALLIANCE_OK ? next_++ : 0);
}

void Calls::destroy(Reader& asked) {
  const std::string kind = asked.text();
  const auto found = instances_.find(asked.number());
  if (found == instances_.end()) return;
  void* instance = found->second;
  instances_.erase(found);
  if (kind == "measure") tables_.measure.destroy(static_cast<alliance_measure*>(instance));
  if (kind == "timing") tables_.timing.destroy(static_cast<alliance_timing*>(instance));
  if (kind == "tailoring") tables_.tailoring.destroy(static_cast<alliance_tailoring*>(instance));
  if (kind == "programme") tables_.programme.destroy(static_cast<alliance_programme*>(instance));
}

void Calls::share(plugin::Descriptor memory, std::uint64_t size, Writer& reply) {
  auto made = plugin::Area::of(std::move(memory), static_cast<std::size_t>(size));
  reply.number(made ? 0 : 1);
  if (made) area_ = std::move(*made);
}

bool Calls::score(Op op, void* instance, Reader& asked, Writer& reply) const {
  const std::uint64_t flags = asked.number();
  plugin::SheetCount count;
  for (auto* number : {&count.rows, &count.items, &count.out_rows, &count.scales}) *number = asked.number();
  alliance_missing missing{sizeof missing, 0, 0, 0};
  if ((flags & plugin::carries_missing) != 0) {
    missing.rule = static_cast<std::int32_t>(asked.number());
    missing.most = static_cast<std::uint32_t>(asked.number());
  }
  const plugin::SheetPlaces places(flags, count);
  const bool shared = (flags & plugin::lies_in_area) != 0;
  const auto came = shared ? std::span<const std::uint8_t>() : asked.bytes();
  const std::uint64_t all = places.read() + places.written();
  if (!asked.good() || (shared ? !area_ || all > area_->bytes().size() : came.size() != places.read())) return false;
  // Written where the reply is sent from, unless it fails. Aligned for all that lies in it, as what came is: numbers of
  // eight bytes stand before it.
  plugin::wire::put_error(reply, ALLIANCE_OK, ALLIANCE_ERROR_INIT);
  const std::uint8_t* const read = shared ? area_->bytes().data() : came.data();
  std::uint8_t* const written = shared ? area_->bytes().data() + places.read() : reply.room(places.written());
  std::memset(written, 0, places.written());  // no scores of an earlier batch
  const alliance_sheets sheets = places.sheets(read);
  const alliance_scores out = places.scores(written);
  alliance_error error = ALLIANCE_ERROR_INIT;
  const auto* rule = (flags & plugin::carries_missing) != 0 ? &missing : nullptr;
  auto* measure = static_cast<alliance_measure*>(instance);
  const std::int32_t status = op == Op::score ? tables_.measure.score(measure, &sheets, rule, &out, &error)
                                              : tables_.measure.score_batch(measure, &sheets, rule, &out, &error);
  if (status != ALLIANCE_OK) plugin::wire::put_error(reply.clear(), status, error);
  return true;
}

bool Calls::answer(Op op, Reader& asked, Writer& reply) {
  switch (op) {
    case Op::count:
      count(asked.text(), reply);
      return asked.good();
    case Op::describe: {
      const std::string kind = asked.text();
      describe(kind, asked.number(), reply);
      return asked.good();
    }
    case Op::create:
      create(asked, reply);
      return asked.good();
    case Op::destroy:
      destroy(asked);
      return asked.good();
    default:
      break;
  }
  const auto found = instances_.find(asked.number());
  if (found == instances_.end()) return false;
  void* instance = found->second;
  const auto instant = [&] { return static_cast<alliance_instant>(asked.number()); };
  switch (op) {
    case Op::definition:
      with_sink(reply, [&](const alliance_sink* out, alliance_error* error) {
        return tables_.measure.definition(static_cast<alliance_measure*>(instance), out, error);
      });
      break;
    case Op::content: {
      const std::string language = asked.text();
      with_sink(reply, [&](const alliance_sink* out, alliance_error* error) {
        return tables_.measure.content(static_cast<alliance_measure*>(instance), language.c_str(), out, error);
      });
      break;
    }
    case Op::score:
    case Op::score_batch:
      return score(op, instance, asked, reply);
    case Op::plan:
    case Op::account: {
      const auto now = instant();
      const auto state = asked.array();
      const auto call = op == Op::plan ? tables_.timing.plan : tables_.timing.account;
      with_sink(reply, [&](const alliance_sink* out, alliance_error* error) {
        return call(static_cast<alliance_timing*>(instance), state.data(), state.size(), now, out, error);
      });
      break;
    }
    case Op::propose: {
      const auto now = instant();
      const auto state = asked.array();
      const bool has_programme = asked.number() != 0;
      const auto programme = asked.array();
      with_sink(reply, [&](const alliance_sink* out, alliance_error* error) {
        return tables_.tailoring.propose(static_cast<alliance_tailoring*>(instance), state.data(), state.size(),
                                         has_programme ? programme.data() : nullptr, programme.size(), now, out, error);
      });
      break;
    }
    case Op::catalogue:
      with_sink(reply, [&](const alliance_sink* out, alliance_error* error) {
        return tables_.programme.catalogue(static_cast<alliance_programme*>(instance), out, error);
      });
      break;
    case Op::ingest: {
      const auto payload = asked.array();
      with_sink(reply, [&](const alliance_sink* out, alliance_error* error) {
        return tables_.programme.ingest(static_cast<alliance_programme*>(instance), payload.data(), payload.size(), out,
                                        error);
      });
      break;
    }
    case Op::apply: {
      const auto when = instant();
      const bool has_case = asked.number() != 0;
      const std::string case_id = asked.text();
      const auto proposal = asked.array();
      with_sink(reply, [&](const alliance_sink* out, alliance_error* error) {
        return tables_.programme.apply(static_cast<alliance_programme*>(instance), has_case ? case_id.c_str() : nullptr,
                                       proposal.data(), proposal.size(), when, out, error);
      });
      break;
    }
    default:
      return false;
  }
  return asked.good();
}

}  // namespace alliance::runner

// SPDX-License-Identifier: Apache-2.0
// A host's call becomes a call of the plugin's table, and what came of it a reply.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "plugin/area.h"
#include "plugin/kinds.h"
#include "plugin/wire.h"

namespace alliance::runner {

class Calls {
 public:
  Calls(const plugin::Tables& tables, const alliance_services& services) : tables_(tables), services_(services) {}

  // Takes memory in which large batches will lie from now on. The reply is a status: where it is not 0 they come
  // over the socket.
  void share(plugin::Descriptor memory, std::uint64_t size, plugin::wire::Writer& reply);
  // False where the host said what is no call: it is not the host that this runner was made for.
  bool answer(plugin::wire::Op op, plugin::wire::Reader& asked, plugin::wire::Writer& reply);

 private:
  void count(const std::string& kind, plugin::wire::Writer& reply) const;
  void describe(const std::string& kind, std::uint64_t index, plugin::wire::Writer& reply) const;
  void create(plugin::wire::Reader& asked, plugin::wire::Writer& reply);
  void destroy(plugin::wire::Reader& asked);
  bool score(plugin::wire::Op op, void* instance, plugin::wire::Reader& asked, plugin::wire::Writer& reply) const;

  const plugin::Tables& tables_;
  const alliance_services& services_;
  std::map<std::uint64_t, void*> instances_;  // by the number that the host knows
  std::uint64_t next_ = 1;
  std::optional<plugin::Area> area_;
};

}  // namespace alliance::runner

// SPDX-License-Identifier: Apache-2.0
// Two plugins linked into one program: each keeps its own state.
#include "linked.h"

#include <alliance/plugin.hpp>

namespace {

class Fixed final : public alliance::TimingPolicy {
 public:
  explicit Fixed(std::string text) : text_(std::move(text)) {}
  alliance::Bytes plan(alliance::ByteView, alliance_instant) override { return alliance::bytes_of(text_); }

 private:
  std::string text_;
};

void offer_first(alliance::Plugin& plugin) { plugin.add<Fixed>({"first", "1.0.0", "First"}, std::string("first")); }
void offer_second(alliance::Plugin& plugin) { plugin.add<Fixed>({"second", "1.0.0", "Second"}, std::string("second")); }
void offer_nothing(alliance::Plugin&) {}
void offer_wrong_id(alliance::Plugin& plugin) { plugin.add<Fixed>({"No Id", "1.0.0", ""}, std::string()); }
void offer_an_empty_kind(alliance::Plugin& plugin) { plugin.kind<alliance::Measure>(); }

}  // namespace

ALLIANCE_LINKED_PLUGIN(first_plugin, offer_first);
ALLIANCE_LINKED_PLUGIN(second_plugin, offer_second);
ALLIANCE_LINKED_PLUGIN(empty_plugin, offer_nothing);
ALLIANCE_LINKED_PLUGIN(wrong_id_plugin, offer_wrong_id);
ALLIANCE_LINKED_PLUGIN(empty_kind_plugin, offer_an_empty_kind);

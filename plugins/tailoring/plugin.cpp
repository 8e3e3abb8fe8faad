// SPDX-License-Identifier: Apache-2.0
// The policy `rules`: proposals by rules that a researcher edits in a file.
#include <alliance/plugin.hpp>

#include "../shared/settings.h"
#include "asked.h"
#include "proposals.h"
#include "rules.h"

namespace {

namespace fb = alliance::fb;
using alliance::Bytes;
using alliance::ByteView;
using alliance::shared::Verified;

constexpr const char* default_file = ALLIANCE_PLUGIN_NAME "/rules.json";

class RulesPolicy final : public alliance::TailoringPolicy {
 public:
  explicit RulesPolicy(const alliance::Services& services) {
    const std::string path =
        alliance::shared::data_path(services, alliance::shared::settings(services, {"rules"}), "rules", default_file);
    const Bytes bytes = alliance::shared::encoded_file(services, "Rules", path);
    Verified<fb::Rules>(bytes.data(), bytes.size(), nullptr, path)->UnPackTo(&rules_);
    alliance::tailoring::check(rules_, path, alliance::shared::read_file(path));
  }

  Bytes propose(ByteView case_bytes, ByteView programme_bytes, alliance_instant now) override {
    return alliance::tailoring::asked(case_bytes, programme_bytes,
                                      [&](const fb::Case& state, const fb::Programme* programme) {
                                        return alliance::tailoring::propose(rules_, state, programme, now);
                                      });
  }

 private:
  fb::RulesT rules_;
};

void offer(alliance::Plugin& plugin) {
  plugin.add<RulesPolicy>({"rules", "1.2.0", "Proposals by rules, after the eight factors"});
}

}  // namespace

ALLIANCE_PLUGIN(offer);

// SPDX-License-Identifier: Apache-2.0
// The policy `rules`: proposals by rules that a researcher edits in a file.
#include <alliance_schema/case_generated.h>

#include <alliance/plugin.hpp>
#include <optional>

#include "../shared/settings.h"
#include "../shared/tables.h"
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
    alliance::tailoring::check(rules_, path);
  }

  Bytes propose(ByteView case_bytes, ByteView programme_bytes, alliance_instant now) override {
    const Verified<fb::Case> state(case_bytes.data(), case_bytes.size(), fb::CaseIdentifier(), "case");
    std::optional<Verified<fb::Programme>> programme;
    if (!programme_bytes.empty()) {
      programme.emplace(programme_bytes.data(), programme_bytes.size(), fb::ProgrammeIdentifier(), "programme");
    }
    return alliance::shared::packed<fb::Proposals>(
        alliance::tailoring::propose(rules_, *state, programme ? &**programme : nullptr, now),
        fb::ProposalsIdentifier());
  }

 private:
  fb::RulesT rules_;
};

void offer(alliance::Plugin& plugin) {
  plugin.add<RulesPolicy>({"rules", "1.0.0", "Proposals by rules, after the eight factors"});
}

}  // namespace

ALLIANCE_PLUGIN(offer);

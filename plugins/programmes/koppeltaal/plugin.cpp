// SPDX-License-Identifier: Apache-2.0
// The programme adapter `koppeltaal`: FHIR R4 Tasks in the manner of Koppeltaal 2.0 (docs/koppeltaal.md).
#include <alliance/plugin.hpp>

#include "../../shared/one_proposal.h"
#include "../../shared/settings.h"
#include "../../shared/tables.h"
#include "apply.h"
#include "ingest.h"

namespace {

namespace fb = alliance::fb;
namespace koppeltaal = alliance::koppeltaal;
using alliance::Bytes;
using alliance::ByteView;

class Koppeltaal final : public alliance::ProgrammeAdapter {
 public:
  explicit Koppeltaal(const alliance::Services& services) {
    namespace shared = alliance::shared;
    const auto settings = shared::settings(services, {"activities", "case_field", "requester", "identifier_system"});
    const std::string file =
        shared::data_path(services, settings, "activities", ALLIANCE_PLUGIN_NAME "/activities.json");
    catalogue_ = koppeltaal::catalogue(file, shared::read_file(file));
    case_field_ = shared::case_field(settings, koppeltaal::case_field_unless_said);
    const auto or_else = [&](const char* key, const char* otherwise) {
      const auto found = settings.find(key);
      return found == settings.end() ? std::string(otherwise) : found->second;
    };
    parties_ = {or_else("requester", ""), or_else("identifier_system", "https://alliance-sdk.org/koppeltaal/tasks")};
  }

  Bytes catalogue() const override {
    return alliance::shared::packed<fb::Programme>(catalogue_.programme, fb::ProgrammeIdentifier());
  }
  Bytes ingest(ByteView payload) override {
    return alliance::shared::packed<fb::EventBatch>(
        koppeltaal::ingest(catalogue_, case_field_, alliance::text_of(payload)), "ALEB");
  }
  Bytes apply(const std::string& case_id, ByteView bytes, alliance_instant when) override {
    const auto proposal = alliance::shared::one_proposal(bytes);
    return alliance::bytes_of(koppeltaal::apply(parties_, catalogue_, case_id, proposal, when));
  }

 private:
  koppeltaal::Catalogue catalogue_;
  koppeltaal::Parties parties_;
  std::string case_field_;
};

void offer(alliance::Plugin& plugin) {
  plugin.add<Koppeltaal>({"koppeltaal", "1.0.0", "A care plan of FHIR R4 Tasks"});
}

}  // namespace

ALLIANCE_PLUGIN(offer);

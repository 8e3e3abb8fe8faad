// SPDX-License-Identifier: Apache-2.0
// The programme adapter `xapi`: a programme that speaks xAPI 1.0.3 (docs/xapi.md).
#include <alliance_schema/programme_generated.h>

#include <alliance/plugin.hpp>

#include "../../shared/settings.h"
#include "../../shared/tables.h"
#include "apply.h"
#include "ingest.h"
#include "words.h"

namespace {

namespace fb = alliance::fb;
using alliance::Bytes;
using alliance::ByteView;
using alliance::Error;
using alliance::shared::Verified;

constexpr const char* default_file = ALLIANCE_PLUGIN_NAME "/programme.json";

class Xapi final : public alliance::ProgrammeAdapter {
 public:
  explicit Xapi(const alliance::Services& services) {
    const auto settings = alliance::shared::settings(services, {"programme", "home_page", "activities"});
    const std::string path = alliance::shared::data_path(services, settings, "programme", default_file);
    catalogue_ = alliance::shared::encoded_file(services, "Programme", path);
    Verified<fb::Programme>(catalogue_.data(), catalogue_.size(), fb::ProgrammeIdentifier(), path)
        ->UnPackTo(&programme_);
    const auto or_else = [&](const char* key, const std::string& otherwise) {
      const auto found = settings.find(key);
      return found == settings.end() ? otherwise : found->second;
    };
    names_.home_page = or_else("home_page", ALLIANCE_XAPI "cases");
    names_.activities = or_else("activities", ALLIANCE_XAPI "programmes/" + programme_.id + "/");
    if (names_.activities.back() != '/') names_.activities += '/';
  }

  Bytes catalogue() const override { return catalogue_; }

  Bytes ingest(ByteView payload) override {
    flatbuffers::FlatBufferBuilder builder(4096);
    const fb::EventBatchT batch = alliance::xapi::ingest(alliance::text_of(payload));
    builder.Finish(fb::EventBatch::Pack(builder, &batch), "ALEB");
    return {builder.GetBufferPointer(), builder.GetBufferPointer() + builder.GetSize()};
  }

  Bytes apply(const std::string& case_id, ByteView bytes, alliance_instant when) override {
    const Verified<fb::Proposals> table(bytes.data(), bytes.size(), fb::ProposalsIdentifier(), "proposal");
    fb::ProposalsT proposals;
    table->UnPackTo(&proposals);
    if (proposals.proposals.size() != 1) {
      throw Error(ALLIANCE_E_INVALID, "xapi: apply takes exactly one proposal");
    }
    return alliance::bytes_of(alliance::xapi::apply(names_, programme_, case_id, *proposals.proposals.front(), when));
  }

 private:
  Bytes catalogue_;
  fb::ProgrammeT programme_;
  alliance::xapi::Names names_;
};

void offer(alliance::Plugin& plugin) { plugin.add<Xapi>({"xapi", "1.0.0", "A programme that speaks xAPI 1.0.3"}); }

}  // namespace

ALLIANCE_PLUGIN(offer);

// SPDX-License-Identifier: Apache-2.0
// The programme adapter `xapi`: a programme that speaks xAPI 1.0.3 or 2.0, or cmi5 (docs/xapi.md).
#include <alliance_schema/programme_generated.h>

#include <alliance/plugin.hpp>

#include "../../shared/one_proposal.h"
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
    const auto settings = alliance::shared::settings(services, {"programme", "home_page", "activities", "case_field",
                                                                "launch_url", "endpoint", "fetch", "return_url"});
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
    names_.launching = {or_else("launch_url", ""), or_else("endpoint", ""), or_else("fetch", ""),
                        or_else("return_url", "")};
    if (!names_.launching.url.empty() && (names_.launching.endpoint.empty() || names_.launching.fetch.empty())) {
      throw Error(ALLIANCE_E_BAD_INPUT,
                  "the plugin's settings: \"launch_url\" needs \"endpoint\" and \"fetch\" beside it");
    }
    case_field_ = alliance::shared::case_field(settings, alliance::xapi::case_field_unless_said);
  }

  Bytes catalogue() const override { return catalogue_; }

  Bytes ingest(ByteView payload) override {
    flatbuffers::FlatBufferBuilder builder(4096);
    const fb::EventBatchT batch = alliance::xapi::ingest(alliance::text_of(payload), case_field_);
    builder.Finish(fb::EventBatch::Pack(builder, &batch), "ALEB");
    return {builder.GetBufferPointer(), builder.GetBufferPointer() + builder.GetSize()};
  }

  Bytes apply(const std::string& case_id, ByteView bytes, alliance_instant when) override {
    const fb::ProposalT proposal = alliance::shared::one_proposal(bytes);
    return alliance::bytes_of(alliance::xapi::apply(names_, programme_, case_id, proposal, when));
  }

 private:
  Bytes catalogue_;
  fb::ProgrammeT programme_;
  alliance::xapi::Names names_;
  std::string case_field_;
};

void offer(alliance::Plugin& plugin) { plugin.add<Xapi>({"xapi", "1.0.0", "A programme that speaks xAPI"}); }

}  // namespace

ALLIANCE_PLUGIN(offer);

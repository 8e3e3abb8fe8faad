// SPDX-License-Identifier: Apache-2.0
// The programme adapter `mindlamp`: a study on a mindLAMP server (docs/mindlamp.md).
#include <alliance/plugin.hpp>

#include "../../shared/settings.h"
#include "../../shared/tables.h"
#include "ingest.h"

namespace {

namespace fb = alliance::fb;
namespace lamp = alliance::mindlamp;
using alliance::Bytes;
using alliance::ByteView;

class MindLamp final : public alliance::ProgrammeAdapter {
 public:
  explicit MindLamp(const alliance::Services& services) {
    namespace shared = alliance::shared;
    const auto settings = shared::settings(services, {"activities", "surveys", "case_field"});
    const std::string file =
        shared::data_path(services, settings, "activities", ALLIANCE_PLUGIN_NAME "/activities.json");
    activities_ = lamp::activities(file, shared::read_file(file));
    const std::string mapping = shared::data_path(services, settings, "surveys", ALLIANCE_PLUGIN_NAME "/surveys.json");
    const Bytes bytes = shared::encoded_file(services, "Surveys", mapping);
    shared::Verified<fb::Surveys>(bytes.data(), bytes.size(), "ALSV", mapping)->UnPackTo(&surveys_);
    // The shipped mapping is of the shipped activities.
    const bool foreign = settings.contains("activities") && !settings.contains("surveys");
    if (foreign) surveys_.surveys.clear();
    lamp::check(mapping, surveys_, activities_);
    if (settings.contains("case_field")) case_field_ = shared::case_field(settings, "");
  }

  Bytes catalogue() const override {
    return alliance::shared::packed<fb::Programme>(activities_.programme, fb::ProgrammeIdentifier());
  }
  Bytes ingest(ByteView payload) override {
    return alliance::shared::packed<fb::EventBatch>(
        lamp::ingest(surveys_, activities_, case_field_, alliance::text_of(payload)), "ALEB");
  }
  // Its activities belong to the study: one participant's cannot be changed alone.
  Bytes apply(const std::string&, ByteView, alliance_instant) override {
    throw alliance::Error(ALLIANCE_E_UNSUPPORTED,
                          "mindlamp: the server keeps its activities for a whole study and cannot change them for one "
                          "participant");
  }

 private:
  lamp::Activities activities_;
  fb::SurveysT surveys_;
  std::string case_field_;
};

void offer(alliance::Plugin& plugin) { plugin.add<MindLamp>({"mindlamp", "1.0.0", "A study on a mindLAMP server"}); }

}  // namespace

ALLIANCE_PLUGIN(offer);

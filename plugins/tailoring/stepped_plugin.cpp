// SPDX-License-Identifier: Apache-2.0
// The policy `stepped-review`: it looks at no score, and asks the same at the same points of every course.
#include <alliance/plugin.hpp>

#include "../shared/settings.h"
#include "asked.h"
#include "stepped.h"

namespace {

namespace fb = alliance::fb;
using alliance::Bytes;
using alliance::ByteView;
using alliance::shared::Verified;

class SteppedPolicy final : public alliance::TailoringPolicy {
 public:
  explicit SteppedPolicy(const alliance::Services& services) {
    const std::string path = alliance::shared::data_path(services, alliance::shared::settings(services, {"review"}),
                                                         "review", ALLIANCE_PLUGIN_NAME "/review.json");
    const Bytes bytes = alliance::shared::encoded_file(services, "SteppedReview", path);
    Verified<fb::SteppedReview>(bytes.data(), bytes.size(), nullptr, path)->UnPackTo(&review_);
    alliance::tailoring::check(review_, path, alliance::shared::read_file(path));
  }

  Bytes propose(ByteView case_bytes, ByteView programme_bytes, alliance_instant now) override {
    return alliance::tailoring::asked(case_bytes, programme_bytes,
                                      [&](const fb::Case& state, const fb::Programme* programme) {
                                        return alliance::tailoring::propose(review_, state, programme, now);
                                      });
  }

 private:
  fb::SteppedReviewT review_;
};

void offer_stepped(alliance::Plugin& plugin) {
  plugin.add<SteppedPolicy>({"stepped-review", "1.0.0", "The same questions at the same points of every course"});
}

}  // namespace

ALLIANCE_PLUGIN(offer_stepped);

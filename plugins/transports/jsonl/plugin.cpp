// SPDX-License-Identifier: Apache-2.0
// The transport `jsonl`: "jsonl:/PATH/FILE" appends one line of JSON per report. A batch that was written but
// not acknowledged, because of a crash between the two, comes again: lines may repeat, each with the same id.
#include <alliance_schema/envelope_generated.h>

#include <alliance/plugin.hpp>

#include "../../shared/tables.h"
#include "file.h"
#include "line.h"

namespace {

using alliance::Bytes;
using alliance::ByteView;

class JsonLines final : public alliance::Transport {
 public:
  JsonLines(const alliance::Services& services, const std::string& endpoint, alliance::TransportEvents events)
      : services_(services), events_(events), file_(endpoint) {}

  void send(std::uint64_t position, ByteView bytes) override {
    const alliance::shared::Verified<alliance::fb::Batch> batch(bytes.data(), bytes.size(),
                                                                alliance::fb::BatchIdentifier(), "batch");
    std::string lines;
    for (const auto* envelope : *batch->envelopes()) {
      if (envelope->tombstone_of() != nullptr) continue;  // of a report that was refused here
      const Bytes report(envelope->payload()->begin(), envelope->payload()->end());
      const std::string json = report.empty() ? "{}" : services_.decode("Report", report);  // withheld
      alliance::jsonl::append(
          lines, {envelope->id()->string_view(), envelope->tenant()->string_view(), envelope->case_()->string_view(),
                  envelope->kind()->string_view(), envelope->epoch(), envelope->sequence(), envelope->time(), json});
    }
    file_.append(lines);
    events_.acknowledged(position);
  }

 private:
  alliance::Services services_;
  alliance::TransportEvents events_;
  alliance::jsonl::LineFile file_;
};

void offer(alliance::Plugin& plugin) {
  plugin.add<JsonLines>({"jsonl", "1.0.0", "Reports as lines of JSON in a file"});
}

}  // namespace

ALLIANCE_PLUGIN(offer);

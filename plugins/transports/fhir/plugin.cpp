// SPDX-License-Identifier: Apache-2.0
// The transport `fhir`: "fhir:https://HOST/PATH". Each batch is one transaction of conditional creates, so that what
// comes twice makes no second resource. Settings: {"token_file": "/PATH", "ca": "/PATH"}.
#include <alliance_schema/report_generated.h>

#include <alliance/plugin.hpp>

#include "../../shared/member.h"
#include "../../shared/settings.h"
#include "../../shared/tables.h"
#include "bundle.h"
#include "endpoint.h"

namespace {

using namespace alliance;
using namespace alliance::fhir_transport;

Way way_of(const Services& services, const std::string& endpoint) {
  const auto settings = shared::settings(services, {"token_file", "ca"});
  Way way;
  way.url = endpoint;
  if (const auto found = settings.find("ca"); found != settings.end()) way.ca = found->second;
  if (const auto found = settings.find("token_file"); found != settings.end()) {
    way.token = shared::read_file(found->second);
    way.token.erase(way.token.find_last_not_of(" \r\n\t") + 1);
  }
  check(way);
  return way;
}

class Fhir final : public Transport {
 public:
  Fhir(const Services& services, const std::string& endpoint, TransportEvents events)
      : services_(services), events_(events), endpoint_(way_of(services, endpoint)) {}

  void send(std::uint64_t position, ByteView bytes) override {
    const shared::Verified<fb::Batch> batch(bytes.data(), bytes.size(), fb::BatchIdentifier(), "batch");
    std::vector<std::vector<Entry>> reports;
    std::vector<Entry> all;
    for (const auto* envelope : *batch->envelopes()) {
      if (envelope->payload()->size() == 0) continue;  // a tombstone, or a report that was not sent along
      const Bytes payload(envelope->payload()->begin(), envelope->payload()->end());
      const std::string json = services_.decode("Report", payload);  // verified by it
      reports.push_back(
          entries_of(*envelope, *flatbuffers::GetRoot<fb::Report>(payload.data()), shared::member(json, "body")));
      all.insert(all.end(), reports.back().begin(), reports.back().end());
    }
    if (!all.empty() && !taken(position, all, {})) {
      for (const auto& one : reports) {  // which of them it is
        if (!one.empty() && !taken(position, one, one.front().report)) return;
      }
    }
    events_.acknowledged(position);
  }

 private:
  // False when the data were refused; then the host was told, if it is known which report it was.
  bool taken(std::uint64_t position, const std::vector<Entry>& entries, const std::string& report) {
    const auto verdict = endpoint_.post(transaction(entries));
    if (verdict.status == ALLIANCE_OK) return true;
    if (!verdict.about_data) throw Error(verdict.status, verdict.sentence);
    if (!report.empty()) events_.refused(position, report, verdict.status, verdict.sentence);
    return false;
  }

  Services services_;
  TransportEvents events_;
  Endpoint endpoint_;
};

void offer(Plugin& plugin) {
  plugin.add<Fhir>({"fhir", "1.0.0", "Scores as FHIR Observations, and answers as QuestionnaireResponses"});
}

}  // namespace

ALLIANCE_PLUGIN(offer);

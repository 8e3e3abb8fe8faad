// SPDX-License-Identifier: Apache-2.0
#include "host/envelopes.h"

#include <alliance_schema/envelope_generated.h>
#include <openssl/sha.h>

#include "host/report_kind.h"

namespace alliance::host {
namespace {

// Each part is preceded by its length, so that no two lists of parts run together.
std::string hash(std::initializer_list<std::string_view> parts, std::size_t digits) {
  std::string text;
  for (const std::string_view part : parts) text += std::to_string(part.size()) + ":" + std::string(part);
  unsigned char digest[SHA256_DIGEST_LENGTH];
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest);
  static constexpr char hex[] = "0123456789abcdef";
  std::string out;
  for (std::size_t i = 0; i < digits / 2; ++i) {
    out += hex[digest[i] >> 4];
    out += hex[digest[i] & 15];
  }
  return out;
}

bool leaves(const ReportKind& kind, const fb::CaseT& state) {
  if (state.observe_only && !kind.while_observing) return false;
  return state.consent_withdrawn == 0 || kind.after_withdrawal;
}

}  // namespace

std::string report_id(const std::string& tenant, const std::string& stream, const std::string& kind,
                      const std::string& occurrence, std::size_t index, const std::string& versions) {
  return hash({tenant, stream, kind, occurrence, std::to_string(index), versions}, 32);
}

std::string proposal_id(const std::string& tenant, const std::string& stream, const std::string& key) {
  return "p-" + hash({tenant, stream, key}, 16);
}

Enveloped envelop(const From& from, const fb::CaseT& state, const std::vector<Finding>& findings) {
  Enveloped made;
  made.next_sequence = from.next_sequence;
  flatbuffers::FlatBufferBuilder all(1024);
  std::vector<flatbuffers::Offset<fb::Envelope>> offsets;
  std::map<std::pair<std::string, std::string>, std::size_t> seen;  // how often a kind and occurrence came up
  for (const Finding& finding : findings) {
    const ReportKind& kind = kind_of(finding.report.body.type);
    const bool sent = leaves(kind, state);
    flatbuffers::FlatBufferBuilder payload;
    payload.Finish(fb::Report::Pack(payload, &finding.report), "ALRP");
    fb::EnvelopeT envelope;
    const std::size_t index = seen[{kind.name, finding.occurrence}]++;
    envelope.id = report_id(from.tenant, from.stream, kind.name, finding.occurrence, index, finding.versions);
    envelope.tenant = from.tenant;
    envelope.case_ = from.stream;
    envelope.epoch = from.epoch;
    envelope.sequence = sent ? made.next_sequence++ : 0;
    envelope.time = finding.time;
    envelope.kind = kind.name;
    envelope.lane = kind.safety ? fb::Lane::safety : fb::Lane::normal;
    envelope.payload.assign(payload.GetBufferPointer(), payload.GetBufferPointer() + payload.GetSize());
    offsets.push_back(fb::Envelope::Pack(all, &envelope));
    made.flags += finding.report.body.type == fb::ReportBody::SafetyFlag ||
                          finding.report.body.type == fb::ReportBody::SafetyEscalated
                      ? 1
                      : 0;
    ++made.reports;
    if (!sent) continue;
    flatbuffers::FlatBufferBuilder one;
    one.Finish(fb::Envelope::Pack(one, &envelope), "ALEN");
    (kind.safety ? made.safety : made.normal)
        .emplace_back(one.GetBufferPointer(), one.GetBufferPointer() + one.GetSize());
  }
  all.Finish(fb::CreateBatch(all, all.CreateVector(offsets)), "ALBT");
  made.derived.assign(all.GetBufferPointer(), all.GetBufferPointer() + all.GetSize());
  return made;
}

}  // namespace alliance::host

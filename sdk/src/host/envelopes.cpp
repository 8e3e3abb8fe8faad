// SPDX-License-Identifier: Apache-2.0
#include "host/envelopes.h"

#include <alliance_schema/envelope_generated.h>
#include <openssl/evp.h>

#include <charconv>

#include "host/report_kind.h"
#include "schema/embed.h"

namespace alliance::host {
namespace {

// Each part is preceded by its length, so that no two lists of parts run together.
std::string hash(std::initializer_list<std::string_view> parts, std::size_t digits) {
  static EVP_MD* const sha256 = EVP_MD_fetch(nullptr, "SHA256", nullptr);  // a look-up by name costs more than a hash
  std::string text;
  text.reserve(256);
  for (const std::string_view part : parts) {
    char size[24];
    text.append(size, std::to_chars(size, size + sizeof size, part.size()).ptr).append(1, ':').append(part);
  }
  unsigned char digest[EVP_MAX_MD_SIZE];
  if (EVP_Digest(text.data(), text.size(), digest, nullptr, sha256, nullptr) != 1) {
    throw std::runtime_error("OpenSSL offers no SHA-256");
  }
  static constexpr char hex[] = "0123456789abcdef";
  std::string out(digits, '0');
  for (std::size_t i = 0; i < digits; ++i) out[i] = hex[i % 2 == 0 ? digest[i / 2] >> 4 : digest[i / 2] & 15];
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

Enveloped envelop(const From& from, const fb::CaseT& state, const std::vector<Finding>& findings, Builders& builders) {
  Enveloped made;
  made.next_sequence = from.next_sequence;
  auto& [all, payload, one] = builders;
  all.Clear();
  std::vector<flatbuffers::Offset<fb::Envelope>> offsets;
  std::map<std::pair<std::string_view, std::string_view>, std::size_t> seen;  // how often a kind and occurrence came up
  for (const Finding& finding : findings) {
    const ReportKind& kind = kind_of(finding.report.body.type);
    const bool sent = leaves(kind, state);
    payload.Clear();
    payload.Finish(fb::Report::Pack(payload, &finding.report), "ALRP");
    const std::size_t index = findings.size() > 1 ? seen[{kind.name, finding.occurrence}]++ : 0;
    one.Clear();
    const auto id =
        one.CreateString(report_id(from.tenant, from.stream, kind.name, finding.occurrence, index, finding.versions));
    const auto tenant = one.CreateString(from.tenant);
    const auto stream = one.CreateString(from.stream);
    const auto name = one.CreateString(kind.name);
    one.ForceVectorAlignment(payload.GetSize(), 1, 8);
    const auto body = one.CreateVector(payload.GetBufferPointer(), payload.GetSize());
    one.Finish(fb::CreateEnvelope(one, id, tenant, stream, from.epoch, sent ? made.next_sequence++ : 0, finding.time,
                                  name, 1, kind.safety ? fb::Lane::safety : fb::Lane::normal, body),
               "ALEN");
    const std::span<const std::uint8_t> envelope(one.GetBufferPointer(), one.GetSize());
    offsets.push_back(schema::embed<fb::Envelope>(all, envelope));
    made.flags += finding.report.body.type == fb::ReportBody::SafetyFlag ||
                          finding.report.body.type == fb::ReportBody::SafetyEscalated
                      ? 1
                      : 0;
    ++made.reports;
    if (sent) (kind.safety ? made.safety : made.normal).emplace_back(envelope.begin(), envelope.end());
  }
  all.Finish(fb::CreateBatch(all, all.CreateVector(offsets)), "ALBT");
  made.derived.assign(all.GetBufferPointer(), all.GetBufferPointer() + all.GetSize());
  return made;
}

}  // namespace alliance::host

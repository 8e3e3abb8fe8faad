// SPDX-License-Identifier: Apache-2.0
#include "messaging/message.h"

#include <alliance_schema/envelope_generated.h>

#include <cstring>

#include "messaging/frame.h"
#include "messaging/text.h"
#include "schema/verify.h"

namespace alliance::messaging {
namespace {

constexpr const char* identifier = "ALMG";
constexpr std::size_t max_name = 512;  // of a tenant, case, id or kind

// A message is two tables. A batch has one table per envelope, and an envelope takes 80 bytes at the very
// least (seven fields and four texts), so a frame that needs more tables than its size divided by 64 points
// many times at the same bytes: it costs the sender little and the verifier much, and is refused.
constexpr flatbuffers::uoffset_t tables_of_message = 2;
flatbuffers::uoffset_t tables_of_batch(std::size_t bytes) {
  return 1 + static_cast<flatbuffers::uoffset_t>(bytes / 64);
}

// Each frame comes through here, in a hundred calls of a few instructions: they become one function.
template <class Table>
[[gnu::flatten]] bool well_formed(std::span<const std::uint8_t> bytes, const char* name, flatbuffers::uoffset_t most) {
  flatbuffers::Verifier verifier(bytes.data(), bytes.size(), schema::max_depth, most);
  return bytes.size() >= 8 && std::memcmp(bytes.data() + sizeof(flatbuffers::uoffset_t), name, 4) == 0 &&
         verifier.VerifyBuffer<Table>(nullptr);
}

template <class Body>
Bytes finish(flatbuffers::FlatBufferBuilder& builder, fb::MessageBody type, flatbuffers::Offset<Body> body) {
  builder.Finish(fb::CreateMessage(builder, type, body.Union()), identifier);
  return frame({builder.GetBufferPointer(), builder.GetSize()});
}

Bytes encode(const Hello& hello) {
  flatbuffers::FlatBufferBuilder builder;
  return finish(builder, fb::MessageBody::Hello,
                fb::CreateHelloDirect(builder, hello.protocol, hello.tenant.c_str(), static_cast<fb::Lane>(hello.lane),
                                      hello.endpoint.c_str()));
}
Bytes encode(const Welcome& welcome) {
  flatbuffers::FlatBufferBuilder builder;
  return finish(builder, fb::MessageBody::Welcome, fb::CreateWelcome(builder, welcome.protocol));
}
Bytes encode(const Chunk& chunk) {
  flatbuffers::FlatBufferBuilder builder(chunk.batch.size() + 256);
  builder.ForceVectorAlignment(chunk.batch.size(), 1, 8);
  const auto batch = builder.CreateVector(chunk.batch);
  return finish(builder, fb::MessageBody::BatchAt, fb::CreateBatchAt(builder, chunk.position, batch));
}
Bytes encode(const Acknowledge& acknowledge) {
  flatbuffers::FlatBufferBuilder builder;
  return finish(builder, fb::MessageBody::Acknowledge, fb::CreateAcknowledge(builder, acknowledge.position));
}
Bytes encode(const Refuse& refuse) {
  flatbuffers::FlatBufferBuilder builder;
  return finish(builder, fb::MessageBody::Refuse,
                fb::CreateRefuseDirect(builder, refuse.sentence.c_str(), refuse.position,
                                       refuse.report.empty() ? nullptr : refuse.report.c_str(), refuse.status));
}

Bytes encode(const Ask& ask) {
  flatbuffers::FlatBufferBuilder builder;
  return finish(
      builder, fb::MessageBody::Ask,
      fb::CreateAskDirect(builder, ask.number, ask.case_id.c_str(), ask.report.c_str(), ask.role, ask.viewer.c_str()));
}
Bytes encode(const Reply& reply) {
  flatbuffers::FlatBufferBuilder builder(reply.payload.size() + 256);
  builder.ForceVectorAlignment(reply.payload.size(), 1, 8);
  const auto payload = builder.CreateVector(reply.payload);
  const auto sentence = builder.CreateString(reply.sentence);
  return finish(builder, fb::MessageBody::Reply,
                fb::CreateReply(builder, reply.number, reply.status, sentence, payload));
}

tl::unexpected<Failure> bad(std::string sentence) { return fail(ALLIANCE_E_BAD_INPUT, std::move(sentence)); }

bool is_lane(fb::Lane lane) { return lane == fb::Lane::normal || lane == fb::Lane::safety; }

Result<Message> read_hello(const fb::Hello& hello) {
  const auto tenant = hello.tenant()->string_view();
  if (tenant.empty() || !is_name(tenant, max_name)) return bad("a greeting names no usable tenant");
  if (!is_lane(hello.lane())) return bad("a greeting names a lane that does not exist");
  const auto endpoint = hello.endpoint() ? hello.endpoint()->string_view() : std::string_view();
  if (!is_name(endpoint, max_name)) return bad("a greeting holds an endpoint that is no text");
  return Hello{hello.protocol(), std::string(tenant), static_cast<Lane>(hello.lane()), std::string(endpoint)};
}

Result<Message> read_ask(const fb::Ask& ask) {
  for (const auto* text : {ask.case_(), ask.report(), ask.viewer()}) {
    if (text->size() == 0 || !is_name(text->string_view(), max_name)) {
      return bad("somebody asked for a report by a case, id or viewer that is empty, too long or no UTF-8");
    }
  }
  return Ask{ask.number(), ask.case_()->str(), ask.report()->str(), ask.role(), ask.viewer()->str()};
}

// What is wrong with an envelope's texts and numbers; null: nothing.
[[gnu::flatten]] const char* wrong_with(const fb::Envelope& envelope) {
  for (const auto* text : {envelope.id(), envelope.tenant(), envelope.case_(), envelope.kind()}) {
    if (text->size() == 0 || !is_name(text->string_view(), max_name)) {
      return "has an id, tenant, case or kind that is empty, too long or no UTF-8";
    }
  }
  if (envelope.sequence() == 0) return "has no sequence number";
  if (!is_lane(envelope.lane())) return "names a lane that does not exist";
  const auto* tombstone = envelope.tombstone_of();
  if (tombstone != nullptr && (tombstone->size() == 0 || !is_name(tombstone->string_view(), max_name))) {
    return "is a tombstone of nothing";
  }
  if ((envelope.payload()->size() == 0) == (tombstone != nullptr || envelope.withheld())) return nullptr;
  return tombstone             ? "is a tombstone and holds a report"
         : envelope.withheld() ? "says that its report is withheld and holds it"
                               : "holds no report";
}

Message read_reply(const fb::Reply& reply) {
  Reply out{reply.number(), reply.status()};
  if (const auto* sentence = reply.sentence(); sentence != nullptr && is_name(sentence->string_view(), max_name)) {
    out.sentence = sentence->str();
  }
  if (const auto* payload = reply.payload(); payload != nullptr) out.payload.assign(payload->begin(), payload->end());
  return out;
}

}  // namespace

Bytes framed(const Message& message) {
  return std::visit([](const auto& one) { return encode(one); }, message);
}
Bytes framed(const Chunk& chunk) { return encode(chunk); }

Result<Message> read_message(std::span<const std::uint8_t> bytes) {
  if (reinterpret_cast<std::uintptr_t>(bytes.data()) % 8 != 0) return read_message(Bytes(bytes.begin(), bytes.end()));
  // Not schema::verified(): a message is larger than the largest batch by what is around it.
  if (!well_formed<fb::Message>(bytes, identifier, tables_of_message))
    return bad("a frame holds no well-formed message");
  const auto* message = flatbuffers::GetRoot<fb::Message>(bytes.data());
  switch (message->body_type()) {
    case fb::MessageBody::Hello:
      return read_hello(*message->body_as_Hello());
    case fb::MessageBody::Welcome:
      return Welcome{message->body_as_Welcome()->protocol()};
    case fb::MessageBody::BatchAt: {
      const auto* chunk = message->body_as_BatchAt();
      if (chunk->position() == 0) return bad("a batch came without a position");
      return Chunk{chunk->position(), Bytes(chunk->batch()->data(), chunk->batch()->data() + chunk->batch()->size())};
    }
    case fb::MessageBody::Acknowledge:
      return Acknowledge{message->body_as_Acknowledge()->position()};
    case fb::MessageBody::Refuse: {
      const auto* refuse = message->body_as_Refuse();
      const auto sentence = refuse->sentence()->string_view();
      const auto report = refuse->report() ? refuse->report()->string_view() : std::string_view();
      if (!is_name(report, max_name)) return bad("a refusal names a report by what is no text");
      return Refuse{is_name(sentence, max_name) ? std::string(sentence) : "the receiver's reason is no text",
                    refuse->position(), std::string(report), refuse->status()};
    }
    case fb::MessageBody::Ask:
      return read_ask(*message->body_as_Ask());
    case fb::MessageBody::Reply:
      return read_reply(*message->body_as_Reply());
    case fb::MessageBody::NONE:
      break;
  }
  return bad("a message came that this side does not know: use the same version of the SDK on both sides");
}

Result<const fb::Batch*> read_batch(std::span<const std::uint8_t> bytes) {
  if (bytes.size() > schema::max_bytes || reinterpret_cast<std::uintptr_t>(bytes.data()) % 8 != 0) {
    return fail(ALLIANCE_E_LIMIT, "a batch is larger than 16 MiB, or not aligned to 8 bytes");
  }
  if (!well_formed<fb::Batch>(bytes, fb::BatchIdentifier(), tables_of_batch(bytes.size()))) {
    return bad("a batch is not well-formed");
  }
  const auto* batch = flatbuffers::GetRoot<fb::Batch>(bytes.data());
  std::size_t at = 0;
  for (const auto* envelope : *batch->envelopes()) {
    ++at;
    if (const char* what = wrong_with(*envelope)) return bad("envelope " + std::to_string(at) + " of a batch " + what);
  }
  if (at == 0) return bad("a batch without an envelope came");
  return batch;
}

}  // namespace alliance::messaging

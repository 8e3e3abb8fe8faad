// SPDX-License-Identifier: Apache-2.0
#include "store/archive.h"

#include <alliance_schema/envelope_generated.h>
#include <openssl/sha.h>

#include <algorithm>
#include <array>
#include <cstdio>

#include "schema/json.h"
#include "schema/verify.h"
#include "store/outbox_view.h"

namespace alliance::store {
namespace {

constexpr std::size_t tar_block = 512;

constexpr const char* read_me =
    "Everything that the SDK keeps about one case or practitioner. Each file holds one JSON object per line.\n"
    "\n"
    "events.jsonl        what was recorded, in the order in which it came; fields as in sdk/schema/event.fbs\n"
    "reports.jsonl       what followed from it, those reports included that were shown to nobody (sequence 0)\n"
    "plugin_values.jsonl what plugins keep about it, in hexadecimal digits\n"
    "dead_letters.jsonl  reports that a receiver refused\n"
    "access.jsonl        who looked at it; lists of many cases included\n"
    "acts.jsonl          what was instructed about it, and why\n"
    "manifest.json       whose it is, when it was taken, and the SHA-256 of each file\n"
    "\n"
    "Instants are microseconds since 1970 UTC. Nothing here is about anybody else, but for the people who are named\n"
    "as practitioners, viewers and raters by the platform's own ids.\n";

// One JSON object, member after member.
class Object {
 public:
  Object& json(std::string_view name, std::string_view value) {
    text_ += text_.empty() ? '{' : ',';
    quote(name);
    text_ += ':';
    text_ += value;
    return *this;
  }
  Object& text(std::string_view name, std::string_view value) {
    json(name, {});
    quote(value);
    return *this;
  }
  Object& number(std::string_view name, std::int64_t value) { return json(name, std::to_string(value)); }
  Object& flag(std::string_view name, bool value) { return json(name, value ? "true" : "false"); }
  std::string done() const { return text_.empty() ? "{}" : text_ + "}"; }

 private:
  void quote(std::string_view text) {
    text_ += '"';
    for (const char c : text) {
      const auto byte = static_cast<unsigned char>(c);
      if (c == '"' || c == '\\') {
        (text_ += '\\') += c;
      } else if (byte < 0x20) {
        char escape[8];
        std::snprintf(escape, sizeof escape, "\\u%04x", byte);
        text_ += escape;
      } else {
        text_ += c;
      }
    }
    text_ += '"';
  }
  std::string text_;
};

void put_line(std::string& lines, const Object& one) { lines += one.done() += '\n'; }

std::string hex(std::span<const std::uint8_t> bytes) {
  static constexpr char digits[] = "0123456789abcdef";
  std::string out;
  for (const auto byte : bytes) out += {digits[byte >> 4], digits[byte & 15]};
  return out;
}

void put_octal(Bytes& out, std::size_t at, std::size_t digits, std::uint64_t number) {
  for (std::size_t i = digits; i-- > 0; number /= 8) out[at + i] = static_cast<std::uint8_t>('0' + number % 8);
}

// A file's heading (POSIX ustar).
Bytes heading(const std::string& name, std::size_t size, std::int64_t time) {
  Bytes out(tar_block);
  std::copy(name.begin(), name.end(), out.begin());
  put_octal(out, 100, 7, 0600);  // mode, then owner and group
  put_octal(out, 108, 7, 0);
  put_octal(out, 116, 7, 0);
  put_octal(out, 124, 11, size);
  put_octal(out, 136, 11, static_cast<std::uint64_t>(std::max<std::int64_t>(time, 0) / 1'000'000));
  std::fill_n(out.begin() + 148, 8, std::uint8_t{' '});  // the sum counts its own place as blanks
  out[156] = '0';                                        // a plain file
  constexpr std::string_view magic(
      "ustar\0"
      "00",
      8);
  std::copy(magic.begin(), magic.end(), out.begin() + 257);
  std::uint64_t sum = 0;
  for (const auto byte : out) sum += byte;
  put_octal(out, 148, 6, sum);
  out[154] = 0;
  return out;
}

Result<std::string> json_of(const char* table, const Bytes& bytes) {
  if (auto fine = schema::verify(table, bytes); !fine) {
    return fail(ALLIANCE_E_BAD_INPUT, "the store is damaged: an event or a report of the case cannot be read");
  }
  return schema::bytes_to_json(table, bytes);
}

Result<std::string> lines_of_log(const Whole& whole, std::string& reports) {
  std::string events;
  for (const auto& row : whole.log) {
    const auto event = json_of("Event", row.event);
    if (!event) return event;
    events += *event + "\n";
    const auto derived = schema::verified<fb::Batch>(row.derived, "ALBT");
    if (!derived) return fail(ALLIANCE_E_BAD_INPUT, "the store is damaged: what followed from an event cannot be read");
    for (const auto* one : *(*derived)->envelopes()) {
      const Bytes payload(one->payload()->begin(), one->payload()->end());
      const auto report = json_of("Report", payload);
      if (!report) return report;
      put_line(reports, Object()
                            .text("id", one->id()->string_view())
                            .text("event", row.event_id)
                            .number("epoch", one->epoch())
                            .number("sequence", static_cast<std::int64_t>(one->sequence()))
                            .number("time", one->time())
                            .text("kind", one->kind()->string_view())
                            .json("report", *report));
    }
  }
  return events;
}

std::string lines_of_letters(const Whole& whole) {
  std::string out;
  for (const auto& letter : whole.letters) {
    fb::DeadLetterListT list;
    list.letters.push_back(std::make_unique<fb::DeadLetterT>(described(letter, true)));
    list.letters.back()->endpoint = "";  // may hold a password
    flatbuffers::FlatBufferBuilder builder;
    builder.Finish(fb::DeadLetterList::Pack(builder, &list), "ALDD");
    const auto json = schema::bytes_to_json("DeadLetterList", {builder.GetBufferPointer(), builder.GetSize()});
    if (json) out += *json + "\n";
  }
  return out;
}

}  // namespace

fb::AccessLogT access_log(const std::string& subject, const std::vector<Read>& reads, const std::vector<Act>& acts) {
  fb::AccessLogT out;
  out.subject = subject;
  for (const auto& read : reads) {
    auto one = std::make_unique<fb::AccessEntryT>();
    one->time = read.time;
    one->role = read.role;
    one->viewer = read.viewer;
    one->what = read.scope == "case_" ? "case" : read.scope;  // as the schema has to spell it
    one->subject = read.subject;
    out.entries.push_back(std::move(one));
  }
  for (const auto& act : acts) {
    auto one = std::make_unique<fb::ActT>();
    one->time = act.time;
    one->act = static_cast<fb::ActKind>(act.kind);
    one->subject = act.stream;
    one->role = act.role;
    one->by = act.by;
    one->reason = act.reason;
    one->reference = act.reference;
    one->epoch = act.epoch;
    out.acts.push_back(std::move(one));
  }
  return out;
}

Result<void> archive(const Whole& whole, const Pieces& out) {
  std::string reports, values, access, acts;
  Object hashes;
  auto events = lines_of_log(whole, reports);
  if (!events) return tl::unexpected(events.error());
  for (const auto& value : whole.values) {
    put_line(values, Object().text("key", value.key).number("version", value.version).text("bytes", hex(value.bytes)));
  }
  for (const auto& read : whole.reads) {
    put_line(access, Object()
                         .number("time", read.time)
                         .number("role", read.role)
                         .text("viewer", read.viewer)
                         .text("what", read.scope)
                         .text("subject", read.subject));
  }
  for (const auto& act : whole.acts) {
    put_line(acts, Object()
                       .number("time", act.time)
                       .text("act", fb::EnumNameActKind(static_cast<fb::ActKind>(act.kind)))
                       .number("role", act.role)
                       .text("by", act.by)
                       .text("reason", act.reason)
                       .text("reference", act.reference)
                       .number("epoch", act.epoch));
  }
  const auto put = [&](const std::string& name, const std::string& text) -> Result<void> {
    if (auto ok = out(heading(name, text.size(), whole.time)); !ok) return ok;
    Bytes body(text.begin(), text.end());
    body.resize((body.size() + tar_block - 1) / tar_block * tar_block);
    std::array<std::uint8_t, SHA256_DIGEST_LENGTH> digest{};
    SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data());
    hashes.text(name, hex(digest));
    return body.empty() ? Result<void>{} : out(body);
  };
  const std::pair<const char*, const std::string&> files[] = {
      {"events.jsonl", *events}, {"reports.jsonl", reports}, {"plugin_values.jsonl", values},
      {"access.jsonl", access},  {"acts.jsonl", acts},
  };
  if (auto ok = put("README.txt", read_me); !ok) return ok;
  for (const auto& [name, text] : files) {
    if (auto ok = put(name, text); !ok) return ok;
  }
  if (auto ok = put("dead_letters.jsonl", lines_of_letters(whole)); !ok) return ok;
  std::string manifest;
  put_line(manifest, Object()
                         .text("tenant", whole.tenant)
                         .text("subject", whole.head.id)
                         .number("taken", whole.time)
                         .number("epoch", whole.head.epoch)
                         .number("events", static_cast<std::int64_t>(whole.log.size()))
                         .flag("restricted", (whole.head.standing & standing_restricted) != 0)
                         .flag("held", (whole.head.standing & standing_held) != 0)
                         .number("erased", whole.head.erased)
                         .json("sha256", hashes.done()));
  if (auto ok = put("manifest.json", manifest); !ok) return ok;
  return out(Bytes(2 * tar_block));
}

}  // namespace alliance::store

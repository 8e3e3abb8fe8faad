// SPDX-License-Identifier: Apache-2.0
#include "cloud_event.h"

#include <chrono>
#include <cstdio>

#include "tables.h"

namespace alliance::shared {
namespace {

constexpr std::int64_t end_of_9999 = 253'402'300'800'000'000;  // RFC 3339 ends there

std::string rfc3339(std::int64_t instant) {
  using namespace std::chrono;
  const sys_time<microseconds> time{microseconds(instant)};
  const auto day = floor<days>(time);
  const year_month_day date(day);
  const hh_mm_ss clock(time - day);
  char text[64];
  std::snprintf(text, sizeof text, "%04d-%02u-%02uT%02d:%02d:%02d.%06dZ", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
                static_cast<int>(clock.seconds().count()), static_cast<int>(clock.subseconds().count()));
  return text;
}

template <class Keep>
std::string percented(std::string_view text, Keep keep) {
  constexpr char digits[] = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (keep(byte)) {
      out += c;
    } else {
      out += {'%', digits[byte >> 4], digits[byte & 15]};
    }
  }
  return out;
}

// Texts of an envelope hold no control characters: the host saw to that, and what came from elsewhere is made safe.
std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
  }
  return out + '"';
}

}  // namespace

std::string source_of(std::string_view tenant) {
  return "urn:alliance:" + percented(tenant, [](unsigned char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
                  c == '_';
         });
}

CloudEvent cloud_event(const fb::Envelope& envelope, const std::string& source, std::string report) {
  CloudEvent out;
  out.id = text(envelope.id());
  auto& list = out.attributes;
  list = {{"specversion", "1.0"},
          {"id", out.id},
          {"source", source},
          {"type", "org.alliance-sdk.report." + text(envelope.kind())},
          {"subject", text(envelope.case_())}};
  if (envelope.time() >= 0 && envelope.time() < end_of_9999) list.emplace_back("time", rfc3339(envelope.time()));
  if (!envelope.withheld()) list.emplace_back("datacontenttype", "application/json");
  // Numbers of 64 bits are texts: the specification's integers have 32.
  list.emplace_back("tenant", text(envelope.tenant()));
  list.emplace_back("epoch", std::to_string(envelope.epoch()));
  list.emplace_back("sequence", std::to_string(envelope.sequence()));
  list.emplace_back("lane", envelope.lane() == fb::Lane::safety ? "safety" : "normal");
  if (envelope.first_sequence() > 0) list.emplace_back("firstsequence", std::to_string(envelope.first_sequence()));
  if (envelope.withheld()) {
    list.emplace_back("withheld", "true");
  } else {
    out.data = std::move(report);
  }
  return out;
}

std::string structured(const CloudEvent& event) {
  std::string out = "{";
  for (const auto& [name, value] : event.attributes) out += quoted(name) + ":" + quoted(value) + ",";
  if (event.data.empty()) {
    out.back() = '}';
    return out;
  }
  return out + "\"data\":" + event.data + "}";
}

std::vector<std::pair<std::string, std::string>> binary_headers(const CloudEvent& event) {
  std::vector<std::pair<std::string, std::string>> out;
  for (const auto& [name, value] : event.attributes) {
    const bool content = name == "datacontenttype";
    out.emplace_back(content ? "content-type" : "ce-" + name,
                     percented(value, [](unsigned char c) { return c > 0x20 && c < 0x7f && c != '"' && c != '%'; }));
  }
  return out;
}

}  // namespace alliance::shared

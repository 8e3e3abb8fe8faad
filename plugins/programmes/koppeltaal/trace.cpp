// SPDX-License-Identifier: Apache-2.0
#include "trace.h"

#include <algorithm>

#include "../../shared/derived_id.h"

namespace alliance::koppeltaal {
namespace {

namespace json = boost::json;

constexpr const char* names[] = {"X-Request-ID", "X-Correlation-ID", "X-Trace-ID"};
constexpr std::string fb::TraceT::* members[] = {&fb::TraceT::request, &fb::TraceT::correlation, &fb::TraceT::trace};

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool same(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) { return lower(x) == lower(y); });
}

bool plain(std::string_view text) {
  return !text.empty() && text.size() <= 128 && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= '0' && c <= '9') || (lower(c) >= 'a' && lower(c) <= 'z') || c == '-' || c == '_' || c == '.' ||
           c == ':';
  });
}

}  // namespace

fb::TraceT trace_of(const json::value* headers) {
  fb::TraceT made;
  if (headers == nullptr || !headers->is_object()) return made;
  for (const auto& [name, value] : headers->get_object()) {
    for (std::size_t i = 0; i < std::size(names); ++i) {
      if (!same({name.data(), name.size()}, names[i]) || !value.is_string()) continue;
      const std::string_view text(value.get_string().data(), value.get_string().size());
      if (plain(text)) made.*members[i] = std::string(text);
    }
  }
  return made;
}

fb::TraceT following(const fb::TraceT& cause, const std::string& what) {
  fb::TraceT made;
  made.request = shared::derived_id({"request", cause.request, cause.trace, what});
  made.correlation = cause.request;
  made.trace = cause.trace.empty() ? shared::derived_id({"trace", cause.request, what}) : cause.trace;
  return made;
}

bool empty(const fb::TraceT& trace) {
  return trace.request.empty() && trace.correlation.empty() && trace.trace.empty();
}

json::object headers_of(const fb::TraceT& trace) {
  json::object made;
  for (std::size_t i = 0; i < std::size(names); ++i) {
    if (!(trace.*members[i]).empty()) made[names[i]] = trace.*members[i];
  }
  return made;
}

}  // namespace alliance::koppeltaal

// SPDX-License-Identifier: Apache-2.0
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include "values.h"

namespace alliance::sidecar {
namespace {

struct Kind {
  int status;
  const char* name;
  const char* title;
};
constexpr Kind problem_kinds[] = {
    {400, "bad-input", "The request is not as it must be"},
    {401, "no-token", "A token is needed"},
    {403, "denied", "Not for this viewer"},
    {404, "not-found", "There is no such thing"},
    {405, "method", "Not in this way"},
    {406, "not-acceptable", "Not in this form"},
    {409, "state", "Not in this state"},
    {413, "too-large", "The request is too large"},
    {414, "address-too-long", "The address is too long"},
    {415, "media-type", "The body must be JSON"},
    {429, "too-often", "Too many requests"},
    {431, "headers-too-large", "The headers are too large"},
    {500, "internal", "Something is broken here"},
    {501, "unsupported", "This is not offered"},
    {503, "not-now", "Not now"},
};

const Kind& kind_of(int status) {
  for (const Kind& kind : problem_kinds) {
    if (kind.status == status) return kind;
  }
  return problem_kinds[std::size(problem_kinds) - 3];
}

struct Translated {
  std::int32_t status;
  int http;
};
constexpr Translated translated[] = {
    {ALLIANCE_E_INVALID, 400},   {ALLIANCE_E_BAD_INPUT, 400},   {ALLIANCE_E_NOT_FOUND, 404}, {ALLIANCE_E_DENIED, 403},
    {ALLIANCE_E_LIMIT, 413},     {ALLIANCE_E_UNSUPPORTED, 501}, {ALLIANCE_E_STATE, 409},     {ALLIANCE_E_IO, 503},
    {ALLIANCE_E_CANCELLED, 503}, {ALLIANCE_E_TIMEOUT, 503},
};

}  // namespace

std::string quoted(const std::string& text) { return boost::json::serialize(boost::json::string(text)); }

Response problem(int status, const std::string& detail, const std::vector<Fault>& faults) {
  const Kind& kind = kind_of(status);
  boost::json::object said = {
      {"type", std::string("urn:alliance-sdk:problem:") + kind.name}, {"title", kind.title}, {"status", status}};
  if (!detail.empty()) said["detail"] = detail;
  if (!faults.empty()) {
    boost::json::array all;
    for (const Fault& fault : faults) all.push_back({{"at", fault.at}, {"detail", fault.detail}});
    said["errors"] = std::move(all);
  }
  return {status, "application/problem+json", boost::json::serialize(said), {{"Cache-Control", "no-store"}}, {}, {}};
}

Response problem(const Failure& failure) {
  for (const Translated& one : translated) {
    if (one.status != failure.status) continue;
    if (one.http == 503) return later(503, failure.message, 5);
    return problem(one.http, failure.message);
  }
  return problem(500, failure.message);
}

Response later(int status, const std::string& detail, int seconds) {
  Response out = problem(status, detail);
  out.headers.emplace_back("Retry-After", std::to_string(seconds));
  return out;
}

Response json_response(int status, std::string body) {
  return {status, "application/json", std::move(body), {{"Cache-Control", "no-store"}}, {}, {}};
}

}  // namespace alliance::sidecar

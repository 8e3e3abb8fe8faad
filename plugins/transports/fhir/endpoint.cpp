// SPDX-License-Identifier: Apache-2.0
#include "endpoint.h"

#include <curl/curl.h>

#include <alliance/error.hpp>
#include <boost/json.hpp>

namespace alliance::fhir_transport {
namespace {

constexpr std::size_t most_answer = 8u << 20;

std::size_t gather(char* bytes, std::size_t, std::size_t count, void* to) {
  auto& answer = *static_cast<std::string*>(to);
  if (answer.size() + count > most_answer) return 0;
  answer.append(bytes, count);
  return count;
}

// A server's own words may quote what was sent: only their code is taken.
std::string code_of(const boost::json::value* outcome) {
  boost::system::error_code none;
  const auto* code = outcome == nullptr ? nullptr : outcome->find_pointer("/issue/0/code", none);
  const auto* text = code == nullptr ? nullptr : code->if_string();
  return text == nullptr || text->size() > 40 ? std::string() : " (" + std::string(*text) + ")";
}

Verdict verdict(long http, const std::string& code) {
  const std::string said = "the FHIR server answers " + std::to_string(http) + code;
  switch (http) {
    case 400:
    case 412:
    case 413:
    case 422:
      return {ALLIANCE_E_BAD_INPUT, true, said};
    case 401:
    case 403:
      return {ALLIANCE_E_DENIED, false, said + ": look at the token"};
    case 404:
    case 405:
    case 410:
      return {ALLIANCE_E_STATE, false, said + ": look at the address"};
    default:
      return {ALLIANCE_E_IO, false, said};
  }
}

}  // namespace

void check(const Way& way) {
  const bool tls = way.url.starts_with("https://");
  const auto begin = way.url.find("://");
  if ((!tls && !way.url.starts_with("http://")) || begin == std::string::npos) {
    throw Error(ALLIANCE_E_INVALID, "the address is none: write fhir:https://HOST/PATH");
  }
  const auto host = way.url.substr(begin + 3, way.url.find('/', begin + 3) - begin - 3);
  if (host.find('@') != std::string::npos || way.url.find('?') != std::string::npos) {
    throw Error(ALLIANCE_E_INVALID,
                "a user, a password or a query does not belong into the address, which is shown: "
                "name a file in the plugin's settings, token_file");
  }
  if (!tls && !host.starts_with("127.") && !host.starts_with("localhost") && !host.starts_with("[::1]")) {
    throw Error(ALLIANCE_E_DENIED, "the FHIR server is on another machine: use https://");
  }
}

// All or nothing, says the standard. Servers that do each entry by itself say for each what became of it.
Verdict verdict_of(long http, const std::string& body) {
  boost::system::error_code bad;
  const auto answer = boost::json::parse(body, bad);
  if (http < 200 || http > 299) return verdict(http, bad ? "" : code_of(&answer));
  const auto* entries = bad ? nullptr : answer.find_pointer("/entry", bad);
  if (entries == nullptr || !entries->is_array()) {
    return {ALLIANCE_E_IO, false, "the server's answer to a transaction is no Bundle: it may be no FHIR server"};
  }
  for (const auto& one : entries->get_array()) {
    boost::system::error_code none;
    const auto* status = one.find_pointer("/response/status", none);
    const auto* text = status == nullptr ? nullptr : status->if_string();
    const long number = text == nullptr ? 0 : std::strtol(text->c_str(), nullptr, 10);
    if (number < 200 || number > 299) return verdict(number, code_of(one.find_pointer("/response/outcome", none)));
  }
  return {};
}

void Endpoint::End::operator()(void* curl) const { curl_easy_cleanup(curl); }

Endpoint::Endpoint(Way way) : way_(std::move(way)), curl_(curl_easy_init()) {
  if (!curl_) throw Error(ALLIANCE_E_IO, "no HTTP client can be made");
}

Verdict Endpoint::post(const std::string& bundle) {
  CURL* curl = curl_.get();
  curl_easy_reset(curl);
  curl_slist* list = nullptr;
  const auto header = [&](const std::string& line) { list = curl_slist_append(list, line.c_str()); };
  header("Content-Type: application/fhir+json");
  header("Accept: application/fhir+json");
  header("Expect:");
  if (!way_.token.empty()) header("Authorization: Bearer " + way_.token);
  const std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)> headers(list, &curl_slist_free_all);
  std::string answer;
  curl_easy_setopt(curl, CURLOPT_URL, way_.url.c_str());
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(curl, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_NOPROXY, "*");
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, 5000L);
  curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, 12'000L);
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers.get());
  curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(bundle.size()));
  curl_easy_setopt(curl, CURLOPT_POSTFIELDS, bundle.c_str());
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, &gather);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &answer);
  if (!way_.ca.empty()) curl_easy_setopt(curl, CURLOPT_CAINFO, way_.ca.c_str());
  const auto done = curl_easy_perform(curl);
  if (done != CURLE_OK) {
    return {ALLIANCE_E_IO, false, std::string("the FHIR server cannot be reached: ") + curl_easy_strerror(done)};
  }
  long http = 0;
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &http);
  return verdict_of(http, answer);
}

}  // namespace alliance::fhir_transport

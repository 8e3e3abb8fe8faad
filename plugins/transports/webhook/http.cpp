// SPDX-License-Identifier: Apache-2.0
#include "http.h"

#include <curl/curl.h>

#include <algorithm>
#include <alliance/error.hpp>

namespace alliance::webhook {
namespace {

// What the receiver says besides its status is read and forgotten: it may hold anything.
std::size_t forget(char*, std::size_t size, std::size_t count, void* total) {
  auto& sum = *static_cast<std::size_t*>(total);
  sum += size * count;
  return sum > 1u << 20 ? 0 : size * count;
}

struct FreeList {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

}  // namespace

void Http::End::operator()(void* curl) const { curl_easy_cleanup(curl); }

Http::Http(const Hook& hook) {
  static const CURLcode ready = curl_global_init(CURL_GLOBAL_DEFAULT);
  curl_.reset(ready == CURLE_OK ? curl_easy_init() : nullptr);
  if (!curl_) throw Error(ALLIANCE_E_LIMIT, "libcurl cannot begin: out of memory");
  CURL* curl = curl_.get();
  const auto set = [curl](CURLoption what, auto value) {
    if (curl_easy_setopt(curl, what, value) != CURLE_OK) {
      throw Error(ALLIANCE_E_UNSUPPORTED, "libcurl does not know an option that the webhook needs: use 7.85 or later");
    }
  };
  set(CURLOPT_URL, hook.url.c_str());
  set(CURLOPT_PROTOCOLS_STR, hook.url.starts_with("https:") ? "https" : "http");
  set(CURLOPT_POST, 1L);
  set(CURLOPT_FOLLOWLOCATION, 0L);  // a signed report goes where its operator said, and nowhere else
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_TIMEOUT_MS, hook.timeout_ms);
  set(CURLOPT_CONNECTTIMEOUT_MS, std::min(hook.timeout_ms, 5000L));
  set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  set(CURLOPT_SSL_VERIFYPEER, 1L);
  set(CURLOPT_SSL_VERIFYHOST, 2L);
  set(CURLOPT_PROXY, hook.proxy.c_str());
  set(CURLOPT_USERAGENT, "alliance-webhook/1");
  set(CURLOPT_WRITEFUNCTION, &forget);
  if (!hook.ca.empty()) set(CURLOPT_CAINFO, hook.ca.c_str());
  if (!hook.certificate.empty()) {
    set(CURLOPT_SSLCERT, hook.certificate.c_str());
    set(CURLOPT_SSLKEY, hook.private_key.c_str());
  }
}

Answer Http::post(const Headers& headers, const std::string& body) {
  CURL* curl = curl_.get();
  std::unique_ptr<curl_slist, FreeList> list;
  const auto add = [&list](const std::string& line) {
    curl_slist* longer = curl_slist_append(list.get(), line.c_str());
    if (longer == nullptr) throw Error(ALLIANCE_E_LIMIT, "out of memory");
    static_cast<void>(list.release());
    list.reset(longer);
  };
  add("Expect:");
  for (const auto& [name, value] : headers) add(name + ": " + value);
  std::size_t answered = 0;
  char why[CURL_ERROR_SIZE] = "";
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &answered);
  curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, why);
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, list.get());
  curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body.data());
  curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
  const CURLcode done = curl_easy_perform(curl);
  curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, nullptr);
  if (done != CURLE_OK) {
    throw Error(ALLIANCE_E_IO, why[0] == '\0' ? curl_easy_strerror(done) : why);
  }
  Answer out;
  curl_off_t after = 0;
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &out.status);
  curl_easy_getinfo(curl, CURLINFO_RETRY_AFTER, &after);
  out.retry_after = after;
  return out;
}

}  // namespace alliance::webhook

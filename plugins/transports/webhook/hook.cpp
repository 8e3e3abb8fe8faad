// SPDX-License-Identifier: Apache-2.0
#include "hook.h"

#include <curl/curl.h>

#include <alliance/error.hpp>
#include <boost/json/parse.hpp>
#include <memory>

namespace alliance::webhook {
namespace {

namespace json = boost::json;

[[noreturn]] void refuse(const std::string& why) {
  throw Error(ALLIANCE_E_BAD_INPUT, "the webhook plugin's settings: " + why);
}

class Reader {
 public:
  Reader(const json::object& from, std::string where) : from_(from), where_(std::move(where)) {}

  void text(const char* name, std::string& into) {
    if (const auto* value = take(name)) into = text(*value, name);
  }
  void texts(const char* name, std::vector<std::string>& into) {
    const auto* value = take(name);
    if (value == nullptr) return;
    if (!value->is_array()) refuse(where_ + name + " is no list of texts");
    for (const auto& one : value->get_array()) into.push_back(text(one, name));
  }
  void flag(const char* name, bool& into) {
    const auto* value = take(name);
    if (value == nullptr) return;
    if (!value->is_bool()) refuse(where_ + name + " is neither true nor false");
    into = value->get_bool();
  }
  template <class Number>
  void number(const char* name, Number& into, std::int64_t least, std::int64_t most, Number unit = 1) {
    const auto* value = take(name);
    if (value == nullptr) return;
    if (!value->is_int64() || value->get_int64() < least || value->get_int64() > most) {
      refuse(where_ + name + " is no whole number from " + std::to_string(least) + " to " + std::to_string(most));
    }
    into = static_cast<Number>(value->get_int64()) * unit;
  }
  void no_more() const {
    if (taken_ == from_.size()) return;
    for (const auto& [name, value] : from_) {
      if (known_.find(" " + std::string(name) + " ") == std::string::npos) {
        refuse(where_ + std::string(name) + " is no setting; they are:" + known_);
      }
    }
  }

 private:
  const json::value* take(const char* name) {
    known_ += std::string(name) + " ";
    const auto* value = from_.if_contains(name);
    taken_ += value != nullptr;
    return value;
  }
  std::string text(const json::value& value, const char* name) const {
    if (!value.is_string() || value.get_string().empty()) refuse(where_ + name + " is no text");
    return std::string(value.get_string());
  }
  const json::object& from_;
  std::string where_, known_ = " ";
  std::size_t taken_ = 0;
};

Mode mode_of(const std::string& where, const std::string& word) {
  if (word.empty() || word == "structured") return Mode::structured;
  if (word == "binary") return Mode::binary;
  if (word == "batched") return Mode::batched;
  refuse(where + "mode is one of structured, binary, batched");
}

std::string part(CURLU* url, CURLUPart what) {
  char* text = nullptr;
  if (curl_url_get(url, what, &text, 0) != CURLUE_OK) return {};
  std::string out(text);
  curl_free(text);
  return out;
}

void check_url(const Hook& hook, const std::string& where) {
  const std::unique_ptr<CURLU, void (*)(CURLU*)> url(curl_url(), curl_url_cleanup);
  if (curl_url_set(url.get(), CURLUPART_URL, hook.url.c_str(), 0) != CURLUE_OK) {
    refuse(where + "url is no address: write https://HOST/PATH");
  }
  if (!part(url.get(), CURLUPART_USER).empty() || !part(url.get(), CURLUPART_PASSWORD).empty()) {
    refuse(where + "url holds a password: requests are signed with `secrets`");
  }
  const auto scheme = part(url.get(), CURLUPART_SCHEME), host = part(url.get(), CURLUPART_HOST);
  if (scheme == "https") return;
  if (scheme != "http") refuse(where + "url is neither https:// nor http://");
  if (host == "127.0.0.1" || host == "[::1]" || host == "localhost" || hook.insecure) return;
  refuse(where +
         "url is http:// and leaves this machine unencrypted: write https://, or accept that with \"insecure\"");
}

Hook read(const json::value& value, const std::string& where) {
  if (!value.is_object()) refuse(where + "is no object");
  Hook hook;
  std::string mode;
  Reader reader(value.get_object(), where);
  reader.text("name", hook.name);
  reader.text("url", hook.url);
  reader.text("mode", mode);
  reader.texts("secrets", hook.secrets);
  reader.text("ca", hook.ca);
  reader.text("certificate", hook.certificate);
  reader.text("private_key", hook.private_key);
  reader.text("source", hook.source);
  reader.text("proxy", hook.proxy);
  reader.number("timeout_seconds", hook.timeout_ms, 1, 120, 1000L);
  reader.number("most", hook.most, 1, 10'000);
  reader.flag("insecure", hook.insecure);
  reader.no_more();
  hook.mode = mode_of(where, mode);
  if (hook.name.empty()) refuse(where + "name is missing");
  if (hook.url.empty()) refuse(where + "url is missing");
  if (hook.secrets.empty()) refuse(where + "secrets is missing: each request is signed");
  if (hook.certificate.empty() != hook.private_key.empty()) refuse(where + "certificate and private_key go together");
  check_url(hook, where);
  return hook;
}

}  // namespace

Hook find_hook(const std::string& settings, const std::string& name) {
  boost::system::error_code bad;
  const auto value = json::parse(settings.empty() ? "{}" : settings, bad);
  if (bad || !value.is_object()) refuse("not a JSON object");
  const auto* hooks = value.get_object().if_contains("hooks");
  if (hooks == nullptr || !hooks->is_array() || value.get_object().size() != 1) {
    refuse("they are a JSON object with one list called hooks");
  }
  std::string names;
  std::size_t at = 0;
  for (const auto& one : hooks->get_array()) {
    auto hook = read(one, "hooks[" + std::to_string(at++) + "]: ");
    if (hook.name == name) return hook;
    names += (names.empty() ? "" : ", ") + hook.name;
  }
  throw Error(ALLIANCE_E_NOT_FOUND, "webhook:" + name + ": the settings have no hook of that name; they have: " +
                                        (names.empty() ? "none" : names));
}

}  // namespace alliance::webhook

// SPDX-License-Identifier: Apache-2.0
#include "sign.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <alliance/error.hpp>
#include <cstdlib>

#include "../../shared/settings.h"

namespace alliance::webhook {
namespace {

constexpr std::string_view prefix = "whsec_";
constexpr std::size_t least = 24;

// The place is named, the secret never is.
[[noreturn]] void refuse(const std::string& where, const char* why) {
  throw Error(ALLIANCE_E_INVALID, "the webhook's secret in " + where + " " + why);
}

std::string text_at(const std::string& where) {
  if (!where.starts_with("env:")) return shared::read_file(where);
  const char* text = std::getenv(where.c_str() + 4);
  if (text == nullptr) refuse(where, "is not in the environment");
  return text;
}

Key from_base64(const std::string& text, const std::string& where) {
  Key out(text.size());
  const int length =
      EVP_DecodeBlock(out.data(), reinterpret_cast<const unsigned char*>(text.data()), static_cast<int>(text.size()));
  if (length < 0 || text.size() % 4 != 0) refuse(where, "is no base64 after whsec_");
  const auto padding = text.size() - (text.find_last_not_of('=') + 1);
  out.resize(static_cast<std::size_t>(length) - padding);
  return out;
}

}  // namespace

std::vector<Key> read_keys(const std::vector<std::string>& secrets) {
  std::vector<Key> out;
  for (const auto& where : secrets) {
    std::string text = text_at(where);
    while (!text.empty() && (text.back() == '\n' || text.back() == '\r' || text.back() == ' ')) text.pop_back();
    out.push_back(text.starts_with(prefix) ? from_base64(text.substr(prefix.size()), where)
                                           : Key(text.begin(), text.end()));
    if (out.back().size() < least) refuse(where, "is shorter than 24 bytes");
  }
  return out;
}

std::string signature(const std::vector<Key>& keys, const std::string& id, const std::string& seconds,
                      std::string_view body) {
  const std::string content = id + "." + seconds + "." + std::string(body);
  std::string out;
  for (const auto& key : keys) {
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned length = 0;
    HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), reinterpret_cast<const unsigned char*>(content.data()),
         content.size(), digest, &length);
    unsigned char base64[64];
    const int written = EVP_EncodeBlock(base64, digest, static_cast<int>(length));
    out += out.empty() ? "v1," : " v1,";
    out.append(reinterpret_cast<const char*>(base64), static_cast<std::size_t>(written));
  }
  return out;
}

}  // namespace alliance::webhook

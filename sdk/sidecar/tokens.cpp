// SPDX-License-Identifier: Apache-2.0
#include "tokens.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <openssl/sha.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <stdexcept>

namespace alliance::sidecar {
namespace {

constexpr std::string_view issued_prefix = "alt1.";
constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

std::string base64url(std::string_view bytes) {
  std::string out;
  std::uint32_t bits = 0;
  int have = 0;
  for (const char byte : bytes) {
    bits = bits << 8 | static_cast<unsigned char>(byte);
    for (have += 8; have >= 6; have -= 6) out += digits[bits >> (have - 6) & 63];
  }
  if (have > 0) out += digits[bits << (6 - have) & 63];
  return out;
}

std::optional<std::string> from_base64url(std::string_view text) {
  std::string out;
  std::uint32_t bits = 0;
  int have = 0;
  for (const char c : text) {
    const auto digit = digits.find(c);
    if (digit == std::string_view::npos) return std::nullopt;
    bits = bits << 6 | static_cast<std::uint32_t>(digit);
    have += 6;
    if (have < 8) continue;
    have -= 8;
    out += static_cast<char>(bits >> have & 255);
  }
  return out;
}

std::string mac(const std::string& key, std::string_view text) {
  std::string out(SHA256_DIGEST_LENGTH, '\0');
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), reinterpret_cast<const unsigned char*>(text.data()),
       text.size(), reinterpret_cast<unsigned char*>(out.data()), nullptr);
  return out;
}

bool same(std::string_view left, std::string_view right) {
  return left.size() == right.size() && CRYPTO_memcmp(left.data(), right.data(), left.size()) == 0;
}

std::string random_bytes(std::size_t count) {
  std::string out(count, '\0');
  if (RAND_bytes(reinterpret_cast<unsigned char*>(out.data()), static_cast<int>(count)) != 1) {
    throw std::runtime_error("there is no randomness on this machine");
  }
  return out;
}

}  // namespace

std::string sha256_of(std::string_view text) {
  std::string out(SHA256_DIGEST_LENGTH, '\0');
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(),
         reinterpret_cast<unsigned char*>(out.data()));
  return out;
}

std::string hex_of(std::string_view bytes) {
  static constexpr char hex[] = "0123456789abcdef";
  std::string out;
  for (const char byte : bytes) {
    out += hex[static_cast<unsigned char>(byte) >> 4];
    out += hex[static_cast<unsigned char>(byte) & 15];
  }
  return out;
}

std::string base64_of(std::string_view bytes) {
  std::string out((bytes.size() + 2) / 3 * 4 + 1, '\0');  // and a NUL
  EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()), reinterpret_cast<const unsigned char*>(bytes.data()),
                  static_cast<int>(bytes.size()));
  out.pop_back();
  return out;
}

std::string random_token() { return base64url(random_bytes(32)); }

Tokens::Tokens(std::vector<TokenSettings> known) : known_(std::move(known)), key_(random_bytes(32)) {}

std::optional<Caller> Tokens::find(const std::string& authorization, std::int64_t now) const {
  constexpr std::string_view scheme = "bearer ";
  if (authorization.size() <= scheme.size() || authorization.size() > 4096) return std::nullopt;
  for (std::size_t i = 0; i < scheme.size(); ++i) {
    if ((authorization[i] | 0x20) != scheme[i] && authorization[i] != scheme[i]) return std::nullopt;
  }
  const auto token = std::string_view(authorization).substr(scheme.size());
  if (token.starts_with(issued_prefix)) return issued(token, now);
  const std::string hash = sha256_of(token);
  std::optional<Caller> found;
  for (const TokenSettings& one : known_) {  // all of them, whichever it is
    if (same(one.sha256, hash)) found = Caller{one.name, one.tenant, one.role, one.id, false};
  }
  return found;
}

std::string Tokens::issue(const Caller& by, std::int32_t role, const std::string& id, std::int64_t until) const {
  const boost::json::object says = {{"k", by.token}, {"t", by.tenant}, {"r", role}, {"i", id}, {"e", until}};
  const std::string body = std::string(issued_prefix) + base64url(boost::json::serialize(says));
  return body + "." + base64url(mac(key_, body));
}

std::optional<Caller> Tokens::issued(std::string_view token, std::int64_t now) const {
  const auto dot = token.rfind('.');
  if (dot == std::string_view::npos || dot <= issued_prefix.size()) return std::nullopt;
  const auto body = token.substr(0, dot);
  if (!same(base64url(mac(key_, body)), token.substr(dot + 1))) return std::nullopt;
  const auto text = from_base64url(body.substr(issued_prefix.size()));
  boost::json::error_code bad;
  const auto says = text ? boost::json::parse(*text, bad) : boost::json::value();
  if (bad || !says.is_object()) return std::nullopt;
  if (says.at("e").as_int64() <= now) return std::nullopt;
  const auto part = [&](const char* name) { return std::string(says.at(name).as_string()); };
  return Caller{part("k") + " for " + part("i"), part("t"), static_cast<std::int32_t>(says.at("r").as_int64()),
                part("i"), true};
}

}  // namespace alliance::sidecar

// SPDX-License-Identifier: Apache-2.0
#include "plugin/signature.h"

#include <alliance_schema/config_generated.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <memory>
#include <system_error>

#include "schema/json.h"

namespace alliance::plugin {
namespace {

constexpr std::string_view scheme = "ed25519:";
constexpr std::size_t signature_length = 64;
constexpr std::uint64_t most_trust = 1u << 20;

using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using Context = std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)>;

std::string base64(const unsigned char* bytes, std::size_t length) {
  std::string text((length + 2) / 3 * 4 + 1, '\0');
  text.resize(
      static_cast<std::size_t>(EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()), bytes, int(length))));
  return text;
}

// Exactly `length` bytes, or nothing.
bool from_base64(std::string_view text, unsigned char* to, std::size_t length) {
  std::vector<unsigned char> room(text.size() + 3);
  if (text.size() != (length + 2) / 3 * 4) return false;
  const int got =
      EVP_DecodeBlock(room.data(), reinterpret_cast<const unsigned char*>(text.data()), static_cast<int>(text.size()));
  if (got < static_cast<int>(length) || base64(room.data(), length) != text) return false;
  std::copy_n(room.data(), length, to);
  return true;
}

// What is signed: said once, so that signer and host cannot differ.
std::string message_of(const Manifest& manifest) {
  return "alliance plugin signature 1\n" + manifest.signed_hash + "\n" + manifest.library_hash + "\n";
}

Result<PublicKey> public_of(const EVP_PKEY* key) {
  PublicKey made;
  std::size_t length = made.bytes.size();
  if (EVP_PKEY_get_raw_public_key(key, made.bytes.data(), &length) != 1 || length != made.bytes.size()) {
    return fail(ALLIANCE_E_BAD_INPUT, "it is no Ed25519 key: make one with alliance sign --make-key");
  }
  return made;
}

struct Signature {
  std::string key;
  std::array<unsigned char, signature_length> bytes{};
};

Result<Signature> read_signature(const std::string& text) {
  Signature made;
  const std::size_t colon = text.find(':', scheme.size());
  if (!text.starts_with(scheme) || colon == std::string::npos ||
      !from_base64(std::string_view(text).substr(colon + 1), made.bytes.data(), made.bytes.size())) {
    return fail(
        ALLIANCE_E_BAD_INPUT,
        "its signature is none that this host reads: sign it again with alliance sign, or install a newer host");
  }
  made.key = text.substr(scheme.size(), colon - scheme.size());
  if (made.key.size() != 16 || made.key.find_first_not_of("0123456789abcdef") != std::string::npos) {
    return fail(ALLIANCE_E_BAD_INPUT, "its signature names no key: sign it again with alliance sign");
  }
  return made;
}

bool verifies(const PublicKey& key, const Signature& signature, const std::string& message) {
  const Key with(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, key.bytes.data(), key.bytes.size()),
                 &EVP_PKEY_free);
  const Context context(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
  return with && context && EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, with.get()) == 1 &&
         EVP_DigestVerify(context.get(), signature.bytes.data(), signature.bytes.size(),
                          reinterpret_cast<const unsigned char*>(message.data()), message.size()) == 1;
}

}  // namespace

std::int64_t end_of_day(const std::string& text) {
  int year = 0, end = 0;
  unsigned month = 0, day = 0;
  if (std::sscanf(text.c_str(), "%4d-%2u-%2u%n", &year, &month, &day, &end) != 3 || end != 10 || text.size() != 10) {
    return 0;
  }
  const std::chrono::year_month_day date{std::chrono::year{year}, std::chrono::month{month}, std::chrono::day{day}};
  if (!date.ok()) return 0;
  const auto next = std::chrono::sys_days(date) + std::chrono::days(1);
  return std::chrono::duration_cast<std::chrono::microseconds>(next.time_since_epoch()).count();
}

namespace {

// "1.10.0" is newer than "1.9". What follows a hyphen makes a version older than the same without it.
int compare_versions(std::string_view left, std::string_view right) {
  const auto part = [](std::string_view& text, bool& number) {
    const std::size_t end = std::min(text.find_first_of(".-+"), text.size());
    std::string word(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    number = word.find_first_not_of("0123456789") == std::string::npos;
    if (number) word.insert(0, word.size() < 20 ? 20 - word.size() : 0, '0');  // numbers compare as text of one length
    return word;
  };
  const auto split = [](std::string_view text) {
    const std::size_t hyphen = std::min(text.find('-'), text.size());
    return std::pair(text.substr(0, hyphen), text.substr(std::min(hyphen + 1, text.size())));
  };
  const auto in_order = [&](std::string_view one, std::string_view other) {
    while (!one.empty() || !other.empty()) {
      bool first = false, second = false;
      const std::string mine = part(one, first), theirs = part(other, second);
      if (first != second) return first ? -1 : 1;
      if (const int order = mine.compare(theirs); order != 0) return order;
    }
    return 0;
  };
  const auto [left_numbers, left_rest] = split(left);
  const auto [right_numbers, right_rest] = split(right);
  if (const int order = in_order(left_numbers, right_numbers); order != 0) return order;
  if (left_rest.empty() != right_rest.empty()) return left_rest.empty() ? 1 : -1;
  return in_order(left_rest, right_rest);
}

}  // namespace

std::string PublicKey::id() const {
  return sha256_of({reinterpret_cast<const char*>(bytes.data()), bytes.size()}).substr(0, 16);
}
std::string PublicKey::text() const { return base64(bytes.data(), bytes.size()); }

Result<PublicKey> make_key(const std::string& path) {
  const Key key(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"), &EVP_PKEY_free);
  if (!key) return fail(ALLIANCE_E_INTERNAL, "OpenSSL made no key");
  const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (file < 0) {
    return fail(ALLIANCE_E_IO, path + " cannot be made: " + std::generic_category().message(errno));
  }
  std::FILE* out = fdopen(file, "w");
  const bool written =
      out != nullptr && PEM_write_PrivateKey(out, key.get(), nullptr, nullptr, 0, nullptr, nullptr) == 1;
  if (out == nullptr || std::fclose(out) != 0 || !written) {
    unlink(path.c_str());
    return fail(ALLIANCE_E_IO, path + " cannot be written");
  }
  return public_of(key.get());
}

Result<std::string> sign(const Manifest& manifest, const std::string& key_path) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> in(std::fopen(key_path.c_str(), "re"), &std::fclose);
  if (!in) return fail(ALLIANCE_E_NOT_FOUND, key_path + " cannot be opened");
  // Nobody is asked for a passphrase: this may run where nobody is.
  const auto none = [](char*, int, int, void*) { return -1; };
  const Key key(PEM_read_PrivateKey(in.get(), nullptr, none, nullptr), &EVP_PKEY_free);
  if (!key) return fail(ALLIANCE_E_BAD_INPUT, key_path + " holds no private key in PEM, without a passphrase");
  const auto own = public_of(key.get());
  if (!own) return fail(own.error().status, key_path + ": " + own.error().message);
  std::array<unsigned char, signature_length> bytes{};
  std::size_t length = bytes.size();
  const std::string message = message_of(manifest);
  const Context context(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
  if (!context || EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key.get()) != 1 ||
      EVP_DigestSign(context.get(), bytes.data(), &length, reinterpret_cast<const unsigned char*>(message.data()),
                     message.size()) != 1) {
    return fail(ALLIANCE_E_INTERNAL, "OpenSSL did not sign");
  }
  return std::string(scheme) + own->id() + ":" + base64(bytes.data(), length);
}

Result<Trust> Trust::read(const std::string& path) {
  const std::string where = "trust file " + path + ": ";
  const auto bad = [&](const std::string& what) { return fail(ALLIANCE_E_BAD_INPUT, where + what); };
  const auto file = open_file(path, most_trust);
  if (!file) return fail(file.error().status, where + file.error().message);
  const auto text = read_all(*file);
  if (!text) return fail(text.error().status, where + text.error().message);
  const auto bytes = schema::json_to_bytes("Trust", *text);
  if (!bytes) return fail(bytes.error().status, where + bytes.error().message, bytes.error().detail);
  fb::TrustT from;
  flatbuffers::GetRoot<fb::Trust>(bytes->data())->UnPackTo(&from);
  Trust made;
  for (const auto& entry : from.keys) {
    Key key{entry->name, entry->not_after, {}, end_of_day(entry->not_after)};
    if (entry->name.empty()) return bad("a key has no name");
    if (!from_base64(entry->key, key.key.bytes.data(), key.key.bytes.size())) {
      return bad("key of " + entry->name + ": it is not the base64 of 32 bytes; alliance sign --make-key prints it");
    }
    if (key.not_after == 0) {
      return bad("key of " + entry->name + ": not_after is no day; write one such as 2028-12-31");
    }
    made.keys_.push_back(std::move(key));
  }
  for (const auto& entry : from.minimum_versions) {
    if (!good_plugin_id(entry->plugin)) return bad("minimum_versions: '" + entry->plugin + "' is no plugin's id");
    made.least_.push_back({entry->plugin, entry->version});
  }
  return made;
}

Result<std::string> Trust::judge(const Manifest& manifest, std::int64_t now, bool signed_only) const {
  const auto denied = [](std::string what) { return fail(ALLIANCE_E_DENIED, std::move(what)); };
  for (const Least& least : least_) {
    if (least.plugin != manifest.id || compare_versions(manifest.version, least.version) >= 0) continue;
    return denied("it is version " + manifest.version + " and the trust file wants " + least.version +
                  " at least: install a newer one");
  }
  if (manifest.signature.empty()) {
    if (signed_only) return denied("it is not signed and this host loads signed plugins only: have its vendor sign it");
    return std::string("none");
  }
  const auto signature = read_signature(manifest.signature);
  if (!signature) return tl::unexpected(signature.error());
  for (const Key& key : keys_) {
    if (key.key.id() != signature->key) continue;
    if (!verifies(key.key, *signature, message_of(manifest))) {
      return denied("its signature by " + key.name +
                    " is not over these bytes: manifest or library was changed after it was signed; install it again");
    }
    if (now >= key.not_after) {
      return denied("the key of " + key.name + " that signed it was good until " + key.until +
                    ": install a build that a newer key signed");
    }
    return "good, by " + key.name + " (key " + signature->key + ", until " + key.until + ")";
  }
  return denied("it is signed by key " + signature->key +
                ", which is not in the trust file: add the key if you believe its owner");
}

std::string signature_words(const Manifest& manifest) {
  if (manifest.signature.empty()) return "none";
  const auto signature = read_signature(manifest.signature);
  return signature ? "by key " + signature->key + ", not checked: name a trust file" : signature.error().message;
}

}  // namespace alliance::plugin

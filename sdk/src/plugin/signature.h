// SPDX-License-Identifier: Apache-2.0
// Who answers for a plugin: Ed25519 over its manifest and its library's hash, and whom an operator believes.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "common/result.h"
#include "plugin/manifest.h"

namespace alliance::plugin {

struct PublicKey {
  std::array<unsigned char, 32> bytes{};
  std::string id() const;    // 16 hex digits, the beginning of its hash
  std::string text() const;  // base64, as a trust file has it
};

// A new private key in a PEM file that its owner alone can read; refused where there is a file already.
Result<PublicKey> make_key(const std::string& path);

// The text for the field `signature` of this manifest, by the key in a PEM file.
Result<std::string> sign(const Manifest& manifest, const std::string& key_path);

// Whom an operator believes (the Trust table of the schema).
class Trust {
 public:
  static Result<Trust> read(const std::string& path);

  // What is to be said of a plugin's signature, or why it is refused: the signature is of another key, of a key that
  // ran out, or not over these bytes; the plugin is older than it may be; or there is none and `signed_only`.
  Result<std::string> judge(const Manifest& manifest, std::int64_t now, bool signed_only) const;

 private:
  struct Key {
    std::string name, until;
    PublicKey key;
    std::int64_t not_after;  // the first instant after its last day
  };
  struct Least {
    std::string plugin, version;
  };
  std::vector<Key> keys_;
  std::vector<Least> least_;
};

// The first instant after a day of the calendar, "2028-12-31", in UTC; 0 where it is none.
std::int64_t end_of_day(const std::string& text);

// What can be said without a trust file: "none", or by which key.
std::string signature_words(const Manifest& manifest);

}  // namespace alliance::plugin

// SPDX-License-Identifier: Apache-2.0
// Signatures as Standard Webhooks has them (https://www.standardwebhooks.com): HMAC-SHA256 over id, time and body.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace alliance::webhook {

using Key = std::vector<unsigned char>;

// Reads each secret: the path of a file, or env:NAME. "whsec_" and base64, or a text that is the key itself; of 24
// bytes at least.
std::vector<Key> read_keys(const std::vector<std::string>& secrets);

// One "v1,BASE64" per key, newest first, with spaces between: the receiver takes any that it knows, so that a key is
// replaced without a moment in which nothing fits.
std::string signature(const std::vector<Key>& keys, const std::string& id, const std::string& seconds,
                      std::string_view body);

}  // namespace alliance::webhook

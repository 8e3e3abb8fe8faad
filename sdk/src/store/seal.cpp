// SPDX-License-Identifier: Apache-2.0
#include "store/seal.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <mutex>

namespace alliance::store {
namespace {

constexpr std::array<std::uint8_t, 4> mark{'A', 'L', 'X', '1'};
constexpr std::size_t nonce_length = 24, tag_length = 16, block = 16;

struct Free {
  void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};
using Context = std::unique_ptr<EVP_CIPHER_CTX, Free>;

// Looked up once: a look-up by name costs more than a short message.
const EVP_CIPHER* gcm() {
  static const EVP_CIPHER* const cipher = EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr);
  return cipher;
}
const EVP_CIPHER* ecb() {
  static const EVP_CIPHER* const cipher = EVP_CIPHER_fetch(nullptr, "AES-256-ECB", nullptr);
  return cipher;
}

// Drawn many at a time: a draw costs as much as sealing a short message. They are no secret, but none may come twice,
// so a process that was forked off draws its own.
Result<void> draw(std::span<std::uint8_t, nonce_length> into) {
  constexpr std::size_t at_once = 128;
  static std::mutex mutex;
  static std::array<std::uint8_t, at_once * nonce_length> drawn;
  static std::size_t left = 0;
  static pid_t drawn_by = 0;
  const std::lock_guard lock(mutex);
  if (left == 0 || drawn_by != ::getpid()) {
    left = 0;
    if (auto ok = random_bytes(drawn); !ok) return ok;
    left = at_once;
    drawn_by = ::getpid();
  }
  --left;
  std::copy_n(drawn.begin() + static_cast<std::ptrdiff_t>(left * nonce_length), nonce_length, into.begin());
  return {};
}

tl::unexpected<Failure> broken() { return fail(ALLIANCE_E_INTERNAL, "the cipher of OpenSSL cannot be used"); }

// The message's own key: CMAC as a key derivation function, as C2SP's XAES-256-GCM has it.
Result<Secret> derived(EVP_CIPHER_CTX* context, const Secret& key, std::span<const std::uint8_t, nonce_length> nonce) {
  int written = 0;
  if (EVP_EncryptInit_ex(context, ecb(), nullptr, key.data(), nullptr) != 1 ||
      EVP_CIPHER_CTX_set_padding(context, 0) != 1) {
    return broken();
  }
  std::array<std::uint8_t, block> subkey{};
  if (EVP_EncryptUpdate(context, subkey.data(), &written, subkey.data(), block) != 1) return broken();
  const bool carry = (subkey[0] & 0x80) != 0;
  for (std::size_t i = 0; i < block; ++i) {
    const unsigned next = i + 1 < block ? subkey[i + 1] >> 7 : 0;
    subkey[i] = static_cast<std::uint8_t>((static_cast<unsigned>(subkey[i]) << 1) | next);
  }
  if (carry) subkey[block - 1] ^= 0x87;

  std::array<std::uint8_t, 2 * block> input{};
  for (std::size_t half = 0; half < 2; ++half) {
    auto* at = input.data() + half * block;
    at[1] = static_cast<std::uint8_t>(half + 1);
    at[2] = 'X';
    std::copy_n(nonce.data(), 12, at + 4);
    for (std::size_t i = 0; i < block; ++i) at[i] ^= subkey[i];
  }
  Secret out;
  if (EVP_EncryptUpdate(context, out.data(), &written, input.data(), 2 * block) != 1) return broken();
  OPENSSL_cleanse(subkey.data(), subkey.size());
  return out;
}

void put(Bytes& out, std::uint64_t number) {
  for (int shift = 0; shift < 64; shift += 8) out.push_back(static_cast<std::uint8_t>(number >> shift));
}
void put(Bytes& out, std::string_view text) {  // with its length: no two lists of parts run together
  put(out, std::uint64_t{text.size()});
  out.insert(out.end(), text.begin(), text.end());
}

// `out` has room for the cipher text and the tag behind it.
Result<void> encrypt(const Secret& key, std::span<const std::uint8_t, nonce_length> nonce,
                     std::span<const std::uint8_t> plain, std::span<const std::uint8_t> associated, std::uint8_t* out) {
  const Context context(EVP_CIPHER_CTX_new());
  if (!context) return broken();
  const auto own = derived(context.get(), key, nonce);
  if (!own) return tl::unexpected(own.error());
  int written = 0;
  const bool done =
      EVP_CIPHER_CTX_reset(context.get()) == 1 &&
      EVP_EncryptInit_ex(context.get(), gcm(), nullptr, own->data(), nonce.data() + 12) == 1 &&
      EVP_EncryptUpdate(context.get(), nullptr, &written, associated.data(), static_cast<int>(associated.size())) ==
          1 &&
      EVP_EncryptUpdate(context.get(), out, &written, plain.data(), static_cast<int>(plain.size())) == 1 &&
      EVP_EncryptFinal_ex(context.get(), out + plain.size(), &written) == 1 &&
      EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_GET_TAG, tag_length, out + plain.size()) == 1;
  if (!done) return broken();
  return {};
}

}  // namespace

Secret::Secret(std::span<const std::uint8_t, length> bytes) { std::copy(bytes.begin(), bytes.end(), bytes_.begin()); }
Secret::~Secret() { OPENSSL_cleanse(bytes_.data(), bytes_.size()); }

Result<void> random_bytes(std::span<std::uint8_t> into) {
  if (RAND_bytes(into.data(), static_cast<int>(into.size())) == 1) return {};
  return fail(ALLIANCE_E_IO, "the system gives no random numbers: nothing can be encrypted");
}

Result<Secret> Secret::random() {
  Secret out;
  return random_bytes({out.data(), length}).map([&] { return out; });
}

Bytes associated(std::string_view owner, const Place& place) {
  Bytes out;
  out.reserve(64 + owner.size() + place.what.size() + place.stream.size() + place.name.size());
  put(out, owner);
  put(out, place.what);
  put(out, place.stream);
  put(out, static_cast<std::uint64_t>(place.epoch));
  put(out, place.row);
  put(out, place.name);
  put(out, static_cast<std::uint64_t>(place.time));
  return out;
}

bool looks_sealed(std::span<const std::uint8_t> bytes) {
  return bytes.size() >= seal_overhead && std::equal(mark.begin(), mark.end(), bytes.begin());
}

Result<Bytes> xaes256gcm(const Secret& key, std::span<const std::uint8_t, 24> nonce,
                         std::span<const std::uint8_t> plain, std::span<const std::uint8_t> associated) {
  Bytes out(plain.size() + tag_length);
  return encrypt(key, nonce, plain, associated, out.data()).map([&] { return std::move(out); });
}

Result<Bytes> seal(const Secret& key, std::span<const std::uint8_t> plain, std::span<const std::uint8_t> associated) {
  Bytes out(plain.size() + seal_overhead);
  std::copy(mark.begin(), mark.end(), out.begin());
  const std::span<std::uint8_t, nonce_length> nonce(out.data() + mark.size(), nonce_length);
  if (auto ok = draw(nonce); !ok) return tl::unexpected(std::move(ok).error());
  return encrypt(key, nonce, plain, associated, out.data() + mark.size() + nonce_length).map([&] {
    return std::move(out);
  });
}

Result<Bytes> unseal(const Secret& key, std::span<const std::uint8_t> sealed,
                     std::span<const std::uint8_t> associated) {
  const auto refused = [] {
    return fail(ALLIANCE_E_BAD_INPUT, "sealed bytes do not open with this key in this place");
  };
  if (!looks_sealed(sealed)) return refused();
  const std::span<const std::uint8_t, nonce_length> nonce(sealed.data() + mark.size(), nonce_length);
  const auto text = sealed.subspan(mark.size() + nonce_length, sealed.size() - seal_overhead);
  const Context context(EVP_CIPHER_CTX_new());
  if (!context) return broken();
  const auto own = derived(context.get(), key, nonce);
  if (!own) return tl::unexpected(own.error());
  Bytes out(text.size());
  std::array<std::uint8_t, tag_length> tag{};
  std::copy_n(sealed.end() - tag_length, tag_length, tag.begin());
  int written = 0;
  const bool done =
      EVP_CIPHER_CTX_reset(context.get()) == 1 &&
      EVP_DecryptInit_ex(context.get(), gcm(), nullptr, own->data(), nonce.data() + 12) == 1 &&
      EVP_DecryptUpdate(context.get(), nullptr, &written, associated.data(), static_cast<int>(associated.size())) ==
          1 &&
      EVP_DecryptUpdate(context.get(), out.data(), &written, text.data(), static_cast<int>(text.size())) == 1 &&
      EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_SET_TAG, tag_length, tag.data()) == 1;
  if (!done) return broken();
  std::array<std::uint8_t, block> nothing{};
  if (EVP_DecryptFinal_ex(context.get(), nothing.data(), &written) != 1) {
    OPENSSL_cleanse(out.data(), out.size());
    return refused();
  }
  return out;
}

}  // namespace alliance::store

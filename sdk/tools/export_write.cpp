// SPDX-License-Identifier: Apache-2.0
#include "export_write.h"

#include <fcntl.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace alliance::tools::study {
namespace {

namespace fs = std::filesystem;

constexpr const char* manifest_name = "manifest.json";

std::string hex_of(const unsigned char* bytes, std::size_t count) {
  static constexpr char digits[] = "0123456789abcdef";
  std::string text;
  for (std::size_t i = 0; i < count; ++i) text += {digits[bytes[i] >> 4], digits[bytes[i] & 15]};
  return text;
}

tl::unexpected<Failure> not_written(const std::string& path) {
  return fail(ALLIANCE_E_IO, path + " cannot be written: " + std::strerror(errno));
}

// On the disk before it counts as written.
Result<void> write_file(const fs::path& path, std::string_view text, int flags) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | flags, 0600);
  if (file < 0) return not_written(path.string());
  bool fine = true;
  while (fine && !text.empty()) {
    const ssize_t put = ::write(file, text.data(), text.size());
    if (put < 0 && errno == EINTR) continue;
    fine = put > 0;
    if (fine) text.remove_prefix(static_cast<std::size_t>(put));
  }
  fine = fine && ::fsync(file) == 0;
  const int problem = errno;
  ::close(file);
  if (fine) return {};
  errno = problem;
  return not_written(path.string());
}

bool lies_in(const fs::path& file, const fs::path& folder) {
  std::error_code bad;
  const auto inner = fs::weakly_canonical(fs::absolute(file, bad), bad);
  const auto outer = fs::weakly_canonical(fs::absolute(folder, bad), bad);
  const auto way = inner.lexically_relative(outer);
  return !way.empty() && *way.begin() != "..";
}

}  // namespace

std::string sha256(std::string_view text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned length = 0;
  EVP_Digest(text.data(), text.size(), digest.data(), &length, EVP_sha256(), nullptr);
  return hex_of(digest.data(), length);
}

Result<std::string> text_of(const std::string& file) {
  std::error_code bad;
  std::ifstream in(file, std::ios::binary);
  std::ostringstream text;
  if (!fs::is_regular_file(file, bad) || !in || !(text << in.rdbuf())) {
    return fail(ALLIANCE_E_NOT_FOUND, file + " cannot be read");
  }
  return text.str();
}

Result<Key> key_of(const std::string& file, const std::string& out) {
  if (!out.empty() && lies_in(file, out)) {
    return fail(ALLIANCE_E_INVALID,
                "the key would lie in " + out + ", among what it protects: name another --key FILE");
  }
  std::error_code bad;
  if (fs::exists(file, bad)) {
    auto text = text_of(file);
    if (!text) return tl::unexpected(text.error());
    while (!text->empty() && (text->back() == '\n' || text->back() == '\r')) text->pop_back();
    if (text->size() < 32) {
      return fail(ALLIANCE_E_BAD_INPUT, file + " is no key: it holds fewer than 32 characters");
    }
    return Key{std::move(*text), false};
  }
  auto key = random_key();
  if (!key) return key;
  if (auto done = write_file(file, key->bytes + "\n", O_EXCL); !done) return tl::unexpected(done.error());
  return key;
}

Result<Key> random_key() {
  std::array<unsigned char, 32> random{};
  if (RAND_bytes(random.data(), static_cast<int>(random.size())) != 1) {
    return fail(ALLIANCE_E_INTERNAL, "this machine gives no random numbers for a key");
  }
  return Key{hex_of(random.data(), random.size()), true};
}

Result<void> may_write(const std::string& out, bool force) {
  std::error_code bad;
  if (!fs::exists(out, bad)) return {};
  if (!fs::exists(fs::path(out) / manifest_name, bad)) {
    return fail(ALLIANCE_E_INVALID, out + " is there and is no earlier export: name a folder that is still to be made");
  }
  if (!force) return fail(ALLIANCE_E_INVALID, out + " holds an earlier export: say --force to replace it");
  return {};
}

Result<void> write(const std::string& out, const Files& files, const std::string& manifest, bool force) {
  fs::path target = out;
  if (!target.has_filename()) target = target.parent_path();
  const fs::path beside = target.string() + ".part-" + std::to_string(::getpid());
  const fs::path before = target.string() + ".before-" + std::to_string(::getpid());
  std::error_code bad;
  if (!fs::create_directories(beside, bad)) {
    return fail(ALLIANCE_E_IO, beside.string() + " cannot be made: " + bad.message());
  }
  fs::permissions(beside, fs::perms::owner_all, bad);
  Result<void> done;
  for (const auto& [name, rows] : files) {
    if (done) done = write_file(beside / name, rows.text, O_EXCL);
  }
  if (done) done = write_file(beside / manifest_name, manifest, O_EXCL);
  bad.clear();
  const bool replaces = done && force && fs::exists(target);
  if (replaces) fs::rename(target, before, bad);
  if (done && !bad) fs::rename(beside, target, bad);
  if (done && bad) done = fail(ALLIANCE_E_IO, target.string() + " cannot be written: " + bad.message());
  std::error_code ignored;
  if (!done) fs::remove_all(beside, ignored);
  if (replaces) {
    done ? static_cast<void>(fs::remove_all(before, ignored)) : fs::rename(before, target, ignored);
  }
  return done;
}

}  // namespace alliance::tools::study

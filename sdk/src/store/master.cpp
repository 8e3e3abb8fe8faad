// SPDX-License-Identifier: Apache-2.0
#include "store/master.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>

namespace alliance::store {
namespace {

constexpr std::size_t digits = 2 * Secret::length;

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return number_; }

 private:
  int number_;
};

tl::unexpected<Failure> system_failure(const std::string& what) {
  return fail(ALLIANCE_E_IO, what + ": " + std::strerror(errno));
}

int digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

Result<Secret> parsed(std::string_view text, const std::string& where) {
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r' || text.back() == ' ')) text.remove_suffix(1);
  Secret out;
  bool good = text.size() == digits;
  for (std::size_t i = 0; good && i < Secret::length; ++i) {
    const int high = digit(text[2 * i]), low = digit(text[2 * i + 1]);
    good = high >= 0 && low >= 0;
    if (good) out.data()[i] = static_cast<std::uint8_t>(high * 16 + low);
  }
  if (!good) return fail(ALLIANCE_E_INVALID, where + " holds no master key: it must be 64 hexadecimal digits");
  return out;
}

Result<Secret> from_file(const std::string& path, Make make) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (file.get() < 0) {
    if (errno != ENOENT) return system_failure("the master key " + path + " cannot be read");
    if (make == Make::no) {
      return fail(ALLIANCE_E_NOT_FOUND, "the master key " + path +
                                            " is missing: put it back, or name it by the key file or "
                                            "ALLIANCE_STORE_KEY_FILE; without it nothing in the store can be read");
    }
    const auto secret = Secret::random();
    if (!secret) return secret;
    static constexpr char hex[] = "0123456789abcdef";
    Bytes text;
    for (const auto byte : secret->bytes()) {
      text.push_back(static_cast<std::uint8_t>(hex[byte >> 4]));
      text.push_back(static_cast<std::uint8_t>(hex[byte & 15]));
    }
    text.push_back('\n');
    if (auto ok = write_private(path, text); !ok) return tl::unexpected(std::move(ok).error());
    return secret;
  }
  struct stat status{};
  if (::fstat(file.get(), &status) != 0) return system_failure("the master key " + path + " cannot be read");
  if ((status.st_mode & 0077) != 0) {
    return fail(ALLIANCE_E_DENIED, "the master key " + path + " can be read by others: run chmod 600 " + path);
  }
  char text[digits + 16];
  const auto length = ::read(file.get(), text, sizeof text);
  if (length < 0) return system_failure("the master key " + path + " cannot be read");
  return parsed({text, static_cast<std::size_t>(length)}, path);
}

}  // namespace

bool file_exists(const std::string& path) {
  std::error_code error;
  return std::filesystem::exists(path, error);
}

Result<void> sync_folder(const std::string& path) {
  const auto folder = std::filesystem::path(path).parent_path();
  const Descriptor handle(::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (handle.get() < 0 || ::fsync(handle.get()) != 0) return system_failure(folder.string() + " cannot be synced");
  return {};
}

Result<void> write_private(const std::string& path, std::span<const std::uint8_t> bytes) {
  const std::string draft = path + ".new";
  {
    const Descriptor file(::open(draft.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (file.get() < 0) return system_failure(draft + " cannot be made");
    std::size_t at = 0;
    while (at < bytes.size()) {
      const auto written = ::write(file.get(), bytes.data() + at, bytes.size() - at);
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) return system_failure(draft + " cannot be written");
      at += static_cast<std::size_t>(written);
    }
    if (::fchmod(file.get(), 0600) != 0 || ::fsync(file.get()) != 0) return system_failure(draft + " cannot be kept");
  }
  // A link, not a rename: of two processes that make it at once, one wins and the other is told.
  const int linked = ::link(draft.c_str(), path.c_str());
  const int error = errno;
  ::unlink(draft.c_str());
  if (linked != 0) {
    errno = error;
    if (error == EEXIST) return fail(ALLIANCE_E_STATE, path + " exists already");
    return system_failure(path + " cannot be made");
  }
  return sync_folder(path);
}

Result<Secret> master_key(const KeySource& source, const std::string& store, Make make) {
  if (!source.file.empty()) return from_file(source.file, make);
  if (const char* key = std::getenv("ALLIANCE_STORE_KEY"); key != nullptr && *key != '\0') {
    return parsed(key, "ALLIANCE_STORE_KEY");
  }
  if (const char* file = std::getenv("ALLIANCE_STORE_KEY_FILE"); file != nullptr && *file != '\0') {
    return from_file(file, make);
  }
  return from_file(store + ".master", make);
}

}  // namespace alliance::store

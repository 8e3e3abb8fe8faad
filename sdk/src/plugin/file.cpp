// SPDX-License-Identifier: Apache-2.0
#include "plugin/file.h"

#include <elf.h>
#include <fcntl.h>
#include <link.h>
#include <openssl/evp.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <system_error>
#include <vector>

namespace alliance::plugin {
namespace {

std::string reason(int number) { return std::generic_category().message(number); }

std::string hex_of(const unsigned char* bytes, unsigned length) {
  std::string text;
  for (unsigned at = 0; at < length; ++at) {
    text += "0123456789abcdef"[bytes[at] >> 4];
    text += "0123456789abcdef"[bytes[at] & 15];
  }
  return text;
}

// Reads exactly `length` bytes, or fails.
bool read_at(const File& file, void* to, std::size_t length, std::uint64_t offset) {
  auto* next = static_cast<char*>(to);
  while (length > 0) {
    const ssize_t got = pread(file.descriptor.get(), next, length, static_cast<off_t>(offset));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return false;
    next += got;
    offset += static_cast<std::uint64_t>(got);
    length -= static_cast<std::size_t>(got);
  }
  return true;
}

bool leaves_by_its_words(const std::string& path) {
  if (path.front() == '/') return true;
  for (std::size_t from = 0; from <= path.size();) {
    const std::size_t end = std::min(path.find('/', from), path.size());
    if (path.compare(from, end - from, "..") == 0) return true;
    from = end + 1;
  }
  return false;
}

}  // namespace

Descriptor::~Descriptor() {
  if (number_ >= 0) close(number_);
}

Result<File> open_file(const std::string& path, std::uint64_t most) {
  // O_NONBLOCK: a pipe of that name would make us wait for its writer.
  File file{Descriptor(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)), 0, {}};
  if (file.descriptor.get() < 0) {
    const int number = errno;
    return fail(number == ENOENT || number == ENOTDIR ? ALLIANCE_E_NOT_FOUND : ALLIANCE_E_IO,
                number == ENOENT ? "there is no such file" : "it cannot be opened: " + reason(number));
  }
  struct stat status{};
  if (fstat(file.descriptor.get(), &status) != 0) {
    return fail(ALLIANCE_E_IO, "it cannot be looked at: " + reason(errno));
  }
  if (!S_ISREG(status.st_mode)) return fail(ALLIANCE_E_BAD_INPUT, "it is not a regular file");
  file.size = static_cast<std::uint64_t>(status.st_size);
  file.identity = {status.st_dev, status.st_ino};
  if (file.size > most) {
    return fail(ALLIANCE_E_LIMIT,
                "it has " + std::to_string(file.size) + " bytes, the limit is " + std::to_string(most));
  }
  return file;
}

Result<File> open_inside(const std::string& folder, const std::string& path, std::uint64_t most) {
  if (path.empty()) return fail(ALLIANCE_E_BAD_INPUT, "its path is empty");
  if (path.size() > 1024) return fail(ALLIANCE_E_LIMIT, "its path is longer than 1024 bytes");
  if (path.find('\0') != std::string::npos) return fail(ALLIANCE_E_BAD_INPUT, "its path holds a NUL");
  if (leaves_by_its_words(path)) {
    return fail(ALLIANCE_E_BAD_INPUT,
                "its path leaves the manifest's folder: keep a plugin's files beside its manifest");
  }
  auto file = open_file(folder + "/" + path, most);
  if (!file) return file;
  // Where the descriptor really lies, whatever symbolic links led there.
  std::array<char, 4096> real{};
  const ssize_t length = readlink(file->descriptor.path().c_str(), real.data(), real.size());
  if (length < 0) return fail(ALLIANCE_E_IO, "where it lies cannot be told without /proc: " + reason(errno));
  const std::string_view place(real.data(), static_cast<std::size_t>(length));
  const std::string inside = folder == "/" ? "/" : folder + "/";
  if (static_cast<std::size_t>(length) == real.size() || place.substr(0, inside.size()) != inside) {
    return fail(ALLIANCE_E_BAD_INPUT,
                "a symbolic link leads out of the manifest's folder: keep a plugin's files beside its manifest");
  }
  return file;
}

Result<std::string> read_all(const File& file) {
  std::string text(static_cast<std::size_t>(file.size), '\0');
  if (!read_at(file, text.data(), text.size(), 0)) return fail(ALLIANCE_E_IO, "it became shorter while it was read");
  return text;
}

Result<std::string> sha256(const File& file) {
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned length = 0;
  bool good = context && EVP_DigestInit_ex(context.get(), EVP_sha256(), nullptr) == 1;
  std::vector<char> block(std::size_t{1} << 16);
  for (std::uint64_t offset = 0; good && offset < file.size;) {
    const auto step = static_cast<std::size_t>(std::min<std::uint64_t>(block.size(), file.size - offset));
    if (!read_at(file, block.data(), step, offset)) {
      return fail(ALLIANCE_E_IO, "it cannot be read, or became shorter while it was read");
    }
    good = EVP_DigestUpdate(context.get(), block.data(), step) == 1;
    offset += step;
  }
  if (!good || EVP_DigestFinal_ex(context.get(), digest.data(), &length) != 1) {
    return fail(ALLIANCE_E_INTERNAL, "SHA-256 could not be computed");
  }
  return hex_of(digest.data(), length);
}

std::string sha256_of(std::string_view bytes) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned length = 0;
  EVP_Digest(bytes.data(), bytes.size(), digest.data(), &length, EVP_sha256(), nullptr);
  return hex_of(digest.data(), length);
}

Result<void> check_shared_object(const File& file) {
  const auto cut = [] { return fail(ALLIANCE_E_BAD_INPUT, "it is cut short: copy or build it again"); };
  ElfW(Ehdr) header{};
  if (!read_at(file, &header, sizeof header, 0)) return cut();
  if (std::memcmp(header.e_ident, ELFMAG, SELFMAG) != 0) {
    return fail(ALLIANCE_E_BAD_INPUT, "it is no shared library");
  }
  constexpr unsigned char own_class = sizeof(void*) == 8 ? ELFCLASS64 : ELFCLASS32;
  ElfW(Ehdr) self{};
  auto program = open_file("/proc/self/exe", UINT64_MAX);
  const bool known = program && read_at(*program, &self, sizeof self, 0);
  if (header.e_ident[EI_CLASS] != own_class || (known && header.e_machine != self.e_machine)) {
    return fail(ALLIANCE_E_BAD_INPUT, "it was built for another kind of machine: install the build for this one");
  }
  constexpr unsigned most_parts = 64;  // a linker writes about a dozen
  if (header.e_type != ET_DYN || header.e_phentsize != sizeof(ElfW(Phdr)) || header.e_phnum > most_parts) {
    return fail(ALLIANCE_E_BAD_INPUT, "it is no shared library");
  }
  for (unsigned at = 0; at < header.e_phnum; ++at) {
    ElfW(Phdr) part{};
    if (!read_at(file, &part, sizeof part, header.e_phoff + std::uint64_t{at} * sizeof part)) return cut();
    if (part.p_type != PT_LOAD) continue;
    if (part.p_offset > file.size || part.p_filesz > file.size - part.p_offset) return cut();
    const bool aligned = part.p_align <= 1 || part.p_vaddr % part.p_align == part.p_offset % part.p_align;
    if (!aligned || part.p_filesz > part.p_memsz) return fail(ALLIANCE_E_BAD_INPUT, "it is no shared library");
  }
  return {};
}

}  // namespace alliance::plugin

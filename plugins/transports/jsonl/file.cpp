// SPDX-License-Identifier: Apache-2.0
#include "file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <alliance/error.hpp>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>

#include "line.h"

namespace alliance::jsonl {
namespace {

// Between processes and between two openings in one.
class Locked {
 public:
  explicit Locked(int descriptor) : descriptor_(descriptor) {
    while (::flock(descriptor_, LOCK_EX) != 0 && errno == EINTR) {
    }
  }
  ~Locked() { ::flock(descriptor_, LOCK_UN); }
  Locked(const Locked&) = delete;
  Locked& operator=(const Locked&) = delete;

 private:
  int descriptor_;
};

}  // namespace

LineFile::LineFile(const std::string& path) : path_(path) {
  if (path.empty()) throw Error(ALLIANCE_E_INVALID, "the endpoint names no file: write jsonl:/PATH/FILE");
  descriptor_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NONBLOCK, 0600);
  if (descriptor_ < 0) fail("cannot be opened");
  try {
    struct stat status{};
    if (::fstat(descriptor_, &status) != 0) fail("cannot be read");
    if (!S_ISREG(status.st_mode)) throw Error(ALLIANCE_E_INVALID, path_ + " is no regular file: name a file");
    const Locked lock(descriptor_);
    mend();
  } catch (...) {
    ::close(descriptor_);
    throw;
  }
  // The name of a new file is on the disk only once its folder is.
  const auto folder = std::filesystem::absolute(path).parent_path();
  if (const int parent = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC); parent >= 0) {
    ::fsync(parent);
    ::close(parent);
  }
}

LineFile::~LineFile() { ::close(descriptor_); }

void LineFile::append(std::string_view lines) {
  const Locked lock(descriptor_);
  mend();
  struct stat before{};
  if (::fstat(descriptor_, &before) != 0) fail("cannot be read");
  while (!lines.empty()) {
    const ssize_t written = ::write(descriptor_, lines.data(), lines.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) {
      const int error = errno;
      static_cast<void>(!::ftruncate(descriptor_, before.st_size));
      errno = error;
      fail("cannot be written");
    }
    lines.remove_prefix(static_cast<std::size_t>(written));
  }
  if (::fdatasync(descriptor_) != 0) fail("cannot be brought to the disk");
}

void LineFile::mend() {
  struct stat status{};
  if (::fstat(descriptor_, &status) != 0) fail("cannot be read");
  off_t whole = status.st_size;  // where the last whole line ends
  for (bool found = false; whole > 0 && !found;) {
    char block[4096];
    const off_t begin = std::max<off_t>(0, whole - static_cast<off_t>(sizeof block));
    const auto length = static_cast<std::size_t>(whole - begin);
    if (::pread(descriptor_, block, length, begin) != static_cast<ssize_t>(length)) fail("cannot be read");
    const auto line_break = std::string_view(block, length).rfind('\n');
    found = line_break != std::string_view::npos;
    whole = found ? begin + static_cast<off_t>(line_break) + 1 : begin;
  }
  if (whole == status.st_size) return;
  char torn[beginning.size()];
  const auto length = ::pread(descriptor_, torn, sizeof torn, whole);
  if (length <= 0) fail("cannot be read");
  const std::string_view start(torn, static_cast<std::size_t>(length));
  if (start != beginning.substr(0, start.size())) {
    throw Error(ALLIANCE_E_BAD_INPUT, path_ + " ends in a line without a break that is not ours: name another file");
  }
  if (::ftruncate(descriptor_, whole) != 0) fail("cannot be mended");
}

void LineFile::fail(const char* what) const {
  throw Error(ALLIANCE_E_IO, path_ + " " + what + ": " + std::generic_category().message(errno));
}

}  // namespace alliance::jsonl

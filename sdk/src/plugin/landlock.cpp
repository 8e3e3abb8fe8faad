// SPDX-License-Identifier: Apache-2.0
#include "plugin/landlock.h"

#include <fcntl.h>
#include <linux/landlock.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "plugin/file.h"

#ifndef LANDLOCK_ACCESS_FS_TRUNCATE  // younger than some kernels' headers
#define LANDLOCK_ACCESS_FS_TRUNCATE (1ULL << 14)
#endif

namespace alliance::plugin {
namespace {

constexpr std::uint64_t reading = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR;
constexpr std::uint64_t of_files =
    LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_TRUNCATE;

// Libraries and their list, zones, and what OpenSSL and the random numbers need.
constexpr const char* for_all[] = {"/lib",
                                   "/lib64",
                                   "/usr/lib",
                                   "/usr/local/lib",
                                   "/usr/lib64",
                                   "/usr/share/zoneinfo",
                                   "/etc/ld.so.cache",
                                   "/etc/localtime",
                                   "/etc/timezone",
                                   "/dev/null",
                                   "/dev/urandom",
                                   "/proc/self/exe"};
constexpr const char* for_network[] = {
    "/etc/resolv.conf", "/etc/hosts",    "/etc/nsswitch.conf", "/etc/gai.conf",
    "/etc/host.conf",   "/etc/services", "/etc/ssl",           "/usr/share/ca-certificates"};

std::uint64_t handled_by(int version) {
  std::uint64_t made = (LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1;
  if (version >= 2) made |= LANDLOCK_ACCESS_FS_REFER;
  if (version >= 3) made |= LANDLOCK_ACCESS_FS_TRUNCATE;
  return made;
}

Result<void> allow(int rules, const char* path, std::uint64_t what, bool needed) {
  const Descriptor place(open(path, O_PATH | O_CLOEXEC));
  struct stat status{};
  if (place.get() < 0 || fstat(place.get(), &status) != 0) {
    if (!needed) return {};
    return fail(ALLIANCE_E_NOT_FOUND, std::string("what the operator grants is not there: ") + path + ": " +
                                          std::generic_category().message(errno));
  }
  if (!S_ISDIR(status.st_mode)) what &= of_files;
  landlock_path_beneath_attr rule{};
  rule.allowed_access = what;
  rule.parent_fd = place.get();
  if (syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) == 0) return {};
  return fail(ALLIANCE_E_IO, std::string(path) + " cannot be allowed: " + std::generic_category().message(errno));
}

}  // namespace

int landlock_version() {
  const long version = syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION);
  return version < 0 ? 0 : static_cast<int>(version);
}

Result<void> restrict_files(const Bounds& bounds, int version) {
  landlock_ruleset_attr whole{};
  whole.handled_access_fs = handled_by(version);
  const Descriptor rules(static_cast<int>(syscall(SYS_landlock_create_ruleset, &whole, sizeof whole, 0)));
  if (rules.get() < 0) {
    return fail(ALLIANCE_E_IO, "no rules about files could be made: " + std::generic_category().message(errno));
  }
  Result<void> done;
  const auto add = [&](const char* path, std::uint64_t what, bool needed) {
    if (done) done = allow(rules.get(), path, what & whole.handled_access_fs, needed);
  };
  for (const char* path : for_all) add(path, reading, false);
  if (bounds.network) {
    for (const char* path : for_network) add(path, reading, false);
  }
  add("/dev/null", reading | LANDLOCK_ACCESS_FS_WRITE_FILE, false);
  for (const auto& path : bounds.read) add(path.c_str(), reading, true);
  for (const auto& path : bounds.write) add(path.c_str(), whole.handled_access_fs & ~LANDLOCK_ACCESS_FS_EXECUTE, true);
  if (!done) return done;
  if (syscall(SYS_landlock_restrict_self, rules.get(), 0) == 0) return {};
  return fail(ALLIANCE_E_IO, "the rules about files could not be taken: " + std::generic_category().message(errno));
}

}  // namespace alliance::plugin

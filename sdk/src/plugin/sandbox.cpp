// SPDX-License-Identifier: Apache-2.0
#include "plugin/sandbox.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <iterator>
#include <system_error>

#include "plugin/landlock.h"
#include "plugin/seccomp.h"

namespace alliance::plugin {
namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool sanitized = true;  // their shadow is many times what any limit allows
#else
constexpr bool sanitized = false;
#endif

Result<void> limit(int what, rlim_t most, const char* name) {
  const rlimit both{most, most};
  if (setrlimit(static_cast<__rlimit_resource>(what), &both) == 0) return {};
  return fail(ALLIANCE_E_IO,
              std::string("the limit of ") + name + " cannot be set: " + std::generic_category().message(errno));
}

std::ptrdiff_t threads() {
  std::error_code bad;
  const std::filesystem::directory_iterator all("/proc/self/task", bad);
  return bad ? 1 : std::distance(begin(all), end(all));
}

// A host that runs as root does not make its plugins so.
void drop_capabilities() {
  __user_cap_header_struct head{_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct none[2]{};
  syscall(SYS_capset, &head, none);
}

std::string words(bool seccomp, int landlock) {
  std::string text = seccomp ? "seccomp" : "no seccomp in this kernel: network and other processes are not held back";
  if (landlock >= 1) return text + ", landlock " + std::to_string(landlock);
  return text + ", no landlock in this kernel: files are not held back";
}

}  // namespace

std::string kernel_words() { return words(seccomp_offered(), landlock_version()); }

Result<std::string> hold_back(const Bounds& bounds) {
  if (!sanitized && threads() > 1) {
    return fail(ALLIANCE_E_STATE, "its program has threads before the plugin is loaded, and they cannot be held back");
  }
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return fail(ALLIANCE_E_IO, "new privileges cannot be given up");
  drop_capabilities();
  if (auto set = limit(RLIMIT_CORE, 0, "core dumps"); !set) return tl::unexpected(set.error());
  if (auto set = limit(RLIMIT_NOFILE, 128, "open files"); !set) return tl::unexpected(set.error());
  if (!sanitized) {
    if (auto set = limit(RLIMIT_AS, bounds.memory_mib << 20, "memory"); !set) return tl::unexpected(set.error());
  }
  const int landlock = landlock_version();
  if (landlock >= 1) {
    if (auto held = restrict_files(bounds, landlock); !held) return tl::unexpected(held.error());
  }
  const bool seccomp = seccomp_offered();
  if (seccomp) {
    if (auto held = restrict_calls(bounds); !held) return tl::unexpected(held.error());
  }
  return words(seccomp, landlock);
}

}  // namespace alliance::plugin

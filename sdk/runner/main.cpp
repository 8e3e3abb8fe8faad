// SPDX-License-Identifier: Apache-2.0
// alliance-plugin-runner: one native plugin in a process of its own. A host starts it and says what the process is to
// give up before the library is loaded.
#include <cstdio>
#include <cstdlib>

#include "plugin/library.h"
#include "runner.h"

namespace {

using namespace alliance;

Result<const alliance_plugin_entry*> load(const runner::Wanted& wanted) {
  plugin::File file{plugin::Descriptor(runner::library_file), wanted.size, {wanted.device, wanted.inode}};
  auto entry = plugin::load_library(std::move(file), wanted.hash, wanted.library);
  if (!entry) return tl::unexpected(entry.error());
  return (*entry)();
}

}  // namespace

// What a sanitizer would do at the end needs a process of its own, and it would hide how the plugin ended.
#if defined(__SANITIZE_ADDRESS__)
extern "C" __attribute__((visibility("default"))) const char* __asan_default_options() {
  return "detect_leaks=0:handle_segv=0:handle_abort=0:handle_sigfpe=0";
}
#elif defined(__SANITIZE_THREAD__)
extern "C" __attribute__((visibility("default"))) const char* __tsan_default_options() {
  return "handle_segv=0:handle_abort=0:handle_sigfpe=0";
}
#endif

int main(int argc, char** argv) { return alliance::runner::run(argc == 2 ? std::atoi(argv[1]) : 0, {load}); }

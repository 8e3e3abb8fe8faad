// SPDX-License-Identifier: Apache-2.0
#include "plugin/area.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace alliance::plugin {
namespace {

constexpr int seals = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL;

tl::unexpected<Failure> no_area(const char* what) {
  return fail(ALLIANCE_E_IO, std::string("memory to share ") + what + ": " + std::generic_category().message(errno));
}

}  // namespace

Result<Area> Area::make(std::size_t size) {
  Descriptor memory(memfd_create("alliance-sheets", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  if (memory.get() < 0) return no_area("cannot be made");
  if (ftruncate(memory.get(), static_cast<off_t>(size)) != 0) return no_area("cannot be had");
  if (fcntl(memory.get(), F_ADD_SEALS, seals) != 0) return no_area("cannot be sealed");
  return of(std::move(memory), size);
}

Result<Area> Area::of(Descriptor memory, std::size_t size) {
  struct stat status{};
  if (fstat(memory.get(), &status) != 0) return no_area("cannot be looked at");
  const int sealed = fcntl(memory.get(), F_GET_SEALS);
  if (sealed < 0 || (sealed & seals) != seals || static_cast<std::size_t>(status.st_size) != size) {
    return fail(ALLIANCE_E_INVALID, "memory to share has another size, or is not sealed");
  }
  void* at = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, memory.get(), 0);
  if (at == MAP_FAILED) return no_area("cannot be mapped");
  return Area(std::move(memory), {static_cast<std::uint8_t*>(at), size});
}

Area::~Area() {
  if (!bytes_.empty()) munmap(bytes_.data(), bytes_.size());
}

}  // namespace alliance::plugin

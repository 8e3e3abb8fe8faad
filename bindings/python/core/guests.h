// SPDX-License-Identifier: Apache-2.0
// Classes in Python as plugins of a host in the same process, through linked-in registration.
#pragma once

#include <alliance/plugin.hpp>

#include "core.h"

namespace alliance::python {

// One registered set of classes: what stands behind one plugin entry while its host is open.
class Guest {
 public:
  struct Class {
    std::string kind, id, version, title;
    nb::object type;
  };
  explicit Guest(std::vector<Class> classes);
  ~Guest();
  Guest(const Guest&) = delete;
  Guest& operator=(const Guest&) = delete;

  // The contract's functions take no context: each guest has a set of them of its own, as long as there are some.
  const alliance_plugin_entry* entry() const { return entry_; }
  void begin(const alliance_services* services);  // throws
  void end() noexcept { plugin_.reset(); }
  const void* factory(const char* id) const noexcept { return plugin_ ? plugin_->factory(id) : nullptr; }

 private:
  std::vector<Class> classes_;
  std::unique_ptr<Plugin> plugin_;
  const alliance_plugin_entry* entry_ = nullptr;
  std::size_t place_ = 0;
};

}  // namespace alliance::python

// SPDX-License-Identifier: Apache-2.0
// A plugin in Python in a process of its own: the runner of native plugins, and classes where it has a library.
#include "runner.h"

#include "core.h"
#include "errors.h"
#include "guests.h"

namespace alliance::python {
namespace {

using Classes = std::vector<std::tuple<std::string, std::string, std::string, std::string, nb::object>>;

// What `load(name, folder)` made of the file, as an entry. The guest lives as long as the process.
Result<const alliance_plugin_entry*> entry_of(const nb::object& load, const runner::Wanted& wanted) {
  nb::gil_scoped_acquire held;
  try {
    std::vector<Guest::Class> all;
    for (const auto& [kind, id, version, title, type] : nb::cast<Classes>(load(wanted.library, wanted.folder))) {
      all.push_back({kind, id, version, title, type});
    }
    return (new Guest(std::move(all)))->entry();
  } catch (nb::python_error& raised) {
    const Error error = from_python(raised, wanted.library);
    return fail(error.status(), error.message(), error.detail());
  } catch (const Error& error) {
    return fail(error.status(), error.message(), error.detail());
  } catch (const std::exception& error) {
    return fail(ALLIANCE_E_INTERNAL, wanted.library + ": its classes cannot be taken", error.what());
  }
}

int serve(int host, std::vector<std::string> readable, const nb::object& load) {
  const runner::Program program{[&](const runner::Wanted& wanted) { return entry_of(load, wanted); },
                                std::move(readable)};
  nb::gil_scoped_release released;
  return runner::run(host, program);
}

}  // namespace

void define_runner(nb::module_& module) {
  module.def("serve", &serve, nb::arg("host"), nb::arg("readable"), nb::arg("load"));
}

}  // namespace alliance::python

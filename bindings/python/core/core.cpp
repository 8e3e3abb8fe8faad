// SPDX-License-Identifier: Apache-2.0
#include "core.h"

namespace alliance::python {
namespace {

thread_local int calls_of_host = 0;

nb::bytes convert(const std::string& table, nb::bytes bytes, bool from_json) {
  glue::Collector out;
  without_gil([&](alliance_error* error) {
    return alliance_convert(table.c_str(), data_of(bytes), bytes.size(),
                            from_json ? ALLIANCE_JSON : ALLIANCE_FLATBUFFERS, out.sink(), error);
  });
  return to_python(out.view());
}

}  // namespace

bool called_by_host() noexcept { return calls_of_host > 0; }
CalledByHost::CalledByHost() noexcept { ++calls_of_host; }
CalledByHost::~CalledByHost() { --calls_of_host; }

OpenHost::Use::Use(OpenHost& open) : lock_(open.in_use, std::try_to_lock), raw_(open.host) {
  if (!lock_.owns_lock() || open.closed() || raw_ == nullptr) throw Error(ALLIANCE_E_STATE, "the host is closed");
}

}  // namespace alliance::python

NB_MODULE(_core, module) {
  using namespace alliance::python;
  module.doc() = "The Alliance SDK's C interface. Use the package `alliance`.";
  nanobind::set_leak_warnings(false);  // instruments of the module's own outlive it on purpose
  define_errors(module);
  define_host(module);
  define_measure(module);
  define_arrow(module);
  define_listen(module);
  define_guests(module);
  define_runner(module);
  module.def("version", [] { return std::string(alliance_version()); });
  module.def("status_text", [](std::int32_t status) { return std::string(alliance_status_text(status)); });
  module.def("convert", &convert, nanobind::arg("table"), nanobind::arg("data"), nanobind::arg("from_json"));
}

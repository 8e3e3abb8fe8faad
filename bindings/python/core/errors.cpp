// SPDX-License-Identifier: Apache-2.0
// A status and its sentence become the exception that alliance.errors has for them, and an exception of Python becomes
// the status of the call in which it was raised.
#include "errors.h"

namespace alliance::python {
namespace {

PyObject* make_error = nullptr;  // make_error(status, message, detail, vendor_code); lives as long as the interpreter

void translate(const std::exception_ptr& thrown, void*) {
  try {
    std::rethrow_exception(thrown);
  } catch (const Error& error) {
    if (make_error == nullptr) {
      PyErr_SetString(PyExc_RuntimeError, error.what());
      return;
    }
    nb::object made = nb::steal(PyObject_CallFunction(make_error, "issi", error.status(), error.message().c_str(),
                                                      error.detail().c_str(), error.vendor_code()));
    if (made.is_valid()) PyErr_SetObject(reinterpret_cast<PyObject*>(Py_TYPE(made.ptr())), made.ptr());
  }
}

std::string text(nb::handle object) {
  nb::object words = nb::steal(PyObject_Str(object.ptr()));
  if (!words.is_valid()) {
    PyErr_Clear();
    return {};
  }
  Py_ssize_t length = 0;
  const char* utf8 = PyUnicode_AsUTF8AndSize(words.ptr(), &length);
  if (utf8 == nullptr) {
    PyErr_Clear();
    return {};
  }
  return std::string(utf8, static_cast<std::size_t>(length));
}

}  // namespace

Error from_python(nb::python_error& raised, const std::string& where) {
  nb::handle value = raised.value();
  std::string type = nb::cast<std::string>(raised.type().attr("__name__"));
  std::int32_t status = ALLIANCE_E_INTERNAL;
  // alliance.Error says its own status and what is safe to log.
  if (nb::hasattr(value, "alliance_status")) {
    try {
      status = nb::cast<std::int32_t>(value.attr("alliance_status"));
      return Error(status, text(value.attr("message")), text(value.attr("detail")));
    } catch (const std::exception&) {
      status = ALLIANCE_E_INTERNAL;
    }
  }
  // Whatever else it says may quote a person's answers: it is never logged.
  return Error(status, where + ": " + type + " was raised in Python; its text stands in the detail", text(value));
}

void define_errors(nb::module_& module) {
  nb::register_exception_translator(translate);
  module.def("set_error", [](nb::object function) { make_error = function.release().ptr(); }, nb::arg("make"));
}

}  // namespace alliance::python

// SPDX-License-Identifier: Apache-2.0
#include "columns.h"

#include <bit>

namespace alliance::python {

static_assert(std::endian::native == std::endian::little, "formats are read as little-endian");

Lent::Lent(nb::handle object, int flags, const std::string& what) {
  if (PyObject_GetBuffer(object.ptr(), &view_, flags) == 0) return;
  PyErr_Clear();
  view_.obj = nullptr;
  throw Error(ALLIANCE_E_INVALID, what + " cannot be read in place: hand over a NumPy array of integers or floats");
}

Cell cell_of(const Py_buffer& view, const std::string& what) {
  const char* format = view.format == nullptr ? "B" : view.format;
  if (*format == '@' || *format == '=' || *format == '<' || (*format == '|' && view.itemsize == 1)) ++format;
  const bool whole = format[0] != '\0' && format[1] == '\0';
  if (whole) {
    switch (*format) {
      case 'd':
        return Cell::f64;
      case 'f':
        return Cell::f32;
      case 'e':
        return Cell::f16;
      case 'g':
        return Cell::f80;
      case 'b':
      case 'h':
      case 'i':
      case 'l':
      case 'q':
        switch (view.itemsize) {
          case 1:
            return Cell::i8;
          case 2:
            return Cell::i16;
          case 4:
            return Cell::i32;
          default:
            return Cell::i64;
        }
      case 'B':
      case 'H':
      case 'I':
      case 'L':
      case 'Q':
        switch (view.itemsize) {
          case 1:
            return Cell::u8;
          case 2:
            return Cell::u16;
          case 4:
            return Cell::u32;
          default:
            return Cell::u64;
        }
      default:
        break;
    }
  }
  throw Error(ALLIANCE_E_INVALID, what + " has the element type '" +
                                      std::string(view.format == nullptr ? "?" : view.format) +
                                      "': answers are integers or floats in this machine's byte order");
}

}  // namespace alliance::python

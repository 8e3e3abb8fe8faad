// SPDX-License-Identifier: Apache-2.0
// Python's buffers and Arrow's streams as columns. Nothing is copied: what owns the memory is held.
#pragma once

#include "core.h"
#include "gather.h"

namespace alliance::python {

// A buffer that Python lends, until the GIL is held again and this ends.
class Lent {
 public:
  Lent(nb::handle object, int flags, const std::string& what);
  Lent(Lent&& other) noexcept : view_(other.view_) { other.view_.obj = nullptr; }
  Lent& operator=(Lent&&) = delete;
  ~Lent() { PyBuffer_Release(&view_); }  // does nothing to an empty one
  const Py_buffer& view() const { return view_; }

 private:
  Py_buffer view_{};
};

// Answers, ready to be scored: one or more blocks in the order of their rows.
struct Answers {
  std::vector<Block> blocks;
  std::vector<Lent> lent;
  std::int64_t rows = 0;
};

Cell cell_of(const Py_buffer& view, const std::string& what);

}  // namespace alliance::python

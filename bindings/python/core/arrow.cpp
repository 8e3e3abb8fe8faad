// SPDX-License-Identifier: Apache-2.0
// Arrow's C data interface: a table is read in place, from whoever exports it.
#include <cstring>

#include "measure.h"

// As https://arrow.apache.org/docs/format/CDataInterface.html lays them down.
struct ArrowSchema {
  const char *format, *name, *metadata;
  std::int64_t flags, n_children;
  ArrowSchema **children, *dictionary;
  void (*release)(ArrowSchema*);
  void* private_data;
};
struct ArrowArray {
  std::int64_t length, null_count, offset, n_buffers, n_children;
  const void** buffers;
  ArrowArray **children, *dictionary;
  void (*release)(ArrowArray*);
  void* private_data;
};
struct ArrowArrayStream {
  int (*get_schema)(ArrowArrayStream*, ArrowSchema*);
  int (*get_next)(ArrowArrayStream*, ArrowArray*);
  const char* (*get_last_error)(ArrowArrayStream*);
  void (*release)(ArrowArrayStream*);
  void* private_data;
};

namespace alliance::python {
namespace {

template <class T>
struct Owned : T {
  Owned() : T{} {}
  Owned(Owned&& other) noexcept : T(other) { other.release = nullptr; }
  Owned& operator=(Owned&&) = delete;
  ~Owned() {
    if (this->release != nullptr) this->release(this);
  }
};

class ArrowTable {
 public:
  explicit ArrowTable(nb::handle capsule) {
    auto* stream = static_cast<ArrowArrayStream*>(PyCapsule_GetPointer(capsule.ptr(), "arrow_array_stream"));
    if (stream == nullptr) throw nb::python_error();
    if (stream->release == nullptr) throw Error(ALLIANCE_E_INVALID, "this Arrow stream was read before");
    Owned<ArrowArrayStream> own;  // what a stream was read from is empty afterwards
    static_cast<ArrowArrayStream&>(own) = *stream;
    stream->release = nullptr;
    const auto fine = [&](int status) {
      if (status == 0) return;
      const char* why = own.get_last_error(&own);
      throw Error(ALLIANCE_E_IO,
                  std::string("the Arrow stream failed: ") + (why == nullptr ? std::strerror(status) : why));
    };
    fine(own.get_schema(&own, &schema_));
    if (std::string_view(schema_.format) != "+s") throw Error(ALLIANCE_E_INVALID, "this Arrow stream is no table");
    for (;;) {
      Owned<ArrowArray> next;
      fine(own.get_next(&own, &next));
      if (next.release == nullptr) break;
      rows_ += next.length;
      chunks_.push_back(std::move(next));
    }
  }

  std::int64_t rows() const { return rows_; }
  std::vector<std::string> names() const {
    std::vector<std::string> all;
    for (std::int64_t at = 0; at < schema_.n_children; ++at) {
      const char* name = schema_.children[at]->name;
      all.emplace_back(name == nullptr ? "" : name);
    }
    return all;
  }

  Answers answers(const std::vector<std::optional<std::int64_t>>& chosen) const {
    Answers made;
    made.rows = rows_;
    for (const auto& chunk : chunks_) {
      Block& block = made.blocks.emplace_back();
      block.rows = chunk.length;
      for (const auto& at : chosen) {
        block.columns.push_back(at ? column(chunk, *at) : Column());
      }
    }
    return made;
  }

 private:
  Column column(const ArrowArray& chunk, std::int64_t at) const {
    if (at < 0 || at >= schema_.n_children || at >= chunk.n_children)
      throw Error(ALLIANCE_E_INVALID, "there is no such column");
    const ArrowSchema& kind = *schema_.children[at];
    const ArrowArray& array = *chunk.children[at];
    const auto type = cell(kind);
    Column made;
    if (type.second == 0) {  // a column of nothing but nulls
      static const std::uint8_t missing = 1;
      static const double nothing = 0;
      made.data = &nothing;
      made.cell = Cell::f64;
      made.mask = &missing;
      return made;
    }
    const std::int64_t first = array.offset + chunk.offset;
    made.cell = type.first;
    made.stride = type.second;
    made.data = static_cast<const std::uint8_t*>(array.buffers[1]) + first * type.second;
    if (array.null_count != 0) made.validity = static_cast<const std::uint8_t*>(array.buffers[0]);
    made.first_bit = first;
    return made;
  }

  static std::pair<Cell, int> cell(const ArrowSchema& kind) {
    const std::string_view format = kind.dictionary != nullptr ? "dictionary" : kind.format;
    if (format == "n") return {Cell::none, 0};
    if (format == "c") return {Cell::i8, 1};
    if (format == "C") return {Cell::u8, 1};
    if (format == "s") return {Cell::i16, 2};
    if (format == "S") return {Cell::u16, 2};
    if (format == "i") return {Cell::i32, 4};
    if (format == "I") return {Cell::u32, 4};
    if (format == "l") return {Cell::i64, 8};
    if (format == "L") return {Cell::u64, 8};
    if (format == "e") return {Cell::f16, 2};
    if (format == "f") return {Cell::f32, 4};
    if (format == "g") return {Cell::f64, 8};
    throw Error(ALLIANCE_E_INVALID, "column " + std::string(kind.name == nullptr ? "" : kind.name) +
                                        " is of Arrow's type '" + std::string(format) +
                                        "': answers are integers or floats; cast it first");
  }

  Owned<ArrowSchema> schema_;
  std::vector<Owned<ArrowArray>> chunks_;
  std::int64_t rows_ = 0;
};

std::int64_t score_table(const Measure& measure, const ArrowTable& table,
                         const std::vector<std::optional<std::int64_t>>& columns, std::int32_t rule, std::uint32_t most,
                         nb::handle values, nb::handle states, nb::handle answered, nb::handle bands) {
  if (columns.size() != measure.ref.items) throw Error(ALLIANCE_E_INVALID, "there is not one column for each item");
  const Answers answers = table.answers(columns);
  const Places places(values, states, answered, bands, answers.rows, measure.ref.scales);
  return score_all(measure, answers, missing_of(rule, most), places);
}

}  // namespace

void define_arrow(nb::module_& module) {
  nb::class_<ArrowTable>(module, "ArrowTable")
      .def(nb::init<nb::handle>(), nb::arg("stream"))
      .def_prop_ro("rows", &ArrowTable::rows)
      .def_prop_ro("names", &ArrowTable::names);
  module.def("score_table", &score_table, nb::arg("measure"), nb::arg("table"), nb::arg("columns"), nb::arg("rule"),
             nb::arg("most"), nb::arg("out_values"), nb::arg("out_states"), nb::arg("out_answered"),
             nb::arg("out_bands").none());
}

}  // namespace alliance::python

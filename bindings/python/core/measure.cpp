// SPDX-License-Identifier: Apache-2.0
#include "measure.h"

#include <chrono>

#include "batches.h"

namespace alliance::python {
namespace {

constexpr auto between_signals = std::chrono::milliseconds(50);

Measure find(std::shared_ptr<OpenHost> host, const std::string& id, const std::optional<std::string>& version) {
  Measure measure{host};
  const OpenHost::Use use(*host);
  without_gil([&](alliance_error* error) {
    return alliance_host_find_measure(use.raw(), id.c_str(), version ? version->c_str() : nullptr, &measure.ref, error);
  });
  return measure;
}

nb::bytes definition(const Measure& measure) {
  const OpenHost::Use use(*measure.host);
  glue::Collector bytes, json;
  without_gil([&](alliance_error* error) {
    const std::int32_t status = measure.ref.table->definition(measure.ref.measure, bytes.sink(), error);
    if (status != ALLIANCE_OK) return status;
    return alliance_convert("Instrument", bytes.view().data(), bytes.view().size(), ALLIANCE_FLATBUFFERS, json.sink(),
                            error);
  });
  return to_python(json.view());
}

// One sheet, as score() does it: a bad answer is an error that names the item.
nb::tuple score_one(const Measure& measure, const std::vector<double>& values, const std::vector<std::uint8_t>& states,
                    std::int32_t rule, std::uint32_t most) {
  const OpenHost::Use use(*measure.host);
  const auto missing = missing_of(rule, most);
  const auto scales = static_cast<std::size_t>(measure.ref.scales);
  std::vector<double> out(scales);
  std::vector<std::uint8_t> reached(scales);
  std::vector<std::uint32_t> answered(scales);
  std::vector<std::int32_t> bands(scales);
  if (states.size() != values.size()) throw Error(ALLIANCE_E_INVALID, "there is not one state for each answer");
  const alliance_sheets sheet{sizeof sheet, 0, 1, values.size(), values.data(), states.data()};
  const alliance_scores scores{sizeof scores,   0,           1, measure.ref.scales, out.data(), reached.data(),
                               answered.data(), bands.data()};
  without_gil([&](alliance_error* error) {
    return measure.ref.table->score(measure.ref.measure, &sheet, missing ? &*missing : nullptr, &scores, error);
  });
  nb::list all;
  for (std::size_t at = 0; at < scales; ++at) all.append(nb::make_tuple(out[at], reached[at], answered[at], bands[at]));
  return nb::tuple(all);
}

// `shape` of a two-dimensional buffer, one row per sheet.
void add_matrix(Answers& answers, nb::handle array, std::uint64_t items) {
  Lent& lent = answers.lent.emplace_back(array, PyBUF_STRIDED_RO | PyBUF_FORMAT, "the array of answers");
  const Py_buffer& view = lent.view();
  if (view.ndim != 2 || static_cast<std::uint64_t>(view.shape[1]) != items) {
    throw Error(ALLIANCE_E_INVALID,
                "the array of answers has not one column for each of the " + std::to_string(items) + " items");
  }
  Block block;
  block.rows = answers.rows = view.shape[0];
  const Cell cell = cell_of(view, "the array of answers");
  for (std::uint64_t item = 0; item < items; ++item) {
    Column column;
    column.data = static_cast<const std::uint8_t*>(view.buf) + static_cast<std::int64_t>(item) * view.strides[1];
    column.stride = view.strides[0];
    column.cell = cell;
    block.columns.push_back(column);
  }
  const auto width = static_cast<Py_ssize_t>(sizeof(double));
  const bool rows_follow = view.strides[0] == width * static_cast<Py_ssize_t>(items) || view.shape[0] <= 1;
  if (cell == Cell::f64 && view.strides[1] == width && rows_follow) block.values = static_cast<const double*>(view.buf);
  answers.blocks.push_back(std::move(block));
}

void add_columns(Answers& answers, const nb::list& columns, std::uint64_t items) {
  if (columns.size() != items) {
    throw Error(ALLIANCE_E_INVALID,
                std::to_string(columns.size()) + " columns were given for " + std::to_string(items) + " items");
  }
  Block block;
  answers.rows = -1;
  for (nb::handle one : columns) {
    Column& column = block.columns.emplace_back();
    if (one.is_none()) continue;
    const std::string what = "column " + std::to_string(block.columns.size());
    const Py_buffer& view = answers.lent.emplace_back(one, PyBUF_STRIDED_RO | PyBUF_FORMAT, what).view();
    if (view.ndim != 1 || (answers.rows >= 0 && view.shape[0] != answers.rows)) {
      throw Error(ALLIANCE_E_INVALID, what + " is not one answer per sheet");
    }
    answers.rows = view.shape[0];
    column.data = view.buf;
    column.stride = view.strides[0];
    column.cell = cell_of(view, what);
  }
  if (answers.rows < 0) throw Error(ALLIANCE_E_INVALID, "there is no column of answers");
  block.rows = answers.rows;
  answers.blocks.push_back(std::move(block));
}

// Masks and states: for all at once, rows x items, or a list with one (or None) per item.
template <class Set>
void mark(Answers& answers, nb::handle marks, std::uint64_t items, const char* what, Set set) {
  if (marks.is_none()) return;
  Block& block = answers.blocks.front();
  const auto fine = [&](const Py_buffer& view, int dimensions) {
    if (view.itemsize != 1 || view.ndim != dimensions || view.shape[0] != block.rows ||
        (dimensions == 2 && static_cast<std::uint64_t>(view.shape[1]) != items)) {
      throw Error(ALLIANCE_E_INVALID, std::string(what) + " are bytes of the same shape as the answers");
    }
  };
  if (nb::isinstance<nb::list>(marks)) {
    std::size_t item = 0;
    for (nb::handle one : nb::borrow<nb::list>(marks)) {
      if (item >= block.columns.size()) break;
      if (!one.is_none()) {
        const Py_buffer& view = answers.lent.emplace_back(one, PyBUF_STRIDED_RO | PyBUF_FORMAT, what).view();
        fine(view, 1);
        set(block.columns[item], static_cast<const std::uint8_t*>(view.buf), view.strides[0]);
      }
      ++item;
    }
    return;
  }
  const Py_buffer& view = answers.lent.emplace_back(marks, PyBUF_STRIDED_RO | PyBUF_FORMAT, what).view();
  fine(view, 2);
  for (std::size_t item = 0; item < block.columns.size(); ++item) {
    set(block.columns[item],
        static_cast<const std::uint8_t*>(view.buf) + static_cast<std::int64_t>(item) * view.strides[1],
        view.strides[0]);
  }
}

std::int64_t score_buffers(const Measure& measure, nb::handle input, nb::handle masks, nb::handle states,
                           std::int32_t rule, std::uint32_t most, nb::handle out_values, nb::handle out_states,
                           nb::handle out_answered, nb::handle out_bands) {
  Answers answers;
  answers.lent.reserve(3 * static_cast<std::size_t>(measure.ref.items) + 3);
  if (nb::isinstance<nb::list>(input)) {
    add_columns(answers, nb::borrow<nb::list>(input), measure.ref.items);
  } else {
    add_matrix(answers, input, measure.ref.items);
  }
  mark(answers, masks, measure.ref.items, "masks", [](Column& column, const std::uint8_t* at, std::int64_t stride) {
    column.mask = at;
    column.mask_stride = stride;
  });
  mark(answers, states, measure.ref.items, "states", [](Column& column, const std::uint8_t* at, std::int64_t stride) {
    column.states = at;
    column.states_stride = stride;
  });
  const Places places(out_values, out_states, out_answered, out_bands, answers.rows, measure.ref.scales);
  return score_all(measure, answers, missing_of(rule, most), places);
}

}  // namespace

Places::Places(nb::handle values_, nb::handle states_, nb::handle answered_, nb::handle bands_, std::int64_t rows_,
               std::uint64_t scales)
    : values(values_, PyBUF_WRITABLE | PyBUF_C_CONTIGUOUS, "the place for values"),
      states(states_, PyBUF_WRITABLE | PyBUF_C_CONTIGUOUS, "the place for states"),
      answered(answered_, PyBUF_WRITABLE | PyBUF_C_CONTIGUOUS, "the place for counts"),
      rows(rows_) {
  if (!bands_.is_none()) bands.emplace(bands_, PyBUF_WRITABLE | PyBUF_C_CONTIGUOUS, "the place for bands");
  const auto cells = rows_ * static_cast<std::int64_t>(scales);
  const auto counts = answered.view().len;
  if (values.view().len != cells * 8 || states.view().len != cells || (counts != cells && counts != cells * 4) ||
      (bands && bands->view().len != cells * 4)) {
    throw Error(ALLIANCE_E_INVALID, "a place for the scores has not rows x scales elements");
  }
}

std::optional<alliance_missing> missing_of(std::int32_t rule, std::uint32_t most) {
  if (rule == 0) return std::nullopt;  // the definition's own
  return alliance_missing{sizeof(alliance_missing), rule, most, 0};
}

std::int64_t score_all(const Measure& measure, const Answers& answers, const std::optional<alliance_missing>& missing,
                       const Places& places) {
  const OpenHost::Use use(*measure.host);
  auto* const counts = places.answered.view().buf;
  const bool bytes = places.answered.view().itemsize == 1;
  Scores to;
  to.values = static_cast<double*>(places.values.view().buf);
  to.states = static_cast<std::uint8_t*>(places.states.view().buf);
  to.counts = bytes ? nullptr : static_cast<std::uint32_t*>(counts);
  to.count_bytes = bytes ? static_cast<std::uint8_t*>(counts) : nullptr;
  to.bands = places.bands ? static_cast<std::int32_t*>(places.bands->view().buf) : nullptr;
  // What is written in Python has one thread at a time anyway.
  Batches batches(measure.ref, answers, missing ? &*missing : nullptr, to, !measure.host->guests.empty());
  bool interrupted = false;
  {
    nb::gil_scoped_release released;
    auto heard = std::chrono::steady_clock::now();
    batches.run([&] {
      const auto now = std::chrono::steady_clock::now();
      if (now - heard < between_signals) return true;
      heard = now;
      nb::gil_scoped_acquire held;
      interrupted = PyErr_CheckSignals() != 0;
      return !interrupted;
    });
  }
  if (interrupted) throw nb::python_error();
  return batches.bad();
}

void define_measure(nb::module_& module) {
  nb::class_<Measure>(module, "Measure")
      .def_prop_ro("items", [](const Measure& measure) { return measure.ref.items; })
      .def_prop_ro("scales", [](const Measure& measure) { return measure.ref.scales; })
      .def("definition", &definition)
      .def("score_one", &score_one, nb::arg("values"), nb::arg("states"), nb::arg("rule"), nb::arg("most"))
      .def("score", &score_buffers, nb::arg("answers"), nb::arg("masks").none(), nb::arg("states").none(),
           nb::arg("rule"), nb::arg("most"), nb::arg("out_values"), nb::arg("out_states"), nb::arg("out_answered"),
           nb::arg("out_bands").none());
  module.def("find", &find, nb::arg("host"), nb::arg("id"), nb::arg("version").none());
}

}  // namespace alliance::python

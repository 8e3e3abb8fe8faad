// SPDX-License-Identifier: Apache-2.0
#include "guests.h"

#include <algorithm>
#include <array>
#include <condition_variable>
#include <thread>

#include "errors.h"

namespace alliance::python {
namespace {

// ---- Calls into Python -----------------------------------------------------------------------------

// The threads on which a class of Python's is being called.
std::mutex within_lock;
std::vector<unsigned long> within;

class Within {
 public:
  Within() : thread_(PyThread_get_thread_ident()) {
    const std::lock_guard lock(within_lock);
    within.push_back(thread_);
  }
  ~Within() {
    const std::lock_guard lock(within_lock);
    within.erase(std::find(within.begin(), within.end(), thread_));
  }
  Within(const Within&) = delete;
  Within& operator=(const Within&) = delete;

 private:
  unsigned long thread_;
};

// Each of them raises alliance.Cancelled at its next line of Python.
void interrupt_guests() {
  nb::gil_scoped_acquire held;
  const nb::object raised = nb::module_::import_("alliance.errors").attr("Cancelled");
  const std::lock_guard lock(within_lock);
  for (const unsigned long thread : within) PyThreadState_SetAsyncExc(thread, raised.ptr());
}

// Runs `work` with the GIL, on whatever thread the host calls from. An exception becomes the call's error.
template <class Work>
auto in_python(const std::string& where, Work&& work) -> decltype(work()) {
  if (Py_IsInitialized() == 0) throw Error(ALLIANCE_E_STATE, where + ": the interpreter has ended");
  nb::gil_scoped_acquire held;
  const CalledByHost called;
  const Within inside;
  try {
    return work();
  } catch (nb::python_error& raised) {
    if (raised.matches(PyExc_KeyboardInterrupt)) PyErr_SetInterrupt();  // for whoever waits for this call
    throw from_python(raised, where);
  } catch (const nb::cast_error&) {
    throw Error(ALLIANCE_E_INTERNAL, where + ": what Python gave back is of another type than was asked for");
  }
}

// An object of Python's that is let go with the GIL.
class Kept {
 public:
  explicit Kept(nb::object object) : object_(std::move(object)) {}
  Kept(const Kept&) = delete;
  Kept& operator=(const Kept&) = delete;
  ~Kept() {
    if (Py_IsInitialized() == 0) {
      object_.release();
      return;
    }
    nb::gil_scoped_acquire held;
    object_.reset();
  }
  const nb::object& operator*() const { return object_; }
  const nb::object* operator->() const { return &object_; }

 private:
  nb::object object_;
};

nb::object helper(const char* name) { return nb::module_::import_("alliance.kinds").attr(name); }

// What alliance.kinds makes of the class: an object with the methods that are called below.
nb::object make(const nb::object& type, const Services& services) { return helper("make")(type, nb::cast(services)); }

Bytes bytes_from(const Services& services, const char* table, const nb::object& json) {
  const auto text = nb::cast<nb::bytes>(json);
  return services.encode(table, std::string_view(text.c_str(), text.size()));
}

nb::bytes json_of(const Services& services, const char* table, ByteView bytes) {
  const std::string text = services.decode(table, bytes);
  return nb::bytes(text.data(), text.size());
}

// ---- The kinds -------------------------------------------------------------------------------------

using Type = std::shared_ptr<Kept>;

class PythonMeasure final : public alliance::Measure {
 public:
  PythonMeasure(const Services& services, const Type& type, const std::string& id) : where_("instrument " + id) {
    in_python(where_, [&] {
      guest_ = std::make_unique<Kept>(make(**type, services));
      bytes_ = bytes_from(services, "Instrument", (*guest_)->attr("definition_json"));
      items_ = nb::cast<std::size_t>((*guest_)->attr("items"));
      scales_ = nb::cast<std::size_t>((*guest_)->attr("scales"));
    });
  }
  Bytes definition() const override { return bytes_; }
  std::size_t items() const override { return items_; }
  std::size_t scales() const override { return scales_; }

  void score(const Sheet& sheet, const alliance_missing* missing, std::span<Score> out) const override {
    in_python(where_, [&] {
      nb::list values, states;
      for (std::size_t item = 0; item < sheet.size(); ++item) {
        values.append(sheet.answered(item) ? sheet.value(item) : 0.0);
        states.append(sheet.state(item));
      }
      const nb::object rows = (*guest_)->attr("score")(values, states, missing == nullptr ? 0 : missing->rule,
                                                       missing == nullptr ? 0 : missing->most);
      const auto made = nb::cast<std::vector<std::tuple<double, std::uint8_t, std::uint32_t, std::int32_t>>>(rows);
      if (made.size() != out.size())
        throw Error(ALLIANCE_E_INTERNAL, where_ + ": it gave back another number of scales");
      for (std::size_t scale = 0; scale < out.size(); ++scale) {
        const auto& [value, state, answered, band] = made[scale];
        out[scale] = {value, state, answered, band};
      }
    });
  }

 private:
  std::string where_;
  std::unique_ptr<Kept> guest_;
  Bytes bytes_;
  std::size_t items_ = 0, scales_ = 0;
};

class PythonTiming final : public alliance::TimingPolicy {
 public:
  PythonTiming(const Services& services, const Type& type, const std::string& id)
      : services_(services),
        where_("timing policy " + id),
        guest_(in_python(where_, [&] { return make(**type, services); })) {}
  Bytes plan(ByteView case_bytes, alliance_instant now) override { return call("plan", "Plan", case_bytes, now); }
  Bytes account(ByteView case_bytes, alliance_instant now) override {
    return call("account", "Report", case_bytes, now);
  }

 private:
  Bytes call(const char* method, const char* table, ByteView case_bytes, alliance_instant now) {
    return in_python(where_, [&] {
      return bytes_from(services_, table, guest_->attr(method)(json_of(services_, "Case", case_bytes), now));
    });
  }
  Services services_;
  std::string where_;
  Kept guest_;
};

class PythonTailoring final : public alliance::TailoringPolicy {
 public:
  PythonTailoring(const Services& services, const Type& type, const std::string& id)
      : services_(services),
        where_("tailoring policy " + id),
        guest_(in_python(where_, [&] { return make(**type, services); })) {}
  Bytes propose(ByteView case_bytes, ByteView programme, alliance_instant now) override {
    return in_python(where_, [&] {
      nb::object catalogue = nb::none();
      if (!programme.empty()) catalogue = json_of(services_, "Programme", programme);
      return bytes_from(services_, "Proposals",
                        guest_->attr("propose")(json_of(services_, "Case", case_bytes), catalogue, now));
    });
  }

 private:
  Services services_;
  std::string where_;
  Kept guest_;
};

class PythonProgramme final : public alliance::ProgrammeAdapter {
 public:
  PythonProgramme(const Services& services, const Type& type, const std::string& id)
      : services_(services),
        where_("programme " + id),
        guest_(in_python(where_, [&] { return make(**type, services); })) {}
  Bytes catalogue() const override {
    return in_python(where_, [&] { return bytes_from(services_, "Programme", guest_->attr("catalogue")()); });
  }
  Bytes ingest(ByteView payload) override {
    return in_python(where_,
                     [&] { return bytes_from(services_, "EventBatch", guest_->attr("ingest")(to_python(payload))); });
  }
  Bytes apply(const std::string& case_id, ByteView proposal, alliance_instant when) override {
    return in_python(where_, [&] {
      const auto made =
          nb::cast<nb::bytes>(guest_->attr("apply")(case_id, json_of(services_, "Proposals", proposal), when));
      return Bytes(data_of(made), data_of(made) + made.size());
    });
  }

 private:
  Services services_;
  std::string where_;
  Kept guest_;
};

// The host's side of a transport, for Python: it may be kept longer than it may be called.
class Line {
 public:
  explicit Line(TransportEvents events) : events_(events) {}
  void end() {
    const std::lock_guard lock(mutex_);
    events_.reset();
  }
  template <class Call>
  void call(Call&& work) {
    const std::lock_guard lock(mutex_);
    if (events_) work(*events_);
  }

 private:
  std::mutex mutex_;
  std::optional<TransportEvents> events_;
};

class PythonTransport final : public alliance::Transport {
 public:
  PythonTransport(const Services& services, const std::string& endpoint, TransportEvents events, const Type& type,
                  const std::string& id)
      : services_(services),
        where_("transport " + id),
        line_(std::make_shared<Line>(events)),
        guest_(in_python(
            where_, [&] { return helper("open_transport")(**type, nb::cast(services), endpoint, nb::cast(line_)); })) {}
  ~PythonTransport() override {
    try {
      in_python(where_, [&] { guest_->attr("close")(); });
    } catch (const std::exception&) {
      services_.log(ALLIANCE_LOG_WARNING, where_ + ": an exception was raised in close()");
    }
    line_->end();
  }
  void send(std::uint64_t position, ByteView batch) override {
    in_python(where_, [&] { guest_->attr("send")(position, json_of(services_, "Batch", batch)); });
  }

 private:
  Services services_;
  std::string where_;
  std::shared_ptr<Line> line_;
  Kept guest_;
};

// ---- Entries without a context ---------------------------------------------------------------------

constexpr std::size_t most_guests = 64;
std::array<std::atomic<Guest*>, most_guests> guests{};
std::mutex guests_lock;

template <std::size_t N>
struct Entry {
  static std::int32_t init(const alliance_services* services, alliance_error* error) noexcept {
    return glue::guarded(error, glue::Text::to_message, [&] { guests[N].load()->begin(services); });
  }
  static void deinit() noexcept {
    if (Guest* guest = guests[N].load()) guest->end();
  }
  static const void* get_factory(const char* id) noexcept {
    const Guest* guest = guests[N].load();
    return guest == nullptr || id == nullptr ? nullptr : guest->factory(id);
  }
  static constexpr alliance_plugin_entry table = {
      sizeof(alliance_plugin_entry), ALLIANCE_ABI_MAJOR, ALLIANCE_ABI_MINOR, 0,
      ALLIANCE_LAYOUT_CHECK,         &Entry::init,       &Entry::deinit,     &Entry::get_factory};
};

template <std::size_t... N>
constexpr std::array<const alliance_plugin_entry*, sizeof...(N)> entries(std::index_sequence<N...>) {
  return {&Entry<N>::table...};
}
constexpr auto all_entries = entries(std::make_index_sequence<most_guests>());

}  // namespace

Guest::Guest(std::vector<Class> classes) : classes_(std::move(classes)) {
  const std::lock_guard lock(guests_lock);
  for (; place_ < most_guests; ++place_) {
    if (guests[place_] != nullptr) continue;
    guests[place_] = this;
    entry_ = all_entries[place_];
    return;
  }
  throw Error(ALLIANCE_E_LIMIT,
              "this process holds " + std::to_string(most_guests) + " plugins in Python: close a host first");
}

Guest::~Guest() {
  {
    const std::lock_guard lock(guests_lock);
    guests[place_] = nullptr;
  }
  if (Py_IsInitialized() == 0) {
    for (Class& one : classes_) one.type.release();
    return;
  }
  nb::gil_scoped_acquire held;
  classes_.clear();
}

void Guest::begin(const alliance_services* services) {
  auto made = std::make_unique<Plugin>(Services(services));
  for (const Class& one : classes_) {
    const Type type = [&] {
      nb::gil_scoped_acquire held;
      return std::make_shared<Kept>(one.type);
    }();
    const Descriptor what{one.id, one.version, one.title};
    if (one.kind == "measure") made->add<PythonMeasure>(what, type, one.id);
    if (one.kind == "timing") made->add<PythonTiming>(what, type, one.id);
    if (one.kind == "tailoring") made->add<PythonTailoring>(what, type, one.id);
    if (one.kind == "programme") made->add<PythonProgramme>(what, type, one.id);
    if (one.kind == "transport") made->add<PythonTransport>(what, type, one.id);
  }
  plugin_ = std::move(made);
}

namespace {

void register_classes(
    const std::shared_ptr<OpenHost>& host, const std::string& name,
    const std::vector<std::tuple<std::string, std::string, std::string, std::string, nb::object>>& classes) {
  if (called_by_host())
    throw Error(ALLIANCE_E_STATE, "the host is calling this code: it cannot be steered from within");
  const OpenHost::Use use(*host);
  std::vector<Guest::Class> all;
  for (const auto& [kind, id, version, title, type] : classes) all.push_back({kind, id, version, title, type});
  auto guest = std::make_shared<Guest>(std::move(all));
  host->guests.push_back(guest);  // also of one that is refused: the host may look at its entry to its end
  without_gil([&](alliance_error* error) {
    const std::lock_guard one_at_a_time(host->control);
    return alliance_host_add_static(use.raw(), name.c_str(), guest->entry(), error);
  });
}

// At the end of the program: a class that does not come back by itself is not waited for without end.
void close_within(const std::shared_ptr<OpenHost>& host, double seconds) {
  nb::gil_scoped_release released;
  std::mutex mutex;
  std::condition_variable changed;
  bool closed = false;
  std::thread impatient([&] {
    std::unique_lock lock(mutex);
    std::chrono::duration<double> wait(seconds);
    while (!changed.wait_for(lock, wait, [&] { return closed; })) {
      lock.unlock();
      interrupt_guests();
      lock.lock();
      wait = std::chrono::seconds(1);
    }
  });
  host->close();
  {
    const std::lock_guard lock(mutex);
    closed = true;
  }
  changed.notify_all();
  impatient.join();
}

nb::object get(const Services& services, const std::string& key) {
  const auto kept = services.get(key.c_str());
  if (!kept) return nb::none();
  return nb::make_tuple(kept->version, to_python(kept->bytes));
}

}  // namespace

void define_guests(nb::module_& module) {
  nb::class_<Services>(module, "Services")
      .def_prop_ro("folder", &Services::folder)
      .def_prop_ro("config_json", &Services::config)
      .def("log",
           [](const Services& services, std::int32_t level, const std::string& line) { services.log(level, line); })
      .def("now", &Services::now)
      .def("get", &get)
      .def("put", [](const Services& services, const std::string& key, std::uint32_t version,
                     nb::bytes bytes) { services.put(key.c_str(), version, {data_of(bytes), bytes.size()}); })
      .def("report_json",
           [](const Services& services, nb::bytes json) { services.report(bytes_from(services, "Report", json)); });
  nb::class_<Line>(module, "Line")
      .def(
          "acknowledged",
          [](Line& line, std::uint64_t position) {
            line.call([&](const TransportEvents& events) { events.acknowledged(position); });
          },
          nb::call_guard<nb::gil_scoped_release>())
      .def(
          "failed",
          [](Line& line, std::int32_t status, const std::string& message) {
            line.call([&](const TransportEvents& events) { events.failed(status, message); });
          },
          nb::call_guard<nb::gil_scoped_release>())
      .def(
          "refused",
          [](Line& line, std::uint64_t position, const std::string& report, std::int32_t status,
             const std::string& message) {
            line.call([&](const TransportEvents& events) { events.refused(position, report, status, message); });
          },
          nb::call_guard<nb::gil_scoped_release>())
      .def(
          "under_way", [](Line& line) { line.call([](const TransportEvents& events) { events.under_way(); }); },
          nb::call_guard<nb::gil_scoped_release>());
  module.def("close_within", &close_within, nb::arg("host"), nb::arg("seconds"));
  module.def("register", &register_classes, nb::arg("host"), nb::arg("name"), nb::arg("classes"));
}

}  // namespace alliance::python

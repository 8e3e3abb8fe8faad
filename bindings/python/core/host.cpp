// SPDX-License-Identifier: Apache-2.0
#include <condition_variable>
#include <thread>

#include "guests.h"
#include "listen.h"

namespace alliance::python {
namespace {

using Shared = std::shared_ptr<OpenHost>;
constexpr std::size_t most_lines = 10'000;

Shared open(const std::optional<std::string>& tenant, const std::optional<std::string>& store,
            const std::optional<std::string>& config, const std::optional<std::string>& key_file,
            std::int32_t log_level, std::optional<std::int64_t> now, bool plaintext, bool keep_log) {
  auto made = std::make_shared<OpenHost>();
  alliance_host_options options = ALLIANCE_HOST_OPTIONS_INIT;
  const auto text = [](const std::optional<std::string>& one) { return one ? one->c_str() : nullptr; };
  options.log_level = log_level;
  options.tenant = text(tenant);
  options.store_path = text(store);
  options.config = text(config);
  options.key_file = text(key_file);
  options.flags = plaintext ? ALLIANCE_HOST_PLAINTEXT : 0;
  if (keep_log) {
    options.log_context = made.get();
    options.log = [](void* context, std::int32_t level, const char* line) noexcept {
      try {
        auto& self = *static_cast<OpenHost*>(context);
        const std::lock_guard lock(self.log_lock);
        if (self.log.size() < most_lines) self.log.emplace_back(level, line);
      } catch (...) {  // a line that no memory is left for
        return;
      }
    };
  }
  if (now) {  // a clock that is set, without a way into Python: the host reads it on threads of its own
    made->now = *now;
    options.now_context = &made->now;
    options.now = [](void* context) noexcept { return static_cast<std::atomic<alliance_instant>*>(context)->load(); };
  }
  without_gil([&](alliance_error* error) { return alliance_host_create(&options, &made->host, error); });
  return made;
}

// [control]: one at a time.
template <class Call>
void control(const Shared& host, Call&& call) {
  if (called_by_host())
    throw Error(ALLIANCE_E_STATE, "the host is calling this code: it cannot be steered from within");
  const OpenHost::Use use(*host);
  without_gil([&](alliance_error* error) {
    const std::lock_guard one_at_a_time(host->control);
    return call(use.raw(), error);
  });
}

// What may take long runs beside this thread, which hears signals meanwhile: KeyboardInterrupt cancels the call.
template <class Call>
void interruptible(const Shared& host, Call&& call) {
  if (called_by_host())
    throw Error(ALLIANCE_E_STATE, "the host is calling this code: it cannot be steered from within");
  const OpenHost::Use use(*host);
  alliance_error error = ALLIANCE_ERROR_INIT;
  std::int32_t status = ALLIANCE_OK;
  bool done = false;
  std::mutex guard;
  std::condition_variable ended;
  std::optional<nb::python_error> raised;
  {
    nb::gil_scoped_release released;
    std::thread worker([&] {
      {
        const std::lock_guard one_at_a_time(host->control);
        status = call(use.raw(), &error);
      }
      const std::lock_guard lock(guard);
      done = true;
      ended.notify_one();
    });
    std::unique_lock lock(guard);
    while (!ended.wait_for(lock, std::chrono::milliseconds(50), [&] { return done; })) {
      lock.unlock();
      if (!raised) {
        nb::gil_scoped_acquire held;
        if (PyErr_CheckSignals() != 0) {
          raised.emplace();
          host->cancel();
        }
      } else {
        host->cancel();  // the call may not have begun when it was cancelled first
      }
      lock.lock();
    }
    lock.unlock();
    worker.join();
  }
  if (raised) throw nb::python_error(std::move(*raised));
  check(status, error);
}

struct Found {
  alliance_recorded result = ALLIANCE_RECORDED_INIT;
  glue::Collector safety;
  nb::tuple tuple() const {
    return nb::make_tuple(result.repeated != 0, result.reports, result.safety_flags, to_python(safety.view()));
  }
};

nb::tuple record(const Shared& host, nb::bytes event) {
  const OpenHost::Use use(*host);
  Found found;
  alliance_error error = ALLIANCE_ERROR_INIT;
  std::int32_t status;
  {
    nb::gil_scoped_release released;
    status = alliance_host_record(use.raw(), data_of(event), event.size(), ALLIANCE_JSON, found.safety.sink(),
                                  &found.result, &error);
  }
  // Flags are raised also when the event could not be stored: they come with the exception.
  if (status != ALLIANCE_OK && !found.safety.view().empty()) {
    return nb::make_tuple(status, std::string(error.message), std::string(error.detail), to_python(found.safety.view()),
                          error.vendor_code);
  }
  check(status, error);
  return found.tuple();
}

nb::tuple record_many(const Shared& host, nb::bytes batch, std::size_t room) {
  const OpenHost::Use use(*host);
  Found found;
  constexpr std::int32_t untouched = -1;
  std::vector<std::int32_t> statuses(room, untouched);
  alliance_error error = ALLIANCE_ERROR_INIT;
  std::int32_t status;
  {
    nb::gil_scoped_release released;
    status = alliance_host_record_many(use.raw(), data_of(batch), batch.size(), ALLIANCE_JSON, statuses.data(), room,
                                       found.safety.sink(), &found.result, &error);
  }
  while (!statuses.empty() && statuses.back() == untouched) statuses.pop_back();
  if (statuses.empty()) check(status, error);
  return nb::make_tuple(found.tuple(), statuses, status == ALLIANCE_OK ? std::string() : std::string(error.message));
}

nb::tuple advance(const Shared& host, alliance_instant to, std::int64_t timeout) {
  Found found;
  interruptible(host, [&](alliance_host* raw, alliance_error* error) {
    return alliance_host_advance(raw, to, alliance_duration{timeout}, found.safety.sink(), ALLIANCE_JSON, &found.result,
                                 error);
  });
  return found.tuple();
}

// Everything that is read: JSON as bytes.
template <class Call>
nb::bytes read(const Shared& host, Call&& call) {
  const OpenHost::Use use(*host);
  glue::Collector out;
  without_gil([&](alliance_error* error) { return call(use.raw(), out.sink(), error); });
  return to_python(out.view());
}

alliance_viewer viewer(std::int32_t role, const std::string& id) { return {sizeof(alliance_viewer), role, id.c_str()}; }

nb::tuple load_folder(const Shared& host, const std::string& folder) {
  std::uint64_t loaded = 0, refused = 0;
  std::string why;
  control(host, [&](alliance_host* raw, alliance_error* error) {
    const std::int32_t status = alliance_host_load_folder(raw, folder.c_str(), &loaded, &refused, error);
    if (status != ALLIANCE_OK && refused > 0) {
      why = error->message;
      return ALLIANCE_OK;
    }
    return status;
  });
  return nb::make_tuple(loaded, refused, why);
}

nb::dict counts(const Shared& host) {
  const OpenHost::Use use(*host);
  alliance_host_counts found = ALLIANCE_HOST_COUNTS_INIT;
  without_gil([&](alliance_error* error) { return alliance_host_count(use.raw(), &found, error); });
  nb::dict made;
  made["events"] = found.events;
  made["reports"] = found.reports;
  made["sent"] = found.sent;
  made["acknowledged"] = found.acknowledged;
  made["waiting"] = found.waiting;
  made["dead_letters"] = found.dead_letters;
  made["safety_dead_letters"] = found.safety_dead_letters;
  return made;
}

using Text = const std::string&;
using Maybe = const std::optional<std::string>&;

void define_reading(nb::class_<OpenHost>& type) {
  type.def("plugins", [](const Shared& h) {
    return read(
        h, [](auto* raw, auto* out, auto* error) { return alliance_host_plugins(raw, ALLIANCE_JSON, out, error); });
  });
  type.def("instruments", [](const Shared& h) {
    return read(
        h, [](auto* raw, auto* out, auto* error) { return alliance_host_instruments(raw, ALLIANCE_JSON, out, error); });
  });
  type.def("ingest", [](const Shared& h, Text programme, nb::bytes payload) {
    return read(h, [&](auto* raw, auto* out, auto* error) {
      return alliance_host_ingest(raw, programme.c_str(), data_of(payload), payload.size(), ALLIANCE_JSON, out, error);
    });
  });
  type.def("review", [](const Shared& h, std::int32_t scope, Text id, std::int32_t role, Text who) {
    const auto asks = viewer(role, who);
    return read(h, [&](auto* raw, auto* out, auto* error) {
      return alliance_host_review(raw, scope, id.c_str(), &asks, ALLIANCE_JSON, out, error);
    });
  });
  type.def("cases", [](const Shared& h, std::int32_t role, Text who) {
    const auto asks = viewer(role, who);
    return read(h, [&](auto* raw, auto* out, auto* error) {
      return alliance_host_cases(raw, &asks, ALLIANCE_JSON, out, error);
    });
  });
  type.def("due", [](const Shared& h, Text id, std::int64_t at, std::int32_t role, Text who) {
    const auto asks = viewer(role, who);
    return read(h, [&](auto* raw, auto* out, auto* error) {
      return alliance_host_due(raw, id.c_str(), at, &asks, ALLIANCE_JSON, out, error);
    });
  });
  type.def("in_force", [](const Shared& h, Text id, std::int64_t at, std::int32_t role, Text who) {
    const auto asks = viewer(role, who);
    return read(h, [&](auto* raw, auto* out, auto* error) {
      return alliance_host_in_force(raw, id.c_str(), at, &asks, ALLIANCE_JSON, out, error);
    });
  });
  type.def("simulate", [](const Shared& h, Text id, Text policy, std::int32_t role, Text who) {
    const auto asks = viewer(role, who);
    return read(h, [&](auto* raw, auto* out, auto* error) {
      return alliance_host_simulate(raw, id.c_str(), policy.c_str(), &asks, ALLIANCE_JSON, out, error);
    });
  });
  type.def("time", [](const Shared& h, std::int32_t scope, Text id, std::int64_t at, std::uint32_t weeks,
                      std::int32_t role, Text who) {
    const auto asks = viewer(role, who);
    return read(h, [&](auto* raw, auto* out, auto* error) {
      return alliance_host_time(raw, scope, id.c_str(), at, weeks, &asks, ALLIANCE_JSON, out, error);
    });
  });
  type.def("report", [](const Shared& h, Text id, Text report, std::int32_t role, Text who) {
    const auto asks = viewer(role, who);
    return read(h, [&](auto* raw, auto* out, auto* error) {
      return alliance_host_report(raw, id.c_str(), report.c_str(), &asks, ALLIANCE_JSON, out, error);
    });
  });
  type.def(
      "study",
      [](const Shared& h, nb::bytes key, std::uint32_t shift_days, Maybe consent, std::int32_t role, Text who) {
        const auto asks = viewer(role, who);
        const alliance_study terms = {
            sizeof terms, shift_days, key.size(), data_of(key), consent ? consent->c_str() : nullptr, 0, 0};
        return read(h, [&](auto* raw, auto* out, auto* error) {
          return alliance_host_study(raw, &terms, &asks, ALLIANCE_JSON, out, error);
        });
      },
      nb::arg("key"), nb::arg("shift_days"), nb::arg("consent").none(), nb::arg("role"), nb::arg("who"));
  type.def(
      "extract",
      [](const Shared& h, std::int64_t from, std::int64_t until, Maybe instruments, std::int32_t role, Text who) {
        const auto asks = viewer(role, who);
        const alliance_extract terms = {sizeof terms, 0, from, until, instruments ? instruments->c_str() : nullptr};
        return read(h, [&](auto* raw, auto* out, auto* error) {
          return alliance_host_extract(raw, &terms, &asks, ALLIANCE_JSON, out, error);
        });
      },
      nb::arg("since"), nb::arg("until"), nb::arg("instruments").none(), nb::arg("role"), nb::arg("who"));
  type.def(
      "instruct",
      [](const Shared& h, std::int32_t act, Text subject, Text reason, Maybe reference, std::int32_t role, Text who) {
        const auto asks = viewer(role, who);
        const alliance_instruction what = {sizeof what, act, subject.c_str(), reason.c_str(),
                                           reference ? reference->c_str() : nullptr};
        const OpenHost::Use use(*h);
        without_gil([&](alliance_error* error) { return alliance_host_instruct(use.raw(), &what, &asks, error); });
      },
      nb::arg("act"), nb::arg("subject"), nb::arg("reason"), nb::arg("reference").none(), nb::arg("role"),
      nb::arg("who"));
  type.def("export", [](const Shared& h, Text subject, std::int32_t role, Text who) {
    const auto asks = viewer(role, who);
    return read(h, [&](auto* raw, auto* out, auto* error) {
      return alliance_host_export(raw, subject.c_str(), &asks, out, error);
    });
  });
  type.def("access", [](const Shared& h, Text subject, std::int32_t role, Text who) {
    const auto asks = viewer(role, who);
    return read(h, [&](auto* raw, auto* out, auto* error) {
      return alliance_host_access(raw, subject.c_str(), &asks, ALLIANCE_JSON, out, error);
    });
  });
  type.def("outbox", [](const Shared& h) {
    return read(h,
                [](auto* raw, auto* out, auto* error) { return alliance_host_outbox(raw, ALLIANCE_JSON, out, error); });
  });
  type.def("dead_letters", [](const Shared& h, std::uint64_t number) {
    return read(h, [&](auto* raw, auto* out, auto* error) {
      return alliance_host_dead_letters(raw, number, ALLIANCE_JSON, out, error);
    });
  });
  type.def("resend", [](const Shared& h, std::uint64_t number) {
    const OpenHost::Use use(*h);
    std::uint64_t sent = 0;
    without_gil([&](alliance_error* error) { return alliance_host_resend(use.raw(), number, &sent, error); });
    return sent;
  });
}

}  // namespace

OpenHost::~OpenHost() {
  std::optional<nb::gil_scoped_release> released;
  if (PyGILState_Check() != 0) released.emplace();
  close();
}

void OpenHost::cancel() noexcept {
  if (host != nullptr) alliance_host_cancel(host);
}

void OpenHost::close() noexcept {
  if (closing_.exchange(true) || host == nullptr) return;
  // A call may be about to begin while the others are cancelled.
  std::unique_lock nobody(in_use, std::try_to_lock);
  while (!nobody.owns_lock()) {
    cancel();
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
    nobody.try_lock();
  }
  for (auto& [name, inbox] : inboxes) {
    if (inbox) inbox->end();
  }
  alliance_host_close(host);
  host = nullptr;
  guests.clear();  // their classes may hold on to the host in Python
}

void define_host(nb::module_& module) {
  nb::class_<OpenHost> type(module, "Host", nb::is_weak_referenceable());
  type.def("load_folder", &load_folder)
      .def("load_plugin",
           [](const Shared& h, Text manifest) {
             control(h,
                     [&](auto* raw, auto* error) { return alliance_host_load_plugin(raw, manifest.c_str(), error); });
           })
      .def("connect",
           [](const Shared& h, Text endpoint) {
             control(h, [&](auto* raw, auto* error) { return alliance_host_connect(raw, endpoint.c_str(), error); });
           })
      .def("forget",
           [](const Shared& h, Text endpoint) {
             control(h, [&](auto* raw, auto* error) { return alliance_host_forget(raw, endpoint.c_str(), error); });
           })
      .def("run",
           [](const Shared& h) { control(h, [](auto* raw, auto* error) { return alliance_host_run(raw, error); }); })
      .def("drain",
           [](const Shared& h, std::int64_t timeout) {
             interruptible(h, [&](auto* raw, auto* error) {
               return alliance_host_drain(raw, alliance_duration{timeout}, error);
             });
           })
      .def("advance", &advance)
      .def("cancel", [](const Shared& h) { h->cancel(); })
      .def("close",
           [](const Shared& h) {
             if (called_by_host())
               throw Error(ALLIANCE_E_STATE, "the host is calling this code: it cannot be closed from within");
             nb::gil_scoped_release released;
             h->close();
           })
      .def_prop_ro("closed", [](const Shared& h) { return h->closed(); })
      .def("take_log",
           [](const Shared& h) {
             const std::lock_guard lock(h->log_lock);
             return std::exchange(h->log, {});
           })
      .def("set_now", [](const Shared& h, std::int64_t now) { h->now = now; })
      .def("record", &record)
      .def("record_many", &record_many)
      .def("counts", &counts);
  define_reading(type);
  module.def("open", &open, nb::arg("tenant").none(), nb::arg("store").none(), nb::arg("config").none(),
             nb::arg("key_file").none(), nb::arg("log_level"), nb::arg("now").none(), nb::arg("plaintext"),
             nb::arg("keep_log"));
}

}  // namespace alliance::python

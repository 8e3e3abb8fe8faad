// SPDX-License-Identifier: Apache-2.0
// The extension module: host.h and the plugin tables as Python objects. What is convenient is written in Python.
#pragma once

#include <nanobind/nanobind.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/pair.h>
#include <nanobind/stl/shared_ptr.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/tuple.h>
#include <nanobind/stl/vector.h>

#include <alliance/host.h>
#include <alliance/error.hpp>

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <shared_mutex>

namespace alliance::python {

namespace nb = nanobind;

class Inbox;  // listen.h
class Guest;  // guests.h

// An open host, shared by everything that was made from it.
class OpenHost {
 public:
  OpenHost() = default;
  ~OpenHost();

  // Held during a call: close() waits for it. Refuses when the host is closed.
  class Use {
   public:
    explicit Use(OpenHost& host);
    alliance_host* raw() const { return raw_; }

   private:
    std::shared_lock<std::shared_mutex> lock_;
    alliance_host* raw_;
  };

  // The GIL must not be held: calls under way may need it to end.
  void close() noexcept;
  bool closed() const { return closing_; }
  void cancel() noexcept;

  alliance_host* host = nullptr;
  std::shared_mutex in_use;
  std::mutex control;  // the control strand
  std::atomic<alliance_instant> now{0};
  std::mutex log_lock;  // lines that were kept, without a way into Python
  std::vector<std::pair<std::int32_t, std::string>> log;
  std::map<std::string, std::shared_ptr<Inbox>> inboxes;
  std::vector<std::shared_ptr<Guest>> guests;  // classes in Python that the host calls

 private:
  std::atomic<bool> closing_{false};
};

// True on a thread on which the host is calling Python: what closes the host would wait for itself.
bool called_by_host() noexcept;
class CalledByHost {
 public:
  CalledByHost() noexcept;
  ~CalledByHost();
  CalledByHost(const CalledByHost&) = delete;
  CalledByHost& operator=(const CalledByHost&) = delete;
};

inline void check(std::int32_t status, const alliance_error& error) {
  if (status != ALLIANCE_OK) {
    throw Error(status, error.message[0] != '\0' ? error.message : alliance_status_text(status), error.detail,
                error.vendor_code);
  }
}

// Runs `call(error)` without the GIL.
template <class Call>
void without_gil(Call&& call) {
  alliance_error error = ALLIANCE_ERROR_INIT;
  std::int32_t status;
  {
    nb::gil_scoped_release released;
    status = call(&error);
  }
  check(status, error);
}

inline const std::uint8_t* data_of(const nb::bytes& bytes) { return static_cast<const std::uint8_t*>(bytes.data()); }
inline nb::bytes to_python(ByteView bytes) { return nb::bytes(bytes.data(), bytes.size()); }

void define_errors(nb::module_& module);
void define_host(nb::module_& module);
void define_measure(nb::module_& module);
void define_arrow(nb::module_& module);
void define_listen(nb::module_& module);
void define_guests(nb::module_& module);
void define_runner(nb::module_& module);

}  // namespace alliance::python

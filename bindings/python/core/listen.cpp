// SPDX-License-Identifier: Apache-2.0
#include "listen.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace alliance::python {

Inbox::Inbox() : event_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  if (event_ < 0) throw Error(ALLIANCE_E_IO, std::string("no eventfd for the inbox: ") + std::strerror(errno));
}

Inbox::~Inbox() { ::close(event_); }

void Inbox::ring() noexcept {
  const std::uint64_t one = 1;
  if (::write(event_, &one, sizeof one) < 0) return;  // full: it has been rung often enough
}

void Inbox::begin() {
  const std::lock_guard lock(mutex_);
  listening_ = true;
  ++listener_;
  settled_.notify_all();  // what another listener left lying comes again
}

void Inbox::end() noexcept {
  const std::lock_guard lock(mutex_);
  listening_ = false;
  settled_.notify_all();
}

std::int32_t Inbox::take(void* self, const alliance_report* report, alliance_error* error) noexcept {
  try {
    return static_cast<Inbox*>(self)->wait(*report, error);
  } catch (...) {
    return ALLIANCE_E_STATE;
  }
}

std::int32_t Inbox::wait(const alliance_report& report, alliance_error* error) {
  std::unique_lock lock(mutex_);
  if (!listening_) return glue::tell(error, ALLIANCE_E_STATE, "nobody listens just now");
  const std::uint64_t ticket = ++tickets_, listener = listener_;
  Waiting& mine = waiting_[ticket];
  mine.report = report;
  mine.id = report.id;
  mine.tenant = report.tenant;
  mine.case_id = report.case_id;
  mine.kind = report.kind;
  if (report.length > 0) mine.body.assign(report.body, report.body + report.length);
  ring();
  settled_.wait(lock, [&] { return mine.answer || !listening_ || listener_ != listener; });
  const auto answer = std::move(mine.answer);
  waiting_.erase(ticket);
  if (!answer) return glue::tell(error, ALLIANCE_E_CANCELLED, "whoever listened has gone");
  return answer->first == ALLIANCE_OK ? ALLIANCE_OK : glue::tell(error, answer->first, answer->second);
}

nb::object Inbox::next() {
  std::uint64_t rung = 0;
  if (::read(event_, &rung, sizeof rung) < 0) rung = 0;
  const std::lock_guard lock(mutex_);
  for (auto& [ticket, one] : waiting_) {
    if (one.seen) continue;
    one.seen = true;
    if (waiting_.size() > 1) ring();
    return nb::make_tuple(ticket, one.report.lane, one.id, one.tenant, one.case_id, one.kind, one.report.epoch,
                          one.report.sequence, one.report.first_sequence, one.report.time, one.report.withheld != 0,
                          to_python(one.body));
  }
  return nb::none();
}

bool Inbox::settle(std::uint64_t ticket, std::int32_t status, const std::string& message) {
  const std::lock_guard lock(mutex_);
  const auto found = waiting_.find(ticket);
  if (found == waiting_.end() || !listening_) return false;
  found->second.answer.emplace(status, message);
  settled_.notify_all();
  return true;
}

namespace {

std::shared_ptr<Inbox> receive(const std::shared_ptr<OpenHost>& host, const std::string& name) {
  const OpenHost::Use use(*host);
  auto& inbox = host->inboxes[name];
  if (inbox) {
    inbox->begin();
  } else {
    auto made = std::make_shared<Inbox>();
    made->begin();  // reports come from the moment that it is received
    without_gil([&](alliance_error* error) {
      const std::lock_guard one_at_a_time(host->control);
      return alliance_host_receive(use.raw(), name.c_str(), ALLIANCE_JSON, &Inbox::take, made.get(), error);
    });
    inbox = std::move(made);
  }
  return inbox;
}

}  // namespace

void define_listen(nb::module_& module) {
  nb::class_<Inbox>(module, "Inbox")
      .def("fileno", &Inbox::descriptor)
      .def("next", &Inbox::next)
      .def("end", &Inbox::end, nb::call_guard<nb::gil_scoped_release>())
      .def("settle", &Inbox::settle, nb::arg("ticket"), nb::arg("status"), nb::arg("message"));
  module.def("receive", &receive, nb::arg("host"), nb::arg("name"));
}

}  // namespace alliance::python

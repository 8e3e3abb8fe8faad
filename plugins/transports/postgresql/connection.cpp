// SPDX-License-Identifier: Apache-2.0
#include "connection.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <vector>

#include "address.h"

namespace alliance::postgresql {
namespace {

using Clock = std::chrono::steady_clock;
constexpr auto patience = std::chrono::seconds(12);  // below the host's own, so that the sentence is ours

// The server's first line. Further ones quote what was sent.
std::string first_line(const char* text) {
  const std::string_view all = text == nullptr ? "" : text;
  const auto end = std::min(all.find('\n'), all.size());
  return std::string(all.substr(0, std::min<std::size_t>(end, 200)));
}

}  // namespace

Stop::Stop() : descriptor_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  if (descriptor_ < 0) throw Error(ALLIANCE_E_IO, "no descriptor is left to wait with");
}
Stop::~Stop() { ::close(descriptor_); }
void Stop::now() noexcept {
  const std::uint64_t one = 1;
  static_cast<void>(!::write(descriptor_, &one, sizeof one));
}

Connection::Connection(const std::map<std::string, std::string>& settings, Stop& stop) : stop_(stop) {
  std::vector<const char*> keys, values;
  for (const auto& [key, value] : settings) {
    keys.push_back(key.c_str());
    values.push_back(value.c_str());
  }
  keys.push_back(nullptr);
  values.push_back(nullptr);
  connection_.reset(PQconnectStartParams(keys.data(), values.data(), 0));
  if (!connection_) throw Error(ALLIANCE_E_IO, "out of memory");
  const auto deadline = Clock::now() + patience;
  const auto state = effective(connection_.get());  // no word of ours has left yet
  local_ = on_this_machine(state);
  check_encryption(state, settings);
  for (auto next = PGRES_POLLING_WRITING;;) {
    if (PQstatus(connection_.get()) == CONNECTION_BAD || next == PGRES_POLLING_FAILED) lost("cannot be reached");
    if (next == PGRES_POLLING_OK) break;
    wait(next == PGRES_POLLING_READING ? POLLIN : POLLOUT, deadline);
    next = PQconnectPoll(connection_.get());
  }
  if (PQsetnonblocking(connection_.get(), 1) != 0) lost("cannot be used");
  PQsetNoticeProcessor(connection_.get(), [](void*, const char*) {}, nullptr);
}

void Connection::lost(const std::string& what) const {
  throw Error(ALLIANCE_E_IO, "the database " + what + ": " + first_line(PQerrorMessage(connection_.get())));
}

void Connection::wait(short events, Deadline deadline) {
  for (;;) {
    pollfd ends[] = {{PQsocket(connection_.get()), events, 0}, {stop_.descriptor(), POLLIN, 0}};
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now()).count();
    if (left <= 0) throw Error(ALLIANCE_E_TIMEOUT, "the database did not answer within 12 s");
    const int ready = ::poll(ends, 2, static_cast<int>(left));
    if (ready < 0 && errno != EINTR) throw Error(ALLIANCE_E_IO, "waiting for the database failed");
    if (ends[1].revents != 0) throw Error(ALLIANCE_E_CANCELLED, "the transport was closed");
    if (ready > 0) return;
  }
}

void Connection::flush(Deadline deadline) {
  for (;;) {
    const int left = PQflush(connection_.get());
    if (left < 0) lost("went away");
    if (left == 0) return;
    wait(POLLIN | POLLOUT, deadline);
    if (PQconsumeInput(connection_.get()) == 0) lost("went away");
  }
}

Answer Connection::next(Deadline deadline) {
  flush(deadline);
  while (PQisBusy(connection_.get()) != 0) {
    wait(POLLIN, deadline);
    if (PQconsumeInput(connection_.get()) == 0) lost("went away");
  }
  Answer answer;
  answer.result.reset(PQgetResult(connection_.get()));
  return answer;
}

Answer Connection::last(Deadline deadline) {
  Answer kept;
  for (;;) {
    auto answer = next(deadline);
    if (!answer.result) break;
    // The first failure is the one that counts; what follows is skipped by the server.
    const bool bad = kept.result && PQresultStatus(kept.result.get()) == PGRES_FATAL_ERROR;
    const auto status = PQresultStatus(answer.result.get());
    if (!bad) kept = std::move(answer);
    if (status == PGRES_COPY_IN) break;
  }
  if (!kept.result) lost("went away");
  check(kept);
  return kept;
}

void Connection::check(const Answer& answer) const {
  const auto status = PQresultStatus(answer.result.get());
  if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || status == PGRES_COPY_IN) return;
  const auto field = [&](int which) { return first_line(PQresultErrorField(answer.result.get(), which)); };
  const std::string state = field(PG_DIAG_SQLSTATE);
  if (state.empty()) lost("went away");
  const std::string kind = state.substr(0, 2);
  // What the server says about data may quote them; about its own state it does not, and a trigger speaks for itself.
  if (kind == "22" || kind == "23") {
    const std::string constraint = field(PG_DIAG_CONSTRAINT_NAME);
    throw Refused("the database refuses it with SQLSTATE " + state +
                      (constraint.empty() ? "" : " (constraint " + constraint + ")"),
                  state == "23505");
  }
  if (kind == "P0") throw Refused("the database refuses it: " + field(PG_DIAG_MESSAGE_PRIMARY));
  throw Error(kind == "42" ? ALLIANCE_E_STATE : ALLIANCE_E_IO,
              "the database says: " + field(PG_DIAG_MESSAGE_PRIMARY) + " (SQLSTATE " + state + ")");
}

Answer Connection::query(const char* sql) {
  if (PQsendQuery(connection_.get(), sql) == 0) lost("went away");
  return last(Clock::now() + patience);
}

void Connection::copy(const char* sql, std::string_view lines) {
  const auto deadline = Clock::now() + patience;
  if (PQsendQuery(connection_.get(), sql) == 0) lost("went away");
  const auto ready = last(deadline);
  if (PQresultStatus(ready.result.get()) != PGRES_COPY_IN) throw Error(ALLIANCE_E_INTERNAL, "no COPY was begun");
  constexpr std::size_t piece = 256u << 10;
  while (!lines.empty()) {
    const auto some = lines.substr(0, piece);
    const int put = PQputCopyData(connection_.get(), some.data(), static_cast<int>(some.size()));
    if (put < 0) lost("went away");
    if (put == 0) {
      flush(deadline);
      continue;
    }
    lines.remove_prefix(some.size());
  }
  for (int put = 0; put == 0;) {
    put = PQputCopyEnd(connection_.get(), nullptr);
    if (put < 0) lost("went away");
    if (put == 0) flush(deadline);
  }
  last(deadline);
}

}  // namespace alliance::postgresql

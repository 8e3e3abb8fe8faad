// SPDX-License-Identifier: Apache-2.0
// libpq without waiting for ever: every wait has a deadline and ends when the transport is closed.
#pragma once

#include <libpq-fe.h>

#include <alliance/error.hpp>
#include <atomic>
#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <string_view>

namespace alliance::postgresql {

// The data themselves were refused, by a constraint, a trigger or a type; sending them again will not help.
class Refused : public Error {
 public:
  Refused(const std::string& sentence, bool repeat = false)
      : Error(ALLIANCE_E_BAD_INPUT, sentence), is_repeat(repeat) {}
  bool is_repeat;  // a row with this key is there
};

class Stop {
 public:
  Stop();
  ~Stop();
  Stop(const Stop&) = delete;
  Stop& operator=(const Stop&) = delete;
  void now() noexcept;
  int descriptor() const { return descriptor_; }

 private:
  int descriptor_;
};

struct Answer {
  std::unique_ptr<PGresult, decltype(&PQclear)> result{nullptr, &PQclear};
  int rows() const { return PQntuples(result.get()); }
  std::string_view at(int row, int column) const {
    return {PQgetvalue(result.get(), row, column), static_cast<std::size_t>(PQgetlength(result.get(), row, column))};
  }
};

class Connection {
 public:
  Connection(const std::map<std::string, std::string>& settings, Stop& stop);

  Answer query(const char* sql);  // one or more statements; the last one's answer
  void copy(const char* sql, std::string_view lines);
  bool encrypted() const { return PQsslInUse(connection_.get()) != 0; }
  bool local() const { return local_; }

 private:
  using Deadline = std::chrono::steady_clock::time_point;
  void wait(short events, Deadline deadline);
  void flush(Deadline deadline);
  Answer next(Deadline deadline);  // an empty one at the end
  Answer last(Deadline deadline);
  void check(const Answer& answer) const;
  [[noreturn]] void lost(const std::string& what) const;

  Stop& stop_;
  std::unique_ptr<PGconn, decltype(&PQfinish)> connection_{nullptr, &PQfinish};
  bool local_ = true;
};

}  // namespace alliance::postgresql

// SPDX-License-Identifier: Apache-2.0
// The inbox's side of a connection: checks what it finds there, and puts rows into it.
#pragma once

#include <span>

#include "connection.h"
#include "rows.h"

namespace alliance::postgresql {

class Taking {
 public:
  using Warn = std::function<void(const std::string& sentence)>;
  // Refuses a database without the inbox, or with one of another version. `sql` is the file that makes it.
  Taking(const std::map<std::string, std::string>& settings, Stop& stop, const std::string& sql, const Warn& warn);

  // One transaction: all of it is on the server's disk when it returns, or nothing.
  void put(std::span<const Row* const> rows);

 private:
  void put_news(std::span<const Row* const> rows);
  void put_whatever(std::span<const Row* const> rows);
  void commit(bool news, bool safety);
  Connection connection_;
};

}  // namespace alliance::postgresql

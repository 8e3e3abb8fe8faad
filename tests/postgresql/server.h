// SPDX-License-Identifier: Apache-2.0
// A PostgreSQL server of one's own on a free port, and what lies in it.
#pragma once

#include <libpq-fe.h>
#include <pwd.h>

#include <fstream>
#include <memory>
#include <optional>
#include <sstream>
#include <vector>

#include "faults/process.h"
#include "loopback.h"

namespace alliance::test {

class Database {
 public:
  using Rows = std::vector<std::vector<std::string>>;

  // Empty where no server is installed.
  static std::string programs() {
    std::error_code ignored;
    std::string newest;
    for (const auto& entry : std::filesystem::directory_iterator("/usr/lib/postgresql", ignored)) {
      const auto folder = entry.path() / "bin";
      if (std::filesystem::exists(folder / "initdb") && folder.string() > newest) newest = folder.string();
    }
    return newest;
  }

  bool make() {
    if (::geteuid() == 0) {  // the server refuses to run as root
      const auto* other = ::getpwnam("postgres");
      if (other == nullptr) other = ::getpwnam("nobody");
      if (other == nullptr || ::chown(folder_.string().c_str(), other->pw_uid, other->pw_gid) != 0) {
        ADD_FAILURE() << "there is no user whom the server may run as";
        return false;
      }
      owner_ = other->pw_uid;
      as_ = "/usr/bin/setpriv --reuid " + std::to_string(other->pw_uid) + " --regid " + std::to_string(other->pw_gid) +
            " --clear-groups --pdeathsig KILL ";
    }
    if (!shell("cd " + folder_.string() + " && " + as_ + programs() + "/initdb -D " + data() +
               " -A trust -U postgres -E UTF8 --locale C.UTF-8 --no-sync >init 2>&1")) {
      ADD_FAILURE() << "initdb failed; " << end_of(folder_ / "init");
      return false;
    }
    return start() && put(read(ALLIANCE_SOURCE_DIR "/plugins/transports/postgresql/data/inbox.sql")).has_value();
  }

  // Until it answers. What a killed one left behind may still hold the folder for a moment. Before it was ever used it
  // may have another port, should somebody have taken its own after all.
  bool start() {
    const bool answers = eventually([this] {
      if (!server_.alive()) {
        if (!used_) port_ = free_port();
        server_ = faults::Process(
            {"/bin/sh", "-c",
             "cd " + folder_.string() + " && exec " + as_ + programs() + "/postgres -D " + data() + " -k " +
                 folder_.string() + " -c listen_addresses=127.0.0.1 -p " + std::to_string(port_) +
                 " -c max_connections=20 -c shared_buffers=16MB " + options + " 2>>" + (folder_ / "log")},
            folder_ / "out");
        std::this_thread::sleep_for(std::chrono::milliseconds(200));
      }
      return rows("SELECT 1").has_value();
    });
    used_ = used_ || answers;
    EXPECT_TRUE(answers) << "the server does not answer; " << end_of(folder_ / "log");
    return answers;
  }
  void end(int signal) { server_.end(signal); }

  std::string address(const std::string& more = "") const {
    return "host=127.0.0.1 port=" + std::to_string(port_) + " user=postgres dbname=postgres" + more;
  }
  std::string operator/(const std::string& name) const { return folder_ / name; }
  // A file that the server may read and nobody else.
  std::string keep(const std::string& name, const std::string& text) const {
    const auto path = folder_ / name;
    std::ofstream(path) << text;
    EXPECT_EQ(::chmod(path.c_str(), 0600), 0);
    EXPECT_EQ(::chown(path.c_str(), owner_, static_cast<gid_t>(-1)), 0);
    return path;
  }
  int port() const { return port_; }

  std::optional<Rows> rows(const std::string& sql) const {
    const std::unique_ptr<PGconn, decltype(&PQfinish)> connection(PQconnectdb(address(" connect_timeout=5").c_str()),
                                                                  &PQfinish);
    if (PQstatus(connection.get()) != CONNECTION_OK) return std::nullopt;
    PQsetNoticeProcessor(connection.get(), [](void*, const char*) {}, nullptr);
    const std::unique_ptr<PGresult, decltype(&PQclear)> result(PQexec(connection.get(), sql.c_str()), &PQclear);
    const auto status = PQresultStatus(result.get());
    if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK) return std::nullopt;
    Rows out;
    for (int row = 0; row < PQntuples(result.get()); ++row) {
      out.emplace_back();
      for (int column = 0; column < PQnfields(result.get()); ++column) {
        out.back().push_back(PQgetisnull(result.get(), row, column) ? "null" : PQgetvalue(result.get(), row, column));
      }
    }
    return out;
  }
  std::optional<Rows> put(const std::string& sql) const { return rows(sql); }

  std::string options;  // of the server, from its next start on

 private:
  std::string data() const { return folder_ / "data"; }
  static bool shell(const std::string& command) { return std::system(command.c_str()) == 0; }
  static std::string read(const std::string& path) {
    std::ostringstream all;
    all << std::ifstream(path).rdbuf();
    return all.str();
  }

  // The server may be another user, who sees no folder of ours alone.
  TemporaryFolder folder_{"postgresql", ::geteuid() == 0 ? "/tmp" : std::filesystem::temp_directory_path()};
  std::string as_;
  uid_t owner_ = ::geteuid();
  int port_ = 0;
  bool used_ = false;
  faults::Process server_;
};

}  // namespace alliance::test

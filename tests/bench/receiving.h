// SPDX-License-Identifier: Apache-2.0
// A receiver in a process of its own, over TCP on a free port of this machine.
#pragma once

#include <alliance/receiver.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <map>
#include <string>
#include <vector>

#include "pairs.h"

namespace bench {

enum class Keeps { in_memory, on_disk };

class ReceiverProcess {
 public:
  // `inbox` is the file of one that keeps on disk. Before any thread is started.
  ReceiverProcess(Keeps keeps, const std::string& inbox) {
    int ends[2];
    need(pipe(ends) == 0, "a pipe");
    child_ = fork();
    if (child_ == 0) {
      prctl(PR_SET_PDEATHSIG, SIGKILL);
      close(ends[0]);
      serve(keeps, inbox, ends[1]);
    }
    close(ends[1]);
    char text[256] = {};
    need(read(ends[0], text, sizeof text - 1) > 0, "a receiver");
    close(ends[0]);
    address_ = text;
  }
  ReceiverProcess(const ReceiverProcess&) = delete;
  ReceiverProcess& operator=(const ReceiverProcess&) = delete;
  ~ReceiverProcess() {
    kill(child_, SIGKILL);
    waitpid(child_, nullptr, 0);
  }
  const std::string& address() const { return address_; }

 private:
  // Marks and reports in memory alone.
  struct Memory {
    std::map<std::string, std::uint64_t> marks;
    std::vector<std::vector<std::uint8_t>> reports;
    static std::string key(const char* tenant, const char* of, std::int64_t epoch, std::int32_t lane) {
      return std::string(tenant) + '\n' + of + '\n' + std::to_string(epoch) + '\n' + std::to_string(lane);
    }
  };

  [[noreturn]] static void serve(Keeps keeps, const std::string& inbox, int told) {
    static Memory memory;
    static constexpr auto fine = [](void*, alliance_error*) noexcept -> std::int32_t { return ALLIANCE_OK; };
    const alliance_receiver_store store = {
        sizeof store,
        0,
        &memory,
        fine,
        [](void* of, const char* tenant, const char* name, std::int64_t epoch, std::int32_t lane, std::uint64_t* at,
           alliance_error*) noexcept -> std::int32_t {
          *at = static_cast<Memory*>(of)->marks[Memory::key(tenant, name, epoch, lane)];
          return ALLIANCE_OK;
        },
        [](void* of, const char* tenant, const char* name, std::int64_t epoch, std::int32_t lane, std::uint64_t at,
           alliance_error*) noexcept -> std::int32_t {
          static_cast<Memory*>(of)->marks[Memory::key(tenant, name, epoch, lane)] = at;
          return ALLIANCE_OK;
        },
        [](void*, const char*, const char*, std::int32_t* awaited, alliance_error*) noexcept -> std::int32_t {
          *awaited = 0;
          return ALLIANCE_OK;
        },
        [](void*, const char*, const char*, std::int32_t, alliance_error*) noexcept -> std::int32_t {
          return ALLIANCE_OK;
        },
        fine,
        [](void*) noexcept {}};
    alliance_receiver_options options = ALLIANCE_RECEIVER_OPTIONS_INIT;
    options.address = "tcp://127.0.0.1:0";
    options.format = ALLIANCE_FLATBUFFERS;
    options.flags = ALLIANCE_RECEIVER_PLAINTEXT;
    if (keeps == Keeps::on_disk) {
      options.flags |= ALLIANCE_RECEIVER_KEEP_REPORTS;
      options.inbox_path = inbox.c_str();
    } else {
      options.store = &store;
    }
    options.context = &memory;
    options.take = [](void* of, const alliance_report* report, alliance_error*) noexcept -> std::int32_t {
      auto& kept = static_cast<Memory*>(of)->reports;
      if (kept.size() == 100'000) kept.clear();
      kept.emplace_back(report->body, report->body + report->length);
      return ALLIANCE_OK;
    };
    alliance_receiver* receiver = nullptr;
    alliance_error error = ALLIANCE_ERROR_INIT;
    if (alliance_receiver_open(&options, &receiver, &error) != ALLIANCE_OK) give_up(error.message);
    const std::string address = alliance_receiver_address(receiver);
    if (write(told, address.data(), address.size()) < 0) _exit(1);
    close(told);
    alliance_receiver_run(receiver, &error);
    give_up(error.message);
  }

  pid_t child_ = -1;
  std::string address_;
};

}  // namespace bench

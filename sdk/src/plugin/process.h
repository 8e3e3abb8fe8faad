// SPDX-License-Identifier: Apache-2.0
// The host's side of a plugin in a process of its own: starts it, calls it, and outlives it.
#pragma once

#include <alliance/plugin.h>
#include <sys/resource.h>
#include <time.h>

#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "common/result.h"
#include "plugin/area.h"
#include "plugin/file.h"
#include "plugin/line.h"
#include "plugin/starter.h"
#include "plugin/wire.h"

namespace alliance::plugin {

// What an operator says about it.
struct RunnerSettings {
  std::string program;  // alliance-plugin-runner; "": where it was installed
  std::string python;  // the interpreter of plugins in Python, which has the package alliance; "": see python_program()
  std::uint32_t memory_mib = 1024, cpu_seconds = 10, call_ms = 2000, start_ms = 10000;
  std::uint32_t send_ms = 60000;  // of a transport's calls
  std::vector<std::string> read, write, environment;
  bool network = false;
  bool shared_memory = true;                  // for large batches, where the kernel has it
  std::chrono::milliseconds first_wait{250};  // before it is started again; four times as long after the next crash
  std::function<void(std::int32_t level, const std::string& line)> log;
  std::string quarantine_lasts = "until the host starts again";  // as its sentence says it
};

// Three ends in ten minutes, whatever the reason, and it is started no more.
inline constexpr std::size_t most_crashes = 3;
inline constexpr std::chrono::minutes crash_window{10};

// Large batches go through it in pieces. Few megabytes stay in the processor's caches on the way.
inline constexpr std::size_t area_size = std::size_t{1} << 20;

// Where the runner was installed beside this library or program; "" where it is not.
std::string installed_runner();

class Process {
 public:
  struct What {
    std::string id, name;  // of the plugin, and of its library in sentences
    File library;
    std::string hash, folder, config;
    std::vector<std::string> kinds;
    const alliance_services* services = nullptr;  // the host's own, asked while a call is under way
    std::function<void(const std::string& reason)> quarantined{};
    bool python = false;  // the interpreter runs it, and its library is a source
  };
  Process(What what, RunnerSettings settings);
  ~Process();  // the plugin's deinit(), if it still answers
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  Result<void> start();

  // [any-thread] One at a time. `body` begins after what `instance` needs. What is not the plugin's own word is a
  // Failure: ALLIANCE_E_TIMEOUT, ALLIANCE_E_LIMIT, ALLIANCE_E_STATE while it waits to be started again,
  // ALLIANCE_E_LIBRARY from the last crash on, else ALLIANCE_E_INTERNAL.
  Result<wire::Reader> call(wire::Op op, const wire::Writer& body);

  // An instance outlives the process that it was made in: it is made again in the next one.
  struct Instance {
    Process* process = nullptr;
    std::string kind, id;
    std::optional<std::string> version;
    std::uint64_t handle = 0, generation = 0;
  };
  // What the plugin answered; the instance can be used when it is ALLIANCE_OK.
  Result<std::int32_t> create(Instance& instance, alliance_error* error);
  void destroy(const Instance& instance);
  // `add` writes what follows the instance.
  Result<wire::Reader> call(wire::Op op, Instance& instance, const std::function<void(wire::Writer&)>& add);
  // The same with memory of area_size bytes that both sides see, until `take` has read the answer. It is empty where
  // there is none.
  using Area = std::span<std::uint8_t>;
  Result<void> call_sharing(wire::Op op, Instance& instance, const std::function<void(wire::Writer&, Area)>& add,
                            const std::function<void(wire::Reader&, Area)>& take);

  // One more way into the process that lives, for a transport: its calls wait for nobody else's.
  struct Way {
    Descriptor socket;
    std::uint64_t generation = 0;
  };
  Result<Way> attach();
  // What a call over it saw, in the words of what became of the process, which ends.
  Failure lost(std::uint64_t generation, const Failure& seen);
  // [any-thread] Processor time is counted anew from here.
  void limit_processor_time(std::uint64_t generation);
  std::chrono::milliseconds send_patience() const { return std::chrono::milliseconds(settings_.send_ms); }
  const alliance_services& services() const { return *what_.services; }

  void quarantine(const std::string& reason);  // it is called no more, deinit() neither
  std::optional<std::string> quarantined() const;
  std::string held_back_by() const;           // "seccomp, landlock 3"
  const char* keep(const std::string& text);  // for as long as this lives: a descriptor's words

 private:
  using Clock = std::chrono::steady_clock;
  Result<void> ready();
  Result<void> launch();
  Result<wire::Reader> exchange(wire::Op op, const wire::Writer& body, std::uint32_t patience_ms, int descriptor = -1);
  Result<void> remake(Instance& instance);
  Result<Area> shared();
  Result<std::int32_t> make(Instance& instance, alliance_error* error);
  tl::unexpected<Failure> broken(const Failure& seen, std::uint32_t patience_ms);
  void limit_processor_time();
  tl::unexpected<Failure> ended(std::int32_t status, const std::string& what);
  std::string end_process(std::chrono::milliseconds patience);
  std::vector<std::string> environment() const;

  mutable std::mutex mutex_;
  What what_;
  RunnerSettings settings_;
  Starter starter_;
  std::unique_ptr<Line> line_;  // to the runner that lives
  Descriptor process_;
  int pid_ = 0;
  clockid_t used_{};    // by the process
  rlim_t held_to_ = 0;  // seconds
  wire::Writer body_;   // of the call under way
  std::optional<plugin::Area> area_;
  bool no_area_ = false;
  std::uint64_t generation_ = 0;
  std::deque<Clock::time_point> crashes_;
  Clock::time_point not_before_{};
  std::string last_end_, held_back_by_;
  std::optional<std::string> quarantined_;
  std::deque<std::string> kept_;
};

}  // namespace alliance::plugin

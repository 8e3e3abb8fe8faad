// SPDX-License-Identifier: Apache-2.0
// P2: a plugin in a process of its own beside the same plugin in this one, and beside a bare ping-pong.
// bench_apart FOLDER: where the manifest of a second copy lies, since a plugin is in one host at a time.
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <alliance/host.hpp>

#include "hand_written.h"
#include "pairs.h"
#include "plugin/process.h"
#include "plugin/registry.h"
#include "services.h"

namespace {

constexpr std::uint64_t rows = 1'000;

struct Batch {
  std::vector<double> answers = std::vector<double>(rows * bench::wai_items, 3.0), values;
  std::vector<std::uint8_t> given = std::vector<std::uint8_t>(rows * bench::wai_items, ALLIANCE_ANSWERED), states;
  std::vector<std::uint32_t> answered;
  std::vector<std::int32_t> bands;
  Batch() : values(rows * 4), states(rows * 4), answered(rows * 4), bands(rows * 4) {}

  void score(const alliance_measure_ref& ref, std::uint64_t number) {
    const alliance_sheets sheets = {sizeof sheets, 0, number, bench::wai_items, answers.data(), given.data()};
    const alliance_scores out = {sizeof out, 0, number, 4, values.data(), states.data(), answered.data(), bands.data()};
    alliance_error error = ALLIANCE_ERROR_INIT;
    const auto call = number == 1 ? ref.table->score : ref.table->score_batch;
    if (call(ref.measure, &sheets, nullptr, &out, &error) != ALLIANCE_OK) bench::give_up(error.message);
    bench::keep(values[0]);
  }
};

// Both sides write and read as many bytes as one sheet and its scores take on the way.
class PingPong {
 public:
  PingPong(std::size_t there, std::size_t back) : there_(there), back_(back) {
    int ends[2];
    bench::need(socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0, "a pair of sockets");
    child_ = fork();
    if (child_ == 0) {
      close(ends[0]);
      while (take(ends[1], there_)) give(ends[1], back_);
      _exit(0);
    }
    close(ends[1]);
    socket_ = ends[0];
  }
  PingPong(const PingPong&) = delete;
  PingPong& operator=(const PingPong&) = delete;
  ~PingPong() {
    close(socket_);
    waitpid(child_, nullptr, 0);
  }
  void once() {
    give(socket_, there_);
    if (!take(socket_, back_)) bench::give_up("the other end is gone");
  }

 private:
  static void give(int socket, std::size_t bytes) {
    static const std::vector<char> some(4096);
    if (write(socket, some.data(), bytes) != static_cast<ssize_t>(bytes)) _exit(1);
  }
  static bool take(int socket, std::size_t bytes) {
    static std::vector<char> some(4096);
    for (std::size_t had = 0; had < bytes;) {
      const ssize_t count = read(socket, some.data(), bytes - had);
      if (count <= 0) return false;
      had += static_cast<std::size_t>(count);
    }
    return true;
  }
  std::size_t there_, back_;
  pid_t child_ = -1;
  int socket_ = -1;
};

// Where memory cannot be shared.
class OverTheSocket {
 public:
  explicit OverTheSocket(const std::string& manifest) : registry_(side()) {
    const auto loaded = registry_.load(manifest);
    if (!loaded) bench::give_up(loaded.error().message);
    alliance_error error = ALLIANCE_ERROR_INIT;
    ref_.table = (*loaded)->measure;
    if (ref_.table->create(ref_.table, &(*loaded)->services, "wai-sr-c", nullptr, &ref_.measure, &error) != 0) {
      bench::give_up(error.message);
    }
  }
  ~OverTheSocket() { ref_.table->destroy(ref_.measure); }
  OverTheSocket(const OverTheSocket&) = delete;
  OverTheSocket& operator=(const OverTheSocket&) = delete;
  const alliance_measure_ref& measure() const { return ref_; }

 private:
  static alliance::plugin::HostSide side() {
    alliance::plugin::HostSide made;
    made.service = [](const std::string&, const char* id) { return bench::service(nullptr, id); };
    made.settings = [](const std::string&) { return std::string("{}"); };
    made.runner = [](const std::string&) {
      alliance::plugin::RunnerSettings settings;
      settings.program = BENCH_RUNNER;
      settings.shared_memory = false;
      return std::optional(settings);
    };
    return made;
  }
  alliance::plugin::Registry registry_;
  alliance_measure_ref ref_ = ALLIANCE_MEASURE_REF_INIT;
};

alliance_measure_ref wai(const alliance::Host& host) {
  alliance_measure_ref ref = ALLIANCE_MEASURE_REF_INIT;
  bench::need(alliance_host_find_measure(host.raw(), "wai-sr-c", nullptr, &ref, nullptr) == ALLIANCE_OK, "the WAI-SR");
  return ref;
}

}  // namespace

int main(int argc, char** argv) {
  const bench::Asked asked(argc, argv);
  PingPong ping(32 + 40 + 16 + 12 * 9, 32 + 32 + 4 * 17);
  const std::string manifest = std::string(ALLIANCE_PLUGIN_DIR) + "/instruments.alliance.json";
  alliance::HostOptions options;
  options.config = std::string(R"({"plugin_runner":")") + BENCH_RUNNER +
                   R"(","plugins":[{"plugin":"org.alliance-sdk.instruments","settings":"{}","isolation":"process"}]})";
  try {
    alliance::Host apart(options), here;
    apart.load_plugin(manifest);
    here.load_plugin(manifest);
    const auto far = wai(apart), near = wai(here);
    Batch ours, theirs;
    auto how = asked.how;
    how.clock = bench::clock_or(bench::Clock::wall);  // the other process's time counts, too
    bench::compare(
        "P2 shared memory", how,
        [&](std::uint64_t times) {
          while (times-- > 0) ours.score(far, rows);
        },
        [&](std::uint64_t times) {
          while (times-- > 0) theirs.score(near, rows);
        });
    bench::need(ours.values == theirs.values, "both give the same scores");
    OverTheSocket third(manifest);
    bench::compare(
        "P2 batch", how,
        [&](std::uint64_t times) {
          while (times-- > 0) ours.score(third.measure(), rows);
        },
        [&](std::uint64_t times) {
          while (times-- > 0) theirs.score(near, rows);
        });
    bench::need(ours.values == theirs.values, "both give the same scores");
    bench::compare(
        "P2 single", how,
        [&](std::uint64_t times) {
          while (times-- > 0) ours.score(far, 1);
        },
        [&](std::uint64_t times) {
          while (times-- > 0) ping.once();
        });
  } catch (const alliance::Error& error) {
    bench::give_up(error.message());
  }
  return 0;
}

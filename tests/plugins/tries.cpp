// SPDX-License-Identifier: Apache-2.0
// A plugin that tries what it is told to in the bytes of a case or batch ("try-..."), and answers with how it went.
// What it tries is what a process of its own must not be able to do. Its transport also speaks when nobody called.
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <alliance/plugin.hpp>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>
#include <string>
#include <thread>

namespace {

std::string went(bool well) { return well ? "done" : std::string("refused: ") + strerrorname_np(errno); }

std::string opened(const std::string& path, int how) {
  const int file = open(path.c_str(), how | O_CLOEXEC, 0600);
  const std::string answer = went(file >= 0);
  if (file >= 0) close(file);
  return answer;
}

std::string tried(const alliance::Services& services, const std::string& what, const std::string& with) {
  if (what == "nothing") return "done";
  if (what == "read") return opened(with, O_RDONLY);
  if (what == "write") return opened(with, O_WRONLY | O_CREAT);
  if (what == "own-folder") return opened(services.folder(), O_RDONLY | O_DIRECTORY);
  if (what == "chmod") return went(chmod(with.c_str(), 0777) == 0);
  if (what == "socket") return went(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0) >= 0);
  if (what == "fork") {
    const pid_t child = fork();
    if (child == 0) _exit(0);
    if (child > 0) waitpid(child, nullptr, 0);
    return went(child > 0);
  }
  if (what == "exec") {
    return went(execl("/bin/true", "true", nullptr) == 0);
  }
  if (what == "kill") return went(kill(std::atoi(with.c_str()), 0) == 0);
  if (what == "raise-limits") {
    const rlimit all{RLIM_INFINITY, RLIM_INFINITY};
    return went(setrlimit(RLIMIT_CPU, &all) == 0);
  }
  if (what == "thread") {
    std::string answer;
    std::thread([&] {
      services.log(ALLIANCE_LOG_INFO, "from a thread");
      answer = std::to_string(services.now());
    }).join();
    return answer;
  }
  if (what == "control") return std::to_string(services.now()) + (services.on_control() ? " control" : " elsewhere");
  if (what == "put") {
    services.put("key", 3, alliance::bytes_of(with));
    const auto kept = services.get("key");
    return std::string(alliance::text_of(kept->bytes)) + "/" + std::to_string(kept->version);
  }
  if (what == "descriptors") {
    std::string answer;
    for (int at = 0; at < 64; ++at) answer += fcntl(at, F_GETFD) == -1 ? "" : std::to_string(at) + " ";
    return answer;
  }
  if (what == "variable") {
    const char* value = std::getenv(with.c_str());
    return value == nullptr ? "none" : value;
  }
  if (what == "memory") {
    const std::size_t size = std::size_t{4} << 30;
    const std::unique_ptr<char[]> room(new (std::nothrow) char[size]);
    if (room) std::memset(room.get(), 1, size);
    errno = ENOMEM;
    return went(room != nullptr);
  }
  if (what == "flood") return std::string(std::size_t{64} << 20, 'x');
  if (what == "spin") {
    for (volatile bool on = true; on;) {
    }
  }
  if (what == "sleep") {
    for (;;) pause();
  }
  if (what == "crash") raise(SIGSEGV);
  if (what == "abort") std::abort();
  if (what == "exit") std::exit(7);
  if (what == "close") {
    for (int at = 3; at < 64; ++at) close(at);
    for (;;) pause();
  }
  if (what == "babble") {
    for (int at = 3; at < 64; ++at) (void)!write(at, "what is no frame at all, but long enough for one", 48);
    for (;;) pause();
  }
  return "unknown";
}

class Tries final : public alliance::TimingPolicy {
 public:
  explicit Tries(const alliance::Services& services) : services_(services) {}
  alliance::Bytes plan(alliance::ByteView state, alliance_instant) override {
    const std::string text(alliance::text_of(state));
    const std::size_t at = text.find("try-");
    if (at == std::string::npos) return services_.encode("Plan", R"({"occasions":[]})");
    const std::size_t end = text.find_first_of(std::string(" \0", 2), at);
    const std::string what = text.substr(at + 4, end - at - 4);
    const std::string with = end == std::string::npos || text[end] == '\0' ? "" : text.substr(end + 1);
    return alliance::bytes_of(tried(services_, what, with.substr(0, with.find('\0'))));
  }
  alliance::Bytes account(alliance::ByteView, alliance_instant) override {
    throw alliance::Error(ALLIANCE_E_UNSUPPORTED, "no account");
  }

 private:
  alliance::Services services_;
};

class Way final : public alliance::Transport {
 public:
  Way(const alliance::Services& services, const std::string&, alliance::TransportEvents events)
      : services_(services), events_(events) {}
  ~Way() override {
    closing_ = true;
    if (thread_.joinable()) thread_.join();
  }
  void send(std::uint64_t position, alliance::ByteView batch) override {
    const std::string what(alliance::text_of(batch));
    if (what.starts_with("try-")) {
      events_.acknowledged(position - 1);
      tried(services_, what.substr(4), "");
    } else if (what == "slow") {
      for (int round = 0; round < 20; ++round) {
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
        events_.under_way();
      }
      events_.acknowledged(position);
    } else if (what == "later") {
      begin([this, position] {
        services_.log(ALLIANCE_LOG_INFO, "taken at " + std::to_string(services_.now()));
        events_.under_way();
        events_.refused(position, "r-1", ALLIANCE_E_BAD_INPUT, "unlucky");
        events_.acknowledged(position);
        events_.failed(ALLIANCE_E_IO, "the far side is gone");
      });
    } else if (what == "abort-later") {
      begin([] { std::abort(); });
    } else if (what == "chatter") {
      begin([this] {
        while (!closing_) events_.under_way();
      });
    } else {
      throw alliance::Error(ALLIANCE_E_BAD_INPUT, "nobody knows what to do with that");
    }
  }

 private:
  template <class Work>
  void begin(Work work) {
    thread_ = std::thread([work] {
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
      work();
    });
  }

  const alliance::Services services_;
  const alliance::TransportEvents events_;
  std::atomic<bool> closing_ = false;
  std::thread thread_;
};

void offer(alliance::Plugin& plugin) {
  plugin.add<Tries>({"tries", "1.0.0", "What it is told to try"});
  plugin.add<Way>({"tries", "1.0.0", "What it is told to try"});
}

}  // namespace

ALLIANCE_PLUGIN(offer);

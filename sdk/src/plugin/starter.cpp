// SPDX-License-Identifier: Apache-2.0
#include "plugin/starter.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace alliance::plugin {
namespace {

constexpr int runner_socket = 3, runner_library = 4;  // as sdk/runner expects them

std::vector<char*> pointers(std::vector<std::string>& words) {
  std::vector<char*> made;
  made.reserve(words.size() + 1);
  for (auto& word : words) made.push_back(word.data());
  made.push_back(nullptr);
  return made;
}

Result<Started> spawn(const Program& program, int library, std::vector<std::string> environment) {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
    return fail(ALLIANCE_E_IO, "no socket pair could be made: " + std::generic_category().message(errno));
  }
  Started made{Descriptor(ends[0]), Descriptor(), 0};
  // Numbers that the two below cannot overwrite while they are put in their places.
  const Descriptor theirs(fcntl(ends[1], F_DUPFD_CLOEXEC, 10));
  const Descriptor file(fcntl(library, F_DUPFD_CLOEXEC, 10));
  close(ends[1]);
  posix_spawn_file_actions_t files;
  posix_spawnattr_t how;
  posix_spawn_file_actions_init(&files);
  posix_spawnattr_init(&how);
  posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&files, 1, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_adddup2(&files, 1, 2);  // what it prints may be anything, a client's answers too
  posix_spawn_file_actions_adddup2(&files, theirs.get(), runner_socket);
  posix_spawn_file_actions_adddup2(&files, file.get(), runner_library);
  posix_spawn_file_actions_addclosefrom_np(&files, runner_library + 1);
  sigset_t none, all;
  sigemptyset(&none);
  sigfillset(&all);
  posix_spawnattr_setsigmask(&how, &none);
  posix_spawnattr_setsigdefault(&how, &all);
  posix_spawnattr_setflags(&how, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  std::vector<std::string> words = program.words;
  words.push_back(std::to_string(getpid()));
  const auto arguments = pointers(words), variables = pointers(environment);
  pid_t pid = 0;
  const int bad = posix_spawn(&pid, program.path.c_str(), &files, &how, arguments.data(), variables.data());
  posix_spawn_file_actions_destroy(&files);
  posix_spawnattr_destroy(&how);
  if (bad != 0) {
    return fail(ALLIANCE_E_NOT_FOUND, "the runner " + program.path + " cannot be started: " +
                                          std::generic_category().message(bad) + "; " + program.mend);
  }
  made.pid = pid;
  made.process = Descriptor(static_cast<int>(syscall(SYS_pidfd_open, pid, 0)));
  if (made.process.get() < 0) {
    const int number = errno;
    kill(pid, SIGKILL);
    waitpid(pid, nullptr, 0);
    return fail(ALLIANCE_E_UNSUPPORTED,
                "this kernel gives no descriptor of a process: " + std::generic_category().message(number));
  }
  return made;
}

}  // namespace

Starter::Starter() : thread_([this] { run(); }) {}

Starter::~Starter() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void Starter::run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [&] { return stop_ || work_; });
    if (stop_) return;
    work_();
    work_ = nullptr;
    changed_.notify_all();
  }
}

Result<Started> Starter::start(const Program& program, int library, const std::vector<std::string>& environment) {
  Result<Started> made;
  std::unique_lock lock(mutex_);
  work_ = [&] { made = spawn(program, library, environment); };
  changed_.notify_all();
  changed_.wait(lock, [&] { return !work_; });
  return made;
}

}  // namespace alliance::plugin

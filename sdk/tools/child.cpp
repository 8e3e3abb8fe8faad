// SPDX-License-Identifier: Apache-2.0
#include "child.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <fstream>
#include <sstream>

#include "common/text.h"

namespace alliance::tools {

SharedSlate::SharedSlate() : file_(memfd_create("alliance-slate", MFD_CLOEXEC)) {
  if (file_ < 0 || ftruncate(file_, sizeof(check::Slate)) != 0) return;
  slate_ = slate_of(file_);
}

SharedSlate::~SharedSlate() {
  if (slate_ != nullptr) munmap(slate_, sizeof *slate_);
  if (file_ >= 0) close(file_);
}

check::Slate* slate_of(int file) {
  void* at = mmap(nullptr, sizeof(check::Slate), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  return at == MAP_FAILED ? nullptr : static_cast<check::Slate*>(at);
}

pid_t start_child(std::vector<std::string> words, const SharedSlate& slate, int output) {
  words.insert(words.end(), {"--slate", std::to_string(slate.file())});
  std::vector<char*> arguments;
  arguments.reserve(words.size() + 1);
  for (auto& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  const pid_t child = fork();
  if (child != 0) return child;
  setpgid(0, 0);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  fcntl(slate.file(), F_SETFD, 0);
  const rlimit none = {0, 0};
  setrlimit(RLIMIT_CORE, &none);
  const int empty = open("/dev/null", O_RDONLY);
  dup2(empty, STDIN_FILENO);
  dup2(output, STDOUT_FILENO);
  dup2(output, STDERR_FILENO);
  execv("/proc/self/exe", arguments.data());
  _exit(127);
}

int output_file() { return memfd_create("alliance-output", MFD_CLOEXEC); }

std::string last_words(int output) {
  std::array<char, 2048> text{};
  const off_t size = lseek(output, 0, SEEK_END);
  const ssize_t length = pread(output, text.data(), text.size(), std::max<off_t>(0, size - 2048));
  std::string words(text.data(), length < 0 ? 0 : static_cast<std::size_t>(length));
  while (!words.empty() && words.back() == '\n') words.pop_back();
  words = words.substr(words.rfind('\n') + 1);
  for (char& c : words) c = static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
  return std::string(front_of(words, 200));
}

std::string how_it_ended(const check::Slate& slate, int status) {
  const std::string where = slate.at[0] == '\0' ? "" : std::string(" in ") + slate.at;
  if (WIFSIGNALED(status)) return "it crashed" + where + ": " + strsignal(WTERMSIG(status));
  return "the process ended" + where + " with status " + std::to_string(WEXITSTATUS(status));
}

std::string whole_file(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

}  // namespace alliance::tools

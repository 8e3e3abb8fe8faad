// SPDX-License-Identifier: Apache-2.0
#include "plugin/process.h"

#include <dlfcn.h>
#include <poll.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <system_error>

#include "plugin/asked.h"
#include "plugin/interpreter.h"

namespace alliance::plugin {
namespace {

using wire::Op;
using wire::Reader;
using wire::Writer;

constexpr std::chrono::milliseconds farewell{2000};  // for deinit()
constexpr std::chrono::milliseconds last_breath{500};
constexpr std::size_t most_kept = 4096;

std::string milliseconds(std::chrono::steady_clock::duration length) {
  return std::to_string(std::chrono::ceil<std::chrono::milliseconds>(length).count()) + " ms";
}

Result<Program> native_program(const std::string& path) {
  if (!path.empty()) return Program{path, {"alliance-plugin-runner"}, "set plugin_runner in the host's configuration"};
  return fail(ALLIANCE_E_NOT_FOUND,
              "alliance-plugin-runner was not installed beside this host: set plugin_runner in its configuration");
}

}  // namespace

std::string installed_runner() {
  Dl_info self{};
  if (dladdr(reinterpret_cast<void*>(&installed_runner), &self) == 0 || self.dli_fname == nullptr) return "";
  std::error_code bad;
  auto here = std::filesystem::canonical(self.dli_fname, bad);
  if (bad) here = std::filesystem::canonical("/proc/self/exe", bad);
  for (const char* place : {"bin", "../bin", "../../bin", "."}) {  // beside lib, or lib/TRIPLET
    const auto found = std::filesystem::canonical(here.parent_path() / place / "alliance-plugin-runner", bad);
    if (!bad) return found.string();
  }
  return "";
}

Process::Process(What what, RunnerSettings settings) : what_(std::move(what)), settings_(std::move(settings)) {
  if (settings_.program.empty()) settings_.program = installed_runner();
  if (!settings_.log) settings_.log = [](std::int32_t, const std::string&) {};
}

Process::~Process() {
  const std::lock_guard lock(mutex_);
  if (!line_) return;
  if (!quarantined_) static_cast<void>(exchange(Op::end, Writer(), static_cast<std::uint32_t>(farewell.count())));
  end_process(quarantined_ ? std::chrono::milliseconds(0) : last_breath);
}

std::vector<std::string> Process::environment() const {
  std::vector<std::string> made = {"LC_ALL=C.UTF-8"};
  for (const auto& name : settings_.environment) {
    if (const char* value = std::getenv(name.c_str())) made.push_back(name + "=" + value);
  }
  return made;
}

Result<void> Process::start() {
  const std::lock_guard lock(mutex_);
  return launch();
}

// The runner's first frame: what it is to hold itself back by, and what it is to load.
Result<void> Process::launch() {
  auto program = what_.python ? python_program(settings_.python) : native_program(settings_.program);
  if (!program) return tl::unexpected(program.error());
  auto started = starter_.start(*program, what_.library.descriptor.get(), environment());
  if (!started) return tl::unexpected(started.error());
  line_ = std::make_unique<Line>(std::move(started->socket), *what_.services);
  process_ = std::move(started->process);
  pid_ = started->pid;
  held_to_ = 0;
  if (clock_getcpuclockid(pid_, &used_) != 0) used_ = CLOCK_REALTIME;
  no_area_ = false;
  ++generation_;
  Writer body;
  body.number(wire::version).text(what_.name).text(what_.hash).text(what_.folder).text(what_.config);
  body.number(what_.library.size).number(what_.library.identity.first).number(what_.library.identity.second);
  body.number(services_offered(*what_.services)).number(settings_.memory_mib).number(settings_.network ? 1 : 0);
  for (const auto* list : {&what_.kinds, &settings_.read, &settings_.write}) {
    body.number(list->size());
    for (const auto& word : *list) body.text(word);
  }
  auto answer = exchange(Op::start, body, settings_.start_ms);
  if (!answer) return tl::unexpected(answer.error());
  const auto status = static_cast<std::int32_t>(answer->number());
  std::string message = answer->text(), detail = answer->text();
  held_back_by_ = answer->text();
  if (status == ALLIANCE_OK && answer->good()) return {};
  end_process(last_breath);
  return fail(status == ALLIANCE_OK ? ALLIANCE_E_INTERNAL : status, std::move(message), std::move(detail));
}

// That there is a process to call.
Result<void> Process::ready() {
  if (quarantined_) return fail(ALLIANCE_E_LIBRARY, *quarantined_);
  if (line_) return {};
  const auto now = Clock::now();
  if (now < not_before_) {
    return fail(ALLIANCE_E_STATE, last_end_ + "; it is started again in " + milliseconds(not_before_ - now));
  }
  auto done = launch();
  if (!done && !line_ && Clock::now() >= not_before_) return ended(done.error().status, done.error().message);
  if (done) settings_.log(ALLIANCE_LOG_INFO, "plugin " + what_.id + ": its process was started again");
  return done;
}

// Ends what is left of the process and remembers it. The answer is the failure of the call that saw it.
tl::unexpected<Failure> Process::ended(std::int32_t status, const std::string& what) {
  end_process(std::chrono::milliseconds(0));
  const auto now = Clock::now();
  crashes_.push_back(now);
  while (now - crashes_.front() > crash_window) crashes_.pop_front();
  last_end_ = what;
  if (crashes_.size() >= most_crashes) {
    quarantined_ = what + ", the third time in ten minutes: it is in quarantine " + settings_.quarantine_lasts;
    settings_.log(ALLIANCE_LOG_ERROR,
                  "plugin " + what_.id + ", library " + what_.hash.substr(0, 12) + "...: " + *quarantined_);
    if (what_.quarantined) what_.quarantined(*quarantined_);
    return fail(ALLIANCE_E_LIBRARY, *quarantined_);
  }
  auto wait = settings_.first_wait;
  for (std::size_t at = 1; at < crashes_.size(); ++at) wait *= 4;
  not_before_ = now + wait;
  settings_.log(ALLIANCE_LOG_WARNING,
                "plugin " + what_.id + ": " + what + "; it may be started again after " + milliseconds(wait));
  return fail(status, what);
}

// How it ended, if it did so by itself.
std::string Process::end_process(std::chrono::milliseconds patience) {
  line_.reset();
  area_.reset();
  if (process_.get() < 0) return "";
  pollfd gone{process_.get(), POLLIN, 0};
  const bool by_itself = poll(&gone, 1, static_cast<int>(patience.count())) > 0;
  if (!by_itself) syscall(SYS_pidfd_send_signal, process_.get(), SIGKILL, nullptr, 0);
  siginfo_t how{};
  const int got = waitid(P_PIDFD, static_cast<id_t>(process_.get()), &how, WEXITED);
  process_ = Descriptor();
  if (!by_itself || got != 0) return "";  // somebody else in this program may have waited for it
  if (how.si_code == CLD_EXITED && what_.python && how.si_status == no_package) return no_package_words;
  if (how.si_code == CLD_EXITED) return "its process ended with status " + std::to_string(how.si_status);
  if (how.si_status == SIGXCPU) {
    return "it used more than " + std::to_string(settings_.cpu_seconds) + " s of processor time in one call";
  }
  return std::string("its process crashed: ") + strsignal(how.si_status);
}

// From outside, call by call: a process cannot be trusted to watch its own.
void Process::limit_processor_time() {
  timespec used{};
  if (clock_gettime(used_, &used) != 0) return;
  const rlim_t most = static_cast<rlim_t>(used.tv_sec) + settings_.cpu_seconds + 1;
  if (most == held_to_) return;
  rlimit limit{};
  if (prlimit(pid_, RLIMIT_CPU, nullptr, &limit) != 0) return;
  limit.rlim_cur = std::min(most, limit.rlim_max);
  if (prlimit(pid_, RLIMIT_CPU, &limit, nullptr) == 0) held_to_ = most;
}

tl::unexpected<Failure> Process::broken(const Failure& seen, std::uint32_t patience_ms) {
  if (seen.status == ALLIANCE_E_TIMEOUT) {
    return ended(ALLIANCE_E_TIMEOUT,
                 "it did not answer within " + std::to_string(patience_ms) + " ms and its process was ended");
  }
  if (seen.status == ALLIANCE_E_LIMIT) return ended(ALLIANCE_E_LIMIT, seen.message);
  const std::string how = end_process(last_breath);
  return ended(ALLIANCE_E_INTERNAL, how.empty() ? "its process closed the connection" : how);
}

Result<Reader> Process::exchange(Op op, const Writer& body, std::uint32_t patience_ms, int descriptor) {
  limit_processor_time();
  auto answer = line_->call(op, body, std::chrono::milliseconds(patience_ms), descriptor);
  if (answer) return answer;
  if (body.body().size() > wire::most_frame) return answer;  // ours, and it heard nothing of it
  return broken(answer.error(), patience_ms);
}

Result<Process::Way> Process::attach() {
  const std::lock_guard lock(mutex_);
  if (auto fine = ready(); !fine) return tl::unexpected(fine.error());
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
    return fail(ALLIANCE_E_IO, "no socket pair could be made: " + std::generic_category().message(errno));
  }
  Descriptor ours(ends[0]);
  const Descriptor theirs(ends[1]);
  if (auto answer = exchange(Op::attach, Writer(), settings_.start_ms, theirs.get()); !answer) {
    return tl::unexpected(answer.error());
  }
  return Way{std::move(ours), generation_};
}

Failure Process::lost(std::uint64_t generation, const Failure& seen) {
  const std::lock_guard lock(mutex_);
  if (line_ && generation == generation_) return broken(seen, settings_.send_ms).value();
  // Somebody else saw it before.
  if (quarantined_) return {ALLIANCE_E_LIBRARY, *quarantined_, ""};
  return {ALLIANCE_E_INTERNAL, last_end_.empty() ? "its process was ended" : last_end_, ""};
}

void Process::limit_processor_time(std::uint64_t generation) {
  const std::lock_guard lock(mutex_);
  if (line_ && generation == generation_) limit_processor_time();
}

Result<Reader> Process::call(Op op, const Writer& body) {
  const std::lock_guard lock(mutex_);
  if (auto fine = ready(); !fine) return tl::unexpected(fine.error());
  return exchange(op, body, settings_.call_ms);
}

Result<std::int32_t> Process::make(Instance& instance, alliance_error* error) {
  Writer body;
  body.text(instance.kind).text(instance.id).number(instance.version ? 1 : 0).text(instance.version.value_or(""));
  auto answer = exchange(Op::create, body, settings_.start_ms);
  if (!answer) return tl::unexpected(answer.error());
  const auto status = wire::get_error(*answer, error);
  instance.handle = answer->number();
  instance.generation = generation_;
  return status;
}

Result<std::int32_t> Process::create(Instance& instance, alliance_error* error) {
  const std::lock_guard lock(mutex_);
  if (auto fine = ready(); !fine) return tl::unexpected(fine.error());
  return make(instance, error);
}

void Process::destroy(const Instance& instance) {
  const std::lock_guard lock(mutex_);
  if (!line_ || quarantined_ || instance.generation != generation_) return;  // it went with its process
  Writer body;
  body.text(instance.kind).number(instance.handle);
  static_cast<void>(exchange(Op::destroy, body, settings_.call_ms));
}

Result<Reader> Process::call(Op op, Instance& instance, const std::function<void(Writer&)>& add) {
  const std::lock_guard lock(mutex_);
  if (auto fine = ready(); !fine) return tl::unexpected(fine.error());
  if (auto fine = remake(instance); !fine) return tl::unexpected(fine.error());
  add(body_.clear().number(instance.handle));
  return exchange(op, body_, settings_.call_ms);
}

Result<void> Process::call_sharing(Op op, Instance& instance, const std::function<void(Writer&, Area)>& add,
                                   const std::function<void(Reader&, Area)>& take) {
  const std::lock_guard lock(mutex_);
  if (auto fine = ready(); !fine) return fine;
  if (auto fine = remake(instance); !fine) return fine;
  const auto area = shared();
  if (!area) return tl::unexpected(area.error());
  Writer body;
  body.number(instance.handle);
  add(body, *area);
  auto answer = exchange(op, body, settings_.call_ms);
  if (!answer) return tl::unexpected(answer.error());
  take(*answer, *area);
  return {};
}

// An instance that was made in a process before this one.
Result<void> Process::remake(Instance& instance) {
  if (instance.generation == generation_) return {};
  alliance_error error = ALLIANCE_ERROR_INIT;
  auto made = make(instance, &error);
  if (!made) return tl::unexpected(made.error());
  if (*made == ALLIANCE_OK) return {};
  instance.generation = 0;
  return fail(ALLIANCE_E_INSTANCE, instance.id + " could not be made again: " + error.message, error.detail);
}

// Made when it is first needed. A failure is the end of the process; where either side cannot have it, it is empty.
Result<Process::Area> Process::shared() {
  if (area_) return area_->bytes();
  if (!settings_.shared_memory || no_area_) return Area();
  no_area_ = true;
  auto made = plugin::Area::make(area_size);
  if (!made) return Area();
  Writer body;
  auto answer = exchange(Op::share, body.number(area_size), settings_.call_ms, made->descriptor());
  if (!answer) return tl::unexpected(answer.error());
  if (answer->number() != 0 || !answer->good()) return Area();
  no_area_ = false;
  area_ = std::move(*made);
  return area_->bytes();
}

void Process::quarantine(const std::string& reason) {
  const std::lock_guard lock(mutex_);
  if (!quarantined_) quarantined_ = reason;
}

std::optional<std::string> Process::quarantined() const {
  const std::lock_guard lock(mutex_);
  return quarantined_;
}

std::string Process::held_back_by() const {
  const std::lock_guard lock(mutex_);
  return held_back_by_;
}

const char* Process::keep(const std::string& text) {
  const std::lock_guard lock(mutex_);
  const auto found = std::find(kept_.begin(), kept_.end(), text);
  if (found != kept_.end()) return found->c_str();
  if (kept_.size() >= most_kept) return nullptr;
  return kept_.emplace_back(text).c_str();
}

}  // namespace alliance::plugin

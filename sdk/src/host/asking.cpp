// SPDX-License-Identifier: Apache-2.0
#include "host/asking.h"

#include <alliance/base.h>

#include <csignal>

namespace alliance::host {
namespace {

constexpr std::size_t most_waiting = 256;

}  // namespace

Asking::~Asking() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  something_.notify_one();
  if (thread_.joinable()) thread_.join();
}

void Asking::ask(messaging::Ask ask, Look look, Done done) {
  {
    const std::lock_guard lock(mutex_);
    if (!stop_ && questions_.size() < most_waiting) {
      questions_.push_back({std::move(ask), std::move(look), std::move(done)});
      if (!thread_.joinable()) thread_ = std::thread([this] { run(); });
      something_.notify_one();
      return;
    }
  }
  done({ask.number, ALLIANCE_E_LIMIT, "too many reports are asked for at once"});
}

void Asking::run() {
  sigset_t all;  // signals are the embedding program's, for its own threads
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, nullptr);
  std::unique_lock lock(mutex_);
  for (;;) {
    something_.wait(lock, [this] { return stop_ || !questions_.empty(); });
    if (stop_) return;
    const auto question = std::move(questions_.front());
    questions_.pop_front();
    lock.unlock();
    question.done(question.look(question.ask));
    lock.lock();
  }
}

}  // namespace alliance::host
